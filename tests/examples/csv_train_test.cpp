#include "run_example.h"

namespace examples_test {
namespace {

class CsvTraining : public Example {
 protected:
  Outcome train(const std::string& arguments) const { return run("linear_regression", arguments); }

  // What is wrong is said, with exit code 2, and no file is written.
  void expect_refused(const std::string& arguments, const std::string& message) const {
    const auto before = files().size();
    const Outcome o = train(arguments + " --save saved.csv");
    EXPECT_EQ(o.code, 2) << arguments;
    EXPECT_EQ(o.out, "") << arguments;
    EXPECT_TRUE(contains(o.err, "linear_regression: ")) << o.err;
    EXPECT_TRUE(contains(o.err, message)) << o.err << "lacks: " << message;
    EXPECT_EQ(files().size(), before) << arguments;
  }
  void expect_refused_table(const std::string& table, const std::string& message) const {
    write("table.csv", table);
    expect_refused("--csv table.csv --target y", message);
  }

  static std::string diabetes(const std::string& lr = "0.1", int epochs = 500) {
    return "--csv '" TAPEGRAD_TEST_SOURCE_DIR "/examples/data/diabetes.csv' --target target --batch-size 0 --lr " + lr +
           " --epochs " + std::to_string(epochs) + " ";
  }
  // y = 3 a - 2 b + 5, exactly.
  static std::string plane() {
    std::string table = "a,b,y\n";
    for (int i = 0; i < 20; ++i) {
      const int a = i * 7 % 20, b = i * i % 13;
      table += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(3 * a - 2 * b + 5) + "\n";
    }
    return table;
  }
};

TEST_F(CsvTraining, ReachesLeastSquaresOnTheDiabetesTable) {
  const Outcome o = train(diabetes());
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_TRUE(contains(o.out, "442 rows (353 to train on, 89 to test), 10 features, target 'target'")) << o.out;
  // scikit-learn's LinearRegression on the same split has 0.3322.
  EXPECT_NEAR(value_of(o.out, "result least_squares", "test_r2"), 0.3322, 1e-4);
  EXPECT_NEAR(value_of(o.out, "result gradient_descent", "test_r2"), value_of(o.out, "result least_squares", "test_r2"),
              0.01);
}

TEST_F(CsvTraining, PrintsTheSameTwice) {
  write("table.csv", plane());
  const std::string arguments = "--csv table.csv --target y --epochs 5 --lr 0.01 --batch-size 4 --seed 7";
  const Outcome first = train(arguments);
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out, train(arguments).out);
  EXPECT_NE(first.out, train(arguments + "1").out);
}

TEST_F(CsvTraining, PrintsPlainLinesIntoAFile) {
  write("table.csv", plane());
  const std::string out = train("--csv table.csv --target y --epochs 20").out;
  EXPECT_TRUE(contains(out, "epoch  2/20  loss ")) << out;
  EXPECT_TRUE(contains(out, "epoch 20/20  loss ")) << out;
  EXPECT_FALSE(contains(out, "epoch  1/20")) << out;
  EXPECT_FALSE(contains(out, "samples/s")) << out;
  EXPECT_FALSE(contains(out, "\r")) << out;
}

TEST_F(CsvTraining, RewritesOneLineOnATerminal) {
  write("table.csv", plane());
  const Terminal terminal;
  if (terminal.name.empty()) GTEST_SKIP() << "no pseudo-terminals here";
  EXPECT_EQ(run("linear_regression", "--csv table.csv --target y --epochs 20", "", terminal.name).code, 0);
  const std::string out = terminal.read_until("20/20  loss ");
  EXPECT_TRUE(contains(out, "\rtrain         epoch  1/20  loss ")) << out;
  EXPECT_TRUE(contains(out, "\rtrain         epoch 20/20  loss ")) << out;
  EXPECT_TRUE(contains(out, " samples/s")) << out;
  EXPECT_TRUE(contains(out, " s left\033[K")) << out;
}

TEST_F(CsvTraining, SavesInterceptAndCoefficientsInTheTablesOwnUnits) {
  write("table.csv", plane());
  const Outcome o = train("--csv table.csv --target y --batch-size 0 --momentum 0.9 --epochs 2000 --save saved.csv");
  ASSERT_EQ(o.code, 0) << o.err;
  std::istringstream saved(read(folder_ / "saved.csv"));
  std::vector<std::pair<std::string, double>> rows;
  for (std::string line; std::getline(saved, line);) {
    const std::size_t comma = line.find(',');
    rows.emplace_back(line.substr(0, comma), std::strtod(line.c_str() + comma + 1, nullptr));
  }
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].first, "name");
  EXPECT_EQ(rows[1].first, "intercept");
  EXPECT_NEAR(rows[1].second, 5, 1e-9);
  EXPECT_EQ(rows[2].first, "a");
  EXPECT_NEAR(rows[2].second, 3, 1e-9);
  EXPECT_EQ(rows[3].first, "b");
  EXPECT_NEAR(rows[3].second, -2, 1e-9);
}

