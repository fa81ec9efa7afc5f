// A training run in which one rank goes wrong: fault KIND POINT FILE. It writes a checkpoint of each step to FILE.
// fault load POINT FILE: reads it.
#include <tapegrad/nn/parallel/data_parallel.h>
#include <tapegrad/nn/parallel/mpi_group.h>
#include <tapegrad/nn/parallel/serialize.h>
#include <tapegrad/tapegrad.h>

#include <csignal>
#include <cstdio>

using namespace tapegrad;

namespace {

struct Net : nn::Module {
  nn::Linear a = register_module("a", nn::Linear(4, 16)), b = register_module("b", nn::Linear(16, 1));
  Tensor forward(const Tensor& x) { return b(a(x).tanh()); }
};

// What the last rank does at its point: before a step, in its backward pass, or behind it.
void go_wrong(const std::string& kind, nn::parallel::ProcessGroup& group, Net& net) {
  if (kind == "throw" || kind == "caught") throw Error("fault: on purpose");
  if (kind == "kill") std::raise(SIGKILL);
  if (kind == "stop") std::raise(SIGSTOP);
  if (kind == "shape") group.all_reduce(zeros({3}));
  if (kind == "other") group.all_gather(zeros({2}));
  if (kind == "extra") group.all_reduce(zeros({2}));
  if (kind == "diverge") {
    const NoGradGuard no_grad;
    net.b->bias.add_(1);
  }
}

int train(const std::string& kind, int point, const std::string& path, nn::parallel::MpiGroup& group) {
  Net net;
  nn::parallel::DistributedDataParallel model(net, group, {.bucket_bytes = 64, .check_every = 5});
  optim::SGD optimizer(model->parameters(), 0.01);
  std::int64_t step = 0;
  Checkpoint run{{"model", net}, {"optimizer", optimizer}, {"step", step}};
  if (kind == "load") {
    load(run, path);
    return 0;
  }
  nn::parallel::save(run, path, group);
  const bool wrong = group.rank() == group.size() - 1;
  const auto at = [&](int place) {
    if (step != point || point % 3 != place) return;
    if (wrong) {
      go_wrong(kind, group, net);
    } else if (kind == "shape" || kind == "other") {
      group.all_reduce(zeros({2}));
    }
  };
  net.a->bias.register_hook([&](const Tensor&) { at(1); });
  for (; step < 20; ++step) {
    if (wrong && kind == "leave" && step == point) return 0;
    at(0);
    optimizer.zero_grad();
    net.forward(randn({8, 4})).square().mean().backward();
    optimizer.step();
    at(2);
    if (step % 2 == 1) nn::parallel::save(run, path, group);
  }
  if (group.rank() == 0) std::printf("trained\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  nn::parallel::MpiGroup group(argc, argv);
  const std::string kind = argv[1];
  group.set_timeout(std::chrono::milliseconds(kind == "stop" || kind == "extra" ? 2000 : 20000));
  if (kind != "caught") return train(kind, std::stoi(argv[2]), argv[3], group);
  try {
    return train(kind, std::stoi(argv[2]), argv[3], group);
  } catch (const Error& e) {
    std::fprintf(stderr, "caught: %s\n", e.what());
    return 1;
  }
}
