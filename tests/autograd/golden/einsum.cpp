// Our calls: einsum.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"einsum -", [](const Tensors& x, const Args& a) -> Tensors { return {einsum(a.word(0), x)}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
