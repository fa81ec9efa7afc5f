// ReduceLROnPlateau.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct ReduceLROnPlateauFields {
  std::string mode = "min";
  double factor = 0.1;
  std::int64_t patience = 10;
  double threshold = 1e-4;
  std::string threshold_mode = "rel";
  std::int64_t cooldown = 0;
  PerGroup<double> min_lr = 0.0;
  double eps = 1e-8;
};

/// The rate times factor, which is below 1, after more than `patience` epochs without a better metric:
///
///     optim::ReduceLROnPlateau scheduler(optimizer, {.mode = "max", .patience = 3});
///     scheduler.step(accuracy);
///
/// Better, in mode "min", is less than best * (1 - threshold), or by threshold_mode "abs" than best - threshold; in
/// mode "max" more than best * (1 + threshold) or best + threshold. After a reduction `cooldown` epochs are not
/// counted. No rate falls below min_lr, or changes by eps or less. ValueError for another mode.
class TAPEGRAD_EXPORT ReduceLROnPlateau {
 public:
  using Fields = ReduceLROnPlateauFields;
  explicit ReduceLROnPlateau(Optimizer& optimizer, const Fields& fields = {});
  void step(double metric);
  /// Empty before the first step.
  const std::vector<double>& get_last_lr() const noexcept { return last_lr_; }
  /// "best", "num_bad_epochs", "cooldown_counter", "last_epoch".
  StateDict state_dict() const;
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  std::function<void()> prepare_load(const StateDict& state);

 private:
  std::vector<std::pair<const char*, OptionRef>> numbers();

  Fields fields_;
  Optimizer& optimizer_;
  double best_;
  std::int64_t num_bad_epochs_ = 0, cooldown_counter_ = 0, last_epoch_ = 0;
  std::vector<double> last_lr_;
};

}  // namespace tapegrad::optim::lr_scheduler
