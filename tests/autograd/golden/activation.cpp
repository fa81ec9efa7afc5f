// Our calls: activations.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    UNARY(softplus),
    UNARY(log_sigmoid),
    UNARY(silu),
    UNARY(gelu),
    UNARY(elu),
    UNARY(leaky_relu),
    UNARY(hardtanh),
    {"softplus beta", [](const Tensors& x, const Args& a) -> Tensors { return {softplus(x[0], a.number(0))}; }},
    {"elu alpha", [](const Tensors& x, const Args& a) -> Tensors { return {elu(x[0], a.number(0))}; }},
    {"leaky_relu slope", [](const Tensors& x, const Args& a) -> Tensors { return {leaky_relu(x[0], a.number(0))}; }},
    {"hardtanh bounds",
     [](const Tensors& x, const Args& a) -> Tensors { return {hardtanh(x[0], a.number(0), a.number(1))}; }},
    {"gelu form", [](const Tensors& x, const Args& a) -> Tensors { return {gelu(x[0], a.word(0))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
