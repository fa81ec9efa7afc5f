// Gradients: autograd::grad(), recording on and off, and operations of the user's own.
#pragma once

#include <any>
#include <map>
#include <typeinfo>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad {

namespace core {
class Grads;
}  // namespace core

/// Whether this thread records operations.
TAPEGRAD_EXPORT bool is_grad_enabled() noexcept;
/// Switches that for this thread; NoGradGuard does it for a scope.
TAPEGRAD_EXPORT void set_grad_enabled(bool on) noexcept;

/// Sets a switch of this thread while it lives.
template <bool (*kIsOn)() noexcept, void (*kSet)(bool) noexcept>
class SwitchGuard {
 public:
  explicit SwitchGuard(bool on) noexcept : before_(kIsOn()) { kSet(on); }
  ~SwitchGuard() { kSet(before_); }
  SwitchGuard(const SwitchGuard&) = delete;
  SwitchGuard& operator=(const SwitchGuard&) = delete;

 private:
  bool before_;
};

using AutoGradMode = SwitchGuard<is_grad_enabled, set_grad_enabled>;  ///< recording
/// While it lives, this thread records nothing.
struct NoGradGuard : AutoGradMode {
  NoGradGuard() noexcept : AutoGradMode(false) {}
};

namespace autograd {

/// While on, in this thread, the first recorded operation that makes a NaN throws AutogradError, in forward and in
/// backward, with its name, sizes and node. It slows every operation.
struct TAPEGRAD_EXPORT AnomalyMode {
  static bool is_enabled() noexcept;
  static void set_enabled(bool on) noexcept;
};
/// AnomalyMode while it lives.
struct DetectAnomalyGuard : SwitchGuard<AnomalyMode::is_enabled, AnomalyMode::set_enabled> {
  explicit DetectAnomalyGuard(bool on = true) noexcept : SwitchGuard(on) {}
};

/// Tensors, as Function and grad() take and give them.
using tensor_list = std::vector<Tensor>;
using variable_list = tensor_list;
using Variable = Tensor;

/// sum_i grad_outputs[i]^T d(outputs[i]) / d(inputs[k]) for each k, without touching any .grad. grad_outputs may be
/// empty where every output has one element. An input that the outputs do not depend on: AutogradError, or an undefined
/// tensor with allow_unused. retain_graph defaults to create_graph. A graph that an earlier backward let go in part is
/// refused unless all inputs are newer than that part: never a part of a gradient.
TAPEGRAD_EXPORT tensor_list grad(const tensor_list& outputs, const tensor_list& inputs,
                                 const tensor_list& grad_outputs = {}, std::optional<bool> retain_graph = std::nullopt,
                                 bool create_graph = false, bool allow_unused = false);

/// The same, added to the .grad of the leaves (of `inputs` only, where given).
TAPEGRAD_EXPORT void backward(const tensor_list& tensors, const tensor_list& grad_tensors = {},
                              std::optional<bool> retain_graph = std::nullopt, bool create_graph = false,
                              const tensor_list& inputs = {});

/// A value kept in AutogradContext::saved_data.
class TAPEGRAD_EXPORT SavedValue {
 public:
  SavedValue() = default;
  template <class T>
  requires std::is_arithmetic_v<T> SavedValue(T v) : SavedValue(Scalar(v)) {}
  SavedValue(Tensor v);
  SavedValue(std::string v);
  SavedValue(std::vector<std::int64_t> v);
  SavedValue(std::shared_ptr<void> v);
  double toDouble() const;
  std::int64_t toInt() const;
  bool toBool() const;
  const Tensor& toTensor() const;
  const std::string& toStringRef() const;
  const std::vector<std::int64_t>& toIntVector() const;
  const std::shared_ptr<void>& toCapsule() const;

 private:
  explicit SavedValue(Scalar v);
  template <class T>
  const T& get() const;
  std::any value_;
};

/// Between forward and backward of a Function.
class TAPEGRAD_EXPORT AutogradContext {
 public:
  AutogradContext();
  ~AutogradContext();

