// Weights of nets trained in Python (python_weights.py) give here what they give there, and the other way.
#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/serialize.h>
#include <tapegrad/nn/functional.h>
#include <tapegrad/nn/layers/conv.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/layers/norm.h>
#include <tapegrad/nn/layers/rnn.h>
#include <tapegrad/nn/layers/transformer.h>
#include <tapegrad/optim/adam.h>
#include <tapegrad/testing.h>

#include "tests/common/folder.h"

namespace tapegrad {
namespace {

namespace F = nn::functional;

const std::string kSource = TAPEGRAD_TEST_SOURCE_DIR "/tests/nn/python_weights";

struct LeNet : nn::Module {
  Tensor forward(Tensor x) {
    x = F::max_pool2d(conv1(x).relu(), F::MaxPool2dFuncOptions(2));
    x = F::max_pool2d(norm(conv2(x)).relu(), F::MaxPool2dFuncOptions(2));
    return fc2(fc1(x.flatten(1)).relu());
  }
  nn::Conv2d conv1 = register_module("conv1", nn::Conv2d(nn::Conv2dOptions(1, 4, 5)));
  nn::Conv2d conv2 = register_module("conv2", nn::Conv2d(nn::Conv2dOptions(4, 8, 3)));
  nn::BatchNorm2d norm = register_module("norm", nn::BatchNorm2d(8));
  nn::Linear fc1 = register_module("fc1", nn::Linear(8 * 2 * 2, 16));
  nn::Linear fc2 = register_module("fc2", nn::Linear(16, 10));
};

struct Recurrent : nn::Module {
  Tensor forward(const Tensor& x) { return head(std::get<0>(lstm->forward(x))); }
  nn::LSTM lstm =
      register_module("lstm", nn::LSTM(nn::LSTMOptions(6, 8).num_layers(2).batch_first(true).bidirectional(true)));
  nn::Linear head = register_module("head", nn::Linear(16, 3));
};

struct Encoder : nn::Module {
  Tensor forward(const Tensor& x) { return layer(x); }
  nn::TransformerEncoderLayer layer = register_module(
      "layer", nn::TransformerEncoderLayer(nn::TransformerEncoderLayerOptions(12, 3).dim_feedforward(20)));
};

// What the net gives for Python's input, in eval mode.
template <class Net>
Tensor answer(Net& net, const SafetensorsFile& answers, const std::string& name) {
  const NoGradGuard no_grad;
  net.eval();
  return net.forward(answers[name + ".x"]);
}

class PythonWeights : public test::InFolder {};

template <class Net>
void expect_python_weights(const std::string& name) {
  SCOPED_TRACE(name);
  const SafetensorsFile answers = load_safetensors(kSource + "/answers.safetensors");
  Net net;
  load(net, kSource + "/" + name + ".safetensors");
  EXPECT_TENSOR_NEAR(answer(net, answers, name), answers[name + ".y"], 1e-5);
}

TEST_F(PythonWeights, GiveTheSameOutputsHere) {
  expect_python_weights<LeNet>("lenet");
  expect_python_weights<Recurrent>("lstm");
  expect_python_weights<Encoder>("encoder");
}

template <class Net>
Tensor train_and_save(const std::string& name, const std::filesystem::path& folder) {
  const SafetensorsFile answers = load_safetensors(kSource + "/answers.safetensors");
  manual_seed(1);
  Net net;
  optim::Adam optimizer(net.parameters(), optim::AdamOptions(0.01));
  for (int step = 0; step < 10; ++step) {
    optimizer.zero_grad();
    F::mse_loss(net.forward(answers[name + ".x"]), answers[name + ".y"]).backward();
    optimizer.step();
  }
  save(net, (folder / (name + ".safetensors")).string());
  return answer(net, answers, name);
}

TEST_F(PythonWeights, OursGiveTheSameOutputsThere) {
  if (std::system("/usr/bin/python3 -c 'import torch' 2>/dev/null") != 0) GTEST_SKIP() << "there is no PyTorch here";
  const Tensor lenet = train_and_save<LeNet>("lenet", folder_);
  const Tensor lstm = train_and_save<Recurrent>("lstm", folder_);
  const Tensor encoder = train_and_save<Encoder>("encoder", folder_);
  const std::string line = "PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 '" TAPEGRAD_TEST_SOURCE_DIR
                           "/tests/nn/python_weights.py' '" +
                           folder_.string() + "'";
  ASSERT_EQ(std::system(line.c_str()), 0) << line;
  const SafetensorsFile outputs = load_safetensors((folder_ / "outputs.safetensors").string());
  EXPECT_TENSOR_NEAR(outputs["lenet"], lenet, 1e-5);
  EXPECT_TENSOR_NEAR(outputs["lstm"], lstm, 1e-5);
  EXPECT_TENSOR_NEAR(outputs["encoder"], encoder, 1e-5);
}

}  // namespace
}  // namespace tapegrad
