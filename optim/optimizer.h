// Optimizer: what all optimisers share: groups of parameters with options of their own, and the state kept for each.
//
// An optimiser holds handles: the parameters are those of the model, however long either lives. step() updates each
// parameter that has a .grad, in place and without recording, and raises its version; the others stay as they are.
#pragma once

#include <array>

#include <tapegrad/autograd/state_dict.h>

namespace tapegrad::optim {

// The options of a group. Those of an optimiser derive from OptimizerCloneableOptions<Derived>.
class TAPEGRAD_EXPORT OptimizerOptions {
 public:
  virtual ~OptimizerOptions() = default;
  virtual std::unique_ptr<OptimizerOptions> clone() const = 0;
  virtual double get_lr() const = 0;
  virtual void set_lr(double lr) = 0;
  // Throws Error, with PyTorch's sentence, when a value is out of range.
  virtual void check() const {}
  // fn(name, value) for each option, by PyTorch's name, as a number (a bool is 0 or 1); what fn leaves in value becomes
  // the option's. These are what a checkpoint keeps: lr alone, unless overridden.
  using Visitor = std::function<void(const char* name, double& value)>;
  virtual void visit(const Visitor& fn);

 protected:
  OptimizerOptions() = default;
  OptimizerOptions(const OptimizerOptions&) = default;
  OptimizerOptions& operator=(const OptimizerOptions&) = default;
};

template <class Derived>
class OptimizerCloneableOptions : public OptimizerOptions {
 public:
  std::unique_ptr<OptimizerOptions> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
  double get_lr() const override { return static_cast<const Derived*>(this)->lr(); }
  void set_lr(double lr) override { static_cast<Derived*>(this)->lr(lr); }
};

// What is kept for one parameter; which buffers an optimiser uses, and their names, its header says. Undefined before
// the first step.
struct ParamState {
  static constexpr std::size_t kMaxBuffers = 3;
  std::int64_t step = 0;
  std::array<Tensor, kMaxBuffers> buffers;
};

// Some parameters and their options; without options it gets the optimiser's defaults. A copy has options of its own
// and no state.
class TAPEGRAD_EXPORT OptimizerParamGroup {
 public:
  OptimizerParamGroup(std::vector<Tensor> params, std::unique_ptr<OptimizerOptions> options = nullptr)
      : params_(std::move(params)), options_(std::move(options)) {}
  OptimizerParamGroup(std::vector<Tensor> params, const OptimizerOptions& options)
      : OptimizerParamGroup(std::move(params), options.clone()) {}
  OptimizerParamGroup(const OptimizerParamGroup& other);
  OptimizerParamGroup(OptimizerParamGroup&&) noexcept = default;
  OptimizerParamGroup& operator=(const OptimizerParamGroup& other);
  OptimizerParamGroup& operator=(OptimizerParamGroup&&) noexcept = default;

  const std::vector<Tensor>& params() const noexcept { return params_; }
  bool has_options() const noexcept { return options_ != nullptr; }
  // Error when there are none.
  OptimizerOptions& options();
  const OptimizerOptions& options() const;
  void set_options(std::unique_ptr<OptimizerOptions> options) { options_ = std::move(options); }
  // One for each parameter, as soon as the group belongs to an optimiser.
  std::vector<ParamState>& states() noexcept { return states_; }
  const std::vector<ParamState>& states() const noexcept { return states_; }

 private:
  std::vector<Tensor> params_;
  std::vector<ParamState> states_;
  std::unique_ptr<OptimizerOptions> options_;
};

class TAPEGRAD_EXPORT Optimizer {
 public:
  using LossClosure = std::function<Tensor()>;

  // What add_param_group throws, and Error for an empty list or options out of range.
  Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults);
  Optimizer(std::vector<Tensor> parameters, std::unique_ptr<OptimizerOptions> defaults);
  Optimizer(Optimizer&&) = default;
  Optimizer& operator=(Optimizer&&) = default;
  virtual ~Optimizer() = default;

  // One update. With a closure, calls it first (recording) and returns the loss it returns. ShapeError or DtypeError
  // when a gradient does not fit its parameter; nothing has been changed then.
  virtual Tensor step(LossClosure closure = nullptr) = 0;
  // Makes every .grad undefined, or zero.
  void zero_grad(bool set_to_none = true);

  // Of the first group. / Of all groups; Error unless lr >= 0.
  double lr() const;
  void set_lr(double lr);

  std::vector<OptimizerParamGroup>& param_groups() noexcept { return groups_; }
  const std::vector<OptimizerParamGroup>& param_groups() const noexcept { return groups_; }
  // Error for a parameter that is not a leaf, is undefined or is there already, and for options of another optimiser.
  void add_param_group(OptimizerParamGroup group);
  OptimizerOptions& defaults() noexcept { return *defaults_; }
  const OptimizerOptions& defaults() const noexcept { return *defaults_; }
  std::size_t size() const noexcept;  // the number of parameters

  // What is kept for `parameter`, by PyTorch's names ("step", "momentum_buffer", "exp_avg" ...): handles, not copies.
  // Empty before its first step; Error where the optimiser does not have the parameter.
  std::vector<std::pair<std::string, Tensor>> state(const Tensor& parameter) const;

  // All that the next step depends on but parameters and gradients: options of each group, state of each parameter.
  // Handles, not copies.
  StateDict state_dict() const;
  // Takes over copies, of the parameters' dtypes. Error, naming every key that is missing, unexpected or of other
  // sizes, or for options out of range; nothing has been changed then. The groups must be those saved.
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  // Does all that may throw and returns what then changes the optimiser.
  std::function<void()> prepare_load(const StateDict& state);

 protected:
  // The names of ParamState::buffers, null for those not used.
  struct StateNames {
    const char* buffers[ParamState::kMaxBuffers];
    bool step;
    std::size_t always = 0;  // so many of them are there after the first step, whatever the options
  };
  virtual StateNames state_names() const { return {}; }
  // The closure's loss, recorded; undefined without a closure.
  static Tensor evaluate(const LossClosure& closure);

 private:
  std::vector<OptimizerParamGroup> groups_;
  std::unique_ptr<OptimizerOptions> defaults_;
};

// The constructors of an optimiser whose options are Options; without defaults, Options() stand for them.
template <class Options>
class OptimizerWith : public Optimizer {
 public:
  explicit OptimizerWith(std::vector<OptimizerParamGroup> groups, const Options& defaults = {})
      : Optimizer(std::move(groups), std::make_unique<Options>(defaults)) {}
  explicit OptimizerWith(std::vector<Tensor> parameters, const Options& defaults = {})
      : Optimizer(std::move(parameters), std::make_unique<Options>(defaults)) {}
  // {.lr = 0.1}: the fields of Options (autograd/option.h).
  template <class O = Options, class Fields = typename O::Fields>
  requires std::same_as<Fields, typename O::Fields> OptimizerWith(std::vector<OptimizerParamGroup> groups,
                                                                  const Fields& defaults)
      : OptimizerWith(std::move(groups), Options(defaults)) {}
  template <class O = Options, class Fields = typename O::Fields>
  requires std::same_as<Fields, typename O::Fields> OptimizerWith(std::vector<Tensor> parameters,
                                                                  const Fields& defaults)
      : OptimizerWith(std::move(parameters), Options(defaults)) {}
};

}  // namespace tapegrad::optim
