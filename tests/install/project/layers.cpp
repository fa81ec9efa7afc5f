// A layer of every kind, so that what a shared tapegrad must show is looked for.
#include <tapegrad/tapegrad.h>

using namespace tapegrad;

template <class Make>
static bool works(const Make& make, const Tensor& x) {
  auto layer = make();
  const auto copy = nn::clone(layer);
  copy->reset();
  Tensor y;
  if constexpr (std::is_convertible_v<decltype(layer->forward(x)), Tensor>) {
    y = layer->forward(x);
  } else {
    y = std::get<0>(layer->forward(x));
  }
  if (y.requires_grad()) y.sum().backward();
  return y.isfinite().all().item<bool>() && !copy->name().empty();
}

int main() {
  const Tensor line = randn({2, 3, 8}), image = randn({2, 3, 8, 8}), steps = randn({5, 2, 4}), row = randn({2, 4});
  const nn::TransformerEncoderLayerOptions small(4, 2);
  const bool fine =
      works([] { return nn::Linear(8, 2); }, line) && works([] { return nn::Conv1d(3, 2, 3); }, line) &&
      works([] { return nn::Conv2d(3, 2, 3); }, image) && works([] { return nn::ConvTranspose2d(3, 2, 3); }, image) &&
      works([] { return nn::BatchNorm2d(3); }, image) && works([] { return nn::InstanceNorm1d(3); }, line) &&
      works([] { return nn::GroupNorm(3, 3); }, image) &&
      works([] { return nn::LayerNorm(nn::LayerNormOptions({8})); }, line) &&
      works([] { return nn::MaxPool2d(2); }, image) && works([] { return nn::AvgPool1d(2); }, line) &&
      works([] { return nn::AdaptiveMaxPool2d(2); }, image) && works([] { return nn::LPPool2d(2, 2); }, image) &&
      works([] { return nn::RNN(4, 3); }, steps) && works([] { return nn::LSTM(4, 3); }, steps) &&
      works([] { return nn::GRU(4, 3); }, steps) && works([] { return nn::LSTMCell(4, 3); }, row) &&
      works([] { return nn::GRUCell(4, 3); }, row) &&
      works([&] { return nn::TransformerEncoder(nn::TransformerEncoderOptions(small, 2)); }, steps) &&
      works([] { return nn::Dropout2d(); }, image) && works([] { return nn::PReLU(); }, line);
  nn::Transformer model(nn::TransformerOptions(4, 2, 1, 1));
  optim::AdamW adam(model->parameters(), {.lr = 0.01});
  nn::SmoothL1Loss()(model(steps, steps), steps).backward();
  adam.step();
  return fine ? 0 : 1;
}
