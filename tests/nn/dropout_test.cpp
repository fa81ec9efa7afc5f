#include "layer_case.h"
#include "tests/common/expect_error.h"

#include <tapegrad/nn/sequential.h>
#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

namespace F = nn::functional;
using layer_case::printed;

const Tensor kX = arange(1.0, 25.0, kFloat).view({2, 3, 4});
const Tensor kWide = arange(1.0, 49.0, kFloat).view({2, 3, 2, 2, 2});

// After manual_seed(5), fn() has the very numbers of PyTorch.
void expect_drawn(const std::string& name, const std::function<Tensor()>& fn) {
  SCOPED_TRACE(name);
  manual_seed(5);
  golden::expect_near(golden::elements({fn()}), layer_case::file().at(name), 0);
}

TEST(Dropout, DropsWhatPyTorchDrops) {
  const auto p = [](double v) { return F::DropoutFuncOptions().p(v); };
  expect_drawn("draw_dropout", [&] { return F::dropout(kX, p(0.3)); });
  expect_drawn("draw_dropout_all", [&] { return F::dropout(kX, p(1)); });
  expect_drawn("draw_dropout_f64", [&] { return F::dropout(kX.to(kDouble), p(0.7)); });
  expect_drawn("draw_dropout1d", [&] { return F::dropout1d(kX, p(0.5)); });
  expect_drawn("draw_dropout2d", [&] { return F::dropout2d(kWide[0], p(0.5)); });
  expect_drawn("draw_dropout2d_batch", [&] { return F::dropout2d(kWide.select(2, 0), p(0.5)); });
  expect_drawn("draw_dropout3d", [&] { return F::dropout3d(kWide, p(0.4)); });
  expect_drawn("draw_alpha", [] { return F::alpha_dropout(kX, F::AlphaDropoutFuncOptions().p(0.3).training(true)); });
  expect_drawn("draw_feature_alpha",
               [] { return F::feature_alpha_dropout(kX, F::FeatureAlphaDropoutFuncOptions().p(0.3).training(true)); });
}

TEST(Dropout, ModulesDropWhileTrainingOnly) {
  expect_drawn("draw_dropout", [] { return nn::Dropout(0.3)(kX); });
  expect_drawn("draw_dropout1d", [] { return nn::Dropout1d()(kX); });
  expect_drawn("draw_dropout2d", [] { return nn::Dropout2d()(kWide[0]); });
  expect_drawn("draw_dropout3d", [] { return nn::Dropout3d(0.4)(kWide); });
  expect_drawn("draw_alpha", [] { return nn::AlphaDropout(0.3)(kX); });
  expect_drawn("draw_feature_alpha", [] { return nn::FeatureAlphaDropout(0.3)(kX); });
  const nn::Sequential net{nn::Dropout(0.3), nn::Dropout2d(), nn::AlphaDropout()};
  net->eval();
  EXPECT_TRUE(net->forward(kX).is_same(kX));
  EXPECT_FALSE(F::dropout(kX).is_same(kX));
  EXPECT_TRUE(F::dropout(kX, F::DropoutFuncOptions().training(false)).is_same(kX));
  EXPECT_TRUE(F::alpha_dropout(kX).is_same(kX));
  EXPECT_TRUE(F::dropout(kX, F::DropoutFuncOptions().p(0)).is_same(kX));
}

TEST(Dropout, HasTheGradientsOfPyTorch) {
  const auto seeded = [](const auto& fn) {
    return [fn](const Tensor& x) {
      manual_seed(5);
      return fn(x);
    };
  };
  const auto p = [](double v) { return F::DropoutFuncOptions().p(v); };
  const auto alpha = F::AlphaDropoutFuncOptions().p(0.3).training(true);
  using layer_case::expect_golden;
  expect_golden("dropout", {{2, 3, 4}}, seeded([&](const Tensor& x) { return F::dropout(x, p(0.3)); }));
  expect_golden("dropout_1", {{2, 3, 4}}, seeded([&](const Tensor& x) { return F::dropout1d(x, p(0.5)); }));
  expect_golden("dropout_2", {{2, 3, 2, 2}}, seeded([&](const Tensor& x) { return F::dropout2d(x, p(0.5)); }));
  expect_golden("dropout_3", {{2, 3, 2, 1, 2}}, seeded([&](const Tensor& x) { return F::dropout3d(x, p(0.4)); }));
  expect_golden("dropout_alpha", {{2, 3, 4}}, seeded([&](const Tensor& x) { return F::alpha_dropout(x, alpha); }));
  expect_golden("dropout_feature_alpha", {{2, 3, 4}},
                seeded([&](const Tensor& x) { return F::feature_alpha_dropout(x, alpha); }));
}

