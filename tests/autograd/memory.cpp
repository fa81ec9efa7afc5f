#include "memory.h"

#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>

#define TAPEGRAD_TEST_SANITIZED (TAPEGRAD_TEST_ASAN || TAPEGRAD_TEST_TSAN)
#if defined(__GLIBC__) && !TAPEGRAD_TEST_SANITIZED
#define TAPEGRAD_TEST_COUNTS 1
#else
#define TAPEGRAD_TEST_COUNTS 0
#endif

namespace {

std::atomic<std::uint64_t> calls{0};
thread_local std::int64_t fail_after = -1;  // allocations before one fails; -1: none does
thread_local bool failed = false;

}  // namespace

#if TAPEGRAD_TEST_COUNTS

extern "C" {
void* __libc_malloc(std::size_t) noexcept;
void* __libc_calloc(std::size_t, std::size_t) noexcept;
void* __libc_realloc(void*, std::size_t) noexcept;
void* __libc_memalign(std::size_t, std::size_t) noexcept;
void __libc_free(void*) noexcept;
}

namespace {

std::atomic<std::int64_t> living{0}, most{0};

bool must_fail() noexcept {
  calls.fetch_add(1, std::memory_order_relaxed);
  if (fail_after < 0) return false;
  if (fail_after-- > 0) return false;
  failed = true;
  return true;
}

void* born(void* p) noexcept {
  if (p == nullptr) return p;
  const auto size = static_cast<std::int64_t>(malloc_usable_size(p));
  const std::int64_t now = living.fetch_add(size, std::memory_order_relaxed) + size;
  for (std::int64_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
  }
  return p;
}

void died(void* p) noexcept {
  if (p != nullptr) living.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(p)), std::memory_order_relaxed);
}

void* aligned(std::size_t alignment, std::size_t n) noexcept {
  return must_fail() ? nullptr : born(__libc_memalign(alignment, n));
}

}  // namespace

extern "C" {

void* malloc(std::size_t n) noexcept { return must_fail() ? nullptr : born(__libc_malloc(n)); }
void* calloc(std::size_t count, std::size_t n) noexcept {
  return must_fail() ? nullptr : born(__libc_calloc(count, n));
}
void* realloc(void* p, std::size_t n) noexcept {
  if (must_fail()) return nullptr;
  died(p);
  void* const moved = __libc_realloc(p, n);
  born(moved == nullptr && n != 0 ? p : moved);
  return moved;
}
void* memalign(std::size_t alignment, std::size_t n) noexcept { return aligned(alignment, n); }
void* aligned_alloc(std::size_t alignment, std::size_t n) noexcept { return aligned(alignment, n); }
int posix_memalign(void** out, std::size_t alignment, std::size_t n) noexcept {
  void* const p = aligned(alignment, n);
  if (p == nullptr) return ENOMEM;
  *out = p;
  return 0;
}
void free(void* p) noexcept {
  died(p);
  __libc_free(p);
}

}  // extern "C"

#elif TAPEGRAD_TEST_SANITIZED
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace tapegrad::test {

bool malloc_is_counted() {
#if TAPEGRAD_TEST_COUNTS
  // Not where the program runs under something that replaces malloc at run time, such as valgrind.
  const std::uint64_t before = calls.load();
  void* volatile p = std::malloc(1);
  std::free(p);
  return calls.load() > before;
#else
  return false;
#endif
}

std::uint64_t allocations() { return calls.load(); }

std::int64_t peak_bytes() {
#if TAPEGRAD_TEST_COUNTS
  return most.exchange(living);
#else
  return 0;
#endif
}

std::int64_t living_bytes() {
#if TAPEGRAD_TEST_COUNTS
  return living.load();
#elif TAPEGRAD_TEST_SANITIZED
  return static_cast<std::int64_t>(__sanitizer_get_current_allocated_bytes());
#else
  return 0;
#endif
}

std::int64_t resident_bytes() {
  long total = 0, resident = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  const int read = std::fscanf(file, "%ld %ld", &total, &resident);
  std::fclose(file);
  return read == 2 ? static_cast<std::int64_t>(resident) * sysconf(_SC_PAGESIZE) : 0;
}

FailingAllocation::FailingAllocation(std::int64_t n) {
  failed = false;
  fail_after = n;
}
FailingAllocation::~FailingAllocation() { fail_after = -1; }
bool FailingAllocation::happened() const { return failed; }

}  // namespace tapegrad::test
