// Our calls: normalisation.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    {"layer_norm -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {layer_norm(x[0], a.integers(0), x[1], x[2], a.scalar(1).to_double())};
     }},
    {"group_norm -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {group_norm(x[0], a.integer(0), x[1], x[2], a.scalar(1).to_double())};
     }},
    {"batch_norm -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {batch_norm(x[0], x[1], x[2], x[3].clone(), x[4].clone(), a.flag(0), 0.1, a.scalar(1).to_double())};
     }},
    {"instance_norm -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {instance_norm(x[0], x[1], x[2], {}, {}, true, 0.1, a.scalar(0).to_double())};
     }},
});

}  // namespace
}  // namespace tapegrad::test::golden
