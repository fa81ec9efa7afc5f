#include <gtest/gtest.h>
#include <tapegrad/nn/functional.h>
#include <tapegrad/nn/layers/flatten.h>
#include <tapegrad/nn/layers/identity.h>
#include <tapegrad/nn/sequential.h>
#include <tapegrad/testing.h>

#include <sstream>
#include <string>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

namespace F = nn::functional;

struct Case {
  std::string text;  // as printed
  nn::AnyModule layer;
  Tensor function;
  std::vector<double> expected;  // by hand, of -2, -0.5, 0, 0.5, 7
};

const Tensor kX = tensor({-2.0, -0.5, 0.0, 0.5, 7.0}, kDouble);

std::vector<Case> cases() {
  const double e2 = std::exp(-2.0), e05 = std::exp(-0.5), e7 = std::exp(7.0);
  const auto logistic = [](double v) { return 1 / (1 + std::exp(-v)); };
  const auto normal = [](double v) { return 0.5 * (1 + std::erf(v / std::sqrt(2.0))); };
  const auto close = [](double v) {
    return 0.5 * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (v + 0.044715 * v * v * v)));
  };
  const auto of = [](auto f) { return std::vector<double>{f(-2), f(-0.5), f(0), f(0.5), f(7)}; };
  const double total = e2 + e05 + 1 + 1 / e05 + e7, down = 1 / e2 + 1 / e05 + 1 + e05 + 1 / e7;
  return {
      {"nn::ReLU()", nn::AnyModule(nn::ReLU()), F::relu(kX), {0, 0, 0, 0.5, 7}},
      {"nn::LeakyReLU(negative_slope=0.01)",
       nn::AnyModule(nn::LeakyReLU()),
       F::leaky_relu(kX),
       {-0.02, -0.005, 0, 0.5, 7}},
      {"nn::LeakyReLU(negative_slope=0.2)",
       nn::AnyModule(nn::LeakyReLU(0.2)),
       F::leaky_relu(kX, F::LeakyReLUFuncOptions().negative_slope(0.2)),
       {-0.4, -0.1, 0, 0.5, 7}},
      {"nn::ELU(alpha=1)", nn::AnyModule(nn::ELU()), F::elu(kX), {e2 - 1, e05 - 1, 0, 0.5, 7}},
      {"nn::ELU(alpha=0.5)",
       nn::AnyModule(nn::ELU({.alpha = 0.5})),
       F::elu(kX, F::ELUFuncOptions().alpha(0.5)),
       {(e2 - 1) / 2, (e05 - 1) / 2, 0, 0.5, 7}},
      {"nn::Hardtanh(min_val=-1, max_val=1)", nn::AnyModule(nn::Hardtanh()), F::hardtanh(kX), {-1, -0.5, 0, 0.5, 1}},
      {"nn::Hardtanh(min_val=-1.5, max_val=6.5)",
       nn::AnyModule(nn::Hardtanh(nn::HardtanhOptions().min_val(-1.5).max_val(6.5))),
       F::hardtanh(kX, F::HardtanhFuncOptions(-1.5, 6.5)),
       {-1.5, -0.5, 0, 0.5, 6.5}},
      {"nn::ReLU6()", nn::AnyModule(nn::ReLU6()), F::relu6(kX), {0, 0, 0, 0.5, 6}},
      {"nn::Softplus(beta=1, threshold=20)", nn::AnyModule(nn::Softplus()), F::softplus(kX),
       of([](double v) { return std::log1p(std::exp(v)); })},
      {"nn::Softplus(beta=2, threshold=20)", nn::AnyModule(nn::Softplus(2)),
       F::softplus(kX, F::SoftplusFuncOptions().beta(2)), of([](double v) { return std::log1p(std::exp(2 * v)) / 2; })},
      {"nn::LogSigmoid()", nn::AnyModule(nn::LogSigmoid()), F::logsigmoid(kX),
       of([&](double v) { return std::log(logistic(v)); })},
      {"nn::Sigmoid()", nn::AnyModule(nn::Sigmoid()), F::sigmoid(kX), of(logistic)},
      {"nn::SiLU()", nn::AnyModule(nn::SiLU()), F::silu(kX), of([&](double v) { return v * logistic(v); })},
      {"nn::Tanh()", nn::AnyModule(nn::Tanh()), F::tanh(kX), of([](double v) { return std::tanh(v); })},
      {"nn::GELU()", nn::AnyModule(nn::GELU()), F::gelu(kX), of([&](double v) { return v * normal(v); })},
      {"nn::GELU(approximate=tanh)", nn::AnyModule(nn::GELU({.approximate = "tanh"})),
       F::gelu(kX, F::GELUFuncOptions().approximate("tanh")), of([&](double v) { return v * close(v); })},
      {"nn::Softmax(dim=0)", nn::AnyModule(nn::Softmax(0)), F::softmax(kX, 0),
       of([&](double v) { return std::exp(v) / total; })},
      {"nn::LogSoftmax(dim=-1)", nn::AnyModule(nn::LogSoftmax({.dim = -1})), F::log_softmax(kX, -1),
       of([&](double v) { return v - std::log(total); })},
      {"nn::Softmin(dim=0)", nn::AnyModule(nn::Softmin(nn::SoftminOptions(0))), F::softmin(kX, 0),
       of([&](double v) { return std::exp(-v) / down; })},
      {"nn::Identity()", nn::AnyModule(nn::Identity()), kX, {-2, -0.5, 0, 0.5, 7}},
  };
}

