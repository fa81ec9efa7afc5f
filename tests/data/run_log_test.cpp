#include <tapegrad/data/run_log.h>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <tapegrad/autograd/error.h>
#include <unistd.h>

#include <cmath>
#include <csignal>

#include "tests/common/constants.h"
#include "tests/common/expect_error.h"
#include "tests/common/folder.h"

namespace tapegrad {
namespace {

class RunLogs : public test::InFolder {
 protected:
  std::string path() const { return (folder_ / "run.jsonl").string(); }
  // All but the first line, which has the time.
  std::string lines() const {
    const std::string text = test::read(path());
    return text.substr(text.find('\n') + 1);
  }
};

TEST_F(RunLogs, KeepsOptionsAndNumbersByStep) {
  {
    data::RunLog log(path(), {{"lr", 0.1}, {"batch", 32}, {"name", "a \"b\"\n"}, {"shuffle", true}, {"decay", 1e-300}});
    log.add(1, {{"loss", 0.1}, {"accuracy", 1}});
    log.add(5, {{"loss", 1.0 / 3}});
  }
  EXPECT_EQ(lines(), "{\"step\":1,\"loss\":0.1,\"accuracy\":1.0}\n{\"step\":5,\"loss\":0.3333333333333333}\n");
  const data::RunRecord run = data::read_run_log(path());
  EXPECT_EQ(run.options, (data::RunOptions{
                             {"lr", 0.1}, {"batch", 32}, {"name", "a \"b\"\n"}, {"shuffle", true}, {"decay", 1e-300}}));
  EXPECT_EQ(run.started.size(), std::string("2026-11-29 12:00:00").size());
  ASSERT_EQ(run.curves.size(), 2U);
  EXPECT_EQ(run.curves[0].name, "loss");
  EXPECT_EQ(run.curves[0].steps, (std::vector<std::int64_t>{1, 5}));
  EXPECT_EQ(run.curves[0].values, (std::vector<double>{0.1, 1.0 / 3}));
  EXPECT_EQ(run.curves[1].values, std::vector<double>{1});
}

TEST_F(RunLogs, KeepNanAndInfinities) {
  data::RunLog(path()).add(0, {{"a", test::kNan}, {"b", test::kInf}, {"c", -test::kInf}});
  EXPECT_EQ(lines(), "{\"step\":0,\"a\":\"nan\",\"b\":\"inf\",\"c\":\"-inf\"}\n");
  const auto curves = data::read_run_log(path()).curves;
  EXPECT_TRUE(std::isnan(curves[0].values[0]));
  EXPECT_EQ(curves[1].values[0], test::kInf);
  EXPECT_EQ(curves[2].values[0], -test::kInf);
}

TEST_F(RunLogs, GoOnBehindACheckpoint) {
  data::RunLog(path(), {{"lr", 1.0}}).add(10, {{"loss", 3}});
  {
    data::RunLog log(path(), {{"lr", 2.0}});
    log.add(20, {{"loss", 2}});
    log.add(30, {{"loss", 1}, {"late", 1}});
  }
  data::RunLog again(path(), {{"lr", 3.0}});
  again.add(20, {{"loss", 5}});
  again.add(20, {{"other", 7}});
  const auto run = data::read_run_log(path());
  EXPECT_EQ(run.options, (data::RunOptions{{"lr", 3.0}}));
  ASSERT_EQ(run.curves.size(), 3U);
  EXPECT_EQ(run.curves[0].steps, (std::vector<std::int64_t>{10, 20}));
  EXPECT_EQ(run.curves[0].values, (std::vector<double>{3, 5}));
  EXPECT_TRUE(run.curves[1].steps.empty());
  EXPECT_EQ(run.curves[2].values, std::vector<double>{7});
}

TEST_F(RunLogs, LoseNothingWhereTheProgramIsKilled) {
  const pid_t child = fork();
  if (child == 0) {
    data::RunLog log(path());
    for (int step = 0; step < 100; ++step) log.add(step, {{"loss", step}});
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(data::read_run_log(path()).curves.at(0).steps.size(), 100U);
}

TEST_F(RunLogs, AreReadWithoutAnUnfinishedLineAndGoOnThere) {
  data::RunLog(path()).add(1, {{"loss", 1}});
  const std::string whole = test::read(path());
  test::write(path(), whole + "{\"step\":2,\"lo");
  EXPECT_EQ(data::read_run_log(path()).curves.at(0).steps.size(), 1U);
  data::RunLog(path()).add(3, {{"loss", 3}});
  EXPECT_EQ(data::read_run_log(path()).curves.at(0).steps, (std::vector<std::int64_t>{1, 3}));
  test::write(path(), "{\"st");
  data::RunLog(path()).add(3, {{"loss", 3}});
  EXPECT_EQ(data::read_run_log(path()).curves.at(0).steps, (std::vector<std::int64_t>{3}));
}

TEST_F(RunLogs, RefuseWhatIsNone) {
  const auto refuse = [&](const std::string& text, const std::string& part) {
    test::write(path(), text);
    expect_error<FormatError>([&] { data::read_run_log(path()); }, path() + ": " + part);
  };
  refuse("loss\n1\n", "line 1 is no object of JSON; the file is damaged");
  refuse("{\"step\":1}\n{\"loss\":1}\n", "line 2 has no step");
  refuse("{\"step\":1.5}\n", "line 1 has no step");
  refuse("{\"step\":1,\"loss\":null}\n", "line 1 has a value that is no number");
  refuse("{\"options\":{\"a\":[]}}\n", "line 1 has an option that is no bool, number or string");
  refuse("{\"options\":1}\n", "line 1 has options that are no object");
  expect_error<IoError>([&] { data::read_run_log((folder_ / "none").string()); }, "read_run_log: ");
  expect_error<IoError>([&] { data::RunLog((folder_ / "none" / "run.jsonl").string()); }, "cannot open");
  expect_error<IoError>([&] { data::RunLog("/dev/full"); }, "RunLog: /dev/full: cannot write: No space left on device");
  expect_error<ValueError>(
      [&] {
        data::RunLog(path()).add(1, {{"step", 1}});
      },
      "RunLog: 'step' is no name of a number");
}

}  // namespace
}  // namespace tapegrad
