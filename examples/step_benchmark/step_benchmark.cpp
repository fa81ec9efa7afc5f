// How long does a step take, as it is and captured? See docs/guide/benchmark.md. A missed threshold is exit code 1.
#include <tapegrad/benchmark.h>

#include <memory>

using namespace tapegrad;

namespace {

// All that a step needs; a step is called again and again.
struct Mlp {
  nn::Sequential model = nn::Sequential(nn::Linear(2, 16), nn::Tanh(), nn::Linear(16, 2));
  optim::Adam optimizer = optim::Adam(model->parameters(), {.lr = 0.01});
  data::Classification moons = data::make_moons({.n_samples = 64, .noise = 0.1, .random_state = 0});
  void step() {
    optimizer.zero_grad();
    cross_entropy(model->forward(moons.x), moons.y).backward();
    optimizer.step();
  }
};

TAPEGRAD_BENCHMARK_STEP("mlp 2-16-2, batch 64", {.samples = 64, .at_most_allocations = 0, .captured = true},
                        [] { return [mlp = std::make_shared<Mlp>()] { mlp->step(); }; });

}  // namespace

TAPEGRAD_BENCHMARK_MAIN();
