#include <tapegrad/nn/utils.h>

#include <bit>
#include <cmath>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/recorder.h"
#include "autograd/core/text.h"
#include "autograd/ops/require.h"

namespace tapegrad::nn::utils {

// In f64, where the squares of an f32 cannot overflow.
static Tensor total_norm(const std::vector<Tensor>& tensors, double p) {
  Tensor total = zeros({}, kDouble);
  for (const Tensor& x : tensors) {
    if (!x.defined()) continue;
    const Tensor norm = x.detach().norm(p).to(kDouble);
    total = std::isinf(p) ? total.maximum(norm) : total.add(p == 0 ? norm.ne(0) : norm.pow(p));
  }
  return std::isinf(p) || p == 0 ? total : total.pow(1 / p);
}

static std::vector<Tensor> gradients(const std::vector<Tensor>& parameters) {
  std::vector<Tensor> out;
  for (const Tensor& x : parameters) out.push_back(x.grad());
  return out;
}

Tensor get_total_norm(const std::vector<Tensor>& tensors, double norm_type, bool error_if_nonfinite) {
  const NoGradGuard no_grad;
  Tensor norm = total_norm(tensors, norm_type);
  const auto fail = [](std::int64_t order) {
    core::throw_value("get_total_norm", "The total norm of order ", std::bit_cast<double>(order),
                      " for gradients from `parameters` is non-finite, so it cannot be clipped; to scale them with the "
                      "non-finite norm anyway, set error_if_nonfinite to false");
  };
  if (error_if_nonfinite) ops::require(norm.abs().lt(INFINITY), fail, std::bit_cast<std::int64_t>(norm_type));
  return norm;
}
void clip_grads_with_norm_(const std::vector<Tensor>& parameters, double max_norm, const Tensor& total_norm) {
  const NoGradGuard no_grad;
  const Tensor scale = total_norm.add(1e-6).reciprocal().mul(max_norm).clamp_max(1);
  for (const Tensor& x : parameters)
    if (x.grad().defined()) x.grad().detach().mul_(scale);
}

double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm, double norm_type,
                       bool error_if_nonfinite) try {
  core::require_unrecorded("clip_grad_norm_", "gives a number", "use get_total_norm() and clip_grads_with_norm_()");
  const Tensor norm = get_total_norm(gradients(parameters), norm_type, error_if_nonfinite);
  const auto value = norm.item<double>();
  clip_grads_with_norm_(parameters, max_norm, norm);
  return value;
} catch (const ValueError&) {
  core::throw_as("clip_grad_norm_");
}
double clip_grad_norm_(const Tensor& parameter, double max_norm, double norm_type, bool error_if_nonfinite) {
  return clip_grad_norm_(std::vector<Tensor>{parameter}, max_norm, norm_type, error_if_nonfinite);
}

void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value) {
  const NoGradGuard no_grad;
  for (const Tensor& x : parameters)
    if (x.grad().defined()) x.grad().detach().clamp_(-clip_value, clip_value);
}
void clip_grad_value_(const Tensor& parameter, double clip_value) {
  clip_grad_value_(std::vector<Tensor>{parameter}, clip_value);
}

Tensor parameters_to_vector(const std::vector<Tensor>& parameters) {
  std::vector<Tensor> parts;
  for (const Tensor& x : parameters) parts.push_back(x.reshape(-1));
  return cat(parts);
}

void vector_to_parameters(const Tensor& vector, const std::vector<Tensor>& parameters) {
  std::int64_t n = 0;
  for (const Tensor& x : parameters) n += x.numel();
  if (vector.sizes() != IntList(n)) {
    core::throw_shape("vector_to_parameters", "a vector of sizes ", vector.sizes(), " does not fit parameters of ", n,
                      " elements; give one of as many");
  }
  const NoGradGuard no_grad;
  n = 0;
  for (const Tensor& x : parameters) {
    x.copy_(vector.narrow(0, n, x.numel()).view(x.sizes()));
    n += x.numel();
  }
}

}  // namespace tapegrad::nn::utils
