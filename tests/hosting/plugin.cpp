// A plug-in that trains. The host knows it by two C functions.
#include <memory>

#include <tapegrad/tapegrad.h>

namespace {

using namespace tapegrad;

Tensor last;  // freed by the static destructors, at the end or when the plug-in is unloaded

double train(int steps) {
  manual_seed(0);
  set_num_threads(2);
  const Tensor x = randn({4096, 16}), y = x.sum(1, true).sin();
  auto hidden = std::make_shared<nn::Linear>(16, 32);
  nn::Linear out(32, 1);
  std::vector<Tensor> parameters = (*hidden)->parameters();
  for (const Tensor& p : out->parameters()) parameters.push_back(p);
  optim::Adam optimizer(parameters, 1e-2);
  Tensor loss;
  for (int step = 0; step < steps; ++step) {
    optimizer.zero_grad();
    loss = mse_loss(out->forward(tanh((*hidden)->forward(x))), y);
    loss.backward();
    optimizer.step();
  }
  last = loss;
  return loss.item<double>();
}

}  // namespace

#define PLUGIN_EXPORT extern "C" __attribute__((visibility("default")))

PLUGIN_EXPORT double plugin_train(int steps) {
  try {
    return train(steps);
  } catch (...) {
    return -1;
  }
}

// 1 where an error is caught as what it is.
PLUGIN_EXPORT int plugin_error() {
  try {
    ones({2}) + ones({3});
  } catch (const ShapeError&) {
    return 1;
  } catch (...) {
  }
  return 0;
}
