// Bytes as calls with arbitrary, also invalid, sizes, dims, indices and dtypes, checked against the plain model.
#include <algorithm>

#include "shapes.h"

namespace tapegrad::fuzz {

namespace {

constexpr std::size_t kPool = 8;
constexpr Dtype kDtypes[] = {kLong, kDouble, kFloat, kLong, kBool};

std::string named(const Pair& p) { return std::string(name(p.t.dtype())) + text(p.a.shape); }

}  // namespace

std::string on(const Pair& x, const std::string& what) {
  return std::string(name(x.t.dtype())) + text(x.a.shape) + "/" + text(x.t.strides().vec()) + "." + what;
}

const Pair& Session::any() {
  return pool_[static_cast<std::size_t>(in.below(static_cast<std::int64_t>(pool_.size())))];
}

Pair Session::counting(const Shape& shape, Dtype dtype, Real first) {
  Array a(checked(shape));
  for (std::size_t k = 0; k < a.size(); ++k)
    a.v[k] = dtype == kBool ? static_cast<Real>((k * k + 1) % 3 == 1) : first + static_cast<Real>(k);
  return {to_tensor(a, dtype), a};
}

Ints Session::sizes_near(const Shape& x) {
  Ints s = x;
  for (std::int64_t changes = in.below(4); changes > 0; --changes) {
    const auto n = static_cast<std::int64_t>(s.size());
    const auto at = s.begin() + in.below(n);
    switch (in.below(6)) {
      case 0:
        s.insert(s.begin() + in.below(n + 1), 1);
        break;
      case 1:  // two dims as one
        if (n < 2 || at + 1 == s.end()) break;
        if (__builtin_mul_overflow(*at, at[1], &*at)) *at = -2;
        s.erase(at + 1);
        break;
      case 2:  // one dim as two
        if (n == 0 || *at % 2 != 0) break;
        *at /= 2;
        s.insert(at, 2);
        break;
      case 3:
        if (n > 0) *at = -1;
        break;
      case 4:
        if (n > 0) *at = in.number();
        break;
      default:
        s.insert(s.begin(), in.number());
    }
  }
  return s;
}

Array Session::indices(const Shape& shape, std::int64_t n, bool negative) {
  Array a(shape);
  const std::int64_t odd = in.below(24);
  for (Dual& v : a.v) {
    const std::int64_t i = in.below(std::clamp<std::int64_t>(n, 1, 100));
    v = static_cast<Real>(negative && in.one_in(3) ? i - n : i);
  }
  if (odd == 23 && !a.v.empty()) a.v.back() = static_cast<Real>(in.number());
  return a;
}

Pair Session::as(const Pair& p, Dtype dtype) {
  if (p.t.dtype() == dtype) return p;
  Pair out{p.t.to(dtype), p.a};
  if (dtype == kBool)
    for (Dual& v : out.a.v) v = v.v != 0 ? 1 : 0;
  return out;
}

void Session::check_pool() const {
  for (const Pair& p : pool_) expect_equal(log_, p.t, p.a, 0);
}

void Session::call(const std::string& what, Dtype dtype, const std::function<Arrays()>& model,
                   const std::function<Tensors()>& library) {
  log_.line(what);
  std::optional<Arrays> want;
  try {
    want = ask(model);
  } catch (const Unknown&) {
    return;
  } catch (const Untold&) {
    fuzz::call(log_, library);
    return;
  }
  const std::optional<Tensors> got = fuzz::call(log_, library);
  if (!want && got) log_.fail("the library took an invalid call");
  if (want && !got) log_.fail("the library threw");
  if (!want) return check_pool();
  if (got->size() != want->size()) log_.fail("a list of another length");
  for (std::size_t k = 0; k < want->size(); ++k) {
    const Tensor& t = (*got)[k];
    const Array& a = (*want)[k];
    expect_equal(log_, t, a, 0);
    if (t.dtype() != dtype) log_.fail(std::string("dtype ") + name(t.dtype()));
    const bool small = std::all_of(a.v.begin(), a.v.end(), [](const Dual& v) { return std::abs(v.v) < 10000; });
    if (!small || a.size() > 512 || k > 2) continue;
    if (pool_.size() < kPool) {
      pool_.push_back({t, a});
    } else {
      pool_[static_cast<std::size_t>(in.below(kPool))] = {t, a};
    }
  }
}

void Session::run() {
  for (std::int64_t n = 1 + in.below(3); n > 0; --n)
    pool_.push_back(counting(in.shape(4), kDtypes[in.below(std::size(kDtypes))], static_cast<Real>(in.below(4))));
  for (const Pair& p : pool_) log_.line("x " + named(p));
  for (int calls = 0; calls < 12 && !in.empty(); ++calls) {
    const std::vector<Call>* const tables[] = {&kViewCalls, &kIndexCalls, &kComputeCalls, &kOrderCalls};
    const std::vector<Call>& table = *tables[in.below(4)];
    table[static_cast<std::size_t>(in.below(static_cast<std::int64_t>(table.size())))](*this);
  }
  check_pool();
}

}  // namespace tapegrad::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tapegrad::fuzz::Session(data, size).run();
  return 0;
}
