// Random tensors, drawn as PyTorch draws them on the CPU (random.h).
#include <tapegrad/autograd/random.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

namespace ops {

template <class T>
T draw_uniform(Generator& gen) noexcept {
  if constexpr (std::is_same_v<T, float>) {
    return gen.uniform_float();
  } else {
    return gen.uniform_double();
  }
}

template <class T>
void fill_uniform(T* x, std::int64_t n, double from, double to, Generator& gen) noexcept {
  const auto a = static_cast<T>(from);
  const auto width = static_cast<T>(to) - a;
  for (std::int64_t i = 0; i < n; ++i) x[i] = std::fma(draw_uniform<T>(gen), width, a);
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
void fill_normal(T* x, std::int64_t n, double mean, double std, Generator& gen) noexcept {
  const auto m = static_cast<T>(mean);
  const auto s = static_cast<T>(std);
  if (n < 16) {
    for (std::int64_t i = 0; i < n; ++i) x[i] = static_cast<T>(gen.normal() * std + mean);
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) x[i] = draw_uniform<T>(gen);
  for (std::int64_t i = 0; i + 15 < n; i += 16) normal_block(x + i, m, s);
  if (n % 16 == 0) return;
  for (std::int64_t i = n - 16; i < n; ++i) x[i] = draw_uniform<T>(gen);
  normal_block(x + n - 16, m, s);
}

// Fills fresh contiguous elements, then x: in place where nothing is recorded, else as a copy.
template <class F>
void fill_random(const char* op, const Tensor& x, F draw) {
  if (!x.is_floating_point()) {
    throw_dtype(op, std::string("not implemented for '") + name(x.dtype()) + "'; use a floating-point tensor");
  }
  const Tensor drawn = empty(x.sizes(), x.dtype());
  draw(drawn.impl());
  x.copy_(drawn);
}

Tensor random_like(Tensor t, TensorOptions o) {
  if (o.requires_grad_value()) t.requires_grad_();
  return t;
}

}  // namespace ops

using namespace ops;

Tensor& TensorOps::uniform_(double from, double to) const {
  if (!(from <= to))
    throw Error("uniform_: expects to return a [from, to) range, but found from=" + std::to_string(from) +
                " > to=" + std::to_string(to));
  fill_random("uniform_", self(), [=](TensorImpl* t) {
    Generator& gen = default_generator();
    t->dtype == kFloat ? fill_uniform(t->ptr<float>(), t->numel, from, to, gen)
                       : fill_uniform(t->ptr<double>(), t->numel, from, to, gen);
  });
  return done(self());
}

Tensor& TensorOps::normal_(double mean, double std) const {
  if (!(std >= 0)) throw Error("normal_: expects std >= 0.0, but found std " + std::to_string(std));
  const bool blocks = self().is_contiguous();
  fill_random("normal_", self(), [=](TensorImpl* t) {
    Generator& gen = default_generator();
    if (!blocks) {
      for (std::int64_t i = 0; i < t->numel; ++i) {
        const double v = gen.normal() * std + mean;
        t->dtype == kFloat ? void(t->ptr<float>()[i] = static_cast<float>(v)) : void(t->ptr<double>()[i] = v);
      }
      return;
    }
    t->dtype == kFloat ? fill_normal(t->ptr<float>(), t->numel, mean, std, gen)
                       : fill_normal(t->ptr<double>(), t->numel, mean, std, gen);
  });
  return done(self());
}

Tensor rand(IntList sizes, TensorOptions o) { return random_like(empty(sizes, o.dtype_or(kFloat)).uniform_(), o); }
Tensor randn(IntList sizes, TensorOptions o) { return random_like(empty(sizes, o.dtype_or(kFloat)).normal_(), o); }
Tensor rand_like(const Tensor& x, TensorOptions o) { return rand(x.sizes(), o.dtype(o.dtype_or(x.dtype()))); }
Tensor randn_like(const Tensor& x, TensorOptions o) { return randn(x.sizes(), o.dtype(o.dtype_or(x.dtype()))); }

Tensor randint(std::int64_t high, IntList sizes, TensorOptions o) { return randint(0, high, sizes, o); }
Tensor randint(std::int64_t low, std::int64_t high, IntList sizes, TensorOptions o) {
  if (low >= high)
    throw Error("randint: random_ expects 'from' to be less than 'to', but got from=" + std::to_string(low) +
                " >= to=" + std::to_string(high));
  const Tensor t = empty(sizes, kLong);
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  Generator& gen = default_generator();
  auto* p = t.impl()->ptr<std::int64_t>();
  for (std::int64_t i = 0; i < t.numel(); ++i) {
    const std::uint64_t r = range >= (std::uint64_t{1} << 32) ? gen.random64() : gen.random32();
    p[i] = static_cast<std::int64_t>(r % range + static_cast<std::uint64_t>(low));
  }
  return random_like(t.to(o.dtype_or(kLong)), o);
}

Tensor randperm(std::int64_t n, TensorOptions o) {
  if (n < 0) throw_shape("randperm", "n must be non-negative, got " + std::to_string(n));
  const Tensor t = arange(n);
  auto* p = t.impl()->ptr<std::int64_t>();
  Generator& gen = default_generator();
  for (std::int64_t i = 0; i < n - 1; ++i)
    std::swap(p[i], p[i + static_cast<std::int64_t>(gen.random32() % static_cast<std::uint64_t>(n - i))]);
  return random_like(t.to(o.dtype_or(kLong)), o);
}

}  // namespace tapegrad
