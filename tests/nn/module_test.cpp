#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/sequential.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

struct LinearRegression : nn::Module {
  nn::Parameter slope = register_parameter("slope", tensor(1.0f));
  nn::Parameter intercept = register_parameter("intercept", tensor(2.0f));
  Tensor forward(const Tensor& x) { return x * slope + intercept; }
};

struct NetImpl : nn::Module {
  nn::Parameter scale = register_parameter("scale", ones({1}));
  nn::Buffer mean = register_buffer("mean", zeros({2}));
  nn::Linear fc1 = register_module("fc1", nn::Linear(2, 3));
  nn::Linear fc2{nullptr};
  NetImpl() { fc2 = register_module("fc2", nn::Linear(nn::LinearOptions(3, 1).bias(false))); }
  Tensor forward(const Tensor& x) { return fc2(fc1(x - mean).relu()) * scale; }
};
TAPEGRAD_MODULE(Net);

std::vector<std::string> names(const OrderedDict<std::string, Tensor>& dict) { return dict.keys(); }

TEST(Module, ListsParametersInOrderOfRegistration) {
  Net net;
  EXPECT_EQ(names(net->named_parameters()),
            (std::vector<std::string>{"scale", "fc1.weight", "fc1.bias", "fc2.weight"}));
  EXPECT_EQ(names(net->named_parameters(false)), (std::vector<std::string>{"scale"}));
  EXPECT_EQ(names(net->named_buffers()), (std::vector<std::string>{"mean"}));
  EXPECT_EQ(net->parameters().size(), 4u);
  EXPECT_EQ(net->buffers().size(), 1u);
  for (auto& [name, p] : net->named_parameters()) EXPECT_TRUE(p.requires_grad()) << name;
  for (auto& item : net->named_parameters()) EXPECT_EQ(item.key().empty(), item.value().dim() == 0);
  EXPECT_TRUE(net->named_parameters()["fc1.bias"].is_same(net->fc1->bias));
}

TEST(Module, ListsSubmodules) {
  Net net;
  EXPECT_EQ(net->named_modules().keys(), (std::vector<std::string>{"", "fc1", "fc2"}));
  EXPECT_EQ(net->named_modules("net", true).keys(), (std::vector<std::string>{"net", "net.fc1", "net.fc2"}));
  EXPECT_EQ(net->modules(false).size(), 2u);
  EXPECT_EQ(net->children().size(), 2u);
  EXPECT_EQ(net->named_children()["fc1"].get(), net->fc1.get());
}

TEST(Module, ListsWhatIsSharedOnce) {
  struct Tied : nn::Module {
    nn::Linear a = register_module("a", nn::Linear(2, 2));
    nn::Linear b = register_module("b", a);
    nn::Parameter w = register_parameter("w", a->weight);
  };
  const Tied tied;
  EXPECT_EQ(names(tied.named_parameters()), (std::vector<std::string>{"w", "a.bias"}));
  EXPECT_EQ(tied.modules(false).size(), 1u);
}

TEST(Module, WorksAsAValue) {
  LinearRegression model;
  LinearRegression copy = model;
  EXPECT_TRUE(copy.slope.is_same(model.slope));
  EXPECT_TRUE(copy.parameters()[0].is_same(model.slope));
  copy.slope = tensor(-10.0f);
  EXPECT_EQ(model.slope.item<float>(), -10);
  LinearRegression moved = std::move(copy);
  EXPECT_EQ(moved.parameters().size(), 2u);
  EXPECT_EQ(moved.forward(tensor({1.0f})).item<float>(), -8);
  LinearRegression other;
  other = model;
  EXPECT_TRUE(other.slope.is_same(model.slope));
}

TEST(Module, OutlivesItsCopies) {
  Tensor slope;
  {
    auto model = std::make_unique<LinearRegression>();
    const LinearRegression copy = *model;
    model.reset();
    slope = copy.parameters()[0];
  }
  EXPECT_EQ(slope.item<float>(), 1);
}

TEST(Module, RefusesBadNames) {
  nn::Module m;
  expect_error<Error>([&] { m.register_parameter("a.b", ones({1})); },
                      "Parameter name must not contain a dot (got 'a.b')");
  expect_error<Error>([&] { m.register_parameter("", ones({1})); }, "Parameter name must not be empty");
  expect_error<Error>([&] { m.register_buffer("a.b", ones({1})); }, "Buffer name must not contain a dot (got 'a.b')");
  expect_error<Error>([&] { m.register_buffer("", ones({1})); }, "Buffer name must not be empty");
  expect_error<Error>([&] { m.register_module("", nn::Linear(1, 1)); }, "Submodule name must not be empty");
  expect_error<Error>([&] { m.register_module("a.b", nn::Linear(1, 1)); }, "Submodule name must not contain a dot");
}

