// Our calls: elements picked and placed by tensors of indices.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"gather -", [](const Tensors& x, const Args& a) -> Tensors { return {gather(x[0], a.integer(0), x[1])}; }},
    {"scatter -", [](const Tensors& x, const Args& a) -> Tensors { return {scatter(x[0], a.integer(0), x[1], x[2])}; }},
    {"scatter scalar",
     [](const Tensors& x, const Args& a) -> Tensors { return {scatter(x[0], a.integer(0), x[1], a.scalar(1))}; }},
    {"scatter_add -",
     [](const Tensors& x, const Args& a) -> Tensors { return {scatter_add(x[0], a.integer(0), x[1], x[2])}; }},
    {"scatter_ -",
     [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().scatter_(a.integer(0), x[1], x[2])}; }},
    {"scatter_ scalar",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {x[0].clone().scatter_(a.integer(0), x[1], a.scalar(1))};
     }},
    {"scatter_add_ -",
     [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().scatter_add_(a.integer(0), x[1], x[2])}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
