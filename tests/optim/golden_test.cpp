#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/threads.h>
#include <tapegrad/optim/adadelta.h>
#include <tapegrad/optim/adagrad.h>
#include <tapegrad/optim/adam.h>
#include <tapegrad/optim/adamax.h>
#include <tapegrad/optim/adamw.h>
#include <tapegrad/optim/lion.h>
#include <tapegrad/optim/nadam.h>
#include <tapegrad/optim/radam.h>
#include <tapegrad/optim/rmsprop.h>
#include <tapegrad/optim/sgd.h>

#include <functional>
#include <limits>
#include <memory>

#include "tests/common/golden.h"

namespace tapegrad {
namespace {

using optim::AdagradOptions;
using optim::AdamOptions;
using optim::AdamWOptions;
using optim::RMSpropOptions;
using optim::SGDOptions;
using Make = std::function<std::unique_ptr<optim::Optimizer>(std::vector<Tensor>)>;

template <class Optimizer, class Options>
Make make(Options options) {
  return [options](std::vector<Tensor> p) { return std::make_unique<Optimizer>(std::move(p), options); };
}

const std::map<std::string, Make>& variants() {
  using namespace optim;
  static const std::map<std::string, Make> all = {
      {"sgd_plain", make<SGD>(SGDOptions(0.1))},
      {"sgd_decay", make<SGD>(SGDOptions(0.1).weight_decay(0.3))},
      {"sgd_momentum", make<SGD>(SGDOptions(0.05).momentum(0.9))},
      {"sgd_dampening", make<SGD>(SGDOptions(0.05).momentum(0.9).dampening(0.25).weight_decay(0.1))},
      {"sgd_nesterov", make<SGD>(SGDOptions(0.02).momentum(0.8).nesterov(true))},
      {"sgd_nesterov_decay", make<SGD>(SGDOptions(0.02).momentum(0.8).nesterov(true).weight_decay(0.2))},
      {"sgd_maximize", make<SGD>(SGDOptions(0.01).momentum(0.5).maximize(true).weight_decay(0.1))},
      {"adam_plain", make<Adam>(AdamOptions(0.1))},
      {"adam_all", make<Adam>(AdamOptions(0.05).betas({0.8, 0.95}).eps(1e-4).weight_decay(0.1))},
      {"adam_amsgrad", make<Adam>(AdamOptions(0.1).betas({0.5, 0.6}).amsgrad(true))},
      {"adam_amsgrad_decay", make<Adam>(AdamOptions(0.1).betas({0.5, 0.6}).amsgrad(true).weight_decay(0.2))},
      {"adamw_plain", make<AdamW>(AdamWOptions(0.1))},
      {"adamw_all", make<AdamW>(AdamWOptions(0.05).betas({0.8, 0.95}).eps(1e-4).weight_decay(0.3))},
      {"adamw_amsgrad", make<AdamW>(AdamWOptions(0.1).betas({0.5, 0.6}).amsgrad(true))},
      {"rmsprop_plain", make<RMSprop>(RMSpropOptions(0.05))},
      {"rmsprop_all",
       make<RMSprop>(RMSpropOptions(0.02).alpha(0.9).eps(1e-4).weight_decay(0.1).momentum(0.5).centered(true))},
      {"rmsprop_centered", make<RMSprop>(RMSpropOptions(0.01).alpha(0.8).centered(true))},
      {"rmsprop_momentum", make<RMSprop>(RMSpropOptions(0.02).momentum(0.9))},
      {"rmsprop_maximize", make<RMSprop>(RMSpropOptions(0.01).alpha(0.5).maximize(true).weight_decay(0.1))},
      {"adagrad_plain", make<Adagrad>(AdagradOptions(0.1))},
      {"adagrad_all",
       make<Adagrad>(AdagradOptions(0.2).lr_decay(0.1).weight_decay(0.1).initial_accumulator_value(0.5).eps(1e-4))},
      {"adagrad_maximize", make<Adagrad>(AdagradOptions(0.05).maximize(true))},
      {"adadelta_plain", make<Adadelta>(AdadeltaOptions())},
      {"adadelta_all", make<Adadelta>(AdadeltaOptions(0.5).rho(0.7).eps(1e-3).weight_decay(0.1))},
      {"adadelta_maximize", make<Adadelta>(AdadeltaOptions(0.5).maximize(true).weight_decay(0.1))},
      {"adamax_plain", make<Adamax>(AdamaxOptions(0.1))},
      {"adamax_all", make<Adamax>(AdamaxOptions(0.05).betas({0.8, 0.6}).eps(1e-3).weight_decay(0.1))},
      {"adamax_maximize", make<Adamax>(AdamaxOptions(0.01).maximize(true).weight_decay(0.1))},
      {"nadam_plain", make<NAdam>(NAdamOptions(0.1))},
      {"nadam_all", make<NAdam>(NAdamOptions(0.05).betas({0.8, 0.95}).eps(1e-4).weight_decay(0.1).momentum_decay(0.5))},
      {"radam_plain", make<RAdam>(RAdamOptions(0.1))},
      {"radam_all", make<RAdam>(RAdamOptions(0.05).betas({0.8, 0.95}).eps(1e-4).weight_decay(0.1))},
      {"radam_unrectified", make<RAdam>(RAdamOptions(0.05).betas({0.5, 0.6}))},
      {"lion_plain", make<Lion>(LionOptions(0.05))},
      {"lion_all", make<Lion>(LionOptions(0.02).betas({0.5, 0.8}).weight_decay(0.3))},
  };
  return all;
}

// The problem of torch_golden.py: 23 elements and a scalar.
struct Problem {
  Tensor wide, scalar, aim;
  bool climb;

