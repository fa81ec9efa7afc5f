#include <tapegrad/data/progress.h>

#include <gtest/gtest.h>
#include <tapegrad/autograd/ops.h>
#include <tapegrad/data/loader.h>

#include <thread>

namespace tapegrad {
namespace {

class Bar : public testing::Test {
 protected:
  ~Bar() override { std::fclose(out_); }
  // What has been written since.
  std::string written() {
    std::fflush(out_);
    std::rewind(out_);
    std::string text;
    for (int c = 0; (c = std::fgetc(out_)) != EOF;) text += static_cast<char>(c);
    std::fclose(out_);
    out_ = std::tmpfile();
    return text;
  }
  data::ProgressOptions plain(const std::string& label = "") { return {.label = label, .out = out_}; }
  data::ProgressOptions live(const std::string& label = "") { return {.label = label, .live = true, .out = out_}; }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
    return n;
  }

  std::FILE* out_ = std::tmpfile();
};

data::DataLoader<data::TensorDataset> loader() {
  return data::make_data_loader(data::TensorDataset(arange(10, kFloat), arange(10)), {.batch_size = 4});
}

TEST_F(Bar, PrintsTenPlainLinesWithoutTimes) {
  {
    data::Progress bar(20, plain("train"));
    for (int epoch = 1; epoch <= 20; ++epoch) {
      bar.set("loss", 1.0 / epoch);
      bar.set("rows", epoch);
      bar.step();
    }
  }
  const std::string text = written();
  EXPECT_EQ(count(text, "\n"), 10U);
  EXPECT_EQ(text.substr(0, text.find('\n')), "train         epoch  2/20  loss 0.5  rows 2");
  EXPECT_TRUE(text.ends_with("epoch 20/20  loss 0.05  rows 20\n")) << text;
}

TEST_F(Bar, PrintsTheLastBatchAloneWhereNothingIsRewritten) {
  auto batches = loader();
  std::vector<std::int64_t> rows;
  auto bar = data::progress(batches, plain());
  for (auto& batch : bar) {
    rows.push_back(batch.data.size(0));
    bar.set("loss", static_cast<double>(rows.size()));
  }
  EXPECT_EQ(rows, (std::vector<std::int64_t>{4, 4, 2}));
  EXPECT_EQ(written(), "batch 3/3  loss 3\n");
}

TEST_F(Bar, CountsEachWalkAnew) {
  auto batches = loader();
  auto bar = data::progress(batches, {.unit = "step", .plain_lines = 3, .out = out_});
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (auto& batch : bar) batch.data.add_(1);
  }
  EXPECT_EQ(written(), "step 1/3\nstep 2/3\nstep 3/3\nstep 1/3\nstep 2/3\nstep 3/3\n");
}

TEST_F(Bar, RewritesOneLineWithRateAndTimeLeft) {
  auto batches = loader();
  for (auto& batch : data::progress(batches, live("epoch 1"))) {
    EXPECT_TRUE(batch.data.defined());
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
  }
  const std::string text = written();
  EXPECT_EQ(count(text, "\r"), 3U) << text;
  EXPECT_EQ(count(text, "\n"), 1U);
  EXPECT_TRUE(text.starts_with("\repoch 1       batch 1/3  ")) << text;
  EXPECT_EQ(count(text, " samples/s"), 3U);
  EXPECT_EQ(count(text, " s left\033[K"), 2U);
  const std::size_t left = text.find(" s left");
  EXPECT_GE(std::stod(text.substr(text.rfind("  ", left), left)), 0.1) << text;  // two more of 60 ms
  EXPECT_TRUE(text.ends_with(" s\033[K\n")) << text;
}

TEST_F(Bar, EndsItsLineWhereTheLoopIsLeft) {
  auto batches = loader();
  for (auto& batch : data::progress(batches, live())) {
    if (batch.data.size(0) == 2) break;
  }
  EXPECT_TRUE(written().ends_with("\033[K\n"));
  { data::Progress unused(3, live()); }
  EXPECT_EQ(written(), "");
}

TEST_F(Bar, WalksWhatHasNoSizeOrNoRows) {
  struct Numbers {
    struct Iterator {
      int i;
      int operator*() const { return i; }
      Iterator& operator++() { return ++i, *this; }
      bool operator==(const Iterator&) const = default;
    };
    Iterator begin() const { return {0}; }
    Iterator end() const { return {25}; }
  };
  int sum = 0;
  for (const int i : data::progress(Numbers{}, plain())) sum += i;
  EXPECT_EQ(sum, 300);
  EXPECT_EQ(written(), "batch 25\n");
  for (const int i : data::progress(std::vector<int>{1, 2}, live())) sum += i;
  EXPECT_EQ(sum, 303);
  EXPECT_NE(written().find(" batch/s"), std::string::npos);
  for (const int i : data::progress(std::vector<int>{}, plain())) sum += i;
  EXPECT_EQ(written(), "");
  data::Progress quiet(2, {.plain_lines = 0, .out = out_});
  quiet.step();
  quiet.step();
  EXPECT_EQ(written(), "");
}

}  // namespace
}  // namespace tapegrad
