// A text learnt character by character with an LSTM, which then writes on.
#include <tapegrad/tapegrad.h>

#include "examples/common/text.h"

using namespace tapegrad;

namespace {

struct CharLSTMImpl : nn::Module {
  explicit CharLSTMImpl(std::int64_t characters)
      : embedding(register_module("embedding", nn::Embedding(characters, 32))),
        lstm(register_module("lstm", nn::LSTM(nn::LSTMOptions(32, 128).batch_first(true)))),
        linear(register_module("linear", nn::Linear(128, characters))) {}

  // Places in the alphabet [n, t] to scores of what comes next [n, t, characters].
  Tensor forward(const Tensor& x) { return linear(std::get<0>(lstm->forward(embedding(x)))); }

  nn::Embedding embedding;
  nn::LSTM lstm;
  nn::Linear linear;
};
TAPEGRAD_MODULE(CharLSTM);

}  // namespace

int main(int argc, char** argv) {
  return examples::run_text_program<CharLSTM>(
      "char_lstm", "Learns a text character by character with an LSTM, and writes on.", /*lr=*/0.005, argc, argv);
}
