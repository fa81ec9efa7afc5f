// Parameter: the handle that a module's member and its registry have in common.
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::nn {

/// A Tensor with no data of its own. Copying, moving or assigning a Parameter makes two handles show one tensor, as
/// with Tensor. Assigning a plain Tensor is different: it replaces the value in place, so that the registry, an
/// optimiser and every other handle see it:
///
///     nn::Parameter slope = register_parameter("slope", tensor(1.0f));
///     slope = tensor(-10.0f);  // the same tensor, another value
///
/// A default-constructed one is undefined (as the bias of a Linear without bias): assigning a Tensor to it makes it a
/// leaf of its own, which no registry knows.
class TAPEGRAD_EXPORT Parameter : public Tensor {
 public:
  Parameter() noexcept = default;
  /// A new leaf that shares the bytes of `value`. DtypeError when gradients are wanted of int64 or bool.
  explicit Parameter(const Tensor& value, bool requires_grad = true);
  /// Shows what `other` shows; inside of nn::clone() the copy of it (cloneable.h).
  Parameter(const Parameter& other) noexcept;
  Parameter(Parameter&& other) noexcept = default;
  Parameter& operator=(const Parameter& other) noexcept = default;
  Parameter& operator=(Parameter&& other) noexcept = default;
  /// Writes the elements of `value`, cast to the parameter's dtype, without recording. ShapeError when the sizes
  /// differ, Error when `value` is undefined; nothing has been changed then.
  Parameter& operator=(const Tensor& value);

  /// A Parameter that shows the very tensor given: for registries.
  static Parameter bind(Tensor handle) noexcept {
    Parameter p;
    p.swap(handle);
    return p;
  }
};

static_assert(sizeof(Parameter) == sizeof(Tensor));

/// The same for a registered tensor that is not trained.
using Buffer = Parameter;

}  // namespace tapegrad::nn
