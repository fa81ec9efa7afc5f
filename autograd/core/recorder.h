// Who sees each call that is executed: a Recorder, while a captured function runs and is written down (program/); a
// Watcher, of a profile or of a model's summary.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "autograd/core/context.h"

namespace tapegrad::core {

struct Call;
struct TensorImpl;

// Of one thread, in its context. While there is one, no block of memory that dies is used again: so an address names
// one object.
class Recorder {
 public:
  virtual ~Recorder() = default;
  // Before its kernel runs. What goes wrong here is told when the function has ended.
  virtual void see_call(const Call& c, bool in_place) noexcept = 0;
  virtual void see_base(TensorImpl* base) noexcept = 0;  // of a new view or alias
  virtual void see_new_block(void* block, std::size_t bytes) = 0;
  virtual void see_free_block(void* block, std::uint8_t pool_class) noexcept = 0;
  // Whether every replay gives it the value that it has now.
  virtual bool is_fixed(TensorImpl* t) = 0;
  // What cannot be replayed, and what to do instead. AutogradError, or where the function may run as it is: a note.
  virtual void refuse(const char* op, const char* what, const char* instead) = 0;
  // A check of values has thrown: should the function catch that, what it does next depends on values.
  virtual void see_failed_check(const char* op) = 0;
};

// Of one thread, in its context, and in the way of nothing.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // When its kernel has run; of a view, where there is none.
  virtual void see_run(const Call& c, bool in_place, std::chrono::nanoseconds time) noexcept = 0;
  // From `begin` until now, by add_span().
  virtual void see_span(const char*, std::chrono::steady_clock::time_point, std::int64_t) noexcept {}

  std::uint64_t system_blocks = 0;  // that the free lists had not
};

// Where a value is read on the host, or something happens that no call shows.
inline void require_unrecorded(const char* op, const char* what, const char* instead) {
  if (context().watch.has(kWatchCalls)) [[unlikely]]
    context().recorder->refuse(op, what, instead);
}

// Not recorded in this scope: what a check computes. Blocks stay unused all the same.
class Unrecorded {
 public:
  Unrecorded() noexcept : watch_(context().watch) { context().watch.clear(kWatchCalls); }
  ~Unrecorded() { context().watch = watch_; }
  Unrecorded(const Unrecorded&) = delete;
  Unrecorded& operator=(const Unrecorded&) = delete;

 private:
  WatchFlags watch_;
};

}  // namespace tapegrad::core
