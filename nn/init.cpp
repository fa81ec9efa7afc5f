#include <tapegrad/nn/init.h>

#include <cmath>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/text.h"

namespace tapegrad::nn::init {

double calculate_gain(Nonlinearity nonlinearity, double param) {
  if (nonlinearity == Nonlinearity::Tanh) return 5.0 / 3.0;
  if (nonlinearity == Nonlinearity::ReLU) return std::sqrt(2.0);
  if (nonlinearity == Nonlinearity::LeakyReLU) return std::sqrt(2.0 / (1 + param * param));
  return 1;
}

Tensor uniform_(const Tensor& x, double low, double high) {
  const NoGradGuard no_grad;
  return x.uniform_(low, high);
}

Tensor normal_(const Tensor& x, double mean, double std) {
  const NoGradGuard no_grad;
  return x.normal_(mean, std);
}

Tensor constant_(const Tensor& x, const Scalar& value) {
  const NoGradGuard no_grad;
  return x.fill_(value);
}

Tensor ones_(const Tensor& x) { return constant_(x, 1); }
Tensor zeros_(const Tensor& x) { return constant_(x, 0); }

std::tuple<std::int64_t, std::int64_t> _calculate_fan_in_and_fan_out(const Tensor& x) {
  if (x.dim() < 2) {
    core::throw_shape("init",
                      "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions (got sizes ",
                      x.sizes(), "); use uniform_ or normal_");
  }
  std::int64_t field = 1;
  for (std::int64_t d = 2; d < x.dim(); ++d) field *= x.size(d);
  return {x.size(1) * field, x.size(0) * field};
}

namespace {

double xavier_std(const Tensor& x, double gain) {
  const auto [fan_in, fan_out] = _calculate_fan_in_and_fan_out(x);
  return gain * std::sqrt(2.0 / static_cast<double>(fan_in + fan_out));
}

double kaiming_std(const Tensor& x, double a, FanMode mode, Nonlinearity nonlinearity) {
  const auto [fan_in, fan_out] = _calculate_fan_in_and_fan_out(x);
  return calculate_gain(nonlinearity, a) / std::sqrt(static_cast<double>(mode == FanMode::FanIn ? fan_in : fan_out));
}

Tensor symmetric_uniform(const Tensor& x, double std) {
  if (x.numel() == 0) return x;
  const double bound = std::sqrt(3.0) * std;
  return uniform_(x, -bound, bound);
}

Tensor centred_normal(const Tensor& x, double std) { return x.numel() == 0 ? x : normal_(x, 0, std); }

}  // namespace

Tensor xavier_uniform_(const Tensor& x, double gain) { return symmetric_uniform(x, xavier_std(x, gain)); }

Tensor xavier_normal_(const Tensor& x, double gain) { return centred_normal(x, xavier_std(x, gain)); }

Tensor kaiming_uniform_(const Tensor& x, double a, FanMode mode, Nonlinearity nonlinearity) {
  return symmetric_uniform(x, kaiming_std(x, a, mode, nonlinearity));
}

Tensor kaiming_normal_(const Tensor& x, double a, FanMode mode, Nonlinearity nonlinearity) {
  return centred_normal(x, kaiming_std(x, a, mode, nonlinearity));
}

}  // namespace tapegrad::nn::init
