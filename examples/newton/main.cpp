// Bayesian logistic regression. The most probable weights are found twice: by Newton's method, which takes the Hessian
// from two passes backwards and solves with its Cholesky factor, and by LBFGS. The curvature there says how sure each
// weight is and how well the model explains the data (Laplace's approximation).
#include <tapegrad/tapegrad.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include "examples/common/program.h"
#include "examples/common/run_log.h"

using namespace tapegrad;

namespace {

constexpr double kPriorScale = 2;

// 200 rows, whose last column is 1 for the intercept, and outcomes drawn with the weights.
struct Data {
  Tensor weights = tensor({1.5, -2.0, 0.5, -0.75}, kDouble);
  Tensor x = cat({randn({200, 3}, kDouble), ones({200, 1}, kDouble)}, 1);
  Tensor y = distributions::Bernoulli(Tensor(), x.mv(weights)).sample();

  Tensor log_posterior(const Tensor& w) const {
    const distributions::Normal prior(zeros_like(w), full_like(w, kPriorScale));
    return distributions::Bernoulli(Tensor(), x.mv(w)).log_prob(y).sum() + prior.log_prob(w).sum();
  }
};

struct Maximum {
  Tensor weights;
  std::vector<double> path = {};  // the log-posterior at each evaluation
};

Tensor hessian_at(const Data& data, const Tensor& w) {
  return autograd::functional::hessian([&](const Tensor& v) { return -data.log_posterior(v); }, w);
}

Maximum by_newton(const Data& data) {
  Maximum m{zeros({4}, kDouble)};
  for (Tensor slope = ones({4}, kDouble); slope.abs().max().item<double>() > 1e-9 && m.path.size() < 50;) {
    m.path.push_back(data.log_posterior(m.weights).item<double>());
    slope = autograd::functional::jacobian([&](const Tensor& v) { return data.log_posterior(v); }, m.weights);
    const Tensor factor = linalg::cholesky(hessian_at(data, m.weights));
    m.weights = m.weights + cholesky_solve(slope.unsqueeze(1), factor).squeeze(1);
  }
  return m;
}

Maximum by_lbfgs(const Data& data) {
  Maximum m{zeros({4}, kDouble).requires_grad_()};
  optim::LBFGS optimizer(
      {m.weights},
      {.max_iter = 100, .tolerance_grad = 1e-9, .tolerance_change = 1e-15, .line_search_fn = "strong_wolfe"});
  optimizer.step([&] {
    optimizer.zero_grad();
    auto loss = -data.log_posterior(m.weights);
    loss.backward();
    m.path.push_back(-loss.item<double>());
    return loss;
  });
  return {m.weights.detach(), m.path};
}

// How far below the maximum the evaluations were.
void keep(examples::Log& log, const Maximum& newton, const Maximum& lbfgs, double best) {
  for (std::size_t i = 0; i < std::max(newton.path.size(), lbfgs.path.size()); ++i) {
    const auto step = static_cast<std::int64_t>(i) + 1;
    if (i < newton.path.size()) log.add(step, {{"below_maximum_newton", best - newton.path[i]}});
    if (i < lbfgs.path.size()) log.add(step, {{"below_maximum_lbfgs", best - lbfgs.path[i]}});
  }
}

int run(examples::Log& log) {
  manual_seed(0);
  const Data data;
  const Maximum newton = by_newton(data), lbfgs = by_lbfgs(data);
  const Tensor hessian = hessian_at(data, newton.weights), deviation = linalg::inv(hessian).diag().sqrt();
  std::printf("weight  true   found  deviation\n");
  for (std::int64_t i = 0; i < 4; ++i) {
    std::printf("%6d %6.2f %7.3f    %7.3f\n", static_cast<int>(i), data.weights[i].item<double>(),
                newton.weights[i].item<double>(), deviation[i].item<double>());
  }
  const double best = data.log_posterior(newton.weights).item<double>();
  const double volume = 2 * std::log(2 * std::numbers::pi) - std::get<1>(linalg::slogdet(hessian)).item<double>() / 2;
  std::printf("result newton evaluations=%zu log_posterior=%.6f log_evidence=%.6f\n", newton.path.size(), best,
              best + volume);
  std::printf("result lbfgs evaluations=%zu log_posterior=%.6f distance=%.1e\n", lbfgs.path.size(),
              data.log_posterior(lbfgs.weights).item<double>(),
              (newton.weights - lbfgs.weights).abs().max().item<double>());
  log.begin({{"prior_scale", kPriorScale}});
  keep(log, newton, lbfgs, best);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  examples::Log log;
  return examples::run_program(
      "newton", "Finds the most probable weights of a logistic regression in two ways.", argc, argv,
      [&](CLI::App& app) { log.define(app); }, [&] { return run(log); });
}
