// Our calls: arithmetic of three tensors.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"lerp -", [](const Tensors& x, const Args&) -> Tensors { return {lerp(x[0], x[1], x[2])}; }},
    {"lerp scalar", [](const Tensors& x, const Args& a) -> Tensors { return {lerp(x[0], x[1], a.scalar(0))}; }},
    {"addcmul -", [](const Tensors& x, const Args& a) -> Tensors { return {addcmul(x[0], x[1], x[2], a.scalar(0))}; }},
    {"addcdiv -", [](const Tensors& x, const Args& a) -> Tensors { return {addcdiv(x[0], x[1], x[2], a.scalar(0))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
