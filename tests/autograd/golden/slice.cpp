// Our calls: views of parts.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"narrow -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {narrow(x[0], a.integer(0), a.integer(1), a.integer(2))};
     }},
    {"select -", [](const Tensors& x, const Args& a) -> Tensors { return {select(x[0], a.integer(0), a.integer(1))}; }},
    {"slice -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {slice(x[0], a.integer(0), a.optional_integer(1), a.optional_integer(2), a.integer(3))};
     }},
    {"diagonal -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {diagonal(x[0], a.integer(0), a.integer(1), a.integer(2))};
     }},
    {"split length", [](const Tensors& x, const Args& a) { return split(x[0], a.integer(0), a.integer(1)); }},
    {"split lengths", [](const Tensors& x, const Args& a) { return split(x[0], a.integers(0), a.integer(1)); }},
    {"chunk -", [](const Tensors& x, const Args& a) { return chunk(x[0], a.integer(0), a.integer(1)); }},
    {"unbind -", [](const Tensors& x, const Args& a) { return unbind(x[0], a.integer(0)); }},
    {"split_with_sizes -",
     [](const Tensors& x, const Args& a) -> Tensors { return split_with_sizes(x[0], a.integers(0), a.integer(1)); }},
    {"unfold -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {x[0].unfold(a.integer(0), a.integer(1), a.integer(2))};
     }},
    {"diag -", [](const Tensors& x, const Args& a) -> Tensors { return {diag(x[0], a.integer(0))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
