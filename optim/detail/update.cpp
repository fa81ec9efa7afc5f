#include "optim/detail/update.h"

#include "autograd/core/text.h"

namespace tapegrad::optim::detail {

void check(bool in_range, const char* sentence, double value) {
  if (in_range) return;
  throw Error(core::joined("Optimizer: ", sentence, value, "; give it a value in range"));
}

void visit(const OptimizerOptions::Visitor& fn, const char* name, bool& flag) {
  double number = flag ? 1 : 0;
  fn(name, number);
  flag = number != 0;
}

void throw_other_options() {
  throw Error("Optimizer: the options of the group are those of another optimizer; give it this one's");
}

void throw_unfit(const Tensor& p, const Tensor& g) {
  const std::string text =
      core::joined("Optimizer: a parameter of dtype ", p.dtype(), " and sizes ", p.sizes(), " has a .grad of dtype ",
                   g.dtype(), " and sizes ", g.sizes(), "; assign a gradient that fits, or zero_grad() it");
  if (g.dtype() != p.dtype()) throw DtypeError(text);
  throw ShapeError(text);
}

void make_buffers(const Tensor& p, ParamState& state, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) {
    Tensor& buffer = state.buffers[k];
    if (!buffer.defined()) {
      buffer = zeros(p.sizes(), p.dtype());
    } else if (buffer.impl()->dtype != p.impl()->dtype) {
      buffer = buffer.to(p.dtype());
    }
  }
}

}  // namespace tapegrad::optim::detail
