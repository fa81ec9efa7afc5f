// Sums of products by an equation.
#pragma once

#include <string>
#include <vector>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// Products summed over labels: einsum("bij,bjk->bik", {a, b}). "..." stands for the dims without a letter, a label
/// that stands twice in one term for its diagonal; without "->" the result has the labels that stand once, sorted.
/// grad: the einsum of g and the other operands.
TAPEGRAD_EXPORT Tensor einsum(const std::string& equation, const std::vector<Tensor>& operands);

}  // namespace tapegrad
