#include <gtest/gtest.h>
#include <tapegrad/nn/functional.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/sequential.h>

#include <sstream>

// Outside of any namespace, as in a user's program: the name is printed as the compiler has it.
struct PrintedNetImpl : tapegrad::nn::Module {
  PrintedNetImpl() {
    namespace nn = tapegrad::nn;
    register_module("fc1", nn::Linear(1, 2));
    register_module("fc2", nn::Linear(nn::LinearOptions(2, 1).bias(false)));
    register_module("seq", nn::Sequential(nn::Linear(2, 3), nn::ReLU(), nn::Functional(tapegrad::relu)));
    register_parameter("w", tapegrad::ones({2}));
  }
};
TAPEGRAD_MODULE(PrintedNet);

namespace tapegrad {
namespace {

template <class M>
std::string printed(const M& module) {
  std::ostringstream out;
  out << module;
  return out.str();
}

// PyTorch's text with nn:: for torch::nn::.
TEST(Print, ShowsTheTreeOfModules) {
  EXPECT_EQ(printed(PrintedNet()),
            "PrintedNetImpl(\n"
            "  (fc1): nn::Linear(in_features=1, out_features=2, bias=true)\n"
            "  (fc2): nn::Linear(in_features=2, out_features=1, bias=false)\n"
            "  (seq): nn::Sequential(\n"
            "    (0): nn::Linear(in_features=2, out_features=3, bias=true)\n"
            "    (1): nn::ReLU()\n"
            "    (2): nn::Functional()\n"
            "  )\n"
            ")");
  EXPECT_EQ(PrintedNet()->name(), "PrintedNetImpl");
  EXPECT_EQ(nn::Linear(1, 1)->name(), "tapegrad::nn::LinearImpl");
  EXPECT_EQ(printed(nn::Module("given")), "given");
}

TEST(Print, ShowsEachLayer) {
  EXPECT_EQ(printed(nn::ReLU()), "nn::ReLU()");
  EXPECT_EQ(printed(nn::ReLU(nn::ReLUOptions().inplace(true))), "nn::ReLU(inplace=true)");
  EXPECT_EQ(printed(nn::Sigmoid()), "nn::Sigmoid()");
  EXPECT_EQ(printed(nn::Tanh()), "nn::Tanh()");
  EXPECT_EQ(printed(nn::Softmax(1)), "nn::Softmax(dim=1)");
  EXPECT_EQ(printed(nn::LogSoftmax(-1)), "nn::LogSoftmax(dim=-1)");
  EXPECT_EQ(printed(nn::MSELoss()), "nn::MSELoss()");
  EXPECT_EQ(printed(nn::L1Loss()), "nn::L1Loss()");
  EXPECT_EQ(printed(nn::SmoothL1Loss()), "nn::SmoothL1Loss");
  EXPECT_EQ(printed(nn::BCELoss()), "nn::BCELoss()");
  EXPECT_EQ(printed(nn::BCEWithLogitsLoss()), "nn::BCEWithLogitsLoss()");
  EXPECT_EQ(printed(nn::NLLLoss()), "nn::NLLLoss()");
  EXPECT_EQ(printed(nn::CrossEntropyLoss()), "nn::CrossEntropyLoss()");
  EXPECT_EQ(printed(nn::Sequential()), "nn::Sequential");
}

}  // namespace
}  // namespace tapegrad
