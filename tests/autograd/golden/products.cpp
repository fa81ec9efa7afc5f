// Our calls: prod, all, any.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    UNARY(prod),
    OVER_DIM(prod),
    UNARY(all),
    OVER_DIM(all),
    UNARY(any),
    OVER_DIM(any),
});

}  // namespace
}  // namespace tapegrad::test::golden