TEST(Module, RefusesASecondUseOfAName) {
  nn::Module m;
  m.register_parameter("x", ones({1}));
  expect_error<Error>([&] { m.register_parameter("x", ones({1})); }, "Parameter 'x' already defined");
  expect_error<Error>([&] { m.register_buffer("x", ones({1})); }, "Buffer 'x' already defined");
  expect_error<Error>([&] { m.register_module("x", nn::Linear(1, 1)); }, "Submodule 'x' already defined");
  EXPECT_EQ(m.parameters().size(), 1u);
}

TEST(Module, RefusesParametersThatAreNoLeaves) {
  nn::Module m;
  const Tensor x = ones({2}).requires_grad_();
  expect_error<AutogradError>([&] { m.register_parameter("w", x * 2); },
                              "Cannot assign non-leaf Tensor to parameter 'w'");
  expect_error<AutogradError>([&] { m.register_parameter("i", tensor({1, 2})); }, "floating point");
  EXPECT_TRUE(m.parameters().empty());
  EXPECT_FALSE(m.register_parameter("frozen", ones({2}), false).requires_grad());
  EXPECT_FALSE(m.register_parameter("none", {}).defined());
  EXPECT_EQ(m.parameters().size(), 1u);
}

TEST(Module, RefusesToBeItsOwnPart) {
  struct Empty : nn::Module {};
  const auto a = std::make_shared<Empty>(), b = std::make_shared<Empty>();
  a->register_module("b", b);
  expect_error<Error>([&] { b->register_module("a", a); }, "cannot be its own submodule");
  expect_error<Error>([&] { a->register_module("self", a); }, "cannot be its own submodule");
  expect_error<Error>([&] { a->register_module("none", std::shared_ptr<Empty>()); }, "null");
  expect_error<Error>([&] { a->register_module("none", nn::Linear(nullptr)); }, "Accessing empty ModuleHolder");
}

TEST(Module, ForgetsAParameter) {
  Net net;
  const Tensor scale = net->scale;
  net->unregister_parameter("scale");
  EXPECT_EQ(names(net->named_parameters(false)), std::vector<std::string>());
  EXPECT_TRUE(net->scale.is_same(scale));
  expect_error<Error>([&] { net->unregister_parameter("scale"); }, "No Parameter with name `scale` is registered");
  net->register_memberless_parameter("scale", ones({1}));
  EXPECT_EQ(names(net->named_parameters(false)), (std::vector<std::string>{"scale"}));
  expect_error<Error>([&] { net->register_memberless_parameter("scale", ones({1})); }, "'scale' already defined");
}

TEST(Module, ReplacesAndForgetsSubmodules) {
  Net net;
  net->fc1 = net->replace_module("fc1", nn::Linear(2, 5));
  EXPECT_EQ(net->parameters()[1].sizes(), (IntList{5, 2}));
  net->unregister_module("fc1");
  EXPECT_EQ(net->children().size(), 1u);
  expect_error<Error>([&] { net->unregister_module("zz"); }, "No Module with name `zz` is registered");
  expect_error<IndexError>([&] { net->replace_module("zz", nn::Linear(1, 1)); }, "Submodule 'zz' is not defined");
}

TEST(Module, SwitchesAllToEvaluationAndBack) {
  Net net;
  EXPECT_TRUE(net->is_training());
  net->eval();
  EXPECT_FALSE(net->is_training());
  EXPECT_FALSE(net->fc2->is_training());
  net->train();
  EXPECT_TRUE(net->fc1->is_training());
}

TEST(Module, ZeroesGradients) {
  Net net;
  net(ones({4, 2})).sum().backward();
  EXPECT_TRUE(net->fc1->weight.grad().defined());
  net->zero_grad(/*set_to_none=*/false);
  EXPECT_TRUE(net->fc1->weight.grad().equal(zeros({3, 2})));
  net->zero_grad();
  EXPECT_FALSE(net->fc1->weight.grad().defined());
}

