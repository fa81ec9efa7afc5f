// Counts that are plain until the process has a second thread, then atomic (always atomic where libc can't tell).
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#define TAPEGRAD_SINGLE_THREADED __builtin_expect(__libc_single_threaded != 0, 1)
#else
#define TAPEGRAD_SINGLE_THREADED false
#endif

namespace tapegrad::core {

template <class T>
class Counter {
 public:
  explicit constexpr Counter(T v) noexcept : value_(v) {}
  T load() const noexcept { return value_.load(std::memory_order_acquire); }

  // Both give the value before. Taking a count needs no order; letting go publishes what was done under it.
  T add(T n) noexcept { return change(n, std::memory_order_relaxed); }
  T sub(T n) noexcept { return change(T{0} - n, std::memory_order_acq_rel); }
  // Whether n is all there is, which saves a write: nobody else can then see the object.
  bool is_last(T n) const noexcept { return load() == n; }
  // Lets go of n; whether that was all there was.
  bool release(T n) noexcept { return is_last(n) || sub(n) == n; }

 private:
  T change(T n, std::memory_order order) noexcept {
    if (!TAPEGRAD_SINGLE_THREADED) return value_.fetch_add(n, order);
    const T before = value_.load(std::memory_order_relaxed);
    value_.store(before + n, std::memory_order_relaxed);
    return before;
  }

  std::atomic<T> value_;
};

// What atomics do, without their cost while there is one thread.
template <class T>
T exchange(std::atomic<T>& a, T v) noexcept {
  if (!TAPEGRAD_SINGLE_THREADED) return a.exchange(v, std::memory_order_acq_rel);
  const T before = a.load(std::memory_order_relaxed);
  a.store(v, std::memory_order_relaxed);
  return before;
}

// Sets `expected` to what was found.
template <class T>
bool compare_exchange(std::atomic<T>& a, T& expected, T v) noexcept {
  if (!TAPEGRAD_SINGLE_THREADED) return a.compare_exchange_strong(expected, v, std::memory_order_acq_rel);
  const T before = a.load(std::memory_order_relaxed);
  if (before == expected) a.store(v, std::memory_order_relaxed);
  return std::exchange(expected, before) == before;
}

extern constinit std::uint16_t lock_mark;  // another one in a child of fork()

// A flag of 0 is free. One with another mark was left behind by a thread of the parent process: nobody holds it.
class SpinLock {
 public:
  explicit SpinLock(std::atomic<std::uint16_t>& flag) noexcept : flag_(flag) {
    while (exchange(flag_, lock_mark) == lock_mark) {
    }
  }
  ~SpinLock() { flag_.store(0, std::memory_order_release); }
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

 private:
  std::atomic<std::uint16_t>& flag_;
};

}  // namespace tapegrad::core
