// Our calls: einsum.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"einsum -", [](const Tensors& x, const Args& a) -> Tensors { return {einsum(a.word(0), x)}; }},
    {"tensordot -",
     [](const Tensors& x, const Args& a) -> Tensors { return {tensordot(x[0], x[1], a.integers(0), a.integers(1))}; }},
    {"cross -", [](const Tensors& x, const Args& a) -> Tensors { return {cross(x[0], x[1], a.integer(0))}; }},
    {"cross first", [](const Tensors& x, const Args&) -> Tensors { return {cross(x[0], x[1])}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
