// How a step scales to more ranks than there are here: DistributedDataParallel in one program, whose group is one rank
// of many. Its collectives take the time of their messages, so much each and a byte, while the step computes for real.
// Beside it the model: what each bucket costs by itself, one after the other, from when it is ready in a step that
// waits for none.
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "bench/parallel/job.h"

namespace bench {

namespace {

// The simulation's clock: of this thread, so that it stands still while other programs have the core.
double now() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

struct Network {
  const char* name;
  double latency, bytes_per_second;
};
constexpr Network kNetworks[] = {{"10 Gbit/s", 10e-6, 10e9 / 8}, {"100 Gbit/s", 2e-6, 100e9 / 8}};

struct Rounds {
  int count = 0;
  double each = 0;  // seconds
  double total() const { return count * each; }
};

// What joins a rank to the others. One collective goes after the other.
struct Link {
  const Network* network;
  int ranks;
  bool tree;       // to rank 0 and back, all of the bytes each time; else around a ring, a part each time
  bool by_itself;  // else a round begins when the program calls: MPI without a thread of its own
  double free_at = 0;
  struct Sum {
    double ready;
    std::int64_t bytes;
  };
  std::vector<Sum> sums = {};  // of this step

  Rounds rounds(int count, double bytes) const {
    if (network == nullptr) return {};
    return {count, network->latency + bytes / network->bytes_per_second};
  }
  int depth() const { return static_cast<int>(std::ceil(std::log2(ranks))); }
  Rounds sum(std::int64_t bytes) const {
    const auto n = static_cast<double>(bytes);
    return tree ? rounds(2 * depth(), n) : rounds(2 * (ranks - 1), n / ranks);
  }
  // In each of them a rank has twice as much to tell.
  Rounds gather(std::int64_t bytes) const {
    return rounds(depth(), static_cast<double>(bytes * (ranks - 1)) / std::max(depth(), 1));
  }
};

class Simulated final : public nn::parallel::ProcessGroup {
 public:
  explicit Simulated(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  int rank() const noexcept override { return 0; }
  int size() const noexcept override { return link_->ranks; }
  std::unique_ptr<ProcessGroup> duplicate() override { return std::make_unique<Simulated>(link_); }
  [[noreturn]] void fail(const std::string& what) override { throw Error(what); }

 protected:
  struct Sent final : Request {
    std::shared_ptr<Link> link;
    Rounds left;
    double end;
    Sent(std::shared_ptr<Link> over, Rounds rounds) : link(std::move(over)), left(rounds) {
      const double from = std::max(now(), link->free_at);
      if (link->by_itself) {
        link->free_at = end = from + left.total();
      } else {
        link->free_at = end = from + left.each;
      }
    }
    bool test() override {
      const double time = now();
      if (time < end) return false;
      if (link->by_itself || --left.count <= 0) return true;
      link->free_at = end = std::max(time, link->free_at) + left.each;
      return false;
    }
  };
  RequestPtr start_all_reduce(void*, std::int64_t n, Dtype dtype, bool) override {
    const std::int64_t bytes = n * (dtype == kDouble ? 8 : 4);
    link_->sums.push_back({now(), bytes});
    return std::make_unique<Sent>(link_, link_->sum(bytes));
  }
  RequestPtr start_broadcast(void*, std::int64_t, int) override { return std::make_unique<Sent>(link_, Rounds{}); }
  RequestPtr start_all_gather(const void* mine, void* all, std::int64_t bytes) override {
    for (int r = 0; r < size(); ++r) {
      std::memcpy(static_cast<char*>(all) + r * bytes, mine, static_cast<std::size_t>(bytes));
    }
    return std::make_unique<Sent>(link_, link_->gather(bytes));
  }

 private:
  std::shared_ptr<Link> link_;
};

// A net in a group of its own.
struct Run {
  std::shared_ptr<Link> link;
  Simulated group;
  Job job;
  nn::parallel::DistributedDataParallel<nn::Sequential> model;

  Run(const Kind& kind, const Link& with)
      : link(std::make_shared<Link>(with)),
        group(link),
        job(kind.make(128)),
        model(job.net, group, {.bucket_bytes = kind.bucket_bytes, .check_every = 0}) {
    job.step();
  }
  double step() {
    link->sums.clear();
    const double begin = now();
    job.step();
    return now() - begin;
  }
};

// How much later than backward, which ends when the last bucket is ready, all would be there over `link`.
double after_backward(const std::vector<Link::Sum>& sums, const Link& link) {
  double end = 0;
  for (const Link::Sum& s : sums) end = std::max(end, s.ready) + link.sum(s.bytes).total();
  return end - sums.back().ready;
}

// A cell of the table.
void simulate(const Kind& kind, const Network& network, bool tree, int ranks) {
  manual_seed(0);
  Run free(kind, {nullptr, ranks, tree, true}), by_itself(kind, {&network, ranks, tree, true}),
      by_calls(kind, {&network, ranks, tree, false});
  double base = 1e9, model = 1e9, simulated = 1e9, called = 1e9;  // the best of steps that take turns
  for (int i = 0; i < 30; ++i) {
    const double step = free.step();
    base = std::min(base, step);
    model = std::min(model, step + after_backward(free.link->sums, *by_itself.link));
    simulated = std::min(simulated, by_itself.step());
    called = std::min(called, by_calls.step());
  }
  double messages = 0;
  for (const Link::Sum& s : free.link->sums) messages += by_itself.link->sum(s.bytes).total();
  std::printf(" %.1f / %.1f / %.1f, %.0f %%, %.1f: ", model * 1e3, simulated * 1e3, called * 1e3,
              100 * base / simulated, messages * 1e3);
  if (messages > base / 10) {
    std::printf("%.0f %% |", 100 * (1 - (simulated - base) / messages));
  } else {
    std::printf("- |");  // too little to tell
  }
  std::fflush(stdout);
}

}  // namespace

void simulate() {
  std::printf(
      "In a cell: the step by the model / simulated / simulated where a round waits for a call, ms; efficiency; what "
      "the messages take, ms: of this hidden, where it is more than a tenth of a step\n\n"
      "| net, 128 rows a rank | network, all-reduce | 8 ranks | 64 | 512 |\n|---|---|---|---|---|\n");
  for (const Kind& kind : kKinds) {
    for (const Network& network : kNetworks) {
      for (const bool tree : {false, true}) {
        std::printf("| %s | %s, %s |", kind.name, network.name, tree ? "tree" : "ring");
        for (const int ranks : {8, 64, 512}) simulate(kind, network, tree, ranks);
        std::printf("\n");
      }
    }
  }
}

}  // namespace bench
