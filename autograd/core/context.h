// Per-thread state: whether operations are recorded, the node clock, the free lists, the release queue.
//
// hosting.cpp gives back what a thread keeps: when the thread ends, and when the library is unloaded.
#pragma once

#include <atomic>
#include <cstdint>
#include <new>

#include <tapegrad/autograd/dtype.h>

#include "autograd/core/flags.h"
#include "autograd/core/pool.h"

namespace tapegrad {
class Generator;
}

namespace tapegrad::core {

struct Node;
struct Engine;
class Recorder;
class Watcher;

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

// What execution does beside running kernels.
using WatchFlags = Flags<struct Context, std::uint8_t>;
inline constexpr WatchFlags kWatchNan{1};    // anomaly mode
inline constexpr WatchFlags kWatchCalls{2};  // there is a recorder
inline constexpr WatchFlags kWatchRuns{4};   // there is a watcher

// Trivially destructible: a thread_local destructor would keep a plug-in from being unloaded. What is large stands on
// the heap, since a library that is loaded late gets little thread-local space.
struct Context {
  bool no_grad = false;
  WatchFlags watch;
  bool registered = false;  // what the pointers below lead to is given back when the thread ends
  bool releasing = false;
  Dtype default_dtype = kFloat;
  bool unbatchable = false;  // an operation was refused because it was given a batch
  bool unpooled = false;     // its blocks come from the system and return to it, for tests of memory that runs out
  std::uint32_t depth = 0;   // of backward passes inside backward passes
  std::uint64_t clock = 0;
  std::uint64_t batch = 0;  // the run of vmap that is under way
  Node* release_queue = nullptr;
  Engine* engine = nullptr;  // idle engine to use again
  FreeList* lists = no_lists;
  Generator* generator = nullptr;
  Recorder* recorder = nullptr;
  Watcher* watcher = nullptr;
  Context* previous = nullptr;  // of the registered threads
  Context* next = nullptr;
};

extern constinit thread_local Context t_context;
inline Context& context() noexcept { return t_context; }

// Rises when a module or an optimiser changes in a way that no tensor shows: train(), a new child, a hook. Who has
// written down what a function does looks again then.
extern constinit std::atomic<std::uint32_t> structure_version;
inline void change_structure() noexcept { structure_version.fetch_add(1, std::memory_order_relaxed); }

// Whether what this thread keeps is given back when it ends. Where not (the system has no key left, or the library is
// being unloaded), it shall keep nothing.
bool register_thread() noexcept;

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

// What hosting.cpp calls.
void delete_engine(Engine* e) noexcept;
void delete_generator(Generator* g) noexcept;
void hand_over_lists(FreeList* lists) noexcept;  // of a thread that ends, to the others
void lock_shared_lists() noexcept;
void unlock_shared_lists() noexcept;
void close_shared_lists() noexcept;  // frees all that they hold; from now on blocks return to the system

}  // namespace tapegrad::core
