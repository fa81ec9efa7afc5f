#include "optim/detail/update.h"

#include "autograd/core/text.h"

namespace tapegrad::optim::detail {

void check(bool in_range, const char* sentence, double value) {
  if (in_range) return;
  throw ValueError(core::joined("Optimizer: ", sentence, value,
                                value != value ? "; give it one: there is no default" : "; give it a value in range"));
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

Buffers complete_buffers(const Tensor& p, const ParamState& state, std::size_t n) {
  Buffers out = state.buffers;
  for (std::size_t k = 0; k < n; ++k) out[k] = out[k].defined() ? out[k].to(p.dtype()) : zeros(p.sizes(), p.dtype());
  return out;
}

Room make_room(const Tensor& p, const Tensor& g) {
  if (core::is_repeated(p.impl())) {
    throw ShapeError(
        "Optimizer: unsupported operation: more than one element of the written-to tensor refers to a single memory "
        "location; make a parameter of its clone()");
  }
  const auto room = [](const Tensor& x) { return x.is_contiguous() ? Tensor() : empty(x.sizes(), x.dtype()); };
  return {room(p), room(g)};
}

}  // namespace tapegrad::optim::detail
