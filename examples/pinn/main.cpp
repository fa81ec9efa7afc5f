// A physics-informed net: it is told no solution, only that u'' + 2 d u' + w^2 u = 0, u(0) = 1 and u'(0) = 0: a mass on
// a damped spring. The derivatives of the net by time are in its loss, so training differentiates three times.
#include <tapegrad/tapegrad.h>

#include <cmath>
#include <cstdio>

#include "examples/common/gnuplot.h"
#include "examples/common/interrupt.h"
#include "examples/common/program.h"
#include "examples/common/run_log.h"

using namespace tapegrad;

namespace {

constexpr double kDamping = 0.2, kFrequency = 2, kEnd = 6;  // d, w, and the last time, behind almost two swings
constexpr int kSteps = 300;

// u(t) = 1 + t^2 net(t) begins as it shall, whatever the net says.
struct Displacement : nn::Module {
  Tensor forward(const Tensor& t) { return 1 + t.square() * net->forward(t / kEnd * 2 - 1); }
  nn::Sequential net = register_module(
      "net", nn::Sequential{nn::Linear(1, 24), nn::Tanh(), nn::Linear(24, 24), nn::Tanh(), nn::Linear(24, 1)});
};

Tensor slope(const Tensor& u, const Tensor& t) {
  return autograd::grad({u}, {t}, {ones_like(u)}, /*retain_graph=*/true, /*create_graph=*/true)[0];
}

// By how much the equation is missed, squared.
Tensor residual(Displacement& model, const Tensor& t) {
  const Tensor u = model.forward(t), du = slope(u, t), ddu = slope(du, t);
  return (ddu + 2 * kDamping * du + kFrequency * kFrequency * u).square().mean();
}

Tensor exact(const Tensor& t) {
  const double swing = std::sqrt(kFrequency * kFrequency - kDamping * kDamping);
  return (-kDamping * t).exp() * ((swing * t).cos() + kDamping / swing * (swing * t).sin());
}

// False where Ctrl-C ended it.
bool train(Displacement& model, examples::Log& log) {
  const Tensor t = linspace(0, kEnd, 64, kDouble).view({-1, 1}).requires_grad_();
  optim::LBFGS optimizer(model.parameters(), {.lr = 1,
                                              .max_iter = 10,
                                              .tolerance_grad = 1e-12,
                                              .tolerance_change = 1e-15,
                                              .history_size = 50,
                                              .line_search_fn = "strong_wolfe"});
  log.begin({{"damping", kDamping}, {"frequency", kFrequency}});
  const examples::Interrupt interrupt;
  data::Progress progress(kSteps, {.label = "train", .unit = "step"});
  for (int step = 1; step <= kSteps; ++step) {
    if (examples::Interrupt::seen()) return false;
    const double loss = optimizer
                            .step([&] {
                              optimizer.zero_grad();
                              auto missed = residual(model, t);
                              missed.backward();
                              return missed;
                            })
                            .item<double>();
    if (log) log.add(step, {{"residual", loss}, {"error", (model.forward(t) - exact(t)).abs().max().item<double>()}});
    progress.set("residual", loss);
    progress.step();
  }
  return true;
}

void draw(const std::filesystem::path& folder, const Tensor& t, const Tensor& u) {
  if (!examples::ready_to_draw(folder)) return;
  examples::Gnuplot script;
  script.png(folder / "pinn.png", 720, 360);
  script << examples::Gnuplot::kStyle << "set xlabel 'time'\nset ylabel 'displacement'\n";
  script.data(
      "u", {t.flatten().to_vector<double>(), u.flatten().to_vector<double>(), exact(t).flatten().to_vector<double>()});
  script << "plot $u using 1:3 with lines ls 4 title 'exact', $u using 1:2 with lines ls 1 title 'net'\n";
  script.run();
}

int run(const std::string& plot_folder, examples::Log& log) {
  manual_seed(0);
  Displacement model;
  model.to(kDouble);
  if (!train(model, log)) return examples::Interrupt::exit_code();
  const NoGradGuard no_grad;
  const Tensor t = linspace(0, kEnd, 601, kDouble).view({-1, 1}), u = model.forward(t);
  std::printf("result pinn error=%.2e\n", (u - exact(t)).abs().max().item<double>());
  if (!plot_folder.empty()) draw(plot_folder, t, u);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string plot_folder;
  examples::Log log;
  const auto define = [&](CLI::App& app) {
    app.add_option("--plot", plot_folder, "draw the swing into this folder (needs gnuplot)")->type_name("DIR");
    log.define(app);
  };
  return examples::run_program("pinn", "Solves the equation of a damped spring with a net.", argc, argv, define,
                               [&] { return run(plot_folder, log); });
}
