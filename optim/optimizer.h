// Optimizer: what all optimisers share: groups of parameters with options of their own, and the state kept for each.
#pragma once

#include <optional>
#include <span>

#include <tapegrad/autograd/state_dict.h>
#include <tapegrad/optim/options.h>

namespace tapegrad {
namespace core {
struct Op;
}
namespace optim {

/// A tensor that an optimiser keeps for each parameter, contiguous and of the parameter's dtype.
struct StateBuffer {
  /// PyTorch's name: "momentum_buffer", "exp_avg" ...
  const char* name;
  /// Whether a group with these options needs it; null: every group does.
  bool (*needed)(const OptimizerOptions& options) = nullptr;
  /// Whether it may join a state that is there already, because an option was turned on between two steps.
  bool joins = false;
  /// What its elements are before the first step; null: 0.
  double (*value)(const OptimizerOptions& options) = nullptr;
  /// Its sizes; null: those of the parameter.
  std::vector<std::int64_t> (*sizes)(const Tensor& parameter, const OptimizerOptions& options) = nullptr;
};

/// What is kept for one parameter.
struct ParamState {
  std::int64_t step = 0;
  /// In the order in which the optimiser declares them; empty before the first step, undefined where not needed.
  std::vector<Tensor> buffers;
  /// Those of the parameter's group. An update reads them, and step, when it runs.
  const OptimizerOptions* options = nullptr;
  /// Whose state it is.
  Tensor parameter = {};
};

/// Some parameters and their options; without options it gets the optimiser's defaults. A copy has options of its own
/// and no state.
class TAPEGRAD_EXPORT OptimizerParamGroup {
 public:
  OptimizerParamGroup(std::vector<Tensor> params, std::unique_ptr<OptimizerOptions> options = nullptr)
      : params_(std::move(params)), options_(std::move(options)) {}
  OptimizerParamGroup(std::vector<Tensor> params, const OptimizerOptions& options)
      : OptimizerParamGroup(std::move(params), options.clone()) {}
  OptimizerParamGroup(const OptimizerParamGroup& other);
  OptimizerParamGroup(OptimizerParamGroup&&) noexcept = default;
  OptimizerParamGroup& operator=(const OptimizerParamGroup& other);
  OptimizerParamGroup& operator=(OptimizerParamGroup&& other) noexcept;
  ~OptimizerParamGroup();

  const std::vector<Tensor>& params() const noexcept { return params_; }
  /// To assign to, as libtorch has it. From then on each step() looks whether the parameters are still those that it
  /// has a state for: a new one begins without, or throws what Optimizer::add_param_group() throws. It is no longer
  /// captured: what only reads takes std::as_const(group).params().
  std::vector<Tensor>& params() noexcept;
  bool has_options() const noexcept { return options_ != nullptr; }
  /// Error when there are none.
  OptimizerOptions& options() { return options_ != nullptr ? *options_ : throw_no_options(); }
  const OptimizerOptions& options() const { return options_ != nullptr ? *options_ : throw_no_options(); }
  void set_options(std::unique_ptr<OptimizerOptions> options);
  /// The rate when this was asked for first: where learning rate schedulers begin.
  double initial_lr() { return initial_lr_ ? *initial_lr_ : initial_lr_.emplace(options().get_lr()); }
  /// One for each parameter, as soon as the group belongs to an optimiser. They stay where they are as long as the
  /// group lives.
  std::span<ParamState> states() noexcept;
  std::span<const ParamState> states() const noexcept;
  /// Makes them as they are before the first step.
  void reset_states();
  /// That of params()[i]; null where it has none yet.
  const ParamState* state_of(std::size_t i) const noexcept;

 private:
  friend class Optimizer;
  [[noreturn]] static OptimizerOptions& throw_no_options();
  ParamState first_state(const Tensor& parameter) const;
  bool is_settled() const noexcept;
  // Each parameter's state at its place.
  void settle();

  std::vector<Tensor> params_;
  std::vector<ParamState> states_;
  std::unique_ptr<OptimizerOptions> options_;
  std::optional<double> initial_lr_;
  bool open_ = false;  // params() was given out to assign to
};

/// What all optimisers share. An optimiser holds handles: the parameters are those of the model, however long either
/// lives. step() updates each parameter that has a .grad, in place and without recording, and raises its version; the
/// others stay as they are.
class TAPEGRAD_EXPORT Optimizer {
 public:
  using LossClosure = std::function<Tensor()>;

  /// Throws what add_param_group() throws, and Error for an empty list or options out of range.
  Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults);
  Optimizer(std::vector<Tensor> parameters, std::unique_ptr<OptimizerOptions> defaults);
  Optimizer(Optimizer&&) = default;
  Optimizer& operator=(Optimizer&&) = default;
  virtual ~Optimizer() = default;

