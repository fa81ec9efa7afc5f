// Activations and dropout, as modules, as functions with options and as torch:: functions.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

namespace {

Tensor x() { return torch::tensor({{-4.0, -0.5, 0.0}, {0.25, 2.0, 5.0}}, torch::kDouble); }

TEST(CELU, IsSmooth) {
  EXPECT_TRUE(same(nn::CELU(nn::CELUOptions().alpha(2))(x()), torch::where(x() > 0, x(), 2 * ((x() / 2).exp() - 1))));
  EXPECT_TRUE(same(torch::celu(x(), 2), F::celu(x(), F::CELUFuncOptions().alpha(2))));
  EXPECT_EQ(text(nn::CELU(nn::CELUOptions().alpha(0.5).inplace(true))), "torch::nn::CELU(alpha=0.5, inplace=true)");
}

TEST(SELU, HasItsConstants) {
  EXPECT_TRUE(same(nn::SELU()(x()), 1.0507009873554805 * torch::elu(x(), 1.6732632423543772)));
  EXPECT_TRUE(same(torch::selu(x()), F::selu(x())));
  EXPECT_EQ(text(nn::SELU(true)), "torch::nn::SELU(inplace=true)");
}

TEST(GLU, GatesOneHalfByTheOther) {
  auto t = x().t();
  EXPECT_TRUE(same(nn::GLU(1)(t), t.narrow(1, 0, 1) * torch::sigmoid(t.narrow(1, 1, 1))));
  EXPECT_TRUE(same(torch::glu(t), F::glu(t)));
  EXPECT_THROW(F::glu(x()), c10::Error);
  EXPECT_EQ(text(nn::GLU()), "torch::nn::GLU(dim=-1)");
}

TEST(Hardshrink, CutsOutTheMiddle) {
  EXPECT_TRUE(same(nn::Hardshrink(0.5)(x()), numbers({-4, 0, 0, 0, 2, 5}).view({2, 3})));
  EXPECT_TRUE(same(torch::hardshrink(x(), 0.5), F::hardshrink(x(), F::HardshrinkFuncOptions(0.5))));
  EXPECT_EQ(text(nn::Hardshrink()), "torch::nn::Hardshrink(0.5)");
}

TEST(Softshrink, DrawsTowardsZero) {
  EXPECT_TRUE(same(nn::Softshrink(0.25)(x()), numbers({-3.75, -0.25, 0, 0, 1.75, 4.75}).view({2, 3})));
  EXPECT_TRUE(same(torch::softshrink(x()), F::softshrink(x())));
  EXPECT_THROW(F::softshrink(x(), F::SoftshrinkFuncOptions(-1)), c10::Error);
  EXPECT_EQ(text(nn::Softshrink(0.25)), "torch::nn::Softshrink(0.25)");
}

TEST(Tanhshrink, IsWhatTanhLeaves) {
  EXPECT_TRUE(same(nn::Tanhshrink()(x()), x() - x().tanh()));
  EXPECT_EQ(text(nn::Tanhshrink()), "torch::nn::Tanhshrink()");
}

TEST(Softsign, IsBounded) { EXPECT_TRUE(same(nn::Softsign()(x()), x() / (1 + x().abs()))); }

TEST(Mish, IsXTanhSoftplus) {
  EXPECT_TRUE(same(nn::Mish()(x()), x() * torch::tanh(torch::softplus(x()))));
  EXPECT_TRUE(same(torch::mish(x()), F::mish(x())));
}

TEST(PReLU, LearnsItsSlope) {
  nn::PReLU layer(nn::PReLUOptions().num_parameters(3).init(0.5));
  layer->to(torch::kDouble);
  EXPECT_TRUE(same(layer(x()), torch::where(x() > 0, x(), 0.5 * x())));
  layer(x()).sum().backward();
  EXPECT_TRUE(same(layer->weight.grad(), numbers({-4, -0.5, 0})));
  EXPECT_TRUE(same(torch::prelu(x(), layer->weight), F::prelu(x(), layer->weight)));
  EXPECT_EQ(text(layer), "torch::nn::PReLU(num_parameters=3)");
}

TEST(RReLU, IsTheMiddleSlopeInEvaluation) {
  nn::RReLU layer(nn::RReLUOptions().lower(0.25).upper(0.75));
  layer->eval();
  EXPECT_TRUE(same(layer(x()), torch::leaky_relu(x(), 0.5)));
  EXPECT_TRUE(same(F::rrelu(x(), F::RReLUFuncOptions().lower(0.25).upper(0.75)), torch::leaky_relu(x(), 0.5)));
  EXPECT_EQ(text(nn::RReLU()), "torch::nn::RReLU(lower=0.125, upper=0.333333)");
}

TEST(RReLU, DrawsTheSameSlopes) {
  torch::manual_seed(5);
  auto y = torch::rrelu(torch::tensor({-1.0, 1.0, -1.0}, torch::kDouble), 0, 1, true);
  EXPECT_TRUE(same(y, numbers({-0.6420, 1, -0.2598}), 1e-3));
}

TEST(Threshold, ReplacesWhatIsBelow) {
  EXPECT_TRUE(same(nn::Threshold(0.25, 9)(x()), numbers({9, 9, 9, 9, 2, 5}).view({2, 3})));
  EXPECT_TRUE(same(torch::threshold(x(), 1, 2), F::threshold(x(), F::ThresholdFuncOptions(1, 2))));
  EXPECT_EQ(text(nn::Threshold(0.25, 9)), "torch::nn::Threshold(threshold=0.25, value=9)");
}

TEST(Hardswish, IsPiecewise) {
  EXPECT_TRUE(same(torch::hardswish(x()), x() * torch::relu6(x() + 3) / 6));
  EXPECT_TRUE(same(torch::hardsigmoid(x()), torch::relu6(x() + 3) / 6));
}

TEST(Softmax2d, IsOverChannels) {
  EXPECT_TRUE(same(nn::Softmax2d()(x().unsqueeze(2)), x().unsqueeze(2).softmax(0)));
  EXPECT_THROW(nn::Softmax2d()(x()), c10::Error);
}

TEST(Hardtanh, NeedsBoundsInOrder) {
  EXPECT_THROW(nn::Hardtanh(nn::HardtanhOptions().min_val(2).max_val(1)), c10::Error);
  EXPECT_THROW(nn::Hardtanh(nn::HardtanhOptions().min_val(1).max_val(1)), c10::Error);
}

TEST(Softplus, HasAThreshold) {
  EXPECT_TRUE(same(F::softplus(x(), F::SoftplusFuncOptions().beta(2).threshold(1)),
                   torch::where(x() * 2 > 1, x(), (1 + (2 * x()).exp()).log() / 2)));
  EXPECT_EQ(text(nn::Softplus()), "torch::nn::Softplus(beta=1, threshold=20)");
}

TEST(Activations, WorkInPlace) {
  auto in_place = [](auto layer) {
    auto t = x();
    layer(t);
    return t;
  };
  EXPECT_TRUE(same(in_place(nn::LeakyReLU(nn::LeakyReLUOptions().inplace(true))), torch::leaky_relu(x())));
  EXPECT_TRUE(same(in_place(nn::ELU(nn::ELUOptions().inplace(true))), torch::elu(x())));
  EXPECT_TRUE(same(in_place(nn::Hardtanh(nn::HardtanhOptions().inplace(true))), torch::hardtanh(x())));
  EXPECT_TRUE(same(in_place(nn::ReLU6(true)), torch::relu6(x())));
  auto t = x();
  torch::leaky_relu_(t, 0.5);
  EXPECT_TRUE(same(t, torch::leaky_relu(x(), 0.5)));
  EXPECT_EQ(text(nn::ELU(nn::ELUOptions().inplace(true))), "torch::nn::ELU(alpha=1, inplace=true)");
}

TEST(GumbelSoftmax, DrawsTheSame) {
  const Tensor logits = numbers({1, 2, 0.5, -1}).view({2, 2});
  torch::manual_seed(4);
  const Tensor soft = F::gumbel_softmax(logits, F::GumbelSoftmaxFuncOptions().tau(0.5).dim(0));
  torch::manual_seed(4);
  const Tensor gumbel = -torch::empty_like(logits).exponential_().log();
  EXPECT_TRUE(same(soft, ((logits + gumbel) / 0.5).softmax(0)));
  torch::manual_seed(4);
  const Tensor hard = F::gumbel_softmax(logits, F::GumbelSoftmaxFuncOptions().tau(0.5).dim(0).hard(true));
  EXPECT_TRUE(same(hard, (soft == soft.amax(0, true)).to(torch::kDouble)));
  EXPECT_TRUE(same(F::gumbel_softmax(logits).sum(-1), torch::ones({2}, torch::kDouble)));
}

TEST(GumbelSoftmax, IsHardWithASoftGradient) {
  Tensor logits = numbers({1, 2, 0.5}).requires_grad_(), soft = numbers({1, 2, 0.5}).requires_grad_();
  torch::manual_seed(4);
  (F::gumbel_softmax(logits, F::GumbelSoftmaxFuncOptions().hard(true)) * numbers({1, 2, 4})).sum().backward();
  torch::manual_seed(4);
  (F::gumbel_softmax(soft) * numbers({1, 2, 4})).sum().backward();
  EXPECT_TRUE(same(logits.grad(), soft.grad()));
  EXPECT_GT(logits.grad().abs().max().item<double>(), 0);
}

TEST(Dropout, DropsTheSameElements) {
  torch::manual_seed(5);
  EXPECT_TRUE(same(nn::Dropout(0.5)(torch::ones({8})), torch::tensor({0.F, 2.F, 2.F, 2.F, 2.F, 0.F, 0.F, 0.F})));
  torch::manual_seed(5);
  EXPECT_TRUE(
      same(torch::dropout(torch::ones({8}), 0.5, true), torch::tensor({0.F, 2.F, 2.F, 2.F, 2.F, 0.F, 0.F, 0.F})));
  torch::manual_seed(5);
  EXPECT_TRUE(same(F::dropout(torch::ones({8}), F::DropoutFuncOptions().p(0.5)),
                   torch::tensor({0.F, 2.F, 2.F, 2.F, 2.F, 0.F, 0.F, 0.F})));
}

TEST(Dropout, DoesNothingInEvaluation) {
  nn::Dropout layer(0.3);
  layer->eval();
  EXPECT_TRUE(same(layer(x()), x()));
  EXPECT_TRUE(same(F::dropout(x(), F::DropoutFuncOptions().training(false)), x()));
  EXPECT_TRUE(same(F::alpha_dropout(x()), x()));
}

TEST(Dropout, DropsEverythingAtOne) { EXPECT_TRUE(same(nn::Dropout(1.0)(x()), torch::zeros_like(x()))); }

TEST(Dropout, WorksInPlace) {
  auto t = torch::ones({4});
  nn::Dropout(nn::DropoutOptions().p(1).inplace(true))(t);
  EXPECT_TRUE(same(t, torch::zeros({4})));
  auto u = torch::ones({4});
  torch::dropout_(u, 1, true);
  EXPECT_TRUE(same(u, torch::zeros({4})));
}

TEST(Dropout, RefusesOtherProbabilities) {
  EXPECT_THROW(nn::Dropout(1.5), c10::Error);
  EXPECT_THROW(F::dropout(x(), F::DropoutFuncOptions().p(-1)), c10::Error);
}

TEST(Dropout, Prints) {
  EXPECT_EQ(text(nn::Dropout(0.25)), "torch::nn::Dropout(p=0.25, inplace=false)");
  EXPECT_EQ(text(nn::Dropout2d(nn::Dropout2dOptions().p(0.5).inplace(true))),
            "torch::nn::Dropout2d(p=0.5, inplace=true)");
  EXPECT_EQ(text(nn::FeatureAlphaDropout()), "torch::nn::FeatureAlphaDropout(p=0.5, inplace=false)");
}

TEST(Dropout2d, DropsWholeChannels) {
  torch::manual_seed(1);
  auto y = nn::Dropout2d(0.5)(torch::ones({4, 5, 2, 2}));
  EXPECT_TRUE(same(y.sum({2, 3}), 4 * y.select(3, 0).select(2, 0)));
  torch::manual_seed(1);
  EXPECT_TRUE(same(F::dropout2d(torch::ones({4, 5, 2, 2}), F::Dropout2dFuncOptions().p(0.5)), y));
}

TEST(Dropout3d, DropsWholeChannels) {
  torch::manual_seed(1);
  auto y = nn::Dropout3d()(torch::ones({4, 5, 2, 2, 2}));
  EXPECT_TRUE(same(y.sum({2, 3, 4}), 8 * y.select(4, 0).select(3, 0).select(2, 0)));
}

TEST(AlphaDropout, DrawsTheSame) {
  torch::manual_seed(5);
  auto y = nn::AlphaDropout(0.5)(torch::zeros({4}));
  EXPECT_TRUE(same(y, torch::tensor({-0.779194F, 0.779194F, 0.779194F, 0.779194F})));
}

}  // namespace
