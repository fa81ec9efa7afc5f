// What the library does when a thread ends, the process forks or ends, and a plug-in that holds it is unloaded
// (docs/hosting.md).
#include <pthread.h>

#include <cstdlib>
#include <mutex>
#include <utility>

#include "autograd/core/context.h"
#include "autograd/core/counter.h"
#include "autograd/kernels/parallel.h"

namespace tapegrad::core {

constinit std::uint16_t lock_mark = 1;

namespace {

// The threads that keep something. Not a thread_local destructor each: glibc unloads no library while one waits to run.
struct Threads {
  std::mutex mutex;
  Context* first = nullptr;
  pthread_key_t key{};
  bool has_key = false;
  bool process_ends = false;
};
constinit Threads g_threads;

void give_back(Context& ctx) noexcept {
  ctx.registered = false;
  delete_engine(std::exchange(ctx.engine, nullptr));
  delete_generator(std::exchange(ctx.generator, nullptr));
  hand_over_lists(std::exchange(ctx.lists, no_lists));
}

// Runs after the thread's thread_local destructors, and again where a later hook of the thread makes it keep something.
void end_thread(void* context) noexcept {
  auto& ctx = *static_cast<Context*>(context);
  {
    const std::lock_guard lock(g_threads.mutex);
    (ctx.previous != nullptr ? ctx.previous->next : g_threads.first) = ctx.next;
    if (ctx.next != nullptr) ctx.next->previous = ctx.previous;
  }
  give_back(ctx);
}

// A child has the forking thread alone. Whatever is locked meanwhile is locked by it; what the other threads kept, and
// the locks of leaves that they held, are left behind.
void before_fork() noexcept {
  g_threads.mutex.lock();
  lock_shared_lists();
}
void after_fork() noexcept {
  unlock_shared_lists();
  g_threads.mutex.unlock();
}
void after_fork_in_child() noexcept {
  Context& ctx = context();
  ctx.previous = ctx.next = nullptr;
  g_threads.first = ctx.registered ? &ctx : nullptr;
  lock_mark = static_cast<std::uint16_t>(lock_mark % 0xffff + 1);
  kernels::forget_workers();
  after_fork();
}

// Static destructors run before this when the process ends, and after unload() when a plug-in is unloaded.
void at_exit() noexcept {
  g_threads.process_ends = true;
  kernels::stop_workers();
}

// Before the static objects of the program or plug-in that holds the library are made.
[[gnu::constructor(101)]] void load() noexcept {
  g_threads.has_key = pthread_key_create(&g_threads.key, end_thread) == 0;
  pthread_atfork(before_fork, after_fork, after_fork_in_child);
  std::atexit(at_exit);
}

// Threads that the host keeps may have more to free than they ever will: all is given back here. Tensors in static
// objects die after this and find the system's memory. When the process ends, threads may still run: it keeps all.
[[gnu::destructor]] void unload() noexcept {
  if (g_threads.process_ends) return;
  kernels::stop_workers();
  if (std::exchange(g_threads.has_key, false)) pthread_key_delete(g_threads.key);
  for (Context* ctx = g_threads.first; ctx != nullptr; ctx = ctx->next) give_back(*ctx);
  close_shared_lists();
}

}  // namespace

bool register_thread() noexcept {
  Context& ctx = context();
  if (ctx.registered) return true;
  if (!g_threads.has_key || pthread_setspecific(g_threads.key, &ctx) != 0) return false;
  const std::lock_guard lock(g_threads.mutex);
  ctx.previous = nullptr;
  ctx.next = std::exchange(g_threads.first, &ctx);
  if (ctx.next != nullptr) ctx.next->previous = &ctx;
  return ctx.registered = true;
}

}  // namespace tapegrad::core
