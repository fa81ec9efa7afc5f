// Steps as they are and captured, in turns of half a millisecond in one process, so that what disturbs one disturbs the
// other: the fifth percentile of the rounds of each; then some written out as C++. Prints the rows of "Captured steps"
// in docs/benchmarks.md. usage: captured [ROUNDS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <vector>

#include <tapegrad/tapegrad.h>

#include "bench/allocations.h"

using namespace tapegrad;

namespace {

int rounds = 200;

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

struct Timed {
  std::function<void(std::int64_t)> run;  // so many steps
  std::int64_t steps = 1;
  std::vector<double> ns = {};

  void warm() {
    for (;; steps *= 2) {
      const double begin = seconds();
      run(steps);
      if (seconds() - begin > 5e-4) return;
    }
  }
  void round() {
    const double begin = seconds();
    run(steps);
    ns.push_back((seconds() - begin) * 1e9 / static_cast<double>(steps));
  }
  double best() {
    std::sort(ns.begin(), ns.end());
    return ns[ns.size() / 20];
  }
};

bool as_source = false;  // rather than in this process

void row(const char* name, const std::function<void()>& eager, const std::function<void()>& captured) {
  for (int i = 0; i < 5; ++i) captured();
  Timed a{[&](std::int64_t n) {
    for (; n > 0; --n) eager();
  }};
  Timed b{[&](std::int64_t n) {
    for (; n > 0; --n) captured();
  }};
  a.warm();
  b.warm();
  const std::uint64_t before = bench::allocations();
  b.run(100);
  const std::uint64_t allocations = bench::allocations() - before;
  for (int r = 0; r < rounds; ++r) {
    a.round();
    b.round();
  }
  std::printf("| %s | %.4g | %.4g | %.2f | %llu |\n", name, a.best(), b.best(), a.best() / b.best(),
              static_cast<unsigned long long>(allocations / 100));
  std::fflush(stdout);
}

auto& ready(auto& captured, const Tensor& x, const Tensor& y) {
  for (int i = 0; i < 5; ++i) captured(x, y);
  return captured;
}

// The step written out as C++, by each compiler that is there: the best of its rounds.
void written(const char* name, auto& captured, std::int64_t x_n, std::int64_t y_n) {
  const std::string folder = (std::filesystem::temp_directory_path() / "tapegrad-written").string();
  std::filesystem::create_directories(folder);
  captured.write_source(folder + "/step.cpp", {.function = "train"});
  std::ofstream(folder + "/main.cpp") << R"(#include <chrono>
#include <cstdio>
float train(const float*, const float*);
static float x[)" << x_n << "], y[" << y_n
                                      << R"(];
int main() {
  for (int i = 0; i < )" << x_n << R"(; ++i) x[i] = (i * 7919 % 1000) / 500.0f - 1;
  for (int i = 0; i < )" << y_n << R"(; ++i) y[i] = (i * 104729 % 1000) / 500.0f - 1;
  double best = 1e30;
  for (int round = 0; round < 200; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i) train(x, y);
    const double ns = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() / 1000;
    if (ns < best) best = ns;
  }
  std::printf("%.4g", best);
}
)";
  std::printf("| %s |", name);
  for (const char* compiler : {"g++", "clang++"})
    for (const char* flags : {"-O2", "-O3 -march=native"}) {
      const std::string exe = folder + "/program";
      const std::string build = std::string(compiler) + " -std=c++11 " + flags + " '" + folder + "/step.cpp' '" +
                                folder + "/main.cpp' -o '" + exe + "' 2>/dev/null";
      std::fflush(stdout);
      if (std::system(("command -v " + std::string(compiler) + " >/dev/null").c_str()) != 0) {
        std::printf(" %s is not there |", compiler);
      } else if (std::system(build.c_str()) != 0 ||
                 std::system(("printf ' '; '" + exe + "'; printf ' |'").c_str()) != 0) {
        std::printf(" failed |");
      }
    }
  std::printf("\n");
  std::filesystem::remove_all(folder);
}

using Forward = std::function<Tensor(const Tensor&)>;
using Loss = Tensor (*)(const Tensor&, const Tensor&);
Tensor squares(const Tensor& a, const Tensor& b) { return mse_loss(a, b); }
Tensor labels(const Tensor& a, const Tensor& b) { return cross_entropy(a, b); }

// The usual step. The learning rate is small, so that no model converges: denormal numbers would slow it.
template <class Optimizer = optim::SGD>
void training(const char* name, const Forward& forward, std::vector<Tensor> parameters, const Tensor& x,
              const Tensor& y, Loss loss_of = squares, double momentum = 0) {
  Optimizer optimizer(std::move(parameters), 1e-6);
  if constexpr (std::is_same_v<Optimizer, optim::SGD>)
    static_cast<optim::SGDOptions&>(optimizer.param_groups()[0].options()).momentum(momentum);
  const auto step = [&](const Tensor& data, const Tensor& target) {
    optimizer.zero_grad();
    const Tensor loss = loss_of(forward(data), target);
    loss.backward();
    optimizer.step();
    return loss;
  };
  auto captured = capture(step);
  if (as_source) return written(name, ready(captured, x, y), x.numel(), y.numel());
  row(
      name, [&] { step(x, y); }, [&] { captured(x, y); });
}

