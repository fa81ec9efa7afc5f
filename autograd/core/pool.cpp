#include "autograd/core/pool.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <new>
#include <type_traits>
#include <utility>

#include "autograd/core/context.h"
#include "autograd/core/recorder.h"

#if defined(__SANITIZE_ADDRESS__)
#define TAPEGRAD_POOL_BYPASS 1
#elif defined(__has_feature)
#define TAPEGRAD_POOL_BYPASS __has_feature(address_sanitizer)
#else
#define TAPEGRAD_POOL_BYPASS 0
#endif

namespace tapegrad::core {

constinit FreeList no_lists[kPoolClasses + 1] = {};
constinit thread_local Context t_context{};
constinit std::atomic<std::uint32_t> structure_version{0};

namespace {

constexpr bool kBypass = TAPEGRAD_POOL_BYPASS != 0;
constexpr std::size_t kSharedBytes = std::size_t{1} << 29;

constexpr std::align_val_t alignment(std::uint8_t c) { return std::align_val_t{c < kSmallClasses ? 16U : 64U}; }

// Blocks a batch: about 16 KiB of small blocks, one of large ones.
constexpr std::size_t batch(std::uint8_t c) noexcept {
  return std::clamp<std::size_t>((std::size_t{1} << 14) / class_bytes(c), 1, 64);
}

void free_chain(FreeBlock* b, std::uint8_t c) noexcept {
  while (b != nullptr) ::operator delete(std::exchange(b, b->next), alignment(c));
}

// Full batches of all threads, at most kSharedBytes: what comes in last pushes out batches of the classes that hold
// most, so that blocks nobody asks for any more cannot keep a loop's own blocks out.
class SharedLists {
 public:
  FreeBlock* take(std::uint8_t c) noexcept {
    if (heads_[c].load(std::memory_order_relaxed) == nullptr) return nullptr;
    const std::lock_guard lock(mutex_);
    return pop(c);
  }
  void lock() noexcept { mutex_.lock(); }
  void unlock() noexcept { mutex_.unlock(); }
  bool is_closed() const noexcept { return closed_.load(std::memory_order_relaxed); }
  void close() noexcept {
    closed_.store(true, std::memory_order_relaxed);
    for (std::uint8_t c = 0; c < kPoolClasses; ++c)
      while (FreeBlock* chain = take(c)) free_chain(chain, c);
  }
  void give(FreeBlock* chain, std::uint8_t c) noexcept {
    const std::size_t size = batch(c) * class_bytes(c);
    std::unique_lock lock(mutex_);
    while (bytes_ + size > kSharedBytes) {
      const auto fullest = static_cast<std::uint8_t>(std::max_element(held_, held_ + kPoolClasses) - held_);
      FreeBlock* pushed_out = pop(fullest);
      lock.unlock();
      free_chain(pushed_out, fullest);
      lock.lock();
    }
    chain->next_batch = heads_[c].load(std::memory_order_relaxed);
    heads_[c].store(chain, std::memory_order_relaxed);
    bytes_ += size;
    held_[c] += size;
  }

 private:
  FreeBlock* pop(std::uint8_t c) noexcept {
    FreeBlock* chain = heads_[c].load(std::memory_order_relaxed);
    if (chain == nullptr) return nullptr;
    const std::size_t size = batch(c) * class_bytes(c);
    heads_[c].store(chain->next_batch, std::memory_order_relaxed);
    bytes_ -= size;
    held_[c] -= size;
    return chain;
  }
  std::mutex mutex_;
  std::atomic<bool> closed_{false};
  std::size_t bytes_ = 0;
  std::size_t held_[kPoolClasses] = {};  // bytes a class
  std::atomic<FreeBlock*> heads_[kPoolClasses] = {};
};

// Never destroyed: tensors may be freed by static destructors.
constinit SharedLists g_shared;
static_assert(std::is_trivially_destructible_v<SharedLists>);

// This thread's list, made where there is none; null where blocks come from the system and return to it.
FreeList* list_of(std::uint8_t c) noexcept {
  Context& ctx = context();
  if (kBypass || ctx.unpooled || c == kUnpooled || g_shared.is_closed()) return nullptr;
  if (ctx.lists == no_lists) {
    if (!register_thread()) return nullptr;
    auto* lists = new (std::nothrow) FreeList[kPoolClasses + 1]{};
    if (lists == nullptr) return nullptr;
    for (std::uint8_t k = 0; k < kPoolClasses; ++k) lists[k].batch = batch(k);
    ctx.lists = lists;
  }
  return &ctx.lists[c];
}

}  // namespace

void hand_over_lists(FreeList* lists) noexcept {
  if (lists == no_lists) return;
  for (std::uint8_t c = 0; c < kPoolClasses; ++c) {
    if (lists[c].spare != nullptr) g_shared.give(lists[c].spare, c);
    free_chain(lists[c].active, c);
  }
  delete[] lists;
}
void lock_shared_lists() noexcept { g_shared.lock(); }
void unlock_shared_lists() noexcept { g_shared.unlock(); }
void close_shared_lists() noexcept { g_shared.close(); }

// A recorder gets zeros, so that what empty() makes is the same each time that it is written down.
static void* get_recorded(Recorder& recorder, std::size_t bytes, std::uint8_t c) {
  const std::size_t size = c == kUnpooled ? bytes : class_bytes(c);
  void* block = ::operator new(size, alignment(c));
  try {
    recorder.see_new_block(block, size);
  } catch (...) {
    ::operator delete(block, alignment(c));
    throw;
  }
  return std::memset(block, 0, size);
}

void* pool_get_slowly(std::size_t bytes, std::uint8_t c) {
  if (Recorder* recorder = context().recorder; recorder != nullptr) return get_recorded(*recorder, bytes, c);
  FreeList* list = list_of(c);
  FreeBlock* chain = nullptr;
  if (list != nullptr) chain = list->spare != nullptr ? std::exchange(list->spare, nullptr) : g_shared.take(c);
  if (chain == nullptr) {
    if (Watcher* watcher = context().watcher; watcher != nullptr) ++watcher->system_blocks;
    return ::operator new(c == kUnpooled ? bytes : class_bytes(c), alignment(c));
  }
  list->active = chain->next;
  return chain;
}

void pool_put_slowly(void* block, std::uint8_t c) noexcept {
  if (Recorder* recorder = context().recorder; recorder != nullptr) return recorder->see_free_block(block, c);
  FreeList* list = list_of(c);
  if (list == nullptr) return ::operator delete(block, alignment(c));
  if (list->active != nullptr) {  // full
    if (list->spare != nullptr) g_shared.give(list->spare, c);
    list->spare = list->active;
  }
  list->active = new (block) FreeBlock{nullptr, {list->batch - 1}};
}

}  // namespace tapegrad::core
