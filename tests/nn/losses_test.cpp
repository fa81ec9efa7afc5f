// Losses beyond those of loss_test.cpp.
#include "layer_case.h"
#include "tests/common/expect_error.h"

#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

namespace F = nn::functional;
using layer_case::expect_golden;
using layer_case::expect_layer;

const layer_case::Sizes kOne = {{3, 4}}, kTwo = {{3, 4}, {3, 4}}, kThree = {{3, 4}, {3, 4}, {3, 4}};
const Tensor kCounts = tensor({{0.0, 1.0, 2.0, 3.0}, {1.0, 0.0, 5.0, 2.0}, {3.0, 1.0, 0.0, 4.0}}, kDouble);
const Tensor kSigns = tensor({{1.0, -1.0, 1.0, 1.0}, {-1.0, -1.0, 1.0, -1.0}, {1.0, 1.0, -1.0, 1.0}}, kDouble);
const Tensor kWeight = tensor({1.0, 2.0, 0.5, 1.5}, kDouble);
const Tensor kLabels = tensor({{3, 0, -1, 1}, {1, 1, 2, -1}, {-1, 0, 1, 2}}), kClasses = tensor({2, 0, 3});
const Tensor kRows = tensor({1.0, -1.0, 1.0}, kDouble);

// The loss with these options, and its function, whose last tensor may be a target that is no leaf.
template <class Holder, class Fn, class Options>
void expect_loss(const std::string& name, const layer_case::Sizes& sizes, const std::string& text, Fn* fn,
                 const Options& options, const Tensor& target = {}) {
  const auto function = [&](const layer_case::Tensors& x) { return layer_case::call(fn, x, options); };
  expect_layer(name, sizes, text, function, Holder(options),
               target.defined() ? layer_case::Tensors{target} : layer_case::Tensors{});
}

