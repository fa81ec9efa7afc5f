#include <torch/csrc/autograd/engine.h>
#include <torch/torch.h>

#include "tests/differential/program.h"

namespace lib = torch;

namespace differential {
namespace {
namespace adapt {

using lib::Tensor;
template <class T>
using optional = c10::optional<T>;
// A gradient of zeros may be a promise of them.
bool has_bytes(const Tensor& x) { return !x._is_zerotensor(); }
constexpr bool kKeepsDropped = true;  // a leaf whose .grad has a history is a cycle, which ~LibMachine opens

// The hooks by which libtorch lets a program choose how tensors are saved; a program in C++ sets them by an engine of
// its own.
bool copies_saved = false;
void save_copies(bool on) { copies_saved = on; }

struct Copy : lib::autograd::SavedVariableHooks {
  void call_pack_hook(const Tensor& saved) override { copy = saved.clone(); }
  Tensor call_unpack_hook() override { return copy; }
  Tensor copy;
};

struct CopyingEngine : lib::autograd::Engine {
  std::unique_ptr<lib::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    return copies_saved ? std::make_unique<Copy>() : nullptr;
  }
};

lib::autograd::Engine& engine() {
  static CopyingEngine only;
  return only;
}

// A view whose base was written gets its new history where grad_fn() is asked for. Until then is_leaf() is out of date,
// and register_hook() and retain_grad() read freed memory.
bool is_leaf(const Tensor& x) try { return x.grad_fn() == nullptr; } catch (const c10::Error&) {
  return x.is_leaf();  // a view that may not have one
}

bool says(const std::string& message, std::initializer_list<const char*> parts) {
  for (const char* part : parts)
    if (message.find(part) != std::string::npos) return true;
  return false;
}

void classify(Outcome& out) {
  try {
    throw;
  } catch (const c10::Error& e) {
    out = {Threw::Other, e.what_without_backtrace(), {}};
    if (dynamic_cast<const c10::IndexError*>(&e) != nullptr) out.threw = Threw::Index;
  } catch (const std::exception& e) {
    out = {Threw::Other, e.what(), {}};
  }
  if (says(out.message,
           {"does not require grad", "a second time", "modified by an inplace", "leaf Variable", "is a view and",
            "differentiated Tensors", "differentiated tensors", "implicitly created", "is being modified inplace",
            "you can only change requires_grad flags", "Can't detach views", "Only Tensors of floating point",
            "not require gradients", "can't retain_grad", "cannot register a hook"}))
    out.threw = Threw::Autograd;
  if (says(out.message, {"out of bounds", "out of range"})) out.threw = Threw::Index;
}

std::int64_t reduction(int h) {
  return h == 0 ? at::Reduction::None : h == 1 ? at::Reduction::Mean : at::Reduction::Sum;
}

Tensor norm(const Tensor& x, double p, const std::vector<std::int64_t>& t, bool k) {
  return x.norm(c10::optional<c10::Scalar>(p), t, k);
}
Tensor mse_loss(const Tensor& x, const Tensor& y, int h) { return at::mse_loss(x, y, reduction(h)); }
Tensor l1_loss(const Tensor& x, const Tensor& y, int h) { return at::l1_loss(x, y, reduction(h)); }
Tensor binary_cross_entropy_with_logits(const Tensor& x, const Tensor& y, int h) {
  return at::binary_cross_entropy_with_logits(x, y, {}, {}, reduction(h));
}
Tensor cross_entropy(const Tensor& x, const Tensor& y, int h, double smoothing) {
  return at::cross_entropy_loss(x, y, {}, reduction(h), -100, smoothing);
}
Tensor nll_loss(const Tensor& x, const Tensor& y, int h) { return at::nll_loss_nd(x, y, {}, reduction(h)); }
Tensor pad(const Tensor& x, const std::vector<std::int64_t>& q, double a) { return at::constant_pad_nd(x, q, a); }
Tensor one_hot(const Tensor& x, std::int64_t classes) { return at::one_hot(x, classes); }
Tensor normalize(const Tensor& x, std::int64_t d) {
  return lib::nn::functional::normalize(x, lib::nn::functional::NormalizeFuncOptions().dim(d));
}
Tensor data(const Tensor& x) { return x.variable_data(); }
const Tensor& grad(const Tensor& x) { return x.mutable_grad(); }  // grad() warns where it is undefined
const void* identity(const Tensor& x) { return x.unsafeGetTensorImpl(); }
const void* bytes(const Tensor& x) { return x.has_storage() ? x.storage().unsafeGetStorageImpl() : nullptr; }
bool is_view(const Tensor& x) { return x.is_view(); }
void zero_grad(const Tensor& x, bool to_none) {
  Tensor& grad = x.mutable_grad();
  if (!grad.defined()) return;
  if (to_none) return grad.reset();
  if (grad.is_view()) {
    grad = grad.detach();
  } else {
    grad.detach_();
  }
  grad.zero_();
}
Tensor nth(const std::vector<Tensor>& all, std::int64_t j) {
  return all.empty() ? Tensor() : all[static_cast<std::size_t>(std::abs(j)) % all.size()];
}

}  // namespace adapt
}  // namespace
}  // namespace differential

#include "tests/differential/machine.h"

namespace differential {

std::unique_ptr<Machine> libtorch_machine(bool copies) {
  static const bool ready = [] {
    at::set_num_threads(1);
    lib::autograd::set_default_engine_stub(adapt::engine);
    at::globalContext().setUserEnabledMkldnn(false);          // its gradient of gelu reads what was never written
    c10::SetStackTraceFetcher([] { return std::string(); });  // a trace takes longer than the program
    return true;
  }();
  static_cast<void>(ready);
  return std::make_unique<LibMachine>(copies);
}

}  // namespace differential
