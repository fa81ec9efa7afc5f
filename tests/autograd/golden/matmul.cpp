// Our calls: matrix products.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    BINARY(matmul),
    BINARY(mm),
    BINARY(mv),
    BINARY(bmm),
    BINARY(dot),
    BINARY(outer),
    {"addmm -",
     [](const Tensors& x, const Args& a) -> Tensors { return {addmm(x[0], x[1], x[2], a.scalar(0), a.scalar(1))}; }},
    {"linear -", [](const Tensors& x, const Args&) -> Tensors { return {linear(x[0], x[1], undefined())}; }},
    {"linear bias", [](const Tensors& x, const Args&) -> Tensors { return {linear(x[0], x[1], x[2])}; }},
    {"baddbmm -",
     [](const Tensors& x, const Args& a) -> Tensors { return {baddbmm(x[0], x[1], x[2], a.scalar(0), a.scalar(1))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
