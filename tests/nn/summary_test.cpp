#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include <sstream>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

struct NetImpl : nn::Module {
  Tensor forward(const Tensor& x) {
    const Tensor h = max_pool2d(conv->forward(x), 2);  // ->forward() is seen by the parameters
    return rest(norm(h).flatten(1));
  }
  nn::Conv2d conv = register_module("conv", nn::Conv2d(1, 4, 3));
  nn::BatchNorm2d norm = register_module("norm", nn::BatchNorm2d(4));
  nn::Sequential rest =
      register_module("rest", nn::Sequential{nn::Linear(36, 1000), nn::ReLU(), nn::Dropout(0.5), nn::Linear(1000, 2)});
  nn::ReLU unused = register_module("unused", nn::ReLU());
};
TAPEGRAD_MODULE(Net);

TEST(Summary, PrintsWhatEachModuleGivesAndHas) {
  Net net;
  net->conv->weight.requires_grad_(false);
  std::ostringstream out;
  out << nn::summary(net, zeros({5, 1, 8, 8}));
  EXPECT_EQ(out.str(), R"(========================================================
Layer (type (name):depth-idx)    Output Shape    Param #
========================================================
Net                              [5, 2]          --
├─Conv2d (conv): 1-1             [5, 4, 6, 6]    40
├─BatchNorm2d (norm): 1-2        [5, 4, 3, 3]    8
├─Sequential (rest): 1-3         [5, 2]          --
│    ├─Linear (0): 2-1           [5, 1000]       37,000
│    ├─ReLU (1): 2-2             [5, 1000]       --
│    ├─Dropout (2): 2-3          [5, 1000]       --
│    └─Linear (3): 2-4           [5, 2]          2,002
└─ReLU (unused): 1-4             --              --
========================================================
Total params: 39,050
Trainable params: 39,014
Non-trainable params: 36
========================================================
Input size (MB): 0.00
Forward pass size (MB): 0.06
Params size (MB): 0.16
========================================================)");
}

TEST(Summary, LeavesTheModelAsItWas) {
  manual_seed(0);
  Net net;
  net->rest->eval();
  const Tensor before = rand({2}), mean = net->norm->running_mean.clone();
  manual_seed(0);
  Net again;
  again->rest->eval();
  nn::summary(again, rand({5, 1, 8, 8}));
  EXPECT_TRUE(again->is_training() && again->conv->is_training());
  EXPECT_FALSE(again->rest->is_training());
  EXPECT_FALSE(again->rest->ptr(0)->is_training());
  EXPECT_TRUE(equal(again->norm->running_mean, mean));
  EXPECT_EQ(again->conv->forward_hooks(), nullptr);
  EXPECT_FALSE(again->forward(rand({1, 1, 8, 8})).grad_fn() == nullptr);
  expect_error<Error>([&] { nn::summary(again, zeros({5, 2, 8, 8})); }, "conv2d");
  EXPECT_EQ(again->conv->forward_hooks(), nullptr);
  nn::summary(again, zeros({5, 1, 8, 8}));
}

TEST(Summary, SeesRecurrentLayersTuplesAndModulesOnTheStack) {
  struct Tagger : nn::Module {
    std::tuple<Tensor, Tensor> forward(const Tensor& words) {
      const auto [y, state] = lstm(embedding(words));
      return {head(y), std::get<0>(state)};
    }
    nn::Embedding embedding = register_module("embedding", nn::Embedding(10, 6));
    nn::LSTM lstm = register_module("lstm", nn::LSTM(6, 8));
    nn::Linear head = register_module("head", nn::Linear(8, 3));
  } model;
  const nn::Summary s = nn::summary(model, zeros({7, 2}, kLong));
  ASSERT_EQ(s.modules.size(), 4U);
  EXPECT_EQ(s.modules[0].type, "Tagger");
  EXPECT_EQ(*s.modules[0].output, (std::vector<std::int64_t>{7, 2, 3}));
  EXPECT_EQ(*s.modules[1].output, (std::vector<std::int64_t>{7, 2, 6}));
  EXPECT_EQ(*s.modules[2].output, (std::vector<std::int64_t>{7, 2, 8}));
  EXPECT_EQ(s.modules[2].parameters, 4 * 8 * (6 + 8 + 2));
  EXPECT_EQ(s.input_bytes, 7 * 2 * 8);
}

