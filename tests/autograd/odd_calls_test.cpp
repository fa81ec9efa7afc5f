// Calls that fuzzing, or a user, found to be answered wrongly, or not at all.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {
namespace {

using Ints = std::vector<std::int64_t>;
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

struct WrongPlace : autograd::Function<WrongPlace> {
  static Tensor forward(autograd::AutogradContext*, const Tensor& x, int n) { return x * n; }
  static autograd::tensor_list backward(autograd::AutogradContext*, autograd::tensor_list grads) {
    return {Tensor(), grads[0]};
  }
};

TEST(Function, RefusesAGradientOfWhatIsNoTensor) {
  const Tensor x = ones({2}, requires_grad());
  try {
    WrongPlace::apply(x, 3).sum().backward();
    ADD_FAILURE();
  } catch (const AutogradError& e) {
    EXPECT_NE(std::string(e.what()).find("a gradient that is defined at position 2"), std::string::npos) << e.what();
  }
  EXPECT_FALSE(x.grad().defined());
}

TEST(Function, IsNamedByItsClass) {
  const Tensor y = WrongPlace::apply(ones({2}, requires_grad()), 3);
  EXPECT_EQ(y.grad_fn()->name(), "WrongPlaceBackward");
  EXPECT_EQ(y.grad_fn()->next_functions()[0]->name(), "WrongPlaceBackward");
}

TEST(Repeat, RefusesMoreCountsThanATensorHasDims) { EXPECT_THROW(arange(2).repeat(Ints(20, 1)), ShapeError); }
TEST(Repeat, RefusesCountsThatOverflow) {
  EXPECT_THROW(arange(2).repeat({kMax}), ShapeError);
  EXPECT_THROW(arange(2).repeat({kMax / 2 + 1}), ShapeError);
  EXPECT_THROW(arange(2).repeat({std::int64_t{1} << 32, std::int64_t{1} << 32}), ShapeError);
  EXPECT_THROW(arange(2).repeat({-1}), ShapeError);
}
TEST(Repeat, GivesAnEmptyTensorAnySize) {
  EXPECT_EQ(zeros({0, 1}).repeat({3, std::int64_t{1} << 40}).sizes(), (IntList{0, std::int64_t{1} << 40}));
}
TEST(Repeat, OfNothingAllocatesNothingOnTheWay) {
  EXPECT_EQ(arange(2).repeat({std::int64_t{1} << 45, 0}).sizes(), (IntList{std::int64_t{1} << 45, 0}));
  EXPECT_EQ(arange(2).repeat({0, 3}).sizes(), (IntList{0, 6}));
}
TEST(Repeat, GivesATensorThatOwnsItsBytes) {
  const Tensor x = ones({2}, kDouble).requires_grad_();
  const Tensor y = x.repeat({1});
  y.add_(x);
  y.sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{2, 2}));
}

TEST(Flip, RefusesADimTwice) {
  EXPECT_THROW(arange(3).flip({0, 0}), ShapeError);
  EXPECT_THROW(ones({2, 3}).flip({1, -1}), ShapeError);
}

TEST(Pad, RefusesPadsThatOverflow) {
  EXPECT_THROW(pad(arange(3), {kMin, 0}), ShapeError);
  EXPECT_THROW(pad(arange(3), {kMin, kMin}), ShapeError);
  EXPECT_THROW(pad(arange(3), {-3, -1}), ShapeError);
  EXPECT_THROW(pad(arange(3), {kMax, kMax}), ShapeError);
  EXPECT_EQ(pad(arange(3), {-2, -1}).numel(), 0);
  const std::int64_t n = std::int64_t{1} << 45;
  EXPECT_THROW(pad(ones({2, 3}), {n, 0, n, 0}), ShapeError);
  EXPECT_EQ(pad(ones({2, 3}), {n, 0, -1, -1}).sizes(), (IntList{0, n + 3}));
}

TEST(Diagonal, TakesAnyOffset) {
  const Tensor x = ones({2, 3});
  for (const std::int64_t offset : {kMin, kMin + 1, std::int64_t{-2}, std::int64_t{3}, kMax})
    EXPECT_EQ(x.diagonal(offset).numel(), 0);
  EXPECT_EQ(x.diagonal(2).numel(), 1);
  EXPECT_EQ(x.diagonal(-1).numel(), 1);
}

TEST(Chunk, TakesAnyNumberOfChunks) {
  EXPECT_EQ(arange(3).chunk(kMax).size(), 3);
  EXPECT_THROW(zeros({0}).chunk(kMax), ShapeError);
  EXPECT_EQ(arange(5).chunk(2)[0].numel(), 3);
}

