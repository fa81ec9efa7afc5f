// Our calls: cumsum, cumprod, diff.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"cumsum -", [](const Tensors& x, const Args& a) -> Tensors { return {cumsum(x[0], a.integer(0))}; }},
    {"cumprod -", [](const Tensors& x, const Args& a) -> Tensors { return {cumprod(x[0], a.integer(0))}; }},
    {"diff -", [](const Tensors& x, const Args& a) -> Tensors { return {diff(x[0], a.integer(0), a.integer(1))}; }},
    {"diff ends", [](const Tensors& x, const Args& a) -> Tensors { return {diff(x[0], 1, a.integer(0), x[1], x[2])}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
