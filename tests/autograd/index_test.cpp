// What indexing promises beyond values: what is a view, what t[i] = value writes to and with what dtype, what the tape
// refuses. Values and gradients stand in registry/index.cpp.
#include <gtest/gtest.h>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/index.h>

#include "oracle.h"

namespace tapegrad::test {
namespace {

using indexing::Ellipsis;
using indexing::None;
using indexing::Slice;
using Longs = std::vector<std::int64_t>;
using Floats = std::vector<float>;

Tensor counted(IntList sizes, Dtype d = kFloat) { return arange(zeros(sizes).numel()).to(d).reshape(sizes); }
Floats floats(const Tensor& x) { return x.to_vector<float>(); }

TEST(Index, WithoutIndexTensorsIsAView) {
  const Tensor x = counted({3, 4});
  for (const std::vector<TensorIndex>& indices :
       std::vector<std::vector<TensorIndex>>{{}, {"..."}, {None}, {0, 0}, {Slice()}, {0, Slice(None, None, 2), None}}) {
    const Tensor y = x.index(indices);
    EXPECT_FALSE(y.is_same(x));
    EXPECT_EQ(y.data_ptr(), x.data_ptr());
    const std::int64_t before = x.version();
    y.add_(0);
    EXPECT_EQ(x.version(), before + 1);
  }
  EXPECT_EQ(x.index({1, Slice(1)}).data_ptr<float>(), x.data_ptr<float>() + 5);
}

TEST(Index, WithIndexTensorsIsACopy) {
  const Tensor x = counted({3, 4});
  for (const std::vector<TensorIndex>& indices : std::vector<std::vector<TensorIndex>>{
           {tensor({0, 1, 2})}, {ones({3}, kBool)}, {Slice(), tensor({0, 1, 2, 3})}}) {
    x.index(indices).fill_(-1);
    EXPECT_EQ(floats(x), floats(counted({3, 4})));
    EXPECT_EQ(x.version(), 0);
  }
}

TEST(Index, PiecesAreViewsToo) {
  const Tensor x = counted({4, 2});
  x.split(2).at(1).fill_(-1);
  EXPECT_EQ(floats(x), (Floats{0, 1, 2, 3, -1, -1, -1, -1}));
  x.chunk(2, 1).at(0).fill_(7);
  EXPECT_EQ(floats(x), (Floats{7, 1, 7, 3, 7, -1, 7, -1}));
  x.unbind().at(0).fill_(5);
  EXPECT_EQ(floats(x), (Floats{5, 5, 7, 3, 7, -1, 7, -1}));
  x.diagonal(-1).fill_(0);
  EXPECT_EQ(floats(x), (Floats{5, 5, 0, 3, 7, 0, 7, -1}));
  EXPECT_EQ(unbind(zeros({0, 3})).size(), 0U);
  EXPECT_EQ(chunk(zeros({0, 3}), 3).size(), 3U);
  EXPECT_EQ(chunk(zeros({6}), 4).size(), 3U);
  EXPECT_EQ(split(zeros({5}), 2).size(), 3U);
  EXPECT_EQ(split(zeros({0}), 2).size(), 1U);
}

TEST(Index, ArrangedCopiesShareNothing) {
  const Tensor x = counted({2, 2});
  for (const Tensor& y : {repeat(x, {1, 1}), flip(x, {}), pad(x, {}), pad(x, {0, 0}), tril(x, 5), triu(x, -5)}) {
    y.fill_(-1);
    EXPECT_EQ(floats(x), floats(counted({2, 2})));
  }
}

TEST(IndexPut, WritesThroughStridesAndOffsets) {
  const Tensor base = zeros({3, 4});
  const Tensor x = base.t().narrow(0, 1, 2);  // columns 1 and 2 of base, as rows
  x.index_put_({tensor({1, 0}), tensor({0, -1})}, tensor({5.0F, 6.0F}));
  EXPECT_EQ(floats(base), (Floats{0, 0, 5, 0, 0, 0, 0, 0, 0, 6, 0, 0}));
  x[1][1] = 7;
  x[0] = tensor({1.0F, 2.0F, 3.0F});
  EXPECT_EQ(floats(base), (Floats{0, 1, 5, 0, 0, 2, 7, 0, 0, 3, 0, 0}));
  x.scatter_(0, tensor({{0, 1, 0}}), 9);
  EXPECT_EQ(floats(base), (Floats{0, 9, 5, 0, 0, 2, 9, 0, 0, 9, 0, 0}));
  x.scatter_add_(1, tensor({{0}, {0}}), ones({2, 1}));
  EXPECT_EQ(floats(base), (Floats{0, 10, 6, 0, 0, 2, 9, 0, 0, 9, 0, 0}));
  x.masked_fill_(x.eq(9), -1);
  EXPECT_EQ(floats(base), (Floats{0, 10, 6, 0, 0, 2, -1, 0, 0, -1, 0, 0}));
  EXPECT_EQ(base.version(), 6);
}

TEST(IndexPut, KeepsTheDtypeOfWhatItWritesTo) {
  const Tensor n = tensor({1, 2, 3});
  n[0] = tensor(7.9F);
  n[1] = -2.5;
  n.index_put_({tensor({2, 2})}, tensor({1.0, 2.0}, kDouble), true);
  EXPECT_EQ(n.dtype(), kLong);
  EXPECT_EQ(n.to_vector<std::int64_t>(), (Longs{7, -2, 6}));
  const Tensor b = zeros({2}, kBool);
  b[1] = 3;
  EXPECT_EQ(b.to_vector<bool>(), (std::vector<bool>{false, true}));
  const Tensor x = zeros({2}, kDouble);
  x.index_put_({ones({2}, kBool)}, tensor({1, 2}));
  EXPECT_EQ(x.to_vector<double>(), (std::vector<double>{1, 2}));
}

TEST(IndexPut, ReadsAValueThatSharesItsBytesBeforeItWrites) {
  const Tensor x = counted({5});
  x.index_put_({Slice(1)}, x.index({Slice(None, -1)}));
  EXPECT_EQ(floats(x), (Floats{0, 0, 1, 2, 3}));
  x.index_put_({"..."}, x.flip({0}));
  EXPECT_EQ(floats(x), (Floats{3, 2, 1, 0, 0}));
  x.scatter_(0, tensor({1, 2, 3, 4}), x.narrow(0, 0, 4));
  EXPECT_EQ(floats(x), (Floats{3, 3, 2, 1, 0}));
  x.scatter_add_(0, tensor({1, 2, 3, 4}), x.narrow(0, 0, 4));
  EXPECT_EQ(floats(x), (Floats{3, 6, 5, 3, 1}));
  const Tensor i = tensor({1, 2, 0});
  i.index_put_({i}, i);
  EXPECT_EQ(i.to_vector<std::int64_t>(), (Longs{0, 1, 2}));
  const Tensor j = tensor({2, 0, 1});
  j.scatter_(0, j, j);
  EXPECT_EQ(j.to_vector<std::int64_t>(), (Longs{0, 1, 2}));
  const Tensor m = counted({2, 2});
  m[0] = m[1];
  EXPECT_EQ(floats(m), (Floats{2, 3, 2, 3}));
}

// As PyTorch, where a mask is the only index tensor: one element, of any dims.
TEST(IndexPut, FillsWhatAMaskChoosesWithOneElement) {
  Tensor x = zeros({3});
  x.index_put_({x == 0}, full({1, 1}, 2));
  EXPECT_EQ(floats(x), (Floats{2, 2, 2}));
  x.index_put_({x == 5}, full({1, 1}, 7));  // no place
  EXPECT_EQ(floats(x), (Floats{2, 2, 2}));
  EXPECT_THROW(x.index_put_({x == 2}, full({1, 1}, 7), /*accumulate=*/true), ShapeError);
  EXPECT_THROW(x.index_put_({tensor({0})}, full({1, 1}, 7)), ShapeError);
  EXPECT_THROW(x.index_put_({Slice(0, 2)}, full({1, 1, 2}, 7)), ShapeError);
}

TEST(IndexPut, ChangesNothingWhereItThrows) {
  const Tensor x = counted({2, 3});
  EXPECT_THROW(x.index_put_({tensor({0, 2})}, 1), IndexError);
  EXPECT_THROW(x.index_put_({tensor({0, 1})}, zeros({2})), ShapeError);
  EXPECT_THROW(x.scatter_(0, tensor({{0, 5}}), 1), IndexError);
  EXPECT_THROW(x.scatter_add_(1, tensor({{0, -1}}), ones({1, 2})), IndexError);
  EXPECT_THROW(x.masked_fill_(zeros({2, 2}, kBool), 1), ShapeError);
  EXPECT_EQ(floats(x), floats(counted({2, 3})));
  EXPECT_EQ(x.version(), 0);
}

TEST(IndexPut, RefusesElementsThatShareOnePlace) {
  const Tensor x = zeros({1}).expand(3);
  EXPECT_THROW(x.index_put_({tensor({0})}, 1), ShapeError);
  EXPECT_THROW(x[0] = 1, ShapeError);
  EXPECT_THROW(x.scatter_(0, tensor({0}), 1), ShapeError);
  EXPECT_THROW(x.scatter_add_(0, tensor({0}), ones({1})), ShapeError);
  EXPECT_THROW(x.masked_fill_(ones({3}, kBool), 1), ShapeError);
}

TEST(IndexPut, IsFoundOutWhereAValueWasSaved) {
  const Tensor x = counted({3}, kDouble).requires_grad_();
  for (const bool item : {true, false}) {
    const Tensor y = x.mul(2);
    const Tensor z = y.square();
    if (item)
      y[1] = 5;
    else
      y.index_put_({tensor({1})}, 5);
    EXPECT_THROW(z.sum().backward(), AutogradError);
  }
}

TEST(IndexPut, IsFoundOutWhereTheIndexIsChanged) {
  const Tensor x = counted({3}, kDouble).requires_grad_();
  const Tensor i = tensor({0, 1, 1});
  const Tensor picked = x.index({i}), gathered = gather(x, 0, i);
  i.fill_(2);
  for (const Tensor& y : {picked, gathered}) {  // either by its version, or by a copy of its own
    x.zero_grad();
    try {
      y.sum().backward();
      EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{1, 2, 0}));
    } catch (const AutogradError&) {
    }
  }
}

