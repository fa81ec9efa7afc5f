// What each thread has of its own: whether it records, its clock, its free lists, its list of dying records.
#pragma once

#include <cstdint>

#include "autograd/core/pool.h"

namespace tapegrad::core {

struct Node;
struct Engine;

struct FreeBlock {
  FreeBlock* next;
};

struct FreeList {
  FreeBlock* active;
  FreeBlock* spare;    // null or one full batch
  std::uint32_t room;  // blocks that `active` still takes; 0 at first, so that the first use goes the slow way
};

// Trivially destructible, so that tensors freed after the thread's own exit hooks still find it; `exited` then sends
// their blocks to the system.
struct Context {
  bool no_grad;
  bool exited;
  bool flush_installed;
  bool draining;
  std::uint32_t depth;  // of backward passes inside backward passes
  std::uint64_t clock;
  std::int64_t fail_after;  // 0: never
  Node* dying;
  Engine* engine;  // idle engine to use again
  FreeList lists[kPoolClasses];
};

extern constinit thread_local Context t_context;
inline Context& context() noexcept { return t_context; }

// Makes sure that this thread hands its free lists over when it ends.
void install_exit_flush(Context& c) noexcept;

void* pool_get_slowly(std::size_t bytes, std::uint8_t c);
void pool_put_slowly(void* block, std::uint8_t c) noexcept;

// Uninitialised bytes, aligned to 16, and to 64 above 512 bytes. `c` is size_class(bytes). Throws std::bad_alloc.
inline void* pool_get(std::size_t bytes, std::uint8_t c) {
  Context& ctx = context();
  if (c >= kPoolClasses || ctx.lists[c].active == nullptr || ctx.fail_after != 0) [[unlikely]] {
    return pool_get_slowly(bytes, c);
  }
  FreeList& list = ctx.lists[c];
  FreeBlock* b = list.active;
  list.active = b->next;
  ++list.room;
  return b;
}

inline void pool_put(void* block, std::uint8_t c) noexcept {
  Context& ctx = context();
  if (c >= kPoolClasses || ctx.lists[c].room == 0) [[unlikely]]
    return pool_put_slowly(block, c);
  FreeList& list = ctx.lists[c];
  auto* b = static_cast<FreeBlock*>(block);
  b->next = list.active;
  list.active = b;
  --list.room;
}

// Runs before a thread's free lists are handed over (the engine's memory).
void delete_engine(Engine* e) noexcept;

}  // namespace tapegrad::core
