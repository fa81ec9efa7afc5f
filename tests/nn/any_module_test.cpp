// AnyModule, AnyValue and Sequential of modules with any arguments and results.
#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

using Two = std::tuple<Tensor, Tensor>;

struct SplitImpl : nn::Cloneable<SplitImpl> {
  Two forward(const Tensor& x) { return {x * scale, x + 1}; }
  nn::Parameter scale = register_parameter("scale", tensor(2.0f));
};
TAPEGRAD_MODULE(Split);

struct JoinImpl : nn::Cloneable<JoinImpl> {
  Tensor forward(const Two& both) const noexcept { return std::get<0>(both) - std::get<1>(both); }
};
TAPEGRAD_MODULE(Join);

struct PowerImpl : nn::Module {
  Tensor forward(Tensor x, std::int64_t times = 1, std::string sign = "+") {
    Tensor y = ones_like(x);
    for (std::int64_t i = 0; i < times; ++i) y = y * x;
    return sign == "+" ? y : -y;
  }
};
TAPEGRAD_MODULE(Power);

struct CountImpl : nn::Module {
  int forward() { return ++calls; }
  int calls = 0;
};
TAPEGRAD_MODULE(Count);

// Overloaded, and a template: a tensor can be fed to either.
struct ManyImpl : nn::Module {
  Tensor forward(const Tensor& x) { return x * 3; }
  int forward(int x) { return x; }
};
struct TemplateImpl : nn::Module {
  template <class T>
  T forward(const T& x) {
    return x + x;
  }
};

TEST(AnyValue, KeepsAValueOfAnyType) {
  nn::AnyValue value(7);
  EXPECT_EQ(value.get<int>(), 7);
  EXPECT_EQ(value.try_get<double>(), nullptr);
  EXPECT_EQ(value.type_info(), typeid(int));
  const nn::AnyValue copy = value;
  value = nn::AnyValue(std::string("seven"));
  EXPECT_EQ(value.get<std::string>(), "seven");
  EXPECT_EQ(nn::AnyValue(copy).get<int>(), 7);
  EXPECT_TRUE(nn::AnyValue(ones({2})[0]).get<Tensor>().equal(tensor(1.0f)));
  expect_error<Error>([&] { value.get<int>(); }, "Attempted to cast AnyValue to int, but its actual type is std::");
}

TEST(AnyModule, CallsAForwardOfAnySignature) {
  EXPECT_EQ(nn::AnyModule(Count()).forward<int>(), 1);
  const Tensor x = tensor({1.0f, 2.0f});
  const auto [a, b] = nn::AnyModule(Split()).forward<Two>(x);
  EXPECT_TRUE(a.equal(x * 2) && b.equal(x + 1));
  EXPECT_TRUE(nn::AnyModule(Join()).forward(Two(a, b)).equal(a - b));
  EXPECT_TRUE(nn::AnyModule(nn::MSELoss()).forward(x, x + 2).equal(tensor(4.0f)));
  EXPECT_TRUE(nn::AnyModule(ManyImpl()).forward(x).equal(x * 3));
  EXPECT_TRUE(nn::AnyModule(TemplateImpl()).any_forward(x).get<Tensor>().equal(x * 2));
}

TEST(AnyModule, LeavesOutArgumentsByDefault) {
  const nn::AnyModule power{Power()};
  const Tensor x = tensor({3.0f});
  EXPECT_EQ(power.forward(x).item<float>(), 3);
  EXPECT_EQ(power.forward(x, std::int64_t{2}).item<float>(), 9);
  EXPECT_EQ(power.forward(x, std::int64_t{2}, std::string("-")).item<float>(), -9);
  expect_error<Error>([&] { power.forward(); },
                      "PowerImpl's forward() method expects at least 1 argument(s) and at most 3 argument(s), but "
                      "received 0");
  expect_error<Error>([&] { power.forward(x, 2); },
                      "Expected argument #1 to be of type long, but received value of type int");
  expect_error<Error>([&] { nn::AnyModule(Count()).forward<int>(x); }, "expects 0 argument(s), but received 1");
  expect_error<Error>([&] { nn::AnyModule(Split()).forward(x); }, "Attempted to cast AnyValue to tapegrad::Tensor");
}

TEST(AnyModule, IsAssignedAndCloned) {
  nn::AnyModule any;
  expect_error<Error>([&] { any.forward<int>(1); }, "Cannot call forward() on an empty AnyModule");
  expect_error<Error>([&] { any.ptr(); }, "Cannot call ptr() on an empty AnyModule");
  any = nn::Linear(2, 3);
  EXPECT_EQ(any.type_info(), typeid(nn::LinearImpl));
  any = std::make_shared<SplitImpl>();
  nn::AnyModule copy = any.clone(), shared = any;
  any.get<Split>()->scale.detach().fill_(5);
  EXPECT_EQ(copy.get<SplitImpl>().scale.item<float>(), 2);
  EXPECT_EQ(shared.get<SplitImpl>().scale.item<float>(), 5);
  EXPECT_TRUE(std::get<0>(copy.forward<Two>(ones({1}))).equal(tensor({2.0f})));
  expect_error<Error>([&] { any.get<nn::Linear>(); }, "SplitImpl to type tapegrad::nn::LinearImpl");
  expect_error<Error>([] { nn::AnyModule(Power()).clone(); }, "clone() has not been implemented");
}

TEST(Sequential, FeedsWhateverTheModuleBeforeGives) {
  nn::Sequential net(nn::Linear(2, 2), Split(), Join());
  const Tensor x = ones({1, 2});
  const Tensor y = net->at<nn::LinearImpl>(0).forward(x);
  EXPECT_TRUE(net(x).equal(y * 2 - (y + 1)));
  EXPECT_TRUE(nn::Sequential(nn::Identity(), net, nn::Identity())(x).equal(net(x)));
  EXPECT_TRUE(std::get<1>(nn::Sequential(Split())->forward<Two>(x)).equal(x + 1));
  EXPECT_TRUE(nn::Sequential(nn::MSELoss(), nn::Identity())->forward(x, x + 1).equal(tensor(1.0f)));
  EXPECT_EQ(nn::Sequential(nn::Sequential(Count()))->forward<int>(), 1);
  const auto copy = std::dynamic_pointer_cast<nn::SequentialImpl>(net->clone());
  EXPECT_TRUE(copy->forward(x).equal(net(x)));
  EXPECT_NE(copy->ptr(1), net->ptr(1));
  expect_error<Error>(
      [&] {
        nn::Sequential { Split() } -> forward(x);
      },
      "The type of the return value is std::tuple<tapegrad::Tensor, tapegrad::Tensor>, but you asked "
      "for type tapegrad::Tensor");
  expect_error<Error>([&] { nn::Sequential(Split(), nn::ReLU())->forward(x); }, "Expected argument #0 to be of type");
  expect_error<Error>([&] { nn::Sequential()->forward<int>(x); }, "Cannot call forward() on an empty Sequential");
}

TEST(ModuleList, TakesWhatASequentialHolds) {
  nn::ModuleList list;
  list->extend(*nn::Sequential(nn::Linear(2, 3), nn::ReLU()));
  EXPECT_EQ(list->size(), 2U);
  EXPECT_NE(list[1]->as<nn::ReLU>(), nullptr);
}

}  // namespace
}  // namespace tapegrad