TEST(Losses, AgreeWithPyTorchForEveryReduction) {
  for (const auto& [word, r] : {std::pair("_mean", kMean), std::pair("_sum", kSum), std::pair("_none", kNone)}) {
    expect_loss<nn::HuberLoss>(std::string("huber") + word, kTwo, "nn::HuberLoss", F::huber_loss,
                               F::HuberLossFuncOptions(r).delta(0.8));
    expect_loss<nn::KLDivLoss>(std::string("kl_div") + word, kTwo, "nn::KLDivLoss()", F::kl_div,
                               F::KLDivFuncOptions(r));
    expect_loss<nn::KLDivLoss>(std::string("kl_div_log") + word, kTwo, "nn::KLDivLoss()", F::kl_div,
                               F::KLDivFuncOptions(r).log_target(true));
    expect_loss<nn::PoissonNLLLoss>(std::string("poisson_nll") + word, kOne, "nn::PoissonNLLLoss()",
                                    F::poisson_nll_loss, F::PoissonNLLLossFuncOptions().reduction(r), kCounts);
    expect_loss<nn::PoissonNLLLoss>(std::string("poisson_nll_full") + word, kOne, "nn::PoissonNLLLoss()",
                                    F::poisson_nll_loss, F::PoissonNLLLossFuncOptions({false, true, 0.1}).reduction(r),
                                    kCounts);
    expect_loss<nn::HingeEmbeddingLoss>(std::string("hinge_embedding") + word, kOne,
                                        "nn::HingeEmbeddingLoss(margin=0.7)", F::hinge_embedding_loss,
                                        F::HingeEmbeddingLossFuncOptions({0.7, r}), kSigns);
    expect_loss<nn::CosineEmbeddingLoss>(std::string("cosine_embedding") + word, kTwo,
                                         "nn::CosineEmbeddingLoss(margin=-0.9)", F::cosine_embedding_loss,
                                         F::CosineEmbeddingLossFuncOptions({-0.9, r}), kRows);
    expect_loss<nn::MarginRankingLoss>(std::string("margin_ranking") + word, kTwo, "nn::MarginRankingLoss()",
                                       F::margin_ranking_loss, F::MarginRankingLossFuncOptions({0.3, r}), kSigns);
    expect_loss<nn::TripletMarginLoss>(std::string("triplet_margin") + word, kThree,
                                       "nn::TripletMarginLoss(margin=2.5, p=3, eps=0.1, swap=true)",
                                       F::triplet_margin_loss, F::TripletMarginLossFuncOptions({2.5, 3, 0.1, true, r}));
    expect_loss<nn::TripletMarginLoss>(std::string("triplet_margin_plain") + word, kThree,
                                       "nn::TripletMarginLoss(margin=4, p=2, eps=1e-06, swap=false)",
                                       F::triplet_margin_loss,
                                       F::TripletMarginLossFuncOptions().margin(4).reduction(r));
    const auto squares = [](const Tensor& a, const Tensor& b) { return (a - b).square().sum(-1); };
    expect_loss<nn::TripletMarginWithDistanceLoss>(
        std::string("triplet_margin_with_distance") + word, kThree,
        "nn::TripletMarginWithDistanceLoss(margin=9, swap=true)", F::triplet_margin_with_distance_loss,
        F::TripletMarginWithDistanceLossFuncOptions().distance_function(squares).margin(9).swap(true).reduction(r));
    expect_loss<nn::MultiLabelSoftMarginLoss>(std::string("multilabel_soft_margin") + word, kOne,
                                              "nn::MultiLabelSoftMarginLoss()", F::multilabel_soft_margin_loss,
                                              F::MultilabelSoftMarginLossFuncOptions({kWeight, r}), (kSigns + 1) / 2);
    expect_loss<nn::MultiLabelMarginLoss>(std::string("multilabel_margin") + word, kOne, "nn::MultiLabelMarginLoss()",
                                          F::multilabel_margin_loss, F::MultilabelMarginLossFuncOptions(r), kLabels);
    expect_loss<nn::SoftMarginLoss>(std::string("soft_margin") + word, kOne, "nn::SoftMarginLoss()",
                                    F::soft_margin_loss, F::SoftMarginLossFuncOptions(r), kSigns);
    const std::string k = r == kMean ? "kMean" : r == kSum ? "kSum" : "kNone";
    expect_loss<nn::MultiMarginLoss>(
        std::string("multi_margin") + word, kOne,
        "nn::MultiMarginLoss(p=1, margin=1, weight=[ Tensor (undefined) ], reduction=" + k + ")", F::multi_margin_loss,
        F::MultiMarginLossFuncOptions().reduction(r), kClasses);
    const auto two = F::MultiMarginLossFuncOptions({2, 0.7, kWeight, r});
    expect_loss<nn::MultiMarginLoss>(std::string("multi_margin_2") + word, kOne,
                                     layer_case::printed(nn::MultiMarginLoss(two)), F::multi_margin_loss, two,
                                     kClasses);
    const auto full = F::GaussianNLLLossFuncOptions({true, 0.5, r}),
               rows = F::GaussianNLLLossFuncOptions().reduction(r);
    const std::string gaussian = std::string("gaussian_nll") + word;
    expect_golden(
        std::string("gaussian_nll_rows") + word, {{3, 4}, {3, 4}, {3}},
        [&](const Tensor& x, const Tensor& y, const Tensor& v) { return F::gaussian_nll_loss(x, y, v, rows); });
    const layer_case::Tensors x = layer_case::inputs(gaussian, kThree);
    const Tensor loss = nn::GaussianNLLLoss(full)(x[0], x[1], x[2]);
    golden::expect_near(golden::elements({loss}), layer_case::file().at(gaussian + "/out"), 1e-14);
    loss.square().sum().backward();
    for (std::size_t i = 0; i < 3; ++i) {
      golden::expect_near(golden::elements({x[i].grad()}),
                          layer_case::file().at(gaussian + "/grad" + std::to_string(i)), 1e-13);
    }
  }
}

TEST(Losses, TakeAVectorWherePyTorchDoes) {
  expect_loss<nn::KLDivLoss>("kl_div_batchmean", kTwo, "nn::KLDivLoss()", F::kl_div, F::KLDivFuncOptions(kBatchMean));
  expect_loss<nn::MultiLabelMarginLoss>("multilabel_margin_vector", {{4}}, "nn::MultiLabelMarginLoss()",
                                        F::multilabel_margin_loss, F::MultilabelMarginLossFuncOptions(), kLabels[0]);
  expect_golden("multi_margin_vector", {{4}},
                [](const Tensor& x) { return F::multi_margin_loss(x, kClasses.narrow(0, 0, 1)); });
  expect_loss<nn::CosineEmbeddingLoss>("cosine_embedding_vector", {{4}, {4}}, "nn::CosineEmbeddingLoss(margin=0)",
                                       F::cosine_embedding_loss, F::CosineEmbeddingLossFuncOptions(), kRows[0]);
}