TEST(GumbelSoftmax, IsThatOfPyTorch) {
  const auto sampled = [](const F::GumbelSoftmaxFuncOptions& options) {
    return [options](const Tensor& x) {
      manual_seed(5);
      return F::gumbel_softmax(x, options);
    };
  };
  layer_case::expect_golden("gumbel", {{3, 4}}, sampled({{.tau = 0.7}}));
  // Its value has steps, its gradient none: no gradcheck.
  layer_case::expect_golden("gumbel_hard", {{3, 4}}, sampled({{.tau = 0.7, .hard = true, .dim = 0}}), false);
}

TEST(Dropout, PrintsBothOptions) {
  EXPECT_EQ(printed(nn::Dropout()), "nn::Dropout(p=0.5, inplace=false)");
  EXPECT_EQ(printed(nn::Dropout1d(0.1)), "nn::Dropout1d(p=0.1, inplace=false)");
  EXPECT_EQ(printed(nn::Dropout2d({.p = 0.2, .inplace = true})), "nn::Dropout2d(p=0.2, inplace=true)");
  EXPECT_EQ(printed(nn::Dropout3d()), "nn::Dropout3d(p=0.5, inplace=false)");
  EXPECT_EQ(printed(nn::AlphaDropout(0.25)), "nn::AlphaDropout(p=0.25, inplace=false)");
  EXPECT_EQ(printed(nn::clone(nn::FeatureAlphaDropout(nn::DropoutOptions(0.2).inplace(true)))),
            "nn::FeatureAlphaDropout(p=0.2, inplace=true)");
}

TEST(Dropout, InPlaceOverwritesWhatItIsGiven) {
  expect_drawn("draw_dropout", [] {
    const Tensor x = kX.clone();
    EXPECT_TRUE(nn::Dropout({.p = 0.3, .inplace = true})(x).is_same(x));
    return x;
  });
  expect_drawn("draw_alpha", [] {
    const Tensor x = kX.clone();
    EXPECT_TRUE(nn::AlphaDropout({.p = 0.3, .inplace = true})(x).is_same(x));
    return x;
  });
}

TEST(Dropout, PassesGradientsWhereItPassesValues) {
  for (const auto& fn : {+[](const Tensor& x) { return F::dropout(x, F::DropoutFuncOptions().p(0.4)); },
                         +[](const Tensor& x) { return F::dropout1d(x); },
                         +[](const Tensor& x) {
                           return F::alpha_dropout(x, {{0.4, true}});
                         }}) {
    const auto seeded = [&](const layer_case::Tensors& x) {
      manual_seed(1);
      return fn(x[0]).square();
    };
    EXPECT_TRUE(autograd::gradcheck(seeded, {randn({3, 4}, kDouble).requires_grad_()}));
    EXPECT_TRUE(autograd::gradgradcheck(seeded, {randn({3, 4}, kDouble).requires_grad_()}));
  }
}

TEST(Dropout, RefusesWhatPyTorchRefuses) {
  const std::string p = "dropout probability has to be between 0 and 1, but got ";
  expect_error<ValueError>([] { nn::Dropout(1.5); }, p + "1.5");
  expect_error<ValueError>([] { nn::AlphaDropout(-1); }, p + "-1");
  expect_error<ValueError>([] { F::dropout2d(kX, F::DropoutFuncOptions().p(2)); }, "dropout2d: " + p + "2");
  expect_error<ShapeError>(
      [] {
        F::feature_alpha_dropout(zeros({3}), {{0.5, true}});
      },
      "Feature dropout requires at least 2 dimensions in the input");
  expect_error<ShapeError>([] { F::dropout1d(kWide); }, "dropout1d: Expected 2D or 3D input");
}

TEST(Dropout, OfNothingIsItself) {
  const Tensor none = zeros({0, 3, 4, 5});
  for (const Tensor& y : {F::dropout(none), F::dropout2d(none), F::alpha_dropout(none, {{0.5, true}})}) {
    EXPECT_TRUE(y.is_same(none));
  }
}

}  // namespace
}  // namespace tapegrad
