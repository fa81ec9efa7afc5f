// What the source of an optimiser is written with: checks of options, and what its op sees of a parameter.
//
// The op of an optimiser is one update of one parameter. Its inputs are the parameter, its gradient and the buffers of
// its state that are there; its attributes are the address of the ParamState and which buffers these are, a bit each.
// Options and step count are read, and the count is raised, when the op runs. So a call that is written down and runs
// again does what step() would do then, at the learning rate of that time, as long as its group lives. What it cannot
// do is make a buffer: where options that need another one are set in between, it is not current any more, and step()
// must run once.
#pragma once

#include <tapegrad/optim/optimizer.h>

#include "autograd/core/op.h"
#include "autograd/kernels/optim.h"

namespace tapegrad::optim::detail {

// ValueError with PyTorch's sentence and the value of an option that is out of range.
void check(bool in_range, const char* sentence, double value);

[[noreturn]] void throw_other_options();

// The sizes of that buffer of parameter p, in a group with these options.
std::vector<std::int64_t> sizes_of(const StateBuffer& b, const Tensor& p, const OptimizerOptions& options);

template <class Options>
const Options& as(const OptimizerOptions& options) noexcept {
  return static_cast<const Options&>(options);
}

// Whether all of the declared buffers are there that the options need now.
bool has_buffers(const core::Call& c, std::span<const StateBuffer> declared) noexcept;

template <const auto& kDeclared>
constexpr core::Op update_op(const char* name, void (*kernel)(const core::Call&) noexcept,
                             void (*source)(core::Source&) = nullptr) {
  return {.name = name,
          .flags = core::kNoGrad,
          .kernel = kernel,
          .is_current = [](const core::Call& c) noexcept { return has_buffers(c, kDeclared); },
          .source = source};
}

inline constexpr int kMaxBuffers = 8;  // of an update

// The attributes of an update: the state of the parameter, and which of the declared buffers are there, bit by bit.
struct UpdateAttrs {
  ParamState* state;
  std::int64_t given;
};

// A call of an optimiser's op.
template <class Options>
struct Update {
  explicit Update(const core::Call& c) noexcept
      : state(*c.attrs.as<UpdateAttrs>().state), options(as<Options>(*state.options)), call(c) {}
  kernels::Param param() const noexcept { return {call.out->dtype, call.out->data, call.in[1]->data, call.out->numel}; }
  // The bytes of the buffer that was declared as number k; null where it was not there.
  void* buffer(int k) const noexcept {
    const std::int64_t given = call.attrs.as<UpdateAttrs>().given;
    int at = 2;
    for (int j = 0; j < k; ++j) at += static_cast<int>(given >> j & 1);
    return (given >> k & 1) != 0 ? call.in[at]->data : nullptr;
  }

  ParamState& state;
  const Options& options;
  const core::Call& call;
};

}  // namespace tapegrad::optim::detail

// What TAPEGRAD_OPTIMIZER(Name) declares: a step executes `op`; kBuffers are kept, whose steps are counted or not.
#define TAPEGRAD_OPTIMIZER_STEP(Name, op, ...)                                      \
  Tensor Name::step(LossClosure closure) { return step_by(op, kBuffers, closure); } \
  Name::Kept Name::kept() const { return {kBuffers __VA_OPT__(, ) __VA_ARGS__}; }
