#include "autograd/kernels/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
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
constexpr int kWorkerSpins = 2000;  // some tens of microseconds: the gap between two operations of a training step
constexpr int kCallerSpins = 2000;

inline void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Flush-to-zero and rounding are per thread; without this, a result could depend on who computed it.
class FloatMode {
 public:
#if defined(__SSE__)
  static FloatMode current() noexcept { return FloatMode(_mm_getcsr()); }
  void apply() const noexcept { _mm_setcsr(static_cast<unsigned>(bits_)); }
#elif defined(__aarch64__)
  static FloatMode current() noexcept {
    uint64_t bits;
    asm volatile("mrs %0, fpcr" : "=r"(bits));
    return FloatMode(bits);
  }
  void apply() const noexcept { asm volatile("msr fpcr, %0" ::"r"(bits_)); }
#else
  static FloatMode current() noexcept { return FloatMode(0); }
  void apply() const noexcept {}
#endif
  FloatMode() = default;

 private:
  explicit FloatMode(uint64_t bits) noexcept : bits_(bits) {}
  uint64_t bits_ = 0;
};

struct Job {
  detail::ChunkFn fn;
  void* body;
  int64_t n;
  int64_t grain;
  int64_t chunks;
  FloatMode mode;
};

// Trivially destructible on purpose: static destructors of users may still run loops after ours have run.
struct Pool {
  alignas(64) std::atomic<uint32_t> state{0};
  alignas(64) std::atomic<int64_t> next{0};
  alignas(64) std::atomic<uint32_t> left{
      0};  // changes when the last worker leaves a closed job; the caller sleeps on it
  alignas(64) std::atomic<bool> busy{false};
  std::atomic<bool> stop{false};
  std::atomic<int> helpers_wanted{0};
  Job job{};
  std::thread* workers = nullptr;  // kMaxThreads of them, the first `started` running
  int started = 0;
  bool cannot_start = false;
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
  for (;;) {
    const int64_t chunk = pool.next.fetch_add(1, std::memory_order_relaxed);
    if (chunk >= job.chunks) return;
    const int64_t begin = chunk * job.grain;
    job.fn(job.body, begin, job.n - begin < job.grain ? job.n : begin + job.grain);
  }
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
      if (++spins < kWorkerSpins) {
        pause();
      } else {
        pool.state.wait(state, std::memory_order_acquire);
        spins = 0;
      }
      state = pool.state.load(std::memory_order_acquire);
      continue;
    }
    if (!pool.state.compare_exchange_weak(state, state + 1, std::memory_order_acquire)) continue;
    seen = state >> kNumberShift;
    spins = 0;
    pool.job.mode.apply();
    take_chunks(pool.job);
    const uint32_t before = pool.state.fetch_sub(1, std::memory_order_acq_rel);
    if ((before & kInsideMask) == 1 && (before & kOpen) == 0) {
      pool.left.fetch_add(1, std::memory_order_release);
      pool.left.notify_one();
    }
    state = pool.state.load(std::memory_order_acquire);
  }
}

// Joins the workers when the program ends. A child of fork() has no workers to join.
struct Joiner {
#if defined(__unix__) || defined(__APPLE__)
  pid_t process = getpid();
  bool owns_threads() const noexcept { return getpid() == process; }
#else
  bool owns_threads() const noexcept { return true; }
#endif
  ~Joiner() {
    thread_count.store(1, std::memory_order_relaxed);
    pool.stop.store(true, std::memory_order_relaxed);
    if (!owns_threads()) return;
    pool.state.fetch_add(uint32_t{1} << kNumberShift, std::memory_order_release);
    pool.state.notify_all();
    for (int i = 0; i < pool.started; ++i) pool.workers[i].join();
  }
};

// Called with `busy` held. What cannot be started is done without.
void start_workers(int wanted) noexcept {
  try {
    static Joiner joiner;
    if (pool.workers == nullptr) pool.workers = new std::thread[kMaxThreads];
    while (pool.started < wanted) {
      pool.workers[pool.started] = std::thread(work);
      ++pool.started;
    }
  } catch (...) {
    pool.cannot_start = true;
  }
}

void run_job(const Job& job, int helpers) noexcept {
  pool.job = job;
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
    if (++spins < kCallerSpins) {
      pause();
    } else {
      pool.left.wait(left, std::memory_order_acquire);
    }
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

namespace detail {

bool must_run_serially() noexcept { return inside_loop || num_threads() == 1; }

void run_on_pool(int64_t n, int64_t grain, ChunkFn fn, void* body) noexcept {
  const int64_t chunks = (n - 1) / grain + 1;
  if (pool.stop.load(std::memory_order_relaxed) || pool.busy.exchange(true, std::memory_order_acquire)) {
    for (int64_t begin = 0; begin < n; begin += grain) fn(body, begin, n - begin < grain ? n : begin + grain);
    return;
  }
  const int helpers = static_cast<int>(std::min<int64_t>(num_threads() - 1, chunks - 1));
  if (pool.started < helpers && !pool.cannot_start) start_workers(helpers);
  run_job({fn, body, n, grain, chunks, FloatMode::current()}, helpers);
  pool.busy.store(false, std::memory_order_release);
}

}  // namespace detail
}  // namespace tapegrad::kernels
