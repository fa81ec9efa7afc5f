// Our calls: losses of two tensors of one shape.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

Tensor with_logits(const Tensor& z, const Tensor& y, const Tensor& weight, const Tensor& pos_weight, const Args& a) {
  return binary_cross_entropy_with_logits(z, y, weight, pos_weight, a.reduction(0));
}

const Calls kCalls({
    {"mse_loss -", [](const Tensors& x, const Args& a) -> Tensors { return {mse_loss(x[0], x[1], a.reduction(0))}; }},
    {"l1_loss -", [](const Tensors& x, const Args& a) -> Tensors { return {l1_loss(x[0], x[1], a.reduction(0))}; }},
    {"smooth_l1_loss -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {smooth_l1_loss(x[0], x[1], a.reduction(0), a.number(1))};
     }},
    {"binary_cross_entropy -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {binary_cross_entropy(x[0], x[1], undefined(), a.reduction(0))};
     }},
    {"binary_cross_entropy weight",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {binary_cross_entropy(x[0], x[1], x[2], a.reduction(0))};
     }},
    {"binary_cross_entropy_with_logits -",
     [](const Tensors& x, const Args& a) -> Tensors { return {with_logits(x[0], x[1], undefined(), undefined(), a)}; }},
    {"binary_cross_entropy_with_logits weight",
     [](const Tensors& x, const Args& a) -> Tensors { return {with_logits(x[0], x[1], x[2], undefined(), a)}; }},
    {"binary_cross_entropy_with_logits pos_weight",
     [](const Tensors& x, const Args& a) -> Tensors { return {with_logits(x[0], x[1], undefined(), x[2], a)}; }},
    {"binary_cross_entropy_with_logits both",
     [](const Tensors& x, const Args& a) -> Tensors { return {with_logits(x[0], x[1], x[2], x[3], a)}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
