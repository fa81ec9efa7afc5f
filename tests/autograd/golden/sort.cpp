// Our calls: elements in order.
#include <tuple>

#include "golden.h"

namespace tapegrad::test::golden {
namespace {

Tensors both(const std::tuple<Tensor, Tensor>& t) { return {std::get<0>(t), std::get<1>(t)}; }

const Calls kCalls({
    {"sort -", [](const Tensors& x, const Args& a) -> Tensors { return both(sort(x[0], a.integer(0), a.flag(1))); }},
    {"argsort -", [](const Tensors& x, const Args& a) -> Tensors { return {argsort(x[0], a.integer(0), a.flag(1))}; }},
    {"topk -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return both(topk(x[0], a.integer(0), a.integer(1), a.flag(2)));
     }},
    {"median -", [](const Tensors& x, const Args&) -> Tensors { return {median(x[0])}; }},
    {"median dim",
     [](const Tensors& x, const Args& a) -> Tensors { return both(median(x[0], a.integer(0), a.flag(1))); }},
    {"searchsorted -",
     [](const Tensors& x, const Args& a) -> Tensors { return {searchsorted(x[0], x[1], false, a.flag(0))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
