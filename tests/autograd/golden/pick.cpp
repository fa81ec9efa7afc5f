// Our calls: parts picked by an index vector, a mask or a class.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"masked_fill_ -",
     [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().masked_fill_(x[1], a.scalar(0))}; }},
    {"one_hot -", [](const Tensors& x, const Args& a) -> Tensors { return {one_hot(x[0], a.integer(0))}; }},
    {"index_select -",
     [](const Tensors& x, const Args& a) -> Tensors { return {index_select(x[0], a.integer(0), x[1])}; }},
    {"index_add -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {index_add(x[0], a.integer(0), x[1], x[2], a.scalar(1))};
     }},
    {"masked_fill -",
     [](const Tensors& x, const Args& a) -> Tensors { return {masked_fill(x[0], x[1], a.scalar(0))}; }},
    {"index_fill scalar",
     [](const Tensors& x, const Args& a) -> Tensors { return {index_fill(x[0], a.integer(0), x[1], a.scalar(1))}; }},
    {"index_fill_ scalar",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {x[0].clone().index_fill_(a.integer(0), x[1], a.scalar(1))};
     }},
    {"index_fill -",
     [](const Tensors& x, const Args& a) -> Tensors { return {index_fill(x[0], a.integer(0), x[1], x[2])}; }},
    {"repeat_interleave number",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {repeat_interleave(x[0], a.integer(0), a.optional_integer(1))};
     }},
    {"repeat_interleave -",
     [](const Tensors& x, const Args& a) -> Tensors { return {repeat_interleave(x[0], x[1], a.integer(0))}; }},
    {"repeat_interleave indices", [](const Tensors& x, const Args&) -> Tensors { return {repeat_interleave(x[0])}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
