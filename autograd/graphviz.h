// The graph of what was computed, drawn.
//
//   std::ofstream("loss.dot") << autograd::make_dot(loss, model.named_parameters());
//   // dot -Tsvg loss.dot > loss.svg
#pragma once

#include <string>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/state_dict.h>

namespace tapegrad::autograd {

/// What `outputs` were computed from, as far as it has gradients, in Graphviz's language: a box for each op, with the
/// sizes of its result; a user's Function by its class; leaves in blue, by their `names` where they have one. To be
/// taken before backward(), which lets go of the graph: what was let go is dashed, and ends there. AutogradError where
/// an output has no history, or one that was let go.
TAPEGRAD_EXPORT std::string make_dot(const tensor_list& outputs, const StateDict& names = StateDict());
inline std::string make_dot(const Tensor& output, const StateDict& names = StateDict()) {
  return make_dot(tensor_list{output}, names);
}

}  // namespace tapegrad::autograd
