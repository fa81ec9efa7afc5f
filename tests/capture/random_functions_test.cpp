// Random functions: views, in-place writes, broadcasts, sums, draws, first and second derivatives, updates. What they
// do as they are and what they do captured is the same to the bit, at any number of threads.
#include "tests/capture/twins.h"

#include <cstdlib>
#include <optional>
#include <random>
#include <string>

#include <tapegrad/autograd/threads.h>

#include "tests/autograd/kernels/targets.h"
#include "tests/common/this_program.h"

namespace tapegrad::tests {
namespace {

// Of one seed: the same at each call.
class RandomFunction {
 public:
  explicit RandomFunction(unsigned seed) : seed_(seed), draw_(seed) {
    constexpr std::int64_t kRows[] = {1, 5, 31}, kColumns[] = {3, 64, 1025};
    rows_ = kRows[below(3)];
    columns_ = kColumns[below(3)];
    zeroes_ = below(3);
    updates_ = below(3);
    keeps_draw_ = draw_;
  }
  Tensor input() const { return randn({rows_, columns_}); }
  struct State {
    std::vector<Tensor> parameters, buffers;
    std::optional<optim::Adam> adam;
  };
  State state() const {
    manual_seed(seed_);
    State s;
    s.parameters = {randn({columns_}), randn({rows_, 1}), randn({columns_, columns_ > 100 ? 2 : 4}), randn({})};
    for (const Tensor& p : s.parameters) p.requires_grad_();
    s.buffers = {zeros({rows_, columns_}), ones({columns_})};
    s.adam.emplace(s.parameters, optim::AdamOptions(0.01));
    return s;
  }

  std::pair<Tensor, Tensor> operator()(State& s, const Tensor& x, const Tensor& y) {
    draw_ = keeps_draw_;
    if (zeroes_ != 2) s.adam->zero_grad(zeroes_ == 0);
    std::vector<Tensor> v{x, y, s.parameters[0], s.parameters[1], s.parameters[3], s.buffers[0], s.buffers[1]};
    std::vector<Tensor> fresh;  // may be written
    for (int i = 0; i < 14; ++i) v.push_back(next(s, v, fresh));
    Tensor loss = zeros({});
    for (std::size_t k = v.size() - 5; k < v.size(); ++k) loss = loss.add(v[k].tanh().square().mean());
    loss = loss.add(v.back().sum().tanh().mul(s.parameters[3]));
    loss.backward();
    if (updates_ == 0) s.adam->step();
    if (updates_ == 1) {
      const NoGradGuard no_grad;
      for (const Tensor& p : s.parameters)
        if (p.grad().defined()) p.sub_(p.grad().mul(0.01));
    }
    return {loss, v[v.size() - 2].detach()};
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(draw_() % n); }
  const Tensor& pick(const std::vector<Tensor>& v) { return v[below(v.size())]; }
  // One of [rows, columns], or what broadcasts to it.
  Tensor whole(const std::vector<Tensor>& v) { return pick(v).add(v[0].mul(0)); }

  Tensor next(State& s, const std::vector<Tensor>& v, std::vector<Tensor>& fresh) {
    switch (below(22)) {
      case 0:
        return pick(v).add(pick(v));
      case 1:
        return pick(v).mul(pick(v)).tanh();
      case 2:
        return pick(v).sub(pick(v)).mul(0.5);
      case 3:
        return pick(v).tanh();
      case 4:
        return pick(v).relu();
      case 5:
        return pick(v).sigmoid().log();
      case 6:
        return whole(v).sum(0, true);
      case 7:
        return whole(v).mean(1, true);
      case 8:
        return pick(v).sum();
      case 9:
        return whole(v).t().contiguous().t();
      case 10:
        return whole(v).slice(0, 0, 1);
      case 11:
        return whole(v).slice(1, 1, 2);
      case 12:
        return pick(v).mul(rand({rows_, columns_}));
      case 13:
        return where(pick(v).gt(0.1), pick(v), pick(v).mul(2));
      case 14: {
        fresh.push_back(whole(v));
        return fresh.back();
      }
      case 15: {
        if (fresh.empty()) return pick(v).mul(0.25);
        const NoGradGuard no_grad;
        Tensor t = fresh[below(fresh.size())].detach().clone();
        t.slice(0, 0, (rows_ + 1) / 2).add_(pick(v).sum());
        t.t().slice(0, 0, 1).mul_(3);
        return t;
      }
      case 16: {
        const NoGradGuard no_grad;
        s.buffers[0].mul_(0.5).add_(pick(v).detach());
        return s.buffers[0].clone();
      }
      case 17: {
        const NoGradGuard no_grad;
        s.buffers[1].slice(0, 0, 2).copy_(pick(v).mean());
        return s.buffers[1].mul(1.5);
      }
      case 18:
        return whole(v).matmul(s.parameters[2]).tanh().sum(1, true);
      case 19:
        return whole(v).log_softmax(1).mul(0.1);
      case 20: {
        const Tensor& p = s.parameters[below(2)];
        const Tensor of = p.mul(pick(v)).tanh().sum();
        return autograd::grad({of}, {p}, {}, true, true)[0];
      }
      default:
        return cat({whole(v), whole(v)}, 0).slice(0, rows_ / 2, rows_ / 2 + rows_);
    }
  }

