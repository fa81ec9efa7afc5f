// Random tensors, drawn as PyTorch draws them on the CPU (random.h).
#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/random.h>

#include <cmath>
#include <limits>
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

// A tensor filled by an op that draws: by the generator of the thread that executes it, which is made here.
static Tensor draw(const Op& op, Dtype dtype, IntList sizes, std::int64_t numel, Attrs attrs = {}) {
  if (context().batch != 0) {
    throw_unbatchable(op.name, "draws random numbers",
                      "draw them before, one for each sample, and give them to the function as an argument");
  }
  default_generator();
  return create(op, dtype, sizes, numel, attrs);
}
static Generator& drawn_from() noexcept { return *context().generator; }

// --- uniform, normal
namespace {
struct DrawAttrs {
  double a, b;          // from and to, or mean and standard deviation
  std::int64_t blocks;  // of a normal: blocks of 16 are drawn
};
}  // namespace

static void run_uniform(const Call& c) noexcept {
  const auto a = c.attrs.as<DrawAttrs>();
  by_floating(c.out->dtype, [&]<class T>() { fill_uniform(c.out->ptr<T>(), c.out->numel, a.a, a.b, drawn_from()); });
}
constexpr Op kUniform{.name = "uniform", .flags = kNoGrad | kDraws, .kernel = run_uniform};

static void run_normal(const Call& c) noexcept {
  const auto a = c.attrs.as<DrawAttrs>();
  by_floating(c.out->dtype,
              [&]<class T>() { fill_normal(c.out->ptr<T>(), c.out->numel, a.a, a.b, drawn_from(), a.blocks != 0); });
}
constexpr Op kNormal{.name = "normal", .flags = kNoGrad | kDraws, .kernel = run_normal};

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
    return draw(op, computed_in(dtype), sizes, n, pack(DrawAttrs{a, b, blocks && n >= 16})).to(dtype);
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

// --- exponential_: drawn in double, as -log(1 - u) / rate
static void run_exponential(const Call& c) noexcept {
  const auto a = c.attrs.as<DrawAttrs>();
  Generator& gen = drawn_from();
  by_floating(c.out->dtype, [&]<class T>() {
    for (std::int64_t i = 0; i < c.out->numel; ++i)
      c.out->ptr<T>()[i] = static_cast<T>(-1 / a.a * std::log1p(-gen.uniform_double()));
  });
}
constexpr Op kExponential{.name = "exponential", .flags = kNoGrad | kDraws, .kernel = run_exponential};
Tensor& TensorOps::exponential_(double rate) const try {
  if (!(rate > 0)) throw_value("exponential_", "expects lambda > 0.0, but found lambda=", rate, "; give more than 0");
  return Draw{kExponential, rate, 0}.into(self());
} catch (const Error&) {
  throw_as("exponential_");
}

// --- normal: of these means and standard deviations
Tensor normal(double mean, double std, IntList sizes, TensorOptions o) try {
  return empty(sizes, o).normal_(mean, std);
} catch (const Error&) {
  throw_as("normal");
}
static Tensor normal(const Tensor& mean, const Tensor& std, Dtype dtype) try {
  const NoGradGuard no_grad;
  if (std.numel() > 0 && !(std.min().item<double>() >= 0))
    throw_value("normal", "expects all elements of std >= 0.0; give 0 or more");
  const std::vector<Tensor> both = broadcast_tensors({mean, std});
  return Draw{kNormal, 0, 1}.make(both[0].sizes(), dtype).mul_(both[1]).add_(both[0]);
} catch (const Error&) {
  throw_as("normal");
}
Tensor normal(const Tensor& mean, const Tensor& std) { return normal(mean, std, mean.dtype()); }
Tensor normal(const Tensor& mean, double std) { return normal(mean, scalar_tensor(std, mean.dtype()), mean.dtype()); }
Tensor normal(double mean, const Tensor& std) { return normal(scalar_tensor(mean, std.dtype()), std, std.dtype()); }

