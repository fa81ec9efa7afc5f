// Random tensors, drawn as PyTorch draws them on the CPU (random.h).
#include <tapegrad/autograd/random.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "autograd/core/execute.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static float uniform(Generator& gen, float) noexcept { return gen.uniform_float(); }
static double uniform(Generator& gen, double) noexcept { return gen.uniform_double(); }

template <class T>
static void fill_uniform(T* x, std::int64_t n, double from, double to, Generator& gen) noexcept {
  const auto a = static_cast<T>(from);
  const auto width = static_cast<T>(to) - a;
  for (std::int64_t i = 0; i < n; ++i) x[i] = std::fma(uniform(gen, T()), width, a);
}

// Box-Muller over a block of 16 uniforms: element j with element j + 8.
template <class T>
static void normal_block(T* d, T mean, T std) noexcept {
  for (int j = 0; j < 8; ++j) {
    const T u1 = 1 - d[j];
    const T u2 = d[j + 8];
    const T radius = std::sqrt(-2 * std::log(u1));
    const T theta = 2 * std::numbers::pi_v<T> * u2;
    d[j] = radius * std::cos(theta) * std + mean;
    d[j + 8] = radius * std::sin(theta) * std + mean;
  }
}

template <class T>
static void fill_normal(T* x, std::int64_t n, double mean, double std, Generator& gen, bool blocks) noexcept {
  if (!blocks) {
    for (std::int64_t i = 0; i < n; ++i) x[i] = static_cast<T>(gen.normal() * std + mean);
    return;
  }
  const auto m = static_cast<T>(mean);
  const auto s = static_cast<T>(std);
  for (std::int64_t i = 0; i < n; ++i) x[i] = uniform(gen, T());
  for (std::int64_t i = 0; i + 15 < n; i += 16) normal_block(x + i, m, s);
  if (n % 16 == 0) return;
  for (std::int64_t i = n - 16; i < n; ++i) x[i] = uniform(gen, T());
  normal_block(x + n - 16, m, s);
}

// --- uniform, normal
namespace {
struct DrawAttrs {
  Generator* generator;
  double a, b;          // from and to, or mean and standard deviation
  std::int64_t blocks;  // of a normal: blocks of 16 are drawn
};
}  // namespace

static void run_uniform(const Call& c) noexcept {
  const auto a = c.attrs.as<DrawAttrs>();
  by_floating(c.out->dtype, [&]<class T>() { fill_uniform(c.out->ptr<T>(), c.out->numel, a.a, a.b, *a.generator); });
}
constexpr Op kUniform{.name = "uniform", .flags = kNoGrad, .kernel = run_uniform};

static void run_normal(const Call& c) noexcept {
  const auto a = c.attrs.as<DrawAttrs>();
  by_floating(c.out->dtype,
              [&]<class T>() { fill_normal(c.out->ptr<T>(), c.out->numel, a.a, a.b, *a.generator, a.blocks != 0); });
}
constexpr Op kNormal{.name = "normal", .flags = kNoGrad, .kernel = run_normal};

// A draw of floating-point elements by this thread's generator.
namespace {
struct Draw {
  const Op& op;
  double a, b;
  Tensor make(IntList sizes, Dtype dtype, bool blocks = true) const {
    if (!is_floating_point(dtype)) {
      throw_dtype(op.name, "not implemented for '", dtype, "'; use a floating-point tensor");
    }
    const std::int64_t n = checked_numel(op.name, sizes);
    return create(op, computed_in(dtype), sizes, n, pack(DrawAttrs{&default_generator(), a, b, blocks && n >= 16}))
        .to(dtype);
  }
  Tensor fresh(IntList sizes, TensorOptions o) const {
    return with_options(make(sizes, o.dtype_or(get_default_dtype())), o);
  }
  // Drawn beside x and copied, so that x may have any strides and the change can be recorded.
  Tensor& into(const Tensor& x) const { return x.copy_(make(x.sizes(), x.dtype(), x.is_contiguous())); }
};
}  // namespace

