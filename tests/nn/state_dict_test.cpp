#include <tapegrad/nn/layers/activation.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/sequential.h>
#include <tapegrad/testing.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

struct Net : nn::Module {
  nn::Linear fc1 = register_module("fc1", nn::Linear(2, 3));
  nn::Buffer mean = register_buffer("mean", tensor({1.0F, 2.0F}));
  nn::Parameter scale = register_parameter("scale", tensor(2.0F));
  nn::Buffer count = register_buffer("count", tensor(5));
  nn::Parameter none = register_parameter("none", {});
  nn::Sequential tail =
      register_module("tail", nn::Sequential(nn::ReLU(), nn::Linear(nn::LinearOptions(3, 1).bias(false))));
};

// The elements of all tensors, to see that nothing has changed.
std::vector<double> all(const nn::Module& module) {
  std::vector<double> out;
  for (const auto& [name, x] : module.state_dict()) {
    for (double v : x.detach().to_vector<double>()) out.push_back(v);
  }
  return out;
}

TEST(StateDict, HasPyTorchsNamesInItsOrder) {
  Net net;
  const StateDict state = net.state_dict();
  EXPECT_EQ(state.keys(),
            (std::vector<std::string>{"scale", "mean", "count", "fc1.weight", "fc1.bias", "tail.1.weight"}));
  EXPECT_TRUE(state["fc1.weight"].is_same(net.fc1->weight));
  EXPECT_EQ(net.state_dict("net.").front().key(), "net.scale");
}

TEST(StateDict, ListsASharedModuleUnderEachName) {
  struct Tied : nn::Module {
    nn::Linear a = register_module("a", nn::Linear(1, 1));
    nn::Linear b = register_module("b", a);
  } tied;
  EXPECT_EQ(tied.state_dict().keys(), (std::vector<std::string>{"a.weight", "a.bias", "b.weight", "b.bias"}));
  EXPECT_EQ(tied.parameters().size(), 2U);
  tied.load_state_dict(tied.state_dict());
}

// An output layer that is its embedding, as one tensor and as another view of the same elements.
struct Tied : nn::Module {
  nn::Parameter embedding = register_parameter("embedding", tensor({{1.0F, 2.0F}, {3.0F, 4.0F}}));
  nn::Parameter output = register_parameter("output", embedding);
  nn::Buffer back = register_buffer("back", embedding.detach().t());
  nn::Buffer own = register_buffer("own", zeros({2}));
};

TEST(StateDict, TakesWhatIsSharedUnderOneOfItsNames) {
  for (const char* name : {"embedding", "output", "back"}) {
    Tied net;
    const Tensor value = tensor({{5.0F, 6.0F}, {7.0F, 8.0F}});
    StateDict state{{name, std::string(name) == "back" ? value.t() : value}, {"own", ones({2})}};
    EXPECT_TRUE(net.load_state_dict(state).missing_keys.empty());
    EXPECT_TENSOR_EQ(net.embedding, value);
    EXPECT_TENSOR_EQ(net.output, value);
    EXPECT_TENSOR_EQ(net.back, value.t());
    state.erase(name);
    expect_error<Error>([&] { net.load_state_dict(state); },
                        "Missing key(s) in state_dict: \"embedding\", \"output\", \"back\"");
    EXPECT_EQ(net.load_state_dict(state, false).missing_keys.size(), 3U);
  }
}

TEST(StateDict, ChecksTheSizesUnderEachNameThatIsThere) {
  Tied net;
  const StateDict state{{"embedding", ones({2, 2})}, {"output", ones({3, 2})}, {"own", ones({2})}};
  expect_error<Error>([&] { net.load_state_dict(state); }, "size mismatch for output");
  EXPECT_EQ(net.embedding[0][1].item<float>(), 2.0F);
}

TEST(StateDict, RefusesATensorThatCannotBeWrittenBeforeItWritesOthers) {
  struct Wide : nn::Module {
    nn::Parameter weight = register_parameter("weight", tensor({1.0F, 2.0F}));
    nn::Buffer wide = register_buffer("wide", zeros({1}).expand({3}));
  } net;
  expect_error<Error>(
      [&] {
        net.load_state_dict({{"weight", ones({2})}, {"wide", ones({3})}});
      },
      "wide shows one element in many places");
  EXPECT_TENSOR_EQ(net.weight.detach(), tensor({1.0F, 2.0F}));
}

