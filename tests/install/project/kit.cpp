#include <tapegrad/testing.h>

using namespace tapegrad;

TEST(Kit, ComparesTensors) {
  EXPECT_TENSOR_EQ(tensor({1.0, 2.0}) * 2, tensor({2.0, 4.0}));
  EXPECT_TENSOR_NEAR(tensor({1.0}).exp(), tensor({2.71828}), 1e-5);
}

TEST(Kit, ChecksGradients) {
  const Tensor x = tensor({0.5, 2.0}, kDouble).requires_grad_();
  EXPECT_GRADIENTS_OK([](const TensorList& in) { return in[0].exp() * in[0]; }, {x});
  EXPECT_SECOND_GRADIENTS_OK([](const TensorList& in) { return in[0].exp() * in[0]; }, {x});
}
