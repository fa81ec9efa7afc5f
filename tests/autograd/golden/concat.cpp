// Our calls: cat, stack.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"cat -", [](const Tensors& x, const Args& a) -> Tensors { return {cat(x, a.integer(0))}; }},
    {"stack -", [](const Tensors& x, const Args& a) -> Tensors { return {stack(x, a.integer(0))}; }},
    {"concat -", [](const Tensors& x, const Args& a) -> Tensors { return {concat(x, a.integer(0))}; }},
    {"hstack -", [](const Tensors& x, const Args&) -> Tensors { return {hstack(x)}; }},
    {"vstack -", [](const Tensors& x, const Args&) -> Tensors { return {vstack(x)}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