std::string printed(const auto& module) {
  std::ostringstream out;
  out << module;
  return out.str();
}

TEST(Layers, ComputeWhatTheirFunctionsAndFormulasDo) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.text);
    const Tensor y = c.layer.forward(kX);
    EXPECT_TENSOR_EQ(y, c.function);
    EXPECT_TENSOR_NEAR(y, tensor(c.expected, kDouble), 1e-14 * 7);
  }
}

TEST(Layers, ArePrintedWithTheirOptions) {
  for (const Case& c : cases()) EXPECT_EQ(printed(*c.layer.ptr()), c.text);
}

TEST(Layers, AreClonedWithTheirOptions) {
  for (const Case& c : cases()) {
    const std::shared_ptr<nn::Module> copy = c.layer.ptr()->clone();
    EXPECT_NE(copy, c.layer.ptr());
    EXPECT_EQ(printed(*copy), c.text);
  }
}

TEST(ReLU, InPlaceOverwritesWhatItIsGiven) {
  const Tensor x = kX.clone();
  EXPECT_TRUE(nn::ReLU(nn::ReLUOptions().inplace(true))(x).is_same(x));
  EXPECT_TENSOR_EQ(x, kX.relu());
  EXPECT_TENSOR_EQ(F::relu(kX.clone(), F::ReLUFuncOptions().inplace(true)), kX.relu());
}

TEST(Identity, GivesTheTensorItself) { EXPECT_TRUE(nn::Identity()(kX).is_same(kX)); }

TEST(Flatten, JoinsAllDimsButTheFirstUnlessTold) {
  const Tensor x = randn({2, 3, 4, 5});
  EXPECT_TENSOR_EQ(nn::Flatten()(x), x.view({2, 60}));
  EXPECT_TENSOR_EQ(nn::Flatten(nn::FlattenOptions().start_dim(0).end_dim(1))(x), x.view({6, 4, 5}));
  EXPECT_TENSOR_EQ(nn::Flatten({.start_dim = 2})(x), x.view({2, 3, 20}));
  EXPECT_EQ(printed(nn::Flatten(0, 2)), "nn::Flatten(start_dim=0, end_dim=2)");
  EXPECT_THROW(nn::Flatten()(tensor(1.0F).view({1})), IndexError);
}

TEST(Unflatten, SplitsADim) {
  const Tensor x = randn({2, 6, 3}).requires_grad_();
  EXPECT_TENSOR_EQ(nn::Unflatten(nn::UnflattenOptions(1, {2, 3}))(x), x.view({2, 2, 3, 3}));
  EXPECT_TENSOR_EQ(nn::Unflatten({.dim = -1, .sizes = {1, -1}})(x), x.view({2, 6, 1, 3}));
  EXPECT_EQ(nn::Unflatten({.dim = 0, .sizes = {0, 4}})(zeros({0, 0})).sizes(), (IntList{0, 4, 0}));
  EXPECT_EQ(printed(nn::Unflatten(nn::UnflattenOptions(1, {2, -1}))), "nn::Unflatten(dim=1, unflattened_size={2, -1})");
  nn::Unflatten({.dim = 1, .sizes = {-1}})(x).sum().backward();
  EXPECT_TENSOR_EQ(x.grad(), ones({2, 6, 3}));
}

