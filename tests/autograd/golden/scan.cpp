// Our calls: cumsum.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"cumsum -", [](const Tensors& x, const Args& a) -> Tensors { return {cumsum(x[0], a.integer(0))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
