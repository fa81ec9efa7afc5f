// Results must arrive: training that is interrupted, output that cannot be written, names that cannot be saved.

#include <map>

#include "run_example.h"

namespace examples_test {
namespace {

class CsvResults : public Example {
 protected:
  void SetUp() override {
    Example::SetUp();
    std::string table = "a,twice,one,tenth,y\n";
    for (int i = 0; i < 12; ++i) {
      table += std::to_string(i) + "," + std::to_string(2 * i) + ",1,0.1," + std::to_string(i * i % 7 + 5 * i) + "\n";
    }
    write("table.csv", table);
  }
  Outcome train(const std::string& arguments, const std::string& environment = "",
                const std::string& terminal = "") const {
    return run("linear_regression", "--csv table.csv --target y " + arguments, environment, terminal);
  }
  std::map<std::string, std::string> saved(const std::string& name) const {
    std::map<std::string, std::string> values;
    std::istringstream lines(read(folder_ / name));
    for (std::string line; std::getline(lines, line);) {
      values[line.substr(0, line.find(','))] = line.substr(line.find(',') + 1);
    }
    return values;
  }
  // With a signal in the midst of a training that would not end: later where the program had not begun by then.
  Outcome interrupted(const std::string& how, const std::string& arguments, const std::string& terminal = "") const {
    Outcome o;
    for (const char* seconds : {"0.5", "3", "20"}) {
      o = train("--epochs 1000000000 " + arguments, "timeout --kill-after=60 --preserve-status " + how + " " + seconds,
                terminal);
      if (contains(o.err, "interrupted after ") && !contains(o.err, "after 0 of")) break;
    }
    return o;
  }
  static constexpr const char* kClosed = "sh -c '\"$0\" \"$@\" >&-'";
};

TEST_F(CsvResults, ConstantAndDependentColumnsGetTheWeightsOfLeastNorm) {
  ASSERT_EQ(train("--batch-size 0 --epochs 300 --save saved.csv").code, 0);
  auto values = saved("saved.csv");
  EXPECT_EQ(values["one"], "0");
  EXPECT_EQ(values["tenth"], "0");
  EXPECT_NEAR(std::stod(values["a"]), 2 * std::stod(values["twice"]), 1e-12);  // one column, standardised
}

TEST_F(CsvResults, CtrlCSavesTheLastWholeEpoch) {
  const Outcome o = interrupted("--foreground -s INT", "--batch-size 2 --save saved.csv");
  EXPECT_EQ(o.code, 130);
  const std::string start = "linear_regression: interrupted after ";
  ASSERT_EQ(o.err.substr(0, start.size()), start);
  const std::string epochs = std::to_string(std::stol(o.err.substr(start.size())));
  EXPECT_EQ(o.err, start + epochs + " of 1000000000 epochs\n");
  EXPECT_TRUE(contains(o.out, "\nsaved saved.csv\n")) << o.out;
  ASSERT_EQ(train("--epochs " + epochs + " --batch-size 2 --save again.csv").code, 0);
  EXPECT_EQ(read(folder_ / "saved.csv"), read(folder_ / "again.csv"));
}

TEST_F(CsvResults, CtrlCTwiceAtOnceIsCtrlCOnce) {
  // timeout sends one to the program, and one to its whole group.
  const Outcome o = interrupted("-s TERM", "--save saved.csv");
  EXPECT_EQ(o.code, 143);
  EXPECT_EQ(read(folder_ / "saved.csv").substr(0, 21), "name,value\nintercept,") << o.out << o.err;
}

TEST_F(CsvResults, CtrlCEndsTheLineOfATerminal) {
  const Terminal terminal;
  if (terminal.name.empty()) GTEST_SKIP() << "no pseudo-terminals here";
  EXPECT_EQ(interrupted("--foreground -s INT", "", terminal.name).code, 130);
  const std::string out = terminal.read_until("result least_squares");
  EXPECT_TRUE(contains(out, " s left\033[K\r\nresult gradient_descent ")) << out;
}

TEST_F(CsvResults, ThatCannotBeWrittenAreAnError) {
  for (const char* arguments : {"--epochs 5", "--epochs 5 --save saved.csv", "--help"}) {
    for (const bool closed : {false, true}) {
      const Outcome o = closed ? train(arguments, kClosed) : train(arguments, "", "/dev/full");
      EXPECT_EQ(o.code, 1) << arguments << closed;
      EXPECT_TRUE(contains(o.err, "linear_regression: the results could not be written to standard output")) << o.err;
    }
  }
  EXPECT_EQ(read(folder_ / "saved.csv").substr(0, 21), "name,value\nintercept,");
  EXPECT_EQ(files().size(), 2U);

  ASSERT_EQ(train("--epochs 5 --save model.safetensors").code, 0);
  for (const std::string& arguments :
       {std::string(), std::string("predict --load model.safetensors --csv table.csv")}) {
    EXPECT_EQ(run("linear_regression", arguments, "", "/dev/full").code, 1) << arguments;
    EXPECT_EQ(run("linear_regression", arguments, kClosed).code, 1) << arguments;
  }
  for (const char* arguments : {"", "--help"}) {
    const Outcome o = run("spiral", arguments, "", "/dev/full");
    EXPECT_EQ(o.code, 1) << arguments;
    EXPECT_TRUE(contains(o.err, "spiral: the results could not be written")) << o.err;
  }
}

TEST_F(CsvResults, NamesThatCannotBeSavedAreRefusedBeforeTheTraining) {
  write("table.csv",
        "gr\xf6\xdf"
        "e,y\n1,2\n2,3\n3,5\n4,4\n5,1\n");
  const Outcome o = train("--save model.safetensors");
  EXPECT_EQ(o.code, 2);
  EXPECT_EQ(o.out, "");
  EXPECT_TRUE(contains(o.err, "--save: model.safetensors cannot be written: ")) << o.err;
  EXPECT_TRUE(contains(o.err, "is not UTF-8")) << o.err;
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(train("--save saved.csv --epochs 5").code, 0);
  EXPECT_TRUE(contains(read(folder_ / "saved.csv"),
                       "\ngr\xf6\xdf"
                       "e,"));
}

TEST_F(CsvResults, PathsThatCannotBeSavedToAreRefusedBeforeTheTraining) {
  for (const std::string& path : {std::string(300, 'x'), std::string("/dev/null"), std::string("/proc/saved.csv")}) {
    const Outcome o = train("--save " + path);
    EXPECT_EQ(o.code, 2) << path;
    EXPECT_EQ(o.out, "") << path;
    EXPECT_TRUE(contains(o.err, "--save: ")) << o.err;
  }
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(CsvResults, OfATableWithSemicolons) {
  write("table.csv", "a;y \"z\"\n1;2\n2;3\n3;5\n4;4\n5;1\n");
  const std::string target = "--target 'y \"z\"' ", table = "--csv table.csv ";
  const Outcome o = run("linear_regression", table + target);
  EXPECT_EQ(o.code, 2);
  EXPECT_TRUE(contains(o.err, "the delimiter seems to be ';'")) << o.err;
  const std::string options = table + "--delimiter ';' ";
  ASSERT_EQ(run("linear_regression", options + target + "--epochs 5 --save model.safetensors").code, 0);
  const Outcome predicted = run("linear_regression", "predict --load model.safetensors " + options);
  EXPECT_EQ(predicted.code, 0) << predicted.err;
  EXPECT_EQ(predicted.out.substr(0, 10), "\"y \"\"z\"\"\"\n");
}

}  // namespace
}  // namespace examples_test
