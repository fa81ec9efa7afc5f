// Our calls: losses over classes.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

Tensor entropy(const Tensor& x, const Tensor& y, const Tensor& weight, const Args& a) {
  return cross_entropy(x, y, weight, a.reduction(0), a.integer(1), a.number(2));
}

const Calls kCalls({
    {"nll_loss -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {nll_loss(x[0], x[1], undefined(), a.reduction(0), a.integer(1))};
     }},
    {"nll_loss weight",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {nll_loss(x[0], x[1], x[2], a.reduction(0), a.integer(1))};
     }},
    {"cross_entropy -",
     [](const Tensors& x, const Args& a) -> Tensors { return {entropy(x[0], x[1], undefined(), a)}; }},
    {"cross_entropy weight", [](const Tensors& x, const Args& a) -> Tensors { return {entropy(x[0], x[1], x[2], a)}; }},
    {"cross_entropy probabilities",
     [](const Tensors& x, const Args& a) -> Tensors { return {entropy(x[0], x[1], undefined(), a)}; }},
    {"cross_entropy probabilities weight",
     [](const Tensors& x, const Args& a) -> Tensors { return {entropy(x[0], x[1], x[2], a)}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
