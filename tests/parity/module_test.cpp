// nn: modules, what they register and print, containers, layers, losses, initial values.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;

struct BlockImpl : nn::Cloneable<BlockImpl> {
  BlockImpl(int64_t in, int64_t out) : in_(in), out_(out) { reset(); }
  void reset() override {
    fc = register_module("fc", nn::Linear(in_, out_));
    scale = register_parameter("scale", torch::ones({out_}));
    seen = register_buffer("seen", torch::zeros({1}));
  }
  torch::Tensor forward(torch::Tensor x) { return fc->forward(x) * scale; }
  int64_t in_, out_;
  nn::Linear fc{nullptr};
  torch::Tensor scale, seen;
};
TORCH_MODULE(Block);

struct Stacked : nn::Module {
  Stacked() : nn::Module("Stacked"), one(2, 3), two(3, 1) {
    register_module("one", one);
    register_module("two", two);
  }
  torch::Tensor forward(const torch::Tensor& x) { return two(torch::relu(one(x))); }
  Block one, two;
};

namespace {

TEST(Module, Registers) {
  Stacked model;
  EXPECT_EQ(model.named_parameters().keys(),
            (Names{"one.scale", "one.fc.weight", "one.fc.bias", "two.scale", "two.fc.weight", "two.fc.bias"}));
  EXPECT_EQ(model.parameters().size(), 6U);
  EXPECT_EQ(model.parameters(/*recurse=*/false).size(), 0U);
  EXPECT_EQ(model.named_buffers().keys(), (Names{"one.seen", "two.seen"}));
  EXPECT_EQ(model.buffers().size(), 2U);
  EXPECT_EQ(model.children().size(), 2U);
  EXPECT_EQ(model.named_children().keys(), (Names{"one", "two"}));
  EXPECT_EQ(model.modules(/*include_self=*/false).size(), 4U);
  EXPECT_EQ(model.named_modules("", /*include_self=*/false).keys(), (Names{"one", "one.fc", "two", "two.fc"}));
  EXPECT_TRUE(same(model.named_parameters()["one.scale"], model.one->scale));
}

TEST(Module, IteratesOverNames) {
  Block block(2, 3);
  Names names;
  for (const auto& pair : block->named_parameters()) {
    names.push_back(pair.key());
    EXPECT_TRUE(pair.value().requires_grad());
    EXPECT_EQ(pair.value().sizes(), pair->sizes());
    EXPECT_EQ(pair.pair().first, pair.key());
  }
  EXPECT_EQ(names, (Names{"scale", "fc.weight", "fc.bias"}));
  EXPECT_TRUE(block->named_parameters().contains("scale"));
  EXPECT_EQ(block->named_parameters().find("nothing"), nullptr);
  EXPECT_EQ(block->named_parameters().size(), 3U);
}

TEST(Module, RefusesBadNames) {
  struct Empty : nn::Module {
  } m;
  m.register_parameter("w", torch::ones({1}));
  EXPECT_THROW(m.register_parameter("w", torch::ones({1})), c10::Error);
  EXPECT_THROW(m.register_parameter("a.b", torch::ones({1})), c10::Error);
  EXPECT_THROW(m.register_buffer("", torch::ones({1})), c10::Error);
  EXPECT_THROW(m.register_module("x.y", nn::Linear(1, 1)), c10::Error);
  m.register_module("fc", nn::Linear(1, 1));
  EXPECT_THROW(m.register_module("fc", nn::Linear(1, 1)), c10::Error);
  m.replace_module("fc", nn::Linear(2, 2));
  m.unregister_module("fc");
  EXPECT_EQ(m.children().size(), 0U);
  EXPECT_FALSE(m.register_parameter("fixed", torch::ones({1}), /*requires_grad=*/false).requires_grad());
}

TEST(Module, TrainsAndEvaluates) {
  Stacked model;
  EXPECT_TRUE(model.is_training());
  model.eval();
  EXPECT_FALSE(model.two->fc->is_training());
  model.train();
  EXPECT_TRUE(model.one->is_training());
  model.train(false);
  EXPECT_FALSE(model.one->is_training());
}

TEST(Module, ForgetsGradients) {
  Stacked model;
  model.forward(torch::ones({4, 2})).sum().backward();
  EXPECT_TRUE(model.two->scale.grad().defined());
  model.zero_grad(/*set_to_none=*/true);
  for (const auto& p : model.parameters()) EXPECT_FALSE(p.grad().defined());
}

TEST(Module, ChangesDtype) {
  Block block(2, 3);
  block->to(torch::kDouble);
  EXPECT_EQ(block->fc->weight.scalar_type(), torch::kDouble);
  EXPECT_EQ(block->seen.scalar_type(), torch::kDouble);
  EXPECT_EQ(block->forward(torch::ones({1, 2}, torch::kDouble)).scalar_type(), torch::kDouble);
  block->to(torch::kCPU, torch::kFloat);
  block->to(torch::Device(torch::kCPU));
  EXPECT_EQ(block->scale.scalar_type(), torch::kFloat);
}

TEST(Module, AppliesAFunction) {
  Stacked model;
  model.apply([](nn::Module& m) {
    if (auto* linear = m.as<nn::Linear>()) {
      torch::NoGradGuard no_grad;
      linear->weight.fill_(0.5);
      nn::init::zeros_(linear->bias);
    }
  });
  EXPECT_TRUE(same(model.one->forward(torch::ones({1, 2})), torch::ones({1, 3})));
  EXPECT_EQ(model.one->fc->as<Block>(), nullptr);
  Names names;
  model.one->apply([&](const std::string& name, nn::Module&) { names.push_back(name); }, "root");
  EXPECT_EQ(names, (Names{"root", "root.fc"}));
}

TEST(Module, Clones) {
  Block block(2, 3);
  auto copy = std::dynamic_pointer_cast<BlockImpl>(block->clone());
  ASSERT_NE(copy, nullptr);
  EXPECT_TRUE(same(copy->fc->weight, block->fc->weight));
  torch::NoGradGuard no_grad;
  copy->fc->weight.zero_();
  EXPECT_FALSE(copy->fc->weight.equal(block->fc->weight));
  EXPECT_TRUE(same(copy->forward(torch::ones({1, 2})), (copy->fc->bias * copy->scale).unsqueeze(0)));
  EXPECT_THROW(Stacked().clone(), c10::Error);
}

TEST(Module, PrintsAsATree) {
  EXPECT_EQ(text(Stacked()),
            "Stacked(\n"
            "  (one): BlockImpl(\n"
            "    (fc): torch::nn::Linear(in_features=2, out_features=3, bias=true)\n"
            "  )\n"
            "  (two): BlockImpl(\n"
            "    (fc): torch::nn::Linear(in_features=3, out_features=1, bias=true)\n"
            "  )\n"
            ")");
  EXPECT_EQ(Stacked().name(), "Stacked");
  EXPECT_EQ(torch::nn::Linear(1, 1)->name(), "torch::nn::LinearImpl");
  EXPECT_EQ(BlockImpl(1, 1).name(), "BlockImpl");
}

TEST(Module, LayersPrint) {
  EXPECT_EQ(text(nn::Linear(nn::LinearOptions(1, 2).bias(false))),
            "torch::nn::Linear(in_features=1, out_features=2, bias=false)");
  EXPECT_EQ(text(nn::ReLU()), "torch::nn::ReLU()");
  EXPECT_EQ(text(nn::ReLU(nn::ReLUOptions().inplace(true))), "torch::nn::ReLU(inplace=true)");
  EXPECT_EQ(text(nn::Tanh()), "torch::nn::Tanh()");
  EXPECT_EQ(text(nn::Sigmoid()), "torch::nn::Sigmoid()");
  EXPECT_EQ(text(nn::LeakyReLU(nn::LeakyReLUOptions().negative_slope(0.2))),
            "torch::nn::LeakyReLU(negative_slope=0.2)");
  EXPECT_EQ(text(nn::ELU(nn::ELUOptions().alpha(0.5))), "torch::nn::ELU(alpha=0.5)");
  EXPECT_EQ(text(nn::Softmax(1)), "torch::nn::Softmax(dim=1)");
  EXPECT_EQ(text(nn::LogSoftmax(nn::LogSoftmaxOptions(-1))), "torch::nn::LogSoftmax(dim=-1)");
  EXPECT_EQ(text(nn::Flatten()), "torch::nn::Flatten(start_dim=1, end_dim=-1)");
  EXPECT_EQ(text(nn::Identity()), "torch::nn::Identity()");
  EXPECT_EQ(text(nn::MSELoss()), "torch::nn::MSELoss()");
  EXPECT_EQ(text(nn::CrossEntropyLoss()), "torch::nn::CrossEntropyLoss()");
}

TEST(Sequential, RunsInARow) {
  nn::Sequential net(nn::Linear(2, 8), nn::ReLU(), nn::Functional(torch::tanh), nn::Linear(8, 1));
  EXPECT_EQ(net->size(), 4U);
  EXPECT_EQ(sizes(net->forward(torch::ones({5, 2}))), (std::vector<int64_t>{5, 1}));
  net->push_back(nn::Sigmoid());
  net->push_back("last", nn::Linear(nn::LinearOptions(1, 1)));
  EXPECT_EQ(net->parameters().size(), 6U);
  EXPECT_EQ(net->named_parameters().keys()[4], "last.weight");
  EXPECT_EQ(net->ptr<nn::LinearImpl>(0)->weight.size(0), 8);
  EXPECT_EQ(net->at<nn::LinearImpl>(3).options.out_features(), 1);
  EXPECT_EQ(net[1]->as<nn::ReLU>()->options.inplace(), false);
  EXPECT_THROW(net->ptr<nn::ReLUImpl>(0), c10::Error);
  EXPECT_THROW(nn::Sequential()->forward(torch::ones({1})), c10::Error);
}

TEST(Sequential, HasNames) {
  nn::Sequential net({{"fc1", nn::Linear(1, 2)}, {"act", nn::Tanh()}});
  EXPECT_EQ(net->named_parameters().keys(), (Names{"fc1.weight", "fc1.bias"}));
  EXPECT_EQ(text(net),
            "torch::nn::Sequential(\n"
            "  (fc1): torch::nn::Linear(in_features=1, out_features=2, bias=true)\n"
            "  (act): torch::nn::Tanh()\n"
            ")");
  EXPECT_EQ(sizes(net->forward(torch::ones({3, 1}))), (std::vector<int64_t>{3, 2}));
}

TEST(Containers, ListModules) {
  nn::ModuleList list(nn::Linear(2, 3), nn::ReLU());
  list->push_back(nn::Linear(3, 1));
  EXPECT_EQ(list->size(), 3U);
  EXPECT_FALSE(list->is_empty());
  torch::Tensor x = torch::ones({4, 2});
  for (const auto& module : *list) {
    if (auto* linear = module->as<nn::Linear>()) x = linear->forward(x);
  }
  EXPECT_EQ(sizes(x), (std::vector<int64_t>{4, 1}));
  EXPECT_EQ(list->at<nn::LinearImpl>(2).options.in_features(), 3);
  EXPECT_NE(list[1]->as<nn::ReLU>(), nullptr);
  EXPECT_EQ(list->named_parameters().keys(), (Names{"0.weight", "0.bias", "2.weight", "2.bias"}));
  EXPECT_EQ(text(nn::ModuleList(nn::Identity())), "torch::nn::ModuleList(\n  (0): torch::nn::Identity()\n)");
}

TEST(Containers, NameModules) {
  nn::ModuleDict dict(std::vector<std::pair<std::string, std::shared_ptr<nn::Module>>>{{"fc", nn::Linear(2, 3).ptr()},
                                                                                       {"act", nn::Tanh().ptr()}});
  EXPECT_EQ(dict->size(), 2U);
  EXPECT_TRUE(dict->contains("fc"));
  EXPECT_EQ(dict->keys(), (Names{"fc", "act"}));
  EXPECT_EQ(dict->at<nn::LinearImpl>("fc").weight.size(0), 3);
  EXPECT_EQ(dict["act"]->as<nn::Linear>(), nullptr);
  dict->pop("act");
  EXPECT_EQ(dict->size(), 1U);
}

TEST(Containers, HoldParameters) {
  nn::ParameterList list(torch::ones({2}, torch::requires_grad()), torch::zeros({1}));
  EXPECT_EQ(list->size(), 2U);
  EXPECT_EQ(list->named_parameters().keys(), (Names{"0", "1"}));
  EXPECT_EQ(list[0].numel(), 2);
  nn::ParameterDict dict;
  dict->insert("w", torch::ones({3}));
  EXPECT_TRUE(dict->contains("w"));
  EXPECT_EQ(dict["w"].numel(), 3);
  EXPECT_EQ(dict->parameters().size(), 1U);
}

TEST(ModuleHolder, IsAPointer) {
  Block none{nullptr}, block(1, 2);
  EXPECT_TRUE(none.is_empty());
  EXPECT_FALSE(none);
  EXPECT_THROW(none->forward(torch::ones({1, 1})), c10::Error);
  Block same_one = block;
  EXPECT_EQ(same_one.get(), block.get());
  EXPECT_EQ(block.ptr(), same_one.ptr());
  const std::shared_ptr<BlockImpl> pointer = block.ptr();
  none = Block(pointer);
  EXPECT_TRUE(same(none(torch::ones({1, 1})), block->forward(torch::ones({1, 1}))));
}

TEST(AnyModule, HoldsAny) {
  nn::AnyModule any(nn::Linear(2, 3));
  EXPECT_FALSE(any.is_empty());
  EXPECT_EQ(any.get<nn::Linear>()->weight.size(0), 3);
  EXPECT_EQ(sizes(any.forward(torch::ones({1, 2}))), (std::vector<int64_t>{1, 3}));
  EXPECT_THROW(any.get<nn::ReLU>(), c10::Error);
  EXPECT_TRUE(nn::AnyModule().is_empty());
}

TEST(Layers, DrawTheSameWeights) {
  torch::manual_seed(0);
  nn::Linear fc(2, 2);
  EXPECT_TRUE(same(fc->weight, torch::tensor({{-0.0052939812, 0.3793228865}, {-0.5819807649, -0.5203874707}})));
  EXPECT_TRUE(same(fc->bias, torch::tensor({-0.2723452449, 0.1896158904})));
}

TEST(Layers, AreFunctionsToo) {
  const torch::Tensor x = torch::tensor({{-1.0, 0.0, 2.0}});
  EXPECT_TRUE(same(F::relu(x), torch::tensor({{0.0, 0.0, 2.0}})));
  EXPECT_TRUE(same(F::leaky_relu(x, F::LeakyReLUFuncOptions().negative_slope(0.1)), torch::tensor({{-0.1, 0.0, 2.0}})));
  EXPECT_TRUE(same(F::elu(x), torch::tensor({{std::expm1(-1.0), 0.0, 2.0}})));
  EXPECT_TRUE(same(F::softplus(x), torch::log1p(torch::exp(x))));
  EXPECT_TRUE(same(F::softmax(x, F::SoftmaxFuncOptions(1)), torch::softmax(x, 1)));
  EXPECT_TRUE(same(F::linear(x, torch::ones({2, 3}), torch::tensor({1.0, 2.0})), torch::tensor({{2.0, 3.0}})));
  EXPECT_TRUE(same(nn::SiLU()(x), x * torch::sigmoid(x)));
  EXPECT_TRUE(same(nn::ReLU6()(x * 9), torch::tensor({{0.0, 0.0, 6.0}})));
  EXPECT_TRUE(same(nn::GELU()(torch::tensor({1.0})), torch::tensor({0.8413447})));
  EXPECT_TRUE(same(nn::Hardtanh()(x), torch::tensor({{-1.0, 0.0, 1.0}})));
  EXPECT_TRUE(same(nn::LogSigmoid()(x), torch::log(torch::sigmoid(x))));
}

TEST(Losses, OfNumbers) {
  const torch::Tensor x = torch::tensor({1.0, 2.0}), y = torch::tensor({3.0, 2.0});
  EXPECT_TRUE(same(torch::mse_loss(x, y), torch::tensor(2.0)));
  EXPECT_TRUE(same(nn::MSELoss(nn::MSELossOptions(torch::kSum))(x, y), torch::tensor(4.0)));
  EXPECT_TRUE(same(F::mse_loss(x, y, F::MSELossFuncOptions(torch::kNone)), torch::tensor({4.0, 0.0})));
  EXPECT_TRUE(same(torch::l1_loss(x, y), torch::tensor(1.0)));
  EXPECT_TRUE(same(nn::L1Loss(nn::L1LossOptions().reduction(torch::kSum))(x, y), torch::tensor(2.0)));
  EXPECT_TRUE(same(torch::mse_loss(x, y, at::Reduction::Sum), torch::tensor(4.0)));
}

TEST(Losses, OfSmoothErrors) {
  const torch::Tensor x = torch::tensor({0.0, 0.0}), y = torch::tensor({0.5, 3.0});
  EXPECT_TRUE(same(torch::smooth_l1_loss(x, y), torch::tensor((0.125 + 2.5) / 2)));
  EXPECT_TRUE(same(nn::SmoothL1Loss(nn::SmoothL1LossOptions(torch::kNone))(x, y), torch::tensor({0.125, 2.5})));
  EXPECT_TRUE(same(F::smooth_l1_loss(x, y, F::SmoothL1LossFuncOptions(torch::kSum)), torch::tensor(2.625)));
  EXPECT_TRUE(same(torch::smooth_l1_loss(x, y, at::Reduction::None, /*beta=*/0.25), torch::tensor({0.375, 2.875})));
  EXPECT_TRUE(
      same(nn::SmoothL1Loss(nn::SmoothL1LossOptions().reduction(torch::kSum).beta(0.25))(x, y), torch::tensor(3.25)));
}

TEST(Losses, OfClasses) {
  const torch::Tensor x = torch::tensor({{1.0, 2.0, 3.0}, {0.0, 0.0, 0.0}}), y = torch::tensor({2, 0});
  const double first = std::log(1 + std::exp(-1.0) + std::exp(-2.0)), second = std::log(3.0);
  EXPECT_TRUE(same(nn::CrossEntropyLoss()(x, y), torch::tensor((first + second) / 2)));
  EXPECT_TRUE(
      same(F::cross_entropy(x, y, F::CrossEntropyFuncOptions().reduction(torch::kSum)), torch::tensor(first + second)));
  EXPECT_TRUE(same(torch::nll_loss(torch::log_softmax(x, 1), y), torch::tensor((first + second) / 2)));
  EXPECT_TRUE(
      same(nn::NLLLoss(nn::NLLLossOptions().ignore_index(0))(torch::log_softmax(x, 1), y), torch::tensor(first)));
  EXPECT_TRUE(same(nn::CrossEntropyLoss(nn::CrossEntropyLossOptions().weight(torch::tensor({3.0, 1.0, 1.0})))(x, y),
                   torch::tensor((first + 3 * second) / 4)));
  EXPECT_THROW(torch::nll_loss(x, torch::tensor({3, 0})), c10::Error);
}

TEST(Losses, OfTwoClasses) {
  const torch::Tensor p = torch::tensor({0.25, 0.5}), y = torch::tensor({1.0, 0.0});
  const double loss = (std::log(4.0) + std::log(2.0)) / 2;
  EXPECT_TRUE(same(torch::binary_cross_entropy(p, y), torch::tensor(loss)));
  EXPECT_TRUE(same(nn::BCELoss()(p, y), torch::tensor(loss)));
  EXPECT_TRUE(same(nn::BCEWithLogitsLoss()(torch::log(p / (1 - p)), y), torch::tensor(loss)));
  EXPECT_TRUE(same(torch::binary_cross_entropy_with_logits(torch::zeros({2}), y), torch::tensor(std::log(2.0))));
  EXPECT_THROW(nn::BCELoss()(p, torch::ones({3})), std::exception);
}

TEST(Init, FillsInPlace) {
  torch::Tensor w = torch::empty({4, 3});
  EXPECT_TRUE(same(nn::init::constant_(w, 2), torch::full({4, 3}, 2.0)));
  nn::init::ones_(w);
  EXPECT_EQ(w.sum().item<float>(), 12);
  nn::init::uniform_(w, 1, 2);
  EXPECT_GE(w.min().item<float>(), 1);
  nn::init::xavier_uniform_(w);
  EXPECT_LE(w.abs().max().item<double>(), std::sqrt(6.0 / 7));
  nn::init::kaiming_uniform_(w, /*a=*/0, torch::kFanOut, torch::kLinear);
  EXPECT_LE(w.abs().max().item<double>(), std::sqrt(3.0) / 2);
  const nn::init::FanModeType mode = torch::kFanIn;
  const nn::init::NonlinearityType nonlinearity = torch::kReLU;
  nn::init::kaiming_normal_(w, 0, mode, nonlinearity);
  nn::init::normal_(w, 0, 0.01);
  EXPECT_LT(w.abs().max().item<double>(), 0.1);
  EXPECT_THROW(nn::init::xavier_normal_(torch::empty({3})), c10::Error);
  EXPECT_DOUBLE_EQ(nn::init::calculate_gain(torch::kTanh), 5.0 / 3);
}

}  // namespace