  unsigned seed_;
  std::mt19937 draw_, keeps_draw_;
  std::int64_t rows_ = 0, columns_ = 0;
  std::size_t zeroes_ = 0, updates_ = 0;
};

std::vector<Tensor> all_of(const RandomFunction::State& s) {
  std::vector<Tensor> out = s.buffers;
  for (const Tensor& p : s.parameters) {
    out.push_back(p);
    out.push_back(p.grad());
    for (const auto& [name, t] : s.adam->state(p)) out.push_back(t);
  }
  return out;
}

// Whether the function ran: shapes may not fit.
bool expect_same(unsigned seed) {
  RandomFunction eager(seed), other(seed);
  auto a = eager.state(), b = other.state();
  auto captured = capture([&](const Tensor& x, const Tensor& y) { return other(b, x, y); });
  for (int i = 0; i < 8; ++i) {
    const Tensor x = eager.input(), y = eager.input();
    const Generator before = default_generator();
    std::pair<Tensor, Tensor> want, got;
    std::string expected, thrown;
    try {
      want = eager(a, x, y);
    } catch (const Error& e) {
      expected = e.what();
    }
    const Generator after = default_generator();
    default_generator() = before;
    try {
      got = captured(x, y);
    } catch (const Error& e) {
      thrown = e.what();
    }
    EXPECT_EQ(expected, thrown) << "seed " << seed << ", call " << i;
    if (!expected.empty()) return false;
    EXPECT_TRUE(default_generator() == after) << "seed " << seed << ", call " << i;
    EXPECT_TRUE(same_bytes(want.first, got.first)) << "seed " << seed << ", call " << i << '\n' << captured.text();
    EXPECT_TRUE(same_bytes(want.second, got.second)) << "seed " << seed << ", call " << i << '\n' << captured.text();
    EXPECT_TRUE(same_bytes(all_of(a), all_of(b))) << "seed " << seed << ", call " << i << '\n' << captured.text();
  }
  EXPECT_GE(captured.stats().replayed, 4) << "seed " << seed << ": " << captured.stats().why;
  return true;
}

// The target that this process is told to use, before any kernel has run.
constexpr const char* kTarget = "TAPEGRAD_TEST_TARGET";
[[maybe_unused]] const bool kOnTarget = [] {
  const char* target = std::getenv(kTarget);
  if (target != nullptr) kernels::target_in_use = std::atoi(target);
  return target != nullptr;
}();

TEST(Capture, ReplaysRandomFunctions) {
  const bool full = std::getenv("TAPEGRAD_TEST_FULL") != nullptr;
  const int before = get_num_threads();
  unsigned ran = 0;
  for (unsigned seed = 0; ran < (full ? 10000 : 300) && !HasFailure(); ++seed) {
    set_num_threads(1 + static_cast<int>(seed % 4));
    ran += expect_same(seed) ? 1 : 0;
    ASSERT_LT(seed, 40000) << "too few functions run: " << ran;
  }
  set_num_threads(before);
}

// A process each: what a kernel has found for one target it keeps.
TEST(Capture, ReplaysRandomFunctionsOnEachTarget) {
  for (const kernels::Target target : kernels::targets_here()) {
    const std::string command = std::string(kTarget) + "=" + std::to_string(target) + " " + test::this_program() +
                                " --gtest_brief=1 --gtest_filter=Capture.ReplaysRandomFunctions";
    EXPECT_EQ(std::system(command.c_str()), 0) << kernels::name_of(target);
  }
}

}  // namespace
}  // namespace tapegrad::tests
