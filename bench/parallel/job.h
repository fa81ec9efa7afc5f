// What bench/parallel trains, and how it is timed.
#pragma once

#include <chrono>

#include <tapegrad/nn/parallel/data_parallel.h>
#include <tapegrad/tapegrad.h>

namespace bench {

using namespace tapegrad;

// A net, random rows, and the usual step. The learning rate is small, so that no model converges: denormal numbers
// would slow it.
struct Job {
  nn::Sequential net;
  Tensor x, target;
  optim::SGD optimizer;
  nn::CrossEntropyLoss loss_fn{};

  Job(nn::Sequential of, const Tensor& rows)
      : net(of),
        x(rows),
        target(randint(0, 10, {rows.size(0)})),
        optimizer(of->parameters(), optim::SGDOptions(1e-6).momentum(0.9)) {}

  void step() {
    optimizer.zero_grad();
    loss_fn(net->forward(x), target).backward();
    optimizer.step();
  }
};

struct Kind {
  const char* name;
  Job (*make)(std::int64_t rows);
  std::int64_t bucket_bytes;
};

inline Job mlp(std::int64_t rows) {
  return {nn::Sequential(nn::Linear(784, 512), nn::ReLU(), nn::Linear(512, 512), nn::ReLU(), nn::Linear(512, 10)),
          randn({rows, 784})};
}

// Most of whose bytes are ready long before backward ends.
inline Job deep_mlp(std::int64_t rows) {
  nn::Sequential net(nn::Linear(64, 512));
  for (int i = 0; i < 8; ++i) {
    net->push_back(nn::ReLU());
    net->push_back(nn::Linear(512, i < 7 ? 512 : 10));
  }
  return {net, randn({rows, 64})};
}

inline Job lenet(std::int64_t rows) {
  return {nn::Sequential(nn::Conv2d(1, 6, 5), nn::ReLU(), nn::MaxPool2d(2), nn::Conv2d(6, 16, 5), nn::ReLU(),
                         nn::MaxPool2d(2), nn::Flatten(), nn::Linear(256, 120), nn::ReLU(), nn::Linear(120, 84),
                         nn::ReLU(), nn::Linear(84, 10)),
          randn({rows, 1, 28, 28})};
}

inline const Kind kKinds[] = {{"MLP 784-512-512-10", mlp, 1 << 20},
                              {"MLP 64-512 (8 times)-10", deep_mlp, 1 << 20},
                              {"LeNet", lenet, 1 << 20},
                              {"LeNet, buckets of 32 KiB", lenet, 1 << 15}};

inline double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void simulate();

}  // namespace bench