TEST(Unflatten, RefusesSizesThatDoNotMultiplyUp) {
  const Tensor x = zeros({2, 6}), none = zeros({0, 6});
  const auto refuses = [](const Tensor& t, std::int64_t dim, std::vector<std::int64_t> sizes) {
    expect_error<ShapeError>([&] { nn::Unflatten(dim, sizes)(t); }, "don't multiply up to the size of dim");
  };
  refuses(x, 1, {2, 2});
  refuses(x, 1, {3});
  refuses(x, 1, {-1, -1});
  refuses(x, 1, {-2, -3});
  refuses(x, 1, {4, -1});
  refuses(x, 1, {0, -1});
  refuses(x, 1, {std::int64_t{1} << 62, 4, 6});
  refuses(x, 1, {});
  refuses(none, 1, {5});  // though a tensor without elements has any
  refuses(none, 0, {2, 3});
  EXPECT_THROW(nn::Unflatten(2, std::vector<std::int64_t>{1})(x), IndexError);
}

TEST(CosineSimilarity, IsThatOfTheOperation) {
  const Tensor a = randn({3, 4}, kDouble), b = randn({3, 4}, kDouble);
  EXPECT_TENSOR_EQ(nn::CosineSimilarity()(a, b), cosine_similarity(a, b));
  EXPECT_TENSOR_EQ(nn::CosineSimilarity({.dim = 0})(a, b), cosine_similarity(a, b, 0));
  EXPECT_TENSOR_EQ(F::cosine_similarity(a, b, F::CosineSimilarityFuncOptions().dim(-1).eps(100)),
                   cosine_similarity(a, b, -1, 100));
  EXPECT_EQ(printed(nn::CosineSimilarity()), "nn::CosineSimilarity(dim=1, eps=1e-08)");
}

TEST(PairwiseDistance, IsThatOfTheOperation) {
  const Tensor a = randn({3, 4}, kDouble), b = randn({3, 4}, kDouble);
  EXPECT_TENSOR_EQ(nn::PairwiseDistance()(a, b), pairwise_distance(a, b));
  EXPECT_TENSOR_EQ(nn::PairwiseDistance({.p = 1, .keepdim = true})(a, b), pairwise_distance(a, b, 1, 1e-6, true));
  EXPECT_TENSOR_EQ(F::pairwise_distance(a, b, F::PairwiseDistanceFuncOptions().p(3).eps(0.5)),
                   pairwise_distance(a, b, 3, 0.5));
  EXPECT_EQ(printed(nn::PairwiseDistance()), "nn::PairwiseDistance(p=2, eps=1e-06, keepdim=false)");
}

TEST(Normalize, IsThatOfTheOperation) {
  const Tensor x = randn({3, 4}, kDouble);
  EXPECT_TENSOR_EQ(F::normalize(x), normalize(x));
  EXPECT_TENSOR_EQ(F::normalize(x, F::NormalizeFuncOptions().p(1).dim(-1).eps(9)), normalize(x, 1, -1, 9));
  EXPECT_TENSOR_EQ(F::normalize(x, {{.dim = 0}}), normalize(x, 2, 0));
}

struct ScaleFields {
  double by = 2;
  bool inplace = false;
};
struct ScaleOptions : OptionsOf<ScaleFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(by, inplace)
};
Tensor scale(const Tensor& x, const ScaleOptions& options = {}) { return x * options.by(); }
TAPEGRAD_LAYER(Scale, scale);

TEST(FunctionLayer, MakesAModuleOfAUsersFunction) {
  const nn::Sequential net{Scale(), Scale({.by = 3}), Scale(ScaleOptions().by(0.5).inplace(true))};
  EXPECT_TENSOR_EQ(net->forward(kX), kX * 3);
  EXPECT_TENSOR_EQ(nn::clone(net)->forward(kX), kX * 3);
  std::string names;
  ScaleOptions().each_option(
      [&](const char* name, auto value) { names += name + std::to_string(double(value)) + " "; });
  EXPECT_EQ(names, "by2.000000 inplace0.000000 ");
  EXPECT_NE(printed(net).find("Scale(by=0.5, inplace=true)"), std::string::npos) << printed(net);
  EXPECT_NE(printed(net).find("Scale(by=3)"), std::string::npos) << printed(net);
}

}  // namespace
}  // namespace tapegrad