TEST(IndexPut, RecordsOnWhatOwnsItsBytesAndRefusesViews) {
  const Tensor x = counted({2, 2}, kDouble).requires_grad_();
  const Tensor v = tensor({10.0, 20.0}, kDouble).requires_grad_();
  const Tensor y = x.mul(3);
  y[0] = v;
  y[1][0] = v[1];
  y.index_put_({1, 1}, v[0] * 2, true);
  EXPECT_EQ(y.to_vector<double>(), (std::vector<double>{10, 20, 20, 29}));
  y.sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{0, 0, 0, 3}));
  EXPECT_EQ(v.grad().to_vector<double>(), (std::vector<double>{3, 2}));
  EXPECT_THROW(x.mul(3).t().index_put_({0}, v), AutogradError);
  EXPECT_THROW(x[0] = v, AutogradError);
  const Tensor constant = zeros({2}, kDouble);
  constant[0] = v[1];
  EXPECT_TRUE(constant.requires_grad());
  const NoGradGuard guard;
  x[0] = v;
  EXPECT_EQ(x.detach().to_vector<double>(), (std::vector<double>{10, 20, 2, 3}));
}

TEST(Index, NamedItemsAreRebound) {
  const Tensor x = counted({2, 2});
  auto row = x[0];
  row = x[1];
  EXPECT_EQ(floats(x), floats(counted({2, 2})));
  EXPECT_EQ(floats(row), (Floats{2, 3}));
  Tensor other = x[0];
  other = zeros({2});
  EXPECT_EQ(floats(x), floats(counted({2, 2})));
}

