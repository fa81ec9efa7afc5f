// Backward: pending nodes newest first, each vjp once, leaf gradients staged and committed last.
#pragma once

#include <vector>

#include "autograd/core/node.h"

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

// Differentiates n roots, weighted with their grads. Where `captures` is not null only what leads to them is computed.
void run_backward(NodeGrad* roots, std::size_t n, const BackwardOptions& options, std::vector<NodeGrad>* captures);

}  // namespace tapegrad::core
