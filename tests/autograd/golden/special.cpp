// Our calls: special functions.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    UNARY(erfc),
    UNARY(erfinv),
    UNARY(lgamma),
    UNARY(digamma),
    {"polygamma n", [](const Tensors& x, const Args& a) -> Tensors { return {polygamma(a.integer(0), x[0])}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