TEST(Summary, CountsASharedModuleOnce) {
  nn::Linear shared(3, 3);
  nn::Sequential net{shared, shared};
  const nn::Summary s = nn::summary(net, zeros({2, 3}));
  EXPECT_EQ(s.modules.size(), 2U);
  EXPECT_EQ(s.parameters, 12);
}

TEST(ForwardHook, SeesArgumentsAndResultsAndReplacesThem) {
  nn::Linear layer(2, 2);
  const Tensor x = ones({1, 2});
  const Tensor plain = layer(x);
  std::string seen;
  const unsigned pre = layer->register_forward_pre_hook([&](nn::Module& m, std::vector<Tensor>& inputs) {
    seen += m.name().substr(m.name().rfind(':') + 1) + std::to_string(inputs.size()) + " ";
    inputs[0] = inputs[0] * 2;
  });
  const unsigned post =
      layer->register_forward_hook([&](nn::Module&, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
        seen += std::to_string(static_cast<int>(inputs[0].sum().item<float>())) + " ";
        outputs[0] = outputs[0] + 1;
      });
  EXPECT_TRUE(allclose(layer(x), (plain - layer->bias) * 2 + layer->bias + 1));
  EXPECT_EQ(seen, "LinearImpl1 4 ");
  EXPECT_EQ(x.sum().item<float>(), 2);
  EXPECT_TRUE(equal(layer->forward(x), plain));  // a plain call of a C++ function
  layer->remove_forward_hook(pre);
  EXPECT_TRUE(equal(layer(x), plain + 1));
  EXPECT_TRUE(equal(nn::Sequential{layer}(x), plain + 1));
  EXPECT_TRUE(equal(nn::AnyModule(layer).any_forward(x).get<Tensor>(), plain + 1));
  EXPECT_TRUE(equal(std::dynamic_pointer_cast<nn::LinearImpl>(layer->clone())->forward_hooks() != nullptr
                        ? nn::Linear(std::dynamic_pointer_cast<nn::LinearImpl>(layer->clone()))(x)
                        : Tensor(),
                    plain + 1));
  layer->remove_forward_hook(post);
  EXPECT_TRUE(equal(layer(x), plain));
  EXPECT_EQ(layer->forward_hooks(), nullptr);
}

TEST(ForwardHook, SeesTensorsInTuplesAndLists) {
  struct PairImpl : nn::Module {
    std::tuple<Tensor, std::vector<Tensor>> forward(const Tensor& x, const std::vector<Tensor>& more, int times) {
      return {x * times, more};
    }
  };
  nn::ModuleHolder<PairImpl> pair;
  std::vector<std::size_t> counts;
  pair->register_forward_hook([&](nn::Module&, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
    counts = {inputs.size(), outputs.size()};
    outputs[2] = outputs[2] * 10;
  });
  const auto [y, list] = pair(ones({1}), std::vector<Tensor>{ones({1}), ones({1})}, 3);
  EXPECT_EQ(counts, (std::vector<std::size_t>{3, 3}));
  EXPECT_EQ(y.item<float>(), 3);
  EXPECT_EQ(list[0].item<float>(), 1);
  EXPECT_EQ(list[1].item<float>(), 10);
}

TEST(ForwardHook, MayRemoveItselfAndMayThrow) {
  nn::ReLU layer;
  int calls = 0;
  unsigned number = 0;
  number = layer->register_forward_hook([&](nn::Module& m, const auto&, auto&) {
    ++calls;
    m.remove_forward_hook(number);
  });
  layer(ones({1}));
  layer(ones({1}));
  EXPECT_EQ(calls, 1);
  layer->register_forward_hook([](nn::Module&, const auto&, std::vector<Tensor>& outputs) { outputs.clear(); });
  expect_error<Error>([&] { layer(ones({1})); },
                      "register_forward_hook: hook 0 has made 0 tensors of 1; put others in their places");
}

}  // namespace
}  // namespace tapegrad
