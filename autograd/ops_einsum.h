// Sums of products: by an equation, over dims, and the cross product.
#pragma once

#include <string>
#include <vector>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// Products summed over labels: einsum("bij,bjk->bik", {a, b}). "..." stands for the dims without a letter, a label
/// that stands twice in one term for its diagonal; without "->" the result has the labels that stand once, sorted.
/// grad: the einsum of g and the other operands.
TAPEGRAD_EXPORT Tensor einsum(const std::string& equation, const std::vector<Tensor>& operands);

/// Products summed over dims_x of x and dims_other of other, pair by pair, where a size of 1 meets any other; the other
/// dims of x stand first. grad: the same of g and the other.
TAPEGRAD_EXPORT Tensor tensordot(const Tensor& x, const Tensor& other, IntList dims_x, IntList dims_other);

/// The cross product of vectors of three along dim, or along the first dim of size 3; x and other have as many dims, of
/// which the others broadcast.
/// grad: other x g, g x x.
TAPEGRAD_EXPORT Tensor cross(const Tensor& x, const Tensor& other, OptInt dim = std::nullopt);

}  // namespace tapegrad
