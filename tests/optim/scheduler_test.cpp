#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include <cmath>
#include <memory>

#include "tests/common/expect_error.h"
#include "tests/common/golden.h"

namespace tapegrad {
namespace {

namespace S = optim::lr_scheduler;

Tensor leaf() { return zeros({1}, kDouble).requires_grad_(); }

// Two groups, at 0.1 and 0.02.
template <class Optimizer, class Options>
Optimizer two_groups(const Options& options) {
  Optimizer optimizer({leaf()}, options);
  optimizer.add_param_group({{leaf()}, Options(options).lr(0.02)});
  return optimizer;
}
optim::SGD sgd() { return two_groups<optim::SGD>(optim::SGDOptions(0.1).momentum(0.6)); }

// A scheduler with the others that it is made of.
struct Made {
  std::vector<std::shared_ptr<S::LRScheduler>> parts;
  std::shared_ptr<S::LRScheduler> whole;
};
using Make = std::function<Made(optim::Optimizer&)>;

template <class T>
std::shared_ptr<T> share(optim::Optimizer& o, const typename T::Fields& fields = {}) {
  return std::make_shared<T>(o, fields);
}
template <class T>
Make make(const typename T::Fields& fields) {
  return [fields](optim::Optimizer& o) { return Made{{}, share<T>(o, fields)}; };
}

Made warm_up(optim::Optimizer& o) {
  Made m{{share<S::LinearLR>(o, {.start_factor = 0.1, .total_iters = 20}),
          share<S::CosineAnnealingLR>(o, {.T_max = 50, .eta_min = 0.001}), share<S::ExponentialLR>(o, {.gamma = 0.97})},
         nullptr};
  m.whole = std::make_shared<S::SequentialLR>(
      o, std::vector<S::LRScheduler*>{m.parts[0].get(), m.parts[1].get(), m.parts[2].get()},
      std::vector<std::int64_t>{20, 120});
  return m;
}
Made then_multiplied(optim::Optimizer& o) {
  Made m{{share<S::StepLR>(o, {.step_size = 7}), share<S::MultiplicativeLR>(o, {[](std::int64_t) { return 0.9; }})},
         nullptr};
  m.whole = std::make_shared<S::SequentialLR>(o, std::vector<S::LRScheduler*>{m.parts[0].get(), m.parts[1].get()},
                                              std::vector<std::int64_t>{30});
  return m;
}
Made chained(optim::Optimizer& o) {
  Made m{{share<S::ConstantLR>(o, {.factor = 0.1, .total_iters = 25}), share<S::ExponentialLR>(o, {.gamma = 0.99}),
          share<S::StepLR>(o, {.step_size = 60})},
         nullptr};
  m.whole = std::make_shared<S::ChainedScheduler>(
      std::vector<S::LRScheduler*>{m.parts[0].get(), m.parts[1].get(), m.parts[2].get()});
  return m;
}

const std::map<std::string, Make>& variants() {
  static const std::map<std::string, Make> all = {
      {"step", make<S::StepLR>({.step_size = 30, .gamma = 0.5})},
      {"multi_step", make<S::MultiStepLR>({.milestones = {10, 50, 50, 130}, .gamma = 0.3})},
      {"exponential", make<S::ExponentialLR>({.gamma = 0.98})},
      {"constant", make<S::ConstantLR>({})},
      {"constant_all", make<S::ConstantLR>({.factor = 0.25, .total_iters = 40})},
      {"linear", make<S::LinearLR>({})},
      {"linear_all", make<S::LinearLR>({.start_factor = 0.9, .end_factor = 0.1, .total_iters = 70})},
      {"polynomial", make<S::PolynomialLR>({})},
      {"polynomial_all", make<S::PolynomialLR>({.total_iters = 150, .power = 2.5})},
      {"cosine", make<S::CosineAnnealingLR>({.T_max = 60})},
      {"cosine_all", make<S::CosineAnnealingLR>({.T_max = 33, .eta_min = 0.01})},
      {"restarts", make<S::CosineAnnealingWarmRestarts>({.T_0 = 40})},
      {"restarts_all", make<S::CosineAnnealingWarmRestarts>({.T_0 = 10, .T_mult = 2, .eta_min = 0.003})},
      {"lambda", make<S::LambdaLR>({{[](std::int64_t e) { return std::pow(0.95, e); },
                                     [](std::int64_t e) { return 1 / (1 + static_cast<double>(e)); }}})},
      {"multiplicative", make<S::MultiplicativeLR>({[](std::int64_t e) { return e % 2 != 0 ? 0.99 : 0.97; }})},
      {"one_cycle", make<S::OneCycleLR>({.max_lr = 0.5, .total_steps = 200})},
      {"one_cycle_all", make<S::OneCycleLR>({.max_lr = {0.5, 0.25},
                                             .epochs = 20,
                                             .steps_per_epoch = 11,
                                             .pct_start = 0.2,
                                             .anneal_strategy = "linear",
                                             .base_momentum = 0.7,
                                             .max_momentum = 0.9,
                                             .div_factor = 10,
                                             .final_div_factor = 100})},
      {"one_cycle_three",
       make<S::OneCycleLR>({.max_lr = 0.5, .total_steps = 210, .pct_start = 0.4, .three_phase = true})},
      {"one_cycle_beta", make<S::OneCycleLR>({.max_lr = 0.5, .total_steps = 205})},
      {"one_cycle_rate", make<S::OneCycleLR>({.max_lr = 0.5, .total_steps = 203, .cycle_momentum = false})},
      {"cyclic", make<S::CyclicLR>({.base_lr = 0.01, .max_lr = 0.2, .step_size_up = 30})},
      {"cyclic_two", make<S::CyclicLR>({.base_lr = 0.01,
                                        .max_lr = 0.2,
                                        .step_size_up = 17,
                                        .step_size_down = 26,
                                        .mode = "triangular2",
                                        .base_momentum = 0.5,
                                        .max_momentum = 0.95})},
      {"cyclic_range", make<S::CyclicLR>({.base_lr = 0.01,
                                          .max_lr = 0.2,
                                          .step_size_up = 25,
                                          .mode = "exp_range",
                                          .gamma = 0.99,
                                          .cycle_momentum = false})},
      {"cyclic_custom", make<S::CyclicLR>({.base_lr = {0.01, 0.02},
                                           .max_lr = {0.2, 0.1},
                                           .step_size_up = 25,
                                           .scale_fn = [](double x) { return 1 / x; }})},
      {"cyclic_iterations", make<S::CyclicLR>({.base_lr = 0.01,
                                               .max_lr = {0.2, 0.1},
                                               .step_size_up = 15,
                                               .step_size_down = 20,
                                               .scale_fn = [](double x) { return 1 / (1 + x / 50); },
                                               .scale_mode = "iterations"})},
      {"sequential", warm_up},
      {"sequential_multiplicative", then_multiplied},
      {"chained", chained},
  };
  return all;
}

// What the lines of scheduler_golden.txt list, as the steps go by.
struct Seen {
  std::map<std::string, golden::Numbers> lists;

