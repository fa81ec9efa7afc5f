#include <gtest/gtest.h>
#include <tapegrad/nn/functional.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/sequential.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

struct Doubles : nn::Module {
  Tensor forward(Tensor x) { return x * 2; }
};

TEST(Sequential, FeedsEachModuleWithTheOneBefore) {
  nn::Sequential seq(nn::Linear(2, 2), nn::ReLU(), nn::Functional(square), Doubles(), std::make_shared<Doubles>());
  seq->at<nn::LinearImpl>(0).weight = tensor({{1.0f, 0.0f}, {0.0f, -1.0f}});
  seq->at<nn::LinearImpl>(0).bias = zeros({2});
  EXPECT_TRUE(seq(tensor({{3.0f, 3.0f}})).equal(tensor({{36.0f, 0.0f}})));
  EXPECT_EQ(seq->size(), 5u);
  EXPECT_EQ(seq->named_parameters().keys(), (std::vector<std::string>{"0.weight", "0.bias"}));
}

TEST(Sequential, TakesNames) {
  const nn::Sequential seq({{"fc", nn::Linear(2, 3)}, {"act", nn::ReLU()}});
  EXPECT_EQ(seq->named_children().keys(), (std::vector<std::string>{"fc", "act"}));
  OrderedDict<std::string, nn::AnyModule> dict;
  dict.insert("one", nn::AnyModule(nn::Linear(1, 1)));
  EXPECT_EQ(nn::Sequential(dict)->parameters().size(), 2u);
  nn::Sequential grown;
  grown->push_back("fc", nn::Linear(1, 1));
  grown->push_back(nn::ReLU());
  EXPECT_EQ(grown->named_children().keys(), (std::vector<std::string>{"fc", "1"}));
  expect_error<Error>([&] { grown->push_back("fc", nn::Linear(1, 1)); }, "Submodule 'fc' already defined");
  EXPECT_EQ(grown->size(), 2u);
}

TEST(Sequential, HoldsOthers) {
  const nn::Sequential inner(nn::Linear(2, 3), nn::ReLU());
  const nn::Sequential outer(inner, nn::Linear(3, 1));
  EXPECT_EQ(outer(ones({4, 2})).sizes(), (IntList{4, 1}));
  EXPECT_EQ(outer->named_parameters()[0].key(), "0.0.weight");
  nn::Sequential flat;
  flat->extend(*inner);
  flat->extend(*inner);
  EXPECT_EQ(flat->size(), 4u);
}

TEST(Sequential, GivesItsModulesOut) {
  const nn::Sequential seq(nn::Linear(2, 3), nn::ReLU());
  EXPECT_EQ(seq[1], seq->ptr(1));
  EXPECT_EQ(seq->ptr<nn::LinearImpl>(0)->options.out_features(), 3);
  int modules = 0;
  for (const nn::AnyModule& m : *seq) modules += m.ptr() != nullptr ? 1 : 0;
  EXPECT_EQ(modules, 2);
  EXPECT_EQ(seq->begin()->get<nn::Linear>()->options.in_features(), 2);
  expect_error<IndexError>([&] { seq->ptr(2); }, "Index out of range");
  expect_error<Error>([&] { seq->at<nn::LinearImpl>(1); }, "Attempted to cast module");
}

TEST(Sequential, RefusesToRunEmpty) {
  expect_error<Error>([] { nn::Sequential()->forward(ones({1})); }, "Cannot call forward() on an empty Sequential");
  expect_error<Error>([] { nn::AnyModule().forward(ones({1})); }, "Cannot call forward() on an empty AnyModule");
  expect_error<Error>([] { nn::AnyModule(std::shared_ptr<nn::LinearImpl>()); }, "null");
}

TEST(Functional, BindsFurtherArguments) {
  const Tensor x = randn({2, 3});
  EXPECT_TRUE(nn::Functional(softmax, 1)(x).equal(x.softmax(1)));
  const nn::Functional own([](const Tensor& t) { return t + 1; });
  EXPECT_TRUE(own(x).equal(x + 1));
}

TEST(Activation, CallsItsOperation) {
  const Tensor x = randn({2, 3});
  namespace F = nn::functional;
  EXPECT_TRUE(nn::ReLU()(x).equal(x.relu()));
  EXPECT_TRUE(nn::Sigmoid()(x).equal(x.sigmoid()));
  EXPECT_TRUE(nn::Tanh()(x).equal(x.tanh()));
  EXPECT_TRUE(nn::Softmax(0)(x).equal(x.softmax(0)));
  EXPECT_TRUE(nn::LogSoftmax(-1)(x).equal(x.log_softmax(1)));
  EXPECT_TRUE(F::relu(x).equal(x.relu()));
  EXPECT_TRUE(F::sigmoid(x).equal(x.sigmoid()));
  EXPECT_TRUE(F::tanh(x).equal(x.tanh()));
  EXPECT_TRUE(F::softmax(x, F::SoftmaxFuncOptions(1)).equal(x.softmax(1)));
  EXPECT_TRUE(F::log_softmax(x, 1).equal(x.log_softmax(1)));
  EXPECT_TRUE(F::linear(x, ones({1, 3})).equal(x.matmul(ones({3, 1}))));
  const Tensor y = x.clone();
  EXPECT_TRUE(nn::ReLU(true)(y).is_same(y));
  EXPECT_TRUE(y.equal(x.relu()));
}

TEST(Layer, TakesItsOptionsAsDesignatedInitialisers) {
  EXPECT_FALSE(nn::Linear({.in_features = 2, .out_features = 3, .bias = false})->bias.defined());
  EXPECT_TRUE(nn::ReLU({.inplace = true})->options.inplace());
  EXPECT_EQ(nn::Softmax({.dim = 1})->options.dim(), 1);
  EXPECT_THROW(nn::Linear({.out_features = 3}), ShapeError);
}

TEST(Functional, PicksTheFunctionOfOneTensorAmongThoseOfAName) {
  const Tensor x = randn({2, 3});
  EXPECT_TRUE(nn::Functional(tapegrad::sum)(x).equal(x.sum()));
  EXPECT_TRUE(nn::Functional(tapegrad::gelu, "tanh")(x).equal(gelu(x, "tanh")));
}

}  // namespace
}  // namespace tapegrad