// NumPy's dims: PyTorch 1.13 slices a dim that the mask has taken.
TEST(Index, ASliceAfterAMaskOfTwoDimsCutsTheDimAfterThem) {
  const Tensor x = counted({2, 3, 4});
  const Tensor y = x.index({ones({2, 3}, kBool), Slice(1, 3)});
  EXPECT_EQ(shape_of(y), (Shape{6, 2}));
  EXPECT_TRUE(same_bits(y, x.view({6, 4}).narrow(1, 1, 2)));
}

TEST(Index, ABoolWithoutDimsMakesADimOfSizeOneOrZero) {
  const Tensor x = counted({2, 3});
  EXPECT_EQ(shape_of(x.index({tensor(true)})), (Shape{1, 2, 3}));
  EXPECT_EQ(shape_of(x.index({tensor(false)})), (Shape{0, 2, 3}));
  EXPECT_EQ(floats(x.index({true})), floats(x));
  EXPECT_EQ(shape_of(x.index({false})), (Shape{0, 2, 3}));
  EXPECT_EQ(floats(x.index({1, true})), (Floats{3, 4, 5}));
  EXPECT_EQ(shape_of(x.index({Slice(), true})), (Shape{2, 1, 3}));
  EXPECT_EQ(floats(x.index({true, tensor({1, 0}), 2})), (Floats{5, 2}));
  EXPECT_EQ(shape_of(x.index({false, tensor({1})})), (Shape{0, 3}));
  EXPECT_EQ(shape_of(tensor(3.0f).index({true})), (Shape{1}));
  x.index_put_({false}, 7);
  EXPECT_EQ(floats(x), floats(counted({2, 3})));
  x.index_put_({tensor(true), 0}, 7);
  EXPECT_EQ(floats(x), (Floats{7, 7, 7, 3, 4, 5}));
}

