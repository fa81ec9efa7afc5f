// Our calls: rounding, quotients and remainders.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    UNARY(floor),
    UNARY(ceil),
    UNARY(round),
    UNARY(trunc),
    BINARY(remainder),
    WITH_SCALAR(remainder),
    BINARY(fmod),
    WITH_SCALAR(fmod),
    BINARY(floor_divide),
    WITH_SCALAR(floor_divide),
    OPERATOR(%),
    {"remainder of scalar", [](const Tensors& x, const Args& a) -> Tensors { return {remainder(a.scalar(0), x[0])}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
