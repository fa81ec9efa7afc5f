// autograd::Function: a user's operation is a node of its own, and so is each of its outputs, so that one tensor has
// one node. The outputs' nodes leave their gradients in the function's state; its node then calls backward once.
#include <tapegrad/autograd/grad.h>

#include "autograd/core/context.h"
#include "autograd/core/engine.h"
#include "autograd/core/execute.h"
#include "autograd/core/grads.h"
#include "autograd/core/shape.h"

namespace tapegrad {

using namespace core;

namespace {

struct ReleaseWeak {
  void operator()(TensorImpl* t) const noexcept { release_weak(t); }
};

struct SavedRef {
  std::unique_ptr<TensorImpl, ReleaseWeak> value;  // one weak count
  std::uint32_t version = 0;
  int input = -1;  // which input or output of the function it is; both -1: neither
  int output = -1;
};

struct OutputInfo {
  std::vector<std::int64_t> sizes;
  Dtype dtype = kFloat;
  BatchDim batch{-1, 0, 0};  // size -1: it is no batch
};

}  // namespace

struct autograd::AutogradContext::State {
  tensor_list to_save;
  tensor_list non_differentiable;
  tensor_list dirty;
  std::vector<bool> needs;
  std::vector<SavedRef> saved;
  bool released = false;
  Node* node = nullptr;  // the function's node; alive while backward can be called
};

// The gradients of a function's outputs, as a backward pass finds them: one inside another may reach the same function.
struct Gathered {
  unsigned depth;
  std::vector<Tensor> grads;
};

struct core::FunctionState {
  autograd::AutogradContext ctx;
  autograd::FunctionAccess::Backward backward = nullptr;
  const char* name = nullptr;  // of its class
  std::vector<OutputInfo> outputs;
  std::vector<Gathered> gathered;  // one a pass that is under way
  std::vector<bool> is_tensor;
};

const char* core::function_class(const FunctionState& state) noexcept { return state.name; }

namespace {

void output_vjp(Grads& r) {
  FunctionState& state = *r.node()->extra->function;
  r.wake_input(0);
  const unsigned depth = r.node()->edges()[0]->depth;  // of the pass that runs
  if (state.gathered.empty() || state.gathered.back().depth != depth) {
    state.gathered.push_back({depth, std::vector<Tensor>(state.outputs.size())});
  }
  state.gathered.back().grads[static_cast<std::size_t>(r.attrs()[0])] = r.g();
}
void forget_grads(Node* n) noexcept {
  std::erase_if(n->extra->function->gathered, [n](const Gathered& g) { return g.depth == n->depth; });
}
void release_function(Node* n) noexcept { autograd::FunctionAccess::release(n->extra->function->ctx); }
constexpr Op kFunction{.name = "Function",
                       .grad_name = "FunctionBackward",
                       .vjp = autograd::FunctionAccess::run,
                       .release = release_function,
                       .forget = forget_grads};
constexpr Op kFunctionOutput{.name = "Function.output", .grad_name = "FunctionBackward", .vjp = output_vjp};

BatchDim batch_of(const Tensor& t) noexcept {
  return t.impl()->is_batched() ? batch_dim(t.impl()) : BatchDim{-1, 0, 0};
}

// A node for output `index` of the function recorded by `function`.
NodeRef new_output_node(Node* function, const std::shared_ptr<FunctionState>& state, std::size_t index) {
  const OutputInfo& info = state->outputs[index];
  const bool batched = info.batch.size >= 0;
  NodeRef n(new_node(kFunctionOutput, 1, 0, static_cast<int>(info.sizes.size()), 1, batched ? kBatchWords : 0));
  n->edges()[0] = ref_to(function).release();
  extra_of(n.get()).function = state;
  n->dtype = info.dtype;
  n->sequence_nr = context().clock = std::max(context().clock, function->sequence_nr) + 1;
  std::copy(info.sizes.begin(), info.sizes.end(), n->sizes());
  n->attrs()[0] = static_cast<std::int64_t>(index);
  if (batched) set_batch(n.get(), info.batch);
  return n;
}

int index_of(const autograd::tensor_list& list, const Tensor& t) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i].is_same(t)) return static_cast<int>(i);
  return -1;
}

