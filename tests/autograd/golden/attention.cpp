// Our calls: attention.
#include <tapegrad/autograd/ops_attention.h>

#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"scaled_dot_product_attention -",
     [](const Tensors& x, const Args&) -> Tensors { return {scaled_dot_product_attention(x[0], x[1], x[2])}; }},
    {"scaled_dot_product_attention mask",
     [](const Tensors& x, const Args&) -> Tensors { return {scaled_dot_product_attention(x[0], x[1], x[2], x[3])}; }},
    {"scaled_dot_product_attention causal",
     [](const Tensors& x, const Args&) -> Tensors {
       return {scaled_dot_product_attention(x[0], x[1], x[2], undefined(), 0, true)};
     }},
});

}  // namespace
}  // namespace tapegrad::test::golden
