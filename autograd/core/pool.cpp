#include "autograd/core/pool.h"

#include <array>
#include <atomic>
#include <mutex>
#include <new>
#include <utility>

#include "autograd/core/context.h"

#if defined(__SANITIZE_ADDRESS__)
#define TAPEGRAD_POOL_BYPASS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TAPEGRAD_POOL_BYPASS 1
#endif
#endif
#ifndef TAPEGRAD_POOL_BYPASS
#define TAPEGRAD_POOL_BYPASS 0
#endif

namespace tapegrad::core {

constinit FreeList no_lists[kPoolClasses + 1] = {};
constinit thread_local Context t_context{};

namespace {

constexpr bool kBypass = TAPEGRAD_POOL_BYPASS != 0;
constexpr std::size_t kSharedBytes = std::size_t{1} << 29;

std::atomic<std::size_t> g_system_bytes{0};

constexpr std::align_val_t alignment(std::uint8_t c) { return std::align_val_t{c < kSmallClasses ? 16U : 64U}; }

// Blocks a batch: about 16 KiB of small blocks, one of large ones.
constexpr auto kBatch = [] {
  std::array<std::uint8_t, kPoolClasses> table{};
  for (std::uint8_t c = 0; c < kPoolClasses; ++c) {
    const std::size_t n = (std::size_t{1} << 14) / class_bytes(c);
    table[c] = static_cast<std::uint8_t>(n > 64 ? 64 : n < 1 ? 1 : n);
  }
  return table;
}();

std::uint32_t batch(std::uint8_t c) noexcept { return kBatch[c]; }

void* system_get(std::uint8_t c) {
  void* p = ::operator new(class_bytes(c), alignment(c));
  g_system_bytes.fetch_add(class_bytes(c), std::memory_order_relaxed);
  return p;
}

void system_put(void* p, std::uint8_t c) noexcept {
  ::operator delete(p, alignment(c));
  g_system_bytes.fetch_sub(class_bytes(c), std::memory_order_relaxed);
}

void free_chain(FreeBlock* b, std::uint8_t c) noexcept {
  while (b != nullptr) {
    FreeBlock* next = b->next;
    system_put(b, c);
    b = next;
  }
}

// Full batches of all threads, at most kSharedBytes: what comes in last pushes out batches of the classes that hold
// most, so that blocks nobody asks for any more cannot keep a loop's own blocks out. A batch's blocks are linked by
// `next`; batches are linked through their second word.
class SharedLists {
 public:
  FreeBlock* take(std::uint8_t c) noexcept {
    if (heads_[c].load(std::memory_order_relaxed) == nullptr) return nullptr;
    const std::lock_guard lock(mutex_);
    FreeBlock* chain = pop(c);
    if (chain != nullptr) chain->room = 0;  // where the link to the next batch stood
    return chain;
  }
  void give(FreeBlock* chain, std::uint8_t c) noexcept {
    const std::size_t size = batch(c) * class_bytes(c);
    std::unique_lock lock(mutex_);
    while (bytes_ + size > kSharedBytes) {
      std::uint8_t fullest = 0;
      for (std::uint8_t k = 1; k < kPoolClasses; ++k)
        if (held_[k] > held_[fullest]) fullest = k;
      FreeBlock* pushed_out = pop(fullest);
      lock.unlock();
      free_chain(pushed_out, fullest);
      lock.lock();
    }
    auto* b = reinterpret_cast<Batch*>(chain);
    b->next_batch = heads_[c].load(std::memory_order_relaxed);
    heads_[c].store(b, std::memory_order_relaxed);
    bytes_ += size;
    held_[c] += size;
  }

 private:
  struct Batch {
    FreeBlock* next;
    Batch* next_batch;
  };
  FreeBlock* pop(std::uint8_t c) noexcept {
    Batch* b = heads_[c].load(std::memory_order_relaxed);
    if (b == nullptr) return nullptr;
    const std::size_t size = batch(c) * class_bytes(c);
    heads_[c].store(b->next_batch, std::memory_order_relaxed);
    bytes_ -= size;
    held_[c] -= size;
    return reinterpret_cast<FreeBlock*>(b);
  }
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::size_t held_[kPoolClasses] = {};  // bytes a class
  std::atomic<Batch*> heads_[kPoolClasses] = {};
};

// Never destroyed: tensors may be freed by static destructors.
SharedLists& shared() {
  static auto* lists = new SharedLists;
  return *lists;
}

// Hands all that this thread keeps over to the others.
void flush(Context& ctx) noexcept {
  if (ctx.lists == no_lists) return;
  for (std::uint8_t c = 0; c < kPoolClasses; ++c) {
    if (ctx.lists[c].spare != nullptr) shared().give(ctx.lists[c].spare, c);
    free_chain(ctx.lists[c].active, c);
  }
  delete[] std::exchange(ctx.lists, no_lists);
}

struct ExitFlush {
  bool installed = false;
  ~ExitFlush() {
    Context& ctx = context();
    delete_engine(ctx.engine);
    ctx.engine = nullptr;
    ctx.exited = true;
    flush(ctx);
  }
};

thread_local ExitFlush t_flush;

}  // namespace

void install_exit_flush(Context& ctx) noexcept {
  if (ctx.flush_installed) return;
  ctx.flush_installed = true;
  shared();
  t_flush.installed = true;
}

namespace {

// Whether this thread has lists, or gets them now. Without them blocks come from the system and return to it.
bool has_lists(Context& ctx) noexcept {
  if (kBypass || ctx.exited || ctx.fail_after != 0) return false;
  install_exit_flush(ctx);
  if (ctx.lists != no_lists) return true;
  auto* lists = new (std::nothrow) FreeList[kPoolClasses + 1]{};
  if (lists == nullptr) return false;
  for (std::uint8_t c = 0; c < kPoolClasses; ++c) lists[c].batch = batch(c);
  ctx.lists = lists;
  return true;
}

}  // namespace

void* pool_get_slowly(std::size_t bytes, std::uint8_t c) {
  Context& ctx = context();
  if (ctx.fail_after != 0 && --ctx.fail_after == 0) throw std::bad_alloc();
  if (c == kUnpooled) return ::operator new (bytes, std::align_val_t{64});
  if (!has_lists(ctx)) return system_get(c);
  FreeList& list = ctx.lists[c];
  FreeBlock* chain = list.spare != nullptr ? std::exchange(list.spare, nullptr) : shared().take(c);
  if (chain == nullptr) return system_get(c);
  list.active = chain->next;
  return chain;
}

void pool_put_slowly(void* block, std::uint8_t c) noexcept {
  if (c == kUnpooled) {
    ::operator delete (block, std::align_val_t{64});
    return;
  }
  Context& ctx = context();
  if (!has_lists(ctx)) return system_put(block, c);
  FreeList& list = ctx.lists[c];
  if (list.active != nullptr) {  // full
    if (list.spare != nullptr) shared().give(list.spare, c);
    list.spare = list.active;
  }
  list.active = new (block) FreeBlock{nullptr, batch(c) - 1};
}

std::size_t pool_system_bytes() noexcept { return g_system_bytes.load(std::memory_order_relaxed); }

void pool_fail_after(std::int64_t n) noexcept {
  flush(context());  // empty lists send every request the slow way, where failures are counted
  context().fail_after = n < 0 ? 0 : n;
}

}  // namespace tapegrad::core
