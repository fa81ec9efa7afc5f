// Layer: what most layers of this library have in common: options, a clone(), and how they print, as "nn::ReLU()".
#pragma once

#include <tapegrad/autograd/option.h>
#include <tapegrad/nn/cloneable.h>
#include <tapegrad/nn/module_holder.h>

namespace tapegrad::nn {

namespace detail {

// "nn::ReLU(inplace=true)" for a tapegrad::nn::ReLUImpl.
TAPEGRAD_EXPORT void print_layer(std::ostream& out, const Module& layer, const std::string& arguments);

}  // namespace detail

struct NoOptions {};

template <class Derived, class Options = NoOptions>
struct Layer : Cloneable<Derived> {
  Layer() = default;
  explicit Layer(const Options& layer_options) : options(layer_options) {}
  void pretty_print(std::ostream& out) const override { detail::print_layer(out, *this, arguments()); }
  virtual std::string arguments() const { return {}; }  // as printed in the brackets

  Options options;
};

// A layer whose options name a weight for each element or class; it is a buffer, undefined where they name none.
template <class Derived, class Options>
struct WeightedLayer : Layer<Derived, Options> {
  explicit WeightedLayer(const Options& layer_options = {})
      : Layer<Derived, Options>(layer_options), weight(this->register_buffer("weight", layer_options.weight())) {}

  Buffer weight;
};

}  // namespace tapegrad::nn