  /// One update. With a closure, calls it first (recording) and returns the loss that it returns. ShapeError or
  /// DtypeError when a gradient does not fit its parameter; nothing has been changed then.
  virtual Tensor step(LossClosure closure = nullptr) = 0;
  /// Makes every .grad undefined, or zero.
  void zero_grad(bool set_to_none = true);

  /// The learning rate of the first group.
  double lr() const;
  /// Sets the learning rate of all groups. Error unless lr >= 0.
  void set_lr(double lr);

  std::vector<OptimizerParamGroup>& param_groups() noexcept { return groups_; }
  const std::vector<OptimizerParamGroup>& param_groups() const noexcept { return groups_; }
  /// Error for a parameter that is not a leaf, is undefined or is there already, and for options of another optimiser.
  void add_param_group(OptimizerParamGroup group);
  OptimizerOptions& defaults() noexcept { return *defaults_; }
  const OptimizerOptions& defaults() const noexcept { return *defaults_; }
  /// The number of parameters.
  std::size_t size() const noexcept;

  /// What is kept for `parameter`, by PyTorch's names ("step", "momentum_buffer", "exp_avg" ...): handles, not copies.
  /// Empty before its first step; Error where the optimiser does not have the parameter.
  virtual std::vector<std::pair<std::string, Tensor>> state(const Tensor& parameter) const;

  /// All that the next step depends on but parameters and gradients: options of each group, state of each parameter.
  /// Handles, not copies.
  virtual StateDict state_dict() const;
  /// Takes over copies, of the parameters' dtypes. Error, naming every key that is missing, unexpected or of other
  /// sizes, or for options out of range; nothing has been changed then. The groups must be those saved.
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  /// Does all that may throw and returns what then changes the optimiser.
  virtual std::function<void()> prepare_load(const StateDict& state);
  /// The same by libtorch's archives.
  void save(serialize::OutputArchive& archive) const;
  void load(serialize::InputArchive& archive);

 protected:
  /// What the optimiser keeps for each parameter.
  struct Kept {
    std::span<const StateBuffer> buffers;
    bool counts_steps = true;  // state() shows the count
  };
  virtual Kept kept() const { return {}; }
  /// What step() and load begin with: parameters that were assigned to params() are checked and get states.
  void settle();
  /// step() of an optimiser whose update is one op, executed for each parameter.
  Tensor step_by(const core::Op& op, std::span<const StateBuffer> buffers, const LossClosure& closure);
  /// The closure's loss, recorded; undefined without a closure.
  static Tensor evaluate(const LossClosure& closure);

 private:
  std::vector<OptimizerParamGroup> groups_;
  std::unique_ptr<OptimizerOptions> defaults_;
};

/// The constructors of an optimiser whose options are Options; without defaults, Options() stand for them.
template <class Options>
class OptimizerWith : public Optimizer {
 public:
  explicit OptimizerWith(std::vector<OptimizerParamGroup> groups, const Options& defaults = {})
      : Optimizer(std::move(groups), std::make_unique<Options>(defaults)) {}
  explicit OptimizerWith(std::vector<Tensor> parameters, const Options& defaults = {})
      : Optimizer(std::move(parameters), std::make_unique<Options>(defaults)) {}
  /// {.lr = 0.1}: the fields of Options (optim/options.h).
  template <class O = Options, class Fields = typename O::Fields>
  requires std::same_as<Fields, typename O::Fields> OptimizerWith(std::vector<OptimizerParamGroup> groups,
                                                                  const Fields& defaults)
      : OptimizerWith(std::move(groups), Options(defaults)) {}
  template <class O = Options, class Fields = typename O::Fields>
  requires std::same_as<Fields, typename O::Fields> OptimizerWith(std::vector<Tensor> parameters,
                                                                  const Fields& defaults)
      : OptimizerWith(std::move(parameters), Options(defaults)) {}
};

}  // namespace optim
}  // namespace tapegrad

/// class Name, in namespace optim: the optimiser of NameOptions whose update is one op; TAPEGRAD_OPTIMIZER_STEP
/// (optim/detail/update.h) says which.
#define TAPEGRAD_OPTIMIZER(Name)                                     \
  class TAPEGRAD_EXPORT Name : public OptimizerWith<Name##Options> { \
   public:                                                           \
    using OptimizerWith::OptimizerWith;                              \
    Tensor step(LossClosure closure = nullptr) override;             \
                                                                     \
   protected:                                                        \
    Kept kept() const override;                                      \
  }
