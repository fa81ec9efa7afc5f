// Our calls: lengths of differences, and angles.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"cdist -", [](const Tensors& x, const Args& a) -> Tensors { return {cdist(x[0], x[1], a.number(0))}; }},
    {"pairwise_distance -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {pairwise_distance(x[0], x[1], a.number(0), a.number(1), a.flag(2))};
     }},
    {"normalize -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {normalize(x[0], a.number(0), a.integer(1), a.number(2))};
     }},
    {"cosine_similarity -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {cosine_similarity(x[0], x[1], a.integer(0), a.number(1))};
     }},
});

}  // namespace
}  // namespace tapegrad::test::golden
