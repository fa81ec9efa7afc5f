// EarlyStopping: when to end a training that does not get better.
#pragma once

#include <tapegrad/autograd/state_dict.h>

namespace tapegrad::optim {

struct EarlyStoppingFields {
  std::int64_t patience = 0;
  double min_delta = 0;
  std::string mode = "min";
};

/// Counts epochs without a better metric:
///
///     optim::EarlyStopping stopping({.patience = 5});
///     while (!stopping.step(validation_loss())) train();
///
/// Better, in mode "min", is less than best() - min_delta; in mode "max", more than best() + min_delta; NaN never.
/// ValueError for another mode.
class TAPEGRAD_EXPORT EarlyStopping {
 public:
  explicit EarlyStopping(const EarlyStoppingFields& fields = {});
  /// Whether to stop: the metric is at least the patience-th in a row that is not better.
  bool step(double metric);
  /// The best metric so far.
  double best() const noexcept { return best_; }
  /// "best", "num_bad_epochs".
  StateDict state_dict() const;
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  std::function<void()> prepare_load(const StateDict& state);

 private:
  EarlyStoppingFields fields_;
  double best_;
  std::int64_t num_bad_epochs_ = 0;
};

}  // namespace tapegrad::optim