TEST(OneHot, RefusesNegativeNumbersOfClassesButMinusOne) {
  EXPECT_THROW(one_hot(arange(3), -2), IndexError);
  EXPECT_THROW(one_hot(arange(3), kMin), IndexError);
  EXPECT_EQ(one_hot(arange(3), -1).size(1), 3);
}
TEST(OneHot, RefusesAClassWithoutASuccessor) { EXPECT_THROW(one_hot(full({1}, kMax)), ShapeError); }

TEST(Arange, ReachesTheEndsOfInt64) {
  EXPECT_EQ(arange(kMin, kMax, kMax / 2 + 1).to_vector<std::int64_t>(),
            (std::vector<std::int64_t>{kMin, kMin / 2, 0, kMax / 2 + 1}));
  EXPECT_EQ(arange(kMax - 3, kMax).to_vector<std::int64_t>(),
            (std::vector<std::int64_t>{kMax - 3, kMax - 2, kMax - 1}));
  EXPECT_THROW(arange(kMax - 1, kMax, -1), ShapeError);
}

TEST(IndexSelect, TakesOneIndexIntoANumber) {
  const Tensor x = full({}, 7);
  EXPECT_EQ(x.index_select(0, zeros({1}, kLong)).item<std::int64_t>(), 7);
  EXPECT_THROW(x.index_select(0, zeros({0}, kLong)), IndexError);
  EXPECT_THROW(x.index_select(0, zeros({2}, kLong)), IndexError);
  EXPECT_THROW(x.index_select(1, zeros({1}, kLong)), IndexError);
}

TEST(IndexAdd, RefusesASourceThatWouldBroadcast) {
  const Tensor x = zeros({1, 3}), rows = zeros({2}, kLong);
  EXPECT_THROW(x.index_add(0, rows, ones({2, 1})), ShapeError);
  EXPECT_THROW(x.index_add(1, rows, ones({4, 2})), ShapeError);
  EXPECT_THROW(x.index_add(1, rows, ones({2})), ShapeError);
  EXPECT_EQ(x.index_add(0, rows, ones({2, 3})).to_vector<double>(), (std::vector<double>{2, 2, 2}));
}

TEST(Cat, ChecksTheDimOfEmptyVectorsToo) {
  const Tensor none = zeros({0}, kLong);
  EXPECT_THROW(cat({none, none}, 1), IndexError);
  EXPECT_EQ(cat({none, zeros({0}, kDouble)}).dtype(), kDouble);
}
TEST(Cat, KeepsEmptyVectorsOnTheTape) {
  const Tensor x = zeros({0}, kDouble).requires_grad_();
  cat({x, zeros({2}, kDouble)}).sum().backward();
  EXPECT_EQ(x.grad().numel(), 0);
  cat({x, zeros({0}, kDouble)}).sum().backward();
}

TEST(Prod, ChecksTheDimOfANumberToo) {
  EXPECT_THROW(full({}, 2.0).prod(1), IndexError);
  EXPECT_EQ(full({}, 2.0).prod(-1).item<double>(), 2);
}
TEST(Prod, OfOneElementSharesNoBytes) {
  const Tensor x = full({1}, 2.0);
  const Tensor dropped = x.prod(0), kept = x.prod(0, true);
  x.fill_(3);
  EXPECT_EQ(dropped.item<double>(), 2);
  EXPECT_EQ(kept.item<double>(), 2);
}
TEST(Prod, OfNothingIsAOneOnTheTape) {
  const Tensor x = zeros({2, 0}, kDouble).requires_grad_();
  const Tensor p = x.prod(1);
  EXPECT_EQ(p.to_vector<double>(), (std::vector<double>{1, 1}));
  p.sum().backward();
  EXPECT_EQ(x.grad().sizes(), (IntList{2, 0}));
}

TEST(NllLoss, OfNoClassesIgnoresAllRows) {
  const Tensor x = zeros({2, 0, 3}, kDouble), y = full({2, 3}, -100);
  EXPECT_EQ(nll_loss(x, y, undefined(), kNone).to_vector<double>(), std::vector<double>(6, 0));
  EXPECT_EQ(nll_loss(x, y, zeros({0}, kDouble), kNone).to_vector<double>(), std::vector<double>(6, 0));
  EXPECT_THROW(nll_loss(x, full({2, 3}, 0)), IndexError);
}