std::string index_error(const Tensor& x, const std::vector<TensorIndex>& indices) {
  try {
    x.index(indices);
  } catch (const IndexError& e) {
    return e.what();
  }
  return "";
}

TEST(Index, NamesTheDimsOfTheIndexedTensor) {
  const Tensor x = counted({2, 5, 10});
  const auto says = [&](const std::vector<TensorIndex>& indices, const std::string& sentence) {
    const std::string error = index_error(x, indices);
    EXPECT_NE(error.find(sentence), std::string::npos) << error;
  };
  says({0, 5}, "index 5 is out of bounds for dimension 1 with size 5");
  says({0, None, 1, -11}, "index -11 is out of bounds for dimension 2 with size 10");
  says({0, "...", 10}, "index 10 is out of bounds for dimension 2 with size 10");
  says({true, 2}, "index 2 is out of bounds for dimension 0 with size 2");
  says({0, tensor({0, 7})}, "index 7 is out of bounds for dimension 1 with size 5");
  says({0, tensor({true, false})},
       "The shape of the mask [2] at index 1 does not match the shape of the indexed tensor [2, 5, 10]");
}

TEST(Index, WritingToElementsOfOneMemoryLocationIsRefusedInFillsWords) {
  const auto error = [](auto write) -> std::string {
    try {
      write(zeros({1}).expand({3}));
    } catch (const ShapeError& e) {
      return e.what();
    }
    return "";
  };
  for (const std::string& text : {error([](const Tensor& x) { x[0] = 5; }), error([](const Tensor& x) { x.fill_(5); }),
                                  error([](const Tensor& x) {
                                    x.index_put_({tensor({0, 1})}, 5);
                                  })})
    EXPECT_NE(text.find("more than one element of the written-to tensor refers to a single memory location"),
              std::string::npos)
        << text;
  EXPECT_NE(error([](const Tensor&) { zeros({3})[0] = ones({2}); }).find("shape mismatch"), std::string::npos);
}

TEST(Einsum, SumsWholeNumbersAndShowsViews) {
  const Tensor x = counted({2, 3}, kLong);
  EXPECT_EQ(einsum("ij->j", {x}).to_vector<std::int64_t>(), (Longs{3, 5, 7}));
  EXPECT_EQ(einsum("ij->ji", {x}).data_ptr(), x.data_ptr());
  EXPECT_THROW(einsum("ij,kj->ik", {x, x}), DtypeError);  // as matmul
}

// --- assignment: a named tensor is rebound, an unnamed one is written through

TEST(Assignment, ThroughAnIndexWrites) {
  using indexing::Slice;
  const Tensor angle = arange(6).to(kDouble).view({3, 2});
  Tensor x = zeros({3, 4}, kDouble);  // a positional encoding
  x.index({Slice(), Slice(0, indexing::None, 2)}) = angle.sin();
  x.index({Slice(), Slice(1, indexing::None, 2)}) = angle.cos();
  EXPECT_TRUE(x.slice(1, 0, std::nullopt, 2).equal(angle.sin()));
  EXPECT_TRUE(x.slice(1, 1, std::nullopt, 2).equal(angle.cos()));
  x.index({x.lt(0)}) = 0;
  EXPECT_EQ(x.lt(0).sum().item<int>(), 0);
  x.index({tensor({0, 2}), 1}) = tensor({5.0, 6.0}, kDouble);
  EXPECT_EQ(x.select(1, 1).index({tensor({0, 2})}).to_vector<double>(), (std::vector<double>{5, 6}));
  x.index({1})[2] = 7;
  EXPECT_EQ((x[1][2].item<double>()), 7);
  const Tensor turned = x.t();
  turned.index({2, 1}) = 8.0;
  EXPECT_EQ((x[1][2].item<double>()), 8);
}