TEST(Module, AppliesAFunctionToAll) {
  Net net;
  int modules = 0, linears = 0;
  net->apply([&](nn::Module& m) {
    ++modules;
    if (auto* linear = m.as<nn::Linear>()) {
      ++linears;
      const NoGradGuard no_grad;
      linear->weight.fill_(0.5);
    }
  });
  EXPECT_EQ(modules, 3);
  EXPECT_EQ(linears, 2);
  EXPECT_EQ(net->fc2->weight.sum().item<float>(), 1.5);
  std::string all;
  net->apply([&](const std::string& name, nn::Module&) { all += name + ";"; });
  EXPECT_EQ(all, ";fc1;fc2;");
  net->apply([&](const std::shared_ptr<nn::Module>& m) { modules += m != nullptr ? 1 : 0; });
  EXPECT_EQ(modules, 6);
  LinearRegression on_the_stack;
  on_the_stack.apply([&](nn::Module&) { ++modules; });
  EXPECT_EQ(modules, 7);
}

TEST(Module, CastsItsFloatingPointTensorsWhereTheyAre) {
  struct Mixed : nn::Module {
    nn::Parameter small = register_parameter("small", tensor({1.5f, 2.5f}));
    nn::Parameter large = register_parameter("large", arange(2000, kFloat));
    nn::Buffer counts = register_buffer("counts", tensor({1, 2}));
    nn::Linear fc = register_module("fc", nn::Linear(2, 2));
  };
  Mixed m;
  const Tensor handle = m.small, view = m.small.detach()[0], large = m.large;
  (m.small.sum() * 2).backward();
  for (const Dtype dtype : {kDouble, kFloat, kDouble}) {
    m.to(dtype);
    for (const Tensor& p : m.parameters()) {
      EXPECT_EQ(p.dtype(), dtype);
      EXPECT_TRUE(p.requires_grad());
    }
    EXPECT_EQ(handle.dtype(), dtype);
    EXPECT_TRUE(handle.equal(tensor({1.5, 2.5}, dtype)));
    EXPECT_EQ(large.sum().item<double>(), 1999000);
    EXPECT_EQ(m.counts.dtype(), kLong);
    EXPECT_EQ(view.item<float>(), 1.5f);
    EXPECT_FALSE(handle.grad().defined());
    (m.small * m.small).sum().backward();
    EXPECT_EQ(handle.grad().dtype(), dtype);
    EXPECT_TRUE(handle.grad().equal(tensor({3.0, 5.0}, dtype)));
  }
  expect_error<DtypeError>([&] { m.to(kLong); }, "only accepts floating point");
  m.to(kCPU, kFloat);
  EXPECT_EQ(large.dtype(), kFloat);
}

TEST(Module, RefusesABackwardThatCrossesACast) {
  LinearRegression m;
  const Tensor loss = (m.slope * m.slope).sum();
  m.to(kDouble);
  expect_error<AutogradError>([&] { loss.backward(); }, "modified by an inplace operation");
}

TEST(Module, NeedsASharedPointerToListItself) {
  LinearRegression m;
  expect_error<Error>([&] { m.modules(); }, "it is not stored in a shared_ptr");
  EXPECT_TRUE(m.modules(false).empty());
}

TEST(ModuleHolder, IsAPointerWrittenAsAValue) {
  Net net, same = net, none{nullptr};
  EXPECT_EQ(net.get(), same.get());
  EXPECT_TRUE(none.is_empty());
  EXPECT_FALSE(none);
  EXPECT_TRUE(net);
  expect_error<Error>([&] { none->eval(); }, "Accessing empty ModuleHolder");
  expect_error<Error>([&] { none(ones({1, 2})); }, "Accessing empty ModuleHolder");
  EXPECT_EQ(net(ones({5, 2})).sizes(), (IntList{5, 1}));
  const nn::Linear of_pointer(std::make_shared<nn::LinearImpl>(2, 3));
  const std::shared_ptr<nn::LinearImpl> pointer = of_pointer;
  EXPECT_EQ(pointer, of_pointer.ptr());
  EXPECT_TRUE((std::is_same_v<Net::Impl, NetImpl>));
  const nn::Linear no_default;
  EXPECT_TRUE(no_default.is_empty());
}

TEST(Module, IsCastAnyNumberOfTimes) {
  nn::Linear net(2, 2);
  const Tensor before = net->weight.detach().clone();
  for (int i = 0; i < 100000; ++i) {
    net->to(kDouble);
    net->to(kFloat);
  }
  EXPECT_TRUE(net->weight.equal(before));
}

}  // namespace
}  // namespace tapegrad