bool among(const autograd::tensor_list& list, const Tensor& t) { return index_of(list, t) >= 0; }

}  // namespace

namespace autograd {

void FunctionAccess::release(AutogradContext& ctx) noexcept {
  ctx.state_->saved.clear();
  ctx.state_->released = true;
}

void FunctionAccess::run(Grads& rule) {
  const std::shared_ptr<FunctionState> state = rule.node()->extra->function;
  tensor_list grads;
  if (!state->gathered.empty()) {
    grads = std::move(state->gathered.back().grads);
    state->gathered.pop_back();
  }
  for (std::size_t i = 0; i < grads.size() && state->ctx.materialize_; ++i)
    if (!grads[i].defined()) grads[i] = zeros(state->outputs[i].sizes, state->outputs[i].dtype);
  const AutoGradMode mode(is_grad_enabled());  // as it stands: backward may leave another
  tensor_list result = state->backward(&state->ctx, std::move(grads));
  const std::size_t expected = state->is_tensor.size();
  bool fits = true;  // but for arguments that have no gradient, and undefined gradients
  for (std::size_t i = result.size(); i < expected; ++i) fits &= !state->is_tensor[i];
  for (std::size_t i = expected; i < result.size(); ++i) fits &= !result[i].defined();
  if (!fits) {
    throw_autograd("Function", "backward returned an incorrect number of gradients (expected ", expected, ", got ",
                   result.size(), "); return one for each argument of forward, undefined where it has none");
  }
  for (std::size_t i = 0; i < std::min(result.size(), expected); ++i) {
    if (state->is_tensor[i] || !result[i].defined()) continue;
    throw_autograd("Function", "backward returned a gradient that is defined at position ", i + 1,
                   ", but the corresponding forward input was not a Variable; return Tensor() there");
  }
  int k = 0;
  for (std::size_t i = 0; i < expected && k < rule.inputs(); ++i)
    if (state->is_tensor[i] && i < result.size()) rule.set(k++, std::move(result[i]));
}

SavedValue::SavedValue(Scalar v) : value_(v) {}
SavedValue::SavedValue(Tensor v) : value_(std::move(v)) {}
SavedValue::SavedValue(std::string v) : value_(std::move(v)) {}
SavedValue::SavedValue(std::vector<std::int64_t> v) : value_(std::move(v)) {}
SavedValue::SavedValue(std::shared_ptr<void> v) : value_(std::move(v)) {}

template <class T>
const T& SavedValue::get() const {
  const T* v = std::any_cast<T>(&value_);
  if (v == nullptr) throw AutogradError("saved_data: the value has another type; read it as what was stored");
  return *v;
}
double SavedValue::toDouble() const { return get<Scalar>().to_double(); }
std::int64_t SavedValue::toInt() const { return get<Scalar>().to_long(); }
bool SavedValue::toBool() const { return get<Scalar>().to<bool>(); }
const Tensor& SavedValue::toTensor() const { return get<Tensor>(); }
const std::string& SavedValue::toStringRef() const { return get<std::string>(); }
const std::vector<std::int64_t>& SavedValue::toIntVector() const { return get<std::vector<std::int64_t>>(); }
const std::shared_ptr<void>& SavedValue::toCapsule() const { return get<std::shared_ptr<void>>(); }

AutogradContext::AutogradContext() : state_(new State) {}
AutogradContext::~AutogradContext() = default;

void AutogradContext::save_for_backward(tensor_list tensors) { state_->to_save = std::move(tensors); }
void AutogradContext::mark_non_differentiable(const tensor_list& outputs) { state_->non_differentiable = outputs; }
void AutogradContext::mark_dirty(const tensor_list& inputs) { state_->dirty = inputs; }
bool AutogradContext::needs_input_grad(std::size_t index) const {
  return index < state_->needs.size() && state_->needs[index];
}

tensor_list AutogradContext::get_saved_variables() const {
  if (state_->released) throw_freed("Function");
  tensor_list out;
  for (const SavedRef& s : state_->saved) {
    if (s.value == nullptr) {
      out.emplace_back();
      continue;
    }
    TensorImpl* value = s.value.get();
    if (value->storage->version != s.version) throw_modified("Function", value, nullptr, s.version);
    NodeRef history;
    if (s.input >= 0 && state_->node != nullptr) {
      history = ref_to(state_->node->edges()[s.input]);
    } else if (s.output >= 0 && state_->node != nullptr) {
      history = new_output_node(state_->node, state_->node->extra->function, static_cast<std::size_t>(s.output));
    }
    out.push_back(history != nullptr ? with_history(value, std::move(history)) : handle_of(value).detach());
  }
  return out;
}

tensor_list FunctionAccess::apply(const tensor_list& inputs, std::vector<bool> is_tensor, const Run& forward,
                                  Backward backward, const char* name) {
  auto state = std::make_shared<FunctionState>();
  AutogradContext& ctx = state->ctx;
  bool record = false;
  for (const Tensor& x : inputs) {
    ctx.state_->needs.push_back(x.requires_grad() && is_grad_enabled());
    record |= ctx.state_->needs.back();
    if (x.defined() && is_grad_enabled() && x.impl()->is_stale()) {
      throw AutogradError(
          "Function: an input is a view made before the tensor it views was changed by a recorded in-place operation; "
          "take the view again after the change");
    }
  }
  tensor_list out;
  {
    const NoGradGuard no_grad;
    out = forward(&ctx);
  }
  tensor_list to_save = std::exchange(ctx.state_->to_save, {});
  const tensor_list constant = std::exchange(ctx.state_->non_differentiable, {});
  const tensor_list dirty = std::exchange(ctx.state_->dirty, {});
  for (const Tensor& t : dirty) {  // forward may have written through data_ptr(), which no version sees
    if (t.defined()) raise_version(t.impl());
  }
  if (!record) return out;
  if (inputs.size() > 0xffff) throw_autograd("Function", "takes at most 65535 tensors; stack some of them");

  const NodeRef record_of_it(new_node(kFunction, static_cast<int>(inputs.size()), 0, 0, 0));
  Node* node = record_of_it.get();
  std::fill_n(node->edges(), inputs.size(), nullptr);
  extra_of(node).function = state;
  std::uint64_t number = context().clock;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (!inputs[k].requires_grad()) continue;
    Node* edge = ref_to(inputs[k].impl()->node.load(std::memory_order_acquire)).release();
    node->edges()[k] = edge;
    number = std::max(number, edge->sequence_nr);
  }
  node->sequence_nr = context().clock = number + 1;
  ctx.state_->node = node;
  state->backward = backward;
  state->name = name;
  state->is_tensor = std::move(is_tensor);
  for (const Tensor& t : out)
    state->outputs.push_back(t.defined() ? OutputInfo{t.sizes().vec(), t.dtype(), batch_of(t)} : OutputInfo{});

