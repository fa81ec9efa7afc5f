// Two of the same: one is trained as it is, the other by a captured step. After each call all bytes must be equal.
#pragma once

#include <tapegrad/testing.h>

#include <cstring>
#include <functional>
#include <utility>
#include <vector>

namespace tapegrad::tests {

inline ::testing::AssertionResult same_bytes(const Tensor& a, const Tensor& b) {
  if (a.defined() != b.defined()) return ::testing::AssertionFailure() << "one of them is undefined";
  if (!a.defined()) return ::testing::AssertionSuccess();
  if (a.dtype() != b.dtype() || a.sizes() != b.sizes()) return ::testing::AssertionFailure() << a << " and " << b;
  const Tensor x = a.detach().contiguous(), y = b.detach().contiguous();
  if (std::memcmp(x.data_ptr(), y.data_ptr(), x.nbytes()) == 0) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << a << " and " << b;
}

inline ::testing::AssertionResult same_bytes(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  if (a.size() != b.size()) return ::testing::AssertionFailure() << a.size() << " and " << b.size() << " tensors";
  for (std::size_t k = 0; k < a.size(); ++k)
    if (const auto same = same_bytes(a[k], b[k]); !same)
      return ::testing::AssertionFailure() << "tensor " << k << ": " << same.message();
  return ::testing::AssertionSuccess();
}

inline nn::Sequential small_net() {
  manual_seed(3);
  return nn::Sequential(nn::Linear(4, 8), nn::Tanh(), nn::Linear(8, 2));
}

// A network, its optimizer and the step; `twin` is trained by the step as it is.
template <class Optimizer = optim::SGD>
struct Training {
  explicit Training(
      std::function<Optimizer(const std::vector<Tensor>&)> make =
          [](const std::vector<Tensor>& p) { return Optimizer(p, 0.1); },
      nn::Sequential net = small_net())
      : model(std::move(net)), optimizer(make(model->parameters())) {}

  nn::Sequential model;
  Optimizer optimizer;

  Tensor operator()(const Tensor& x, const Tensor& y) {
    optimizer.zero_grad();
    Tensor loss = mse_loss(model->forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  }
  std::vector<Tensor> state() const {
    std::vector<Tensor> out;
    for (const Tensor& p : model->parameters()) {
      out.push_back(p);
      out.push_back(p.grad());
      for (const auto& [name, t] : optimizer.state(p)) out.push_back(t);
    }
    for (const Tensor& b : model->buffers()) out.push_back(b);
    return out;
  }
};

struct Batch {
  Tensor x, y;
};
inline Batch batch(std::int64_t n, Dtype dtype = kFloat) { return {randn({n, 4}, dtype), randn({n, 2}, dtype)}; }

// Calls both with new batches: the results and all state are the same to the bit.
template <class A, class B, class Step>
void expect_twins(A& eager, B& other, Step& step, int n, std::int64_t rows = 6) {
  for (int i = 0; i < n; ++i) {
    const Batch b = batch(rows);
    const Tensor want = eager(b.x, b.y);
    const Tensor got = step(b.x, b.y);
    ASSERT_TRUE(same_bytes(want, got)) << "call " << i;
    ASSERT_TRUE(same_bytes(eager.state(), other.state())) << "call " << i;
  }
}

template <class T>
auto captured(T& training, CaptureOptions options = {}) {
  return capture([&](const Tensor& x, const Tensor& y) { return training(x, y); }, options);
}

}  // namespace tapegrad::tests
