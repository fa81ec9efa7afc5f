// CyclicLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct CyclicLRFields {
  PerGroup<double> base_lr, max_lr;
  std::int64_t step_size_up = 2000, step_size_down = 0;  ///< 0: as up
  std::string mode = "triangular";
  double gamma = 1;
  std::function<double(double)> scale_fn = nullptr;
  std::string scale_mode = "cycle";
  bool cycle_momentum = true;
  double base_momentum = 0.8, max_momentum = 0.9;

  void check(const Optimizer& o) const {
    detail::check(scale_fn || mode == "triangular" || mode == "triangular2" || mode == "exp_range",
                  "mode is invalid and scale_fn is None");
    detail::check_positive("step_size_up", step_size_up);
    detail::check(!cycle_momentum || detail::has_momentum(o.defaults(), /*or_beta=*/false),
                  "optimizer must support momentum with `cycle_momentum` option enabled");
    detail::check_count(o, "base_lr", base_lr.values.size());
    detail::check_count(o, "max_lr", max_lr.values.size());
  }
  /// How high on the triangle, by the scale of its cycle.
  double height(std::int64_t step) const {
    const auto at = static_cast<double>(step), up = static_cast<double>(step_size_up);
    const double total = up + (step_size_down > 0 ? static_cast<double>(step_size_down) : up), top = up / total;
    const auto cycle = static_cast<double>(static_cast<std::int64_t>(1 + at / total)), x = 1 + at / total - cycle;
    const double height = x <= top ? x / top : (x - 1) / (top - 1);
    if (scale_fn) return height * scale_fn(scale_mode == "cycle" ? cycle : at);
    return height * (mode == "triangular2" ? detail::power(2, 1 - cycle)
                     : mode == "exp_range" ? detail::power(gamma, at)
                                           : 1);
  }
  double rate(const RateAt& at) const {
    return base_lr[at.group] + (max_lr[at.group] - base_lr[at.group]) * height(at.epoch);
  }
  double momentum(const RateAt& at) const { return max_momentum - (max_momentum - base_momentum) * height(at.epoch); }
};

/// Triangles between base_lr and max_lr, step_size_up steps up and step_size_down steps down, the momentum the other
/// way: CyclicLR(optimizer, {.base_lr = 0.01, .max_lr = 0.1}). Modes: "triangular"; "triangular2", each half as high as
/// the last; "exp_range", times gamma^step; or scale_fn, of the cycle (1, 2 ...) or, by scale_mode "iterations", the
/// step. Source: Smith, Cyclical Learning Rates for Training Neural Networks, 2017.
using CyclicLR = Scheduler<CyclicLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
