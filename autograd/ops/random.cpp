// Random tensors, drawn as PyTorch draws them on the CPU (random.h).
#include <tapegrad/autograd/random.h>

#include <cmath>
#include <numbers>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

namespace ops {

float uniform(Generator& gen, float) noexcept { return gen.uniform_float(); }
double uniform(Generator& gen, double) noexcept { return gen.uniform_double(); }

template <class T>
void fill_uniform(T* x, std::int64_t n, double from, double to, Generator& gen) noexcept {
  const auto a = static_cast<T>(from);
  const auto width = static_cast<T>(to) - a;
  for (std::int64_t i = 0; i < n; ++i) x[i] = std::fma(uniform(gen, T()), width, a);
}

// Box-Muller over a block of 16 uniforms: element j with element j + 8.
template <class T>
void normal_block(T* d, T mean, T std) noexcept {
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
void fill_normal(T* x, std::int64_t n, double mean, double std, Generator& gen, bool blocks) noexcept {
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

// Fills fresh contiguous elements, then x: in place where nothing is recorded, else as a copy.
Tensor& fill_random(const char* op, const Tensor& x, auto draw) try {
  if (!x.is_floating_point()) throw_dtype(op, "not implemented for '", x.dtype(), "'; use a floating-point tensor");
  const Tensor drawn = empty(x.sizes(), x.dtype());
  draw(drawn.impl());
  return x.copy_(drawn);
} catch (const Error&) {
  throw_as(op);
}

}  // namespace ops

using namespace ops;

Tensor& TensorOps::uniform_(double from, double to) const {
  if (!(from <= to))
    throw ValueError(joined("uniform_: expects to return a [from, to) range, but found from=", from, " > to=", to,
                            "; give the smaller first"));
  return fill_random("uniform_", self(), [=](TensorImpl* t) {
    by_real(t->dtype, [=]<class T>() { fill_uniform(t->ptr<T>(), t->numel, from, to, default_generator()); });
  });
}

Tensor& TensorOps::normal_(double mean, double std) const {
  if (!(std >= 0)) throw ValueError(joined("normal_: expects std >= 0.0, but found std ", std, "; give 0 or more"));
  const bool blocks = self().is_contiguous();
  return fill_random("normal_", self(), [=](TensorImpl* t) {
    by_real(t->dtype, [=]<class T>() {
      fill_normal(t->ptr<T>(), t->numel, mean, std, default_generator(), blocks && t->numel >= 16);
    });
  });
}

Tensor rand(IntList sizes, TensorOptions o) try {
  return with_options(empty(sizes, o.dtype_or(kFloat)).uniform_(), o);
} catch (const Error&) {
  throw_as("rand");
}
Tensor randn(IntList sizes, TensorOptions o) try {
  return with_options(empty(sizes, o.dtype_or(kFloat)).normal_(), o);
} catch (const Error&) {
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

Tensor randint(std::int64_t high, IntList sizes, TensorOptions o) { return randint(0, high, sizes, o); }
Tensor randint(std::int64_t low, std::int64_t high, IntList sizes, TensorOptions o) try {
  if (low >= high)
    throw ValueError(joined("randint: random_ expects 'from' to be less than 'to', but got from=", low, " >= to=", high,
                            "; give a larger end"));
  const Tensor t = empty(sizes, kLong);
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  Generator& gen = default_generator();
  auto* p = t.impl()->ptr<std::int64_t>();
  for (std::int64_t i = 0; i < t.numel(); ++i) {
    const std::uint64_t r = range >= (std::uint64_t{1} << 32) ? gen.random64() : gen.random32();
    p[i] = static_cast<std::int64_t>(r % range + static_cast<std::uint64_t>(low));
  }
  return with_options(t.to(o.dtype_or(kLong)), o);
} catch (const Error&) {
  throw_as("randint");
}

Tensor randperm(std::int64_t n, TensorOptions o) try {
  if (n < 0) throw_shape("randperm", "n must be non-negative, got ", n, "; give 0 or more");
  const Tensor t = arange(n);
  auto* p = t.impl()->ptr<std::int64_t>();
  Generator& gen = default_generator();
  for (std::int64_t i = 0; i < n - 1; ++i)
    std::swap(p[i], p[i + static_cast<std::int64_t>(gen.random32() % static_cast<std::uint64_t>(n - i))]);
  return with_options(t.to(o.dtype_or(kLong)), o);
} catch (const Error&) {
  throw_as("randperm");
}

}  // namespace tapegrad
