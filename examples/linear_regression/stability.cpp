#include "stability.h"

#include <cmath>

using namespace tapegrad;

double stability_limit(const Tensor& x) {
  // The loss is quadratic: its Hessian is the same at every point and for every y.
  const Tensor point = zeros({2}, TensorOptions(kDouble).requires_grad(true));
  const Tensor y_hat = x.to(kDouble) * point[0] + point[1];
  const Tensor gradient = autograd::grad({y_hat.square().mean()}, {point}, {}, true, true)[0];
  double hessian[2][2];
  for (int i = 0; i < 2; ++i) {
    const Tensor row = autograd::grad({gradient.select(0, i)}, {point}, {}, true)[0];
    for (int j = 0; j < 2; ++j) hessian[i][j] = row[j].item<double>();
  }
  const double mean = (hessian[0][0] + hessian[1][1]) / 2;
  return 2.0 / (mean + std::hypot((hessian[0][0] - hessian[1][1]) / 2, hessian[0][1]));
}
