#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/nn/layers/activation.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/layers/rnn.h>
#include <tapegrad/nn/losses/bce.h>
#include <tapegrad/nn/losses/cross_entropy.h>
#include <tapegrad/nn/sequential.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

struct Model : nn::Module {
  nn::Parameter w = register_parameter("w", tensor({1.0f, 2.0f}));
  nn::Buffer mean = register_buffer("mean", tensor(3.0f));
  nn::Linear fc = register_module("fc", nn::Linear(2, 3));
  nn::Sequential seq = register_module("seq", nn::Sequential(nn::Linear(3, 3), nn::ReLU(), fc));
  nn::Parameter frozen = register_parameter("frozen", tensor(1.0f), false);
};

TEST(Clone, CopiesTheValuesOfAModuleOnTheStack) {
  Model model;
  model.eval();
  Model copy = nn::clone(model);
  const auto mine = model.named_parameters(), theirs = copy.named_parameters();
  ASSERT_EQ(mine.keys(), theirs.keys());
  for (std::size_t i = 0; i < mine.size(); ++i) {
    EXPECT_TRUE(mine[i]->equal(*theirs[i])) << mine[i].key();
    EXPECT_NE(mine[i]->data_ptr(), theirs[i]->data_ptr()) << mine[i].key();
    EXPECT_EQ(mine[i]->requires_grad(), theirs[i]->requires_grad());
  }
  EXPECT_TRUE(copy.w.is_same(theirs["w"]));
  EXPECT_TRUE(copy.mean.is_same(copy.buffers()[0]));
  EXPECT_FALSE(copy.mean.is_same(model.mean));
  EXPECT_TRUE(copy.fc->weight.is_same(theirs["fc.weight"]));
  EXPECT_FALSE(copy.is_training());
  EXPECT_FALSE(copy.fc->is_training());
  copy.w = tensor({7.0f, 8.0f});
  EXPECT_TRUE(model.w.equal(tensor({1.0f, 2.0f})));
}

TEST(Clone, KeepsWhatIsSharedShared) {
  Model copy = nn::clone(Model());
  EXPECT_EQ(copy.seq->ptr(2).get(), copy.fc.get());
  copy.fc->weight = zeros({3, 2});
  copy.fc->bias = zeros({3});
  EXPECT_TRUE(copy.fc(ones({1, 2})).equal(zeros({1, 3})));
}

// Whose parameters no member shows.
TEST(Clone, CopiesRecurrentLayers) {
  const nn::LSTM lstm(nn::LSTMOptions(2, 3).num_layers(2));
  const nn::LSTM copy = nn::clone(lstm);
  const Tensor x = randn({4, 2, 2}), y = std::get<0>(lstm(x));
  ASSERT_EQ(copy->named_parameters().keys(), lstm->named_parameters().keys());
  EXPECT_TRUE(std::get<0>(copy(x)).equal(y));
  const NoGradGuard no_grad;
  for (const Tensor& p : copy->parameters()) p.zero_();
  EXPECT_TRUE(std::get<0>(lstm(x)).equal(y));
  EXPECT_FALSE(std::get<0>(copy(x)).equal(y));
}

TEST(Clone, CopiesLayersThroughTheirBase) {
  const nn::Sequential seq(nn::Linear(2, 2), nn::Tanh(), nn::Functional(relu));
  const std::shared_ptr<nn::Module> base = seq.ptr();
  const auto copy = std::dynamic_pointer_cast<nn::SequentialImpl>(base->clone());
  ASSERT_NE(copy, nullptr);
  const Tensor x = randn({3, 2});
  EXPECT_TRUE(copy->forward(x).equal(seq->forward(x)));
  copy->at<nn::LinearImpl>(0).weight = zeros({2, 2});
  EXPECT_FALSE(copy->forward(x).equal(seq->forward(x)));
  const nn::Linear linear = nn::clone(nn::Linear(2, 3));
  EXPECT_EQ(linear->weight.sizes(), (IntList{3, 2}));
}

