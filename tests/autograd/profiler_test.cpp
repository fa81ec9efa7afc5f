#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include "sanitizers.h"
#include "tests/common/expect_error.h"
#include "tests/common/folder.h"

namespace tapegrad {
namespace {

using autograd::profiler::OpProfile;
using autograd::profiler::Profile;

const OpProfile* find(const std::vector<OpProfile>& all, const std::string& name, bool backward) {
  for (const OpProfile& p : all)
    if (p.name == name && p.backward == backward) return &p;
  return nullptr;
}

// Of a step whose gradients are taken.
std::vector<OpProfile> profile_of(const auto& step, std::string* table = nullptr) {
  Profile profile;
  step();
  profile.stop();
  if (table != nullptr) *table = profile.table();
  return profile.key_averages();
}

TEST(Profile, CountsCallsBytesAndTimeByOp) {
  const Tensor x = ones({100, 10}), w = ones({10}, requires_grad());
  std::string table;
  const auto ops = profile_of(
      [&] {
        for (int i = 0; i < 3; ++i) (x * w).exp().sum().backward();
      },
      &table);
  const OpProfile* exp = find(ops, "exp", false);
  ASSERT_NE(exp, nullptr);
  EXPECT_EQ(exp->count, 3);
  EXPECT_EQ(exp->bytes, 3 * 4000);
  EXPECT_GT(exp->time_ns, 0);
  const OpProfile* forward = find(ops, "mul", false);
  const OpProfile* backward = find(ops, "mul", true);
  ASSERT_TRUE(forward != nullptr && backward != nullptr);
  EXPECT_EQ(forward->count, 3);
  EXPECT_GE(backward->count, 3);
  EXPECT_EQ(find(ops, "exp", true), nullptr);
  for (std::size_t k = 1; k < ops.size(); ++k) EXPECT_GE(ops[k - 1].time_ns, ops[k].time_ns);
  EXPECT_TRUE(table.starts_with("op ")) << table;
  EXPECT_NE(table.find("\nmul (backward) "), std::string::npos) << table;
  EXPECT_NE(table.find("\nall "), std::string::npos) << table;
  EXPECT_NE(table.find("wall time "), std::string::npos) << table;
}

TEST(Profile, SeesViewsWithoutTimeAndUpdatesWithoutBytes) {
  const Tensor w = ones({4}, requires_grad());
  optim::SGD optimizer({w}, 0.1);
  w.mutable_grad() = ones({4});
  const auto ops = profile_of([&] {
    optimizer.step();
    w.detach().view({2, 2}).add_(1);
  });
  const OpProfile* step = find(ops, "sgd", false);
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->count, 1);
  EXPECT_EQ(step->bytes, 0);
  const OpProfile* view = find(ops, "view", false);
  ASSERT_NE(view, nullptr);
  EXPECT_EQ(view->time_ns, 0);
  EXPECT_EQ(view->bytes, 0);
  EXPECT_EQ(find(ops, "add", false)->bytes, 0);
}

TEST(Profile, CountsNoAllocationInASteadyStep) {
  const Tensor x = ones({100, 10}), w = ones({10}, requires_grad());
  const auto step = [&] {
    (x * w).exp().sum().backward();
    w.zero_grad();
  };
  for (int i = 0; i < 3; ++i) step();
  std::int64_t steady = 0;
  for (const OpProfile& p : profile_of(step)) steady += p.allocations;
  std::int64_t first = 0;
  for (const OpProfile& p : profile_of([&] { (ones({77, 1001}) + 1).exp(); })) first += p.allocations;
  EXPECT_GT(first, 0);
  EXPECT_TRUE(steady == 0 || test::kAddressSanitizer) << steady;  // there every block comes from the system
}

TEST(Profile, EndsWithStopAndLeavesNothingBehind) {
  const Tensor x = ones({3});
  Profile profile;
  x.exp();
  profile.stop();
  const auto wall = profile.wall_time_ns();
  x.exp();
  profile.stop();
  EXPECT_EQ(find(profile.key_averages(), "exp", false)->count, 1);
  EXPECT_EQ(profile.wall_time_ns(), wall);
  { const Profile other; }
  x.exp();
}

TEST(Profile, RefusesASecondOneInTheThread) {
  const Profile one;
  expect_error<AutogradError>([] { Profile(); }, "Profile: this thread is being watched already; stop() the other");
}

TEST(Profile, OfACapturedFunctionSeesWhatItDoes) {
  auto twice = capture([](const Tensor& x) { return x + x; });
  const Tensor x = ones({3});
  for (int i = 0; i < 4; ++i) twice(x);
  const auto ops = profile_of([&] { EXPECT_EQ(twice(x)[0].item<float>(), 2.0f); });
  EXPECT_NE(find(ops, "add", false), nullptr);
}

using ProfileFiles = test::InFolder;

TEST_F(ProfileFiles, WritesChromesTrace) {
  const Tensor w = ones({2}, requires_grad());
  Profile profile;
  w.exp().sum().backward();
  profile.stop();
  const std::string path = (folder_ / "trace.json").string();
  profile.export_chrome_trace(path);
  const std::string text = test::read(path);
  EXPECT_TRUE(
      text.starts_with("{\"displayTimeUnit\": \"ns\", \"traceEvents\": [\n{\"name\": \"exp\", \"cat\": \"forward\", "
                       "\"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"ts\": "))
      << text;
  EXPECT_NE(text.find("\"cat\": \"backward\""), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("}}\n]}\n")) << text;
  const std::string command = "python3 -c 'import json, sys; json.load(open(sys.argv[1]))' " + path;
  EXPECT_EQ(std::system(command.c_str()), 0);
  expect_error<IoError>([&] { profile.export_chrome_trace((folder_ / "none" / "trace.json").string()); },
                        "export_chrome_trace: ");
}

TEST_F(ProfileFiles, HaveSpansBesideTheOperations) {
  const auto before = autograd::profiler::now_ns();
  autograd::profiler::add_span("nobody looks", before);
  Profile profile;
  ones({2}).exp();
  autograd::profiler::add_span("sent", before, 12);  // that it began earlier does not show
  profile.stop();
  autograd::profiler::add_span("too late", before);
  const std::string path = (folder_ / "trace.json").string();
  profile.export_chrome_trace(path);
  const std::string text = test::read(path);
  EXPECT_NE(text.find(R"({"name": "sent", "cat": "span", "id": 1, "pid": 1, "tid": 1, "args": {"bytes": 12}, )"
                      R"("ph": "b", "ts": 0})"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\"ph\": \"e\", \"ts\": "), std::string::npos) << text;
  EXPECT_EQ(text.find("nobody looks"), std::string::npos) << text;
  EXPECT_EQ(text.find("too late"), std::string::npos) << text;
  const std::string command = "python3 -c 'import json, sys; json.load(open(sys.argv[1]))' " + path;
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(find(profile.key_averages(), "sent", false), nullptr);
}

}  // namespace
}  // namespace tapegrad
