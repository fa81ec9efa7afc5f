// Storage (counted bytes) and TensorImpl (what a Tensor handle points to).
//
// Two counts of a TensorImpl, in one 64-bit word:
//
//        high half: weak count                      low half: strong count
//   +------------------------------------------+---------------------------+
//   | 1 for all handles together               | 1 for each handle         |
//   | 1 for each node that saved it as a value |                           |
//   +------------------------------------------+---------------------------+
//     at 0 the object is freed                   at 0 the history is dropped
//
// So a node that saved its own output, or an input whose history leads back, is no cycle. A node may make a handle
// again from its saved value, when the strong count is 0: that handle then takes a weak count for the handles.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>

#include <tapegrad/autograd/tensor.h>

#include "autograd/core/context.h"
#include "autograd/core/counter.h"
#include "autograd/core/flags.h"

namespace tapegrad::core {

struct Node;

// Lies directly in front of the bytes it counts, or of an ExternalBytes.
struct Storage {
  Counter<std::uint32_t> refs{1};
  std::uint32_t version = 0;
  std::uint32_t tracked = 0;  // the version that the last recorded in-place operation made
  std::uint16_t back;         // from the start of the block to this, in bytes
  std::uint8_t pool_class;    // of the block
  bool external = false;

  Storage(std::size_t to_start, std::uint8_t c) noexcept : back(static_cast<std::uint16_t>(to_start)), pool_class(c) {}
};

// Somebody else's bytes, with what is called when the last tensor lets go of them.
struct ExternalBytes {
  std::function<void(void*)> deleter;
  void* data;
};

using TensorFlags = Flags<struct TensorImpl, std::uint8_t>;
inline constexpr TensorFlags kRequiresGrad{1};
inline constexpr TensorFlags kIsView{2};    // shows bytes through another tensor: does not own them
inline constexpr TensorFlags kDetached{4};  // history was left behind: in-place changes elsewhere don't make it stale
inline constexpr TensorFlags kNoBump{8};    // .data(): writing leaves the version alone
inline constexpr TensorFlags kBatched{16};  // shows one sample of a batch (batch.h), and is never kContiguous
inline constexpr TensorFlags kContiguous{32};    // sizes and strides show one run
inline constexpr TensorFlags kBorrowed{64};      // a saved value with the history it had: the node is another tensor's
inline constexpr TensorFlags kNarrowDtype{128};  // of a narrow dtype
constexpr TensorFlags narrow_flag(Dtype d) noexcept {
  return {static_cast<std::uint8_t>(static_cast<unsigned>(d) << 7)};
}

struct TensorImpl {
  Counter<std::uint64_t> counts{kOneStrong | kOneWeak};
  Dtype dtype{};
  std::uint8_t rank = 0;
  TensorFlags flags;
  std::uint8_t pool_class = 0;     // of the object's own block; 0 where it lies in its storage's
  std::uint32_t view_version = 0;  // Storage::tracked when this was made
  Storage* storage = nullptr;
  std::byte* data = nullptr;
  std::atomic<Node*> node{nullptr};  // that made it, or a leaf's own
  std::int64_t numel = 0;

  static constexpr std::uint64_t kOneStrong = 1;
  static constexpr std::uint64_t kOneWeak = std::uint64_t{1} << 32;

  TensorImpl(Dtype d, int r, TensorFlags f, std::uint8_t c, Storage* s, void* at, std::int64_t n) noexcept
      : dtype(d),
        rank(static_cast<std::uint8_t>(r)),
        flags(f | narrow_flag(d)),
        pool_class(c),
        storage(s),
        data(static_cast<std::byte*>(at)),
        numel(n) {}

