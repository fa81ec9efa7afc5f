#include <tapegrad/nn/init.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/index.h>
#include <tapegrad/autograd/ops.h>

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

static void check_dims(const char* op, const Tensor& x, std::int64_t least, std::int64_t most) {
  if (x.dim() >= least && x.dim() <= most) return;
  core::throw_shape(op, "Only tensors with ",
                    least == 3      ? "3, 4, or 5"
                    : least == most ? "2"
                                    : "2 or more",
                    " dimensions are supported, but got sizes ", x.sizes(), "; view() it in other sizes");
}

Tensor eye_(const Tensor& x) {
  check_dims("eye_", x, 2, 2);
  const NoGradGuard no_grad;
  return x.copy_(eye(x.size(0), x.size(1)));
}

Tensor dirac_(const Tensor& x) {
  check_dims("dirac_", x, 3, 5);
  zeros_(x);
  const NoGradGuard no_grad;
  for (std::int64_t d = 0; d < std::min(x.size(0), x.size(1)); ++d) {
    Tensor middle = x.select(0, d).select(0, d);
    while (middle.dim() > 0) middle = middle.select(0, middle.size(0) / 2);
    middle.fill_(1);
  }
  return x;
}

Tensor trunc_normal_(const Tensor& x, double mean, double std, double a, double b) {
  const auto twice_cdf = [&](double v) { return std::erf((v - mean) / std / std::sqrt(2.0)); };  // 2 cdf(v) - 1
  const NoGradGuard no_grad;
  return x.uniform_(twice_cdf(a), twice_cdf(b)).erfinv_().mul_(std * std::sqrt(2.0)).add_(mean).clamp_(a, b);
}

Tensor sparse_(const Tensor& x, double sparsity, double std) {
  check_dims("sparse_", x, 2, 2);
  if (!(sparsity >= 0 && sparsity <= 1)) {
    core::throw_value("sparse_", "expects a sparsity in [0, 1], but got ", sparsity, "; give the part that is to be 0");
  }
  const NoGradGuard no_grad;
  x.normal_(0, std);
  const auto zeros = static_cast<std::int64_t>(std::ceil(sparsity * static_cast<double>(x.size(0))));
  for (std::int64_t column = 0; column < x.size(1); ++column) {
    x.index_put_({randperm(x.size(0)).narrow(0, 0, zeros), column}, 0);
  }
  return x;
}

Tensor orthogonal_(const Tensor& x, double gain) {
  check_dims("orthogonal_", x, 2, std::numeric_limits<std::int64_t>::max());
  if (x.numel() == 0) return x;
  const NoGradGuard no_grad;
  const std::int64_t rows = x.size(0), columns = x.numel() / rows;
  const Tensor drawn = empty({rows, columns}, x.dtype()).normal_().to(kDouble);
  // Gram and Schmidt's way, each step twice: then it is as good as any.
  const Tensor q = rows < columns ? drawn : drawn.t().contiguous();
  for (std::int64_t k = 0; k < q.size(0); ++k) {
    const Tensor row = q[k];
    for (int again = 0; again < 2 && k > 0; ++again) {
      const Tensor before = q.narrow(0, 0, k);
      row.sub_(before.t().matmul(before.matmul(row)));
    }
    row.div_(row.norm());
  }
  return x.copy_((rows < columns ? q : q.t()).reshape(x.sizes())).mul_(gain);
}

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
