#include "check.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace tapegrad::fuzz {

void Log::fail(const std::string& why) const {
  std::fprintf(stderr, "%s\nFAILED: %s\n", text_.c_str(), why.c_str());
  std::abort();
}

std::string text(const Ints& v) {
  std::string s = "{";
  for (const std::int64_t i : v) s += (s.size() > 1 ? ", " : "") + std::to_string(i);
  return s + "}";
}

std::string text(const Items& items) {
  std::string s;
  for (const Item& i : items) {
    if (!s.empty()) s += ", ";
    switch (i.kind) {
      case Item::None:
        s += "None";
        break;
      case Item::Dots:
        s += "...";
        break;
      case Item::Int:
        s += std::to_string(i.i);
        break;
      case Item::Slice:
        s += "Slice(" + text(i.start) + ", " + text(i.stop) + ", " + std::to_string(i.step) + ")";
        break;
      case Item::Pick:
      case Item::Mask:
        s += (i.kind == Item::Mask ? "mask" : "pick") + text(i.at.shape) + "[";
        for (const Dual& v : i.at.v) s += " " + std::to_string(static_cast<long long>(v.v));
        s += " ]";
        break;
    }
  }
  return "{" + s + "}";
}

Tensor to_tensor(const Array& x, Dtype dtype, bool requires_grad) {
  Tensor t = empty(x.shape, dtype);
  void* const to = t.numel() > 0 ? t.data_ptr() : nullptr;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const Real v = x.v[k].v;
    if (dtype == kBool) static_cast<bool*>(to)[k] = v != 0;
    if (dtype == kLong) static_cast<std::int64_t*>(to)[k] = static_cast<std::int64_t>(v);
    if (dtype == kFloat) static_cast<float*>(to)[k] = static_cast<float>(v);
    if (dtype == kDouble) static_cast<double*>(to)[k] = static_cast<double>(v);
  }
  return t.requires_grad_(requires_grad);
}

std::vector<Real> elements(const Tensor& x) {
  std::vector<Real> out;
  const void* const from = x.numel() > 0 ? x.data_ptr() : nullptr;
  test::for_each(x.sizes().vec(), [&](const Index& i) {
    std::int64_t at = 0;
    for (std::size_t d = 0; d < i.size(); ++d) at += i[d] * x.strides()[d];
    if (x.dtype() == kBool) out.push_back(static_cast<const bool*>(from)[at] ? 1 : 0);
    if (x.dtype() == kLong) out.push_back(static_cast<Real>(static_cast<const std::int64_t*>(from)[at]));
    if (x.dtype() == kFloat) out.push_back(static_cast<const float*>(from)[at]);
    if (x.dtype() == kDouble) out.push_back(static_cast<const double*>(from)[at]);
  });
  return out;
}

TensorIndex to_index(const Item& i) {
  switch (i.kind) {
    case Item::Dots:
      return indexing::Ellipsis;
    case Item::Int:
      return i.i;
    case Item::Slice:
      return indexing::Slice(i.start, i.stop, i.step);
    case Item::Pick:
      return to_tensor(i.at, kLong);
    case Item::Mask:
      return to_tensor(i.at, kBool);
    case Item::None:
      break;
  }
  return indexing::None;
}

std::vector<TensorIndex> to_indices(const Items& items) {
  std::vector<TensorIndex> out;
  for (const Item& i : items) out.push_back(to_index(i));
  return out;
}

void expect_equal(const Log& log, const Tensor& x, const Array& want, Real tolerance) {
  if (!x.defined()) log.fail("an undefined tensor, expected sizes " + text(want.shape));
  if (x.sizes().vec() != want.shape) log.fail("sizes " + text(x.sizes().vec()) + ", expected " + text(want.shape));
  const std::vector<Real> got = elements(x);
  for (std::size_t k = 0; k < got.size(); ++k) {
    if (std::abs(got[k] - want.v[k].v) <= tolerance) continue;
    log.fail("element " + std::to_string(k) + " of sizes " + text(want.shape) + " is " + std::to_string(got[k]) +
             ", expected " + std::to_string(want.v[k].v));
  }
}

std::optional<Arrays> ask(const std::function<Arrays()>& model) {
  try {
    return model();
  } catch (const Invalid&) {
    return std::nullopt;
  }
}

std::optional<Tensors> call(const Log& log, const std::function<Tensors()>& library) {
  try {
    return library();
  } catch (const Error&) {
    return std::nullopt;
  } catch (const std::exception& e) {
    log.fail(std::string("not a tapegrad::Error: ") + e.what());
  }
}

}  // namespace tapegrad::fuzz
