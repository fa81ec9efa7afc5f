#include "autograd/kernels/parallel.h"

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <cstdlib>
#include <new>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif
#ifdef __SSE__
#include <xmmintrin.h>
#endif

// How a loop runs. The caller takes `busy` (or runs alone), writes the job, and opens it by storing `state`: the number
// of the job, an open bit, and how many workers are inside. Workers enter by adding one to `state` while it is open,
// take chunks from `next`, and leave by subtracting one. The caller takes chunks as well; when none is left it clears
// the open bit and waits only for the workers that did enter, so a worker that sleeps or is late costs nothing.
namespace tapegrad::kernels {
namespace {

constexpr int kMaxThreads = 1024;
constexpr uint32_t kInsideMask = 0x7fff;
constexpr uint32_t kOpen = 0x8000;
constexpr uint32_t kNumberShift = 16;
constexpr int kLoopsToRetry = 1000;  // after a thread could not be started
constexpr int kSpins = 2000;         // some tens of microseconds: the gap between two operations of a training step

inline void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// One step of waiting until `value` is no longer `seen`: spins at first, then sleeps.
void spin_or_sleep(const std::atomic<uint32_t>& value, uint32_t seen, int& spins) noexcept {
  if (++spins < kSpins) return pause();
  value.wait(seen, std::memory_order_acquire);
  spins = 0;
}

// Flush-to-zero and rounding are per thread; without this, a result could depend on who computed it. On x86 the C
// library's functions go through the x87 unit and take 150 ns each.
#ifdef __SSE__
using FloatMode = unsigned;
void get_mode(FloatMode* mode) noexcept { *mode = _mm_getcsr(); }
void set_mode(const FloatMode* mode) noexcept { _mm_setcsr(*mode); }
#else
using FloatMode = std::fenv_t;
void get_mode(FloatMode* mode) noexcept { std::fegetenv(mode); }
void set_mode(const FloatMode* mode) noexcept { std::fesetenv(mode); }
#endif

struct Job {
  detail::ChunkFn fn;
  void* body;
  int64_t n;
  int64_t grain;
  int64_t chunks;
  FloatMode mode;

  void run(int64_t chunk) const noexcept {
    fn(body, chunk * grain, chunk * grain + std::min(grain, n - chunk * grain));
  }
};

// Trivially destructible on purpose: static destructors of users may still run loops after ours have run.
struct Pool {
  alignas(64) std::atomic<uint32_t> state{0};
  alignas(64) std::atomic<int64_t> next{0};
  // Changes when the last worker leaves a closed job; the caller sleeps on it.
  alignas(64) std::atomic<uint32_t> left{0};
  alignas(64) std::atomic<bool> busy{false};
  std::atomic<bool> stop{false};
  std::atomic<int> helpers_wanted{0};
  Job job{};
  std::thread* workers = nullptr;  // kMaxThreads of them, the first `started` running
  int started = 0;
  int loops_to_retry = 0;
};

constinit Pool pool;
constinit std::atomic<int> thread_count{0};  // 0: not asked for yet
constinit thread_local bool inside_loop = false;

int default_num_threads() noexcept {
  if (const char* text = std::getenv("TAPEGRAD_NUM_THREADS")) {
    char* end = nullptr;
    const long wanted = std::strtol(text, &end, 10);
    if (end != text && *end == '\0' && wanted >= 1) return static_cast<int>(std::min<long>(wanted, kMaxThreads));
  }
#ifdef __linux__
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof cpus, &cpus) == 0) return std::max(1, CPU_COUNT(&cpus));
#endif
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxThreads);
}

void take_chunks(const Job& job) noexcept {
  for (int64_t chunk; (chunk = pool.next.fetch_add(1, std::memory_order_relaxed)) < job.chunks;) job.run(chunk);
}

