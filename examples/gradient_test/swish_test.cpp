// How to test gradients of your own: see docs/testing.md.
#include <tapegrad/testing.h>

using namespace tapegrad;

namespace {

// x * sigmoid(x), with a gradient written by hand. kRight = false forgets a term, to show what the check says.
template <bool kRight>
struct Swish : autograd::Function<Swish<kRight>> {
  static Tensor forward(autograd::AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * x.sigmoid();
  }
  static autograd::tensor_list backward(autograd::AutogradContext* ctx, autograd::tensor_list grads) {
    const Tensor x = ctx->get_saved_variables()[0], s = x.sigmoid();
    return {kRight ? grads[0] * (s + x * s * (1 - s)) : grads[0] * x * s * (1 - s)};
  }
};

Tensor points() { return tensor({-2.0, -0.3, 0.4, 1.7}, kDouble).requires_grad_(); }

TEST(Swish, HasTheRightGradients) {
  EXPECT_GRADIENTS_OK([](const TensorList& in) { return Swish<true>::apply(in[0]); }, {points()});
  EXPECT_SECOND_GRADIENTS_OK([](const TensorList& in) { return Swish<true>::apply(in[0]); }, {points()});
}

TEST(Swish, WithoutATermIsFoundOut) {
  const auto swish = [](const TensorList& in) { return Swish<false>::apply(in[0]); };
  EXPECT_FALSE(autograd::gradcheck(swish, {points()}, autograd::GradcheckOptions().raise_exception(false)));
}

// Parameters are checked as they stand in their module.
TEST(Linear, HasTheRightGradients) {
  nn::Linear layer(3, 2);
  layer->to(kDouble);
  const Tensor x = randn({5, 3}, kDouble).requires_grad_();
  EXPECT_GRADIENTS_OK([&](const TensorList& in) { return layer->forward(in[0]).tanh(); },
                      {x, layer->weight, layer->bias});
}

}  // namespace
