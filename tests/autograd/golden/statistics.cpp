// Our calls: var, std, norm, logsumexp.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

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
});

}  // namespace
}  // namespace tapegrad::test::golden
