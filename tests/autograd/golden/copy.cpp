// Our calls: copies, casts, fills.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    UNARY(clone),
    {"contiguous -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].contiguous()}; }},
    {"contiguous transposed", [](const Tensors& x, const Args&) -> Tensors { return {x[0].t().contiguous()}; }},
    {"copy_ -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].clone().copy_(x[1])}; }},
    {"fill_ scalar", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().fill_(a.scalar(0))}; }},
    {"zero_ -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].clone().zero_()}; }},
    {"to dtype", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].to(a.dtype(0))}; }},
    {"to other", [](const Tensors& x, const Args&) -> Tensors { return {x[0].to(x[1])}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
