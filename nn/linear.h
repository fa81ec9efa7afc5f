// Linear: y = x W^T + b.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct LinearFields {
  std::int64_t in_features = -1;  // both must be given
  std::int64_t out_features = -1;
  bool bias = true;
};
// LinearOptions(in_features, out_features).bias(false)
struct LinearOptions : OptionsOf<LinearFields> {
  using OptionsOf::OptionsOf;
  LinearOptions(std::int64_t in_features, std::int64_t out_features) : OptionsOf({in_features, out_features}) {}
  TAPEGRAD_SETTER(in_features)
  TAPEGRAD_SETTER(out_features)
  TAPEGRAD_SETTER(bias)
};

// weight [out_features, in_features], then bias [out_features], both drawn as PyTorch draws them from
// U(-1/sqrt(in_features), 1/sqrt(in_features)): manual_seed(0); Linear(1, 1) has its numbers.
struct TAPEGRAD_EXPORT LinearImpl : Layer<LinearImpl, LinearOptions> {
  LinearImpl(std::int64_t in_features, std::int64_t out_features)
      : LinearImpl(LinearOptions(in_features, out_features)) {}
  // ShapeError when a size is negative.
  explicit LinearImpl(const LinearOptions& linear_options);

  // x [.., in_features] gives [.., out_features].
  Tensor forward(const Tensor& x) { return tapegrad::linear(x, weight, bias); }
  void reset_parameters();
  std::string arguments() const override;

  Parameter weight;
  Parameter bias;  // undefined without bias
};
TAPEGRAD_MODULE(Linear);

}  // namespace tapegrad::nn
