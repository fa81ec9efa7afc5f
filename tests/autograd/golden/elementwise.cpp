// Our calls: arithmetic, functions of one number, activations, comparisons, in-place forms.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

Tensor answer(bool yes) { return full({}, yes, kBool); }

// Key and call of a function of one or of two tensors.
#define UNARY(op)                                                                 \
  {                                                                               \
#op " -", [](const Tensors& x, const Args&) -> Tensors { return {op(x[0])}; } \
  }
#define BINARY(op)                                                                      \
  {                                                                                     \
#op " -", [](const Tensors& x, const Args&) -> Tensors { return {op(x[0], x[1])}; } \
  }
#define WITH_SCALAR(op)                                                                               \
  {                                                                                                   \
#op " scalar", [](const Tensors& x, const Args& a) -> Tensors { return {op(x[0], a.scalar(0))}; } \
  }
#define OPERATOR(sign)                                                                                               \
  {"operator" #sign " -", [](const Tensors& x, const Args&) -> Tensors { return {x[0] sign x[1]}; }},                \
      {"operator" #sign " scalar",                                                                                   \
       [](const Tensors& x, const Args& a) -> Tensors { return {x[0] sign a.scalar(0)}; }},                          \
  {                                                                                                                  \
    "operator" #sign " reversed", [](const Tensors& x, const Args& a) -> Tensors { return {a.scalar(0) sign x[0]}; } \
  }

const Calls kArithmetic({
    BINARY(add),
    BINARY(sub),
    BINARY(mul),
    BINARY(div),
    BINARY(pow),
    BINARY(maximum),
    BINARY(minimum),
    WITH_SCALAR(mul),
    WITH_SCALAR(div),
    WITH_SCALAR(pow),
    OPERATOR(+),
    OPERATOR(-),
    OPERATOR(*),
    OPERATOR(/),
    {"max other", [](const Tensors& x, const Args&) -> Tensors { return {max(x[0], x[1])}; }},
    {"min other", [](const Tensors& x, const Args&) -> Tensors { return {min(x[0], x[1])}; }},
    {"add alpha", [](const Tensors& x, const Args& a) -> Tensors { return {add(x[0], x[1], a.scalar(0))}; }},
    {"sub alpha", [](const Tensors& x, const Args& a) -> Tensors { return {sub(x[0], x[1], a.scalar(0))}; }},
    {"add scalar", [](const Tensors& x, const Args& a) -> Tensors { return {add(x[0], a.scalar(0), a.scalar(1))}; }},
    {"sub scalar", [](const Tensors& x, const Args& a) -> Tensors { return {sub(x[0], a.scalar(0), a.scalar(1))}; }},
    {"pow base", [](const Tensors& x, const Args& a) -> Tensors { return {pow(a.scalar(0), x[0])}; }},
    {"where -", [](const Tensors& x, const Args&) -> Tensors { return {where(x[0], x[1], x[2])}; }},
    {"where scalar", [](const Tensors& x, const Args& a) -> Tensors { return {where(x[0], x[1], a.scalar(0))}; }},
    {"where from scalar", [](const Tensors& x, const Args& a) -> Tensors { return {where(x[0], a.scalar(0), x[1])}; }},
});

const Calls kUnary({
    UNARY(neg),
    UNARY(exp),
    UNARY(expm1),
    UNARY(log),
    UNARY(log1p),
    UNARY(sqrt),
    UNARY(rsqrt),
    UNARY(reciprocal),
    UNARY(sin),
    UNARY(cos),
    UNARY(erf),
    UNARY(abs),
    UNARY(sign),
    UNARY(square),
    UNARY(sigmoid),
    UNARY(tanh),
    UNARY(relu),
    UNARY(softplus),
    UNARY(silu),
    UNARY(gelu),
    UNARY(elu),
    UNARY(leaky_relu),
    UNARY(hardtanh),
    UNARY(clone),
    UNARY(isnan),
    {"operator- negated", [](const Tensors& x, const Args&) -> Tensors { return {-x[0]}; }},
    {"contiguous -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].contiguous()}; }},
    {"contiguous transposed", [](const Tensors& x, const Args&) -> Tensors { return {x[0].t().contiguous()}; }},
    {"softplus beta", [](const Tensors& x, const Args& a) -> Tensors { return {softplus(x[0], a.number(0))}; }},
    {"elu alpha", [](const Tensors& x, const Args& a) -> Tensors { return {elu(x[0], a.number(0))}; }},
    {"leaky_relu slope", [](const Tensors& x, const Args& a) -> Tensors { return {leaky_relu(x[0], a.number(0))}; }},
    {"hardtanh bounds",
     [](const Tensors& x, const Args& a) -> Tensors { return {hardtanh(x[0], a.number(0), a.number(1))}; }},
    {"gelu form", [](const Tensors& x, const Args& a) -> Tensors { return {gelu(x[0], a.word(0))}; }},
    {"clamp bounds",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {clamp(x[0], a.optional_scalar(0), a.optional_scalar(1))};
     }},
    WITH_SCALAR(clamp_min),
    WITH_SCALAR(clamp_max),
});

const Calls kComparisons({
    BINARY(eq),
    BINARY(ne),
    BINARY(lt),
    BINARY(le),
    BINARY(gt),
    BINARY(ge),
    WITH_SCALAR(eq),
    WITH_SCALAR(ne),
    WITH_SCALAR(lt),
    WITH_SCALAR(le),
    WITH_SCALAR(gt),
    WITH_SCALAR(ge),
    OPERATOR(==),
    OPERATOR(!=),
    OPERATOR(<),
    OPERATOR(<=),
    OPERATOR(>),
    OPERATOR(>=),
    {"equal -", [](const Tensors& x, const Args&) -> Tensors { return {answer(equal(x[0], x[1]))}; }},
    {"allclose -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {answer(allclose(x[0], x[1], a.number(0), a.number(1), a.flag(2)))};
     }},
});

// Each writes to a copy of its first input.
const Calls kInPlace({
    {"add_ -", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().add_(x[1], a.scalar(0))}; }},
    {"sub_ -", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().sub_(x[1], a.scalar(0))}; }},
    {"add_ scalar",
     [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().add_(a.scalar(0), a.scalar(1))}; }},
    {"sub_ scalar",
     [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().sub_(a.scalar(0), a.scalar(1))}; }},
    {"mul_ -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].clone().mul_(x[1])}; }},
    {"div_ -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].clone().div_(x[1])}; }},
    {"mul_ scalar", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().mul_(a.scalar(0))}; }},
    {"div_ scalar", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().div_(a.scalar(0))}; }},
    {"clamp_ -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {x[0].clone().clamp_(a.optional_scalar(0), a.optional_scalar(1))};
     }},
    {"relu_ -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].clone().relu_()}; }},
    {"copy_ -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].clone().copy_(x[1])}; }},
    {"fill_ scalar", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().fill_(a.scalar(0))}; }},
    {"zero_ -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].clone().zero_()}; }},
    {"masked_fill_ -",
     [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().masked_fill_(x[1], a.scalar(0))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
