// Our calls: views of all elements.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"transpose -",
     [](const Tensors& x, const Args& a) -> Tensors { return {transpose(x[0], a.integer(0), a.integer(1))}; }},
    {"t -", [](const Tensors& x, const Args&) -> Tensors { return {t(x[0])}; }},
    {"permute -", [](const Tensors& x, const Args& a) -> Tensors { return {permute(x[0], a.integers(0))}; }},
    {"view -", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].view(a.integers(0))}; }},
    {"view_as -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].view_as(x[1])}; }},
    {"reshape -", [](const Tensors& x, const Args& a) -> Tensors { return {reshape(x[0], a.integers(0))}; }},
    {"reshape transposed",
     [](const Tensors& x, const Args& a) -> Tensors { return {reshape(x[0].t(), a.integers(0))}; }},
    {"flatten -",
     [](const Tensors& x, const Args& a) -> Tensors { return {flatten(x[0], a.integer(0), a.integer(1))}; }},
    {"squeeze -", [](const Tensors& x, const Args&) -> Tensors { return {squeeze(x[0])}; }},
    {"squeeze dim", [](const Tensors& x, const Args& a) -> Tensors { return {squeeze(x[0], a.integer(0))}; }},
    {"unsqueeze -", [](const Tensors& x, const Args& a) -> Tensors { return {unsqueeze(x[0], a.integer(0))}; }},
    {"expand -", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].expand(a.integers(0))}; }},
    {"expand_as -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].expand_as(x[1])}; }},
    {"swapaxes -",
     [](const Tensors& x, const Args& a) -> Tensors { return {swapaxes(x[0], a.integer(0), a.integer(1))}; }},
    {"swapdims -",
     [](const Tensors& x, const Args& a) -> Tensors { return {swapdims(x[0], a.integer(0), a.integer(1))}; }},
    {"movedim -",
     [](const Tensors& x, const Args& a) -> Tensors { return {movedim(x[0], a.integers(0), a.integers(1))}; }},
    {"broadcast_to -", [](const Tensors& x, const Args& a) -> Tensors { return {broadcast_to(x[0], a.integers(0))}; }},
    {"broadcast_tensors -", [](const Tensors& x, const Args&) -> Tensors { return broadcast_tensors(x); }},
    {"meshgrid -", [](const Tensors& x, const Args& a) -> Tensors { return meshgrid(x, a.word(0)); }},
});

}  // namespace
}  // namespace tapegrad::test::golden
