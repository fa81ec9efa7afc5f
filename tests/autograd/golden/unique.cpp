// Our calls: what different elements there are, how many, and where.
#include <tuple>

#include "golden.h"

namespace tapegrad::test::golden {
namespace {

Tensors parts(const std::tuple<Tensor, Tensor, Tensor>& t) {
  return {std::get<0>(t).detach(), std::get<1>(t), std::get<2>(t)};
}

const Calls kCalls({
    {"unique -", [](const Tensors& x, const Args&) -> Tensors { return parts(unique(x[0])); }},
    {"unique dim", [](const Tensors& x, const Args& a) -> Tensors { return parts(unique(x[0], a.integer(0))); }},
    {"_unique2 -", [](const Tensors& x, const Args&) -> Tensors { return parts(_unique2(x[0], true, true, true)); }},
    {"unique_dim -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return parts(unique_dim(x[0], a.integer(0), true, true, true));
     }},
    {"_unique -",
     [](const Tensors& x, const Args&) -> Tensors {
       const auto [values, inverse] = _unique(x[0], true, true);
       return {values.detach(), inverse};
     }},
    {"bincount -",
     [](const Tensors& x, const Args& a) -> Tensors { return {bincount(x[0], undefined(), a.integer(0))}; }},
    {"bincount weights",
     [](const Tensors& x, const Args& a) -> Tensors { return {bincount(x[0], x[1], a.integer(0))}; }},
    {"nonzero -", [](const Tensors& x, const Args&) -> Tensors { return {nonzero(x[0])}; }},
    {"count_nonzero -", [](const Tensors& x, const Args&) -> Tensors { return {count_nonzero(x[0])}; }},
    {"count_nonzero dims",
     [](const Tensors& x, const Args& a) -> Tensors { return {count_nonzero(x[0], a.integers(0))}; }},
    {"masked_select -", [](const Tensors& x, const Args&) -> Tensors { return {masked_select(x[0], x[1])}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