// --- bernoulli: uniform numbers below p
static void require_probabilities(const char* op, double least, double most) {
  if (least >= 0 && most <= 1) return;
  throw_value(op, "expects p to be in [0, 1], but got p from ", least, " to ", most, "; give probabilities");
}
static Tensor below(const char* op, const Tensor& p, IntList sizes, Dtype dtype) try {
  const NoGradGuard no_grad;
  if (!p.is_floating_point())
    throw_dtype(op, "expects probabilities of a floating-point dtype, not ", p.dtype(), "; convert with to(kFloat)");
  if (p.numel() > 0) require_probabilities(op, p.min().item<double>(), p.max().item<double>());
  return rand(sizes, p.dtype()).lt(p).to(dtype);
} catch (const Error&) {
  throw_as(op);
}
static Tensor below(const char* op, double p, IntList sizes, Dtype dtype) {
  const NoGradGuard no_grad;
  require_probabilities(op, p, p);
  return rand(sizes, kDouble).lt(p).to(dtype);
}
Tensor bernoulli(const Tensor& p) { return below("bernoulli", p, p.sizes(), p.dtype()); }
Tensor bernoulli(const Tensor& x, double p) { return below("bernoulli", p, x.sizes(), x.dtype()); }
Tensor TensorOps::bernoulli() const { return tapegrad::bernoulli(self()); }
Tensor TensorOps::bernoulli(double p) const { return tapegrad::bernoulli(self(), p); }
Tensor& TensorOps::bernoulli_(double p) const { return copy_(below("bernoulli_", p, self().sizes(), self().dtype())); }
Tensor& TensorOps::bernoulli_(const Tensor& p) const {
  return copy_(below("bernoulli_", p, self().sizes(), self().dtype()));
}

// --- multinomial: without replacement the weights that are largest once each is divided by an exponential number; with
// it, where uniform numbers fall among the running sums
Tensor multinomial(const Tensor& x, std::int64_t samples, bool replacement) try {
  const NoGradGuard no_grad;
  if (!x.is_floating_point())
    throw_dtype("multinomial", "only supports floating-point dtypes for input, got: ", x.dtype(),
                "; convert with to(kFloat)");
  if (x.dim() < 1 || x.dim() > 2 || x.size(-1) == 0)
    throw_shape("multinomial", "prob_dist must be 1 or 2 dim, and not empty, but got sizes ", x.sizes(),
                "; give weights as rows");
  if (samples < 1)
    throw_value("multinomial", "cannot sample n_sample <= 0 samples, got ", samples, "; draw at least 1");
  const bool none = x.numel() == 0;
  if (!none && !(x.min().item<double>() >= 0 && x.max().item<double>() < std::numeric_limits<double>::infinity()))
    throw_value("multinomial",
                "probability tensor contains either `inf`, `nan` or element < 0; give weights of 0 or more");
  const std::int64_t possible = none ? samples : x.ne(0).sum(-1).min().item<std::int64_t>();
  if (possible < (replacement ? 1 : samples))
    throw_value("multinomial", "invalid multinomial distribution: cannot sample n_sample > ", possible,
                " samples without replacement from as many weights above 0; draw fewer");
  if (!replacement) return std::get<1>(x.div(empty(x.sizes(), x.dtype()).exponential_()).topk(samples));
  const Tensor sums = x.cumsum(-1);
  const Tensor shares = sums.div(sums.narrow(-1, -1, 1)).to(kDouble);
  Dims sizes = x.sizes();
  sizes.back() = samples;
  return searchsorted(shares, rand(sizes, kDouble));
} catch (const Error&) {
  throw_as("multinomial");
}
Tensor TensorOps::multinomial(std::int64_t samples, bool replacement) const {
  return tapegrad::multinomial(self(), samples, replacement);
}

