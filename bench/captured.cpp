// Steps as they are and captured, in turns of half a millisecond in one process, so that what disturbs one disturbs the
// other: the fifth percentile of the rounds of each; then some written out as C++. Prints lines "NAME ns
// counter=value" for bench/report.awk. usage: captured [ROUNDS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <vector>

#include <tapegrad/torch.h>

#include "bench/allocations.h"
#include "bench/captured_steps.h"

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

void row(const bench::CapturedStep& step) {
  auto captured = torch::capture(step.run);
  for (int i = 0; i < 5; ++i) captured(step.x, step.y);
  Timed a{[&](std::int64_t n) {
    for (; n > 0; --n) step.run(step.x, step.y);
  }};
  Timed b{[&](std::int64_t n) {
    for (; n > 0; --n) captured(step.x, step.y);
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
  std::printf("as_it_is/%s %.6g\ncaptured/%s %.6g allocations=%g\n", step.name, a.best(), step.name, b.best(),
              static_cast<double>(allocations) / 100);
  std::fflush(stdout);
}

// The step written out as C++, by each compiler that is there: the best of its rounds.
void written(const bench::CapturedStep& step) {
  auto captured = torch::capture(step.run);
  for (int i = 0; i < 5; ++i) captured(step.x, step.y);
  const std::int64_t x_n = step.x.numel(), y_n = step.y.numel();
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
  for (const char* compiler : {"g++", "clang++"})
    for (const char* flags : {"-O2", "-O3 -march=native"}) {
      const std::string exe = folder + "/program";
      const std::string build = std::string(compiler) + " -std=c++11 " + flags + " '" + folder + "/step.cpp' '" +
                                folder + "/main.cpp' -o '" + exe + "' 2>/dev/null";
      const std::string line = std::string("written/") + step.name + "/" + compiler + std::string(flags, 3);
      // A line of what there is a compiler for, and what ran.
      const int status = std::system(("command -v " + std::string(compiler) + " >/dev/null && " + build + " && ns=$('" +
                                      exe + "') && echo \"" + line + " $ns\"")
                                         .c_str());
      if (status != 0) std::fprintf(stderr, "captured: no %s\n", line.c_str());
    }
  std::filesystem::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) rounds = std::atoi(argv[1]);
  torch::set_num_threads(1);
  torch::manual_seed(0);
  for (const bench::CapturedStep& step : bench::captured_steps()) row(step);
  for (const bench::CapturedStep& step : bench::small_steps()) written(step);
}
