#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include <cmath>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

using optim::EarlyStopping;
using optim::WeightAverage;

Tensor leaf(double value) { return tensor({value, -value}, kDouble).requires_grad_(); }
void set(const Tensor& p, double value) {
  const NoGradGuard no_grad;
  p.copy_(tensor({value, -value}, kDouble));
}

TEST(WeightAverage, IsTheMeanWithoutADecay) {
  const Tensor p = leaf(7);
  WeightAverage average({p});
  EXPECT_TRUE(average.averages()[0].equal(p.detach()));
  for (const double x : {1.0, 2.0, 6.0}) {
    set(p, x);
    average.update_parameters();
  }
  EXPECT_EQ(average.n_averaged(), 3);
  EXPECT_TRUE(average.averages()[0].equal(tensor({3.0, -3.0}, kDouble)));
  EXPECT_FALSE(average.averages()[0].requires_grad());
}

TEST(WeightAverage, BeginsAtTheFirstAndMovesByTheDecay) {
  const Tensor p = leaf(7), count = tensor(4);
  WeightAverage average({p, count}, {.decay = 0.75});
  for (const double x : {1.0, 2.0, 6.0}) {
    set(p, x);
    count.add_(1);
    average.update_parameters();
  }
  EXPECT_TRUE(average.averages()[0].equal(tensor({2.4375, -2.4375}, kDouble)));
  EXPECT_EQ(average.averages()[1].item<std::int64_t>(), 7) << "what is not floating is copied";
}

TEST(WeightAverage, ChangesPlacesWithTheParameters) {
  const Tensor p = leaf(1), handle = p;
  WeightAverage average({p});
  average.update_parameters();
  set(p, 5);
  average.swap();
  EXPECT_TRUE(handle.detach().equal(leaf(1).detach()));
  average.swap();
  EXPECT_TRUE(handle.detach().equal(leaf(5).detach()));
  EXPECT_TRUE(average.averages()[0].equal(leaf(1).detach()));
  EXPECT_TRUE(p.is_leaf());
}

TEST(WeightAverage, GoesOnFromItsStateDictToTheSameBits) {
  const Tensor p = leaf(1);
  WeightAverage from({p}, {.decay = 0.9}), to({p}, {.decay = 0.9});
  for (const double x : {0.1, 0.2, 0.3, 0.4, 0.5}) {
    set(p, x);
    from.update_parameters();
    if (x == 0.2) to.load_state_dict(from.state_dict());
    if (x > 0.2) to.update_parameters();
  }
  EXPECT_EQ(to.n_averaged(), 5);
  EXPECT_TRUE(to.averages()[0].equal(from.averages()[0]));
  expect_error<Error>([&] { to.load_state_dict({{"n_averaged", tensor(1)}}); }, "Missing key(s) in state_dict: \"0\"");
}

TEST(WeightAverage, RefusesADecayOutOfRange) {
  expect_error<ValueError>([] { WeightAverage({leaf(1)}, {.decay = 1.5}); },
                           "Invalid decay value 1.5 provided; give one in [0, 1]");
  expect_error<ValueError>([] { WeightAverage({leaf(1)}, {.decay = std::nan("")}); }, "Invalid decay value nan");
}

TEST(EarlyStopping, StopsAfterThePatienceIsOver) {
  EarlyStopping stopping({.patience = 2, .min_delta = 0.1});
  EXPECT_FALSE(stopping.step(1));
  EXPECT_FALSE(stopping.step(0.95)) << "not better by min_delta";
  EXPECT_FALSE(stopping.step(0.8));
  EXPECT_EQ(stopping.best(), 0.8);
  EXPECT_FALSE(stopping.step(std::nan("")));
  EXPECT_TRUE(stopping.step(0.79));
  EXPECT_TRUE(stopping.step(5));
}

TEST(EarlyStopping, LooksForMoreInTheOtherMode) {
  EarlyStopping stopping({.mode = "max"});
  EXPECT_FALSE(stopping.step(0.5));
  EXPECT_FALSE(stopping.step(0.6));
  EXPECT_TRUE(stopping.step(0.6));
  expect_error<ValueError>([] { EarlyStopping({.mode = "most"}); }, "mode most is unknown");
}

TEST(EarlyStopping, AndTextGoOnFromACheckpoint) {
  EarlyStopping from({.patience = 2}), to({.patience = 2});
  from.step(1);
  from.step(2);
  std::string text = "épo\0ch", empty_text, loaded, was_full = "x";
  text += '\0';
  bool flag = true, loaded_flag = false;
  int epoch = 7, loaded_epoch = 0;
  double best = 0.1, loaded_best = 0;
  std::stringstream file;
  save(
      Checkpoint{
          {"stop", from}, {"text", text}, {"none", empty_text}, {"flag", flag}, {"epoch", epoch}, {"best", best}},
      file);
  Checkpoint run{{"stop", to},          {"text", loaded},        {"none", was_full},
                 {"flag", loaded_flag}, {"epoch", loaded_epoch}, {"best", loaded_best}};
  load(run, file);
  EXPECT_EQ(loaded, text);
  EXPECT_EQ(was_full, "");
  EXPECT_TRUE(loaded_flag);
  EXPECT_EQ(loaded_epoch, 7);
  EXPECT_EQ(loaded_best, 0.1);
  EXPECT_EQ(to.best(), 1);
  EXPECT_TRUE(to.step(3));
}

}  // namespace
}  // namespace tapegrad