// --- randint, random_, randperm
namespace {
struct RandintAttrs {
  std::int64_t low, range;  // range: how many integers there are, as unsigned
};
}  // namespace

static void run_randint(const Call& c) noexcept {
  const auto a = c.attrs.as<RandintAttrs>();
  const auto low = static_cast<std::uint64_t>(a.low), range = static_cast<std::uint64_t>(a.range);
  Generator& gen = drawn_from();
  auto* p = c.out->ptr<std::int64_t>();
  for (std::int64_t i = 0; i < c.out->numel; ++i) {
    const std::uint64_t r = range >= (std::uint64_t{1} << 32) ? gen.random64() : gen.random32();
    p[i] = static_cast<std::int64_t>(r % range + low);
  }
}
constexpr Op kRandint{.name = "randint", .flags = kNoGrad | kDraws, .kernel = run_randint};
static Tensor draw_integers(const char* op, std::int64_t low, std::uint64_t range, IntList sizes) {
  return draw(kRandint, kLong, sizes, checked_numel(op, sizes),
              pack(RandintAttrs{low, static_cast<std::int64_t>(range)}));
}
static Tensor between(const char* op, std::int64_t low, std::int64_t high, IntList sizes) {
  if (low >= high)
    throw_value(op, "random_ expects 'from' to be less than 'to', but got from=", low, " >= to=", high,
                "; give a larger end");
  return draw_integers(op, low, static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low), sizes);
}
Tensor randint(std::int64_t high, IntList sizes, TensorOptions o) { return randint(0, high, sizes, o); }
Tensor randint(std::int64_t low, std::int64_t high, IntList sizes, TensorOptions o) try {
  return with_options(between("randint", low, high, sizes).to(o.dtype_or(kLong)), o);
} catch (const Error&) {
  throw_as("randint");
}
Tensor randint_like(const Tensor& x, std::int64_t high, TensorOptions o) { return randint_like(x, 0, high, o); }
Tensor randint_like(const Tensor& x, std::int64_t low, std::int64_t high, TensorOptions o) try {
  return randint(low, high, x.sizes(), o.dtype(o.dtype_or(x.dtype())));
} catch (const Error&) {
  throw_as("randint_like");
}

Tensor& TensorOps::random_(std::int64_t low, std::int64_t high) const {
  return copy_(between("random_", low, high, self().sizes()));
}
Tensor& TensorOps::random_(std::int64_t high) const { return random_(0, high); }
Tensor& TensorOps::random_() const {
  const std::uint64_t range = kernels::by_any_dtype(self().dtype(), []<class T>() -> std::uint64_t {
    constexpr int kDigits = std::is_same_v<T, kernels::Half>       ? 11
                            : std::is_same_v<T, kernels::BFloat16> ? 8
                                                                   : std::numeric_limits<T>::digits;
    return (std::uint64_t{1} << kDigits) + (std::is_integral_v<T> ? 0 : 1);
  });
  return copy_(draw_integers("random_", 0, range, self().sizes()));
}

static void run_randperm(const Call& c) noexcept {
  Generator& gen = drawn_from();
  const std::int64_t n = c.out->numel;
  auto* p = c.out->ptr<std::int64_t>();
  std::iota(p, p + n, 0);
  for (std::int64_t i = 0; i < n - 1; ++i)
    std::swap(p[i], p[i + static_cast<std::int64_t>(gen.random32() % static_cast<std::uint64_t>(n - i))]);
}
constexpr Op kRandperm{.name = "randperm", .flags = kNoGrad | kDraws, .kernel = run_randperm};
Tensor randperm(std::int64_t n, TensorOptions o) try {
  if (n < 0) throw_shape("randperm", "n must be non-negative, got ", n, "; give 0 or more");
  const Tensor t = draw(kRandperm, kLong, n, checked_numel("randperm", n));
  return with_options(t.to(o.dtype_or(kLong)), o);
} catch (const Error&) {
  throw_as("randperm");
}

}  // namespace tapegrad
