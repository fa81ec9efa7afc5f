// nn::utils::weight_norm; its numbers beside PyTorch's are in trajectory_test.cpp.
#include <tapegrad/tapegrad.h>
#include <tapegrad/testing.h>

#include "tests/common/expect_error.h"

namespace tapegrad::test {
namespace {

using nn::utils::remove_weight_norm;
using nn::utils::weight_norm;
using Keys = std::vector<std::string>;

TEST(WeightNorm, HasPythonsParameters) {
  const nn::Conv1d layer = weight_norm(nn::Conv1d(2, 3, 4));
  EXPECT_EQ(layer->state_dict().keys(), (Keys{"bias", "weight_g", "weight_v"}));
  EXPECT_EQ(layer->named_parameters()["weight_g"].sizes(), (IntList{3, 1, 1}));
  EXPECT_EQ(weight_norm(nn::Linear(2, 3), 1)->named_parameters()["weight_g"].sizes(), (IntList{1, 2}));
  EXPECT_EQ(weight_norm(nn::Linear(2, 3), -1)->named_parameters()["weight_g"].dim(), 0);
  const auto cell =
      weight_norm(weight_norm(nn::GRUCell(2, 3), &nn::GRUCellImpl::weight_ih), &nn::GRUCellImpl::weight_hh);
  EXPECT_EQ(cell->state_dict().keys(),
            (Keys{"bias_ih", "bias_hh", "weight_ih_g", "weight_ih_v", "weight_hh_g", "weight_hh_v"}));
}

TEST(WeightNorm, BeginsAsTheLayerWas) {
  const nn::Linear plain(5, 4);
  const nn::Linear normed = weight_norm(nn::clone(plain));
  const Tensor x = randn({3, 5});
  EXPECT_TENSOR_NEAR(normed(x), plain(x), 1e-6);
  const nn::Sequential net{nn::clone(normed), nn::ReLU()};
  EXPECT_TENSOR_NEAR(net->forward(x), plain(x).relu(), 1e-6);
}

TEST(WeightNorm, HasTwoDerivatives) {
  for (const std::int64_t dim : {-1, 0, 1}) {
    const auto fn = [dim](const std::vector<Tensor>& in) {
      nn::Module module;
      module.register_parameter("weight_g", in[0], in[0].requires_grad());
      module.register_parameter("weight_v", in[1], in[1].requires_grad());
      return nn::utils::detail::normed_weight(module, "weight", dim);
    };
    const Tensor v = randn({3, 2}, kDouble), g = dim == -1 ? randn({}, kDouble) : v.norm(2, 1 - dim, true);
    const std::vector<Tensor> in{g.detach().requires_grad_(), v.requires_grad_()};
    EXPECT_TRUE(autograd::gradcheck(fn, in));
    EXPECT_TRUE(autograd::gradgradcheck(fn, in));
  }
}

TEST(WeightNorm, MakesTheWeightForEachCallAndLeavesNoneBehind) {
  nn::Linear layer = weight_norm(nn::Linear(3, 2));
  const Tensor x = ones({1, 3});
  const Tensor y = layer(x) + layer(x);  // two calls before one backward
  y.sum().backward();
  for (const Tensor& p : layer->parameters()) EXPECT_TRUE(p.grad().defined());
  EXPECT_FALSE(layer->weight.defined());
  expect_error<AutogradError>([&] { layer->forward(x); }, "linear: argument 2 is an undefined tensor");
  {
    const NoGradGuard no_grad;
    layer->named_parameters()["weight_g"].mul_(2);
    layer->bias.zero_();
  }
  const Tensor before = layer(x);
  const NoGradGuard no_grad;
  layer->named_parameters()["weight_g"].mul_(2);
  EXPECT_TENSOR_NEAR(layer(x), before * 2, 1e-6);
}

TEST(WeightNorm, IsTakenBack) {
  nn::Linear layer(3, 2);
  const Tensor x = randn({4, 3}), weight = layer->weight.detach().clone();
  weight_norm(layer);
  {
    const NoGradGuard no_grad;
    layer->named_parameters()["weight_g"].mul_(3);
  }
  const Tensor y = layer(x);
  remove_weight_norm(layer);
  EXPECT_EQ(layer->state_dict().keys(), (Keys{"bias", "weight"}));
  EXPECT_TENSOR_NEAR(layer->weight, weight * 3, 1e-6);
  EXPECT_TENSOR_NEAR(layer->forward(x), y, 1e-6);
  EXPECT_EQ(layer->forward_hooks(), nullptr);
  EXPECT_TRUE(layer->weight.is_leaf() && layer->weight.requires_grad());
  expect_error<ValueError>([&] { remove_weight_norm(layer); },
                           "remove_weight_norm: weight_norm of this member not found in the layer");
}

TEST(WeightNorm, IsClonedAndLoaded) {
  const nn::Linear layer = weight_norm(nn::Linear(3, 2)), copy = nn::clone(layer);
  const Tensor x = randn({4, 3}), y = layer(x);
  EXPECT_TENSOR_NEAR(copy(x), y, 0);
  {
    const NoGradGuard no_grad;
    copy->named_parameters()["weight_v"].add_(1);
  }
  EXPECT_TENSOR_NEAR(layer(x), y, 0);
  EXPECT_FALSE(copy(x).equal(y));
  copy->load_state_dict(layer->state_dict());
  EXPECT_TENSOR_NEAR(copy(x), y, 0);
  EXPECT_TENSOR_NEAR(remove_weight_norm(copy)->forward(x), y, 1e-6);
  EXPECT_TENSOR_NEAR(layer(x), y, 0);
}

TEST(WeightNorm, LeavesWhatIsFrozenFrozen) {
  nn::Linear layer(3, 2);
  layer->weight.requires_grad_(false);
  weight_norm(layer);
  for (const char* name : {"weight_g", "weight_v"}) EXPECT_FALSE(layer->named_parameters()[name].requires_grad());
  EXPECT_FALSE(remove_weight_norm(layer)->weight.requires_grad());
}

TEST(WeightNorm, RefusesWhatHasNoDirections) {
  nn::Linear layer(3, 2);
  expect_error<ValueError>([&] { weight_norm(layer, &nn::LinearImpl::bias); },
                           "weight_norm: 'bias' has sizes [2], and a vector has a length alone; take a weight of");
  expect_error<IndexError>([&] { weight_norm(layer, 2); },
                           "weight_norm: Dimension out of range (expected to be in range of [-1, 1], but got 2)");
  nn::Linear bare(nn::LinearOptions(3, 2).bias(false));
  expect_error<ValueError>([&] { weight_norm(bare, &nn::LinearImpl::bias); },
                           "weight_norm: the member is no parameter that the layer has registered");
  weight_norm(layer);
  expect_error<ValueError>([&] { weight_norm(layer); }, "weight_norm: the member is no parameter");
  EXPECT_EQ(layer->parameters().size(), 3U);
}

}  // namespace
}  // namespace tapegrad::test
