// The steps of bench/captured_steps.h with libtorch, which runs each as it is.
#include <torch/torch.h>

#include "bench/captured_steps.h"
#include "bench/training_steps.h"

namespace {

// All of them, to be run one at a time.
const auto registered = [] {
  torch::manual_seed(0);
  for (const bench::CapturedStep& step : bench::captured_steps()) {
    benchmark::RegisterBenchmark(
        (std::string("as_it_is/libtorch/") + step.name).c_str(),
        [step](benchmark::State& state) { bench::run(state, 1, [&] { step.run(step.x, step.y); }); });
  }
  return true;
}();

}  // namespace
