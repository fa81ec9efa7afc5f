// The net that tells handwritten digits apart.
#pragma once

#include <tapegrad/tapegrad.h>

namespace examples {

inline tapegrad::nn::Sequential make_digits_net() {
  namespace nn = tapegrad::nn;
  return nn::Sequential{nn::Conv2d({.in_channels = 1, .out_channels = 16, .kernel_size = 3, .padding = 1}),
                        nn::ReLU(),
                        nn::MaxPool2d(2),
                        nn::Conv2d({.in_channels = 16, .out_channels = 32, .kernel_size = 3, .padding = 1}),
                        nn::BatchNorm2d(32),
                        nn::ReLU(),
                        nn::MaxPool2d(2),
                        nn::Flatten(),
                        nn::Dropout(0.25),
                        nn::Linear(128, 10)};
}

inline double accuracy(tapegrad::nn::Sequential& net, const tapegrad::data::MNIST& digits) {
  const tapegrad::NoGradGuard no_grad;
  net->eval();
  return net->forward(digits.images()).argmax(1).eq(digits.targets()).to(tapegrad::kFloat).mean().item<double>();
}

}  // namespace examples
