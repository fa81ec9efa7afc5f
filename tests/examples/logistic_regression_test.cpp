#include "run_example.h"

namespace examples_test {
namespace {

class LogisticRegression : public Example {};

const std::string kIris = std::string("--csv '") + TAPEGRAD_TEST_SOURCE_DIR + "/examples/data/iris.csv' ";

TEST_F(LogisticRegression, TellsTheSpeciesApart) {
  const Outcome o = run("logistic_regression", kIris);
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_GT(value_of(o.out, "result logistic_regression", "train_accuracy"), 0.95);
  EXPECT_GT(value_of(o.out, "result logistic_regression", "test_accuracy"), 0.93);
  EXPECT_LT(value_of(o.out, "result logistic_regression", "test_log_loss"), 0.2);
  EXPECT_EQ(run("logistic_regression", kIris + "--log run.jsonl").out, o.out);
  const auto loss = curve("run.jsonl", "loss");
  ASSERT_EQ(loss.steps.size(), 100U);
  EXPECT_LT(loss.values.back(), loss.values.front() / 2);
}

TEST_F(LogisticRegression, WritesItsPredictionsBesideTheTable) {
  write("table.csv",
        "a,b,kind\n1,0,\"x, y\"\n2,0,\"x, y\"\n3,0,\"x, y\"\n4,0,\"x, y\"\n-1,1,z\n-2,1,z\n-3,1,z\n-4,1,z\n");
  const Outcome o = run("logistic_regression", "--csv table.csv --target kind --predictions predicted.csv");
  ASSERT_EQ(o.code, 0) << o.err;
  const std::string written = read(folder_ / "predicted.csv");
  EXPECT_TRUE(written.starts_with("a,b,kind,predicted\n1,0,\"x, y\",\"x, y\"\n")) << written;
  EXPECT_TRUE(written.ends_with("-4,1,z,z\n")) << written;
}

TEST_F(LogisticRegression, SaysWhereTheTableIsWrong) {
  write("table.csv", "a,kind\n1,x\n,y\n");
  Outcome o = run("logistic_regression", "--csv table.csv --target kind");
  EXPECT_EQ(o.code, 1);
  EXPECT_TRUE(contains(o.err, "table.csv: line 3, column 1 ('a'): the field is empty")) << o.err;
  o = run("logistic_regression", "--csv table.csv --target sort");
  EXPECT_TRUE(contains(o.err, "there is no column 'sort'; the columns are a, kind")) << o.err;
  EXPECT_EQ(run("logistic_regression", "--csv").code, 2);
}

}  // namespace
}  // namespace examples_test
