// GradWatcher: is told of the gradients of leaves while backward still goes on, and may change them before it ends. So
// data-parallel training sends gradients and averages them (nn/parallel/).
#pragma once

#include <memory>
#include <vector>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad {

namespace core {
struct Watch;
class BackwardPass;
}  // namespace core

/// Watches leaves as long as it lives. Of backward() alone, not of grad().
class TAPEGRAD_EXPORT GradWatcher {
 public:
  /// AutogradError for a tensor that is no leaf, does not require grad, or is watched already.
  explicit GradWatcher(const std::vector<Tensor>& leaves);
  GradWatcher(const GradWatcher&) = delete;
  GradWatcher& operator=(const GradWatcher&) = delete;
  virtual ~GradWatcher();

 protected:
  friend class core::BackwardPass;
  /// The gradient of leaves[index] is final: its last edge has delivered and its hooks have run. Backward goes on.
  virtual void ready(std::size_t index, const Tensor& grad) = 0;
  /// Every gradient is final, no .grad has changed. grads[i], undefined where this pass has none, may be replaced by
  /// another of its sizes and dtype. What is thrown here leaves every .grad as it was.
  virtual void settle(std::vector<Tensor>& grads) = 0;

 private:
  std::unique_ptr<core::Watch> watch_;
};

/// Throws AutogradError where this thread is within a captured function that is written down (capture.h), for what
/// `op` does and no replay could do. `what` goes on from the name: "is a collective"; `instead` says what to do.
TAPEGRAD_EXPORT void require_uncaptured(const char* op, const char* what, const char* instead);

}  // namespace tapegrad