  for (const Tensor& t : to_save) {
    SavedRef& s = ctx.state_->saved.emplace_back();
    s.input = index_of(inputs, t);
    if (s.input < 0 && !among(constant, t)) s.output = index_of(out, t);
    if (!t.defined()) continue;
    s.version = t.impl()->storage->version;
    t.impl()->counts.add(TensorImpl::kOneWeak);
    s.value.reset(t.impl());
  }
  for (std::size_t j = 0; j < out.size(); ++j) {
    Tensor& t = out[j];
    if (!t.defined() || !t.is_floating_point() || among(constant, t)) continue;
    const bool changed = among(dirty, t);
    if (changed && t.is_leaf() && t.requires_grad()) {
      throw AutogradError(
          "Function: a leaf Variable that requires grad is being used in an in-place operation; "
          "mark_dirty() a clone() of it, or leave recording off");
    }
    // An input handed through, or a tensor with a history of its own, keeps both: the output is another view of it.
    if (!changed && (index_of(inputs, t) >= 0 || t.requires_grad())) t = t.detach();
    NodeRef result = new_output_node(node, state, j);
    TensorImpl* impl = t.impl();
    keep_grad(impl, result.get());
    if (changed) impl->view_version = impl->storage->tracked = impl->storage->version;
    if (Node* before = exchange(impl->node, result.release())) release_node(before);
    impl->flags.clear(kDetached);
    impl->flags.set(kRequiresGrad);
  }
  return out;
}

}  // namespace autograd
}  // namespace tapegrad
