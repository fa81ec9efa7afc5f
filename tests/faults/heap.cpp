#include "heap.h"

#include <malloc.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

namespace tapegrad::test {

namespace {

std::atomic<std::int64_t> living_blocks{0}, living_bytes{0};

struct Plan {
  std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = first, asked = 0;
  bool happened = false;
};
constinit thread_local Plan t_plan{};

bool must_fail() noexcept {
  const std::int64_t k = t_plan.asked++;
  if (k < t_plan.first || k > t_plan.last) return false;
  return t_plan.happened = true;
}

// Not inlined, so that GCC does not warn of a free() that meets a new.
[[gnu::noinline, maybe_unused]] void* get(std::size_t size, std::size_t alignment) {
  void* bytes = must_fail() ? nullptr : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (bytes == nullptr) throw std::bad_alloc();
  ++living_blocks;
  living_bytes += static_cast<std::int64_t>(malloc_usable_size(bytes));
  return bytes;
}

[[gnu::noinline, maybe_unused]] void put(void* bytes) noexcept {
  if (bytes == nullptr) return;
  --living_blocks;
  living_bytes -= static_cast<std::int64_t>(malloc_usable_size(bytes));
  std::free(bytes);
}

}  // namespace

Living living() noexcept { return {living_blocks, living_bytes}; }

FailingHeap::FailingHeap(std::int64_t k, Times times) noexcept {
  t_plan = {k, times == Times::Once ? k : std::numeric_limits<std::int64_t>::max(), 0, false};
}
void FailingHeap::stop() noexcept { t_plan.first = t_plan.last = std::numeric_limits<std::int64_t>::max(); }
std::int64_t FailingHeap::asked() const noexcept { return t_plan.asked; }
bool FailingHeap::happened() const noexcept { return t_plan.happened; }

}  // namespace tapegrad::test

#if !TAPEGRAD_TEST_TSAN
void* operator new(std::size_t size) { return tapegrad::test::get(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t a) {
  return tapegrad::test::get(size, static_cast<std::size_t>(a));
}
// std::stable_sort asks for its buffer this way; a sanitizer's own form would not go with delete below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* bytes) noexcept { tapegrad::test::put(bytes); }
void operator delete(void* bytes, std::size_t) noexcept { tapegrad::test::put(bytes); }
void operator delete(void* bytes, const std::nothrow_t&) noexcept { tapegrad::test::put(bytes); }
void operator delete(void* bytes, std::align_val_t) noexcept { tapegrad::test::put(bytes); }
void operator delete(void* bytes, std::size_t, std::align_val_t) noexcept { tapegrad::test::put(bytes); }
#endif
