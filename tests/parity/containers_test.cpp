// What holds others: modules of any signature, values of any type, sizes for each dim.
#include "tests/parity/parity.h"

namespace nn = torch::nn;

using Two = std::tuple<torch::Tensor, torch::Tensor>;

struct SplitImpl : nn::Cloneable<SplitImpl> {
  SplitImpl() { reset(); }
  void reset() override { scale = register_parameter("scale", torch::full({1}, 2.0)); }
  Two forward(torch::Tensor x) { return std::make_tuple(x * scale, x + 1); }
  torch::Tensor scale;
};
TORCH_MODULE(Split);

struct JoinImpl : nn::Module {
  torch::Tensor forward(Two both) { return std::get<0>(both) - std::get<1>(both); }
};
TORCH_MODULE(Join);

struct AddImpl : nn::Module {
  int forward(int a, int b) { return a + b; }
};
TORCH_MODULE(Add);

struct PowerImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x, int64_t times = 2) { return x.pow(times); }

 protected:
  FORWARD_HAS_DEFAULT_ARGS({1, nn::AnyValue(int64_t(2))})
};
TORCH_MODULE(Power);

namespace {

TEST(AnyValue, KeepsAValue) {
  nn::AnyValue value(5);
  EXPECT_EQ(value.get<int>(), 5);
  EXPECT_EQ(value.try_get<float>(), nullptr);
  EXPECT_THROW(value.get<float>(), c10::Error);
  EXPECT_EQ(value.type_info(), typeid(int));
  nn::AnyValue copy = value;
  value = nn::AnyValue(std::string("five"));
  EXPECT_EQ(value.get<std::string>(), "five");
  EXPECT_EQ(copy.get<int>(), 5);
  EXPECT_EQ(nn::AnyValue("letters").get<const char*>(), std::string("letters"));
}

TEST(AnyModule, CallsAnySignature) {
  nn::AnyModule add{Add()}, split{Split()};
  EXPECT_EQ(add.forward<int>(2, 3), 5);
  EXPECT_EQ(add.any_forward(2, 3).get<int>(), 5);
  EXPECT_EQ(add.type_info(), typeid(AddImpl));
  const torch::Tensor x = torch::ones({2});
  EXPECT_TRUE(same(std::get<0>(split.forward<Two>(x)), torch::full({2}, 2.0)));
  EXPECT_THROW(add.forward<float>(2, 3), c10::Error);
  EXPECT_THROW(add.forward<int>(2), c10::Error);
  EXPECT_THROW(add.forward<int>(2, 3.0F), c10::Error);
  EXPECT_THROW(split.forward(x), c10::Error);
  EXPECT_THROW(nn::AnyModule().forward(x), c10::Error);
  EXPECT_THROW(nn::AnyModule().ptr(), c10::Error);
}

TEST(AnyModule, TakesLosses) {
  nn::AnyModule loss{nn::MSELoss()};
  EXPECT_TRUE(same(loss.forward(torch::ones({2}), torch::zeros({2})), torch::tensor(1.0)));
}

TEST(AnyModule, LeavesOutDefaults) {
  nn::AnyModule power{Power()};
  EXPECT_TRUE(same(power.forward(torch::full({1}, 3.0)), torch::full({1}, 9.0)));
  EXPECT_TRUE(same(power.forward(torch::full({1}, 3.0), int64_t(3)), torch::full({1}, 27.0)));
  EXPECT_THROW(power.forward(), c10::Error);
}

TEST(AnyModule, IsAssigned) {
  nn::AnyModule any;
  any = nn::AnyModule(nn::Linear(1, 2));
  EXPECT_EQ(any.get<nn::Linear>()->weight.size(0), 2);
  any = std::make_shared<AddImpl>();
  EXPECT_NE(any.ptr<AddImpl>(), nullptr);
  const nn::AnyModule copy = any;
  EXPECT_EQ(copy.ptr(), any.ptr());
  EXPECT_EQ(&any.get<AddImpl>(), any.ptr().get());
}

TEST(AnyModule, Clones) {
  nn::AnyModule any{Split()};
  nn::AnyModule copy = any.clone();
  torch::NoGradGuard no_grad;
  any.get<SplitImpl>().scale.fill_(7);
  EXPECT_TRUE(same(std::get<0>(copy.forward<Two>(torch::ones({1}))), torch::full({1}, 2.0)));
  EXPECT_THROW(nn::AnyModule(Add()).clone(), c10::Error);
}

TEST(Sequential, FeedsWhatItGets) {
  nn::Sequential net{Split(), Join()};
  EXPECT_TRUE(same(net->forward(torch::ones({1})), torch::zeros({1})));
  nn::Sequential split{Split()};
  EXPECT_TRUE(same(std::get<1>(split->forward<Two>(torch::ones({1}))), torch::full({1}, 2.0)));
  EXPECT_THROW(split->forward(torch::ones({1})), c10::Error);
  nn::Sequential add{Add()};
  EXPECT_EQ(add->forward<int>(1, 2), 3);
  nn::Sequential loss{nn::MSELoss(), nn::Identity()};
  EXPECT_TRUE(same(loss->forward(torch::ones({2}), torch::zeros({2})), torch::tensor(1.0)));
  nn::Sequential wrong{Split(), nn::ReLU()};
  EXPECT_THROW(wrong->forward(torch::ones({1})), c10::Error);
}

TEST(Sequential, ClonesWhatItHolds) {
  nn::Sequential net{nn::Linear(2, 2), Split()};
  auto copy = std::dynamic_pointer_cast<nn::SequentialImpl>(net->clone());
  ASSERT_NE(copy, nullptr);
  EXPECT_EQ(copy->size(), 2U);
  EXPECT_NE(copy->ptr(0), net->ptr(0));
  const torch::Tensor x = torch::ones({1, 2});
  EXPECT_TRUE(same(std::get<1>(copy->forward<Two>(x)), std::get<1>(net->forward<Two>(x))));
}

TEST(ExpandingArray, HoldsANumberForEachDim) {
  torch::ExpandingArray<2> kernel = 3;
  EXPECT_EQ(*kernel, (std::array<int64_t, 2>{3, 3}));
  kernel = {3, 2};
  EXPECT_EQ(kernel->at(1), 2);
  EXPECT_EQ(text(kernel), "[3, 2]");
  EXPECT_EQ(text(torch::ExpandingArray<1>(4)), "4");
  EXPECT_EQ(kernel.size(), 2U);
  EXPECT_EQ(torch::IntArrayRef(kernel)[0], 3);
  EXPECT_EQ(torch::ExpandingArray<2>(std::vector<int64_t>{5, 6})->front(), 5);
  EXPECT_THROW((torch::ExpandingArray<2>{1, 2, 3}), c10::Error);
  EXPECT_THROW((torch::ExpandingArray<3>(std::vector<int64_t>{1, 2})), c10::Error);
  EXPECT_EQ(text(torch::ExpandingArrayWithOptionalElem<2>({5, c10::nullopt})), "[5, None]");
}

TEST(ArrayRef, IsMadeOfWhatHoldsElements) {
  const std::vector<int64_t> v{3, 2};
  const int64_t array[] = {4, 5, 6};
  EXPECT_EQ(c10::makeArrayRef(v).vec(), v);
  EXPECT_EQ(c10::makeArrayRef(array).size(), 3U);
  EXPECT_EQ(c10::makeArrayRef(array + 1, 2)[0], 5);
  c10::OptionalArrayRef<int64_t> none;
  EXPECT_FALSE(none.has_value());
  none = torch::ArrayRef<int64_t>(v);
  EXPECT_EQ(none->size(), 2U);
}

TEST(Tensor, ChangesItsSizesInPlace) {
  torch::Tensor x = torch::arange(6).view({1, 2, 3});
  x.squeeze_(0);
  EXPECT_EQ(sizes(x), (std::vector<int64_t>{2, 3}));
  x.t_();
  EXPECT_TRUE(same(x, torch::tensor({{0, 3}, {1, 4}, {2, 5}})));
  x.unsqueeze_(1).transpose_(0, 1);
  EXPECT_EQ(sizes(x), (std::vector<int64_t>{1, 3, 2}));
  EXPECT_EQ(sizes(x.squeeze_()), (std::vector<int64_t>{3, 2}));
  torch::Tensor w = torch::ones({1, 2}, torch::requires_grad());
  EXPECT_THROW(w.squeeze_(), std::exception);
  torch::Tensor y = w * 3;
  y.squeeze_(0);
  y.sum().backward();
  EXPECT_TRUE(same(w.grad(), torch::full({1, 2}, 3.0)));
}

TEST(Tensor, MultipliesAVector) {
  const torch::Tensor a = torch::tensor({{1.0, 2.0}, {3.0, 4.0}}), v = torch::tensor({1.0, -1.0});
  EXPECT_TRUE(same(torch::mv(a, v), torch::tensor({-1.0, -1.0})));
  EXPECT_TRUE(same(a.mv(v), torch::tensor({-1.0, -1.0})));
  EXPECT_THROW(torch::mv(v, v), c10::Error);
}

}  // namespace
