#include <gtest/gtest.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/nn/init.h>
#include <tapegrad/nn/layers/activation.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/sequential.h>

#include "tests/common/expect_error.h"
#include "tests/common/golden.h"

namespace tapegrad {
namespace {

const golden::File kGolden = golden::read("nn/torch_golden.txt");

golden::Numbers want(const std::string& name) {
  const auto at = kGolden.find(name);
  return at == kGolden.end() ? golden::Numbers() : at->second;
}

TEST(Linear, DrawsPyTorchsNumbers) {
  for (const auto& [in, out] : {std::pair(1, 1), std::pair(3, 2), std::pair(13, 5)}) {
    manual_seed(0);
    const nn::Linear layer(in, out);
    EXPECT_EQ(golden::elements({layer->weight, layer->bias}),
              want("linear_" + std::to_string(in) + "_" + std::to_string(out)));
  }
  manual_seed(0);
  const nn::Linear wide(784, 2);
  EXPECT_EQ(golden::elements({wide->weight.detach()[1].slice(0, -3), wide->bias}), want("linear_784_2"));
  manual_seed(0);
  const nn::Sequential two{nn::Linear(2, 3), nn::ReLU(), nn::Linear(3, 1)};
  EXPECT_EQ(golden::elements(two->parameters()), want("two_linears"));
}

TEST(Linear, DrawsAgain) {
  manual_seed(0);
  const nn::Linear layer(3, 2);
  const Tensor first = layer->weight.detach().clone();
  manual_seed(0);
  layer->reset_parameters();
  EXPECT_TRUE(layer->weight.equal(first));
}

TEST(Linear, ComputesAnAffineMap) {
  const nn::Linear layer(2, 1);
  layer->weight = tensor({{2.0f, 3.0f}});
  layer->bias = tensor({1.0f});
  EXPECT_TRUE(layer(tensor({{1.0f, 1.0f}, {0.0f, 2.0f}})).equal(tensor({{6.0f}, {7.0f}})));
  EXPECT_EQ(layer(ones({4, 5, 2})).sizes(), (IntList{4, 5, 1}));
  expect_error<ShapeError>([&] { layer(ones({4, 3})); }, "mat1 and mat2 shapes cannot be multiplied (4x3 and 2x1)");
  const nn::Linear plain(nn::LinearOptions(2, 1).bias(false));
  EXPECT_FALSE(plain->bias.defined());
  EXPECT_EQ(plain->parameters().size(), 1u);
  EXPECT_EQ(plain->options.in_features(), 2);
}

TEST(Linear, TakesEmptyButNoNegativeSizes) {
  const nn::Linear none(0, 3);
  EXPECT_TRUE(none(ones({2, 0})).equal(zeros({2, 3})));
  EXPECT_EQ(nn::Linear(3, 0)(ones({2, 3})).sizes(), (IntList{2, 0}));
  expect_error<ShapeError>([] { nn::Linear(-1, 3); }, "negative dimension");
}

TEST(Init, DrawsPyTorchsNumbers) {
  using Fill = Tensor (*)(Tensor);
  const std::map<std::string, Fill> fills = {
      {"xavier_uniform", [](Tensor t) { return nn::init::xavier_uniform_(t, 1.5); }},
      {"xavier_normal", [](Tensor t) { return nn::init::xavier_normal_(t); }},
      {"kaiming_uniform", [](Tensor t) { return nn::init::kaiming_uniform_(t, 0.2, kFanOut); }},
      {"kaiming_uniform_tanh", [](Tensor t) { return nn::init::kaiming_uniform_(t, 0, kFanIn, kTanh); }},
      {"kaiming_normal", [](Tensor t) { return nn::init::kaiming_normal_(t, 0, kFanIn, kReLU); }},
      {"uniform", [](Tensor t) { return nn::init::uniform_(t, -2, 3); }},
      {"normal", [](Tensor t) { return nn::init::normal_(t, 1, 2); }},
  };
  for (const auto& [name, fill] : fills) {
    SCOPED_TRACE(name);
    const double tolerance = name.find("normal") == std::string::npos ? 0 : 2e-6;
    manual_seed(7);
    golden::expect_near(golden::elements({fill(empty({3, 4}).requires_grad_())}), want(name + "_2"), tolerance);
    manual_seed(7);
    golden::expect_near(golden::elements({fill(empty({4, 3, 2}))}), want(name + "_3"), tolerance);
  }
}

TEST(Init, KnowsTheGains) {
  EXPECT_EQ(nn::init::calculate_gain(kTanh), want("gain_tanh")[0]);
  EXPECT_EQ(nn::init::calculate_gain(kReLU), want("gain_relu")[0]);
  EXPECT_EQ(nn::init::calculate_gain(kLeakyReLU, 0.3), want("gain_leaky_relu")[0]);
  EXPECT_EQ(nn::init::calculate_gain(kSigmoid), 1);
  EXPECT_EQ(nn::init::calculate_gain(kLinear), 1);
}

TEST(Init, FillsConstantsWithoutRecording) {
  const Tensor w = empty({2, 2}).requires_grad_();
  EXPECT_TRUE(nn::init::constant_(w, 2.5).equal(full({2, 2}, 2.5)));
  EXPECT_TRUE(nn::init::ones_(w).equal(ones({2, 2})));
  EXPECT_TRUE(nn::init::zeros_(w).is_same(w));
  EXPECT_TRUE(w.is_leaf());
}

TEST(Init, NeedsTwoDimsForFans) {
  expect_error<ShapeError>([] { nn::init::xavier_uniform_(ones({3})); },
                           "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  EXPECT_EQ(nn::init::_calculate_fan_in_and_fan_out(ones({4, 3, 2})), std::make_tuple(6, 8));
}

TEST(Init, FillsMatricesAsPyTorchDoes) {
  const golden::File file = golden::read("nn/layers_golden.txt");
  const auto check = [&](const std::string& name, Tensor (*fill)(), double tolerance) {
    SCOPED_TRACE(name);
    manual_seed(5);
    golden::expect_near(golden::elements({fill()}), file.at(name), tolerance);
  };
  check(
      "draw_orthogonal_tall",
      [] {
        return nn::init::orthogonal_(empty({6, 2, 2}, kDouble));
      },
      1e-14);
  check(
      "draw_orthogonal_wide",
      [] {
        return nn::init::orthogonal_(empty({3, 5}, kDouble), 1.5);
      },
      1e-14);
  check(
      "draw_orthogonal_f32",
      [] {
        return nn::init::orthogonal_(empty({4, 4}));
      },
      2e-5);  // from normal numbers
  check(
      "draw_sparse",
      [] {
        return nn::init::sparse_(empty({5, 4}), 0.3, 2);
      },
      2e-6);
  check(
      "draw_trunc_normal", [] { return nn::init::trunc_normal_(empty({20}), 1, 2, -1, 2.5); }, 1e-6);
  check(
      "draw_dirac",
      [] {
        return nn::init::dirac_(empty({3, 2, 3, 4}));
      },
      0);
  check(
      "draw_eye",
      [] {
        return nn::init::eye_(empty({3, 2}));
      },
      0);
}

TEST(Init, OrthogonalRowsStayOrthogonalInLargeMatrices) {
  for (const auto& [rows, columns] : {std::pair(40, 200), std::pair(200, 40), std::pair(64, 64)}) {
    const Tensor q = nn::init::orthogonal_(empty({rows, columns}, kDouble).requires_grad_(), 2).detach();
    const Tensor products = rows < columns ? q.matmul(q.t()) : q.t().matmul(q);
    EXPECT_TRUE(products.allclose(eye(std::min(rows, columns), kDouble) * 4, 0, 1e-13));
  }
  EXPECT_EQ(nn::init::orthogonal_(empty({0, 3})).numel(), 0);
}

TEST(Init, RefusesTensorsOfOtherDims) {
  expect_error<ShapeError>([] { nn::init::orthogonal_(ones({3})); },
                           "Only tensors with 2 or more dimensions are supported");
  expect_error<ShapeError>([] { nn::init::sparse_(ones({3}), 0.5); }, "Only tensors with 2 dimensions are supported");
  expect_error<ShapeError>([] { nn::init::eye_(ones({3})); }, "Only tensors with 2 dimensions are supported");
  expect_error<ShapeError>(
      [] {
        nn::init::dirac_(ones({3, 3}));
      },
      "Only tensors with 3, 4, or 5 dimensions are supported");
  expect_error<ValueError>([] { nn::init::sparse_(ones({3, 3}), 1.5); }, "expects a sparsity in [0, 1], but got 1.5");
}

}  // namespace
}  // namespace tapegrad
