// The tensor itself: shape, bytes, elements, views, reading numbers out.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

#include "oracle.h"

namespace tapegrad::test {
namespace {

using Floats = std::vector<float>;

// --- shape

TEST(Tensor, KnowsItsShape) {
  const Tensor x = zeros({2, 3, 4});
  EXPECT_EQ(x.dim(), 3);
  EXPECT_EQ(x.numel(), 24);
  EXPECT_EQ(x.sizes(), (IntList{2, 3, 4}));
  EXPECT_EQ(x.strides(), (IntList{12, 4, 1}));
  EXPECT_EQ(x.size(0), 2);
  EXPECT_EQ(x.size(-1), 4);
  EXPECT_EQ(x.stride(-3), 12);
  EXPECT_TRUE(x.is_contiguous());
  EXPECT_EQ(x.dtype(), kFloat);
  EXPECT_EQ(x.scalar_type(), kFloat);
  EXPECT_EQ(x.element_size(), 4);
  EXPECT_TRUE(x.is_floating_point());
  EXPECT_EQ(x.transpose(0, 2).sizes(), (IntList{4, 3, 2}));
}

TEST(Tensor, OfRankZeroHasOneElement) {
  const Tensor x = zeros({});
  EXPECT_EQ(x.dim(), 0);
  EXPECT_EQ(x.numel(), 1);
  EXPECT_TRUE(x.sizes().empty());
  EXPECT_TRUE(x.is_contiguous());
}

TEST(Tensor, MayBeOfRankEight) {
  const Tensor x = ones({1, 2, 1, 2, 1, 2, 1, 2});
  EXPECT_EQ(x.dim(), 8);
  EXPECT_EQ((x * 2).sum().item<float>(), 32);
  EXPECT_EQ(x.permute({7, 6, 5, 4, 3, 2, 1, 0}).sizes(), (IntList{2, 1, 2, 1, 2, 1, 2, 1}));
}

TEST(Tensor, WithoutElementsIsATensor) {
  const Tensor x = zeros({2, 0, 3});
  EXPECT_EQ(x.numel(), 0);
  EXPECT_TRUE(x.defined());
  EXPECT_TRUE(x.is_contiguous());
  EXPECT_EQ(x.sum().item<float>(), 0);
  EXPECT_EQ(x.to_vector<float>().size(), 0U);
}

TEST(Tensor, IsUndefinedUntilItIsMade) {
  Tensor x;
  EXPECT_FALSE(x.defined());
  EXPECT_FALSE(undefined().defined());
  EXPECT_TRUE(x.is_same(undefined()));
  x = ones({2});
  EXPECT_TRUE(x.defined());
  x.reset();
  EXPECT_FALSE(x.defined());
}

TEST(Tensor, KnowsWhetherItIsContiguous) {
  const Tensor x = zeros({3, 4});
  EXPECT_FALSE(x.t().is_contiguous());
  EXPECT_TRUE(x.t().contiguous().is_contiguous());
  EXPECT_TRUE(x.narrow(0, 1, 2).is_contiguous());
  EXPECT_FALSE(x.narrow(1, 1, 2).is_contiguous());
  EXPECT_FALSE(ones({1, 3}).expand({2, 3}).is_contiguous());
  EXPECT_TRUE(zeros({1, 4}).t().is_contiguous()) << "strides of single elements do not matter";
  EXPECT_TRUE(x.contiguous().is_same(x)) << "nothing to do";
}

// --- handles and views

TEST(Tensor, IsSharedByCopiesOfTheHandle) {
  const Tensor x = zeros({2});
  const Tensor y = x;
  y.add_(1);
  EXPECT_TRUE(x.is_same(y));
  EXPECT_EQ(x.to_vector<float>(), (Floats{1, 1}));
  Tensor moved = std::move(const_cast<Tensor&>(y));
  EXPECT_TRUE(moved.is_same(x));
}

TEST(Tensor, SharesItsBytesWithViews) {
  const Tensor x = arange(0, 6, 1.0).view({2, 3});
  const auto shares = [&](const Tensor& v) { return v.data_ptr() == x.data_ptr(); };
  EXPECT_TRUE(shares(x.t()));
  EXPECT_TRUE(shares(x.view(6)));
  EXPECT_TRUE(shares(x.reshape({3, 2})));
  EXPECT_TRUE(shares(x.flatten()));
  EXPECT_TRUE(shares(x.unsqueeze(0)));
  EXPECT_TRUE(shares(x.unsqueeze(0).squeeze()));
  EXPECT_TRUE(shares(x.permute({1, 0})));
  EXPECT_TRUE(shares(x.expand({4, 2, 3})));
  EXPECT_TRUE(shares(x.narrow(0, 0, 1)));
  EXPECT_TRUE(shares(x.select(0, 0)));
  EXPECT_TRUE(shares(x.slice(1, 0, 3, 2)));
  EXPECT_TRUE(shares(x.detach()));
  EXPECT_TRUE(shares(x.data()));
  EXPECT_TRUE(shares(x.to(kFloat)));
  EXPECT_EQ(x.select(0, 1).data_ptr<float>(), x.data_ptr<float>() + 3);
  EXPECT_FALSE(shares(x.clone()));
  EXPECT_FALSE(shares(x.t().reshape({6})));
  EXPECT_FALSE(shares(x.t().contiguous()));
  EXPECT_FALSE(shares(x.to(kDouble)));
}

TEST(Tensor, IsWrittenThroughItsViews) {
  const Tensor x = zeros({2, 3});
  x.t()[2].fill_(5);
  x.narrow(1, 0, 1).add_(1);
  x.slice(1, 0, 3, 2).mul_(2);
  EXPECT_EQ(x.to_vector<float>(), (Floats{2, 0, 10, 2, 0, 10}));
  EXPECT_EQ(x.version(), 3);
}

TEST(Tensor, LivesInItsViewsAfterItsHandleIsGone) {
  Tensor view;
  {
    const Tensor x = full({100}, 7.0);
    view = x.narrow(0, 50, 2);
  }
  EXPECT_EQ(view.to_vector<float>(), (Floats{7, 7}));
}

TEST(Tensor, ThatIsExpandedMayNotBeWritten) {
  const Tensor x = ones({1, 3}).expand({2, 3});
  EXPECT_THROW(x.add_(1), Error);
  EXPECT_THROW(x.fill_(1), Error);
  EXPECT_THROW(x.copy_(ones({2, 3})), Error);
  EXPECT_EQ(x.to_vector<float>(), Floats(6, 1));
  EXPECT_EQ(x.version(), 0);
}

TEST(Tensor, MayBeCopiedOntoItself) {
  const Tensor x = arange(0, 6, 1.0);
  x.copy_(x);
  x.add_(x).mul_(x);
  EXPECT_EQ(x.to_vector<float>(), (Floats{0, 4, 16, 36, 64, 100}));
  const Tensor m = arange(0, 4, 1.0).view({2, 2});
  m.copy_(m.t());
  EXPECT_EQ(m.to_vector<float>(), (Floats{0, 2, 1, 3})) << "the source is read before it is overwritten";
  const Tensor v = arange(0, 5, 1.0);
  v.narrow(0, 1, 4).copy_(v.narrow(0, 0, 4));
  EXPECT_EQ(v.to_vector<float>(), (Floats{0, 0, 1, 2, 3}));
  const Tensor s = arange(0, 4, 1.0).view({2, 2});
  s.add_(s.t());
  EXPECT_EQ(s.to_vector<float>(), (Floats{0, 3, 3, 6}));
}

// --- reading numbers

TEST(Item, ReadsTheOnlyElement) {
  EXPECT_EQ(tensor(2.5f).item<float>(), 2.5f);
  EXPECT_EQ(tensor(2.5f).item<double>(), 2.5);
  EXPECT_EQ(tensor(2.5f).item<int>(), 2);
  EXPECT_EQ(tensor(7).item<std::int64_t>(), 7);
  EXPECT_EQ(tensor(true).item<bool>(), true);
  EXPECT_EQ(ones({1, 1, 1}).item<float>(), 1.0f);
  EXPECT_EQ(arange(5)[3].item<int>(), 3);
  const std::int64_t big = (std::int64_t{1} << 62) + 1;
  EXPECT_EQ(full({}, big).item<std::int64_t>(), big);
  EXPECT_EQ(tensor(3).item().kind(), kLong);
  EXPECT_EQ(tensor(3.0f).item().kind(), kDouble);
  EXPECT_EQ(tensor(true).item().kind(), kBool);
  const Tensor x = tensor(2.0f).requires_grad_();
  EXPECT_EQ((x * x).item<float>(), 4.0f);
}

TEST(ToVector, ReadsInLogicalOrderAndConverts) {
  const Tensor x = arange(6).view({2, 3});
  EXPECT_EQ(x.t().to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(x.to_vector<float>(), (Floats{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(tensor({true, false}).to_vector<double>(), (std::vector<double>{1, 0}));
}

TEST(DataPtr, IsOfTheRightTypeOnly) {
  const Tensor x = ones({2});
  EXPECT_EQ(x.data_ptr<float>()[1], 1.0f);
  EXPECT_THROW(x.data_ptr<double>(), DtypeError);
  EXPECT_THROW(x.data_ptr<std::int64_t>(), DtypeError);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(x.data_ptr()) % alignof(double), 0U);
}

// --- elements

TEST(Elements, AreViews) {
  const Tensor x = arange(0, 6, 1.0).view({2, 3});
  const Tensor row = x[1];
  EXPECT_EQ(row.sizes(), (IntList{3}));
  EXPECT_EQ(row.to_vector<float>(), (Floats{3, 4, 5}));
  EXPECT_EQ(x[-1][-1].item<float>(), 5.0f);
  EXPECT_EQ(x[0][1].dim(), 0);
  row.fill_(9);
  EXPECT_EQ(x.to_vector<float>(), (Floats{0, 1, 2, 9, 9, 9}));
}

TEST(Elements, AreAssigned) {
  const Tensor x = zeros({2, 3});
  x[0] = 1.0f;                        // a number for all of a row
  x[1] = tensor({4.0f, 5.0f, 6.0f});  // a row
  x[1][1] = -1;                       // an element
  x[0][2] = x[1][0];                  // from another element
  EXPECT_EQ(x.to_vector<float>(), (Floats{1, 1, 4, 4, -1, 6}));
  x[0] = x[1];
  EXPECT_EQ(x.to_vector<float>(), (Floats{4, -1, 6, 4, -1, 6}));
  x[0] = ones({1}, kDouble);  // broadcast and cast
  EXPECT_EQ(x.to_vector<float>(), (Floats{1, 1, 1, 4, -1, 6}));
}

TEST(Elements, ThatHaveANameAreRebound) {
  const Tensor x = zeros({2, 3});
  auto row = x[0];
  row = x[1];
  row.fill_(2);
  EXPECT_EQ(x.to_vector<float>(), (Floats{0, 0, 0, 2, 2, 2}));
  Tensor plain = x[0];
  plain = ones({1});
  EXPECT_EQ(x.to_vector<float>(), (Floats{0, 0, 0, 2, 2, 2}));
}

TEST(Elements, OutOfRangeAreRefused) {
  const Tensor x = zeros({2, 3});
  EXPECT_THROW(x[2], IndexError);
  EXPECT_THROW(x[-3], IndexError);
  EXPECT_THROW(x[0][3], IndexError);
  EXPECT_THROW(zeros({})[0], IndexError);
  EXPECT_THROW(x[0] = ones({2}), ShapeError);
  EXPECT_THROW(x[0][0] = ones({2}), ShapeError);
  EXPECT_EQ(x.to_vector<float>(), Floats(6, 0));
}

// --- casts

TEST(To, IsTheTensorItselfWhereNothingChanges) {
  const Tensor x = ones({2});
  EXPECT_TRUE(x.to(kFloat).is_same(x));
  EXPECT_TRUE(x.to(x).is_same(x));
  EXPECT_TRUE(x.to(TensorOptions()).is_same(x));
}

TEST(To, ConvertsAsCppDoes) {
  EXPECT_EQ(tensor({1.9f, -1.9f}).to(kLong).to_vector<std::int64_t>(), (std::vector<std::int64_t>{1, -1}));
  EXPECT_EQ(tensor({0.0f, 0.5f, -3.0f}).to(kBool).to_vector<bool>(), (std::vector<bool>{false, true, true}));
  EXPECT_EQ(tensor({0, 2}).to(kBool).to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(tensor({0.1}, kDouble).to(kFloat).item<float>(), 0.1f);
  EXPECT_EQ(tensor({1e300}, kDouble).to(kFloat).item<float>(), std::numeric_limits<float>::infinity());
}

TEST(To, HasAGradientInTheSourcesDtype) {
  const Tensor x = tensor({1.0, 2.0}, kDouble).requires_grad_();
  const Tensor y = x.to(kFloat);
  EXPECT_EQ(y.dtype(), kFloat);
  (y * y).sum().backward();
  EXPECT_EQ(x.grad().dtype(), kDouble);
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{2, 4}));
  EXPECT_FALSE(x.to(kLong).requires_grad());
}

// --- bytes of others

TEST(FromBlob, ShowsTheBytesOfOthers) {
  float data[6] = {0, 1, 2, 3, 4, 5};
  const Tensor x = from_blob(data, {2, 3});
  EXPECT_EQ(x.data_ptr<float>(), data);
  data[4] = 40;
  EXPECT_EQ(x[1][1].item<float>(), 40);
  x.mul_(2);
  EXPECT_EQ(data[5], 10);
  const Tensor t = from_blob(data, {3, 2}, {1, 3}, kFloat);
  EXPECT_EQ(t.to_vector<float>(), (x.t().to_vector<float>()));
  std::int64_t whole[2] = {7, 8};
  EXPECT_EQ(from_blob(whole, {2}, kLong).sum().item<int>(), 15);
}

TEST(FromBlob, CallsItsDeleterOnceWhenTheLastViewDies) {
  int deleted = 0;
  const auto data = std::make_unique<float[]>(4);
  Tensor view;
  {
    const Tensor x = from_blob(data.get(), {4}, [&](void* p) {
      EXPECT_EQ(p, data.get());
      ++deleted;
    });
    view = x.narrow(0, 1, 2);
  }
  EXPECT_EQ(deleted, 0);
  view.reset();
  EXPECT_EQ(deleted, 1);
}

TEST(FromBlob, KeepsTheBytesForWhatTheTapeSaved) {
  int deleted = 0;
  auto data = std::make_unique<float[]>(2);
  data[0] = 3;
  data[1] = 4;
  const Tensor w = ones({2}).requires_grad_();
  Tensor loss = (w * from_blob(data.get(), {2}, [&](void*) { ++deleted; })).sum();
  EXPECT_EQ(deleted, 0);
  loss.backward();
  EXPECT_EQ(w.grad().to_vector<float>(), (Floats{3, 4}));
  EXPECT_EQ(deleted, 1) << "backward lets go of what was saved";
}

TEST(FromBlob, MayBeALeaf) {
  double data[2] = {1, 2};
  const Tensor x = from_blob(data, {2}, kDouble).requires_grad_();
  (x * x).sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{2, 4}));
}

TEST(Scalar, PrintsAsANumber) {
  std::ostringstream out;
  out << tensor(0.5).item() << " " << tensor(3).item() << " " << tensor(true).item();
  EXPECT_EQ(out.str(), "0.5 3 true");
}

TEST(Device, IsTheCpuOrAnError) {
  const Device gpu(DeviceType::CUDA);
  EXPECT_TRUE(ones({2}).to(kCPU).equal(ones({2}, TensorOptions(kDouble).device(kCPU))));
  for (const auto& call : std::vector<std::function<void()>>{
           [=] { ones({2}).to(gpu); }, [=] { zeros({2}, gpu); }, [=] { randn({2}, device(gpu)); },
           [=] { tensor(1.0, TensorOptions(kDouble).device(gpu)); }}) {
    try {
      call();
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      const std::string what = error.what();
      EXPECT_EQ(what.substr(what.find(": ")), ": tapegrad computes on the CPU, there is no device cuda; use kCPU");
    }
  }
}

}  // namespace
}  // namespace tapegrad::test
