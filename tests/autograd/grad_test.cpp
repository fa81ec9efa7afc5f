// autograd::grad() and autograd::backward().
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {
namespace {

using autograd::grad;
using Doubles = std::vector<double>;

Tensor leaf(const std::vector<double>& v = {1, 2, 3}) { return tensor(v, kDouble).requires_grad_(); }
Doubles of(const Tensor& x) { return x.to_vector<double>(); }

TEST(GradFunction, TouchesNoGrad) {
  const Tensor x = leaf(), y = leaf();
  const auto g = grad({(x * y).sum()}, {x});
  ASSERT_EQ(g.size(), 1U);
  EXPECT_EQ(of(g[0]), (Doubles{1, 2, 3}));
  EXPECT_FALSE(x.grad().defined());
  EXPECT_FALSE(y.grad().defined());
}

TEST(GradFunction, GivesAnInputForEachPlaceAndEachCopyOfOne) {
  const Tensor x = leaf(), y = leaf({4, 5, 6});
  const auto g = grad({(x * y).sum()}, {y, x, y});
  ASSERT_EQ(g.size(), 3U);
  EXPECT_EQ(of(g[0]), (Doubles{1, 2, 3}));
  EXPECT_EQ(of(g[1]), (Doubles{4, 5, 6}));
  EXPECT_EQ(of(g[2]), (Doubles{1, 2, 3}));
}

TEST(GradFunction, StopsAtInputsInTheMiddle) {
  const Tensor x = leaf();
  const Tensor y = x * 2, z = y * y;
  int below = 0;
  x.register_hook([&](const Tensor&) { ++below; });
  EXPECT_EQ(of(grad({z.sum()}, {y})[0]), (Doubles{4, 8, 12}));
  EXPECT_EQ(below, 0) << "what lies below the inputs is not walked";
}

TEST(GradFunction, GivesBothALeafAndWhatStandsOverIt) {
  const Tensor x = leaf();
  const Tensor y = x * 2, z = y * y;
  const auto g = grad({z.sum()}, {y, x});
  EXPECT_EQ(of(g[0]), (Doubles{4, 8, 12}));
  EXPECT_EQ(of(g[1]), (Doubles{8, 16, 24}));
}

TEST(GradFunction, WalksOnlyWhatLeadsToTheInputs) {
  const Tensor x = leaf(), w = leaf();
  const Tensor other = exp(w);
  int calls = 0;
  other.register_hook([&](const Tensor&) { ++calls; });
  const Tensor loss = (x * 2 + other).sum();
  EXPECT_EQ(of(grad({loss}, {x})[0]), (Doubles{2, 2, 2}));
  EXPECT_EQ(calls, 0);
}

TEST(GradFunction, WalksEachTimeWhatLeadsToTheInputsOfThatTime) {
  const Tensor x = leaf(), w = leaf();
  const Tensor left = exp(x), right = exp(w);
  int lefts = 0, rights = 0;
  left.register_hook([&](const Tensor&) { ++lefts; });
  right.register_hook([&](const Tensor&) { ++rights; });
  const Tensor loss = (left + right).sum();
  grad({loss}, {x}, {}, true);
  grad({loss}, {w}, {}, true);
  EXPECT_EQ(lefts, 1);
  EXPECT_EQ(rights, 1);
}

TEST(GradFunction, LeavesTheBranchItDidNotWalkAsItWas) {
  const Tensor x = leaf(), w = leaf();
  const Tensor branch = w * w;
  const Tensor loss = (x * 2 + branch).sum();
  grad({loss}, {x});
  branch.sum().backward();
  EXPECT_EQ(of(w.grad()), (Doubles{2, 4, 6}));
}

TEST(GradFunction, RefusesAnInputThatIsNotUsed) {
  const Tensor x = leaf(), y = leaf();
  const Tensor loss = (x * 2).sum();
  try {
    grad({loss}, {x, y});
    ADD_FAILURE();
  } catch (const AutogradError& e) {
    EXPECT_NE(
        std::string(e.what()).find(
            "One of the differentiated Tensors appears to not have been used in the graph; set allow_unused = true "
            "if this is the desired behavior"),
        std::string::npos)
        << e.what();
  }
  const auto g = grad({(x * 2).sum()}, {x, y}, {}, std::nullopt, false, /*allow_unused=*/true);
  EXPECT_TRUE(g[0].defined());
  EXPECT_FALSE(g[1].defined());
}

TEST(GradFunction, RefusesAnInputThatDoesNotRequireGrad) {
  const Tensor x = leaf();
  try {
    grad({(x * 2).sum()}, {ones({3}, kDouble)});
    ADD_FAILURE();
  } catch (const AutogradError& e) {
    EXPECT_NE(std::string(e.what()).find("does not require grad"), std::string::npos) << e.what();
  }
}

TEST(GradFunction, OfAnInputThatIsAnOutput) {
  const Tensor x = leaf();
  EXPECT_EQ(of(grad({x}, {x}, {tensor({4.0, 5.0, 6.0}, kDouble)})[0]), (Doubles{4, 5, 6}));
  const Tensor y = x * 2;
  EXPECT_EQ(of(grad({y.sum(), y}, {y}, {ones({}, kDouble), ones({3}, kDouble)})[0]), (Doubles{2, 2, 2}));
}

TEST(GradFunction, AddsUpSeveralOutputs) {
  const Tensor x = leaf();
  const auto g = grad({(x * 2).sum(), (x * x).sum()}, {x});
  EXPECT_EQ(of(g[0]), (Doubles{4, 6, 8}));
  const auto w = grad({x * 2, (x * x).sum()}, {x}, {tensor({1.0, 0.0, 0.0}, kDouble), Tensor()});
  EXPECT_EQ(of(w[0]), (Doubles{4, 4, 6}));
}

TEST(GradFunction, ChecksItsCotangents) {
  const Tensor x = leaf();
  EXPECT_THROW(grad({x * 2}, {x}, {ones({2}, kDouble)}), Error);
  EXPECT_THROW(grad({x * 2}, {x}, {ones({1, 3}, kDouble)}), Error);
  EXPECT_THROW(grad({x * 2, x}, {x}, {ones({3}, kDouble)}), Error);
  EXPECT_THROW(grad({x * 2}, {x}, {Tensor()}), AutogradError);
  EXPECT_THROW(grad({}, {x}), Error);
  EXPECT_FALSE(x.grad().defined());
}

TEST(GradFunction, FreesTheGraphUnlessItIsToBeRetained) {
  const Tensor x = leaf();
  const Tensor loss = (x * x).sum();
  grad({loss}, {x}, {}, /*retain_graph=*/true);
  grad({loss}, {x});
  EXPECT_THROW(grad({loss}, {x}), AutogradError);
}

TEST(GradFunction, RetainsTheGraphWhereItCreatesOne) {
  const Tensor x = leaf();
  const Tensor loss = (x * x * x).sum();
  grad({loss}, {x}, {}, std::nullopt, /*create_graph=*/true);
  EXPECT_NO_THROW(grad({loss}, {x}));
}

TEST(GradFunction, WithCreateGraphGivesUndefinedWhereNothingDepends) {
  const Tensor x = leaf(), y = leaf();
  const auto g = grad({(x * y).sum()}, {x}, {}, std::nullopt, true);
  const auto second = grad({g[0].sum()}, {x, y}, {}, std::nullopt, false, /*allow_unused=*/true);
  EXPECT_FALSE(second[0].defined()) << "no zeros are made";
  EXPECT_EQ(of(second[1]), (Doubles{1, 1, 1}));
}

TEST(BackwardFunction, TakesSeveralRoots) {
  const Tensor x = leaf(), y = leaf();
  autograd::backward({(x * 2).sum(), x * y}, {Tensor(), tensor({1.0, 0.0, 1.0}, kDouble)});
  EXPECT_EQ(of(x.grad()), (Doubles{3, 2, 5}));
  EXPECT_EQ(of(y.grad()), (Doubles{1, 0, 3}));
}

TEST(BackwardFunction, TakesTheSameRootTwice) {
  const Tensor x = leaf();
  const Tensor y = (x * x).sum();
  autograd::backward({y, y});
  EXPECT_EQ(of(x.grad()), (Doubles{4, 8, 12}));
}

TEST(BackwardFunction, TakesARootThatStandsUnderAnother) {
  const Tensor x = leaf();
  const Tensor y = (x * x).sum(), z = y * 3;
  autograd::backward({z, y});
  EXPECT_EQ(of(x.grad()), (Doubles{8, 16, 24}));
}

TEST(BackwardFunction, ReachesTheGradOfALeafGivenAsARoot) {
  const Tensor x = leaf();
  autograd::backward({x}, {tensor({1.0, 2.0, 3.0}, kDouble)});
  EXPECT_EQ(of(x.grad()), (Doubles{1, 2, 3}));
}

TEST(BackwardFunction, RefusesInputsThatAreNoLeaves) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  EXPECT_THROW(autograd::backward({(y * y).sum()}, {}, std::nullopt, false, {y}), AutogradError);
  EXPECT_FALSE(x.grad().defined());
}

TEST(BackwardFunction, ChecksItsCotangents) {
  const Tensor x = leaf();
  EXPECT_THROW(autograd::backward({x * 2}, {ones({2}, kDouble)}), Error);
  EXPECT_THROW((x * 2).backward(ones({3, 1}, kDouble)), Error);
  EXPECT_FALSE(x.grad().defined());
}

}  // namespace
}  // namespace tapegrad::test
