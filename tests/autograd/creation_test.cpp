// Creation, and how tensors are printed.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

#include "memory.h"
#include "oracle.h"

namespace tapegrad::test {
namespace {

using Floats = std::vector<float>;
using Doubles = std::vector<double>;
using Longs = std::vector<std::int64_t>;

TEST(TensorOf, TakesNumbersListsAndVectors) {
  EXPECT_EQ(tensor(1.5f).sizes(), (IntList{}));
  EXPECT_EQ(tensor(1.5f).item<float>(), 1.5f);
  EXPECT_EQ(tensor({1.0f, 2.0f}).to_vector<float>(), (Floats{1, 2}));
  const Tensor m = tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}}, kDouble);
  EXPECT_EQ(m.sizes(), (IntList{3, 2}));
  EXPECT_EQ(m.to_vector<double>(), (Doubles{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(tensor({{{1}, {2}}, {{3}, {4}}}).sizes(), (IntList{2, 2, 1}));
  EXPECT_EQ(tensor(std::vector<double>{1, 2, 3}).sizes(), (IntList{3}));
  EXPECT_EQ(tensor(std::vector<std::int64_t>{1, 2}).dtype(), kLong);
  EXPECT_EQ(tensor(std::vector<double>{}).sizes(), (IntList{0}));
}

TEST(TensorOf, ConvertsVectorsOfAnyNumbers) {
  EXPECT_EQ(tensor(std::vector<bool>{true, false}).to_vector<bool>(), (std::vector<bool>{true, false}));
  EXPECT_EQ(tensor(std::vector<int>{-1, 2}).to_vector<std::int64_t>(), (Longs{-1, 2}));
  EXPECT_EQ(tensor(std::vector<unsigned char>{255}).dtype(), kByte);
  EXPECT_EQ(tensor(std::vector<double>{0.1}).dtype(), kFloat);
  EXPECT_EQ(tensor(std::vector<double>{0.1}, kDouble).item<double>(), 0.1);
  EXPECT_EQ(tensor(std::vector<float>{2.5f, 0}, kLong).to_vector<std::int64_t>(), (Longs{2, 0}));
  EXPECT_EQ(tensor(std::vector<int>{2, 0}, kBool).to_vector<bool>(), (std::vector<bool>{true, false}));
  EXPECT_EQ(tensor(std::vector<long double>{0.5L}).item<float>(), 0.5f);
  EXPECT_TRUE(tensor(std::vector<float>{1}, TensorOptions().requires_grad(true)).requires_grad());
}

TEST(TensorOf, CopiesALargeVectorOnce) {
  const std::vector<float> v(std::size_t{1} << 22, 1.0f);
  const std::int64_t before = living_bytes();
  peak_bytes();
  const Tensor x = tensor(v);
  EXPECT_LE(peak_bytes() - before, (std::int64_t{17} << 20));
  EXPECT_EQ(x.sum().item<double>(), static_cast<double>(v.size()));
}

TEST(To, RefusesToSetRequiresGrad) {
  const Tensor x = ones({2});
  EXPECT_THROW(x.to(TensorOptions().requires_grad(true)), Error);
  EXPECT_THROW(x.to(TensorOptions(kDouble).requires_grad(true)), Error);
  EXPECT_EQ(x.to(TensorOptions(kDouble).requires_grad(false)).dtype(), kDouble);
}

TEST(FromBlob, RefusesStridesThatLeadOutOfMemory) {
  float data[6] = {};
  EXPECT_THROW(from_blob(data, {2}, {-1}), ShapeError);
  EXPECT_THROW(from_blob(data, {2, 2}, IntList{std::int64_t{1} << 62, 1}), ShapeError);
  EXPECT_THROW(from_blob(data, {3, 2}, IntList{std::int64_t{1} << 62, 1}), ShapeError);
  EXPECT_EQ(from_blob(data, {0, 2}, IntList{std::int64_t{1} << 62, 1}).numel(), 0);
  EXPECT_EQ(from_blob(data, {2, 3}, IntList{0, 2}).numel(), 6);
}

TEST(TensorOf, HasTheDtypeOfItsNumbers) {
  EXPECT_EQ(tensor(1.0).dtype(), kFloat);
  EXPECT_EQ(tensor(1.0f).dtype(), kFloat);
  EXPECT_EQ(tensor(1).dtype(), kLong);
  EXPECT_EQ(tensor(true).dtype(), kBool);
  EXPECT_EQ(tensor({1, 2}).dtype(), kLong);
  EXPECT_EQ(tensor({1.0, 2.0}).dtype(), kFloat);
  EXPECT_EQ(tensor({true, false}).dtype(), kBool);
  EXPECT_EQ(tensor({1, 2}, kDouble).dtype(), kDouble);
  EXPECT_EQ(tensor({1.5, 2.5}, kLong).to_vector<std::int64_t>(), (Longs{1, 2}));
  const std::int64_t big = (std::int64_t{1} << 62) + 1;
  EXPECT_EQ(tensor(big).item<std::int64_t>(), big);
}

TEST(TensorOf, RefusesRaggedLists) {
  EXPECT_THROW(tensor({{1.0, 2.0}, {3.0}}), ShapeError);
  EXPECT_THROW(tensor({{1.0, 2.0}, 3.0}), ShapeError);
}

TEST(Filled, TensorsHaveTheirValues) {
  EXPECT_EQ(zeros({2, 2}).to_vector<float>(), Floats(4, 0));
  EXPECT_EQ(ones({3}, kLong).to_vector<std::int64_t>(), Longs(3, 1));
  EXPECT_EQ(full({2}, 2.5).to_vector<float>(), Floats(2, 2.5f));
  EXPECT_EQ(full({2}, 2.5, kDouble).dtype(), kDouble);
  EXPECT_EQ(empty({2, 3}, kDouble).sizes(), (IntList{2, 3}));
  EXPECT_EQ(zeros(3).sizes(), (IntList{3}));
  EXPECT_EQ(zeros(std::vector<std::int64_t>{4, 1}).sizes(), (IntList{4, 1}));
  EXPECT_TRUE(zeros({2}, requires_grad()).requires_grad());
  EXPECT_TRUE(ones({2}, TensorOptions(kDouble).requires_grad(true)).is_leaf());
}

TEST(Like, TensorsHaveTheShapeAndDtypeOfAnother) {
  const Tensor x = ones({2, 3}, kDouble).requires_grad_();
  EXPECT_EQ(zeros_like(x).dtype(), kDouble);
  EXPECT_EQ(zeros_like(x).sizes(), (IntList{2, 3}));
  EXPECT_FALSE(zeros_like(x).requires_grad());
  EXPECT_EQ(ones_like(x.t()).sizes(), (IntList{3, 2}));
  EXPECT_EQ(full_like(x, 4).to_vector<double>(), Doubles(6, 4));
  EXPECT_EQ(empty_like(x, kLong).dtype(), kLong);
  EXPECT_EQ(ones_like(x, kFloat).dtype(), kFloat);
  EXPECT_EQ(zeros_like(ones({2}, kBool)).dtype(), kBool);
}

TEST(New, HasTheDtypeOfTheTensorUnlessTheOptionsNameOne) {
  const Tensor x = ones({2, 3}, kDouble).requires_grad_();
  EXPECT_EQ(x.new_zeros({2}).to_vector<double>(), Doubles(2, 0));
  EXPECT_EQ(x.new_ones({2}, kLong).to_vector<std::int64_t>(), (Longs{1, 1}));
  EXPECT_EQ(x.new_full({2, 2}, 1.5).to_vector<double>(), Doubles(4, 1.5));
  EXPECT_EQ(x.new_empty({4, 0}).sizes(), (IntList{4, 0}));
  EXPECT_EQ(x.new_tensor({1, 2}).to_vector<double>(), (Doubles{1, 2}));
  EXPECT_EQ(x.new_tensor({1, 2}, kLong).dtype(), kLong);
  for (const Tensor& fresh : {x.new_empty(2), x.new_zeros(2), x.new_ones(2), x.new_full(2, 1), x.new_tensor(1)}) {
    EXPECT_EQ(fresh.dtype(), kDouble);
    EXPECT_FALSE(fresh.requires_grad());
  }
  EXPECT_TRUE(x.new_ones(2, requires_grad()).requires_grad());
  EXPECT_THROW(x.new_zeros({-1}), ShapeError);
  EXPECT_THROW(ones(1, kLong).new_full(2, 1e30), Error);
}

TEST(Arange, CountsFromStartToBeforeEnd) {
  EXPECT_EQ(arange(4).to_vector<std::int64_t>(), (Longs{0, 1, 2, 3}));
  EXPECT_EQ(arange(2, 5).to_vector<std::int64_t>(), (Longs{2, 3, 4}));
  EXPECT_EQ(arange(5, 0, -2).to_vector<std::int64_t>(), (Longs{5, 3, 1}));
  EXPECT_EQ(arange(0, 1, 0.25).to_vector<float>(), (Floats{0, 0.25f, 0.5f, 0.75f}));
  EXPECT_EQ(arange(1, 1.1, 0.5).to_vector<float>(), (Floats{1}));
  EXPECT_EQ(arange(3, kDouble).dtype(), kDouble);
  EXPECT_EQ(arange(0).numel(), 0);
  EXPECT_EQ(arange(0, 3, 0.1, kDouble)[29].item<double>(), 29 * 0.1);  // start + i * step, not a running sum
  EXPECT_THROW(arange(0, 5, 0), Error);
  EXPECT_THROW(arange(0, 5, -1), Error);
  EXPECT_THROW(arange(0, std::numeric_limits<double>::quiet_NaN()), Error);
  EXPECT_THROW(arange(0, std::numeric_limits<double>::infinity()), Error);
}

TEST(Linspace, HasBothEnds) {
  EXPECT_EQ(linspace(0, 1, 5).to_vector<float>(), (Floats{0, 0.25f, 0.5f, 0.75f, 1}));
  EXPECT_EQ(linspace(-3, 3, 2, kDouble).to_vector<double>(), (Doubles{-3, 3}));
  EXPECT_EQ(linspace(5, 9, 1).to_vector<float>(), (Floats{5}));
  EXPECT_EQ(linspace(0, 1, 0).numel(), 0);
  const Doubles tenths = linspace(0, 1, 11, kDouble).to_vector<double>();
  EXPECT_EQ(tenths.back(), 1.0);
  for (std::size_t i = 0; i < tenths.size(); ++i)
    EXPECT_LE(std::abs(tenths[i] - 0.1 * static_cast<double>(i)), 2.3e-16) << i;
  EXPECT_THROW(linspace(0, 1, -1), Error);
}

TEST(Eye, IsOneOnTheDiagonal) {
  EXPECT_EQ(eye(2).to_vector<float>(), (Floats{1, 0, 0, 1}));
  EXPECT_EQ(eye(2, 3).to_vector<float>(), (Floats{1, 0, 0, 0, 1, 0}));
  EXPECT_EQ(eye(3, 1, kLong).to_vector<std::int64_t>(), (Longs{1, 0, 0}));
  EXPECT_EQ(eye(0).sizes(), (IntList{0, 0}));
  EXPECT_THROW(eye(-1), Error);
}

// --- numbers

TEST(Scalar, KeepsItsKind) {
  EXPECT_TRUE(Scalar(1.5).is_floating_point());
  EXPECT_EQ(Scalar(3).kind(), kLong);
  EXPECT_EQ(Scalar(true).kind(), kBool);
  EXPECT_EQ(Scalar(2.9).to_long(), 2);
  EXPECT_EQ(Scalar(2.9).to<int>(), 2);
  EXPECT_EQ(Scalar(0.5).to<bool>(), true);
  const std::int64_t big = (std::int64_t{1} << 62) + 1;
  EXPECT_EQ(Scalar(big).to<std::int64_t>(), big);
}

TEST(Dtype, HasPyTorchsNames) {
  const auto text = [](auto v) {
    std::ostringstream out;
    out << v;
    return out.str();
  };
  EXPECT_EQ(text(kFloat), "Float");
  EXPECT_EQ(text(kDouble), "Double");
  EXPECT_EQ(text(kLong), "Long");
  EXPECT_EQ(text(kBool), "Bool");
  EXPECT_EQ(text(IntList{2, 3}), "[2, 3]");
  EXPECT_EQ(text(IntList{}), "[]");
}

// --- printing: each text is libtorch 1.13's own (std::ostringstream out; out << tensor)

struct Printed {
  Tensor tensor;
  const char* text;
};

TEST(Printing, IsThatOfLibtorch) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  const std::vector<Printed> all = {
      {tensor({1.0f, 2.0f, 3.0f}), " 1\n 2\n 3\n[ CPUFloatType{3} ]"},
      {tensor({1, 2, 3}), " 1\n 2\n 3\n[ CPULongType{3} ]"},
      {tensor({1.5f, -2.25f}), " 1.5000\n-2.2500\n[ CPUFloatType{2} ]"},
      {tensor({{1.0f, 2.5f}, {-3.0f, 4.125f}}), " 1.0000  2.5000\n-3.0000  4.1250\n[ CPUFloatType{2,2} ]"},
      {tensor(1.0f), "1\n[ CPUFloatType{} ]"},
      {tensor(3.25, kDouble), "3.25\n[ CPUDoubleType{} ]"},
      {tensor(1.0 / 3), "0.333333\n[ CPUFloatType{} ]"},
      {tensor(1e-10, kDouble), "1e-10\n[ CPUDoubleType{} ]"},
      {tensor(1e20, kDouble), "1e+20\n[ CPUDoubleType{} ]"},
      {tensor(7), "7\n[ CPULongType{} ]"},
      {tensor({true, false}), " 1\n 0\n[ CPUBoolType{2} ]"},
      {tensor(true), "1\n[ CPUBoolType{} ]"},
      {zeros({0}), "[ CPUFloatType{0} ]"},
      {zeros({0, 3}), "[ CPUFloatType{0,3} ]"},
      {zeros({2, 2}), " 0  0\n 0  0\n[ CPUFloatType{2,2} ]"},
      {arange(12).view({2, 2, 3}),
       "(1,.,.) = \n  0  1  2\n  3  4  5\n\n(2,.,.) = \n   6   7   8\n   9  10  11\n[ CPULongType{2,2,3} ]"},
      {ones({1, 1, 1}), "(1,.,.) = \n  1\n[ CPUFloatType{1,1,1} ]"},
      {tensor({1e-10f, 1.0f}), " 1.0000e-10\n 1.0000e+00\n[ CPUFloatType{2} ]"},
      {tensor({100000.0f, 1.0f}), " 100000\n      1\n[ CPUFloatType{2} ]"},
      {tensor({100000.5f, 1.0f}), " 1.0000e+05\n 1.0000e+00\n[ CPUFloatType{2} ]"},
      {tensor({1234.5f, 0.001f}), " 1.2345e+03\n 1.0000e-03\n[ CPUFloatType{2} ]"},
      {tensor({1.0 / 3, 200.0 / 3}), "  0.3333\n 66.6667\n[ CPUFloatType{2} ]"},
      {tensor({nan, inf, -inf, 1.5f}), "    nan\n    inf\n   -inf\n 1.5000\n[ CPUFloatType{4} ]"},
      {tensor({1.0f, 2.0f}).requires_grad_(), " 1\n 2\n[ CPUFloatType{2} ]"},
      {arange(0, 40, 1.0).view({2, 20}),
       "  0   1   2   3   4   5   6   7   8   9  10  11  12  13  14  15  16  17  18  19\n"
       " 20  21  22  23  24  25  26  27  28  29  30  31  32  33  34  35  36  37  38  39\n[ CPUFloatType{2,20} ]"},
      {Tensor(), "[ Tensor (undefined) ]"},
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::ostringstream out;
    out << all[i].tensor;
    EXPECT_EQ(out.str(), all[i].text) << "tensor " << i;
    if (!all[i].tensor.defined()) continue;
    EXPECT_EQ(all[i].tensor.str(), all[i].text) << "tensor " << i;
  }
}

TEST(Printing, OfAViewIsThatOfItsElements) {
  const Tensor x = arange(6).view({2, 3});
  EXPECT_EQ(x.t().str(), x.t().clone().str());
  EXPECT_EQ(x.t().str(), " 0  3\n 1  4\n 2  5\n[ CPULongType{3,2} ]");
}

TEST(Printing, LeavesTheStreamAsItWas) {
  std::ostringstream out;
  out.precision(3);
  out << tensor({1.5f, 1e-10f}) << '\n' << 2.0 / 3;
  EXPECT_NE(out.str().find("\n0.667"), std::string::npos) << out.str();
}

}  // namespace
}  // namespace tapegrad::test
