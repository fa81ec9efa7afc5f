// Our calls: reductions, matrix products, normalised exponentials, losses.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

Tensors both(const std::tuple<Tensor, Tensor>& pair) { return {std::get<0>(pair), std::get<1>(pair)}; }

#define OVER_ALL(op)                                                              \
  {                                                                               \
#op " -", [](const Tensors& x, const Args&) -> Tensors { return {op(x[0])}; } \
  }
#define OVER_DIMS(op)                                                                                            \
  {                                                                                                              \
#op " dims", [](const Tensors& x, const Args& a) -> Tensors { return {op(x[0], a.integers(0), a.flag(1))}; } \
  }
#define OVER_DIM(op)                                                                                           \
  {                                                                                                            \
#op " dim", [](const Tensors& x, const Args& a) -> Tensors { return {op(x[0], a.integer(0), a.flag(1))}; } \
  }
#define OF_TWO(op)                                                                      \
  {                                                                                     \
#op " -", [](const Tensors& x, const Args&) -> Tensors { return {op(x[0], x[1])}; } \
  }

const Calls kReductions({
    OVER_ALL(sum),
    OVER_DIMS(sum),
    OVER_ALL(mean),
    OVER_DIMS(mean),
    OVER_ALL(max),
    OVER_ALL(min),
    OVER_DIMS(amax),
    OVER_DIMS(amin),
    OVER_ALL(prod),
    OVER_DIM(prod),
    OVER_ALL(all),
    OVER_DIM(all),
    OVER_ALL(any),
    OVER_DIM(any),
    {"max dim", [](const Tensors& x, const Args& a) { return both(max(x[0], a.integer(0), a.flag(1))); }},
    {"min dim", [](const Tensors& x, const Args& a) { return both(min(x[0], a.integer(0), a.flag(1))); }},
    {"argmax dim",
     [](const Tensors& x, const Args& a) -> Tensors { return {argmax(x[0], a.optional_integer(0), a.flag(1))}; }},
    {"argmin dim",
     [](const Tensors& x, const Args& a) -> Tensors { return {argmin(x[0], a.optional_integer(0), a.flag(1))}; }},
    {"var dims",
     [](const Tensors& x, const Args& a) -> Tensors { return {var(x[0], a.integers(0), a.flag(1), a.flag(2))}; }},
    {"std dims",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {tapegrad::std(x[0], a.integers(0), a.flag(1), a.flag(2))};
     }},
    {"var unbiased", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].var(a.flag(0))}; }},
    {"std unbiased", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].std(a.flag(0))}; }},
    {"norm p",
     [](const Tensors& x, const Args& a) -> Tensors { return {norm(x[0], a.number(0), a.integers(1), a.flag(2))}; }},
    {"logsumexp -",
     [](const Tensors& x, const Args& a) -> Tensors { return {logsumexp(x[0], a.integers(0), a.flag(1))}; }},
    {"cumsum -", [](const Tensors& x, const Args& a) -> Tensors { return {cumsum(x[0], a.integer(0))}; }},
});

const Calls kProducts({
    OF_TWO(matmul),
    OF_TWO(mm),
    OF_TWO(bmm),
    OF_TWO(dot),
    OF_TWO(outer),
    {"addmm -",
     [](const Tensors& x, const Args& a) -> Tensors { return {addmm(x[0], x[1], x[2], a.scalar(0), a.scalar(1))}; }},
    {"linear -", [](const Tensors& x, const Args&) -> Tensors { return {linear(x[0], x[1], undefined())}; }},
    {"linear bias", [](const Tensors& x, const Args&) -> Tensors { return {linear(x[0], x[1], x[2])}; }},
    {"einsum -", [](const Tensors& x, const Args& a) -> Tensors { return {einsum(a.word(0), x)}; }},
});

Tensor with_logits(const Tensor& z, const Tensor& y, const Tensor& weight, const Tensor& pos_weight, const Args& a) {
  return binary_cross_entropy_with_logits(z, y, weight, pos_weight, a.reduction(0));
}
Tensor entropy(const Tensor& x, const Tensor& y, const Tensor& weight, const Args& a) {
  return cross_entropy(x, y, weight, a.reduction(0), a.integer(1), a.number(2));
}

const Calls kLosses({
    {"softmax -", [](const Tensors& x, const Args& a) -> Tensors { return {softmax(x[0], a.integer(0))}; }},
    {"log_softmax -", [](const Tensors& x, const Args& a) -> Tensors { return {log_softmax(x[0], a.integer(0))}; }},
    {"mse_loss -", [](const Tensors& x, const Args& a) -> Tensors { return {mse_loss(x[0], x[1], a.reduction(0))}; }},
    {"l1_loss -", [](const Tensors& x, const Args& a) -> Tensors { return {l1_loss(x[0], x[1], a.reduction(0))}; }},
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
