// Our calls: copies in another order or size.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"repeat -", [](const Tensors& x, const Args& a) -> Tensors { return {repeat(x[0], a.integers(0))}; }},
    {"flip -", [](const Tensors& x, const Args& a) -> Tensors { return {flip(x[0], a.integers(0))}; }},
    {"tril -", [](const Tensors& x, const Args& a) -> Tensors { return {tril(x[0], a.integer(0))}; }},
    {"triu -", [](const Tensors& x, const Args& a) -> Tensors { return {triu(x[0], a.integer(0))}; }},
    {"pad -", [](const Tensors& x, const Args& a) -> Tensors { return {pad(x[0], a.integers(0), a.scalar(1))}; }},
    {"tile -", [](const Tensors& x, const Args& a) -> Tensors { return {tile(x[0], a.integers(0))}; }},
    UNARY(fliplr),
    UNARY(flipud),
    {"roll -", [](const Tensors& x, const Args& a) -> Tensors { return {roll(x[0], a.integers(0), a.integers(1))}; }},
    {"constant_pad_nd -",
     [](const Tensors& x, const Args& a) -> Tensors { return {constant_pad_nd(x[0], a.integers(0), a.scalar(1))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
