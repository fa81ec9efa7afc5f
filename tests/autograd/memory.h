// What the program's heap does: calls of malloc and operator new counted, living bytes, and allocations that fail on
// demand. memory.cpp replaces malloc for the whole test program; under sanitizers, which have a malloc of their own,
// only the living bytes are known.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sanitizers.h"

namespace tapegrad::test {

// Whether calls are counted and can be made to fail.
bool malloc_is_counted();

// Calls of malloc, calloc, realloc, aligned_alloc and so of operator new, in all threads.
std::uint64_t allocations();

// Bytes that are allocated and not freed.
std::int64_t living_bytes();
// The most of them since the last call; 0 where calls are not counted.
std::int64_t peak_bytes();
// Bytes of the program in memory: finds what a pool takes from the system without malloc.
std::int64_t resident_bytes();

// While it lives, this thread's n-th allocation (0: the next one) fails: malloc gives null, operator new throws.
class FailingAllocation {
 public:
  explicit FailingAllocation(std::int64_t n);
  ~FailingAllocation();
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;
  bool happened() const;
};

}  // namespace tapegrad::test
