// Backward: pending nodes newest first, each vjp once, leaf gradients staged and committed last.
#pragma once

#include <vector>

#include "autograd/core/node.h"

namespace tapegrad {
class GradWatcher;
}

namespace tapegrad::core {

struct BackwardOptions {
  bool retain_graph = false;
  bool create_graph = false;
  bool accumulate = true;    // into .grad; else only into the captures
  bool allow_unused = true;  // captures without a gradient; else AutogradError
};

// A gradient of a node's tensor: where a backward pass starts, or what it is asked for.
struct NodeGrad {
  Node* node;
  Tensor grad;
};

// The leaves that one GradWatcher watches, and for each how many edges have not delivered yet to it in the backward
// pass that has reached one of them first.
struct Watch {
  GradWatcher* watcher;
  std::vector<NodeRef> leaves;
  std::vector<std::uint32_t> awaited;
  BackwardPass* pass = nullptr;
};

// Differentiates n roots, weighted with their grads. Where `captures` is not null only what leads to them is computed.
void run_backward(NodeGrad* roots, std::size_t n, const BackwardOptions& options, std::vector<NodeGrad>* captures);

// What a node was computed from: the elements of all results, up to about `enough`, and whether a hook or retain_grad()
// waits on the way.
struct GraphSummary {
  std::int64_t elements = 0;
  bool watched = false;
};
GraphSummary summarize_graph(Node* root, std::int64_t enough);

}  // namespace tapegrad::core
