// Our calls: softmax, log_softmax.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"softmax -", [](const Tensors& x, const Args& a) -> Tensors { return {softmax(x[0], a.integer(0))}; }},
    {"log_softmax -", [](const Tensors& x, const Args& a) -> Tensors { return {log_softmax(x[0], a.integer(0))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