  void look(optim::Optimizer& optimizer) {
    lists["lr"].push_back(optimizer.param_groups()[0].options().get_lr());
    lists["lr1"].push_back(optimizer.param_groups()[1].options().get_lr());
    optimizer.param_groups()[0].options().visit([&](std::string_view name, optim::OptionRef value) {
      if (name == "momentum" || name == "betas.0") lists["momentum"].push_back(*std::get<double*>(value));
    });
  }
  void expect(const std::string& variant, const golden::File& file) const {
    int lines = 0;
    for (const auto& [what, list] : lists) {
      const auto line = file.find(variant + "_" + what);
      if (line == file.end()) continue;
      SCOPED_TRACE(line->first);
      ASSERT_EQ(line->second.size(), list.size());
      for (std::size_t i = 0; i < list.size(); ++i) {
        EXPECT_NEAR(list[i], line->second[i], 1e-13 * std::abs(line->second[i])) << "step " << i;
      }
      ++lines;
    }
    EXPECT_GT(lines, 0) << variant;
  }
};

TEST(Scheduler, GivesTheSameTwoHundredRatesAsPyTorch) {
  const golden::File file = golden::read("optim/scheduler_golden.txt");
  for (const auto& [name, make_scheduler] : variants()) {
    optim::SGD by_momentum = sgd();
    optim::Adam by_beta = two_groups<optim::Adam>(optim::AdamOptions(0.1));
    optim::Optimizer& optimizer = name.ends_with("_beta") ? static_cast<optim::Optimizer&>(by_beta) : by_momentum;
    const Made made = make_scheduler(optimizer);
    Seen seen;
    for (int step = 0; step <= 200; ++step) {
      seen.look(optimizer);
      EXPECT_EQ(made.whole->get_last_lr()[1], seen.lists["lr1"].back()) << name << " at " << step;
      if (step < 200) made.whole->step();
    }
    seen.expect(name, file);
  }
}

double metric(int step) { return std::cos(step / 9.0) / (1 + step / 40.0); }

TEST(Scheduler, OfAPlateauGivesTheSameTwoHundredRatesAsPyTorch) {
  const golden::File file = golden::read("optim/scheduler_golden.txt");
  const std::map<std::string, optim::ReduceLROnPlateauFields> plateaus = {
      {"plateau", {.patience = 4}},
      {"plateau_all",
       {.mode = "max",
        .factor = 0.5,
        .patience = 2,
        .threshold = 0.05,
        .threshold_mode = "abs",
        .cooldown = 6,
        .min_lr = {0.001, 0.01},
        .eps = 1e-4}},
      {"plateau_min_abs", {.factor = 0.7, .patience = 1, .threshold = 0.02, .threshold_mode = "abs", .min_lr = 0.002}},
      {"plateau_max_rel",
       {.mode = "max",
        .factor = 0.6,
        .patience = 1,
        .threshold = 0.04,
        .threshold_mode = "rel",
        .cooldown = 2,
        .min_lr = {0, 0.003}}},
  };
  for (const auto& [name, fields] : plateaus) {
    optim::SGD optimizer = sgd();
    optim::ReduceLROnPlateau scheduler(optimizer, fields);
    Seen seen;
    seen.look(optimizer);
    for (int step = 0; step < 200; ++step) {
      scheduler.step(name == "plateau_max_rel" ? 2 - metric(step) : metric(step));
      seen.look(optimizer);
      EXPECT_EQ(scheduler.get_last_lr()[1], seen.lists["lr1"].back());
    }
    seen.expect(name, file);
  }
}

TEST(Scheduler, GoesOnFromACheckpointToTheSameBits) {
  for (const auto& [name, make_scheduler] : variants()) {
    SCOPED_TRACE(name);
    optim::SGD first = sgd(), second = sgd();
    const Made from = make_scheduler(first);
    for (int i = 0; i < 47; ++i) from.whole->step();
    const StateDict state = Checkpoint{{"optimizer", first}, {"scheduler", *from.whole}}.state_dict();
    const Made to = make_scheduler(second);
    Checkpoint{{"optimizer", second}, {"scheduler", *to.whole}}.load_state_dict(state);
    EXPECT_EQ(to.whole->get_last_lr(), from.whole->get_last_lr());
    for (int i = 0; i < 100; ++i) {
      from.whole->step();
      to.whole->step();
      Seen a, b;
      a.look(first);
      b.look(second);
      ASSERT_EQ(a.lists, b.lists) << i;
    }
  }
}

TEST(Scheduler, OfAPlateauGoesOnFromACheckpoint) {
  optim::SGD first = sgd(), second = sgd();
  optim::ReduceLROnPlateau from(first, {.patience = 3, .cooldown = 2}), to(second, {.patience = 3, .cooldown = 2});
  for (int i = 0; i < 23; ++i) from.step(metric(i));
  const StateDict saved = Checkpoint{{"optimizer", first}, {"scheduler", from}}.state_dict();
  Checkpoint{{"optimizer", second}, {"scheduler", to}}.load_state_dict(saved);
  for (int i = 23; i < 100; ++i) {
    from.step(metric(i));
    to.step(metric(i));
    ASSERT_EQ(to.get_last_lr(), from.get_last_lr());
  }
}

TEST(Scheduler, HasTheStateNamesOfPyTorch) {
  optim::SGD optimizer = sgd();
  optim::StepLR scheduler(optimizer, 3);
  EXPECT_EQ(scheduler.state_dict().keys(), (std::vector<std::string>{"last_epoch", "base_lrs", "_last_lr"}));
  scheduler.step();
  EXPECT_EQ(scheduler.state_dict()["last_epoch"].item<std::int64_t>(), 1);
  optim::ChainedScheduler both({&scheduler});
  EXPECT_TRUE(both.state_dict().contains("_schedulers.0.base_lrs"));
  StateDict state = scheduler.state_dict();
  state["base_lrs"] = zeros({3}, kDouble);
  expect_error<Error>([&] { scheduler.load_state_dict(state); }, "size mismatch for base_lrs");
}

TEST(Scheduler, TakesItsFieldsInPythonsOrder) {
  optim::SGD a = sgd(), b = sgd();
  const int period = 2;
  optim::StepLR one(a, period, 1);
  optim::lr_scheduler::CosineAnnealingLR two(b, 4u, 0.05F);
  one.step();
  one.step();
  for (int i = 0; i < 4; ++i) two.step();
  EXPECT_EQ(a.lr(), 0.1);
  EXPECT_NEAR(b.lr(), 0.05, 1e-8);
}

TEST(Scheduler, LeavesAGroupThatCameLaterAtItsRate) {
  optim::SGD optimizer = sgd();
  optim::ExponentialLR scheduler(optimizer, 0.5);
  optimizer.add_param_group({{leaf()}, optim::SGDOptions(0.3)});
  scheduler.step();
  EXPECT_EQ(scheduler.get_last_lr(), (std::vector<double>{0.05, 0.01, 0.3}));
}

TEST(Scheduler, OfYourOwnGivesItsRates) {
  struct Halves : optim::LRScheduler {
    using LRScheduler::LRScheduler;
    std::vector<double> get_lrs() override { return std::vector(rates, 1.0 / (step_count_ + 1)); }
    std::size_t rates = 2;
  };
  optim::SGD optimizer = sgd();
  Halves scheduler(optimizer);
  EXPECT_EQ(optimizer.lr(), 0.1);
  scheduler.step();
  EXPECT_EQ(optimizer.lr(), 1);
  scheduler.step();
  EXPECT_EQ(optimizer.lr(), 0.5);
  scheduler.rates = 1;
  expect_error<Error>([&] { scheduler.step(); }, "Number of learning rates not equal to the number of param groups: 1");
  EXPECT_EQ(optimizer.lr(), 0.5);
}

TEST(Scheduler, RefusesBadFieldsWithPyTorchsSentences) {
  optim::SGD o = sgd(), other = sgd();
  const auto refuses = [](auto make_it, const char* sentence) { expect_error<ValueError>(make_it, sentence); };
  refuses([&] { optim::StepLR s(o, 0); }, "Expected positive integer step_size, but got 0");
  refuses([&] { optim::ConstantLR s(o, 1.5); }, "Constant multiplicative factor expected to be between 0 and 1");
  refuses([&] { optim::LinearLR s(o, 0); }, "Starting multiplicative factor expected to be greater than 0");
  refuses([&] { optim::LinearLR s(o, 0.5, -1); }, "Ending multiplicative factor expected to be between 0 and 1");
  refuses([&] { optim::PolynomialLR s(o, -1); }, "Expected positive integer total_iters, but got -1");
  refuses([&] { optim::CosineAnnealingLR s(o, 0); }, "Expected positive integer T_max, but got 0");
  refuses([&] { optim::CosineAnnealingWarmRestarts s(o); }, "Expected positive integer T_0, but got 0");
  refuses([&] { optim::CosineAnnealingWarmRestarts s(o, 3, 0); }, "Expected integer T_mult >= 1, but got 0");
  refuses([&] { optim::OneCycleLR s(o, 0.1); }, "You must define either total_steps OR (epochs AND steps_per_epoch)");
  refuses([&] { optim::OneCycleLR s(o, 0.1, 10, 0, 0, 1.5); }, "Expected float between 0 and 1 pct_start, but got 1.5");
  refuses([&] { optim::OneCycleLR s(o, {.max_lr = 1, .total_steps = 5, .anneal_strategy = "sin"}); },
          "anneal_strategy must by one of 'cos' or 'linear', instead got sin");
  refuses(
      [&] {
        optim::OneCycleLR s(o, {.max_lr = {1, 2, 3}, .total_steps = 5});
      },
      "expected 2 values for max_lr, got 3");
  optim::Adagrad plain({leaf()});
  refuses([&] { optim::OneCycleLR s(plain, 0.1, 10); },
          "optimizer must support momentum with `cycle_momentum` option enabled");
  optim::Adam adam({leaf()});
  refuses([&] { optim::CyclicLR s(adam, 0.1, 1); }, "optimizer must support momentum");
  refuses([&] { optim::CyclicLR s(o, {.base_lr = 0.1, .max_lr = 1, .mode = "square"}); },
          "mode is invalid and scale_fn is None");
  refuses([&] { optim::LambdaLR s(o, {std::vector<std::function<double(std::int64_t)>>(3)}); },
          "expected 2 values for lr_lambda, got 3");
  refuses([&] { optim::ReduceLROnPlateau s(o, {.factor = 1}); }, "Factor should be < 1.0");
  refuses([&] { optim::ReduceLROnPlateau s(o, {.mode = "most"}); }, "mode most is unknown");
  refuses([&] { optim::ReduceLROnPlateau s(o, {.threshold_mode = "x"}); }, "threshold mode x is unknown");
  optim::ExponentialLR here(o, 0.5), there(other, 0.5);
  refuses(
      [&] {
        optim::SequentialLR s(o, {&here, &there}, {3});
      },
      "Sequential Schedulers expects all schedulers to belong to the same optimizer, but got schedulers at index 1");
  refuses([&] { optim::SequentialLR s(o, {&here}, {3}); }, "one more than the number of milestone points");
  refuses(
      [&] {
        optim::ChainedScheduler s({&here, &there});
      },
      "expects all schedulers to belong to the same optimizer");
  refuses([&] { optim::ChainedScheduler s({}); }, "ChainedScheduler expects at least one scheduler");

  optim::OneCycleLR short_cycle(o, 0.1, 2);
  short_cycle.step();
  short_cycle.step();
  const double before = o.lr();
  refuses([&] { short_cycle.step(); }, "Tried to step 4 times. The specified number of total steps is 2");
  EXPECT_EQ(o.lr(), before);
}

TEST(Scheduler, ComesBackFromAFactorOfZero) {
  optim::SGD o = sgd();
  optim::ConstantLR scheduler(o, 0, 2);
  EXPECT_EQ(o.lr(), 0);
  scheduler.step();
  scheduler.step();
  EXPECT_EQ(o.lr(), 0.1);
}

}  // namespace
}  // namespace tapegrad
