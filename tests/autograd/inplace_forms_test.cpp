// In-place forms: what all of them refuse, and their spelling as functions.
#include <gtest/gtest.h>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

#include "tests/common/expect_error.h"

namespace tapegrad::test {
namespace {

using Doubles = std::vector<double>;

TEST(InPlaceForm, RefusesAResultThatTheDtypeCannotHold) {
  const Tensor whole = tensor(std::vector<std::int64_t>{4, 9});
  const char* message = "result type Float can't be cast to the desired output type Long";
  expect_error<DtypeError>([&] { whole.sqrt_(); }, std::string("sqrt_: ") + message);
  expect_error<DtypeError>([&] { whole.sigmoid_(); }, std::string("sigmoid_: ") + message);
  expect_error<DtypeError>([&] { whole.pow_(0.5); }, std::string("pow_: ") + message);
  expect_error<DtypeError>([&] { whole.clamp_min_(0.5); }, std::string("clamp_min_: ") + message);
  EXPECT_EQ(whole.version(), 0);
  EXPECT_EQ(whole.neg_().square_().to_vector<double>(), (Doubles{16, 81}));
}

TEST(InPlaceForm, OfAComparisonKeepsTheDtype) {
  const Tensor x = tensor(std::vector<double>{1, 2, 3}, kDouble), whole = tensor(std::vector<std::int64_t>{1, 2});
  EXPECT_EQ(x.ge_(2).to_vector<double>(), (Doubles{0, 1, 1}));
  EXPECT_EQ(x.dtype(), kDouble);
  EXPECT_EQ(whole.lt_(1.5).to_vector<double>(), (Doubles{1, 0}));
  EXPECT_EQ(whole.dtype(), kLong);
  EXPECT_EQ(tensor(true).eq_(tensor(std::int64_t{1})).dtype(), kBool);
}

TEST(InPlaceForm, OfAComparisonCutsTheGradient) {
  const Tensor x = tensor(std::vector<double>{1, 2}, kDouble).requires_grad_();
  expect_error<AutogradError>([&] { x.eq_(1); },
                              "eq_: a leaf Variable that requires grad is being used in an in-place operation");
  const Tensor y = x * 2;
  y.eq_(2);
  EXPECT_TRUE(y.requires_grad());
  y.sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (Doubles{0, 0}));
}

TEST(InPlaceForm, OfAComparisonReadsItsOwnElementsFirst) {
  const Tensor x = tensor(std::vector<double>{1, 2, 3, 4}, kDouble).view({2, 2});
  EXPECT_EQ(x.gt_(x.t()).flatten().to_vector<double>(), (Doubles{0, 0, 1, 0}));
}

TEST(InPlaceForm, IsAFunctionToo) {
  Tensor x = tensor(std::vector<double>{-1, 4}, kDouble);
  EXPECT_TRUE(relu_(x).is_same(x));
  EXPECT_EQ(sqrt_(x).to_vector<double>(), (Doubles{0, 2}));
  EXPECT_EQ(clamp_(x, 1, 1.5).to_vector<double>(), (Doubles{1, 1.5}));
  EXPECT_EQ(fill_(x, 3).to_vector<double>(), (Doubles{3, 3}));
  EXPECT_EQ(x.version(), 4);
}

}  // namespace
}  // namespace tapegrad::test
