// Our calls: exponentials and logarithms of other bases; logaddexp, xlogy, logit.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    UNARY(exp2),
    UNARY(log2),
    UNARY(log10),
    BINARY(logaddexp),
    BINARY(xlogy),
    WITH_SCALAR(xlogy),
    {"xlogy of scalar", [](const Tensors& x, const Args& a) -> Tensors { return {xlogy(a.scalar(0), x[0])}; }},
    {"logit eps", [](const Tensors& x, const Args& a) -> Tensors { return {logit(x[0], a.optional_number(0))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
