// Losses, as modules, as functions with options and as torch:: functions.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

namespace {

Tensor x() { return torch::tensor({{0.5, -1.5, 2.0}, {1.0, 0.25, -0.75}}, torch::kDouble); }
Tensor y() { return torch::tensor({{1.0, 0.5, -0.5}, {0.0, 2.0, 0.75}}, torch::kDouble); }
Tensor signs() { return torch::tensor({{1.0, -1.0, 1.0}, {-1.0, 1.0, -1.0}}, torch::kDouble); }
Tensor number(double v) { return torch::full({}, v, torch::kDouble); }

// d loss / d x
template <typename Loss>
Tensor gradient(Loss loss) {
  auto leaf = x().requires_grad_();
  loss(leaf).sum().backward();
  return leaf.grad();
}

TEST(HuberLoss, IsQuadraticBelowDelta) {
  EXPECT_TRUE(same(nn::HuberLoss(nn::HuberLossOptions(torch::kSum).delta(2))(x(), y()), number(8.28125)));
  EXPECT_TRUE(same(F::huber_loss(x(), y(), F::HuberLossFuncOptions().reduction(torch::kNone).delta(1)),
                   numbers({0.125, 1.5, 2.0, 0.5, 1.25, 1.0}).view({2, 3})));
  EXPECT_TRUE(same(torch::huber_loss(x(), y()), F::huber_loss(x(), y())));
  EXPECT_EQ(text(nn::HuberLoss()), "torch::nn::HuberLoss");
}

TEST(HuberLoss, HasALimitedGradient) {
  EXPECT_TRUE(same(gradient([](Tensor v) { return nn::HuberLoss(torch::kSum)(v, y()); }),
                   numbers({-0.5, -1, 1, 1, -1, -1}).view({2, 3})));
}

TEST(HuberLoss, RefusesDeltaZero) {
  EXPECT_THROW(F::huber_loss(x(), y(), F::HuberLossFuncOptions().delta(0)), c10::Error);
}

TEST(SmoothL1Loss, TakesBetaAsAnArgument) {
  EXPECT_TRUE(same(F::smooth_l1_loss(x(), y(), F::SmoothL1LossFuncOptions(torch::kSum), /*beta=*/2),
                   torch::smooth_l1_loss(x(), y(), at::Reduction::Sum, 2)));
}

TEST(KLDivLoss, IsZeroForEqualDistributions) {
  auto p = x().softmax(1);
  EXPECT_TRUE(same(nn::KLDivLoss(torch::kBatchMean)(p.log(), p), number(0)));
  EXPECT_EQ(text(nn::KLDivLoss()), "torch::nn::KLDivLoss()");
}

TEST(KLDivLoss, Reduces) {
  auto p = x().log_softmax(1), q = y().softmax(1);
  auto terms = F::kl_div(p, q, F::KLDivFuncOptions(torch::kNone));
  EXPECT_TRUE(same(terms, q * (q.log() - p)));
  EXPECT_TRUE(same(F::kl_div(p, q), terms.mean()));
  EXPECT_TRUE(same(F::kl_div(p, q, F::KLDivFuncOptions().reduction(torch::kBatchMean)), terms.sum() / 2));
  EXPECT_TRUE(same(F::kl_div(p, q.log(), F::KLDivFuncOptions(torch::kSum).log_target(true)), terms.sum()));
  EXPECT_TRUE(same(torch::kl_div(p, q), terms.mean()));
}

TEST(PoissonNLLLoss, TakesRatesOrTheirLogarithms) {
  auto counts = torch::tensor({{0.0, 2.0, 3.0}, {1.0, 5.0, 0.0}}, torch::kDouble);
  EXPECT_TRUE(same(nn::PoissonNLLLoss(nn::PoissonNLLLossOptions().reduction(torch::kNone))(x(), counts),
                   x().exp() - counts * x()));
  auto full = F::poisson_nll_loss(
      x().exp(), counts, F::PoissonNLLLossFuncOptions().log_input(false).full(true).eps(1e-12).reduction(torch::kSum));
  EXPECT_TRUE(same(full, number(15.6723164)));
  EXPECT_TRUE(same(torch::poisson_nll_loss(x(), counts, true, false, 1e-8, at::Reduction::Mean),
                   F::poisson_nll_loss(x(), counts)));
  EXPECT_EQ(text(nn::PoissonNLLLoss()), "torch::nn::PoissonNLLLoss()");
}

TEST(HingeEmbeddingLoss, HasAMargin) {
  nn::HingeEmbeddingLoss loss(nn::HingeEmbeddingLossOptions().margin(2).reduction(torch::kNone));
  EXPECT_TRUE(same(loss(x(), signs()), numbers({0.5, 3.5, 2, 1, 0.25, 2.75}).view({2, 3})));
  EXPECT_TRUE(same(torch::hinge_embedding_loss(x(), signs(), 2, at::Reduction::None), loss(x(), signs())));
  EXPECT_TRUE(same(F::hinge_embedding_loss(x(), signs()), number(7.0 / 6)));
  EXPECT_EQ(text(loss), "torch::nn::HingeEmbeddingLoss(margin=2)");
}

TEST(CosineEmbeddingLoss, TellsPairsApart) {
  auto same_or_not = numbers({1, -1});
  nn::CosineEmbeddingLoss loss(nn::CosineEmbeddingLossOptions().margin(-1).reduction(torch::kNone));
  auto cosine = torch::cosine_similarity(x(), y());
  EXPECT_TRUE(same(loss(x(), y(), same_or_not), torch::stack({1 - cosine[0], cosine[1] + 1})));
  EXPECT_TRUE(same(F::cosine_embedding_loss(x()[0], y()[0], number(1)), 1 - cosine[0]));
  EXPECT_TRUE(
      same(torch::cosine_embedding_loss(x(), y(), same_or_not), F::cosine_embedding_loss(x(), y(), same_or_not)));
  EXPECT_EQ(text(loss), "torch::nn::CosineEmbeddingLoss(margin=-1)");
}

TEST(CosineEmbeddingLoss, NeedsATargetForEachRow) {
  EXPECT_THROW(F::cosine_embedding_loss(x(), y(), torch::ones({2, 1})), c10::Error);
  EXPECT_THROW(F::cosine_embedding_loss(x(), y(), number(1)), c10::Error);
}

TEST(MarginRankingLoss, OrdersPairs) {
  nn::MarginRankingLoss loss(nn::MarginRankingLossOptions().margin(0.5).reduction(torch::kSum));
  EXPECT_TRUE(same(loss(x(), y(), signs()), number(4.75)));
  EXPECT_TRUE(same(F::margin_ranking_loss(x(), y(), signs()), torch::margin_ranking_loss(x(), y(), signs())));
  EXPECT_THROW(F::margin_ranking_loss(x(), y(), torch::ones({3})), c10::Error);
  EXPECT_EQ(text(loss), "torch::nn::MarginRankingLoss()");
}

TEST(TripletMarginLoss, ComparesDistances) {
  auto z = signs();
  nn::TripletMarginLoss loss(nn::TripletMarginLossOptions().margin(2).p(1).eps(1e-6).reduction(torch::kNone));
  EXPECT_TRUE(same(loss(x(), y(), z),
                   (torch::pairwise_distance(x(), y(), 1) - torch::pairwise_distance(x(), z, 1) + 2).relu()));
  EXPECT_TRUE(same(torch::triplet_margin_loss(x(), y(), z), F::triplet_margin_loss(x(), y(), z)));
  EXPECT_EQ(text(loss), "torch::nn::TripletMarginLoss(margin=2, p=1, eps=1e-06, swap=false)");
  EXPECT_THROW(loss(x(), y(), z[0]), c10::Error);
}

TEST(TripletMarginLoss, Swaps) {
  auto swapped = F::triplet_margin_loss(x(), y(), signs(), F::TripletMarginLossFuncOptions().margin(3).swap(true));
  EXPECT_TRUE(
      same(swapped, F::triplet_margin_with_distance_loss(
                        x(), y(), signs(), F::TripletMarginWithDistanceLossFuncOptions().margin(3).swap(true))));
}

TEST(TripletMarginWithDistanceLoss, TakesADistance) {
  auto city = [](const Tensor& a, const Tensor& b) { return (a - b).abs().sum(1); };
  nn::TripletMarginWithDistanceLoss loss(
      nn::TripletMarginWithDistanceLossOptions().distance_function(city).margin(2).reduction(torch::kSum));
  EXPECT_TRUE(same(loss(x(), y(), signs()), number(8.25)));
  EXPECT_EQ(text(loss), "torch::nn::TripletMarginWithDistanceLoss(margin=2, swap=false)");
}

TEST(MultiLabelSoftMarginLoss, IsTheMeanOfBinaryCrossEntropies) {
  auto labels = (signs() + 1) / 2, weight = numbers({1, 2, 0.5});
  nn::MultiLabelSoftMarginLoss loss(nn::MultiLabelSoftMarginLossOptions().weight(weight).reduction(torch::kNone));
  EXPECT_TRUE(same(loss(x(), labels),
                   torch::binary_cross_entropy_with_logits(x(), labels, weight, {}, at::Reduction::None).mean(1)));
  EXPECT_EQ(loss->named_buffers().keys(), std::vector<std::string>{"weight"});
  EXPECT_TRUE(same(F::multilabel_soft_margin_loss(x(), labels), torch::binary_cross_entropy_with_logits(x(), labels)));
  EXPECT_EQ(text(loss), "torch::nn::MultiLabelSoftMarginLoss()");
}

TEST(MultiLabelMarginLoss, CountsClassesUpToMinusOne) {
  auto target = torch::tensor({{2, -1, 0}, {0, 1, -1}});
  nn::MultiLabelMarginLoss loss = nn::MultiLabelMarginLoss(nn::MultiLabelMarginLossOptions(torch::kNone));
  EXPECT_TRUE(same(loss(x(), target), numbers({0, 0})));
  EXPECT_TRUE(same(F::multilabel_margin_loss(-x(), target, F::MultilabelMarginLossFuncOptions(torch::kSum)),
                   number(11.75 / 3)));
  EXPECT_TRUE(same(torch::multilabel_margin_loss(x()[0], target[0]), number(0)));
  EXPECT_THROW(loss(x(), torch::tensor({{3, -1, 0}, {0, 1, -1}})), c10::Error);
  EXPECT_EQ(text(loss), "torch::nn::MultiLabelMarginLoss()");
}

TEST(MultiMarginLoss, PutsTheClassAboveTheOthers) {
  auto target = torch::tensor({0, 1});
  EXPECT_TRUE(same(nn::MultiMarginLoss(nn::MultiMarginLossOptions().reduction(torch::kNone))(x(), target),
                   numbers({2.5 / 3, 1.75 / 3})));
  EXPECT_TRUE(same(
      F::multi_margin_loss(x(), target, F::MultiMarginLossFuncOptions().p(2).margin(0.5).weight(numbers({1, 2, 3}))),
      number((4 + 2 * 1.5625) / 3 / 2)));
  EXPECT_TRUE(same(torch::multi_margin_loss(x(), target), F::multi_margin_loss(x(), target)));
  EXPECT_EQ(text(nn::MultiMarginLoss()),
            "torch::nn::MultiMarginLoss(p=1, margin=1, weight=[ Tensor (undefined) ], reduction=kMean)");
}

TEST(MultiMarginLoss, RefusesOtherPowersAndClasses) {
  EXPECT_THROW(nn::MultiMarginLoss(nn::MultiMarginLossOptions().p(3)), c10::Error);
  EXPECT_THROW(F::multi_margin_loss(x(), torch::tensor({0, 3})), c10::Error);
  EXPECT_THROW(F::multi_margin_loss(x(), torch::tensor({0})), c10::Error);
}

TEST(SoftMarginLoss, IsLogOnePlusExp) {
  nn::SoftMarginLoss loss(torch::kNone);
  EXPECT_TRUE(same(loss(x(), signs()), (1 + (-signs() * x()).exp()).log()));
  EXPECT_TRUE(same(torch::soft_margin_loss(x(), signs()), F::soft_margin_loss(x(), signs())));
  EXPECT_EQ(text(loss), "torch::nn::SoftMarginLoss()");
}

TEST(Losses, AreCloned) {
  nn::CosineEmbeddingLoss loss(nn::CosineEmbeddingLossOptions().margin(0.25));
  auto copy = std::dynamic_pointer_cast<nn::CosineEmbeddingLossImpl>(loss->clone());
  EXPECT_TRUE(same(copy->forward(x(), y(), numbers({1, -1})), loss(x(), y(), numbers({1, -1}))));
}

Tensor logits() { return torch::tensor({{1.0, 2.0, 3.0}, {0.5, 0.0, -2.0}}, torch::kDouble).requires_grad_(); }

TEST(Softmin, AndLogSoftmaxHaveGradients) {
  Tensor x = logits();
  EXPECT_TRUE(same(nn::Softmin(1)(x), torch::softmax(-x, 1)));
  nn::LogSoftmax(1)(x).select(1, 0).sum().backward();
  EXPECT_TRUE(same(x.grad(), torch::tensor({1.0, 0.0, 0.0}, torch::kDouble) - torch::softmax(x, 1)));
}

TEST(CrossEntropyLoss, SmoothsLabelsOrTakesProbabilities) {
  Tensor x = logits();
  const Tensor y = torch::tensor({2, 0}), hot = torch::one_hot(y, 3).to(torch::kDouble);
  const Tensor smooth = 0.7 * hot + 0.1, expected = -(smooth * x.log_softmax(1)).sum(1).mean();
  EXPECT_TRUE(same(nn::CrossEntropyLoss(nn::CrossEntropyLossOptions().label_smoothing(0.3))(x, y), expected));
  const Tensor loss = nn::CrossEntropyLoss()(x, smooth);
  EXPECT_TRUE(same(loss, expected));
  loss.backward();
  EXPECT_TRUE(same(x.grad(), (x.softmax(1) - smooth) / 2));
}

TEST(NLLLoss, TakesImages) {
  Tensor x = torch::arange(8, torch::kDouble).view({1, 2, 2, 2}).requires_grad_();
  const Tensor loss = nn::NLLLoss()(x, torch::tensor({0, 1, 1, 0}).view({1, 2, 2}));
  EXPECT_EQ(loss.item<double>(), -3.5);
  loss.backward();
  const Tensor expected = torch::tensor({-0.25, 0.0, 0.0, -0.25, 0.0, -0.25, -0.25, 0.0}, torch::kDouble);
  EXPECT_TRUE(same(x.grad().view(-1), expected));
}

TEST(BCEWithLogitsLoss, WeighsWhatIsPositive) {
  Tensor x = logits();
  const Tensor y = torch::tensor({{1.0, 0.0, 1.0}, {0.0, 1.0, 0.25}}, torch::kDouble);
  const Tensor weight = torch::tensor({1.0, 2.0, 3.0}, torch::kDouble), p = x.sigmoid();
  const Tensor expected = -weight * y * p.log() - (1 - y) * (1 - p).log();
  const auto options = nn::BCEWithLogitsLossOptions().pos_weight(weight).reduction(torch::kNone);
  EXPECT_TRUE(same(nn::BCEWithLogitsLoss(options)(x, y), expected));
  nn::BCEWithLogitsLoss weighted(nn::BCEWithLogitsLossOptions(options).weight(weight).reduction(torch::kSum));
  const Tensor loss = weighted(x, y);
  EXPECT_TRUE(same(loss, (weight * expected).sum()));
  loss.backward();
  EXPECT_TRUE(same(x.grad(), (weight * ((1 - y) * p - weight * y * (1 - p))).detach()));
}

TEST(L1Loss, AndItsLikeHaveGradients) {
  const Tensor y = torch::zeros({4}, torch::kDouble);
  const auto gradient = [&](auto loss) {
    Tensor x = torch::tensor({-3.0, -0.5, 0.0, 2.0}, torch::kDouble).requires_grad_();
    loss(x, y).backward();
    return x.grad() * 4;
  };
  EXPECT_TRUE(same(gradient(nn::L1Loss()), torch::tensor({-1.0, -1.0, 0.0, 1.0}, torch::kDouble)));
  EXPECT_TRUE(same(gradient(nn::MSELoss()), torch::tensor({-6.0, -1.0, 0.0, 4.0}, torch::kDouble)));
  EXPECT_TRUE(same(gradient(nn::SmoothL1Loss()), torch::tensor({-1.0, -0.5, 0.0, 1.0}, torch::kDouble)));
}

nn::AdaptiveLogSoftmaxWithLoss adaptive() {
  torch::manual_seed(2);
  return nn::AdaptiveLogSoftmaxWithLoss(
      nn::AdaptiveLogSoftmaxWithLossOptions(4, 10, {3, 7}).div_value(2.).head_bias(true));
}

TEST(AdaptiveLogSoftmaxWithLoss, KnowsAllClasses) {
  auto asm_loss = adaptive();
  const Tensor x = torch::randn({6, 4}), target = torch::tensor({0, 9, 5, 3, 2, 6});
  const Tensor all = asm_loss->log_prob(x), output = asm_loss(x, target).output;
  EXPECT_TRUE(same(all.exp().sum(1), torch::ones({6})));
  EXPECT_TRUE(same(output, all.gather(1, target.unsqueeze(1)).squeeze(1)));
  EXPECT_TRUE(same(asm_loss->predict(x), all.argmax(1)));
}

TEST(AdaptiveLogSoftmaxWithLoss, LearnsWhatItSees) {
  auto asm_loss = adaptive();
  Tensor x = torch::ones({2, 4}, torch::requires_grad());
  (-asm_loss(x, torch::tensor({1, 4})).output).mean().backward();
  const auto grads = asm_loss->named_parameters();
  EXPECT_GT(x.grad().abs().sum().item<float>(), 0);
  EXPECT_GT(grads["head.weight"].grad().abs().sum().item<float>(), 0);
  EXPECT_GT(grads["tail.0.1.weight"].grad().abs().sum().item<float>(), 0);
  EXPECT_FALSE(grads["tail.1.1.weight"].grad().defined());
}

TEST(AdaptiveLogSoftmaxWithLoss, HasPartsOfTheseNames) {
  auto asm_loss = adaptive();
  EXPECT_EQ(asm_loss->named_parameters().keys(), (Names{"head.weight", "head.bias", "tail.0.0.weight",
                                                        "tail.0.1.weight", "tail.1.0.weight", "tail.1.1.weight"}));
  EXPECT_EQ(sizes(asm_loss->named_parameters()["tail.1.0.weight"]), (std::vector<int64_t>{1, 4}));
  EXPECT_EQ(asm_loss->cutoffs, (std::vector<int64_t>{3, 7, 10}));
  EXPECT_EQ(asm_loss->head_size, 5);
  const std::string tree = text(asm_loss);
  EXPECT_EQ(tree.substr(0, tree.find("  (tail)")),
            "torch::nn::AdaptiveLogSoftmaxWithLoss(\n"
            "  (head): torch::nn::Linear(in_features=4, out_features=5, bias=true)\n");
}

TEST(AdaptiveLogSoftmaxWithLoss, RefusesOtherClasses) {
  auto asm_loss = adaptive();
  EXPECT_TRUE(says(
      [&] {
        asm_loss(torch::ones({2, 4}), torch::tensor({0, 10}));
      },
      "Target values should be in [0, 9], but values in range [0, 10] were found"));
  EXPECT_TRUE(says(
      [] {
        nn::AdaptiveLogSoftmaxWithLoss(4, 10, std::vector<int64_t>{7, 3});
      },
      "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where "
      "each value is between 1 and n_classes-1"));
}

}  // namespace
