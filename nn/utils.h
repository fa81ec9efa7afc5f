// nn::utils: what is done to the gradients and values of many parameters at once.
#pragma once

#include <vector>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::nn::utils {

/// Scales all gradients by max_norm / (norm + 1e-6) where the norm of all of them together, of order norm_type (which
/// may be infinity), is larger than max_norm. Gives that norm, as it was before. Parameters without a .grad do not
/// count. Error, before anything has changed, for a norm that is no finite number where error_if_nonfinite.
///
///     loss.backward();
///     nn::utils::clip_grad_norm_(model.parameters(), 1.0);
///     optimizer.step();
TAPEGRAD_EXPORT double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm, double norm_type = 2,
                                       bool error_if_nonfinite = false);
TAPEGRAD_EXPORT double clip_grad_norm_(const Tensor& parameter, double max_norm, double norm_type = 2,
                                       bool error_if_nonfinite = false);

/// The norm of all tensors together, of order norm_type, as a 0-dim tensor of f64; undefined tensors do not count.
/// ValueError for a norm that is no finite number where error_if_nonfinite. With clip_grads_with_norm_() it is what
/// clip_grad_norm_() does, without a number that leaves the tensors: so it goes into a captured step.
///
///     std::vector<Tensor> gradients;
///     for (const Tensor& p : model.parameters()) gradients.push_back(p.grad());
///     nn::utils::clip_grads_with_norm_(model.parameters(), 1.0, nn::utils::get_total_norm(gradients));
TAPEGRAD_EXPORT Tensor get_total_norm(const std::vector<Tensor>& tensors, double norm_type = 2,
                                      bool error_if_nonfinite = false);

/// Scales all gradients by max_norm / (total_norm + 1e-6) where that is less than 1.
TAPEGRAD_EXPORT void clip_grads_with_norm_(const std::vector<Tensor>& parameters, double max_norm,
                                           const Tensor& total_norm);

/// Bounds every element of the gradients to [-clip_value, clip_value].
TAPEGRAD_EXPORT void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value);
TAPEGRAD_EXPORT void clip_grad_value_(const Tensor& parameter, double clip_value);

/// All elements as one vector, parameter after parameter. Differentiable.
TAPEGRAD_EXPORT Tensor parameters_to_vector(const std::vector<Tensor>& parameters);

/// Writes the elements of a vector into the parameters. ShapeError, before anything has changed, where it has more or
/// fewer than they.
TAPEGRAD_EXPORT void vector_to_parameters(const Tensor& vector, const std::vector<Tensor>& parameters);

}  // namespace tapegrad::nn::utils