Tensor& TensorOps::uniform_(double from, double to) const try {
  if (!(from <= to))
    throw ValueError(joined("uniform_: expects to return a [from, to) range, but found from=", from, " > to=", to,
                            "; give the smaller first"));
  return Draw{kUniform, from, to}.into(self());
} catch (const Error&) {
  throw_as("uniform_");
}

Tensor& TensorOps::normal_(double mean, double std) const try {
  if (!(std >= 0)) throw ValueError(joined("normal_: expects std >= 0.0, but found std ", std, "; give 0 or more"));
  return Draw{kNormal, mean, std}.into(self());
} catch (const Error&) {
  throw_as("normal_");
}

Tensor rand(IntList sizes, TensorOptions o) try { return Draw{kUniform, 0, 1}.fresh(sizes, o); } catch (const Error&) {
  throw_as("rand");
}
Tensor randn(IntList sizes, TensorOptions o) try { return Draw{kNormal, 0, 1}.fresh(sizes, o); } catch (const Error&) {
  throw_as("randn");
}
Tensor rand_like(const Tensor& x, TensorOptions o) try {
  return rand(x.sizes(), o.dtype(o.dtype_or(x.dtype())));
} catch (const Error&) {
  throw_as("rand_like");
}
Tensor randn_like(const Tensor& x, TensorOptions o) try {
  return randn(x.sizes(), o.dtype(o.dtype_or(x.dtype())));
} catch (const Error&) {
  throw_as("randn_like");
}

// --- randint, randperm
namespace {
struct RandintAttrs {
  Generator* generator;
  std::int64_t low, range;  // range: how many integers there are, as unsigned
};
struct RandpermAttrs {
  Generator* generator;
};
}  // namespace

static void run_randint(const Call& c) noexcept {
  const auto a = c.attrs.as<RandintAttrs>();
  const auto low = static_cast<std::uint64_t>(a.low), range = static_cast<std::uint64_t>(a.range);
  auto* p = c.out->ptr<std::int64_t>();
  for (std::int64_t i = 0; i < c.out->numel; ++i) {
    const std::uint64_t r = range >= (std::uint64_t{1} << 32) ? a.generator->random64() : a.generator->random32();
    p[i] = static_cast<std::int64_t>(r % range + low);
  }
}
constexpr Op kRandint{.name = "randint", .flags = kNoGrad, .kernel = run_randint};
Tensor randint(std::int64_t high, IntList sizes, TensorOptions o) { return randint(0, high, sizes, o); }
Tensor randint(std::int64_t low, std::int64_t high, IntList sizes, TensorOptions o) try {
  if (low >= high)
    throw ValueError(joined("randint: random_ expects 'from' to be less than 'to', but got from=", low, " >= to=", high,
                            "; give a larger end"));
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  const Tensor t = create(kRandint, kLong, sizes, checked_numel("randint", sizes),
                          pack(RandintAttrs{&default_generator(), low, static_cast<std::int64_t>(range)}));
  return with_options(t.to(o.dtype_or(kLong)), o);
} catch (const Error&) {
  throw_as("randint");
}

static void run_randperm(const Call& c) noexcept {
  Generator& gen = *c.attrs.as<RandpermAttrs>().generator;
  const std::int64_t n = c.out->numel;
  auto* p = c.out->ptr<std::int64_t>();
  std::iota(p, p + n, 0);
  for (std::int64_t i = 0; i < n - 1; ++i)
    std::swap(p[i], p[i + static_cast<std::int64_t>(gen.random32() % static_cast<std::uint64_t>(n - i))]);
}
constexpr Op kRandperm{.name = "randperm", .flags = kNoGrad, .kernel = run_randperm};
Tensor randperm(std::int64_t n, TensorOptions o) try {
  if (n < 0) throw_shape("randperm", "n must be non-negative, got ", n, "; give 0 or more");
  const Tensor t = create(kRandperm, kLong, n, checked_numel("randperm", n), pack(RandpermAttrs{&default_generator()}));
  return with_options(t.to(o.dtype_or(kLong)), o);
} catch (const Error&) {
  throw_as("randperm");
}

}  // namespace tapegrad
