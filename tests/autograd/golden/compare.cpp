// Our calls: comparisons, where.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

Tensor answer(bool yes) { return full({}, yes, kBool); }

const Calls kCalls({
    {"where -", [](const Tensors& x, const Args&) -> Tensors { return {where(x[0], x[1], x[2])}; }},
    {"where scalar", [](const Tensors& x, const Args& a) -> Tensors { return {where(x[0], x[1], a.scalar(0))}; }},
    {"where from scalar", [](const Tensors& x, const Args& a) -> Tensors { return {where(x[0], a.scalar(0), x[1])}; }},
    UNARY(isnan),
    UNARY(isinf),
    UNARY(isfinite),
    {"nan_to_num all",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {nan_to_num(x[0], a.optional_number(0), a.optional_number(1), a.optional_number(2))};
     }},
    {"isclose -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {isclose(x[0], x[1], a.number(0), a.number(1), a.flag(2))};
     }},
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
    {"where alone", [](const Tensors& x, const Args&) -> Tensors { return where(x[0]); }},
    {"equal -", [](const Tensors& x, const Args&) -> Tensors { return {answer(equal(x[0], x[1]))}; }},
    {"allclose -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {answer(allclose(x[0], x[1], a.number(0), a.number(1), a.flag(2)))};
     }},
});

}  // namespace
}  // namespace tapegrad::test::golden
