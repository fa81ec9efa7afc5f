#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/nn/functional.h>

#include <cmath>
#include <functional>

#include "tests/common/golden.h"

namespace tapegrad {
namespace {

namespace F = nn::functional;
using Loss = std::function<Tensor(const Tensor& x, const Tensor& target)>;

struct Case {
  std::string name;
  Loss module, function;
  bool classes;                     // the target is a class, not a number
  Tensor (*before)(const Tensor&);  // what is done to x first
};

Tensor same(const Tensor& x) { return x; }
Tensor log_probabilities(const Tensor& x) { return x.log_softmax(1); }

std::vector<Case> cases(Reduction r) {
  const Tensor w = tensor({1.0, 2.0, 0.5}, kDouble);
  const auto mse = nn::MSELossOptions(r);
  const auto l1 = nn::L1LossOptions().reduction(r);
  const auto smooth_l1 = nn::SmoothL1LossOptions(r).beta(0.8);
  const auto bce = nn::BCELossOptions().weight(w).reduction(r);
  const auto logits = nn::BCEWithLogitsLossOptions().weight(w).pos_weight(w * 3).reduction(r);
  const auto nll = nn::NLLLossOptions().weight(w).reduction(r);
  const auto ignore = nn::NLLLossOptions().ignore_index(2).reduction(r);
  const auto entropy = nn::CrossEntropyLossOptions().weight(w).reduction(r);
  const auto smooth = nn::CrossEntropyLossOptions().weight(w).label_smoothing(0.1).reduction(r);
  const auto both = [](auto function, auto options) -> Loss {
    return [=](const Tensor& x, const Tensor& y) { return function(x, y, options); };
  };
  return {
      {"mse", nn::MSELoss(mse), both(F::mse_loss, mse), false, same},
      {"l1", nn::L1Loss(l1), both(F::l1_loss, l1), false, same},
      {"smooth_l1", nn::SmoothL1Loss(smooth_l1),
       [=](const Tensor& x, const Tensor& t) { return F::smooth_l1_loss(x, t, smooth_l1); }, false, same},
      {"bce", nn::BCELoss(bce), both(F::binary_cross_entropy, bce), false, sigmoid},
      {"bce_logits", nn::BCEWithLogitsLoss(logits), both(F::binary_cross_entropy_with_logits, logits), false, same},
      {"nll", nn::NLLLoss(nll), both(F::nll_loss, nll), true, log_probabilities},
      {"nll_ignore", nn::NLLLoss(ignore), both(F::nll_loss, ignore), true, log_probabilities},
      {"cross_entropy", nn::CrossEntropyLoss(entropy), both(F::cross_entropy, entropy), true, same},
      {"cross_entropy_smooth", nn::CrossEntropyLoss(smooth), both(F::cross_entropy, smooth), true, same},
  };
}

TEST(Loss, AgreesWithPyTorchForEveryReduction) {
  const golden::File file = golden::read("nn/torch_golden.txt");
  const Tensor x = tensor({{0.5, -1.25, 2.0}, {0.75, 0.0, -0.5}}, kDouble);
  const Tensor y = tensor({{1.0, 0.0, 1.0}, {0.0, 1.0, 0.0}}, kDouble), classes = tensor({2, 0});
  for (const auto& [word, reduction] :
       {std::pair("_mean", kMean), std::pair("_sum", kSum), std::pair("_none", kNone)}) {
    for (const Case& c : cases(reduction)) {
      SCOPED_TRACE(c.name + word);
      for (const Loss& loss : {c.module, c.function}) {
        const Tensor leaf = x.clone().requires_grad_();
        const Tensor value = loss(c.before(leaf), c.classes ? classes : y);
        EXPECT_EQ(value.dim(), reduction != kNone ? 0 : c.classes ? 1 : 2);
        const Tensor sum = value.sum();
        sum.backward();
        golden::expect_near(golden::elements({sum, leaf.grad()}), file.at(c.name + word), 1e-14);
      }
    }
  }
}

TEST(Loss, ReducesToTheMeanUnlessTold) {
  const Tensor x = tensor({1.0f, 2.0f}), y = zeros({2});
  nn::MSELoss loss_fn;
  EXPECT_EQ(loss_fn(x, y).item<float>(), 2.5);
  EXPECT_EQ(nn::L1Loss()(x, y).item<float>(), 1.5);
  EXPECT_EQ(F::mse_loss(x, y, kSum).item<float>(), 5);
  EXPECT_EQ(nn::MSELoss(nn::MSELossOptions().reduction(kSum))(x, y).item<float>(), 5);
  EXPECT_EQ(nn::MSELoss(kSum)(x, y).item<float>(), 5);
}

TEST(Loss, KeepsItsWeightAsABuffer) {
  const nn::BCEWithLogitsLoss loss(nn::BCEWithLogitsLossOptions().pos_weight(tensor(2.0f)));
  EXPECT_EQ(loss->buffers().size(), 1u);
  loss->to(kDouble);
  EXPECT_EQ(loss->pos_weight.dtype(), kDouble);
  EXPECT_FALSE(loss->pos_weight.requires_grad());
}

TEST(Loss, TakesItsOptionsAsDesignatedInitialisers) {
  const Tensor x = randn({4, 3}), y = tensor({0, 2, 1, 1});
  const Tensor expected = cross_entropy(x, y, {}, kSum, 1, 0.1);
  EXPECT_TRUE(
      nn::CrossEntropyLoss({.ignore_index = 1, .reduction = kSum, .label_smoothing = 0.1})(x, y).equal(expected));
  EXPECT_TRUE(
      nn::CrossEntropyLoss(nn::CrossEntropyLossOptions().ignore_index(1).reduction(kSum).label_smoothing(0.1))(x, y)
          .equal(expected));
  EXPECT_EQ(nn::MSELoss({.reduction = kSum})(tensor({1.0f, 2.0f}), zeros({2})).item<float>(), 5);
  EXPECT_TRUE(nn::NLLLoss({.weight = ones({3})})->weight.defined());
}

// As in libtorch.
TEST(Losses, OfProbabilitiesTakeAnotherShapeAsOperationsOnly) {
  const Tensor p = tensor({0.2, 0.5, 0.9}, kDouble), y = tensor({0.0, 1.0, 1.0}, kDouble), column = p.view({3, 1});
  EXPECT_TRUE(binary_cross_entropy(column, y).equal(binary_cross_entropy(p, y)));
  EXPECT_TRUE(binary_cross_entropy(p, y.view({1, 3})).equal(binary_cross_entropy(p, y)));
  EXPECT_EQ(binary_cross_entropy(column, y, {}, kNone).sizes(), (IntList{3, 1}));
  EXPECT_THROW(binary_cross_entropy(column, y.narrow(0, 0, 2)), ShapeError);
  EXPECT_THROW(F::binary_cross_entropy(column, y), ShapeError);
  EXPECT_THROW(nn::BCELoss()(column, y), ShapeError);
}

TEST(Losses, RefuseALabelSmoothingThatIsNaN) {
  EXPECT_THROW(cross_entropy(ones({2, 2}), tensor({0, 1}), {}, kMean, -100, std::nan("")), Error);
}

}  // namespace
}  // namespace tapegrad
