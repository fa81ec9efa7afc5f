// Memory that runs out in a step: all parameters and all of the state, or none.
#include <gtest/gtest.h>

#include <memory>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>
#include <tapegrad/optim/adadelta.h>
#include <tapegrad/optim/adagrad.h>
#include <tapegrad/optim/adamax.h>
#include <tapegrad/optim/adamw.h>
#include <tapegrad/optim/ema.h>
#include <tapegrad/optim/lbfgs.h>
#include <tapegrad/optim/lion.h>
#include <tapegrad/optim/lr_scheduler/linear_lr.h>
#include <tapegrad/optim/nadam.h>
#include <tapegrad/optim/radam.h>
#include <tapegrad/optim/rmsprop.h>
#include <tapegrad/optim/sgd.h>

#include "scenario.h"

namespace tapegrad::test {
namespace {

// Parameters of one run, transposed, of strides between, large, of f64 and without a gradient; the gradient of one
// shows one number.
std::vector<Tensor> parameters() {
  const auto numbers = [](IntList sizes) {
    return arange(24, kFloat).narrow(0, 0, sizes[0] * sizes[1]).reshape(sizes);
  };
  std::vector<Tensor> out = {numbers({2, 3}).clone(), numbers({4, 3}).t(),      numbers({4, 6}).slice(1, 0, 6, 2),
                             full({1000}, 0.5F),      full({3}, -2.0, kDouble), ones({2})};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = out[i].detach().requires_grad_();
    if (i + 1 < out.size()) out[i].mutable_grad() = full_like(out[i], 0.25 + static_cast<double>(i));
  }
  out[0].mutable_grad() = full({1}, 2.0F).expand({2, 3});
  return out;
}

template <class Optimizer>
struct Training {
  std::vector<Tensor> params = parameters();
  Optimizer optimizer;
  template <class Options>
  explicit Training(const Options& options) : optimizer(params, options) {}
};

template <class Optimizer, class Options>
Scenario with(std::string name, const Options& options, std::function<void(Training<Optimizer>&)> run,
              std::function<void(Training<Optimizer>&)> prepare = nullptr) {
  return {std::move(name), [=] {
            const auto t = std::make_shared<Training<Optimizer>>(options);
            if (prepare) prepare(*t);
            return Attempt{[=] { run(*t); }, [=](Hash& h) { h(t->params)(t->optimizer.state_dict()); }};
          }};
}

template <class Optimizer, class Options>
std::vector<Scenario> of(const std::string& name, const Options& options) {
  using T = Training<Optimizer>;
  const auto step = [](T& t) { t.optimizer.step(); };
  return {
      with<Optimizer>(name + ", first step", options, std::function<void(T&)>(step)),
      with<Optimizer>(name + ", third step", options, std::function<void(T&)>(step),
                      [](T& t) {
                        for (int i = 0; i < 2; ++i) t.optimizer.step();
                      }),
      with<Optimizer>(name + ", after a cast", options, std::function<void(T&)>(step),
                      [](T& t) {
                        t.optimizer.step();
                        for (auto& group : t.optimizer.param_groups())
                          for (auto& state : group.states())
                            for (Tensor& buffer : state.buffers)
                              if (buffer.defined()) buffer = buffer.to(buffer.dtype() == kFloat ? kDouble : kFloat);
                      }),
      with<Optimizer>(name + ", .grad made zero", options, [](T& t) { t.optimizer.zero_grad(false); }),
      with<Optimizer>(
          name + ", state loaded", options,
          [](T& t) {
            StateDict state;
            for (const auto& [key, x] : t.optimizer.state_dict())
              state.insert(key, key.ends_with("lr") || key.find("_") < key.npos ? x * 0.5 : x.clone());
            t.optimizer.load_state_dict(state);
          },
          [](T& t) {
            t.optimizer.add_param_group({{ones({2}).requires_grad_()}});
            t.optimizer.step();
          }),
      with<Optimizer>(name + ", a group added", options,
                      [extra = ones({2}).requires_grad_()](T& t) { t.optimizer.add_param_group({{extra}}); }),
  };
}

TEST(FailingMemory, LeavesSgdAsItWas) {
  expect_survive_failing_memory(of<optim::SGD>("SGD", optim::SGDOptions(0.1)));
  expect_survive_failing_memory(of<optim::SGD>("momentum", optim::SGDOptions(0.1).momentum(0.9).weight_decay(0.1)));
}

TEST(FailingMemory, LeavesAdamAsItWas) {
  expect_survive_failing_memory(of<optim::Adam>("Adam", optim::AdamOptions(0.1)));
  expect_survive_failing_memory(of<optim::Adam>("AMSGrad", optim::AdamOptions(0.1).amsgrad(true)));
  expect_survive_failing_memory(of<optim::AdamW>("AdamW", optim::AdamWOptions(0.1)));
}

TEST(FailingMemory, LeavesRmspropAndAdagradAsTheyWere) {
  expect_survive_failing_memory(of<optim::RMSprop>("RMSprop", optim::RMSpropOptions(0.1).momentum(0.9).centered(true)));
  expect_survive_failing_memory(of<optim::Adagrad>("Adagrad", optim::AdagradOptions(0.1).lr_decay(0.1)));
}

TEST(FailingMemory, LeavesAdamsRelativesAsTheyWere) {
  expect_survive_failing_memory(of<optim::Adadelta>("Adadelta", optim::AdadeltaOptions(0.1)));
  expect_survive_failing_memory(of<optim::Adamax>("Adamax", optim::AdamaxOptions(0.1)));
  expect_survive_failing_memory(of<optim::NAdam>("NAdam", optim::NAdamOptions(0.1)));
  expect_survive_failing_memory(of<optim::RAdam>("RAdam", optim::RAdamOptions(0.1)));
  expect_survive_failing_memory(of<optim::Lion>("Lion", optim::LionOptions(0.1)));
}

// The closure's losses come and go, so versions and gradients move; the values must not.
struct Search {
  Tensor p = tensor({-1.2, 1.0}, kDouble).requires_grad_();
  optim::LBFGS optimizer{{p}, {.max_iter = 3, .line_search_fn = "strong_wolfe"}};
  void step() {
    optimizer.step([&] {
      optimizer.zero_grad();
      const Tensor loss = 100 * (p[1] - p[0].square()).square() + (1 - p[0]).square();
      loss.backward();
      return loss;
    });
  }
};

TEST(FailingMemory, LeavesLbfgsAsItWas) {
  const auto scenario = [](std::string name, int before, std::function<void(Search&)> run) {
    return Scenario{std::move(name), [=] {
                      const auto s = std::make_shared<Search>();
                      for (int i = 0; i < before; ++i) s->step();
                      return Attempt{[=] { run(*s); },
                                     [=](Hash& h) {
                                       const NoGradGuard no_grad;
                                       h(s->p.detach().clone())(s->optimizer.state_dict());
                                     }};
                    }};
  };
  const auto step = [](Search& s) { s.step(); };
  const auto load = [](Search& s) {
    Search other;
    other.step();
    s.optimizer.load_state_dict(other.optimizer.state_dict());
  };
  expect_survive_failing_memory({scenario("LBFGS, first step", 0, step), scenario("LBFGS, third step", 2, step),
                                 scenario("LBFGS, state loaded", 1, load)});
}

TEST(FailingMemory, LeavesSchedulersAndAveragesAsTheyWere) {
  struct Run {
    std::vector<Tensor> params = parameters();
    optim::SGD optimizer{params, 0.1};
    optim::LinearLR scheduler{optimizer};
    optim::WeightAverage average{params};
  };
  const auto scenario = [](std::string name, std::function<void(Run&)> run) {
    return Scenario{std::move(name), [=] {
                      const auto r = std::make_shared<Run>();
                      r->average.update_parameters();
                      return Attempt{[=] { run(*r); },
                                     [=](Hash& h) {
                                       h(r->params)(r->optimizer.state_dict())(r->scheduler.state_dict());
                                       h(r->average.state_dict());
                                     }};
                    }};
  };
  expect_survive_failing_memory(
      {scenario("a scheduler's step", [](Run& r) { r.scheduler.step(); }),
       scenario("a scheduler's state loaded", [](Run& r) { r.scheduler.load_state_dict(r.scheduler.state_dict()); }),
       scenario("an average", [](Run& r) { r.average.update_parameters(); }),
       scenario("an average's place", [](Run& r) { r.average.swap(); })});
}

}  // namespace
}  // namespace tapegrad::test
