// What a profile shows of a step on several ranks.
#include <tapegrad/nn/parallel/data_parallel.h>

#include <sstream>

#include "tests/common/folder.h"
#include "tests/parallel/group.h"

namespace tapegrad::test {
namespace {

using autograd::profiler::Profile;
using nn::parallel::DistributedDataParallel;

struct Event {
  std::string name, category;
  double begin, end;
  double bytes;
};

// Of a trace, which has a line for each event, and two for a span.
std::vector<Event> events_of(const std::string& trace) {
  const auto field = [](const std::string& line, const std::string& key) {
    const std::string head = "\"" + key + "\": ";
    const std::size_t at = line.find(head);
    return at == std::string::npos ? std::string() : line.substr(at + head.size());
  };
  const auto word = [&](const std::string& line, const std::string& key) {
    const std::string rest = field(line, key);
    return rest.empty() ? rest : rest.substr(1, rest.find('"', 1) - 1);
  };
  std::vector<Event> events;
  std::istringstream lines(trace);
  for (std::string line; std::getline(lines, line);) {
    const std::string kind = word(line, "ph");
    if (kind.empty()) continue;
    const double time = std::stod(field(line, "ts"));
    if (kind == "e") {
      events.back().end = time;
    } else {
      const std::string length = field(line, "dur");
      events.push_back({word(line, "name"), word(line, "cat"), time, time + (length.empty() ? 0 : std::stod(length)),
                        std::stod(field(line, "bytes"))});
    }
  }
  return events;
}

struct Sums {
  int all = 0, under_backward = 0;
  double bytes = 0;
};

constexpr int kSteps = 5;

// Under backward is a sum during which something was computed, from start to end, that only backward does.
Sums sums_of_steps(std::int64_t bucket_bytes, const std::filesystem::path& path) {
  nn::Sequential net;
  for (int i = 0; i < 8; ++i) {
    net->push_back(nn::Linear(160, 160));
    net->push_back(nn::Tanh());
  }
  DistributedDataParallel model(net, group(), {.bucket_bytes = bucket_bytes});
  const Tensor x = randn({32, 160});
  const auto step = [&] { model(x).sum().backward(); };
  step();
  group().barrier();
  Profile profile;
  for (int i = 0; i < kSteps; ++i) step();
  profile.stop();
  profile.export_chrome_trace(path.string());
  const auto events = events_of(read(path));
  Sums sums;
  for (const Event& s : events) {
    if (s.category != "span" || s.name != "all_reduce") continue;
    ++sums.all;
    sums.bytes += s.bytes;
    for (const Event& e : events) {
      const bool computes = e.name == "mm" || e.name == "mm.tn" || e.name == "sum.dim" || e.name == "tanh_backward";
      if (computes && e.category == "backward" && s.begin <= e.begin && e.end <= s.end) {
        ++sums.under_backward;
        break;
      }
    }
  }
  return sums;
}

using Trace = InFolder;

TEST_F(Trace, HasBucketsThatAreSentWhileBackwardGoesOn) {
  const Sums sums = sums_of_steps(1 << 16, folder_ / "trace.json");
  EXPECT_EQ(sums.all, kSteps * 9);  // a weight with the bias of the layer behind it, and at last a bias alone
  EXPECT_GE(sums.bytes, kSteps * 8 * 160 * 161 * 4);
  if (group().size() > 1) {
    EXPECT_GE(sums.under_backward, 1);
  }
}

TEST_F(Trace, HasABucketForAllBehindBackward) {
  const Sums sums = sums_of_steps(1 << 30, folder_ / "trace.json");
  EXPECT_EQ(sums.all, kSteps);
  EXPECT_EQ(sums.under_backward, 0);
}

TEST_F(Trace, HasTheOtherCollectives) {
  Profile profile;
  const Tensor x = ones({3});
  group().broadcast(x);
  group().all_gather(x);
  group().barrier();
  profile.stop();
  profile.export_chrome_trace((folder_ / "trace.json").string());
  std::string names;
  for (const Event& e : events_of(read(folder_ / "trace.json")))
    if (e.category == "span") names += e.name + " of " + std::to_string(static_cast<int>(e.bytes)) + ", ";
  EXPECT_EQ(names, "broadcast of 12, all_gather of 12, barrier of 0, ");
}

}  // namespace
}  // namespace tapegrad::test
