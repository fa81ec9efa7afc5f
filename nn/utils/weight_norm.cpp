#include <tapegrad/nn/utils/weight_norm.h>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>

#include "autograd/core/text.h"

namespace tapegrad::nn::utils::detail {

static Tensor norm_except(const Tensor& v, std::int64_t dim) {
  if (dim == -1) return v.norm();
  std::vector<std::int64_t> others;
  for (std::int64_t d = 0; d < v.dim(); ++d)
    if (d != dim) others.push_back(d);
  return v.norm(2, others, true);
}

static const Tensor& find(const NamedTensors& own, const std::string& name) {
  const Tensor* x = own.find(name);
  if (x == nullptr) core::throw_value("weight_norm", "the layer has no ", name, " any more; call weight_norm() again");
  return *x;
}

Tensor normed_weight(const Module& module, const std::string& name, std::int64_t dim) {
  const NamedTensors own = module.named_parameters(false);
  const Tensor& v = find(own, name + "_v");
  return v.mul(find(own, name + "_g").div(norm_except(v, dim)));
}

std::string begin_weight_norm(Module& module, const Tensor& weight, std::int64_t dim) {
  std::string name;
  for (const auto& [key, x] : module.named_parameters(false))
    if (x.is_same(weight)) name = key;
  if (name.empty())
    core::throw_value("weight_norm", "the member is no parameter that the layer has registered; take one of its own");
  if (weight.dim() < 2)
    core::throw_value("weight_norm", "'", name, "' has sizes ", weight.sizes(),
                      ", and a vector has a length alone; take a weight of two dims or more");
  if (dim < -1 || dim >= weight.dim())
    core::throw_index("weight_norm", "Dimension out of range (expected to be in range of [-1, ", weight.dim() - 1,
                      "], but got ", dim, "); -1 is one length of all");
  const NoGradGuard no_grad;
  const Tensor v = weight, g = norm_except(v, dim);
  const bool trained = v.requires_grad();
  module.register_memberless_parameter(name + "_g", g, trained);
  module.register_memberless_parameter(name + "_v", v, trained);
  module.unregister_parameter(name);
  return name;
}

Parameter end_weight_norm(Module& module, const std::string& name, std::int64_t dim) {
  const NoGradGuard no_grad;
  const Tensor weight = normed_weight(module, name, dim);
  const bool trained = module.named_parameters(false)[name + "_v"].requires_grad();
  module.unregister_parameter(name + "_g");
  module.unregister_parameter(name + "_v");
  return module.register_parameter(name, weight, trained);
}

void throw_no_weight_norm() {
  core::throw_value("remove_weight_norm", "weight_norm of this member not found in the layer; name the one that was ",
                    "given to weight_norm()");
}

}  // namespace tapegrad::nn::utils::detail
