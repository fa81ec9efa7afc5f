#include <tapegrad/nn/losses/adaptive_log_softmax.h>

#include "layer_case.h"
#include "tests/common/expect_error.h"

#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

using layer_case::file;
using layer_case::printed;
using nn::AdaptiveLogSoftmaxWithLoss;
using Cutoffs = std::vector<std::int64_t>;

const Tensor kTarget = tensor({3, 9, 0, 4, 9}, kLong);

AdaptiveLogSoftmaxWithLoss of_golden(bool head_bias = false) {
  manual_seed(5);
  return AdaptiveLogSoftmaxWithLoss(
      nn::AdaptiveLogSoftmaxWithLossOptions(6, 10, {4, 8}).div_value(2).head_bias(head_bias));
}

TEST(AdaptiveLogSoftmaxWithLoss, IsThatOfPyTorch) {
  const auto drawn = of_golden(true);
  golden::expect_near(golden::elements(drawn->parameters()), file().at("draw_adaptive_log_softmax"), 0);
  const auto m = of_golden();
  m->to(kDouble);
  layer_case::expect_golden("asm", {{5, 6}}, [&](const Tensor& x) { return m(x, kTarget).output; });
  layer_case::expect_golden("asm_log_prob", {{5, 6}}, [&](const Tensor& x) { return m->log_prob(x); });
}

TEST(AdaptiveLogSoftmaxWithLoss, AgreesWithItself) {
  const auto m = of_golden(true);
  const Tensor x = randn({40, 6}), target = randint(0, 10, {40}, kLong);
  const auto [output, loss] = m(x, target);
  const Tensor all = m->log_prob(x);
  EXPECT_TENSOR_NEAR(all.exp().sum(1), ones({40}), 1e-5);
  EXPECT_TENSOR_EQ(output, all.gather(1, target.unsqueeze(1)).squeeze(1));
  EXPECT_TENSOR_EQ(loss, -output.mean());
  EXPECT_TENSOR_EQ(m->predict(x), all.argmax(1));
  const auto one = m(x[7], target[7]);
  EXPECT_TENSOR_EQ(one.output, output[7]);
  EXPECT_TENSOR_EQ(one.loss, -output[7]);
  EXPECT_EQ(m->log_prob(x.narrow(0, 0, 0)).sizes(), IntList({0, 10}));
  EXPECT_EQ(m->predict(x.narrow(0, 0, 0)).numel(), 0);
  EXPECT_TRUE(m(x.narrow(0, 0, 0), target.narrow(0, 0, 0)).loss.isnan().item<bool>());
}

TEST(AdaptiveLogSoftmaxWithLoss, SeesTheRowsOfAClusterAlone) {
  const auto m = of_golden();
  m(randn({3, 6}), tensor({1, 5, 0}, kLong)).loss.backward();
  EXPECT_TRUE(m->head->weight.grad().defined());
  EXPECT_TRUE(m->tail->children()[0]->parameters()[1].grad().defined());
  EXPECT_FALSE(m->tail->children()[1]->parameters()[1].grad().defined());
}

TEST(AdaptiveLogSoftmaxWithLoss, NamesItsPartsAsPyTorchDoes) {
  const AdaptiveLogSoftmaxWithLoss m(20, 200, Cutoffs{50, 150});
  std::string keys;
  for (const auto& [key, p] : m->state_dict()) keys += key + " ";
  EXPECT_EQ(keys, "head.weight tail.0.0.weight tail.0.1.weight tail.1.0.weight tail.1.1.weight ");
  EXPECT_EQ(m->cutoffs, (Cutoffs{50, 150, 200}));
  EXPECT_EQ(m->shortlist_size, 50);
  EXPECT_EQ(m->n_clusters, 2);
  EXPECT_EQ(m->head_size, 52);
  EXPECT_EQ(printed(m).substr(0, 97),
            "nn::AdaptiveLogSoftmaxWithLoss(\n  (head): nn::Linear(in_features=20, out_features=52, bias=false)");
  const auto copy = nn::clone(m);
  EXPECT_TENSOR_EQ(copy->log_prob(ones({1, 20})), m->log_prob(ones({1, 20})));
  const NoGradGuard no_grad;
  copy->head->weight.zero_();
  EXPECT_FALSE(copy->log_prob(ones({1, 20})).equal(m->log_prob(ones({1, 20}))));
}

