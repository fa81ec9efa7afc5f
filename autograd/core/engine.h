// Backward: pending records newest first, each rule once, leaf gradients staged and committed last.
#pragma once

#include <vector>

#include "autograd/core/node.h"

namespace tapegrad::core {

struct Staged {
  Leaf* leaf;  // with one count
  Tensor grad;
  Tensor before;          // the .grad that `grad` was added to, where it replaces it
  bool replaces = false;  // else it is added in place, or set where there is none
};

struct Retained {
  Node* node;  // with one count
  Tensor grad;
};

struct Capture {
  Node* node;
  Tensor grad;
};

// A record whose gradient an outer pass was gathering when an inner one reached it.
struct Suspended {
  Node* node;
  TensorImpl* pending;
  std::uint8_t depth;
};

// The memory of a pass, kept a thread to be used again.
struct Engine {
  std::vector<Node*> heap;
  std::vector<Staged> staged;
  std::vector<Retained> retained;  // for retain_grad
  std::vector<Suspended> suspended;
  std::vector<Node*> marked;         // records that lead to a capture or were searched for one
  std::vector<Node*> wanted_leaves;  // captured leaves, sorted
};

struct PassOptions {
  bool retain_graph = false;
  bool create_graph = false;
  bool accumulate = true;  // into .grad; else only into the captures
};

struct Root {
  Node* node;
  Tensor grad;
};

// Differentiates n roots, weighted with their grads. Where `captures` is not null only what leads to them is computed.
void run_backward(Root* roots, std::size_t n, const PassOptions& options, std::vector<Capture>* captures);

// autograd/function.cpp
void run_function(Node* n, Grads& rule, bool create_graph);
void stage_function_grad(Node* output, Tensor grad);
void release_function(Node* n) noexcept;

}  // namespace tapegrad::core
