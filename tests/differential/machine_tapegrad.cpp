#include <tapegrad/tapegrad.h>

#include <cstring>

#include "tests/differential/program.h"

namespace lib = tapegrad;

namespace differential {
namespace {
namespace adapt {

using lib::Tensor;
template <class T>
using optional = std::optional<T>;
bool has_bytes(const Tensor&) { return true; }
constexpr bool kKeepsDropped = false;
void save_copies(bool) {}
bool is_leaf(const Tensor& x) { return x.is_leaf(); }

void classify(Outcome& out) {
  try {
    throw;
  } catch (const lib::IndexError& e) {
    out = {Threw::Index, e.what(), {}};
  } catch (const lib::AutogradError& e) {
    out = {Threw::Autograd, e.what(), {}};
  } catch (const lib::Error& e) {
    out = {Threw::Other, e.what(), {}};
  } catch (const std::exception& e) {
    out = {Threw::Foreign, e.what(), {}};
  }
}

lib::Reduction reduction(int h) { return h == 0 ? lib::kNone : h == 1 ? lib::kMean : lib::kSum; }

Tensor norm(const Tensor& x, double p, const std::vector<std::int64_t>& t, bool k) { return x.norm(p, t, k); }
Tensor mse_loss(const Tensor& x, const Tensor& y, int h) { return lib::mse_loss(x, y, reduction(h)); }
Tensor l1_loss(const Tensor& x, const Tensor& y, int h) { return lib::l1_loss(x, y, reduction(h)); }
Tensor binary_cross_entropy_with_logits(const Tensor& x, const Tensor& y, int h) {
  return lib::binary_cross_entropy_with_logits(x, y, {}, {}, reduction(h));
}
Tensor cross_entropy(const Tensor& x, const Tensor& y, int h, double smoothing) {
  return lib::cross_entropy(x, y, {}, reduction(h), -100, smoothing);
}
Tensor nll_loss(const Tensor& x, const Tensor& y, int h) { return lib::nll_loss(x, y, {}, reduction(h)); }
Tensor pad(const Tensor& x, const std::vector<std::int64_t>& q, double a) { return lib::pad(x, q, a); }
Tensor one_hot(const Tensor& x, std::int64_t classes) { return lib::one_hot(x, classes); }
Tensor normalize(const Tensor& x, std::int64_t d) {
  return lib::nn::functional::normalize(x, lib::nn::functional::NormalizeFuncOptions().dim(d));
}
Tensor data(const Tensor& x) { return x.data(); }
const Tensor& grad(const Tensor& x) { return x.grad(); }
const void* identity(const Tensor& x) { return x.impl(); }
const void* bytes(const Tensor&) { return nullptr; }
bool is_view(const Tensor&) { return false; }
void zero_grad(const Tensor& x, bool to_none) { x.zero_grad(to_none); }
Tensor nth(const std::vector<Tensor>& all, std::int64_t j) {
  return all.empty() ? Tensor() : all[static_cast<std::size_t>(std::abs(j)) % all.size()];
}

}  // namespace adapt
}  // namespace
}  // namespace differential

#include "tests/differential/machine.h"

namespace differential {

std::unique_ptr<Machine> tapegrad_machine() {
  lib::set_num_threads(1);
  return std::make_unique<LibMachine>(false);
}

static bool same_bytes(const Tensors& a, const Tensors& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Tensor& x, const Tensor& y) {
    return x.dtype() == y.dtype() && x.sizes() == y.sizes() &&
           std::memcmp(x.contiguous().data_ptr(), y.contiguous().data_ptr(), x.nbytes()) == 0;
  });
}

std::string captured_otherwise(const Program& program, bool& replayed) {
  bool threw = false;  // in the last run; a replay, which knows no program that goes on, throws the same
  const auto body = [&](const Tensors& leaves) {
    LibMachine machine(false, &leaves);
    threw = false;
    for (const Instruction& in : program) threw |= machine.run(in).threw != Threw::No;
    return machine.copies();
  };
  auto captured = lib::capture(body);
  for (int call = 0; call < 7; ++call) {
    Tensors leaves;
    for (const Instruction& in : program)
      if (in.op == Op::Leaf) {
        leaves.push_back(leaf_of(in));
        if (leaves.back().is_floating_point()) leaves.back().mul_(1 + 0.125 * call);
      }
    const Tensors want = body(leaves);
    const bool may_throw = threw;
    try {
      if (!same_bytes(want, captured(leaves))) return "call " + std::to_string(call) + ":\n" + captured.text();
    } catch (const lib::AutogradError&) {
      replayed = false;
      return "";
    } catch (const lib::Error& e) {
      if (!may_throw) return "call " + std::to_string(call) + ": " + e.what() + "\n" + captured.text();
      return "";
    }
  }
  replayed = captured.stats().replayed > 0;
  return "";
}

}  // namespace differential
