// The one entry to threads: loops cut in fixed chunks that run on a lazy pool.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace tapegrad::kernels {

// Additions, or as cheap elements, in a chunk of a parallel loop: some microseconds, many times what a chunk costs. The
// order of sums follows from it, so another value gives other bits.
inline constexpr std::int64_t kGrain = 1 << 15;

// How many threads a parallel loop may use: the cores this process may run on, or TAPEGRAD_NUM_THREADS.
int num_threads() noexcept;

// n >= 1; the caller checks. Holds for every thread of the process, from its next loop on.
void set_num_threads(int n) noexcept;

// Ends the workers; from then on loops run on their callers alone. For the end of the process or of a plug-in.
void stop_workers() noexcept;

// In the child of a fork(), which has none of the workers; it starts its own.
void forget_workers() noexcept;

namespace detail {

using ChunkFn = void (*)(void* body, int64_t begin, int64_t end) noexcept;

void run_chunks(int64_t n, int64_t grain, ChunkFn fn, void* body) noexcept;

}  // namespace detail

// Calls body(begin, end) for [0, grain), [grain, 2 * grain) ... of [0, n). Which chunks exist depends on n and grain
// only, so a body whose chunks are independent gives the same bits at any thread count. The body must not throw. It
// runs on the caller's thread and on workers, which take over the caller's floating-point mode; a loop inside a body
// runs on its own thread, and so does one that starts while another thread's loop has the workers.
template <class F>
void parallel_for(int64_t n, int64_t grain, F&& body) {
  if (n <= 0) return;
  if (n <= grain) return body(int64_t{0}, n);
  using Body = std::remove_reference_t<F>;
  detail::run_chunks(
      n, grain, [](void* f, int64_t begin, int64_t end) noexcept { (*static_cast<Body*>(f))(begin, end); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

// f(row) for each row, which takes about as long as `cost` additions.
template <class F>
void for_rows(std::int64_t rows, std::int64_t cost, const F& f) {
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, cost));
  parallel_for(rows, grain, [&f](std::int64_t b, std::int64_t e) {
    for (std::int64_t r = b; r < e; ++r) f(r);
  });
}

}  // namespace tapegrad::kernels
