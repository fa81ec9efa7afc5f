// Counts what a test program asks operator new for. Include it in one source of the program, where
// TAPEGRAD_TEST_COUNTS_HEAP is 1: a sanitizer brings its own operator new, and the pools step aside.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "tests/autograd/sanitizers.h"

#define TAPEGRAD_TEST_COUNTS_HEAP (!TAPEGRAD_TEST_ASAN && !TAPEGRAD_TEST_TSAN)

#if TAPEGRAD_TEST_COUNTS_HEAP

namespace tapegrad::test {

inline std::atomic<long> allocations{0};
inline std::atomic<std::size_t> largest{0}, total{0};  // bytes

// Not inlined, so that GCC does not warn of a free() that meets a new.
[[gnu::noinline]] inline void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  total += size;
  for (std::size_t seen = largest; size > seen && !largest.compare_exchange_weak(seen, size);) {
  }
  void* bytes = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (bytes == nullptr) throw std::bad_alloc();
  return bytes;
}

[[gnu::noinline]] inline void give_back(void* bytes) noexcept { std::free(bytes); }

}  // namespace tapegrad::test

void* operator new(std::size_t size) { return tapegrad::test::counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t a) {
  return tapegrad::test::counted(size, static_cast<std::size_t>(a));
}
void operator delete(void* bytes) noexcept { tapegrad::test::give_back(bytes); }
void operator delete(void* bytes, std::size_t) noexcept { tapegrad::test::give_back(bytes); }
void operator delete(void* bytes, std::align_val_t) noexcept { tapegrad::test::give_back(bytes); }
void operator delete(void* bytes, std::size_t, std::align_val_t) noexcept { tapegrad::test::give_back(bytes); }

#endif
