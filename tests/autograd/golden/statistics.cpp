// Our calls: var, std, norm, logsumexp.
#include <tuple>

#include "golden.h"

namespace tapegrad::test::golden {
namespace {

Tensors both(const std::tuple<Tensor, Tensor>& t) { return {std::get<0>(t), std::get<1>(t)}; }

const Calls kCalls({
    {"var dims",
     [](const Tensors& x, const Args& a) -> Tensors { return {var(x[0], a.integers(0), a.flag(1), a.flag(2))}; }},
    {"std dims",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {tapegrad::std(x[0], a.integers(0), a.flag(1), a.flag(2))};
     }},
    {"var unbiased", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].var(a.flag(0))}; }},
    {"std unbiased", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].std(a.flag(0))}; }},
    {"norm p",
     [](const Tensors& x, const Args& a) -> Tensors { return {norm(x[0], a.number(0), a.integers(1), a.flag(2))}; }},
    {"logsumexp -",
     [](const Tensors& x, const Args& a) -> Tensors { return {logsumexp(x[0], a.integers(0), a.flag(1))}; }},
    {"var_mean dims",
     [](const Tensors& x, const Args& a) -> Tensors {
       return both(var_mean(x[0], a.integers(0), a.flag(1), a.flag(2)));
     }},
    {"std_mean dims",
     [](const Tensors& x, const Args& a) -> Tensors {
       return both(std_mean(x[0], a.integers(0), a.flag(1), a.flag(2)));
     }},
    {"var_mean unbiased", [](const Tensors& x, const Args& a) -> Tensors { return both(var_mean(x[0], a.flag(0))); }},
    {"std_mean unbiased", [](const Tensors& x, const Args& a) -> Tensors { return both(std_mean(x[0], a.flag(0))); }},
});

}  // namespace
}  // namespace tapegrad::test::golden
