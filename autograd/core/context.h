// What each thread has of its own: whether it records, its clock, its free lists, its list of dying records.
#pragma once

#include <cstdint>
#include <new>

#include "autograd/core/pool.h"

namespace tapegrad::core {

struct Node;
struct Engine;

struct FreeBlock {
  FreeBlock* next;
  union {
    std::uint64_t room;     // blocks that the list still takes on top of this one
    FreeBlock* next_batch;  // in the shared lists
  };
};

struct FreeList {
  FreeBlock* active;
  FreeBlock* spare;     // null or one full batch
  std::uint64_t batch;  // blocks a batch; 0 in no_lists
};

extern constinit FreeList no_lists[kPoolClasses + 1];  // empty, and never written: requests go the slow way

// Trivially destructible, so that tensors freed after the thread's own exit hooks still find it; `exited` then sends
// their blocks to the system.
struct Context {
  bool no_grad = false;
  bool anomaly = false;  // check for NaN
  bool exited = false;
  bool draining = false;
  std::uint32_t depth = 0;  // of backward passes inside backward passes
  std::uint64_t clock = 0;
  Node* dying = nullptr;
  Engine* engine = nullptr;    // idle engine to use again
  FreeList* lists = no_lists;  // not here: thread-local space is scarce in a library that is loaded late
};

extern constinit thread_local Context t_context;
inline Context& context() noexcept { return t_context; }

// Makes sure that this thread hands its free lists over when it ends.
void install_exit_flush() noexcept;

void* pool_get_slowly(std::size_t bytes, std::uint8_t c);
void pool_put_slowly(void* block, std::uint8_t c) noexcept;

// Uninitialised bytes, aligned to 16, and to 64 above 512 bytes. `c` is size_class(bytes). Throws std::bad_alloc.
inline void* pool_get(std::size_t bytes, std::size_t c) {
  FreeList& list = context().lists[c];
  FreeBlock* b = list.active;
  if (b == nullptr) [[unlikely]]
    return pool_get_slowly(bytes, static_cast<std::uint8_t>(c));
  list.active = b->next;
  return b;
}

inline void pool_put(void* block, std::size_t c) noexcept {
  FreeList& list = context().lists[c];
  FreeBlock* top = list.active;
  const std::uint64_t room = top != nullptr ? top->room : list.batch;
  if (room == 0) [[unlikely]]
    return pool_put_slowly(block, static_cast<std::uint8_t>(c));
  list.active = new (block) FreeBlock{top, {room - 1}};
}

// Runs before a thread's free lists are handed over (the engine's memory).
void delete_engine(Engine* e) noexcept;

}  // namespace tapegrad::core
