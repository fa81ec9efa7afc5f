// An optimiser of one's own: state of any shape, and an update that may run again.
#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/testing.h>

#include "autograd/core/execute.h"
#include "optim/detail/update.h"

namespace tapegrad {
namespace {

struct CountingFields {
  double lr = 0.5;
  std::int64_t every = 1;
  bool wide = false;
};
struct CountingOptions : optim::OptionsWith<CountingOptions, CountingFields> {
  using OptionsWith::OptionsWith;
  CountingOptions() = default;
  TAPEGRAD_OPTIONS(lr, every, wide)
};

struct Recorded {
  std::vector<core::TensorImpl*> in;
  std::vector<std::int64_t> words;
  core::Call call;
} recorded;

// p[0] -= lr * step; product *= 2. Writes down its call.
void counting_kernel(const core::Call& c) noexcept {
  const optim::detail::Update<CountingOptions> u(c);
  static_cast<double*>(u.param().p)[0] -= u.options.lr() * static_cast<double>(++u.state.step);
  *static_cast<double*>(u.buffer(1)) *= 2;
  if (c.in == recorded.in.data()) return;
  recorded.in.assign(c.in, c.in + c.n_in);
  recorded.words.assign(c.attrs.words, c.attrs.words + c.attrs.count);
  recorded.call = c;
  recorded.call.in = recorded.in.data();
  recorded.call.attrs.words = recorded.words.data();
}
constexpr optim::StateBuffer kBuffers[] = {
    {.name = "columns",
     .needed = [](const optim::OptimizerOptions& o) { return optim::detail::as<CountingOptions>(o).wide(); },
     .joins = true,
     .sizes = [](const Tensor& p, const optim::OptimizerOptions&) { return std::vector{p.size(1)}; }},
    {.name = "product",
     .value = [](const optim::OptimizerOptions&) { return 1.0; },
     .sizes = [](const Tensor&, const optim::OptimizerOptions&) { return std::vector<std::int64_t>(); }}};
constexpr core::Op kCounting = optim::detail::update_op<kBuffers>("counting", counting_kernel);

struct Counting : optim::OptimizerWith<CountingOptions> {
  using OptimizerWith::OptimizerWith;
  Tensor step(LossClosure closure = nullptr) override { return step_by(kCounting, kBuffers, closure); }
  Kept kept() const override { return {kBuffers}; }
};

Tensor parameter() {
  Tensor p = zeros({1, 3}, kDouble).requires_grad_();
  p.mutable_grad() = ones({1, 3}, kDouble);
  return p;
}

TEST(OptimizerUpdate, KeepsStateOfAnyShape) {
  const Tensor p = parameter(), q = parameter();
  Counting from({p}, {.wide = true}), to({q});
  from.step();
  const auto state = from.state(p);
  ASSERT_EQ(state.size(), 3U);
  EXPECT_EQ(state[0].first, "step");
  EXPECT_EQ(state[1].first, "columns");
  EXPECT_TENSOR_EQ(state[1].second, zeros({3}, kDouble));
  EXPECT_EQ(state[2].first, "product");
  EXPECT_TENSOR_EQ(state[2].second, tensor(2.0, kDouble));
  to.load_state_dict(from.state_dict());
  EXPECT_TENSOR_EQ(to.state(q)[2].second, tensor(2.0, kDouble));
  EXPECT_TRUE(optim::detail::as<CountingOptions>(to.param_groups()[0].options()).wide());

  StateDict other = from.state_dict();
  other["state.0.columns"] = ones({1, 3}, kDouble);
  EXPECT_THROW(to.load_state_dict(other), Error);
}

TEST(OptimizerUpdate, KeepsNumbersCountsAndFlagsOfTheOptions) {
  Counting from({parameter()}, {.lr = 0.25, .every = 7, .wide = true}), to({parameter()});
  EXPECT_TENSOR_EQ(from.state_dict()["param_groups.0.every"], tensor(7.0, kDouble));
  to.load_state_dict(from.state_dict());
  const auto& options = optim::detail::as<CountingOptions>(to.param_groups()[0].options());
  EXPECT_EQ(options.lr(), 0.25);
  EXPECT_EQ(options.every(), 7);
  EXPECT_TRUE(options.wide());
}

TEST(OptimizerUpdate, RunsAgainAtTheRateAndStepOfThatTime) {
  const Tensor p = parameter();
  Counting optimizer({p});
  optimizer.step();
  EXPECT_EQ(p[0][0].item<double>(), -0.5);
  const std::int64_t version = p.version();
  const auto run_again = [] { core::execute_inplace(recorded.call); };
  optimizer.set_lr(0.25);
  run_again();
  EXPECT_EQ(p[0][0].item<double>(), -1);
  EXPECT_EQ(p.version(), version + 1);
  EXPECT_EQ(optimizer.state(p)[0].second.item<std::int64_t>(), 2);
  EXPECT_EQ(optimizer.state(p)[1].second.item<double>(), 4);

  // The call stays good whatever becomes of groups, options and state.
  for (int i = 0; i < 20; ++i) optimizer.add_param_group({{parameter()}});
  optimizer.param_groups()[0].set_options(CountingOptions({.lr = 1}).clone());
  run_again();
  EXPECT_EQ(p[0][0].item<double>(), -4);
  Counting moved = std::move(optimizer);
  StateDict state = moved.state_dict();
  state["state.0.step"] = tensor(7);
  state["param_groups.0.lr"] = tensor(2.0, kDouble);
  moved.load_state_dict(state);
  recorded.in[2] = moved.state(p)[1].second.impl();  // loading brings buffers of its own
  run_again();
  EXPECT_EQ(p[0][0].item<double>(), -20);
  EXPECT_EQ(moved.state(p)[0].second.item<std::int64_t>(), 8);
}

}  // namespace
}  // namespace tapegrad
