// What the programs of this folder include: libtorch, or tapegrad in its place. They use libtorch's names alone.
#pragma once

#ifdef TAPEGRAD_PARITY_LIBTORCH
#include <torch/torch.h>
#else
#include <tapegrad/torch.h>
#endif

#include <gtest/gtest.h>

namespace parity {

// Whatever can be written to a stream, as text.
template <class T>
std::string text(const T& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}

// The same dtype, sizes and values: these within a relative tolerance, NaN being like NaN.
inline testing::AssertionResult same(const torch::Tensor& got, const torch::Tensor& expected, double rtol = 1e-5) {
  if (got.scalar_type() == expected.scalar_type() && got.sizes() == expected.sizes() &&
      torch::allclose(got.to(torch::kDouble), expected.to(torch::kDouble), rtol, /*atol=*/1e-7, /*equal_nan=*/true))
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "got\n" << got << "\nexpected\n" << expected;
}

using Names = std::vector<std::string>;

inline torch::Tensor numbers(std::vector<double> v) { return torch::tensor(v, torch::kDouble); }

// 1, 2, 3 and so on, with a gradient.
inline torch::Tensor counting(torch::IntArrayRef sizes) {
  int64_t n = 1;
  for (const int64_t s : sizes) n *= s;
  return torch::arange(1, n + 1, torch::kDouble).view(sizes).requires_grad_();
}

// The layer, its parameters counting too.
template <class Layer>
Layer counted(Layer layer) {
  layer->to(torch::kDouble);
  torch::NoGradGuard no_grad;
  for (auto& p : layer->parameters()) p.copy_(counting(p.sizes()));
  return layer;
}

inline std::vector<int64_t> sizes(const torch::Tensor& x) { return x.sizes().vec(); }

// Whether fn() throws an exception that says this, perhaps among other things.
template <class F>
testing::AssertionResult says(const F& fn, const std::string& sentence) {
  try {
    fn();
  } catch (const std::exception& error) {
    if (std::string(error.what()).find(sentence) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "what was thrown says\n" << error.what() << "\nand not\n" << sentence;
  }
  return testing::AssertionFailure() << "nothing was thrown; expected\n" << sentence;
}

}  // namespace parity

using parity::counted;
using parity::counting;
using parity::Names;
using parity::numbers;
using parity::same;
using parity::says;
using parity::sizes;
using parity::text;
