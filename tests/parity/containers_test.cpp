// What holds others: modules of any signature, values of any type, sizes for each dim.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
using torch::Tensor;

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

TEST(ModuleDict, IsUpdated) {
  torch::OrderedDict<std::string, std::shared_ptr<nn::Module>> ordered;
  ordered.insert("fc", nn::Linear(1, 2).ptr());
  ordered.insert("act", nn::ReLU().ptr());
  nn::ModuleDict dict(ordered), other;
  other->update(std::vector<std::pair<std::string, std::shared_ptr<nn::Module>>>{
      {"fc", nn::Linear(3, 4).ptr()}, {"norm", nn::LayerNorm(nn::LayerNormOptions({4})).ptr()}});
  dict->update(*other);
  EXPECT_EQ(dict->keys(), (Names{"fc", "act", "norm"}));
  EXPECT_EQ(dict->named_parameters().keys(), (Names{"fc.weight", "fc.bias", "norm.weight", "norm.bias"}));
  EXPECT_EQ(dict->values()[0], other["fc"]);
  EXPECT_EQ(dict->items()[2].first, "norm");
  EXPECT_EQ(dict->at<nn::LinearImpl>("fc").options.in_features(), 3);
  EXPECT_EQ(dict->pop("act")->name(), "torch::nn::ReLUImpl");
  EXPECT_THROW(dict->pop("act"), c10::Error);
  EXPECT_THROW(dict["act"], c10::Error);
  dict->clear();
  EXPECT_TRUE(dict->empty());
}

TEST(ModuleList, InsertsAndExtends) {
  nn::ModuleList list(nn::Linear(1, 2)), tail(nn::Tanh(), nn::Linear(4, 5));
  list->extend(*tail);
  list->insert(1, nn::Linear(2, 3));
  EXPECT_EQ(list->size(), 4U);
  EXPECT_EQ(list->named_children().keys(), (Names{"0", "1", "2", "3"}));
  EXPECT_EQ(sizes(list->named_parameters()["1.weight"]), (std::vector<int64_t>{3, 2}));
  EXPECT_EQ(list->ptr(3), tail[1]);
  EXPECT_THROW(list->ptr(4), c10::Error);
  EXPECT_THROW(list->insert(5, nn::Tanh()), c10::Error);
  auto copy = std::dynamic_pointer_cast<nn::ModuleListImpl>(list->clone());
  EXPECT_NE(copy->ptr(3), list->ptr(3));
  EXPECT_TRUE(same(copy->parameters()[4], list->parameters()[4]));
}

TEST(ParameterList, IsExtended) {
  nn::ParameterList list(torch::ones({1}));
  list->extend(std::vector<Tensor>{torch::ones({2}), torch::ones({3}, torch::requires_grad())});
  list->append(torch::ones({4}));
  std::vector<int64_t> counts;
  for (const auto& pair : *list) counts.push_back(pair.value().numel());
  EXPECT_EQ(counts, (std::vector<int64_t>{1, 2, 3, 4}));
  EXPECT_EQ(list->named_parameters().keys(), (Names{"0", "1", "2", "3"}));
  EXPECT_FALSE(list->at(1).requires_grad());
  EXPECT_TRUE(list->at(2).requires_grad());
  EXPECT_THROW(list->at(4), c10::Error);
}

TEST(ParameterDict, IsEmptied) {
  nn::ParameterDict dict;
  dict->insert("a", torch::ones({1}));
  dict->insert("b", torch::ones({2}, torch::requires_grad()));
  EXPECT_THROW(dict->insert("a", torch::ones({1})), c10::Error);
  EXPECT_EQ(dict->keys(), (Names{"a", "b"}));
  EXPECT_EQ(dict->get("b").numel(), 2);
  EXPECT_FALSE(dict->get("a").requires_grad());
  EXPECT_EQ(dict->values()[0].numel(), 1);
  EXPECT_EQ(dict->pop("a").numel(), 1);
  EXPECT_THROW(dict->pop("a"), c10::Error);
  EXPECT_EQ(dict->size(), 1U);
  dict->clear();
  EXPECT_TRUE(dict->empty());
}

TEST(Sequential, IsExtended) {
  nn::Sequential net(nn::Linear(2, 3)), tail(nn::ReLU(), nn::Linear(3, 1));
  net->extend(*tail);
  net->extend(std::vector<std::shared_ptr<nn::TanhImpl>>{nn::Tanh().ptr()});
  EXPECT_EQ(net->size(), 4U);
  EXPECT_EQ(net->ptr(2), tail->ptr(1));
  EXPECT_EQ(net->named_parameters().keys(), (Names{"0.weight", "0.bias", "2.weight", "2.bias"}));
  const Tensor x = torch::ones({5, 2});
  EXPECT_TRUE(same(net->forward(x), tail->forward(net->at<nn::LinearImpl>(0).forward(x)).tanh()));
  EXPECT_THROW(net->ptr(4), c10::Error);
  EXPECT_THROW(net->push_back("2", nn::ReLU()), c10::Error);
}

TEST(Module, ReachesAllOfANestedModel) {
  nn::Sequential row(nn::Linear(2, 3), nn::BatchNorm1d(3));
  nn::ModuleList net(row, nn::Dropout());
  net->eval();
  for (const auto& module : net->modules()) EXPECT_FALSE(module->is_training());
  net->train();
  net->to(torch::kDouble);
  row->forward(torch::randn({4, 2}, torch::kDouble)).sum().backward();
  net->zero_grad(/*set_to_none=*/false);
  for (const auto& p : net->parameters()) EXPECT_EQ(p.grad().abs().max().item<double>(), 0);
  EXPECT_EQ(net->named_buffers().keys(), (Names{"0.1.running_mean", "0.1.running_var", "0.1.num_batches_tracked"}));
  EXPECT_EQ(net->buffers()[0].scalar_type(), torch::kDouble);
  Names names;
  net->apply([&](const std::shared_ptr<nn::Module>& module) { names.push_back(module->name()); });
  EXPECT_EQ(names, (Names{"torch::nn::ModuleListImpl", "torch::nn::SequentialImpl", "torch::nn::LinearImpl",
                          "torch::nn::BatchNorm1dImpl", "torch::nn::DropoutImpl"}));
}

TEST(ExpandingArray, IsOneNumberOrAll) {
  torch::ExpandingArray<2> pair = 3;
  EXPECT_EQ((*pair)[1], 3);
  EXPECT_EQ((*torch::ExpandingArray<2>({3, 4}))[1], 4);
}

}  // namespace
