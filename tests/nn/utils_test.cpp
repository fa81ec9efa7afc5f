// nn::utils: clipping of gradients, parameters as one vector.
#include <cmath>
#include <limits>

#include <tapegrad/tapegrad.h>
#include <tapegrad/testing.h>

#include "tests/common/expect_error.h"

namespace tapegrad::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Two parameters with gradients {3, 4} and {-12}, and one without.
std::vector<Tensor> parameters(Dtype dtype = kDouble) {
  const std::vector<Tensor> list{zeros({2}, dtype), zeros({1}, dtype), zeros({3}, dtype)};
  for (const Tensor& x : list) x.requires_grad_();
  list[0].mutable_grad() = tensor({3.0, 4.0}, dtype);
  list[1].mutable_grad() = tensor({-12.0}, dtype);
  return list;
}

TEST(ClipGradNorm, ScalesAllGradientsTogether) {
  const auto list = parameters();
  EXPECT_DOUBLE_EQ(nn::utils::clip_grad_norm_(list, 6.5), 13);
  const double scale = 6.5 / (13 + 1e-6);
  EXPECT_DOUBLE_EQ(list[0].grad()[1].item<double>(), 4 * scale);
  EXPECT_DOUBLE_EQ(list[1].grad()[0].item<double>(), -12 * scale);
  EXPECT_FALSE(list[2].grad().defined());
}

TEST(ClipGradNorm, LeavesSmallGradientsAsTheyAre) {
  const auto list = parameters();
  EXPECT_EQ(nn::utils::clip_grad_norm_(list, 14), 13);
  EXPECT_EQ(list[0].grad().to_vector<double>(), (std::vector<double>{3, 4}));
}

TEST(ClipGradNorm, KnowsOtherNorms) {
  EXPECT_DOUBLE_EQ(nn::utils::clip_grad_norm_(parameters(), 1, 1), 19);
  EXPECT_DOUBLE_EQ(nn::utils::clip_grad_norm_(parameters(), 1, kInfinity), 12);
  EXPECT_DOUBLE_EQ(nn::utils::clip_grad_norm_(parameters(), 1, 3), std::cbrt(27 + 64 + 1728));
  EXPECT_EQ(nn::utils::clip_grad_norm_({ones({2}, requires_grad())}, 1), 0);
  EXPECT_EQ(nn::utils::clip_grad_norm_(parameters()[0], 1), 5);
}

TEST(ClipGradNorm, DoesNotOverflow) {
  auto list = parameters(kFloat);
  list[0].mutable_grad() = tensor({3e30, 4e30});
  EXPECT_NEAR(nn::utils::clip_grad_norm_(list, 1), 5e30, 1e24);
  EXPECT_NEAR(list[0].grad()[0].item<float>(), 0.6, 1e-6);
}

TEST(ClipGradNorm, RefusesWhatIsNotFiniteWhereTold) {
  const auto list = parameters();
  list[1].mutable_grad() = tensor({kInfinity}, kDouble);
  expect_error<ValueError>([&] { nn::utils::clip_grad_norm_(list, 1, 2, true); },
                           "The total norm of order 2 for gradients from `parameters` is non-finite");
  EXPECT_EQ(list[0].grad().to_vector<double>(), (std::vector<double>{3, 4}));
  EXPECT_EQ(nn::utils::clip_grad_norm_(list, 1), kInfinity);
  EXPECT_EQ(list[0].grad().to_vector<double>(), (std::vector<double>{0, 0}));
}

TEST(ClipGradNorm, StandsInTwoParts) {
  const auto list = parameters(), other = parameters();
  const Tensor norm = nn::utils::get_total_norm({list[0].grad(), list[1].grad(), list[2].grad()});
  EXPECT_EQ(norm.dtype(), kDouble);
  EXPECT_EQ(norm.item<double>(), 13);
  nn::utils::clip_grads_with_norm_(list, 6.5, norm);
  nn::utils::clip_grad_norm_(other, 6.5);
  for (int k = 0; k < 2; ++k) EXPECT_EQ(list[k].grad().to_vector<double>(), other[k].grad().to_vector<double>());
  expect_error<ValueError>([] { nn::utils::get_total_norm({tensor({NAN})}, 1, true); },
                           "get_total_norm: The total norm of order 1 for gradients");
}

TEST(ClipGradValue, BoundsEachElement) {
  const auto list = parameters();
  nn::utils::clip_grad_value_(list, 3.5);
  EXPECT_EQ(list[0].grad().to_vector<double>(), (std::vector<double>{3, 3.5}));
  EXPECT_EQ(list[1].grad().to_vector<double>(), (std::vector<double>{-3.5}));
}

TEST(ParametersToVector, ThereAndBack) {
  nn::Linear layer(2, 3);
  const Tensor vector = nn::utils::parameters_to_vector(layer->parameters());
  EXPECT_EQ(vector.sizes(), (IntList{9}));
  EXPECT_TRUE(vector.requires_grad());
  EXPECT_TENSOR_EQ(vector.detach().slice(0, 6), layer->bias.detach());
  nn::utils::vector_to_parameters(arange(9.0), layer->parameters());
  EXPECT_EQ(layer->weight[2].to_vector<float>(), (std::vector<float>{4, 5}));
  expect_error<ShapeError>([&] { nn::utils::vector_to_parameters(arange(8.0), layer->parameters()); },
                           "does not fit parameters of 9 elements");
  EXPECT_EQ(layer->bias.to_vector<float>(), (std::vector<float>{6, 7, 8}));
}

}  // namespace
}  // namespace tapegrad::test
