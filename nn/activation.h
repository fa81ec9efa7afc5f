// Activations as modules: for Sequential, and for printing a model. All are elementwise but the softmaxes.
#pragma once

#include <cstdint>
#include <iosfwd>

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct ReLUOptions {
  ReLUOptions(bool inplace = false) : inplace_(inplace) {}
  TAPEGRAD_OPTION(bool, inplace);
};

// max(x, 0); with inplace, x itself is overwritten.
class TAPEGRAD_EXPORT ReLUImpl : public Layer<ReLUImpl, ReLUOptions> {
 public:
  using Layer::Layer;
  Tensor forward(const Tensor& x) { return options.inplace() ? x.relu_() : x.relu(); }
  void pretty_print(std::ostream& out) const override;
};
TAPEGRAD_MODULE(ReLU);

class TAPEGRAD_EXPORT SigmoidImpl : public Layer<SigmoidImpl> {
 public:
  Tensor forward(const Tensor& x) { return x.sigmoid(); }
};
TAPEGRAD_MODULE(Sigmoid);

class TAPEGRAD_EXPORT TanhImpl : public Layer<TanhImpl> {
 public:
  Tensor forward(const Tensor& x) { return x.tanh(); }
};
TAPEGRAD_MODULE(Tanh);

struct SoftmaxOptions {
  SoftmaxOptions(std::int64_t dim) : dim_(dim) {}
  TAPEGRAD_OPTION(std::int64_t, dim);
};
using LogSoftmaxOptions = SoftmaxOptions;

class TAPEGRAD_EXPORT SoftmaxImpl : public Layer<SoftmaxImpl, SoftmaxOptions> {
 public:
  using Layer::Layer;
  Tensor forward(const Tensor& x) { return x.softmax(options.dim()); }
  void pretty_print(std::ostream& out) const override;
};
TAPEGRAD_MODULE(Softmax);

class TAPEGRAD_EXPORT LogSoftmaxImpl : public Layer<LogSoftmaxImpl, LogSoftmaxOptions> {
 public:
  using Layer::Layer;
  Tensor forward(const Tensor& x) { return x.log_softmax(options.dim()); }
  void pretty_print(std::ostream& out) const override;
};
TAPEGRAD_MODULE(LogSoftmax);

}  // namespace tapegrad::nn