  Problem(const std::string& variant, Dtype dtype)
      : wide(((arange(23, dtype) - 11) / 8).requires_grad_()),
        scalar(tensor(1.5, dtype).requires_grad_()),
        aim(arange(23, dtype)),
        climb(variant.ends_with("_maximize")) {
    for (std::int64_t i = 0; i < 23; ++i) aim[i] = static_cast<double>(i % 5) / 4;
  }
  void step(optim::Optimizer& optimizer) const {
    optimizer.zero_grad();
    const Tensor distance = wide - aim;
    Tensor loss = (distance * distance).sum() / 2 + (scalar - 2) * (scalar - 2) * 3 + (wide * scalar).sum() / 64;
    if (climb) loss = -loss;
    loss.backward();
    optimizer.step();
  }
};

TEST(Optimizer, TakesTheSameTwentyStepsAsPyTorch) {
  const golden::File file = golden::read("optim/torch_golden.txt");
  for (const auto& [name, make_optimizer] : variants()) {
    for (const Dtype dtype : {kFloat, kDouble}) {
      const Problem problem(name, dtype);
      const auto optimizer = make_optimizer({problem.wide, problem.scalar});
      const double tolerance = dtype == kFloat ? 64 * std::numeric_limits<float>::epsilon() : 1e-12;
      for (int step = 1; step <= 20; ++step) {
        problem.step(*optimizer);
        if (step > 2 && step < 20) continue;
        const std::string line = name + (dtype == kFloat ? "_f32_" : "_f64_") + std::to_string(step);
        SCOPED_TRACE(line);
        golden::expect_near(golden::elements({problem.wide, problem.scalar}), file.at(line), tolerance);
      }
    }
  }
}

TEST(Optimizer, GoesOnFromItsStateDictToTheSameBits) {
  for (const auto& [name, make_optimizer] : variants()) {
    SCOPED_TRACE(name);
    const Problem problem(name, kFloat);
    const auto optimizer = make_optimizer({problem.wide, problem.scalar});
    for (int i = 0; i < 3; ++i) problem.step(*optimizer);
    Problem copy(name, kFloat);
    copy.wide = problem.wide.detach().clone().requires_grad_();
    copy.scalar = problem.scalar.detach().clone().requires_grad_();
    const auto resumed = make_optimizer({copy.wide, copy.scalar});
    resumed->load_state_dict(optimizer->state_dict());
    for (int i = 0; i < 3; ++i) {
      problem.step(*optimizer);
      copy.step(*resumed);
    }
    EXPECT_TRUE(copy.wide.equal(problem.wide));
    EXPECT_TRUE(copy.scalar.equal(problem.scalar));
  }
}

TEST(Optimizer, UpdatesStridedParametersAndGradientsToTheSameBits) {
  for (const auto& [name, make_optimizer] : variants()) {
    SCOPED_TRACE(name);
    for (const Dtype dtype : {kFloat, kDouble}) {
      manual_seed(3);
      const Tensor start = randn({5, 7}, dtype);
      const Tensor plain = start.clone().requires_grad_();
      const Tensor turned = start.t().contiguous().t().requires_grad_();
      const Tensor stepped = zeros({5, 14}, dtype).slice(1, 0, std::nullopt, 2).requires_grad_();
      {
        const NoGradGuard no_grad;
        stepped.copy_(start);
      }
      const auto a = make_optimizer({plain}), b = make_optimizer({turned}), c = make_optimizer({stepped});
      for (int i = 0; i < 4; ++i) {
        const Tensor g = randn({5, 7}, dtype);
        plain.mutable_grad() = g;
        turned.mutable_grad() = g;
        stepped.mutable_grad() = g.t().contiguous().t();
        for (const auto* optimizer : {&a, &b, &c}) (*optimizer)->step();
      }
      EXPECT_TRUE(turned.equal(plain));
      EXPECT_TRUE(stepped.equal(plain));
      EXPECT_FALSE(plain.equal(start));
    }
  }
}

TEST(Optimizer, GivesTheSameBitsAtAnyThreadCountAndInAnyCut) {
  const int before = get_num_threads();
  for (const auto& variant : variants()) {
    SCOPED_TRACE(variant.first);
    for (const Dtype dtype : {kFloat, kDouble}) {
      manual_seed(4);
      constexpr std::int64_t kSize = 50003;
      const Tensor start = randn({kSize}, dtype), g = randn({2, kSize}, dtype);
      const auto run = [&](int threads, std::int64_t cut) {
        set_num_threads(threads);
        std::vector<Tensor> parts;
        for (std::int64_t i = 0; i < kSize; i += cut) {
          parts.push_back(start.slice(0, i, i + cut).clone().requires_grad_());
        }
        const auto optimizer = variant.second(parts);
        for (std::int64_t step = 0; step < 2; ++step) {
          for (std::size_t i = 0; i < parts.size(); ++i) {
            const auto at = static_cast<std::int64_t>(i) * cut;
            parts[i].mutable_grad() = g[step].slice(0, at, at + cut).clone();
          }
          optimizer->step();
        }
        for (Tensor& part : parts) part = part.detach();
        return cat(parts);
      };
      const Tensor one = run(1, kSize);
      EXPECT_TRUE(run(3, kSize).equal(one));
      EXPECT_TRUE(run(1, 4999).equal(one));
      EXPECT_TRUE(run(1, 7).equal(one));
    }
  }
  set_num_threads(before);
}

TEST(Optimizer, KeepsNoSubnormalState) {
  for (const auto& [name, make_optimizer] : variants()) {
    SCOPED_TRACE(name);
    const Tensor p = zeros({40}).requires_grad_();
    const auto optimizer = make_optimizer({p});
    p.mutable_grad() = full({40}, 1e-30);
    optimizer->step();
    {
      const NoGradGuard no_grad;
      p.zero_();
      p.grad().zero_();
    }
    for (int i = 0; i < 1500; ++i) {
      optimizer->step();
      const NoGradGuard no_grad;
      p.zero_();
    }
    for (const auto& [buffer, state] : optimizer->state(p)) {
      if (buffer == "step" || buffer == "max_exp_avg_sq" || buffer == "sum" || buffer == "exp_inf" ||
          buffer == "mu_product")
        continue;  // these never decay, or not to 0
      EXPECT_TRUE(state.equal(zeros({40}))) << buffer;
    }
  }
}

}  // namespace
}  // namespace tapegrad
