// Weight normalisation: a weight as a length of each row and a direction, which are trained in its place.
#pragma once

#include <tapegrad/nn/forward_hook_list.h>
#include <tapegrad/nn/module_holder.h>

namespace tapegrad::nn::utils {

namespace detail {

/// The weight that g and v stand for: v g / |v|, with a norm for each place of `dim`, or one of all where dim is -1.
TAPEGRAD_EXPORT Tensor normed_weight(const Module& module, const std::string& name, std::int64_t dim);
/// Registers g and v in the place of the weight, and gives its name.
TAPEGRAD_EXPORT std::string begin_weight_norm(Module& module, const Tensor& weight, std::int64_t dim);
/// Registers the weight in their place, and gives it.
TAPEGRAD_EXPORT Parameter end_weight_norm(Module& module, const std::string& name, std::int64_t dim);
[[noreturn]] TAPEGRAD_EXPORT void throw_no_weight_norm();

template <class M>
constexpr auto weight_of() {
  if constexpr (requires { &M::weight; }) {
    return &M::weight;
  } else {
    static_assert(tapegrad::detail::kNever<M>,
                  "weight_norm() is told which parameter where a layer has no member `weight`: weight_norm(cell, "
                  "&nn::LSTMCellImpl::weight_hh); layers of many steps have none");
    return static_cast<Parameter M::*>(nullptr);
  }
}

/// The hook before forward(), which makes the weight.
template <class M>
struct WeightNorm {
  Parameter M::*weight;
  std::string name;
  std::int64_t dim;
  void operator()(Module& module, const std::vector<Tensor>&) const {
    module.as<M>()->*weight = Parameter::bind(normed_weight(module, name, dim));
  }
};
/// The one behind it.
template <class M>
struct WeightNormEnd {
  Parameter M::*weight;
  void operator()(Module& module, const std::vector<Tensor>&, const std::vector<Tensor>&) const {
    module.as<M>()->*weight = Parameter();
  }
};

}  // namespace detail

/// Replaces a parameter of a layer, its weight where no other member is named, by two: weight_g, the lengths, and
/// weight_v, which is the old weight; and gives the layer. Before each forward() the weight is made anew, v g / |v|,
/// with a length for each place of `dim`, or one of all where dim is -1. The numbers and names are those of
/// torch.nn.utils.weight_norm. Source: T. Salimans and D. P. Kingma, "Weight normalization", 2016.
///
///     nn::Linear layer = nn::utils::weight_norm(nn::Linear(20, 40));
///     optim::SGD optimizer(layer->parameters(), 0.1);  // bias, weight_g, weight_v
///     auto y = layer(x);                               // by the hooks; also inside of nn::Sequential
///
/// Between two calls the member is undefined, so that layer->forward(x), which calls no hook, throws and does not
/// compute with an old weight. ValueError where the parameter is none of the layer, undefined or a vector; IndexError
/// for a dim that it has not. A layer whose weights are no members (nn::LSTM) has none for it; its cell has:
/// weight_norm(cell, &nn::LSTMCellImpl::weight_hh). capture() refuses hooks.
template <std::derived_from<ModuleHolderBase> Holder, class Base>
Holder weight_norm(Holder layer, Parameter Base::*member, std::int64_t dim = 0) {
  using M = typename Holder::ContainedType;
  Parameter M::*const weight = member;
  const std::string name = detail::begin_weight_norm(*layer, (*layer).*weight, dim);
  (*layer).*weight = Parameter();
  layer->register_forward_pre_hook(detail::WeightNorm<M>{weight, name, dim});
  layer->register_forward_hook(detail::WeightNormEnd<M>{weight});
  return layer;
}
template <std::derived_from<ModuleHolderBase> Holder>
Holder weight_norm(Holder layer, std::int64_t dim = 0) {
  return weight_norm(std::move(layer), detail::weight_of<typename Holder::ContainedType>(), dim);
}

/// Makes the weight a parameter again, with the value that it has, in the place of the two; and gives the layer.
/// ValueError where it is not what weight_norm() has left.
template <std::derived_from<ModuleHolderBase> Holder, class Base>
Holder remove_weight_norm(Holder layer, Parameter Base::*member) {
  using M = typename Holder::ContainedType;
  Parameter M::*const weight = member;
  if (const auto hooks = layer->forward_hooks()) {
    for (const auto& [number, hook] : hooks->before) {
      const auto* norm = hook.template target<detail::WeightNorm<M>>();
      if (norm == nullptr || norm->weight != weight) continue;
      (*layer).*weight = detail::end_weight_norm(*layer, norm->name, norm->dim);
      layer->remove_forward_hook(number);
      for (const auto& [last, end] : hooks->after) {
        const auto* made = end.template target<detail::WeightNormEnd<M>>();
        if (made != nullptr && made->weight == weight) layer->remove_forward_hook(last);
      }
      return layer;
    }
  }
  detail::throw_no_weight_norm();
}
template <std::derived_from<ModuleHolderBase> Holder>
Holder remove_weight_norm(Holder layer) {
  return remove_weight_norm(std::move(layer), detail::weight_of<typename Holder::ContainedType>());
}

}  // namespace tapegrad::nn::utils