TEST(AdaptiveLogSoftmaxWithLoss, HasTheSizesOfPyTorch) {
  const auto sizes = [](std::int64_t features, double div) {
    const AdaptiveLogSoftmaxWithLoss m(nn::AdaptiveLogSoftmaxWithLossOptions(features, 20, {4, 8, 12}).div_value(div));
    Cutoffs hidden;
    for (const auto& cluster : *m->tail) hidden.push_back(cluster->parameters()[0].size(0));
    return hidden;
  };
  EXPECT_EQ(sizes(64, 1.6), (Cutoffs{39, 24, 15}));  // in Python 64 // 1.6 is 39
  EXPECT_EQ(sizes(64, 4), (Cutoffs{16, 4, 1}));
  EXPECT_EQ(sizes(3, 2), (Cutoffs{1, 0, 0}));
  EXPECT_EQ(sizes(5, 0.5), (Cutoffs{10, 20, 40}));
}

TEST(AdaptiveLogSoftmaxWithLoss, DrawsItsValuesAgain) {
  const auto m = of_golden(true);
  const std::vector<Tensor> drawn = nn::clone(m)->parameters();
  m->reset_parameters();
  EXPECT_FALSE(m->parameters()[0].equal(drawn[0]));
  manual_seed(5);
  m->reset_parameters();
  for (std::size_t i = 0; i < drawn.size(); ++i) EXPECT_TENSOR_EQ(m->parameters()[i], drawn[i]);
}

TEST(AdaptiveLogSoftmaxWithLoss, RefusesWhatPyTorchRefuses) {
  const auto make = [](std::int64_t classes, const Cutoffs& cutoffs, double div = 4) {
    return
        [=] { AdaptiveLogSoftmaxWithLoss(nn::AdaptiveLogSoftmaxWithLossOptions(8, classes, cutoffs).div_value(div)); };
  };
  const char* const order = "cutoffs should be a sequence of unique, positive integers sorted in an increasing order";
  for (const Cutoffs& wrong : {Cutoffs{}, Cutoffs{4, 4}, Cutoffs{8, 4}, Cutoffs{0, 4}, Cutoffs{4, 10}, Cutoffs{-1}})
    expect_error<ValueError>(make(10, wrong), order);
  for (const double wrong : {0.0, -0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), 1e-20})
    expect_error<ValueError>(make(10, {4}, wrong), "div_value");
  expect_error<ShapeError>([] { AdaptiveLogSoftmaxWithLoss(-8, 10, Cutoffs{4}); }, "negative dimension");
  manual_seed(3);
  const Tensor next = rand({3});
  manual_seed(3);
  expect_error<ValueError>(make(10, {4, 8}, -2), "div_value");
  EXPECT_TENSOR_EQ(rand({3}), next);  // a constructor that refuses draws nothing
  const auto m = of_golden();
  const Tensor x = zeros({4, 6});
  expect_error<ShapeError>([&] { m(x, zeros({3}, kLong)); },
                           "Input and target should have the same size in the batch dimension");
  expect_error<ShapeError>([&] { m(x, zeros({}, kLong)); }, "same size in the batch dimension");
  expect_error<ShapeError>([&] { m(zeros({2, 4, 6}), zeros({2}, kLong)); }, "[n, in_features]");
  expect_error<ShapeError>([&] { m(zeros({4, 7}), zeros({4}, kLong)); }, "AdaptiveLogSoftmaxWithLoss: ");
  expect_error<ShapeError>([&] { m->log_prob(zeros({4, 7})); }, "AdaptiveLogSoftmaxWithLoss: ");
  expect_error<ShapeError>([&] { m->predict(zeros({4, 7})); }, "AdaptiveLogSoftmaxWithLoss: ");
  expect_error<ShapeError>([&] { m->predict(zeros({6})); }, "[n, in_features]");
  expect_error<DtypeError>([&] { m(x, zeros({4})); }, "expected scalar type Long");
  expect_error<IndexError>(
      [&] {
        m(x, tensor({0, 1, 2, 10}, kLong));
      },
      "Target values should be in [0, 9], but values in range [0, 10] were found");
  expect_error<IndexError>([&] { m(x, tensor({0, 1, 2, -1}, kLong)); }, "values in range [-1, 2] were found");
}

}  // namespace
}  // namespace tapegrad
