// Our calls: functions of one number, clamp.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    UNARY(neg),
    UNARY(exp),
    UNARY(expm1),
    UNARY(log),
    UNARY(log1p),
    UNARY(sqrt),
    UNARY(rsqrt),
    UNARY(reciprocal),
    UNARY(erf),
    UNARY(abs),
    UNARY(sign),
    UNARY(square),
    {"operator- negated", [](const Tensors& x, const Args&) -> Tensors { return {-x[0]}; }},
    {"clamp bounds",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {clamp(x[0], a.optional_scalar(0), a.optional_scalar(1))};
     }},
    WITH_SCALAR(clamp_min),
    WITH_SCALAR(clamp_max),
    {"clamp_ -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {x[0].clone().clamp_(a.optional_scalar(0), a.optional_scalar(1))};
     }},
    UNARY(sigmoid),
    UNARY(tanh),
    UNARY(relu),
    {"relu_ -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].clone().relu_()}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
