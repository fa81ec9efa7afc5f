// GoogleTest assertions on tensors: target tapegrad::testing (find_package(tapegrad COMPONENTS testing)).
//
//   EXPECT_TENSOR_EQ(a, b)          same sizes, dtype and elements; NaN equals NaN
//   EXPECT_TENSOR_NEAR(a, b, tol)   same sizes, and every |a - b| <= tol; NaN is near NaN only
//
//   EXPECT_GRADIENTS_OK(fn, inputs)         autograd::gradcheck(); fails with its report
//   EXPECT_SECOND_GRADIENTS_OK(fn, inputs)  autograd::gradgradcheck()
//
// The last two take GradcheckOptions as a third argument; fn may be a lambda, inputs a brace list. docs/testing.md
#pragma once

#include <cmath>

#include <gtest/gtest.h>

#include <tapegrad/tapegrad.h>

namespace tapegrad::testing {

inline ::testing::AssertionResult near(const char* a_text, const char* b_text, const char* /*tol_text*/,
                                       const Tensor& a, const Tensor& b, double tolerance) {
  if (!a.defined() || !b.defined()) {
    if (a.defined() == b.defined()) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << (a.defined() ? b_text : a_text) << " is undefined";
  }
  if (a.sizes() != b.sizes()) {
    return ::testing::AssertionFailure() << a_text << " has sizes " << a.sizes() << ", " << b_text << " has "
                                         << b.sizes();
  }
  const auto va = a.detach().to_vector<double>();
  const auto vb = b.detach().to_vector<double>();
  for (std::size_t i = 0; i < va.size(); ++i) {
    if (va[i] == vb[i] || (std::isnan(va[i]) && std::isnan(vb[i])) || std::abs(va[i] - vb[i]) <= tolerance) continue;
    return ::testing::AssertionFailure() << "element " << i << " of " << a_text << " is " << va[i] << ", of " << b_text
                                         << " " << vb[i] << ": apart by " << std::abs(va[i] - vb[i]);
  }
  return ::testing::AssertionSuccess();
}

inline ::testing::AssertionResult equal(const char* a_text, const char* b_text, const Tensor& a, const Tensor& b) {
  if (a.defined() && b.defined() && a.dtype() != b.dtype()) {
    return ::testing::AssertionFailure() << a_text << " is " << a.dtype() << ", " << b_text << " is " << b.dtype();
  }
  return near(a_text, b_text, "0", a, b, 0);
}

struct Gradients {
  autograd::GradcheckFunction fn;
  std::vector<Tensor> inputs;
  autograd::GradcheckOptions options = {};
};

template <auto kCheck>
::testing::AssertionResult gradients_ok(const char* /*text*/, Gradients g) {
  try {
    kCheck(g.fn, g.inputs, g.options.raise_exception(true));
  } catch (const AutogradError& e) {
    return ::testing::AssertionFailure() << e.what();
  }
  return ::testing::AssertionSuccess();
}

}  // namespace tapegrad::testing

#define EXPECT_TENSOR_EQ(a, b) EXPECT_PRED_FORMAT2(::tapegrad::testing::equal, a, b)
#define ASSERT_TENSOR_EQ(a, b) ASSERT_PRED_FORMAT2(::tapegrad::testing::equal, a, b)
#define EXPECT_TENSOR_NEAR(a, b, tolerance) EXPECT_PRED_FORMAT3(::tapegrad::testing::near, a, b, tolerance)
#define ASSERT_TENSOR_NEAR(a, b, tolerance) ASSERT_PRED_FORMAT3(::tapegrad::testing::near, a, b, tolerance)

#define TAPEGRAD_GRADIENTS(expect, check, ...) \
  expect(::tapegrad::testing::gradients_ok<&::tapegrad::autograd::check>, (::tapegrad::testing::Gradients{__VA_ARGS__}))
#define EXPECT_GRADIENTS_OK(...) TAPEGRAD_GRADIENTS(EXPECT_PRED_FORMAT1, gradcheck, __VA_ARGS__)
#define ASSERT_GRADIENTS_OK(...) TAPEGRAD_GRADIENTS(ASSERT_PRED_FORMAT1, gradcheck, __VA_ARGS__)
#define EXPECT_SECOND_GRADIENTS_OK(...) TAPEGRAD_GRADIENTS(EXPECT_PRED_FORMAT1, gradgradcheck, __VA_ARGS__)
#define ASSERT_SECOND_GRADIENTS_OK(...) TAPEGRAD_GRADIENTS(ASSERT_PRED_FORMAT1, gradgradcheck, __VA_ARGS__)
