// Our calls: reductions.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

Tensors both(const std::tuple<Tensor, Tensor>& pair) { return {std::get<0>(pair), std::get<1>(pair)}; }

const Calls kCalls({
    UNARY(sum),
    OVER_DIMS(sum),
    UNARY(mean),
    OVER_DIMS(mean),
    UNARY(max),
    UNARY(min),
    OVER_DIMS(amax),
    OVER_DIMS(amin),
    {"max dim", [](const Tensors& x, const Args& a) { return both(max(x[0], a.integer(0), a.flag(1))); }},
    {"min dim", [](const Tensors& x, const Args& a) { return both(min(x[0], a.integer(0), a.flag(1))); }},
    {"argmax dim",
     [](const Tensors& x, const Args& a) -> Tensors { return {argmax(x[0], a.optional_integer(0), a.flag(1))}; }},
    {"argmin dim",
     [](const Tensors& x, const Args& a) -> Tensors { return {argmin(x[0], a.optional_integer(0), a.flag(1))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