template <class Optimizer = optim::SGD>
void training_of(const char* name, nn::Sequential model, const Tensor& x, const Tensor& y, Loss loss_of = squares,
                 double momentum = 0) {
  training<Optimizer>(
      name, [model](const Tensor& t) mutable { return model->forward(t); }, model->parameters(), x, y, loss_of,
      momentum);
}

void regression(const char* name, std::int64_t n) {
  const Tensor slope = ones({}).requires_grad_(), intercept = ones({}).requires_grad_();
  training(
      name, [=](const Tensor& x) { return x * slope + intercept; }, {slope, intercept}, randn({n, 1}), randn({n, 1}));
}

nn::Sequential mlp(std::int64_t in, std::int64_t hidden, std::int64_t out, bool deep) {
  nn::Sequential net(nn::Linear(in, hidden), nn::Tanh());
  if (deep) {
    net->push_back(nn::Linear(hidden, hidden));
    net->push_back(nn::Tanh());
  }
  net->push_back(nn::Linear(hidden, out));
  return net;
}

// u'' + u at points, of a network.
template <class Optimizer>
void pinn(const char* name, nn::Sequential net, std::int64_t n) {
  Optimizer optimizer(net->parameters(), 1e-6);
  const auto step = [&](const Tensor& at) {
    optimizer.zero_grad();
    const Tensor x = at.detach().requires_grad_();
    const Tensor u = net->forward(x);
    const Tensor du = autograd::grad({u.sum()}, {x}, {}, true, true)[0];
    const Tensor ddu = autograd::grad({du.sum()}, {x}, {}, true, true)[0];
    const Tensor loss = ddu.add(u).square().mean();
    loss.backward();
    optimizer.step();
    return loss;
  };
  auto captured = capture(step);
  const Tensor x = rand({n, 1});
  row(
      name, [&] { step(x); }, [&] { captured(x); });
}

void gate(const char* name, std::int64_t n) {
  const Tensor a = randn({n}).requires_grad_(), b = randn({n}).requires_grad_(), c = randn({n}).requires_grad_();
  training(
      name, [=](const Tensor& x) { return (x * a + b) * sigmoid(x * c) + tanh(x * b) * a; }, {a, b, c}, randn({n}),
      randn({n}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) rounds = std::atoi(argv[1]);
  set_num_threads(1);
  manual_seed(0);
  std::printf("| step | as it is, ns | captured, ns | ratio | heap allocations |\n|---|---|---|---|---|\n");
  regression("regression, batch 32", 32);
  regression("regression, batch 1024", 1024);
  regression("regression, batch 100,000", 100000);
  training_of("Linear(13, 1), batch 64", nn::Sequential(nn::Linear(13, 1)), randn({64, 13}), randn({64, 1}));
  training_of("MLP 2-16-1, batch 4, SGD", mlp(2, 16, 1, false), randn({4, 2}), randn({4, 1}));
  training_of<optim::Adam>("MLP 2-16-1, batch 4, Adam", mlp(2, 16, 1, false), randn({4, 2}), randn({4, 1}));
  training_of("MLP 64-64-64, batch 1", mlp(64, 64, 64, false), randn({1, 64}), randn({1, 64}));
  pinn<optim::SGD>("PINN 1-8-1, batch 16", mlp(1, 8, 1, false), 16);
  pinn<optim::Adam>("PINN 1-32-32-1, batch 256, Adam", mlp(1, 32, 1, true), 256);
  gate("gate of elementwise operations, 131,072", 131072);
  training_of("Linear(784, 10), batch 128", nn::Sequential(nn::Linear(784, 10)), randn({128, 784}),
              randint(0, 10, {128}), labels);
  training_of("MLP 784-512-512-10, batch 128", mlp(784, 512, 10, true), randn({128, 784}), randint(0, 10, {128}),
              labels, 0.9);
  nn::LSTM lstm(nn::LSTMOptions(32, 64));
  training(
      "LSTM(32, 64), 20 steps, batch 16", [=](const Tensor& x) mutable { return std::get<0>(lstm->forward(x)); },
      lstm->parameters(), randn({20, 16, 32}), randn({20, 16, 64}));
  training_of("LeNet, batch 32",
              nn::Sequential(nn::Conv2d(1, 6, 5), nn::ReLU(), nn::MaxPool2d(2), nn::Conv2d(6, 16, 5), nn::ReLU(),
                             nn::MaxPool2d(2), nn::Flatten(), nn::Linear(256, 120), nn::ReLU(), nn::Linear(120, 84),
                             nn::ReLU(), nn::Linear(84, 10)),
              randn({32, 1, 28, 28}), randint(0, 10, {32}), labels);
  as_source = true;
  std::printf(
      "\n| written out | g++ -O2, ns | g++ -O3 -march=native | clang++ -O2 | clang++ -O3 -march=native |\n"
      "|---|---|---|---|---|\n");
  regression("regression, batch 32", 32);
  training_of("Linear(13, 1), batch 64", nn::Sequential(nn::Linear(13, 1)), randn({64, 13}), randn({64, 1}));
  training_of("MLP 2-16-1, batch 4, SGD", mlp(2, 16, 1, false), randn({4, 2}), randn({4, 1}));
  training_of<optim::Adam>("MLP 2-16-1, batch 4, Adam", mlp(2, 16, 1, false), randn({4, 2}), randn({4, 1}));
  training_of("MLP 64-64-64, batch 1", mlp(64, 64, 64, false), randn({1, 64}), randn({1, 64}));
}