TEST(StateDict, ExchangesTwoOfItsOwnTensors) {
  struct Pair : nn::Module {
    nn::Parameter a = register_parameter("a", tensor({1.0F, 2.0F}));
    nn::Parameter b = register_parameter("b", tensor({3.0F, 4.0F}));
  } net;
  net.load_state_dict({{"a", net.b}, {"b", net.a}});
  EXPECT_TENSOR_EQ(net.a.detach(), tensor({3.0F, 4.0F}));
  EXPECT_TENSOR_EQ(net.b.detach(), tensor({1.0F, 2.0F}));
}

TEST(StateDict, LoadsValuesIntoTheSameTensors) {
  Net from, to;
  nn::init::uniform_(from.fc1->weight, 0, 1);
  from.count = tensor(9);
  const Tensor weight = to.fc1->weight;
  const std::int64_t version = weight.version();
  const nn::IncompatibleKeys keys = to.load_state_dict(from.state_dict());
  EXPECT_TRUE(keys.missing_keys.empty() && keys.unexpected_keys.empty());
  EXPECT_EQ(all(to), all(from));
  EXPECT_TRUE(to.fc1->weight.is_same(weight));
  EXPECT_TRUE(weight.requires_grad() && weight.is_leaf());
  EXPECT_GT(weight.version(), version);
  from.scale = tensor(0.0F);
  EXPECT_EQ(to.scale.item<float>(), 2.0F);
}

TEST(StateDict, CastsToTheParametersDtype) {
  Net wide, narrow;
  wide.to(kDouble);
  wide.scale = tensor(0.1, kDouble);
  narrow.load_state_dict(wide.state_dict());
  EXPECT_EQ(narrow.scale.dtype(), kFloat);
  EXPECT_EQ(narrow.scale.item<float>(), 0.1F);
}

TEST(StateDict, NamesEveryKeyThatDoesNotFitAndChangesNothing) {
  Net net;
  StateDict state;
  for (const auto& [name, x] : net.state_dict()) state.insert(name, x.detach() + 1);
  for (const char* gone : {"scale", "fc1.bias"}) state.erase(gone);
  state["fc1.weight"] = zeros({3, 3});
  state["mean"] = zeros({});
  state.insert("extra", tensor(1.0F));
  state.insert("fc2.weight", tensor(1.0F));
  const std::vector<double> before = all(net);
  const std::string sizes =
      "\n\tsize mismatch for mean: copying a param with shape [] from checkpoint, the shape in current model is [2]."
      "\n\tsize mismatch for fc1.weight: copying a param with shape [3, 3] from checkpoint, the shape in current model "
      "is [3, 2]; give it the keys and sizes of its own state_dict()";
  expect_error<Error>([&] { net.load_state_dict(state); },
                      "Net:\n\tMissing key(s) in state_dict: \"scale\", \"fc1.bias\"."
                      "\n\tUnexpected key(s) in state_dict: \"extra\", \"fc2.weight\"." +
                          sizes);
  EXPECT_EQ(all(net), before);
  expect_error<Error>([&] { net.load_state_dict(state, false); }, "Net:" + sizes);
  EXPECT_EQ(all(net), before);
}

TEST(StateDict, LoadsWhatFitsWithoutStrict) {
  Net net;
  const nn::IncompatibleKeys keys =
      net.load_state_dict({{"scale", tensor(7.0F)}, {"x", tensor(1)}, {"mean", Tensor()}}, false);
  EXPECT_EQ(keys.missing_keys, (std::vector<std::string>{"mean", "count", "fc1.weight", "fc1.bias", "tail.1.weight"}));
  EXPECT_EQ(keys.unexpected_keys, std::vector<std::string>{"x"});
  EXPECT_EQ(net.scale.item<float>(), 7.0F);
}

}  // namespace
}  // namespace tapegrad
