// vmap: a function of one sample, run over a whole batch at once, as torch.func.vmap.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <tapegrad/autograd/grad.h>

namespace tapegrad::autograd::functional {

/// The dims that hold the samples. `in_dims`: of each argument, or nullopt for one that all samples share; empty: 0 of
/// each. `out_dims`: of each result; empty: 0 of each.
struct VmapOptions {
  std::vector<std::optional<std::int64_t>> in_dims = {};
  std::vector<std::int64_t> out_dims = {};
};

/// What fn gives for each sample, put together along `out_dims`. What vmap(fn) calls.
TAPEGRAD_EXPORT tensor_list run_vmap(const std::function<tensor_list(const tensor_list&)>& fn, const tensor_list& args,
                                     const VmapOptions& options);

/// A function of batches, made of `fn`, a function of one sample: of any number of tensors, to a Tensor or a
/// tensor_list. fn is called once, with tensors that show one sample's sizes; each operation in it runs over all
/// samples. What has no form for batches runs on one sample after the other.
///
///     auto per_sample = vmap([&](const Tensor& x, const Tensor& y) {
///       return autograd::grad({loss(model(x), y)}, model.parameters());
///     });
///     tensor_list grads = per_sample(batch.data, batch.target);   // each of sizes [batch] + parameter.sizes()
///
/// grad() in fn gives each sample's own gradients, also by tensors that the samples share; gradients that pass through
/// vmap from outside are added up there. A vmap inside another one loops over its samples, and a captured function in
/// fn runs as it is.
///
/// AutogradError where fn reads a value (item(), data_ptr(); norms of p other than 0, 1, 2 and infinity, median of all,
/// unique, masked_select, masks as indices, the gradient of det do), draws random numbers, calls backward() with a
/// gradient for each sample, or writes samples into a tensor that is no batch; where a tensor that fn was given is used
/// after it. ValueError for dims that do not fit the arguments, or batches of several sizes.
template <class F>
auto vmap(F fn, VmapOptions options = {}) {
  return [fn = std::move(fn), options = std::move(options)]<class... Args>(const Args&... args) mutable {
    const auto call = [&fn]<std::size_t... kAt>(const tensor_list& x, std::index_sequence<kAt...>) {
      return fn(x[kAt]...);
    };
    const auto of_list = [&call](const tensor_list& x) -> tensor_list {
      return {call(x, std::index_sequence_for<Args...>())};
    };
    using Result = decltype(call(tensor_list(), std::index_sequence_for<Args...>()));
    static_assert(std::is_convertible_v<Result, Tensor> || std::is_convertible_v<Result, tensor_list>,
                  "the function given to vmap must return a Tensor or a tensor_list");
    if constexpr (std::is_convertible_v<Result, Tensor>) {
      return run_vmap(of_list, {args...}, options)[0];
    } else {
      return run_vmap(of_list, {args...}, options);
    }
  };
}

}  // namespace tapegrad::autograd::functional
