#include "autograd/core/recorder.h"

#include "autograd/core/execute.h"

namespace tapegrad::core {

void run_watched(const Call& c, bool in_place) noexcept {
  using Clock = std::chrono::steady_clock;
  const Context& ctx = context();
  if (ctx.watch.has(kWatchCalls)) ctx.recorder->see_call(c, in_place);
  if (!ctx.watch.has(kWatchRuns)) return run_kernel(c);
  const Clock::time_point begin = Clock::now();
  run_kernel(c);
  ctx.watcher->see_run(c, in_place, Clock::now() - begin);
}

}  // namespace tapegrad::core
