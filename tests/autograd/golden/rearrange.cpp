// Our calls: copies in another order or size.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"repeat -", [](const Tensors& x, const Args& a) -> Tensors { return {repeat(x[0], a.integers(0))}; }},
    {"flip -", [](const Tensors& x, const Args& a) -> Tensors { return {flip(x[0], a.integers(0))}; }},
    {"tril -", [](const Tensors& x, const Args& a) -> Tensors { return {tril(x[0], a.integer(0))}; }},
    {"triu -", [](const Tensors& x, const Args& a) -> Tensors { return {triu(x[0], a.integer(0))}; }},
    {"pad -", [](const Tensors& x, const Args& a) -> Tensors { return {pad(x[0], a.integers(0), a.scalar(1))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
