#include "autograd/core/impl.h"

#include <new>

namespace tapegrad::core {

namespace {

void release_storage(Storage* s) noexcept {
  if (!s->refs.release(1)) return;
  if (s->external) {
    auto* e = reinterpret_cast<ExternalBytes*>(s + 1);
    if (e->deleter) e->deleter(e->data);
    e->~ExternalBytes();
  }
  pool_put(reinterpret_cast<std::byte*>(s) - s->back, s->pool_class);
}

// An object in a block of its own. Takes over one count on the storage, also when it fails.
TensorImpl* new_object(Dtype dtype, int rank, TensorFlags flags, Storage* s, void* data, std::int64_t numel) {
  const std::size_t bytes = impl_bytes(rank) + (flags.has(kBatched) ? sizeof(BatchDim) : 0);
  const std::uint8_t c = size_class(bytes);
  try {
    return new (pool_get(bytes, c)) TensorImpl(dtype, rank, flags, c, s, data, numel);
  } catch (...) {
    release_storage(s);
    throw;
  }
}

}  // namespace

TensorImpl* new_split_tensor(Dtype dtype, int rank, std::int64_t numel) {
  const std::size_t bytes = static_cast<std::size_t>(numel) * item_size(dtype) + kHeaderRoom;
  const std::uint8_t c = size_class(bytes);
  auto* block = static_cast<std::byte*>(pool_get(bytes, c));
  auto* s = new (block + kHeaderRoom - sizeof(Storage)) Storage(kHeaderRoom - sizeof(Storage), c);
  return new_object(dtype, rank, kContiguous, s, s + 1, numel);
}

TensorImpl* new_view(const TensorImpl* base, const std::int64_t* sizes, const std::int64_t* strides, int rank) {
  return new_view(base, sizes, strides, rank, base->is_batched() ? &batch_dim(base) : nullptr);
}
TensorImpl* new_view(const TensorImpl* base, const std::int64_t* sizes, const std::int64_t* strides, int rank,
                     const BatchDim* batch) {
  base->storage->refs.add(1);
  TensorFlags flags = kIsView | (base->flags & (kDetached | kNoBump));
  flags.set(kBatched, batch != nullptr);
  TensorImpl* t = new_object(base->dtype, rank, flags, base->storage, base->data, 0);
  t->view_version = base->view_version;
  set_shape(t, sizes, strides);
  if (batch != nullptr) batch_dim(t) = *batch;
  return t;
}

TensorImpl* new_external(Dtype dtype, IntList sizes, IntList strides, void* data, std::function<void(void*)> deleter) {
  const std::size_t bytes = sizeof(Storage) + sizeof(ExternalBytes);
  const std::uint8_t c = size_class(bytes);
  auto* s = new (pool_get(bytes, c)) Storage(0, c);
  auto* e = new (s + 1) ExternalBytes{{}, data};
  s->external = true;
  TensorImpl* t = new_object(dtype, static_cast<int>(sizes.size()), {}, s, data, 0);
  e->deleter = std::move(deleter);  // not before nothing can fail
  set_shape(t, sizes.data(), strides.data());
  return t;
}

void set_shape(TensorImpl* t, const std::int64_t* sizes, const std::int64_t* strides) noexcept {
  std::int64_t numel = 1;
  bool run = true;
  for (int d = t->rank; d-- > 0;) {
    t->sizes()[d] = sizes[d];
    t->strides()[d] = strides[d];
    run &= sizes[d] == 1 || strides[d] == numel;
    numel *= sizes[d];
  }
  t->numel = numel;
  t->flags.set(kContiguous, (run || numel == 0) && !t->is_batched());
}

void free_separate(TensorImpl* t) noexcept {
  Storage* s = t->storage;
  if (t->has_own_block()) pool_put(t, t->pool_class);
  release_storage(s);  // frees the object's block too where they are joined
}

void retain(TensorImpl* t) noexcept { t->counts.add(TensorImpl::kOneStrong); }
void release(TensorImpl* t) noexcept {
  if (t->counts.is_last(kUnshared)) return release_last(t, kUnshared);
  const std::uint64_t before = t->counts.sub(TensorImpl::kOneStrong);
  if ((before & 0xffffffffU) == 1) release_last(t, before);
}

}  // namespace tapegrad::core
