// ModuleList, ModuleDict, ParameterList, ParameterDict.
#include <sstream>

#include <tapegrad/tapegrad.h>
#include <tapegrad/testing.h>

#include "tests/common/expect_error.h"

namespace tapegrad::test {
namespace {

std::string printed(const nn::Module& m) {
  std::ostringstream out;
  out << m;
  return out.str();
}

struct StackImpl : nn::Cloneable<StackImpl> {
  StackImpl() { reset(); }
  void reset() override { layers = register_module("layers", nn::ModuleList(nn::Linear(2, 3), nn::Linear(3, 1))); }
  Tensor forward(Tensor x) {
    for (const auto& layer : *layers) x = layer->as<nn::Linear>()->forward(x);
    return x;
  }
  nn::ModuleList layers{nullptr};
};
TAPEGRAD_MODULE(Stack);

TEST(ModuleList, RegistersItsModulesByNumber) {
  Stack stack;
  EXPECT_EQ(stack->state_dict().keys(),
            (std::vector<std::string>{"layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"}));
  EXPECT_EQ(stack(ones({5, 2})).sizes(), (IntList{5, 1}));
  EXPECT_EQ(printed(*stack),
            "tapegrad::test::(anonymous namespace)::StackImpl(\n"
            "  (layers): nn::ModuleList(\n"
            "    (0): nn::Linear(in_features=2, out_features=3, bias=true)\n"
            "    (1): nn::Linear(in_features=3, out_features=1, bias=true)\n"
            "  )\n"
            ")");
}

TEST(ModuleList, TakesModulesHoldersAndPointers) {
  nn::ModuleList list;
  EXPECT_TRUE(list->is_empty());
  list->push_back(nn::Linear(1, 2));
  list->push_back(std::make_shared<nn::ReLUImpl>());
  list->push_back(nn::TanhImpl());
  nn::ModuleList more{nn::Sigmoid(), nn::Identity()};
  list->extend(*more);
  list->extend(std::vector<nn::Linear>{nn::Linear(3, 4)});
  ASSERT_EQ(list->size(), 6U);
  EXPECT_EQ(list[3].get(), more[0].get());
  EXPECT_EQ(list->at<nn::LinearImpl>(5).options.out_features(), 4);
  EXPECT_NE(list->ptr<nn::TanhImpl>(2), nullptr);
  expect_error<IndexError>([&] { list->ptr(6); }, "Index out of range: 6 of 6 modules");
  expect_error<Error>([&] { list->at<nn::ReLUImpl>(0); }, "Unable to cast module");
  expect_error<Error>([&] { list->push_back(std::shared_ptr<nn::Module>()); }, "null");
  EXPECT_EQ(list->size(), 6U);
}

TEST(ModuleList, InsertMovesTheOthersUp) {
  nn::ModuleList list(nn::Linear(1, 1), nn::Linear(2, 2));
  list->insert(1, nn::Tanh());
  list->insert(3, nn::ReLU());
  list->insert(0, nn::Identity());
  std::string names;
  for (const auto& [name, module] : list->named_children()) names += name + module->name().substr(14) + " ";
  EXPECT_EQ(names, "0IdentityImpl 1LinearImpl 2TanhImpl 3LinearImpl 4ReLUImpl ");
  EXPECT_EQ(list->at<nn::LinearImpl>(3).options.in_features(), 2);
  expect_error<IndexError>([&] { list->insert(6, nn::ReLU()); }, "insert at most at the end");
}

TEST(ModuleList, IsCloned) {
  Stack stack;
  const auto copy = std::dynamic_pointer_cast<StackImpl>(stack->clone());
  ASSERT_NE(copy, nullptr);
  NoGradGuard no_grad;
  const Tensor before = stack(ones({1, 2})).clone();
  EXPECT_TENSOR_EQ(copy->forward(ones({1, 2})), before);
  for (const Tensor& p : copy->parameters()) p.fill_(0);
  EXPECT_TENSOR_EQ(stack(ones({1, 2})), before);
  EXPECT_EQ(copy->forward(ones({1, 2})).item<float>(), 0);
}

TEST(ModuleDict, HoldsModulesByName) {
  nn::ModuleDict dict(std::vector<nn::ModuleDictImpl::Item>{{"fc", nn::Linear(1, 2).ptr()}, {"act", nn::ReLU().ptr()}});
  dict->insert("out", nn::Linear(2, 1));
  dict->insert("act", nn::Tanh());
  EXPECT_EQ(dict->keys(), (std::vector<std::string>{"fc", "act", "out"}));
  EXPECT_EQ(dict->at<nn::LinearImpl>("out").options.in_features(), 2);
  EXPECT_NE(dict->ptr<nn::TanhImpl>("act"), nullptr);
  EXPECT_EQ(printed(*dict),
            "nn::ModuleDict(\n"
            "  (fc): nn::Linear(in_features=1, out_features=2, bias=true)\n"
            "  (act): nn::Tanh()\n"
            "  (out): nn::Linear(in_features=2, out_features=1, bias=true)\n"
            ")");
  const auto copy = std::dynamic_pointer_cast<nn::ModuleDictImpl>(dict->clone());
  const auto act = dict[std::string("act")];
  EXPECT_EQ(dict->pop("act"), act);
  EXPECT_FALSE(dict->contains("act"));
  EXPECT_EQ(dict->parameters().size(), 4U);
  expect_error<IndexError>([&] { dict->pop("act"); }, "'act'");
  dict->clear();
  EXPECT_TRUE(dict->is_empty());
  EXPECT_EQ(copy->size(), 3U);
}

TEST(ParameterList, RegistersItsParametersByNumber) {
  nn::ParameterList list(ones({1}), zeros({2, 3}, requires_grad()));
  list->append(tensor({1.0, 2.0}, TensorOptions(kDouble).requires_grad(true)));
  EXPECT_EQ(list->size(), 3U);
  EXPECT_FALSE(list->at(0).requires_grad());
  EXPECT_TRUE(list->at(1).requires_grad());
  nn::ParameterList more(ones({4}));
  *list += *more;
  list->extend(std::vector<Tensor>{ones({5})});
  EXPECT_EQ(list->named_parameters().keys(), (std::vector<std::string>{"0", "1", "2", "3", "4"}));
  EXPECT_TRUE(list[3].is_same(more[0]));
  EXPECT_EQ(printed(*nn::ParameterList(ones({2, 3}))),
            "nn::ParameterList(\n(0): Parameter containing: [Float of size [2, 3]]\n)");
  const auto copy = std::dynamic_pointer_cast<nn::ParameterListImpl>(list->clone());
  EXPECT_TENSOR_EQ(copy->at(2).detach(), list->at(2).detach());
  EXPECT_FALSE(copy->at(2).is_same(list->at(2)));
  expect_error<IndexError>([&] { list->at(5); }, "out of bounds");
}

TEST(ParameterDict, UpdateReplacesAndAdds) {
  nn::ParameterDict dict(nn::NamedTensors{{"a", ones({1}, requires_grad())}, {"b", zeros({2})}});
  const Tensor other = full({3}, 2.0, requires_grad());
  dict->update(nn::NamedTensors{{"a", other}, {"c", zeros({1})}});
  EXPECT_EQ(dict->keys(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(dict["a"].is_same(other));
  EXPECT_TRUE(dict->named_parameters()["a"].is_same(other));
  EXPECT_THROW(dict->update(nn::NamedTensors{{"a", other * 2}}), AutogradError);  // has a history
  EXPECT_TRUE(dict["a"].is_same(other));
}

TEST(ParameterDict, HoldsParametersByName) {
  nn::ParameterDict dict(nn::NamedTensors{{"a", ones({1}, requires_grad())}, {"b", zeros({2})}});
  dict->insert("c", ones({3}));
  EXPECT_EQ(dict->keys(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(dict->get("a").requires_grad());
  EXPECT_EQ(dict->pop("b").numel(), 2);
  EXPECT_EQ(dict->parameters().size(), 2U);
  expect_error<Error>([&] { dict->insert("a", ones({1})); }, "already defined");
  expect_error<IndexError>([&] { dict->get("b"); }, "'b'");
  EXPECT_EQ(printed(*dict),
            "nn::ParameterDict(\n(a): Parameter containing: [Float of size [1]]\n"
            "(c): Parameter containing: [Float of size [3]]\n)");
  dict->clear();
  EXPECT_TRUE(dict->is_empty());
}

}  // namespace
}  // namespace tapegrad::test
