// L-BFGS: a quasi-Newton method, for smooth problems whose loss is computed over all of the data.
#pragma once

#include <optional>

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

struct LBFGSFields {
  double lr = 1;
  std::int64_t max_iter = 20;
  std::optional<std::int64_t> max_eval = {};
  double tolerance_grad = 1e-7;
  double tolerance_change = 1e-9;
  std::int64_t history_size = 100;
  std::optional<std::string> line_search_fn = {};
};
/// The options of LBFGS: {.line_search_fn = "strong_wolfe"}, or LBFGSOptions(0.5).max_iter(4). A step makes at most
/// max_iter iterations and asks for the loss about max_eval times at most (without one: max_iter * 5 / 4). It ends
/// where no gradient exceeds tolerance_grad, or loss and parameters change by less than tolerance_change. history_size,
/// of pairs of vectors as long as all parameters, is at least 1.
class TAPEGRAD_EXPORT LBFGSOptions : public OptionsWith<LBFGSOptions, LBFGSFields> {
 public:
  using OptionsWith::OptionsWith;
  TAPEGRAD_SETTERS(lr, max_iter, max_eval, tolerance_grad, tolerance_change, history_size, line_search_fn)
  void visit(const Visitor& fn) override;
  void check() const override;
};

/// LBFGS, as torch.optim.LBFGS: all parameters are one vector x, with gradient g. In each iteration, with s the last
/// move and y the change of g in it, for as many of them as the history holds:
///
///     d = -H g        H: the inverse Hessian as the pairs (s, y) with s.y > 1e-10 give it, from (s.y / y.y) I
///     x = x + t d     t = lr (first of all: min(1, 1 / |g|_1) lr), or what the line search finds from there
///
/// With line_search_fn "strong_wolfe" t fulfils the strong Wolfe conditions (c1 = 1e-4, c2 = 0.9), in at most 25
/// trials. step(closure) returns the loss of its first call; the closure makes gradients zero, computes the loss, calls
/// backward() and returns the loss:
///
///     optimizer.step([&] {
///       optimizer.zero_grad();
///       auto loss = loss_fn(model.forward(x), y);
///       loss.backward();
///       return loss;
///     });
///
/// Where the closure throws, parameters and state are as before the step. All parameters are of one dtype, in one
/// group. State, of the first parameter: func_evals, n_iter, d, t, old_dirs (y) and old_stps (s), a row each, ro (1 /
/// s.y), H_diag, prev_flat_grad, prev_loss. Source: Nocedal and Wright, Numerical Optimization, 2006, chapters 3 and 7.
class TAPEGRAD_EXPORT LBFGS : public OptimizerWith<LBFGSOptions> {
 public:
  using OptimizerWith::OptimizerWith;
  Tensor step(LossClosure closure) override;
  std::vector<std::pair<std::string, Tensor>> state(const Tensor& parameter) const override;
  StateDict state_dict() const override;
  std::function<void()> prepare_load(const StateDict& state) override;

 private:
  StateDict first_state() const;
  void minimise(const LossClosure& closure, double loss, StateDict& s) const;

  StateDict state_ = first_state();
};

}  // namespace tapegrad::optim