TEST(Clone, CopiesTheWeightsOfLosses) {
  const nn::CrossEntropyLoss loss(nn::CrossEntropyLossOptions().weight(tensor({1.0f, 2.0f})));
  const nn::CrossEntropyLoss copy = nn::clone(loss);
  EXPECT_TRUE(copy->weight.equal(loss->weight));
  EXPECT_FALSE(copy->weight.is_same(loss->weight));
}

TEST(Clone, OfALossComputesWithItsOwnWeights) {
  const Tensor x = tensor({0.5, -1.0}, kDouble), y = tensor({1.0, 0.0}, kDouble), w = tensor({2.0, 3.0}, kDouble);
  const nn::BCEWithLogitsLoss loss({.weight = w.clone(), .pos_weight = w.clone()});
  nn::BCEWithLogitsLoss copy = nn::clone(loss);
  copy->weight = w * 10;
  copy->pos_weight = w * 100;
  EXPECT_TRUE(loss(x, y).equal(binary_cross_entropy_with_logits(x, y, w, w)));
  EXPECT_TRUE(copy(x, y).equal(binary_cross_entropy_with_logits(x, y, w * 10, w * 100)));
  const nn::BCELoss of_probabilities(nn::BCELossOptions().weight(w.clone()));
  nn::BCELoss other = nn::clone(of_probabilities);
  other->weight = w * 10;
  EXPECT_TRUE(other(y * 0.5, y).equal(binary_cross_entropy(y * 0.5, y, w * 10)));
}

TEST(Clone, RefusesMembersThatCannotFollow) {
  struct Plain : nn::Module {
    Tensor w = register_parameter("w", ones({1}));
  };
  expect_error<Error>([] { nn::clone(Plain()); }, "the copy of 'w'");
  struct Pointer : nn::Module {
    std::shared_ptr<nn::LinearImpl> fc = register_module("fc", std::make_shared<nn::LinearImpl>(1, 1));
  };
  expect_error<Error>([] { nn::clone(Pointer()); }, "the copy of 'fc'");
}

TEST(Clone, NeedsCloneable) {
  struct Plain : nn::Module {};
  expect_error<Error>([] { Plain().clone(); }, "clone() has not been implemented for");
}

struct Libtorch : nn::Cloneable<Libtorch> {
  Libtorch() { reset(); }
  void reset() override {
    w = register_parameter("w", randn({3}));
    mean = register_buffer("mean", randn({2}));
    fc = register_module("fc", std::make_shared<nn::LinearImpl>(2, 2));
  }
  Tensor w, mean;
  std::shared_ptr<nn::LinearImpl> fc;
};

TEST(Cloneable, MakesPlainMembersAnewInReset) {
  const Libtorch model;
  const auto copy = std::dynamic_pointer_cast<Libtorch>(model.clone());
  ASSERT_NE(copy, nullptr);
  EXPECT_TRUE(copy->w.equal(model.w));
  EXPECT_FALSE(copy->w.is_same(model.w));
  EXPECT_TRUE(copy->mean.equal(model.mean));
  EXPECT_TRUE(copy->fc->weight.equal(model.fc->weight));
  EXPECT_TRUE(copy->w.is_same(copy->parameters()[0]));
  EXPECT_NE(copy->fc, model.fc);
}

// As libtorch programs write it: members that cannot follow a copy, and children that change after construction.
struct Grown : nn::Cloneable<Grown> {
  Grown() { reset(); }
  void reset() override {
    w = register_parameter("w", randn({3}));
    seq = register_module("seq", std::make_shared<nn::SequentialImpl>(nn::Linear(2, 2)));
    fc = register_module("fc", std::make_shared<nn::LinearImpl>(2, 2));
  }
  using Module::parameters_;
  Tensor w;
  std::shared_ptr<nn::SequentialImpl> seq;
  std::shared_ptr<nn::LinearImpl> fc;
};