TEST_F(CsvTraining, SavesAModelAndPredictsNewRowsWithIt) {
  write("table.csv", plane());
  const std::string options = "--csv table.csv --target y --batch-size 0 --momentum 0.9 ";
  ASSERT_EQ(train(options + "--epochs 2000 --save model.safetensors").code, 0);
  write("new.csv", "b,unused,a\n1,7,2\n-3,7,0.5\n");
  const Outcome o = train("predict --load model.safetensors --csv new.csv");
  ASSERT_EQ(o.code, 0) << o.err;
  std::istringstream lines(o.out);
  std::string name;
  double first = 0, second = 0;
  lines >> name >> first >> second;
  EXPECT_EQ(name, "y");
  EXPECT_NEAR(first, 3 * 2 - 2 * 1 + 5, 1e-9);
  EXPECT_NEAR(second, 3 * 0.5 + 2 * 3 + 5, 1e-9);

  // Training goes on where the file stands: at the bottom already.
  const Outcome again = train(options + "--epochs 1 --lr 1e-6 --load model.safetensors");
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_LT(value_of(again.out, "result gradient_descent", "train_mse"), 1e-15);
}

TEST_F(CsvTraining, RefusesModelsThatDoNotFit) {
  write("table.csv", plane());
  write("other.csv", "a,c,y\n1,2,3\n2,3,5\n3,1,4\n4,4,4\n5,1,1\n");
  write("no.safetensors", "12345678{}");
  ASSERT_EQ(train("--csv table.csv --target y --save model.safetensors").code, 0);
  const auto expect_code_2 = [&](const std::string& arguments, const std::string& message) {
    const Outcome o = train(arguments);
    EXPECT_EQ(o.code, 2) << arguments;
    EXPECT_EQ(o.out, "") << arguments;
    EXPECT_TRUE(contains(o.err, message)) << o.err;
  };
  expect_code_2("--csv other.csv --target y --load model.safetensors",
                "that model predicts 'y' from the columns 'a' 'b'");
  expect_code_2("--csv table.csv --target y --load no.safetensors",
                "no.safetensors: byte 0: not a safetensors file; it looks like plain text");
  expect_code_2("predict --csv table.csv --load table.csv", "byte 0: not a safetensors file; it looks like plain");
  expect_code_2("--csv table.csv --target y --load none.safetensors", "none.safetensors: cannot open");
  expect_code_2("predict --load model.safetensors --csv other.csv", "other.csv: column: there is no column 'b'");
  expect_code_2("predict --csv table.csv", "--load is required");
  expect_code_2("predict --load model.safetensors", "--csv is required");
}

// A second name of the old file keeps its bytes: the new one was written beside it and renamed.
TEST_F(CsvTraining, ReplacesASavedFileWholeAndLeavesNoOther) {
  write("table.csv", plane());
  write("saved.csv", "old");
  fs::create_hard_link(folder_ / "saved.csv", folder_ / "old.csv");
  ASSERT_EQ(train("--csv table.csv --target y --save saved.csv").code, 0);
  EXPECT_EQ(read(folder_ / "saved.csv").substr(0, 21), "name,value\nintercept,");
  EXPECT_EQ(read(folder_ / "old.csv"), "old");
  EXPECT_EQ(files().size(), 3U);
}

TEST_F(CsvTraining, SaysThatItDivergedAndWritesNothing) {
  const Outcome o = train(diabetes("0.26") + "--save saved.csv");
  EXPECT_EQ(o.code, 1);
  EXPECT_TRUE(contains(o.err, "diverged")) << o.err;
  EXPECT_TRUE(contains(o.err, "2 / lambda_max = 0.2413")) << o.err;
  EXPECT_TRUE(files().empty());
}

TEST_F(CsvTraining, DivergesAboveTheStabilityLimitOnly) {
  EXPECT_EQ(train(diabetes("0.241")).code, 0);
  EXPECT_EQ(train(diabetes("0.242", 5000)).code, 1);
}