TEST(Losses, KeepTheirWeightAsABuffer) {
  const nn::MultiMarginLoss margin(nn::MultiMarginLossOptions().weight(kWeight));
  const nn::MultiLabelSoftMarginLoss soft(nn::MultiLabelSoftMarginLossOptions().weight(kWeight));
  EXPECT_EQ(margin->state_dict().keys(), std::vector<std::string>{"weight"});
  EXPECT_EQ(soft->state_dict().keys(), std::vector<std::string>{"weight"});
  EXPECT_EQ(nn::MultiMarginLoss()->named_buffers().size(), 0U);
  soft->to(kFloat);
  EXPECT_EQ(soft(zeros({2, 4}), zeros({2, 4})).dtype(), kFloat);
}

TEST(Losses, SoftMarginDoesNotOverflow) {
  EXPECT_TENSOR_EQ(F::soft_margin_loss(tensor({-1000.0F}), ones({1})), tensor(1000.0F));
}

TEST(Losses, GaussianNLLLeavesTheVarianceAlone) {
  const Tensor v = tensor({0.0, 4.0}, kDouble);
  const double at_bound = (std::log(0.25) + 1 / 0.25) / 2, above = (std::log(4.0) + 0.25) / 2;
  EXPECT_TENSOR_NEAR(F::gaussian_nll_loss(ones({2}, kDouble), zeros({2}, kDouble), v, {{false, 0.25, kNone}}),
                     tensor({at_bound, above}, kDouble), 1e-15);
  EXPECT_TENSOR_EQ(v, tensor({0.0, 4.0}, kDouble));
}

TEST(Losses, SmoothL1TakesBetaBehindItsOptions) {
  const Tensor x = tensor({0.5, 2.0, -3.0}, kDouble), y = zeros({3}, kDouble);
  EXPECT_TENSOR_EQ(F::smooth_l1_loss(x, y, F::SmoothL1LossFuncOptions(kSum), 0.5), smooth_l1_loss(x, y, kSum, 0.5));
  EXPECT_TENSOR_EQ(F::smooth_l1_loss(x, y, F::SmoothL1LossFuncOptions(kSum).beta(2)), smooth_l1_loss(x, y, kSum, 2));
}

TEST(Losses, OfNoRowsAreEmpty) {
  const Tensor none = zeros({0, 4}), rows = zeros({0}, kLong);
  EXPECT_EQ(F::multi_margin_loss(none, rows, F::MultiMarginLossFuncOptions().reduction(kNone)).sizes(), IntList({0}));
  EXPECT_EQ(F::multilabel_margin_loss(none, zeros({0, 4}, kLong), kNone).sizes(), IntList({0}));
  EXPECT_EQ(F::cosine_embedding_loss(none, none, zeros({0}), {{0.5, kNone}}).sizes(), IntList({0}));
  EXPECT_EQ(F::triplet_margin_loss(none, none, none, F::TripletMarginLossFuncOptions().reduction(kSum)).item<float>(),
            0);
  EXPECT_EQ(F::huber_loss(none, none, kSum).item<float>(), 0);
}