TEST(Cloneable, EachChildOfTheCopyIsTheCloneOfTheOriginals) {
  Grown model;
  model.seq->push_back(nn::Tanh());
  model.seq->push_back(nn::Linear(2, 4));
  model.seq->at<nn::LinearImpl>(0).weight.requires_grad_(false);
  model.eval();
  model.fc->train();
  const auto copy = std::dynamic_pointer_cast<Grown>(model.clone());
  ASSERT_EQ(copy->seq->size(), 3U);
  const Tensor x = randn({5, 2});
  EXPECT_TRUE(copy->seq->forward(x).equal(model.seq->forward(x)));
  EXPECT_FALSE(copy->is_training());
  EXPECT_FALSE(copy->seq->is_training());
  EXPECT_FALSE(copy->seq->at<nn::LinearImpl>(2).is_training());
  EXPECT_TRUE(copy->fc->is_training());
  EXPECT_FALSE(copy->seq->at<nn::LinearImpl>(0).weight.requires_grad());
  EXPECT_EQ(copy->named_parameters().keys(), model.named_parameters().keys());
  EXPECT_TRUE(copy->seq->at<nn::LinearImpl>(2).weight.is_same(copy->named_parameters()["seq.2.weight"]));
  EXPECT_FALSE(copy->seq->at<nn::LinearImpl>(2).weight.is_same(model.named_parameters()["seq.2.weight"]));
}

TEST(Cloneable, KeepsTheDtypeAndTheSizesOfPlainMembers) {
  Grown model;
  model.to(kDouble);
  model.parameters_["w"] = model.w = randn({7}, kDouble).requires_grad_();
  const auto copy = std::dynamic_pointer_cast<Grown>(model.clone());
  EXPECT_TRUE(copy->w.equal(model.w));
  EXPECT_EQ(copy->w.dtype(), kDouble);
  EXPECT_TRUE(copy->w.is_leaf() && copy->w.requires_grad());
  EXPECT_EQ(copy->fc->weight.dtype(), kDouble);
  copy->w.square().sum().backward();
  EXPECT_EQ(copy->w.grad().sizes(), (IntList{7}));
}

struct PlainWeight : nn::Cloneable<PlainWeight> {
  PlainWeight() { reset(); }
  void reset() override { w = register_parameter("w", randn({2, 2})); }
  Tensor w;
};
struct TiesAChild : nn::Cloneable<TiesAChild> {
  TiesAChild() { reset(); }
  void reset() override {
    a = register_module("a", std::make_shared<PlainWeight>());
    tied = register_parameter("tied", a->w);
  }
  std::shared_ptr<PlainWeight> a;
  Tensor tied;
};

TEST(Cloneable, KeepsWhatIsSharedWithAChildShared) {
  TiesAChild model;
  model.a->eval();
  const auto copy = std::dynamic_pointer_cast<TiesAChild>(model.clone());
  EXPECT_EQ(copy->parameters().size(), 1U);
  EXPECT_TRUE(copy->tied.is_same(copy->a->w));
  EXPECT_TRUE(copy->tied.equal(model.tied));
  EXPECT_FALSE(copy->tied.is_same(model.tied));
  EXPECT_FALSE(copy->a->is_training());
}

TEST(Cloneable, SaysWhenAChildIsOfAnotherClass) {
  Grown model;
  model.replace_module("fc", std::make_shared<nn::ReLUImpl>());
  expect_error<Error>([&] { model.clone(); }, "where reset() makes a");
}

TEST(Cloneable, SaysWhenResetRegistersSomethingElse) {
  struct Forgets : nn::Cloneable<Forgets> {
    Tensor w = register_parameter("w", ones({3}));
  };
  expect_error<Error>([] { Forgets().clone(); }, "does not have the same number of parameters as the original module");
}

}  // namespace
}  // namespace tapegrad
