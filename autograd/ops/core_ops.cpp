// What the tape reaches of the operations: set here, so that core names no operation.
#include <tapegrad/autograd/grad.h>

#include "autograd/core/execute.h"
#include "autograd/core/node.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad::core {

namespace {

Tensor add(const Tensor& a, const Tensor& b) { return a.add(b); }
Tensor cast(const Tensor& x, Dtype dtype) { return x.to(dtype); }
Tensor copy(const Tensor& x) { return ops::contiguous_clone(x); }
void assign(const Tensor& to, const Tensor& from) { to.copy_(from); }

// The engine's sum of gradients: like add, but over bytes that nobody else can see, or under a leaf's lock.
constexpr Op kAccumulate = ops::elementwise<kernels::Fn::Add>("accumulate", "", kNoGrad, {}, nullptr);
void add_into(TensorImpl* a, const TensorImpl* b) noexcept {
  TensorImpl* const in[] = {a, const_cast<TensorImpl*>(b)};
  execute_inplace(call_of(kAccumulate, in, 2, {}, a));
}

void check_nan(const Tensor& x, Node* node, bool forward) {
  const AutoGradMode off(false);
  if (!(x.impl()->is_batched() ? whole_batch(x) : x).isnan().any().item<bool>()) return;
  const std::string name = forward ? called(node->op->name) : node->op->grad_name;
  throw_autograd(name.c_str(), "Function '", name, "' returned nan values in its ", forward ? "output" : "gradient",
                 " of sizes ", x.sizes(), " (node ", node->sequence_nr, ", output of sizes ", node->size_list(),
                 "); look at what it was given");
}

}  // namespace

constinit const CoreOps kCoreOps{add, ops::sum_to, cast, copy, assign, add_into, check_nan};

}  // namespace tapegrad::core
