// Activations as modules: for Sequential, and for printing a model. All are elementwise but the softmaxes.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct ReLUFields {
  bool inplace = false;
};
struct ReLUOptions : OptionsOf<ReLUFields> {
  using OptionsOf::OptionsOf;
  ReLUOptions(bool inplace = false) : OptionsOf({inplace}) {}
  TAPEGRAD_SETTER(inplace)
};

// max(x, 0); with inplace, x itself is overwritten.
struct TAPEGRAD_EXPORT ReLUImpl : Layer<ReLUImpl, ReLUOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) { return options.inplace() ? x.relu_() : x.relu(); }
  std::string arguments() const override { return options.inplace() ? "inplace=true" : ""; }
};
TAPEGRAD_MODULE(ReLU);

struct TAPEGRAD_EXPORT SigmoidImpl : Layer<SigmoidImpl> {
  Tensor forward(const Tensor& x) { return x.sigmoid(); }
};
TAPEGRAD_MODULE(Sigmoid);

struct TAPEGRAD_EXPORT TanhImpl : Layer<TanhImpl> {
  Tensor forward(const Tensor& x) { return x.tanh(); }
};
TAPEGRAD_MODULE(Tanh);

struct SoftmaxFields {
  std::int64_t dim;
};
struct SoftmaxOptions : OptionsOf<SoftmaxFields> {
  using OptionsOf::OptionsOf;
  SoftmaxOptions(std::int64_t dim) : OptionsOf({dim}) {}
  TAPEGRAD_SETTER(dim)
};
using LogSoftmaxOptions = SoftmaxOptions;

struct TAPEGRAD_EXPORT SoftmaxImpl : Layer<SoftmaxImpl, SoftmaxOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) { return x.softmax(options.dim()); }
  std::string arguments() const override { return "dim=" + std::to_string(options.dim()); }
};
TAPEGRAD_MODULE(Softmax);

struct TAPEGRAD_EXPORT LogSoftmaxImpl : Layer<LogSoftmaxImpl, LogSoftmaxOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) { return x.log_softmax(options.dim()); }
  std::string arguments() const override { return "dim=" + std::to_string(options.dim()); }
};
TAPEGRAD_MODULE(LogSoftmax);

}  // namespace tapegrad::nn
