// Data-parallel steps on the ranks of this machine, a thread each, beside those of rank 0 alone (the others sleep),
// without averaging (no_sync), and with it once backward is over (one bucket) or meanwhile. All take turns, a few steps
// each, so that what disturbs one disturbs the others. Prints the tables of docs/parallel.md. usage: mpirun -n 2
// parallel [ROUNDS]; parallel simulate
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <tapegrad/nn/parallel/mpi_group.h>

#include "bench/parallel/job.h"

using namespace bench;
using nn::parallel::DistributedDataParallel;
using nn::parallel::MpiGroup;

namespace {

enum Way { kAlone, kNone, kAfter, kOverlapped, kMessages, kWays };

// For each way the best of its steps, in ms, on the rank where it took longest.
std::vector<double> times_of(MpiGroup& group, const std::function<void()>* ways, int rounds) {
  std::vector<double> ms(kWays, 1e9);
  for (int r = -3; r < rounds; ++r) {
    for (int way = 0; way < kWays; ++way) {
      group.barrier();
      const double begin = seconds();
      ways[way]();
      const double took = seconds() - begin;
      if (r < 0) continue;  // the first get the buckets' order, and memory
      const Tensor longest = tensor({way == kAlone && group.rank() > 0 ? 0 : took}, kDouble);
      group.all_reduce(longest, nn::parallel::ReduceOp::kMax);
      double& best = ms[static_cast<std::size_t>(way)];
      best = std::min(best, longest.item<double>() * 1e3);
    }
  }
  return ms;
}

void measure(MpiGroup& group, const Kind& kind, std::int64_t alone_rows, std::int64_t rows, int rounds) {
  manual_seed(0);
  Job alone = kind.make(alone_rows), none = kind.make(rows), after = kind.make(rows), overlapped = kind.make(rows);
  const auto wrapped = [&](Job& job, std::int64_t bucket_bytes) {
    return std::make_unique<DistributedDataParallel<nn::Sequential>>(
        job.net, group, nn::parallel::DataParallelOptions{.bucket_bytes = bucket_bytes, .check_every = 0});
  };
  const auto model_none = wrapped(none, kind.bucket_bytes), model = wrapped(overlapped, kind.bucket_bytes),
             model_after = wrapped(after, std::numeric_limits<std::int64_t>::max());
  const auto guard = model_none->no_sync();
  std::int64_t n = 0;
  for (const Tensor& p : alone.net->parameters()) n += p.numel();
  const Tensor flat = zeros({n});
  // The others sleep for as long as rank 0 should need, so that nothing runs beside it.
  double nap = 0;
  for (int i = 0; i < 5; ++i) {
    const double begin = seconds();
    alone.step();
    nap = seconds() - begin;
  }
  const std::function<void()> ways[kWays] = {
      [&] { group.rank() == 0 ? alone.step() : std::this_thread::sleep_for(std::chrono::duration<double>(nap)); },
      [&] { none.step(); }, [&] { after.step(); }, [&] { overlapped.step(); }, [&] { group.start_sum(flat).wait(); }};
  const auto ms = times_of(group, ways, rounds);
  if (group.rank() != 0) return;
  const auto speed_up = [&](Way way) {
    return ms[kAlone] / ms[way] * static_cast<double>(rows * group.size()) / static_cast<double>(alone_rows);
  };
  const double costs = ms[kAfter] - ms[kNone], shown = ms[kOverlapped] - ms[kNone];
  std::string hidden = "-";  // too little to tell
  if (costs > ms[kNone] / 10) hidden = std::to_string(std::lround(100 * (1 - shown / costs))) + " %";
  std::printf("| %s | %lld x %d | %.3f | %.3f | %.3f | %.3f | %.2f / %.2f | %.3f | %s | %.0f |\n", kind.name,
              static_cast<long long>(rows), group.size(), ms[kAlone], ms[kNone], ms[kAfter], ms[kOverlapped],
              speed_up(kOverlapped), speed_up(kNone), ms[kMessages], hidden.c_str(),
              static_cast<double>(model->bytes()) / static_cast<double>(model->step()) / 1e3);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  set_num_threads(1);
  if (argc > 1 && std::strcmp(argv[1], "simulate") == 0) {
    simulate();
    return 0;
  }
  MpiGroup group(argc, argv);
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 100;
  if (group.rank() == 0) {
    std::printf(
        "\n%d ranks\n\n| net | rows | rank 0 alone, ms | none averages | after backward | overlapped | speed-up "
        "/ without averaging | all_reduce, ms | hidden | kB a step |\n|---|---|---|---|---|---|---|---|---|---|\n",
        group.size());
  }
  for (const bool divided : {true, false}) {  // 128 rows of all ranks together; of each
    if (!divided && group.size() == 1) break;
    for (const Kind& kind : kKinds) {
      if (argc > 2 && std::strstr(kind.name, argv[2]) == nullptr) continue;
      measure(group, kind, 128, divided ? 128 / group.size() : 128, rounds);
    }
  }
}
