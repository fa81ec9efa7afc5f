// Averages of weights over the steps of a training, which often generalise better than the last weights.
#pragma once

#include <optional>

#include <tapegrad/autograd/state_dict.h>

namespace tapegrad::optim {

struct WeightAverageFields {
  std::optional<double> decay = {};
};

/// The average of each parameter over the calls of update_parameters(), as PyTorch's AveragedModel:
///
///     avg = p                                     the first time
///     avg = decay * avg + (1 - decay) * p         with decay, in [0, 1]: an exponential moving average (EMA)
///     avg = avg + (p - avg) / (n_averaged + 1)    without: the mean (SWA)
///
///     optim::WeightAverage ema(model.parameters(), {.decay = 0.999});
///     ...  optimizer.step();  ema.update_parameters();
///     ema.swap();  evaluate(model);  ema.swap();
///
/// It holds handles to the parameters. Buffers are averaged where they stand in the list, too; what is not floating is
/// copied. ValueError for another decay. Sources: Polyak and Juditsky, Acceleration of Stochastic Approximation by
/// Averaging, 1992; Izmailov et al., Averaging Weights Leads to Wider Optima and Better Generalization, 2018.
class TAPEGRAD_EXPORT WeightAverage {
 public:
  explicit WeightAverage(std::vector<Tensor> parameters, const WeightAverageFields& fields = {});
  void update_parameters();
  /// Exchanges the values of parameters and averages.
  void swap();
  /// The averages, in the order of the parameters; copies of these before the first update.
  const std::vector<Tensor>& averages() const noexcept { return averages_; }
  std::int64_t n_averaged() const noexcept { return n_averaged_; }
  /// "n_averaged", and the averages as "0", "1" ...: handles, not copies.
  StateDict state_dict() const;
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  std::function<void()> prepare_load(const StateDict& state);

 private:
  std::vector<Tensor> parameters_, averages_;
  std::optional<double> decay_;
  std::int64_t n_averaged_ = 0;
};

}  // namespace tapegrad::optim
