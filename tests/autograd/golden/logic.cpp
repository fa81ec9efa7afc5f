// Our calls: logic of truth values and of bits.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    BINARY(logical_and),
    BINARY(logical_or),
    BINARY(logical_xor),
    UNARY(logical_not),
    {"operator! -", [](const Tensors& x, const Args&) -> Tensors { return {!x[0]}; }},
    BINARY(bitwise_and),
    BINARY(bitwise_or),
    BINARY(bitwise_xor),
    WITH_SCALAR(bitwise_and),
    WITH_SCALAR(bitwise_or),
    WITH_SCALAR(bitwise_xor),
    OPERATOR(&),
    OPERATOR(|),
    OPERATOR(^),
    UNARY(bitwise_not),
    {"operator~ -", [](const Tensors& x, const Args&) -> Tensors { return {~x[0]}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
