#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include "tests/common/expect_error.h"
#include "tests/common/golden.h"

namespace tapegrad {
namespace {

using optim::LBFGS;
using optim::LBFGSOptions;

// The problems of lbfgs_golden.py.
struct Problem {
  std::vector<Tensor> params;
  std::function<Tensor()> loss;
};
Problem rosenbrock(Dtype dtype = kDouble) {
  const Tensor x = tensor({-1.2, 1.0}, dtype).requires_grad_();
  return {{x}, [x] { return 100 * (x[1] - x[0].square()).square() + (1 - x[0]).square(); }};
}
Problem fit(Dtype dtype = kDouble) {
  const Tensor x = arange(12, dtype).reshape({4, 3}) / 6 - 1, y = sin(arange(4, dtype));
  const Tensor w = tensor({0.5, -0.25, 1.0}, dtype).requires_grad_(), b = tensor(0.125, dtype).requires_grad_();
  return {{w, b}, [=] { return (tanh(x.matmul(w) + b) - y).square().mean() + 0.01 * (w * w).sum(); }};
}

std::function<Tensor()> closure_of(const Problem& p) {
  return [p] {
    for (const Tensor& x : p.params) x.zero_grad();
    const Tensor loss = p.loss();
    loss.backward();
    return loss;
  };
}

const std::map<std::string, LBFGSOptions>& variants() {
  static const std::map<std::string, LBFGSOptions> all = {
      {"fixed", LBFGSOptions(0.5).max_iter(4)},
      {"small", LBFGSOptions(0.001).max_iter(3).history_size(2)},
      {"wolfe", LBFGSOptions().max_iter(4).line_search_fn("strong_wolfe")},
      {"wolfe_all", LBFGSOptions(0.7)
                        .max_iter(6)
                        .max_eval(9)
                        .history_size(2)
                        .tolerance_grad(1e-4)
                        .tolerance_change(1e-6)
                        .line_search_fn("strong_wolfe")},
      {"wolfe_default", LBFGSOptions({.line_search_fn = "strong_wolfe"})}};
  return all;
}

double evaluations(const LBFGS& optimizer, const Tensor& p) { return optimizer.state(p)[0].second.item<double>(); }

TEST(Lbfgs, TakesTheSameFiveStepsAsPyTorch) {
  const golden::File file = golden::read("optim/lbfgs_golden.txt");
  for (const auto& [name, options] : variants()) {
    for (const auto& [problem_name, problem] : {std::pair{"rosenbrock_", rosenbrock()}, std::pair{"fit_", fit()}}) {
      if (!file.contains(problem_name + name + "_1")) continue;
      LBFGS optimizer(problem.params, options);
      for (int step = 1; step <= 5; ++step) {
        const std::string line = problem_name + name + "_" + std::to_string(step);
        SCOPED_TRACE(line);
        golden::Numbers got{optimizer.step(closure_of(problem)).item<double>()};
        for (const double x : golden::elements(problem.params)) got.push_back(x);
        golden::Numbers want = file.at(line);
        EXPECT_EQ(evaluations(optimizer, problem.params[0]), want.back());
        want.pop_back();
        golden::expect_near(got, want, 1e-9);
      }
    }
  }
}

TEST(Lbfgs, FindsTheMinimumOfRosenbrocksValley) {
  for (const Dtype dtype : {kFloat, kDouble}) {
    const Problem problem = rosenbrock(dtype);
    LBFGS optimizer(problem.params, {.tolerance_change = 0, .line_search_fn = "strong_wolfe"});
    for (int i = 0; i < 5; ++i) optimizer.step(closure_of(problem));
    const double tolerance = dtype == kFloat ? 1e-3 : 1e-9;
    EXPECT_NEAR(problem.params[0][0].item<double>(), 1, tolerance);
    EXPECT_NEAR(problem.params[0][1].item<double>(), 1, tolerance);
  }
}

TEST(Lbfgs, GoesOnFromItsStateDictToTheSameBits) {
  for (const auto& [name, options] : variants()) {
    SCOPED_TRACE(name);
    for (const Dtype dtype : {kFloat, kDouble}) {
      const Problem one = fit(dtype), two = fit(dtype);
      LBFGS from(one.params, options), to(two.params);
      from.step(closure_of(one));
      from.step(closure_of(one));
      {
        const NoGradGuard no_grad;
        for (std::size_t i = 0; i < one.params.size(); ++i) two.params[i].copy_(one.params[i]);
      }
      to.load_state_dict(from.state_dict());
      for (int i = 0; i < 2; ++i) {
        const Tensor loss = from.step(closure_of(one));
        EXPECT_TRUE(to.step(closure_of(two)).equal(loss));
      }
      for (std::size_t i = 0; i < one.params.size(); ++i) EXPECT_TRUE(two.params[i].equal(one.params[i]));
    }
  }
}

TEST(Lbfgs, KeepsItsStateByPyTorchsNames) {
  const Problem problem = fit();
  LBFGS optimizer(problem.params, {.max_iter = 3});
  EXPECT_TRUE(optimizer.state(problem.params[0]).empty());
  optimizer.step(closure_of(problem));
  std::set<std::string> names;
  for (const auto& [name, value] : optimizer.state(problem.params[0])) names.insert(name);
  EXPECT_EQ(names, (std::set<std::string>{"func_evals", "n_iter", "d", "t", "old_dirs", "old_stps", "ro", "H_diag",
                                          "prev_flat_grad", "prev_loss"}));
  EXPECT_TRUE(optimizer.state(problem.params[1]).empty());
  const StateDict state = optimizer.state_dict();
  EXPECT_EQ(state["param_groups.0.max_eval"].item<double>(), 3);
  EXPECT_EQ(state["param_groups.0.line_search_fn"].item<double>(), 0);
  EXPECT_EQ(state["state.0.old_dirs"].sizes(), IntList({1, 4}));

  StateDict wrong = state;
  wrong["state.0.old_stps"] = zeros({2, 4}, kDouble);
  expect_error<Error>([&] { optimizer.load_state_dict(wrong); }, "size mismatch for state.0.old_stps");
}

TEST(Lbfgs, StopsWhereTheGradientIsZero) {
  const Tensor p = zeros({2}, kDouble).requires_grad_(), without = ones({3}, kDouble).requires_grad_();
  LBFGS optimizer({p, without});
  int calls = 0;
  const Tensor loss = optimizer.step([&] {
    ++calls;
    p.zero_grad();
    const Tensor here = (p * p).sum();
    here.backward();
    return here;
  });
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(loss.item<double>(), 0);
  EXPECT_TRUE(without.equal(ones({3}, kDouble)));
}

TEST(Lbfgs, MovesStridedParametersAndLeavesThoseWithoutGradients) {
  const Tensor a = arange(6, kDouble).reshape({2, 3}).t().requires_grad_(), b = ones({2}, kDouble).requires_grad_();
  LBFGS optimizer({b, a}, {.lr = 0.5});
  for (int i = 0; i < 20; ++i) {
    optimizer.step([&] {
      a.zero_grad();
      const Tensor loss = (a - 3).square().sum();
      loss.backward();
      return loss;
    });
  }
  EXPECT_TRUE(allclose(a, full({3, 2}, 3.0, kDouble)));
  EXPECT_TRUE(b.equal(ones({2}, kDouble)));
}

TEST(Lbfgs, IsAsBeforeWhereTheClosureThrows) {
  for (const bool searches : {false, true}) {
    const Problem problem = rosenbrock(), twin = rosenbrock();
    LBFGSOptions options({.lr = 0.001});
    if (searches) options.line_search_fn("strong_wolfe");
    LBFGS optimizer(problem.params, options), undisturbed(twin.params, options);
    optimizer.step(closure_of(problem));
    undisturbed.step(closure_of(twin));
    const Tensor before = problem.params[0].detach().clone();
    int calls = 0;
    const auto fails = [&] {
      if (++calls == 4) throw std::runtime_error("enough");
      return closure_of(problem)();
    };
    EXPECT_THROW(optimizer.step(fails), std::runtime_error);
    EXPECT_TRUE(problem.params[0].detach().equal(before));
    optimizer.step(closure_of(problem));
    undisturbed.step(closure_of(twin));
    EXPECT_TRUE(problem.params[0].equal(twin.params[0]));
  }
}

TEST(Lbfgs, RefusesWhatItCannotDo) {
  const std::vector<Tensor> p = {ones({1}).requires_grad_()};
  expect_error<Error>([&] { LBFGS(p).step(nullptr); }, "LBFGS requires a closure function");
  expect_error<ValueError>([&] { LBFGS(p, LBFGSOptions().line_search_fn("armijo")); },
                           "only 'strong_wolfe' is supported");
  expect_error<ValueError>([&] { LBFGS(p, -1); }, "Invalid learning rate: -1");
  expect_error<ValueError>([&] { LBFGS(p, {.history_size = 0}); }, "Invalid history_size value: 0");
  const std::vector<optim::OptimizerParamGroup> two{{p}, {{ones({1}).requires_grad_()}}};
  expect_error<ValueError>([&] { LBFGS optimizer(two); },
                           "LBFGS doesn't support per-parameter options (parameter groups)");
  LBFGS later(p);
  later.add_param_group({{ones({1}).requires_grad_()}});
  expect_error<ValueError>([&] { later.step([&] { return p[0].sum(); }); }, "LBFGS doesn't support per-parameter");
}

}  // namespace
}  // namespace tapegrad
