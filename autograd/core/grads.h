// Grads: one recorded call as its vjp sees it.
#pragma once

#include "autograd/core/node.h"

namespace tapegrad::core {

// A vjp reads g and the saved values it declared, and sets the gradients that are needed, each once. A gradient may
// have the shape of the output: it is summed to its input's shape and cast to its dtype on arrival.
class Grads {
 public:
  // pruned: only some gradients are asked for. record: the vjp's operations are recorded.
  Grads(BackwardPass& pass, Node* node, const Tensor& g, bool pruned, bool record) noexcept
      : pass_(pass), node_(node), g_(g), pruned_(pruned), record_(record) {}

  const Tensor& g() const noexcept { return g_; }
  Node* node() const noexcept { return node_; }
  const Op& op() const noexcept { return *node_->op; }
  bool needs(int k) const noexcept {
    const Node* edge = node_->edges()[k];
    return edge != nullptr && (!pruned_ || is_wanted(edge));
  }
  Tensor in(int k) const { return unpack(node_, reads_input(k), record_); }  // kReads0, kReads1 ...
  Tensor out() const { return unpack(node_, kReadsOut, record_); }           // kReadsOut
  Attrs attrs() const noexcept { return {node_->attrs(), node_->n_attrs}; }
  int inputs() const noexcept { return static_cast<int>(node_->n_in); }
  IntList sizes(int k) const noexcept { return node_->edges()[k]->size_list(); }  // of input k, which must be needed
  void set(int k, Tensor grad);
  void wake_input(int k);  // its vjp is called, also where no gradient is delivered

 private:
  bool is_wanted(const Node* edge) const noexcept;

  BackwardPass& pass_;
  Node* node_;
  const Tensor& g_;
  bool pruned_;
  bool record_;
};

}  // namespace tapegrad::core