TEST(Einsum, RefusesDigitsAsLabels) {
  EXPECT_THROW(einsum("0->0", {ones({2})}), ShapeError);
  EXPECT_THROW(einsum("...->0", {ones({2})}), ShapeError);
  EXPECT_THROW(einsum("i", {}), ShapeError);
}
TEST(Einsum, RefusesProductsOfTooManyDims) {
  const Tensor x = ones(Ints(8, 1), kDouble);
  EXPECT_THROW(einsum("abcdefgh,ijklmnop", {x, x}), ShapeError);
  EXPECT_THROW(einsum("abcdefgh,ijklmnop,abcdefgh->ijklmnop", {x, x, x}), ShapeError);
}
TEST(Einsum, RefusesEmptyProductsThatOverflow) {
  const std::int64_t n = std::int64_t{1} << 40;
  const Tensor x = zeros({n, 1, 0}, kDouble), y = zeros({1, n, 0}, kDouble);
  EXPECT_THROW(einsum("ijk,ijk->ijk", {x, y}), ShapeError);
}

TEST(Index, WithoutIndicesGivesAView) {
  const Tensor x = ones({2}, kDouble).requires_grad_();
  const NoGradGuard no_grad;
  const Tensor all = x.index({}), dots = x.index({"..."});
  EXPECT_FALSE(all.is_same(x));
  EXPECT_FALSE(all.requires_grad());
  EXPECT_FALSE(dots.requires_grad());
  EXPECT_EQ(all.data_ptr(), x.data_ptr());
}

// What is read must be what was there before.
TEST(Scatter, OfATensorIntoItselfReadsItFirst) {
  const Tensor back = arange(2, -1, -1), x = arange(3);
  x.scatter_(0, back, x);
  EXPECT_EQ(x.to_vector<std::int64_t>(), (std::vector<std::int64_t>{2, 1, 0}));
}
TEST(Scatter, OfAViewIntoItsTensorReadsItFirst) {
  const Tensor x = arange(4);
  x.scatter_add_(0, arange(3, 0, -1), x.slice(0, 0, 3));
  EXPECT_EQ(x.to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 3, 3, 3}));
}
TEST(IndexPut, OfATensorIntoItselfReadsItFirst) {
  const Tensor x = arange(3);
  x.index_put_({arange(2, -1, -1)}, x);
  EXPECT_EQ(x.to_vector<std::int64_t>(), (std::vector<std::int64_t>{2, 1, 0}));
}

TEST(WrongDtypes, AreRefusedWhereTheyWouldLoseSomething) {
  EXPECT_THROW(pow(arange(3), -1), DtypeError);
  EXPECT_THROW(mse_loss(arange(3), arange(3)), DtypeError);
  EXPECT_THROW(arange(3).clamp_(0.5), DtypeError);
  EXPECT_THROW(arange(3).mutable_grad(), DtypeError);
  EXPECT_THROW(nll_loss(zeros({2, 3}, kDouble), zeros({2}, kLong), ones({3})), DtypeError);
}
TEST(WrongShapes, AreRefusedByLossesBlobsAndDetach) {
  float bytes[4] = {};
  EXPECT_THROW(from_blob(bytes, {2, 2}, IntList{2}), ShapeError);
  EXPECT_THROW(cross_entropy(ones({}), zeros({}, kLong)), ShapeError);
  const Tensor x = ones({4}).requires_grad_();
  EXPECT_THROW((x * 2).view({2, 2}).detach_(), AutogradError);
}

TEST(Positions, AreNotMadeWhereNothingIsPickedFromHugeSizes) {
  const std::int64_t huge = std::int64_t{1} << 40;
  const Tensor x = zeros({huge, 0}), none = zeros({huge, 0}, kLong), one = zeros({1}, kLong);
  EXPECT_EQ(x.gather(1, none).sizes(), IntList({huge, 0}));
  EXPECT_EQ(x.scatter(1, none, x).sizes(), IntList({huge, 0}));
  EXPECT_THROW(zeros({2, 2}).gather(1, zeros({1}, kLong).expand({huge, 1})), ShapeError);
  EXPECT_EQ(zeros({0, huge, 3}).index({indexing::Slice(), indexing::Slice(), one}).sizes(), IntList({0, huge, 1}));
  EXPECT_EQ(zeros({0, 3, huge}).index({indexing::Slice(), one}).sizes(), IntList({0, 1, huge}));
}

TEST(Repeat, OfNothingTakesAnyCounts) {
  EXPECT_EQ(zeros({2, 2, 2, 0}).repeat({4, 4, 0, kMax}).sizes(), IntList({8, 8, 0, 0}));
}
TEST(Index, RefusesResultsOfTooManyDims) {
  EXPECT_THROW(zeros({1, 1, 1, 1, 1, 1, 1, 1}).index({zeros({1, 1, 1, 1, 1, 1, 1, 1}, kLong)}), ShapeError);
}

}  // namespace
}  // namespace tapegrad::test
