// Linear: y = x W^T + b.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct LinearFields {
  std::int64_t in_features = -1;   ///< must be given
  std::int64_t out_features = -1;  ///< must be given
  bool bias = true;
};
/// LinearOptions(in_features, out_features).bias(false)
struct LinearOptions : OptionsOf<LinearFields> {
  using OptionsOf::OptionsOf;
  LinearOptions(std::int64_t in_features, std::int64_t out_features) : OptionsOf({in_features, out_features}) {}
  TAPEGRAD_SETTERS(in_features, out_features, bias)
};

namespace functional {
/// x weight^T + bias, of x [.., in], weight [out, in] and bias [out], which may be undefined: [.., out].
inline Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = undefined()) {
  return tapegrad::linear(x, weight, bias);
}
}  // namespace functional

/// A linear map with a weight [out_features, in_features] and a bias [out_features]. Both are drawn as PyTorch draws
/// them, from U(-1 / sqrt(in_features), 1 / sqrt(in_features)), the weight first: manual_seed(0); Linear(1, 1) has
/// PyTorch's numbers.
struct TAPEGRAD_EXPORT LinearImpl : Layer<LinearImpl, LinearOptions> {
  LinearImpl(std::int64_t in_features, std::int64_t out_features)
      : LinearImpl(LinearOptions(in_features, out_features)) {}
  /// Throws ShapeError when a size is negative.
  explicit LinearImpl(const LinearOptions& linear_options);

  /// x [.., in_features] gives [.., out_features].
  Tensor forward(const Tensor& x) { return tapegrad::linear(x, weight, bias); }
  /// Draws the initial values again.
  void reset_parameters();
  std::string arguments() const override { return detail::arguments(options); }

  Parameter weight;
  Parameter bias;  ///< undefined without bias
};
TAPEGRAD_MODULE(Linear);

}  // namespace tapegrad::nn