void work() noexcept {
  inside_loop = true;
  uint32_t seen = ~uint32_t{0};  // the number of the last job this worker entered
  int spins = 0;
  uint32_t state = pool.state.load(std::memory_order_acquire);
  for (;;) {
    if (pool.stop.load(std::memory_order_relaxed)) return;
    const bool may_enter = (state & kOpen) != 0 && state >> kNumberShift != seen &&
                           static_cast<int>(state & kInsideMask) < pool.helpers_wanted.load(std::memory_order_relaxed);
    if (!may_enter) {
      spin_or_sleep(pool.state, state, spins);
      state = pool.state.load(std::memory_order_acquire);
      continue;
    }
    if (!pool.state.compare_exchange_weak(state, state + 1, std::memory_order_acquire)) continue;
    seen = state >> kNumberShift;
    spins = 0;
    set_mode(&pool.job.mode);
    take_chunks(pool.job);
    const uint32_t before = pool.state.fetch_sub(1, std::memory_order_acq_rel);
    if ((before & kInsideMask) == 1 && (before & kOpen) == 0) {
      pool.left.fetch_add(1, std::memory_order_release);
      pool.left.notify_one();
    }
    state = pool.state.load(std::memory_order_acquire);
  }
}

// What cannot be started is done without, for now: the host may let go of threads.
void start_workers(int wanted) noexcept {
  try {
    if (pool.workers == nullptr) pool.workers = new std::thread[kMaxThreads];
    for (; pool.started < wanted; ++pool.started) pool.workers[pool.started] = std::thread(work);
  } catch (...) {
    pool.loops_to_retry = kLoopsToRetry;
  }
}

// Called with `busy` held.
void run_with_workers(const Job& job) noexcept {
  const int helpers = static_cast<int>(std::min<int64_t>(num_threads() - 1, job.chunks - 1));
  if (pool.started < helpers && (pool.loops_to_retry == 0 || --pool.loops_to_retry == 0)) start_workers(helpers);
  pool.job = job;
  get_mode(&pool.job.mode);
  pool.helpers_wanted.store(helpers, std::memory_order_relaxed);
  pool.next.store(0, std::memory_order_relaxed);
  const uint32_t number = (pool.state.load(std::memory_order_relaxed) >> kNumberShift) + 1;
  pool.state.store(number << kNumberShift | kOpen, std::memory_order_release);
  pool.state.notify_all();

  inside_loop = true;
  take_chunks(job);
  inside_loop = false;

  pool.state.fetch_and(~kOpen, std::memory_order_acq_rel);
  int spins = 0;
  for (;;) {
    const uint32_t left = pool.left.load(std::memory_order_acquire);
    if ((pool.state.load(std::memory_order_acquire) & kInsideMask) == 0) return;
    spin_or_sleep(pool.left, left, spins);
  }
}

}  // namespace

int num_threads() noexcept {
  const int known = thread_count.load(std::memory_order_relaxed);
  if (known != 0) return known;
  int expected = 0;  // set_num_threads in another thread wins over the default
  const int count = default_num_threads();
  return thread_count.compare_exchange_strong(expected, count, std::memory_order_relaxed) ? count : expected;
}

void set_num_threads(int n) noexcept { thread_count.store(std::min(n, kMaxThreads), std::memory_order_relaxed); }

void stop_workers() noexcept {
  if (pool.stop.load(std::memory_order_relaxed)) return;
  while (pool.busy.exchange(true, std::memory_order_acquire)) std::this_thread::yield();  // and never let go of
  pool.stop.store(true, std::memory_order_relaxed);
  pool.state.fetch_add(uint32_t{1} << kNumberShift, std::memory_order_release);
  pool.state.notify_all();
  for (int i = 0; i < pool.started; ++i) pool.workers[i].join();
  delete[] pool.workers;
}

void forget_workers() noexcept {
  pool.state.store(0, std::memory_order_relaxed);
  pool.busy.store(pool.stop.load(std::memory_order_relaxed), std::memory_order_relaxed);
  pool.started = 0;
  // Objects of threads that are no more can neither be joined nor destroyed.
  for (int i = 0; pool.workers != nullptr && i < kMaxThreads; ++i) new (pool.workers + i) std::thread;
}

namespace detail {

void run_chunks(int64_t n, int64_t grain, ChunkFn fn, void* body) noexcept {
  const Job job{fn, body, n, grain, (n - 1) / grain + 1, {}};
  if (inside_loop || num_threads() == 1 || pool.busy.exchange(true, std::memory_order_acquire)) {
    for (int64_t chunk = 0; chunk < job.chunks; ++chunk) job.run(chunk);
    return;
  }
  run_with_workers(job);
  pool.busy.store(false, std::memory_order_release);
}

}  // namespace detail
}  // namespace tapegrad::kernels