  /// Inputs and outputs that backward reads; only these may be saved (others: saved_data). With the versions they had.
  void save_for_backward(tensor_list tensors);
  /// AutogradError where one was changed in place since, or was let go by an earlier backward.
  tensor_list get_saved_variables() const;
  /// Outputs that have no gradient, as indices.
  void mark_non_differentiable(const tensor_list& outputs);
  /// Inputs that forward has written: the version of each rises, whatever it was written through.
  void mark_dirty(const tensor_list& inputs);
  /// true (the default): undefined gradients reach backward as zeros.
  void set_materialize_grads(bool on) { materialize_ = on; }
  /// Whether anybody wants the gradient of the index-th input: what nobody wants may be left undefined.
  bool needs_input_grad(std::size_t index) const;

  /// What backward reads beside tensors of the graph: ctx->saved_data["p"] = 0.5.
  std::map<std::string, SavedValue> saved_data;

 private:
  friend struct FunctionAccess;
  struct State;
  std::unique_ptr<State> state_;
  bool materialize_ = true;
};

struct TAPEGRAD_EXPORT FunctionAccess {
  using Backward = tensor_list (*)(AutogradContext*, tensor_list);
  using Run = std::function<tensor_list(AutogradContext*)>;
  /// Runs forward without recording, then records its outputs with `backward` as their vjp; name: of the class.
  static tensor_list apply(const tensor_list& inputs, std::vector<bool> is_tensor, const Run& forward,
                           Backward backward, const char* name);
  /// For the tape.
  static void run(core::Grads& grads);
  static void release(AutogradContext& ctx) noexcept;
};

/// An operation of your own: derive, write two static members, call apply().
///
///   struct Cube : autograd::Function<Cube> {
///     static Tensor forward(autograd::AutogradContext* ctx, const Tensor& x) {
///       ctx->save_for_backward({x});
///       return x * x * x;
///     }
///     static autograd::tensor_list backward(autograd::AutogradContext* ctx, autograd::tensor_list grads) {
///       auto x = ctx->get_saved_variables()[0];
///       return {grads[0] * 3 * x * x};
///     }
///   };
///   Tensor y = Cube::apply(x);
///
/// forward may return a Tensor or a tensor_list and take other arguments beside tensors; backward returns one gradient
/// an argument of forward, undefined where there is none. Written in tensor operations, backward is differentiable
/// again.
template <class T>
struct Function {
  template <class... Args>
  static auto apply(Args&&... args) {
    using Result = decltype(T::forward(static_cast<AutogradContext*>(nullptr), args...));
    tensor_list inputs;
    std::vector<bool> is_tensor;
    (note(inputs, is_tensor, args), ...);
    const auto forward = [&](AutogradContext* ctx) { return listed(T::forward(ctx, args...)); };
    tensor_list out = FunctionAccess::apply(
        inputs, std::move(is_tensor), std::cref(forward),
        [](AutogradContext* ctx, tensor_list grads) { return T::backward(ctx, std::move(grads)); }, typeid(T).name());
    if constexpr (std::is_convertible_v<Result, Tensor>) {
      return out[0];
    } else {
      return out;
    }
  }

 private:
  static tensor_list listed(Tensor y) { return {std::move(y)}; }
  static tensor_list listed(tensor_list y) { return y; }
  template <class A>
  static void note(tensor_list& inputs, std::vector<bool>& is_tensor, const A& a) {
    if constexpr (std::is_convertible_v<const A&, Tensor>) {
      inputs.push_back(a);
      is_tensor.push_back(true);
    } else if constexpr (std::is_same_v<A, tensor_list>) {
      for (const Tensor& x : a) note(inputs, is_tensor, x);
    } else {
      is_tensor.push_back(false);
    }
  }
};

}  // namespace autograd
}  // namespace tapegrad
