// Far out, where an exponential overflows, activations are straight lines: their second derivative is 0, never NaN.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {
namespace {

TEST(Tails, OfActivationsAreStraight) {
  const std::vector<std::pair<std::string, std::function<Tensor(const Tensor&)>>> rows = {
      {"sigmoid", [](const Tensor& x) { return sigmoid(x); }},
      {"tanh", [](const Tensor& x) { return tanh(x); }},
      {"relu", [](const Tensor& x) { return relu(x); }},
      {"hardtanh", [](const Tensor& x) { return hardtanh(x); }},
      {"leaky_relu", [](const Tensor& x) { return leaky_relu(x); }},
      {"elu", [](const Tensor& x) { return elu(x, 1.5); }},
      {"softplus", [](const Tensor& x) { return softplus(x); }},
      {"silu", [](const Tensor& x) { return silu(x); }},
      {"gelu", [](const Tensor& x) { return gelu(x); }},
      {"gelu by tanh", [](const Tensor& x) { return gelu(x, "tanh"); }},
      {"erf", [](const Tensor& x) { return erf(x); }},
  };
  for (const auto& [name, fn] : rows) {
    for (const Dtype d : {kFloat, kDouble}) {
      const Tensor x = tensor({-2000.0, 2000.0}, d).requires_grad_();
      const Tensor g = autograd::grad({fn(x).sum()}, {x}, {}, true, true)[0];
      const Tensor slopes = g.detach();
      EXPECT_TRUE(slopes.eq(0).add(slopes.eq(1)).add(slopes.eq(0.01)).all().item<bool>()) << name << slopes;
      if (!g.requires_grad()) continue;
      const Tensor second = autograd::grad({g.sum()}, {x}, {}, false, false, true)[0];
      if (second.defined()) {
        EXPECT_TRUE(second.eq(0).all().item<bool>()) << name << second;
      }
    }
  }
}

}  // namespace
}  // namespace tapegrad::test