TEST_F(CsvTraining, RefusesATableThatIsNoTableOfNumbers) {
  expect_refused_table("a,y\n1,2\n3,four\n5,6\n", "table.csv: line 3, column 2 ('y'): 'four' is not a number");
  expect_refused_table("a,y\n1,2\n,4\n", "line 3, column 1 ('a')");
  expect_refused_table("a,y\n1,2\n3\n", "line 3, column 2 ('y'): the row has 1 fields, the table 2");
  expect_refused_table("a,y\n1,2\n3,4,5\n", "line 3, column 3");
  expect_refused_table("a,a,y\n1,2,3\n", "line 1, column 2");
  expect_refused_table("", "the file is empty");
}

TEST_F(CsvTraining, RefusesATableThatCannotBeTrainedOn) {
  expect_refused_table("a,y\n1,2\nnan,4\n5,6\n", "table.csv: line 3, column 1 ('a')");
  expect_refused_table("a,y\n1,2\n3,-inf\n5,6\n", "table.csv: line 3, column 2 ('y')");
  expect_refused_table("a,y\n", "two rows or more");
  expect_refused_table("a,y\n1,2\n", "two rows or more");
  expect_refused_table("y\n1\n2\n3\n", "no column beside the target");
  expect_refused_table("a,b\n1,2\n3,4\n", "table.csv: line 1: there is no column 'y'; the columns are a, b");
}

TEST_F(CsvTraining, RefusesFilesThatCannotBeReadOrWritten) {
  write("table.csv", plane());
  expect_refused("--csv missing.csv --target y", "missing.csv");
  expect_refused("--csv . --target y", "read_csv: .:");
  const std::string good = "--csv table.csv --target y --save ";
  for (const char* bad : {"nowhere/saved.csv", ".", "./table.csv"}) {
    const Outcome o = train(good + bad);
    EXPECT_EQ(o.code, 2) << bad;
    EXPECT_TRUE(contains(o.err, "--save: ")) << o.err;
  }
  EXPECT_EQ(read(folder_ / "table.csv"), plane());
}

TEST_F(CsvTraining, RefusesOptionsOutOfRange) {
  write("table.csv", plane());
  const std::string good = "--csv table.csv --target y ";
  for (const char* bad : {"--lr 0", "--lr -1", "--lr nan", "--lr x", "--epochs 0", "--batch-size -1", "--momentum 1",
                          "--seed -1", "--test-size 0", "--test-size 1", "--test-size 0.99", "--unknown"}) {
    const Outcome o = train(good + bad);
    EXPECT_EQ(o.code, 2) << bad;
    EXPECT_EQ(o.out, "") << bad;
    EXPECT_TRUE(contains(o.err, "linear_regression: ")) << bad;
  }
  EXPECT_EQ(train("--csv table.csv").code, 2);
  EXPECT_EQ(train("--lr 0.5").code, 2);
  EXPECT_EQ(train("--help").code, 0);
}

TEST_F(CsvTraining, TakesColumnsThatDependOnEachOtherAndConstantOnes) {
  std::string table = "a,twice,one,y\n";
  for (int i = 0; i < 12; ++i) {
    table += std::to_string(i) + "," + std::to_string(2 * i) + ",1," + std::to_string(5 * i + 1) + "\n";
  }
  write("table.csv", table);
  const Outcome o = train("--csv table.csv --target y --batch-size 0 --epochs 300");
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_NEAR(value_of(o.out, "result least_squares", "test_r2"), 1.0, 1e-4);
  EXPECT_NEAR(value_of(o.out, "result gradient_descent", "test_r2"), 1.0, 1e-4);
}

TEST_F(CsvTraining, TakesMoreColumnsThanRows) {
  std::string table = "y";
  for (int j = 0; j < 12; ++j) table += ",c" + std::to_string(j);
  for (int i = 0; i < 6; ++i) {
    table += "\n" + std::to_string(i);
    for (int j = 0; j < 12; ++j) table += "," + std::to_string((i * 31 + j * j * 17 + i * j) % 23);
  }
  write("table.csv", table);
  const Outcome o = train("--csv table.csv --target y --batch-size 0 --epochs 2000 --lr 0.02");
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_NEAR(value_of(o.out, "result least_squares", "train_r2"), 1.0, 1e-4);
}

}  // namespace
}  // namespace examples_test