TEST(Losses, RefuseWhatPyTorchRefuses) {
  const Tensor m = zeros({2, 3}), x = zeros({2, 3, 4});
  const auto mismatch = [](const std::string& name, const std::function<void()>& fn) {
    expect_error<ShapeError>(fn, name + ": The size of tensor a");
  };
  mismatch("huber_loss", [&] { F::huber_loss(m, zeros({3, 2})); });
  mismatch("kl_div", [&] { F::kl_div(m, zeros({3, 2})); });
  mismatch("hinge_embedding_loss", [&] { F::hinge_embedding_loss(m, zeros({3, 2})); });
  mismatch("poisson_nll_loss", [&] { F::poisson_nll_loss(m, zeros({3, 2})); });
  mismatch("soft_margin_loss", [&] { F::soft_margin_loss(m, zeros({3, 2})); });
  mismatch("multilabel_soft_margin_loss", [&] { F::multilabel_soft_margin_loss(m, zeros({3, 2})); });
  mismatch("cosine_embedding_loss", [&] { F::cosine_embedding_loss(m, zeros({3, 4}), zeros({2})); });
  mismatch("margin_ranking_loss", [&] { F::margin_ranking_loss(m, m, zeros({4, 4})); });
  mismatch("triplet_margin_loss", [&] { F::triplet_margin_loss(m, zeros({4, 4}), m); });
  mismatch("triplet_margin_with_distance_loss", [&] { F::triplet_margin_with_distance_loss(m, zeros({4, 4}), m); });
  expect_error<ValueError>(
      [&] {
        F::huber_loss(m, m, {{kMean, 0}});
      },
      "does not support non-positive values for delta");
  expect_error<ShapeError>(
      [&] {
        F::cosine_embedding_loss(m, m, zeros({2, 1}));
      },
      "0D or 1D target tensor expected, multi-target not supported");
  expect_error<ShapeError>([&] { F::cosine_embedding_loss(m, m, tensor(1)); },
                           "0D target tensor expects 1D input tensors, but found inputs with sizes [2, 3] and [2, 3]");
  expect_error<ShapeError>([&] { F::margin_ranking_loss(m, m, zeros({3})); },
                           "should have same dimension but got sizes: input1: [2, 3], input2: [2, 3], target: [3]");
  expect_error<ShapeError>([&] { F::triplet_margin_loss(m, m, zeros({3})); },
                           "All inputs should have same dimension but got 2D, 2D and 1D inputs");
  expect_error<ShapeError>([&] { F::multilabel_margin_loss(m, tensor({0, 1})); }, "inconsistent size [2]");
  expect_error<IndexError>([&] { F::multilabel_margin_loss(m, tensor({{0, 1, 3}, {0, 1, 1}})); }, "is out of range");
  expect_error<IndexError>([&] { F::multilabel_margin_loss(m, tensor({{0, -2, 1}, {0, 1, 1}})); }, "is out of range");
  expect_error<ShapeError>([&] { F::multilabel_margin_loss(x, x); }, "but got: [2, 3, 4]");
  expect_error<DtypeError>([&] { F::multilabel_margin_loss(m, m); }, "expected scalar type Long but found Float");
  expect_error<ShapeError>([&] { F::multi_margin_loss(m, tensor({0})); }, "inconsistent target size, got: [1]");
  expect_error<IndexError>([&] { F::multi_margin_loss(m, tensor({0, 3})); }, "target out of range");
  expect_error<IndexError>([&] { F::multi_margin_loss(m, tensor({0, -1})); }, "target out of range");
  expect_error<DtypeError>([&] { F::multi_margin_loss(m, zeros({2})); }, "expected scalar type Long but found Float");
  expect_error<ShapeError>([&] { F::multi_margin_loss(x, tensor({0, 1})); }, "but got: [2, 3, 4]");
  expect_error<ShapeError>(
      [&] {
        F::multi_margin_loss(m, tensor({0, 1}), F::MultiMarginLossFuncOptions().weight(ones({2})));
      },
      "inconsistent weight size, got: [2]");
  expect_error<ValueError>(
      [&] {
        F::multi_margin_loss(m, tensor({0, 1}), {{.p = 3}});
      },
      "only p == 1 and p == 2 supported");
  expect_error<ValueError>([] { nn::MultiMarginLoss({.p = 3}); }, "only p == 1 and p == 2 supported");
  expect_error<ShapeError>([&] { F::gaussian_nll_loss(m, m, ones({3, 3})); }, "var is of incorrect size [3, 3]");
  expect_error<ShapeError>([&] { F::gaussian_nll_loss(m, m, ones({3})); }, "var is of incorrect size [3]");
  expect_error<ValueError>([&] { F::gaussian_nll_loss(m, m, -ones({2, 3})); }, "var has negative entry/entries");
}

}  // namespace
}  // namespace tapegrad
