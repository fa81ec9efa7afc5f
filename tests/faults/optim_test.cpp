// Memory that runs out in a step: all parameters and all of the state, or none.
#include <gtest/gtest.h>

#include <memory>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>
#include <tapegrad/optim/adagrad.h>
#include <tapegrad/optim/adamw.h>
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

}  // namespace
}  // namespace tapegrad::test
