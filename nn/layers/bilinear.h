// Bilinear: y = x1 W x2 + b.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct BilinearFields {
  std::int64_t in1_features = -1;  ///< must be given
  std::int64_t in2_features = -1;  ///< must be given
  std::int64_t out_features = -1;  ///< must be given
  bool bias = true;
};
struct BilinearOptions : OptionsOf<BilinearFields> {
  using OptionsOf::OptionsOf;
  BilinearOptions(std::int64_t in1_features, std::int64_t in2_features, std::int64_t out_features)
      : OptionsOf({in1_features, in2_features, out_features}) {}
  TAPEGRAD_SETTERS(in1_features, in2_features, out_features, bias)
};

namespace functional {
/// x1 weight[o] x2 + bias[o] for each o, of x1 [.., in1], x2 [.., in2], weight [out, in1, in2] and bias [out], which
/// may be undefined: [.., out]. ShapeError for other sizes.
TAPEGRAD_EXPORT Tensor bilinear(const Tensor& x1, const Tensor& x2, const Tensor& weight,
                                const Tensor& bias = undefined());
}  // namespace functional

/// Weight [out, in1, in2] and bias [out], both drawn from U(-1 / sqrt(in1), 1 / sqrt(in1)) as PyTorch draws them.
struct TAPEGRAD_EXPORT BilinearImpl : Layer<BilinearImpl, BilinearOptions> {
  BilinearImpl(std::int64_t in1_features, std::int64_t in2_features, std::int64_t out_features)
      : BilinearImpl(BilinearOptions(in1_features, in2_features, out_features)) {}
  /// ShapeError when a size is negative.
  explicit BilinearImpl(const BilinearOptions& bilinear_options);
  Tensor forward(const Tensor& x1, const Tensor& x2) { return functional::bilinear(x1, x2, weight, bias); }
  /// Draws the initial values again.
  void reset_parameters();
  std::string arguments() const override { return detail::arguments(options); }

  Parameter weight;
  Parameter bias;  ///< undefined without bias
};
TAPEGRAD_MODULE(Bilinear);

}  // namespace tapegrad::nn
