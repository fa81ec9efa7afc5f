#include <tapegrad/data/run_log.h>

#include "run_example.h"

namespace examples_test {
namespace {

class Report : public Example {
 protected:
  void SetUp() override {
    Example::SetUp();
    using tapegrad::data::RunLog;
    RunLog fast((folder_ / "fast.jsonl").string(), {{"lr", 0.1}, {"optimizer", "SGD"}});
    RunLog slow((folder_ / "slow.jsonl").string(), {{"lr", 0.01}, {"optimizer", "SGD"}, {"<b>", "a&b"}});
    for (int step = 0; step <= 1000; ++step) {
      fast.add(step, {{"loss", std::exp(-0.02 * step) + 1e-5}, {"accuracy", 1 - std::exp(-0.01 * step)}});
      slow.add(step, {{"loss", std::exp(-0.004 * step)}});
    }
  }
};

TEST_F(Report, IsOnePageWithCurvesNumbersAndOptions) {
  const Outcome o = run("tapegrad-report", "fast.jsonl slow.jsonl --title 'Two <runs>' -o page.html");
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.out, "page.html\n");
  const std::string page = read(folder_ / "page.html");
  EXPECT_TRUE(contains(page, "<h1>Two &lt;runs&gt;</h1>"));
  std::size_t curves = 0;
  for (std::size_t at = 0; (at = page.find("<path class=\"curve\"", at)) != page.npos; ++at) ++curves;
  EXPECT_EQ(curves, 3U);
  EXPECT_TRUE(contains(page, "loss <small>logarithmic</small>"));
  EXPECT_FALSE(contains(page, "accuracy <small>"));
  EXPECT_TRUE(contains(page, "<td>0.018316<br><small>least 0.018316 at 1000<br>most 1 at 0</small></td>"));
  EXPECT_TRUE(contains(page, "<tr class=\"differs\"><th>lr</th><td>0.1</td><td>0.01</td></tr>"));
  EXPECT_TRUE(contains(page, "<tr><th>optimizer</th><td>SGD</td><td>SGD</td></tr>"));
  EXPECT_TRUE(contains(page, "<th>&lt;b&gt;</th><td></td><td>a&amp;b</td>"));
  for (const char* outside : {"http:", "https:", "src=", "<script", "url("}) EXPECT_FALSE(contains(page, outside));
}

TEST_F(Report, IsDrawnByABrowser) {
  if (std::system("command -v chromium >/dev/null") != 0) GTEST_SKIP() << "chromium is not installed";
  ASSERT_EQ(run("tapegrad-report", "fast.jsonl slow.jsonl").code, 0);
  const std::string command = "cd '" + folder_.string() + "' && HOME='" + folder_.string() +
                              "' chromium --headless --no-sandbox --disable-gpu --hide-scrollbars "
                              "--window-size=1100,900 --screenshot=page.png report.html >log 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << read(folder_ / "log");
  const std::string picture = read(folder_ / "page.png");
  EXPECT_EQ(picture.substr(0, 4), "\x89PNG");
  EXPECT_GT(picture.size(), 20000U);  // an empty page takes 5 kB
}

TEST_F(Report, DrawsPicturesWithGnuplot) {
  const Outcome o = run("tapegrad-report", "fast.jsonl slow.jsonl --png pictures");
  ASSERT_EQ(o.code, 0) << o.err;
  if (contains(o.out, "note: no pictures")) GTEST_SKIP() << "gnuplot is not installed";
  EXPECT_EQ(read(folder_ / "pictures" / "loss.png").substr(0, 4), "\x89PNG");
  EXPECT_EQ(read(folder_ / "pictures" / "accuracy.png").substr(0, 4), "\x89PNG");
}

TEST_F(Report, SaysWhatIsWrong) {
  EXPECT_EQ(run("tapegrad-report").code, 2);
  write("bad.jsonl", "no\n");
  const Outcome o = run("tapegrad-report", "bad.jsonl");
  EXPECT_EQ(o.code, 1);
  EXPECT_TRUE(contains(o.err, "tapegrad-report: read_run_log: bad.jsonl: line 1 is no object of JSON")) << o.err;
  EXPECT_FALSE(fs::exists(folder_ / "report.html"));
  EXPECT_EQ(run("tapegrad-report", "fast.jsonl -o none/page.html").code, 1);
}

}  // namespace
}  // namespace examples_test
