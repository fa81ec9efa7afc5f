// Dropout and its relatives: elements or whole channels of x that are 0 while training, by chance.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct DropoutFields {
  double p = 0.5;        ///< the probability of 0
  bool inplace = false;  ///< x itself is overwritten
};
struct DropoutOptions : OptionsOf<DropoutFields> {
  using OptionsOf::OptionsOf;
  DropoutOptions(double p = 0.5) : OptionsOf({p}) {}
  TAPEGRAD_SETTERS(p, inplace)
};
using Dropout1dOptions = DropoutOptions;
using Dropout2dOptions = DropoutOptions;
using Dropout3dOptions = DropoutOptions;
using AlphaDropoutOptions = DropoutOptions;
using FeatureAlphaDropoutOptions = DropoutOptions;

/// The functions' options; kTraining is libtorch's default: without training x itself is the result.
template <bool kTraining>
struct DropoutFuncFields {
  double p = 0.5;
  bool training = kTraining;
  bool inplace = false;
};
template <bool kTraining>
struct DropoutFuncOptionsOf : OptionsOf<DropoutFuncFields<kTraining>> {
  using Fields = DropoutFuncFields<kTraining>;
  using OptionsOf<Fields>::OptionsOf;
  TAPEGRAD_SETTERS(p, training, inplace)
};

namespace functional {

using DropoutFuncOptions = DropoutFuncOptionsOf<true>;
using Dropout1dFuncOptions = DropoutFuncOptions;
using Dropout2dFuncOptions = DropoutFuncOptions;
using Dropout3dFuncOptions = DropoutFuncOptions;
using AlphaDropoutFuncOptions = DropoutFuncOptionsOf<false>;
using FeatureAlphaDropoutFuncOptions = DropoutFuncOptionsOf<false>;

/// x / (1 - p) where a number drawn for each element says so, with probability 1 - p, else 0; the numbers are
/// PyTorch's. ValueError unless p is in [0, 1]. Source: Srivastava et al., "Dropout", 2014.
TAPEGRAD_EXPORT Tensor dropout(const Tensor& x, const DropoutFuncOptions& options = {});
/// The same with a number for each channel of x [n, c, l] or [c, l]. ShapeError for other x.
TAPEGRAD_EXPORT Tensor dropout1d(const Tensor& x, const Dropout1dFuncOptions& options = {});
/// The same of x [n, c, h, w] or [c, h, w]: a number for each of the first two dims' indices where x has four dims,
/// else for each of the first dim's.
TAPEGRAD_EXPORT Tensor dropout2d(const Tensor& x, const Dropout2dFuncOptions& options = {});
/// The same of x [n, c, d, h, w] or [c, d, h, w].
TAPEGRAD_EXPORT Tensor dropout3d(const Tensor& x, const Dropout3dFuncOptions& options = {});
/// Dropout that keeps mean 0 and variance 1, to follow SELU: what is dropped becomes SELU's limit -1.758, then all is
/// scaled and shifted. Source: Klambauer et al., "Self-Normalizing Neural Networks", 2017.
TAPEGRAD_EXPORT Tensor alpha_dropout(const Tensor& x, const AlphaDropoutFuncOptions& options = {});
/// The same with a number for each channel of x [n, c, ..].
TAPEGRAD_EXPORT Tensor feature_alpha_dropout(const Tensor& x, const FeatureAlphaDropoutFuncOptions& options = {});

}  // namespace functional

namespace detail {
/// ValueError unless it is in [0, 1].
TAPEGRAD_EXPORT void check_dropout(double p);

/// The module of such a function: it drops while it is_training(). ValueError unless p is in [0, 1].
template <class Derived, auto kFunction, class FuncOptions>
struct DropoutLayer : Layer<Derived, DropoutOptions> {
  explicit DropoutLayer(const DropoutOptions& dropout_options = {}) : Layer<Derived, DropoutOptions>(dropout_options) {
    check_dropout(this->options.p());
  }
  Tensor forward(const Tensor& x) {
    return kFunction(x, FuncOptions({this->options.p(), this->is_training(), this->options.inplace()}));
  }
  std::string arguments() const override {
    return "p=" + detail::number(this->options.p()) + ", inplace=" + detail::flag(this->options.inplace());
  }
};
}  // namespace detail

#define TAPEGRAD_DROPOUT(Name, function)                                                         \
  struct TAPEGRAD_EXPORT Name##Impl                                                              \
      : detail::DropoutLayer<Name##Impl, &functional::function, functional::Name##FuncOptions> { \
    using DropoutLayer::DropoutLayer;                                                            \
  };                                                                                             \
  TAPEGRAD_MODULE(Name)
TAPEGRAD_DROPOUT(Dropout, dropout);
TAPEGRAD_DROPOUT(Dropout1d, dropout1d);
TAPEGRAD_DROPOUT(Dropout2d, dropout2d);
TAPEGRAD_DROPOUT(Dropout3d, dropout3d);
TAPEGRAD_DROPOUT(AlphaDropout, alpha_dropout);
TAPEGRAD_DROPOUT(FeatureAlphaDropout, feature_alpha_dropout);
#undef TAPEGRAD_DROPOUT

}  // namespace tapegrad::nn
