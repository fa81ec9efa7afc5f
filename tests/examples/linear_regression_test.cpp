#include "run_example.h"

namespace examples_test {
namespace {

class LinearRegression : public Example {
 protected:
  Outcome job(const std::string& arguments = "", const std::string& environment = "") const {
    return run("linear_regression", arguments, environment);
  }
};

TEST_F(LinearRegression, PrintsAResultLineForEachWay) {
  const Outcome o = job();
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.err, "");
  for (const char* name : {"from_scratch", "module", "linear", "closed_form"}) {
    const std::string line = std::string("result ") + name;
    EXPECT_NEAR(value_of(o.out, line, "slope"), 60.0, 0.1) << line;
    EXPECT_NEAR(value_of(o.out, line, "intercept"), 0.2, 0.1) << line;
    EXPECT_NEAR(value_of(o.out, line, "train_mse"), 22.44, 0.01) << line;
    EXPECT_NEAR(value_of(o.out, line, "test_mse"), 19.6, 0.15) << line;
  }
}

// numpy.linalg.lstsq on scikit-learn's rows gives these.
TEST_F(LinearRegression, SolvesTheClosedFormExactly) {
  const Outcome o = job();
  EXPECT_NEAR(value_of(o.out, "result closed_form", "slope"), 59.998347, 2e-5);
  EXPECT_NEAR(value_of(o.out, "result closed_form", "intercept"), 0.165186, 2e-5);
}

TEST_F(LinearRegression, WalksThePathOfPyTorchWithNnLinear) {
  const Outcome o = job();
  for (const char* key : {"slope", "intercept", "train_mse", "test_mse"}) {
    EXPECT_NEAR(value_of(o.out, "result linear", key), value_of(o.out, "reference PyTorch_nn.Linear", key), 2e-5)
        << key;
  }
}

TEST_F(LinearRegression, PrintsWhatItIsComparedWith) {
  const Outcome o = job();
  for (const char* line : {"true slope=60.84421578\n", "reference scikit-learn_SGDRegressor slope=59.94",
                           "published from_scratch slope=60.134 intercept=-0.009 test_mse=21.18",
                           "published SGDRegressor slope=60.045 intercept=-0.052 test_mse=21.32",
                           "published PyTorch slope=59.928 intercept=0.703 test_mse=20.87",
                           "stability limit 2/lambda_max: 0.8655 over all rows, 0.9098 over the training rows"}) {
    EXPECT_TRUE(contains(o.out, line)) << line;
  }
}

TEST_F(LinearRegression, FindsHandDerivedAndAutomaticGradientsEqual) {
  const Outcome o = job();
  EXPECT_TRUE(contains(o.out, "at each of 30 steps, f64")) << o.out;
  EXPECT_TRUE(contains(o.out, "(limit 1e-12) ok")) << o.out;
  EXPECT_TRUE(contains(o.out, "(limit 1e-04) ok")) << o.out;
}

TEST_F(LinearRegression, PrintsTheSameTwice) {
  EXPECT_EQ(job().out, job().out);
  EXPECT_EQ(job("", "TAPEGRAD_NUM_THREADS=1").out, job("", "TAPEGRAD_NUM_THREADS=2").out);
}

TEST_F(LinearRegression, DrawsItsPicturesAndNothingElse) {
  const Outcome o = job("--plot pictures");
  ASSERT_EQ(o.code, 0) << o.err;
  if (contains(o.out, "note: no pictures")) GTEST_SKIP() << "gnuplot is not installed";
  EXPECT_EQ(o.err, "");
  const fs::path pictures = folder_ / "pictures";
  EXPECT_EQ(std::distance(fs::directory_iterator(pictures), fs::directory_iterator()), 4);
  for (const char* name : {"fit.png", "loss.png", "learning_rate.png"}) {
    EXPECT_EQ(read(pictures / name).substr(0, 4), "\x89PNG") << name;
  }
  const std::string gif = read(pictures / "descent.gif");
  EXPECT_EQ(gif.substr(0, 6), "GIF89a");
  EXPECT_EQ(gif.back(), ';');
  EXPECT_LT(gif.size(), 1'500'000U);
}

TEST_F(LinearRegression, SaysWhereGnuplotIsNotInstalled) {
  const Outcome o = job("--plot pictures", "PATH=/nowhere");
  EXPECT_EQ(o.code, 0);
  EXPECT_TRUE(contains(o.out, "note: no pictures, as gnuplot is not on PATH")) << o.out;
  EXPECT_TRUE(files().empty());
}

TEST_F(LinearRegression, SaysThatGnuplotFailed) {
  write("gnuplot", "#!/bin/sh\nexit 1\n");
  fs::permissions(folder_ / "gnuplot", fs::perms::owner_all);
  const Outcome o = job("--plot pictures", "PATH=.:/bin");
  EXPECT_EQ(o.code, 1);
  EXPECT_TRUE(contains(o.err, "gnuplot could not draw a picture")) << o.err;
}

}  // namespace
}  // namespace examples_test