  std::int64_t* sizes() noexcept { return reinterpret_cast<std::int64_t*>(this + 1); }
  const std::int64_t* sizes() const noexcept { return reinterpret_cast<const std::int64_t*>(this + 1); }
  std::int64_t* strides() noexcept { return sizes() + rank; }
  const std::int64_t* strides() const noexcept { return sizes() + rank; }
  IntList size_list() const noexcept { return {sizes(), rank}; }
  bool requires_grad() const noexcept { return flags.has(kRequiresGrad); }
  bool is_view() const noexcept { return flags.has(kIsView); }
  bool is_batched() const noexcept { return flags.has(kBatched); }
  bool has_own_block() const noexcept { return pool_class != 0; }
  bool is_stale() const noexcept { return storage->tracked > view_version && !flags.has(kDetached); }
  template <class T>
  T* ptr() const noexcept {
    return reinterpret_cast<T*>(data);
  }
};
static_assert(sizeof(TensorImpl) == 48 && sizeof(Storage) == 16);

// Up to here object, storage and bytes are one block; above, the bytes get a block of their own, aligned to 64.
inline constexpr std::size_t kJoinedBytes = 2048;

constexpr std::size_t impl_bytes(int rank) noexcept { return sizeof(TensorImpl) + 16 * static_cast<std::size_t>(rank); }
static_assert(size_class(impl_bytes(0)) != 0);
TensorImpl* new_split_tensor(Dtype dtype, int rank, std::int64_t numel);

// A new tensor that owns fresh, uninitialised bytes, contiguous; sizes and strides not set. `numel` is the product of
// the sizes (checked by the caller: shape.h). One handle.
inline TensorImpl* new_tensor(Dtype dtype, int rank, std::int64_t numel) {
  const std::size_t bytes = static_cast<std::size_t>(numel) * item_size(dtype);
  if (bytes > kJoinedBytes) [[unlikely]]
    return new_split_tensor(dtype, rank, numel);
  const std::size_t head = impl_bytes(rank);
  const std::size_t all = head + sizeof(Storage) + bytes;
  const std::uint8_t c = size_class(all);
  auto* block = static_cast<std::byte*>(pool_get(all, c));
  auto* s = new (block + head) Storage(head, c);
  return new (block) TensorImpl(dtype, rank, kContiguous, 0, s, s + 1, numel);
}

inline TensorImpl* new_tensor(Dtype dtype, const std::int64_t* sizes, int rank, std::int64_t numel) {
  TensorImpl* t = new_tensor(dtype, rank, numel);
  std::int64_t stride = 1;
  for (int d = rank; d-- > 0;) {
    t->sizes()[d] = sizes[d];
    t->strides()[d] = stride;
    stride *= std::max<std::int64_t>(sizes[d], 1);
  }
  return t;
}

// A new tensor over the storage of `base`, from the same byte on.
TensorImpl* new_view(const TensorImpl* base, const std::int64_t* sizes, const std::int64_t* strides, int rank);
// The dim of a batched tensor that does not show, and which run of vmap it belongs to: it stands behind the strides.
struct BatchDim {
  std::int64_t size, stride;
  std::uint64_t id;
};
inline BatchDim& batch_dim(TensorImpl* t) noexcept { return *reinterpret_cast<BatchDim*>(t->strides() + t->rank); }
inline const BatchDim& batch_dim(const TensorImpl* t) noexcept { return batch_dim(const_cast<TensorImpl*>(t)); }
// The same view, with this batch dim; null: with none, whatever base has.
TensorImpl* new_view(const TensorImpl* base, const std::int64_t* sizes, const std::int64_t* strides, int rank,
                     const BatchDim* batch);
inline TensorImpl* new_alias(const TensorImpl* t) { return new_view(t, t->sizes(), t->strides(), t->rank); }
TensorImpl* new_external(Dtype dtype, IntList sizes, IntList strides, void* data, std::function<void(void*)> deleter);

void free_separate(TensorImpl* t) noexcept;  // an object whose bytes are shared, somebody else's or in their own block
inline void free_impl(TensorImpl* t) noexcept {
  Storage* s = t->storage;
  if (t->has_own_block() || s->external || s->refs.load() != 1) [[unlikely]]
    return free_separate(t);
  pool_put(t, s->pool_class);
}

inline constexpr std::uint64_t kUnshared = TensorImpl::kOneStrong | TensorImpl::kOneWeak;

inline void release_weak(TensorImpl* t) noexcept {
  if (t->counts.release(TensorImpl::kOneWeak)) free_impl(t);
}

void release_last(TensorImpl* t, std::uint64_t before) noexcept;  // the last handle of t goes

// A handle from a saved value, whose handles may all be gone.
inline Tensor handle_of(TensorImpl* t) noexcept {
  if ((t->counts.add(TensorImpl::kOneStrong) & 0xffffffffU) == 0) t->counts.add(TensorImpl::kOneWeak);
  return Tensor::adopt(t);
}

// Nothing else can see the bytes: exactly one handle, no saved value, no view.
inline bool is_unique(const TensorImpl* t) noexcept {
  return t->counts.load() == kUnshared && t->storage->refs.load() == 1;
}

// More than one element refers to a single memory location: nothing can be written there.
inline bool is_repeated(const TensorImpl* t) noexcept {
  for (int d = 0; d < t->rank; ++d)
    if (t->strides()[d] == 0 && t->sizes()[d] > 1) return true;
  return false;
}

inline bool is_contiguous(const TensorImpl* t) noexcept { return t->flags.has(kContiguous); }

// Sets all that follows from sizes and strides, rank of each.
void set_shape(TensorImpl* t, const std::int64_t* sizes, const std::int64_t* strides) noexcept;

inline bool same_sizes(const TensorImpl* a, const std::int64_t* sizes, int rank) noexcept {
  if (a->rank != rank) return false;
  for (int d = 0; d < rank; ++d)
    if (a->sizes()[d] != sizes[d]) return false;
  return true;
}

}  // namespace tapegrad::core
