// OneCycleLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct OneCycleLRFields {
  PerGroup<double> max_lr;
  std::int64_t total_steps = 0, epochs = 0, steps_per_epoch = 0;  ///< the first, or the others, must be given
  double pct_start = 0.3;
  std::string anneal_strategy = "cos";
  bool cycle_momentum = true;
  double base_momentum = 0.85, max_momentum = 0.95, div_factor = 25, final_div_factor = 1e4;
  bool three_phase = false;

  std::int64_t steps() const { return total_steps != 0 ? total_steps : epochs * steps_per_epoch; }
  void check(const Optimizer& o) const {
    detail::check(total_steps != 0 || epochs != 0 || steps_per_epoch != 0,
                  "You must define either total_steps OR (epochs AND steps_per_epoch)");
    detail::check_positive("total_steps", steps());
    detail::check(pct_start >= 0 && pct_start <= 1,
                  "Expected float between 0 and 1 pct_start, but got " + std::to_string(pct_start));
    detail::check(anneal_strategy == "cos" || anneal_strategy == "linear",
                  "anneal_strategy must by one of 'cos' or 'linear', instead got " + anneal_strategy);
    detail::check(!cycle_momentum || detail::has_momentum(o.defaults(), /*or_beta=*/true),
                  "optimizer must support momentum with `cycle_momentum` option enabled");
    detail::check_count(o, "max_lr", max_lr.values.size());
  }
  /// On the way from the first value to the peak, and to the last one, by three_phase over the first.
  double way(std::int64_t step, double first, double peak, double last) const {
    const auto between = [&](double begin, double end, double from, double to) {
      const double part = to > from ? (static_cast<double>(step) - from) / (to - from) : 1;
      if (anneal_strategy == "linear") return (end - begin) * part + begin;
      return end + (begin - end) / 2 * detail::wave(part);
    };
    const auto at = static_cast<double>(step), total = static_cast<double>(steps());
    const double top = pct_start * total - 1, down = 2 * pct_start * total - 2;
    if (at <= top) return between(first, peak, 0, top);
    if (!three_phase) return between(peak, last, top, total - 1);
    return at <= down ? between(peak, first, top, down) : between(first, last, down, total - 1);
  }
  double rate(const RateAt& at) const {
    detail::check(at.epoch <= steps(), "Tried to step " + std::to_string(at.epoch + 1) +
                                           " times. The specified number of total steps is " + std::to_string(steps()));
    const double peak = max_lr[at.group], first = peak / div_factor;
    return way(at.epoch, first, peak, first / final_div_factor);
  }
  double momentum(const RateAt& at) const { return way(at.epoch, max_momentum, base_momentum, max_momentum); }
};

/// From max_lr / div_factor to max_lr in pct_start of the steps, and down to that over final_div_factor; the momentum,
/// or first beta, the other way: OneCycleLR(optimizer, {.max_lr = 0.1, .total_steps = 1000}). A step is a batch.
/// Source: Smith and Topin, Super-Convergence, 2018.
using OneCycleLR = Scheduler<OneCycleLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
