// Learning rate schedulers: LRScheduler, their base; Scheduler, one whose rate is a formula; SchedulerList, one that is
// made of others. Each scheduler has a file of its own beside this one.
//
//   optim::SGD optimizer(model.parameters(), 0.1);
//   optim::StepLR scheduler(optimizer, {.step_size = 30, .gamma = 0.1});
//   for (int epoch = 0; epoch < 100; ++epoch) {
//     train();
//     scheduler.step();
//   }
#pragma once

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {
namespace detail {

// ValueError with this sentence.
TAPEGRAD_EXPORT void check(bool holds, const std::string& sentence);
// "Expected positive integer T_0, but got 0"
TAPEGRAD_EXPORT void check_positive(const char* name, std::int64_t value);
// "expected 2 values for max_lr, got 3"
TAPEGRAD_EXPORT void check_count(const Optimizer& optimizer, const char* name, std::size_t count);
// Whether the options have a momentum, or where `or_beta` betas.
TAPEGRAD_EXPORT bool has_momentum(const OptimizerOptions& options, bool or_beta);
// Sets it.
TAPEGRAD_EXPORT void set_momentum(OptimizerOptions& options, double momentum);
// 1 + cos(pi at / length), and base^exponent: <cmath> takes the compiler longer than all schedulers together.
TAPEGRAD_EXPORT double wave(double at, double length = 1);
TAPEGRAD_EXPORT double power(double base, double exponent);

// A number of any type, for a field of any type.
struct AnyNumber {
  template <class T>
  requires std::is_arithmetic_v<T>
  operator T() const { return static_cast<T>(value); }
  double value;
};
template <class T>
decltype(auto) argument(T&& x) {
  if constexpr (std::is_arithmetic_v<std::remove_cvref_t<T>>) {
    return AnyNumber{static_cast<double>(x)};
  } else {
    return std::forward<T>(x);
  }
}

}  // namespace detail

namespace lr_scheduler {

/// Sets the learning rates of an optimiser, which must outlive it: those of epoch 0 when it is made, those of the next
/// epoch by step(). In a class of your own, get_lrs() gives the next rates; step_count_ is how often step() was called
/// before.
class TAPEGRAD_EXPORT LRScheduler {
 public:
  explicit LRScheduler(Optimizer& optimizer);
  virtual ~LRScheduler() = default;
  /// The next epoch. Call it after the optimiser's step.
  virtual void step();
  /// Back to epoch 0 and, but for MultiplicativeLR, to the rates at which schedulers began: PyTorch's step(0).
  virtual void restart();
  /// The rates of the groups, as set last.
  const std::vector<double>& get_last_lr() const noexcept { return last_lr_; }
  Optimizer& optimizer() const noexcept { return optimizer_; }

  /// "last_epoch", "base_lrs", "_last_lr". The options stay those that the scheduler was made with, and the rates of
  /// the groups come with the optimiser's state.
  virtual StateDict state_dict() const;
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  virtual std::function<void()> prepare_load(const StateDict& state);

 protected:
  virtual std::vector<double> get_lrs() = 0;
  std::vector<double> get_current_lrs() const;
  void set_optimizer_lrs(const std::vector<double>& lrs);

  unsigned step_count_ = 0;
  std::vector<double> base_lrs_, last_lr_;
  Optimizer& optimizer_;
};

/// What a scheduler makes a group's rate of: the epoch (0 first), the rate now, the rate at which schedulers began, and
/// which group it is.
struct RateAt {
  std::int64_t epoch;
  double lr, base_lr;
  std::size_t group;
};

/// A value for all groups, or one for each.
template <class T>
struct PerGroup {
  template <std::convertible_to<T> U>
  PerGroup(U&& one) : values{T(std::forward<U>(one))} {}
  PerGroup(std::initializer_list<T> each) : values(each) {}
  PerGroup(std::vector<T> each) : values(std::move(each)) {}
  const T& operator[](std::size_t group) const { return values[values.size() == 1 ? 0 : group]; }

  std::vector<T> values;
};

/// The scheduler of some fields with rate(), which gives a group's rate at an epoch; check(optimizer), where there is
/// one, refuses what does not fit by a ValueError; momentum(), where there is one, gives the momentum or first beta.
template <class OwnFields>
class Scheduler : public LRScheduler {
 public:
  using Fields = OwnFields;
  Scheduler(Optimizer& optimizer, const Fields& fields) : LRScheduler(optimizer), fields_(fields) {
    if constexpr (requires { fields.check(optimizer); }) fields_.check(optimizer);
    begin();
  }
  /// The fields one after the other, as in Python: StepLR(optimizer, 30, 0.1).
  template <class... Args>
  requires(!std::same_as<std::remove_cvref_t<Args>, Fields> && ...) Scheduler(Optimizer& optimizer, Args&&... args)
      : Scheduler(optimizer, Fields{detail::argument(std::forward<Args>(args))...}) {}

  void step() override {
    LRScheduler::step();
    follow_momentum();
  }
  void restart() override {
    if constexpr (!requires { Fields::kGoesOn; }) LRScheduler::restart();
    step_count_ = 0;
    begin();
  }

 private:
  std::vector<double> get_lrs() override { return at(step_count_ + 1); }
  std::vector<double> at(std::int64_t epoch) const {
    std::vector<double> lrs = get_current_lrs();
    for (std::size_t i = 0; i < base_lrs_.size(); ++i) lrs[i] = fields_.rate({epoch, lrs[i], base_lrs_[i], i});
    return lrs;
  }
  void begin() {
    set_optimizer_lrs(at(0));
    follow_momentum();
  }
  void follow_momentum() {
    if constexpr (requires { fields_.cycle_momentum; }) {
      for (std::size_t i = 0; fields_.cycle_momentum && i < base_lrs_.size(); ++i)
        detail::set_momentum(optimizer_.param_groups()[i].options(), fields_.momentum({step_count_, 0, 0, i}));
    }
  }

  Fields fields_;
};

/// A scheduler that is made of others, which must outlive it. Its state holds theirs, as "_schedulers.0.last_epoch".
class TAPEGRAD_EXPORT SchedulerList : public LRScheduler {
 public:
  SchedulerList(Optimizer& optimizer, std::vector<LRScheduler*> schedulers, const char* name);
  StateDict state_dict() const override;
  std::function<void()> prepare_load(const StateDict& state) override;

 protected:
  std::vector<double> get_lrs() override { return get_current_lrs(); }
  std::vector<LRScheduler*> schedulers_;
};

}  // namespace lr_scheduler

using namespace lr_scheduler;  // libtorch's optim::StepLR

}  // namespace tapegrad::optim
