// How a step's time grows: with the batch, the width, the depth and the threads. Names: scale_WHAT/SIZE.
#include <tapegrad/tapegrad.h>

#include <benchmark/benchmark.h>

#include <cstdint>

namespace {

using namespace tapegrad;

// `depth` layers of width x width with ReLU between them, MSE, SGD.
void mlp_step(benchmark::State& state, std::int64_t batch, std::int64_t width, std::int64_t depth, int threads) {
  set_num_threads(threads);
  manual_seed(0);
  const Tensor x = randn({batch, width}), y = randn({batch, width});
  nn::Sequential model;
  for (std::int64_t i = 0; i < depth; ++i) {
    if (i > 0) model->push_back(nn::ReLU());
    model->push_back(nn::Linear(width, width));
  }
  optim::SGD optimizer(model->parameters(), 1e-6);
  nn::MSELoss loss_fn;
  for (auto _ : state) {
    optimizer.zero_grad();
    auto loss = loss_fn(model->forward(x), y);
    loss.backward();
    optimizer.step();
  }
  state.SetItemsProcessed(state.iterations() * batch);
}

void batch(benchmark::State& s) { mlp_step(s, s.range(0), 64, 2, 1); }
void width(benchmark::State& s) { mlp_step(s, 64, s.range(0), 2, 1); }
void depth(benchmark::State& s) { mlp_step(s, 16, 16, s.range(0), 1); }
void threads(benchmark::State& s) { mlp_step(s, 256, 512, 3, static_cast<int>(s.range(0))); }
BENCHMARK(batch)->Name("scale_batch")->RangeMultiplier(4)->Range(1, 4096);
BENCHMARK(width)->Name("scale_width")->RangeMultiplier(2)->Range(8, 1024);
BENCHMARK(depth)->Name("scale_depth")->RangeMultiplier(4)->Range(1, 256);
BENCHMARK(threads)->Name("scale_threads")->DenseRange(1, 2)->UseRealTime();

// The tape alone: a chain of one-element multiplications, recorded, then differentiated.
Tensor chain(std::int64_t n) {
  static const Tensor a = full({1}, 0.5, requires_grad()), b = full({1}, 1.0);
  Tensor h = a;
  for (std::int64_t i = 0; i < n; ++i) h = h * b;
  return h;
}
void record_chain(benchmark::State& state) {
  for (auto _ : state) {
    Tensor h = chain(state.range(0));
    state.PauseTiming();
    h.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
void backward_chain(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    Tensor h = chain(state.range(0));
    state.ResumeTiming();
    h.backward();
    h.reset();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(record_chain)->Name("tape_record")->Arg(10000)->Arg(1000000);
BENCHMARK(backward_chain)->Name("tape_backward")->Arg(10000)->Arg(1000000);

}  // namespace
