// Our calls: trigonometric and hyperbolic functions.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    UNARY(sin),
    UNARY(cos),
    UNARY(tan),
    UNARY(asin),
    UNARY(acos),
    UNARY(atan),
    UNARY(sinh),
    UNARY(cosh),
    BINARY(atan2),
});

}  // namespace
}  // namespace tapegrad::test::golden