TEST(Assignment, ThroughAViewWrites) {
  Tensor x = zeros({2, 3});
  x.slice(1, 0, 2) = ones({2});
  x.narrow(0, 1, 1) = 5;
  x.select(1, 2) = tensor({7, 8});
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{1, 1, 7, 5, 5, 8}));
  EXPECT_EQ(x.version(), 3);
  x.transpose(0, 1) = zeros({3, 2});
  EXPECT_EQ(x.abs().sum().item<float>(), 0);
}

TEST(Assignment, ThroughDataWritesUnseenByTheTape) {
  const Tensor p = ones({2}).requires_grad_();
  const Tensor y = (p * p).sum();
  p.data() = p.data() - 0.5;  // a hand-written step
  EXPECT_EQ(p.to_vector<float>(), (std::vector<float>{0.5, 0.5}));
  EXPECT_EQ(p.version(), 0);
  y.backward();
  EXPECT_EQ(p.grad().to_vector<float>(), (std::vector<float>{1, 1})) << "as libtorch";
  p.detach() = 3;
  EXPECT_EQ(p.version(), 1);
}

TEST(Assignment, ThroughAnIndexIsDifferentiable) {
  const Tensor w = tensor({1.0, 2.0, 3.0}, kDouble).requires_grad_();
  Tensor x = zeros({2, 3}, kDouble);
  x.index({1, indexing::Slice(1, indexing::None)}) = w.index({indexing::Slice(0, 2)}) * 2;
  x.index({tensor({0, 0}), tensor({0, 2})}) = w[2];
  (x * x).sum().backward();
  EXPECT_EQ(w.grad().to_vector<double>(), (std::vector<double>{8, 16, 12}));
}

TEST(Assignment, ThroughAViewThatIsRecordedThrows) {
  const Tensor w = ones({3}, kDouble).requires_grad_();
  Tensor x = zeros({2, 3}, kDouble);
  EXPECT_THROW(x.slice(0, 0, 1) = w, AutogradError);
  EXPECT_THROW(w.slice(0, 0, 1) = x, Error);
  EXPECT_EQ(x.sum().item<double>(), 0);
}

TEST(Assignment, ToATemporaryThrows) {
  const Tensor x = zeros({2, 3});
  EXPECT_THROW(x.clone() = ones({2, 3}), ValueError);
  EXPECT_THROW(x.to(kDouble) = 3, ValueError);
  EXPECT_THROW(Tensor() = x, AutogradError);
  x.view({6}) = 1;
  EXPECT_EQ(x.sum().item<float>(), 6);
}

TEST(Assignment, ToANameRebinds) {
  const Tensor x = zeros({2}), y = ones({2});
  Tensor a = x, b = y;
  a = b;
  EXPECT_TRUE(a.is_same(y));
  auto item = x[0];
  item = y;
  auto part = x.index({0});
  part = y;
  std::vector<Tensor> list{x, y, x};
  list.erase(list.begin());
  EXPECT_TRUE(list[0].is_same(y));
  std::swap(a, list[1]);
  EXPECT_TRUE(a.is_same(x));
  std::tie(a, b) = std::make_tuple(y, x);
  EXPECT_TRUE(b.is_same(x));
  EXPECT_TRUE(std::exchange(b, y).is_same(x));
  EXPECT_EQ(x.sum().item<float>(), 0) << "nothing was written";
  static_assert(std::is_nothrow_move_assignable_v<Tensor>);
}

TEST(IndexPut, OfAnOverlappingPartReadsTheOldValues) {
  const Tensor x = arange(6);
  x.index_put_({indexing::Slice(2, 5)}, x.slice(0, 1, 4));
  EXPECT_EQ(x.to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 1, 1, 2, 3, 5}));
}

}  // namespace
}  // namespace tapegrad::test
