// AdaptiveLogSoftmaxWithLoss: the log-probabilities of many classes, of which few are frequent, at a part of the cost.
//
//   nn::AdaptiveLogSoftmaxWithLoss criterion(64, 10000, std::vector<std::int64_t>{100, 1000});
//   auto [output, loss] = criterion(x, target);  // x [n, 64], target [n]
//   loss.backward();
#pragma once

#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/module_list.h>

namespace tapegrad::nn {

struct AdaptiveLogSoftmaxWithLossFields {
  std::int64_t in_features = -1;           ///< must be given
  std::int64_t n_classes = -1;             ///< must be given: classes come in the order of their frequency
  std::vector<std::int64_t> cutoffs = {};  ///< must be given: the first class of each cluster, going up
  double div_value = 4;                    ///< cluster c is seen through in_features // div_value^(c + 1) features
  bool head_bias = false;
};
struct AdaptiveLogSoftmaxWithLossOptions : OptionsOf<AdaptiveLogSoftmaxWithLossFields> {
  using OptionsOf::OptionsOf;
  AdaptiveLogSoftmaxWithLossOptions(std::int64_t in_features, std::int64_t n_classes, std::vector<std::int64_t> cutoffs)
      : OptionsOf({in_features, n_classes, std::move(cutoffs)}) {}
  TAPEGRAD_SETTERS(in_features, n_classes, cutoffs, div_value, head_bias)
};

/// The log-probability of each target, and the mean of their negatives.
struct ASMoutput {
  Tensor output;
  Tensor loss;
};

/// The head scores the classes below cutoffs[0] and each cluster of the others; a cluster scores its own classes, of
/// the rows alone whose targets are in it. Source: Grave et al., "Efficient softmax approximation for GPUs", 2017.
struct TAPEGRAD_EXPORT AdaptiveLogSoftmaxWithLossImpl
    : Layer<AdaptiveLogSoftmaxWithLossImpl, AdaptiveLogSoftmaxWithLossOptions> {
  AdaptiveLogSoftmaxWithLossImpl(std::int64_t in_features, std::int64_t n_classes, std::vector<std::int64_t> first)
      : AdaptiveLogSoftmaxWithLossImpl(AdaptiveLogSoftmaxWithLossOptions(in_features, n_classes, std::move(first))) {}
  /// ValueError unless the cutoffs go up, from 1 to n_classes - 1, and div_value is positive; ShapeError for a negative
  /// number of features.
  explicit AdaptiveLogSoftmaxWithLossImpl(const AdaptiveLogSoftmaxWithLossOptions& loss_options);
  /// Of x [n, in_features] or [in_features] and classes target, int64 [n] or one. IndexError for a class that does not
  /// exist. A cluster without a target in the batch gets no gradient.
  ASMoutput forward(const Tensor& x, const Tensor& target);
  /// The log-probabilities of all classes, [n, n_classes], of x [n, in_features].
  Tensor log_prob(const Tensor& x);
  /// The most probable class of each row of x [n, in_features], int64 [n].
  Tensor predict(const Tensor& x);
  /// Draws the initial values again.
  void reset_parameters();
  void pretty_print(std::ostream& out) const override;

  std::vector<std::int64_t> cutoffs;  ///< those of the options, and n_classes
  std::int64_t shortlist_size, n_clusters, head_size;
  Linear head{nullptr};
  ModuleList tail;

 private:
  Tensor cluster(std::int64_t number, const Tensor& x) const;
};
TAPEGRAD_MODULE(AdaptiveLogSoftmaxWithLoss);

}  // namespace tapegrad::nn
