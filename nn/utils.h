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

/// Bounds every element of the gradients to [-clip_value, clip_value].
TAPEGRAD_EXPORT void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value);
TAPEGRAD_EXPORT void clip_grad_value_(const Tensor& parameter, double clip_value);

/// All elements as one vector, parameter after parameter. Differentiable.
TAPEGRAD_EXPORT Tensor parameters_to_vector(const std::vector<Tensor>& parameters);

/// Writes the elements of a vector into the parameters. ShapeError, before anything has changed, where it has more or
/// fewer than they.
TAPEGRAD_EXPORT void vector_to_parameters(const Tensor& vector, const std::vector<Tensor>& parameters);

}  // namespace tapegrad::nn::utils
