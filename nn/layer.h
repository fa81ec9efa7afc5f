// What layers and losses are made of: a function and its options become a module in one line.
//
//   struct SwishFields {
//     double beta = 1;
//   };
//   struct SwishOptions : OptionsOf<SwishFields> {
//     using OptionsOf::OptionsOf;
//     SwishOptions(double beta = 1) : OptionsOf({beta}) {}
//     TAPEGRAD_SETTERS(beta)
//   };
//   Tensor swish(const Tensor& x, const SwishOptions& options = {}) { return x * (x * options.beta()).sigmoid(); }
//   TAPEGRAD_LAYER(Swish, swish);
//
//   nn::Sequential net{nn::Linear(2, 3), Swish({.beta = 2})};  // prints the layer as "Swish(beta=2)"
#pragma once

#include <tapegrad/autograd/ops.h>
#include <tapegrad/autograd/option.h>
#include <tapegrad/nn/cloneable.h>
#include <tapegrad/nn/module_holder.h>

namespace tapegrad::nn {

namespace detail {

/// "nn::", or "torch::nn::" in a program that includes torch.h, which calls print_as_torch() once as it starts.
TAPEGRAD_EXPORT std::string prefix();
TAPEGRAD_EXPORT bool print_as_torch() noexcept;

/// Writes "nn::ReLU(inplace=true)" for a tapegrad::nn::ReLUImpl.
TAPEGRAD_EXPORT void print_layer(std::ostream& out, const Module& layer, const std::string& arguments);

/// Adds "name=value" to a list of arguments; a flag named inplace only where it is set.
TAPEGRAD_EXPORT void add_argument(std::string& list, const std::string& name, bool value);
TAPEGRAD_EXPORT void add_argument(std::string& list, const std::string& name, std::int64_t value);
TAPEGRAD_EXPORT void add_argument(std::string& list, const std::string& name, double value);
TAPEGRAD_EXPORT void add_argument(std::string& list, const std::string& name, const std::string& value);

/// A number as it is printed: "0.5".
TAPEGRAD_EXPORT std::string number(double value);
inline std::string flag(bool value) { return value ? "true" : "false"; }
TAPEGRAD_EXPORT void add_argument(std::string& list, const std::string& name, IntList value);

/// All options as libtorch prints them: "min_val=-1, max_val=1".
template <class Options>
std::string arguments(const Options& options) {
  std::string list;
  options.each_option([&](const char* name, const auto& value) { add_argument(list, name, value); });
  return list;
}

/// The terms of a loss, or their mean or sum.
inline Tensor reduced(const Tensor& terms, Reduction reduction) {
  return reduction == kMean ? terms.mean() : reduction == kSum ? terms.sum() : terms;
}
/// fn(x), which in place overwrites x itself.
template <class F>
Tensor in_place_if(bool inplace, const Tensor& x, const F& fn) {
  return inplace ? x.copy_(fn(x.clone())) : fn(x);
}

/// In a catch block: the same error under the name of this function, which is made of others.
[[noreturn]] TAPEGRAD_EXPORT void throw_as(const char* function);

}  // namespace detail

/// The options of a layer that has none.
struct NoOptions {};

/// A module with options, a clone(), and the text "nn::Name(arguments)" when it is printed.
template <class Derived, class Options = NoOptions>
struct Layer : Cloneable<Derived> {
  Layer() = default;
  explicit Layer(const Options& layer_options) : options(layer_options) {}
  void pretty_print(std::ostream& out) const override { detail::print_layer(out, *this, arguments()); }
  /// What is printed between the brackets.
  virtual std::string arguments() const { return {}; }

  Options options;
};

/// The module of a function; the function's parameters decide what it has. TAPEGRAD_LAYER makes one.
template <class Derived, auto kFunction, class Signature = decltype(kFunction)>
struct FunctionLayer;

/// Of f(x): a layer without options.
template <class Derived, auto kFunction>
struct FunctionLayer<Derived, kFunction, Tensor (*)(const Tensor&)> : Layer<Derived> {
  Tensor forward(const Tensor& x) { return kFunction(x); }
};

/// Of f(x, options): a layer that prints its options.
template <class Derived, auto kFunction, class Options>
struct FunctionLayer<Derived, kFunction, Tensor (*)(const Tensor&, const Options&)> : Layer<Derived, Options> {
  using Layer<Derived, Options>::Layer;
  Tensor forward(const Tensor& x) { return kFunction(x, this->options); }
  std::string arguments() const override { return detail::arguments(this->options); }
};

/// Of f(x, target, options): a loss.
template <class Derived, auto kFunction, class Options>
struct FunctionLayer<Derived, kFunction, Tensor (*)(const Tensor&, const Tensor&, const Options&)>
    : Layer<Derived, Options> {
  using Layer<Derived, Options>::Layer;
  Tensor forward(const Tensor& x, const Tensor& target) { return kFunction(x, target, this->options); }
};

/// Of f(x, other, target, options): a loss of three tensors.
template <class Derived, auto kFunction, class Options>
struct FunctionLayer<Derived, kFunction, Tensor (*)(const Tensor&, const Tensor&, const Tensor&, const Options&)>
    : Layer<Derived, Options> {
  using Layer<Derived, Options>::Layer;
  Tensor forward(const Tensor& x, const Tensor& other, const Tensor& target) {
    return kFunction(x, other, target, this->options);
  }
};

/// That of f(x, target, options) where the options have a weight: it is a buffer, which to() casts and clone() copies;
/// undefined where the options give none.
template <class Derived, auto kFunction, class Options>
requires requires(Options& options, const Tensor& weight) { options.weight(weight); }
struct FunctionLayer<Derived, kFunction, Tensor (*)(const Tensor&, const Tensor&, const Options&)>
    : Layer<Derived, Options> {
  explicit FunctionLayer(const Options& loss_options = {})
      : Layer<Derived, Options>(loss_options), weight(this->register_buffer("weight", loss_options.weight())) {}
  Tensor forward(const Tensor& x, const Tensor& target) { return kFunction(x, target, current_options()); }

  Buffer weight;

 protected:
  Options current_options() const { return Options(this->options).weight(weight); }
};

}  // namespace tapegrad::nn

/// class Name: a holder of NameImpl, the module of `function`: f(x), f(x, options), f(x, target, options) or
/// f(x, other, target, options).
#define TAPEGRAD_LAYER(Name, function)                                                       \
  struct TAPEGRAD_EXPORT Name##Impl : ::tapegrad::nn::FunctionLayer<Name##Impl, &function> { \
    using FunctionLayer::FunctionLayer;                                                      \
  };                                                                                         \
  TAPEGRAD_MODULE(Name)
