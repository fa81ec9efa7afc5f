// A text learnt character by character with a small transformer, which then writes on.
#include <tapegrad/tapegrad.h>

#include "examples/common/text.h"

using namespace tapegrad;

namespace {

constexpr std::int64_t kWidth = 64, kHeads = 4, kLayers = 2;

struct TinyGPTImpl : nn::Module {
  explicit TinyGPTImpl(std::int64_t characters)
      : embedding(register_module("embedding", nn::Embedding(characters, kWidth))),
        position(register_module("position", nn::Embedding(examples::kWindow, kWidth))),
        layers(register_module("layers", nn::TransformerEncoder(nn::TransformerEncoderOptions(
                                             nn::TransformerEncoderLayerOptions(kWidth, kHeads)
                                                 .dim_feedforward(4 * kWidth)
                                                 .dropout(0)
                                                 .activation(kGELU),
                                             kLayers)))),
        linear(register_module("linear", nn::Linear(kWidth, characters))) {}

  // Places in the alphabet [n, t] to scores of what comes next [n, t, characters]; none sees what comes later.
  Tensor forward(const Tensor& x) {
    const std::int64_t steps = x.size(1);
    const Tensor mask = nn::TransformerImpl::generate_square_subsequent_mask(steps);
    const Tensor y = embedding(x) + position(arange(steps));
    return linear(layers(y.transpose(0, 1), mask).transpose(0, 1));
  }

  nn::Embedding embedding, position;
  nn::TransformerEncoder layers;
  nn::Linear linear;
};
TAPEGRAD_MODULE(TinyGPT);

}  // namespace

int main(int argc, char** argv) {
  return examples::run_text_program<TinyGPT>(
      "tiny_gpt", "Learns a text character by character with a small transformer.", /*lr=*/0.003, argc, argv);
}
