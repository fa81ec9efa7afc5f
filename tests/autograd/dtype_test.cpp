// The dtypes that are stored and converted but not computed in: uint8, int8, int16, int32, f16, bf16.
#include <cmath>
#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include <tapegrad/tapegrad.h>

#include "tests/common/expect_error.h"

namespace tapegrad::test {
namespace {

template <class T>
std::vector<T> integers(const Tensor& x) {
  return std::vector<T>(x.data_ptr<T>(), x.data_ptr<T>() + x.numel());
}

TEST(NarrowIntegers, HoldWhatTheyAreGiven) {
  EXPECT_EQ(integers<std::uint8_t>(tensor({0, 255}, kByte)), (std::vector<std::uint8_t>{0, 255}));
  EXPECT_EQ(integers<std::int8_t>(tensor({-128, 127}, kChar)), (std::vector<std::int8_t>{-128, 127}));
  EXPECT_EQ(integers<std::int16_t>(full({2}, -7, kShort)), (std::vector<std::int16_t>{-7, -7}));
  EXPECT_EQ(integers<std::int32_t>(arange(3, kInt)), (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_EQ(integers<std::int32_t>(eye(2, kInt)), (std::vector<std::int32_t>{1, 0, 0, 1}));
  EXPECT_EQ(tensor(std::vector<std::uint8_t>{3}).dtype(), kByte);
  EXPECT_EQ(tensor(std::vector<int>{3}).dtype(), kLong);  // as in libtorch
  EXPECT_EQ(ones({3}, kShort).nbytes(), 6U);
}

TEST(NarrowIntegers, RefuseNumbersThatDoNotFit) {
  expect_error<ValueError>([] { tensor({256}, kByte); }, "without overflow");
  expect_error<ValueError>([] { full({1}, -1, kByte); }, "without overflow");
  expect_error<ValueError>([] { zeros({1}, kChar).fill_(128); }, "without overflow");
  expect_error<ValueError>([] { tensor(std::vector<float>{1e10F}, kInt); }, "without overflow");
}

TEST(NarrowIntegers, PromoteAsInPyTorch) {
  const auto of = [](Dtype a, Dtype b) { return (ones({2}, a) + ones({2}, b)).dtype(); };
  EXPECT_EQ(of(kByte, kChar), kShort);
  EXPECT_EQ(of(kByte, kByte), kByte);
  EXPECT_EQ(of(kChar, kShort), kShort);
  EXPECT_EQ(of(kShort, kInt), kInt);
  EXPECT_EQ(of(kInt, kLong), kLong);
  EXPECT_EQ(of(kBool, kByte), kByte);
  EXPECT_EQ(of(kInt, kFloat), kFloat);
  EXPECT_EQ((ones({2}, kByte) + 1).dtype(), kByte);
  EXPECT_EQ((ones({2}, kByte) + ones({}, kLong)).dtype(), kByte);
  EXPECT_EQ((ones({}, kByte) + 1).dtype(), kByte);
  EXPECT_EQ((ones({2}, kInt) + 0.5).dtype(), kFloat);
  EXPECT_EQ((ones({2}, kInt) / 2).dtype(), kFloat);
  EXPECT_EQ(ones({2}, kInt).sum().dtype(), kLong);
  EXPECT_EQ(ones({2}, kInt).exp().dtype(), kFloat);
  EXPECT_EQ((ones({2}, kInt) == 1).dtype(), kBool);
  EXPECT_EQ(cat({ones({1}, kByte), ones({1}, kChar)}).dtype(), kShort);
  EXPECT_EQ(std::get<0>(ones({2}, kInt).max(0)).dtype(), kInt);
}

TEST(NarrowIntegers, WrapAround) {
  const Tensor x = tensor({250, 3}, kByte);
  EXPECT_EQ(integers<std::uint8_t>(x + 10), (std::vector<std::uint8_t>{4, 13}));
  EXPECT_EQ(integers<std::uint8_t>(x + 300), (std::vector<std::uint8_t>{38, 47}));
  EXPECT_EQ(integers<std::uint8_t>(x - x.mul(2)), (std::vector<std::uint8_t>{6, 253}));
  EXPECT_EQ(integers<std::int8_t>(x.to(kChar)), (std::vector<std::int8_t>{-6, 3}));
  EXPECT_EQ(integers<std::int32_t>(tensor({std::numeric_limits<std::int32_t>::max()}, kInt) + 1),
            (std::vector<std::int32_t>{std::numeric_limits<std::int32_t>::min()}));
}

TEST(NarrowIntegers, WrapAroundWhereTheyAreAddedAtIndices) {
  const Tensor x = full({2}, std::numeric_limits<std::int32_t>::max(), kInt);
  x.index_put_({tensor({0, 0})}, 1, /*accumulate=*/true);
  EXPECT_EQ(integers<std::int32_t>(x), (std::vector<std::int32_t>{std::numeric_limits<std::int32_t>::min() + 1,
                                                                  std::numeric_limits<std::int32_t>::max()}));
}

TEST(NarrowIntegers, AreWrittenInPlace) {
  Tensor x = tensor({{1, 2}, {3, 4}}, kInt);
  const Tensor column = x.select(1, 1);
  column.add_(10);
  x[0][0] = 7;
  x += 1;
  EXPECT_EQ(integers<std::int32_t>(x), (std::vector<std::int32_t>{8, 13, 4, 15}));
  EXPECT_EQ(x.version(), 3);
  expect_error<DtypeError>([&] { x.add_(0.5); }, "result type Float can't be cast to the desired output type Int");
  expect_error<ShapeError>([&] { x.add_(ones({3, 2, 2}, kInt)); }, "doesn't match the broadcast shape");
  EXPECT_EQ(integers<std::int32_t>(x), (std::vector<std::int32_t>{8, 13, 4, 15}));
  x.index_put_({tensor({true, false})}, -1);
  EXPECT_EQ(integers<std::int32_t>(x), (std::vector<std::int32_t>{-1, -1, 4, 15}));
}

TEST(NarrowIntegers, AreIndexedAndRearranged) {
  const Tensor image = arange(12, kByte).view({3, 4});
  EXPECT_EQ(integers<std::uint8_t>(image.index_select(0, tensor({2, 0}))[0]),
            (std::vector<std::uint8_t>{8, 9, 10, 11}));
  EXPECT_EQ(integers<std::uint8_t>(image.t().contiguous()[1]), (std::vector<std::uint8_t>{1, 5, 9}));
  EXPECT_EQ(integers<std::uint8_t>(image.index({image > 9})), (std::vector<std::uint8_t>{10, 11}));
  EXPECT_EQ(integers<std::uint8_t>(image.gather(1, tensor({{3}, {0}, {1}})).flatten()),
            (std::vector<std::uint8_t>{3, 4, 9}));
  EXPECT_EQ(integers<std::uint8_t>(stack({image[0], image[2]})[1]), (std::vector<std::uint8_t>{8, 9, 10, 11}));
  EXPECT_EQ(integers<std::uint8_t>(image.flip({0})[0]), (std::vector<std::uint8_t>{8, 9, 10, 11}));
  EXPECT_EQ(image.max().item<int>(), 11);
}

TEST(NarrowIntegers, AreSearchedSortedAndDrawn) {
  const Tensor x = tensor({30, 10, 200}, kByte);
  EXPECT_EQ(integers<std::uint8_t>(std::get<0>(x.sort())), (std::vector<std::uint8_t>{10, 30, 200}));
  EXPECT_EQ(searchsorted(tensor({1, 5, 9}), tensor({6}), /*out_int32=*/true).dtype(), kInt);
  EXPECT_EQ((x & 15).to_vector<int>(), (std::vector<int>{14, 10, 8}));
  EXPECT_EQ((~x).to_vector<int>(), (std::vector<int>{225, 245, 55}));
  EXPECT_EQ(integers<std::uint8_t>(x % 7), (std::vector<std::uint8_t>{2, 3, 4}));
  const Tensor drawn = empty({1000}, kChar).random_();
  EXPECT_GE(drawn.min().item<int>(), 0);
  EXPECT_GT(drawn.max().item<int>(), 100);
  EXPECT_EQ(randint(3, {2}, kInt).dtype(), kInt);
}

TEST(NarrowIntegers, ByteMasksCount) {
  const Tensor x = tensor({1.0, 2.0, 3.0}), mask = tensor({0, 1, 2}, kByte);
  EXPECT_EQ(x.index({mask}).to_vector<double>(), (std::vector<double>{2, 3}));
  EXPECT_EQ(x.masked_fill(mask, 0).to_vector<double>(), (std::vector<double>{1, 0, 0}));
  EXPECT_EQ(where(mask, x, -x).to_vector<double>(), (std::vector<double>{-1, 2, 3}));
}

TEST(NarrowIntegers, PrintWithTheirNames) {
  EXPECT_EQ(tensor({1, 20}, kByte).str(), "  1\n 20\n[ CPUByteType{2} ]");
  EXPECT_EQ(zeros({}, kInt).str(), "0\n[ CPUIntType{} ]");
}

TEST(NarrowIntegers, CannotRequireGradients) {
  expect_error<AutogradError>([] { zeros({1}, kInt).requires_grad_(); }, "floating point dtype");
}

// What a call gives in any dtype is what it gives in f64: of elements of 1, 2, 4 and 8 bytes, however they lie.
TEST(Dtypes, MoveAlikeWhateverTheirSize) {
  const std::vector<std::function<Tensor(const Tensor&)>> calls = {
      [](const Tensor& x) {
        return x.permute({2, 0, 1}).contiguous();
      },
      [](const Tensor& x) { return x.slice(2, 0, std::nullopt, 2).clone(); },
      [](const Tensor& x) { return x.slice(0, 1).slice(1, 0, std::nullopt, 3).contiguous(); },
      [](const Tensor& x) {
        return x.select(2, 1).unsqueeze(2).expand({4, 33, 40}).clone();
      },
      [](const Tensor& x) {
        return x.select(1, 7).unsqueeze(1).expand({4, 33, 5}).contiguous();
      },
      [](const Tensor& x) {
        return zeros({5, 33, 4}, x.dtype()).copy_(x.transpose(0, 2));
      },
      [](const Tensor& x) {
        const Tensor to = zeros({4, 33, 10}, x.dtype());
        to.slice(2, 0, std::nullopt, 2).copy_(x);
        return to;
      },
      [](const Tensor& x) { return where(x.to(kLong).fmod(2).eq(0), x, x.select(2, 0).unsqueeze(2)); },
      [](const Tensor& x) {
        return cat({x.transpose(0, 1), x.transpose(0, 1)}, 2);
      },
      [](const Tensor& x) {
        return stack({x, x}, 3);
      },
      [](const Tensor& x) {
        return x.flip({0, 2});
      },
      [](const Tensor& x) { return x.tril(-1) + x.triu(2); },
      [](const Tensor& x) {
        return x.repeat({2, 1, 3});
      },
      [](const Tensor& x) { return x.roll(3, 1); },
      [](const Tensor& x) {
        return pad(x, {1, 2, 3, 0}, 5);
      },
      [](const Tensor& x) {
        return x.index_select(1, tensor({30, 0, 7}));
      },
      [](const Tensor& x) {
        return x.gather(2, ones({4, 33, 2}, kLong));
      },
      [](const Tensor& x) {
        return x.index({tensor({3, 0}), indexing::Slice(1, 9)});
      },
      [](const Tensor& x) { return x.unfold(1, 5, 2).contiguous(); },
      [](const Tensor& x) { return full_like(x.transpose(0, 2), 3); },
      [](const Tensor& x) { return x.transpose(0, 1) * 1; },
  };
  const Tensor wide = arange(4 * 33 * 5).remainder(97).view({4, 33, 5});
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Tensor want = calls[i](wide.to(kDouble));
    for (const Dtype d : kAllDtypes) {
      if (d == kBool || ((d == kHalf || d == kBFloat16) && (i == 11 || i == 20))) continue;  // arithmetic
      const Tensor got = calls[i](wide.to(d));
      EXPECT_EQ(got.dtype(), d) << i;
      EXPECT_TRUE(got.to(kDouble).equal(want)) << "call " << i << " of " << d;
    }
  }
}

// Every f16, back and forth: bits that are numbers come back as they were.
TEST(Half, RoundTripsEveryNumber) {
  const Tensor f16 = empty({1 << 16}, kHalf);
  auto* const bits = static_cast<std::uint16_t*>(f16.data_ptr());
  for (std::uint32_t i = 0; i < 1U << 16; ++i) bits[i] = static_cast<std::uint16_t>(i);
  const Tensor f32 = f16.to(kFloat);
  const Tensor again = f32.to(kHalf);
  const auto* const back = static_cast<const std::uint16_t*>(again.data_ptr());
  for (std::uint32_t i = 0; i < 1U << 16; ++i) {
    const std::uint32_t exponent = i >> 10 & 31U, fraction = i & 1023U;
    const float v = f32.data_ptr<float>()[i];
    const double sign = (i & 0x8000U) != 0 ? -1 : 1;
    if (exponent == 31) {
      EXPECT_TRUE(fraction == 0 ? v == sign * INFINITY : std::isnan(v)) << i;
    } else {
      EXPECT_EQ(
          v, sign * std::ldexp((exponent == 0 ? 0 : 1024) + fraction, static_cast<int>(std::max(exponent, 1U)) - 25));
      EXPECT_EQ(back[i], i);
    }
  }
}

TEST(Half, RoundsToNearestEven) {
  const auto bits = [](double v, Dtype d) { return *static_cast<std::uint16_t*>(tensor(v, kDouble).to(d).data_ptr()); };
  EXPECT_EQ(bits(1 + 0x1p-11, kHalf), 0x3c00);      // a tie, down to even
  EXPECT_EQ(bits(1 + 3 * 0x1p-11, kHalf), 0x3c02);  // a tie, up to even
  EXPECT_EQ(bits(65519, kHalf), 0x7bff);            // the largest
  EXPECT_EQ(bits(65520, kHalf), 0x7c00);            // infinity
  EXPECT_EQ(bits(0x1p-25, kHalf), 0);               // half of the smallest, down to even
  EXPECT_EQ(bits(3 * 0x1p-25, kHalf), 2);
  EXPECT_EQ(bits(-0.0, kHalf), 0x8000);
  EXPECT_EQ(bits(1 + 0x1p-8, kBFloat16), 0x3f80);  // a tie, down to even
  EXPECT_EQ(bits(1 + 3 * 0x1p-8, kBFloat16), 0x3f82);
  EXPECT_EQ(bits(3.4e38, kBFloat16), 0x7f80);  // infinity
  EXPECT_TRUE(std::isnan(tensor(NAN).to(kBFloat16).item<float>()));
}

TEST(Half, IsStoredAndConvertedAndNoMore) {
  const Tensor x = tensor({0.5, 1.5}, kHalf);
  EXPECT_EQ(x.to(kDouble).to_vector<double>(), (std::vector<double>{0.5, 1.5}));
  EXPECT_EQ(x[1].item<double>(), 1.5);
  EXPECT_EQ(cat({x, x}).index_select(0, tensor({3})).item<float>(), 1.5F);
  expect_error<DtypeError>([&] { x + x; }, "add: is not defined for Half tensors");
  expect_error<DtypeError>([&] { x.exp(); }, "exp: is not defined for Half tensors");
  expect_error<DtypeError>([&] { x.add_(1); }, "is not defined for Half tensors");
  expect_error<DtypeError>([&] { x.to(kBFloat16).sum(); }, "sum: is not defined for BFloat16 tensors");
}

TEST(Half, GradientsPassThroughTheConversion) {
  const Tensor x = tensor({1.0, 2.0}, requires_grad());
  (x.to(kHalf).to(kFloat) * tensor({3.0, 4.0})).sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{3, 4}));
}

TEST(DefaultDtype, IsThatOfNewTensorsAndNumbers) {
  set_default_dtype(kDouble);
  const std::vector<Tensor> made{
      zeros({1}),       rand({1}),      tensor(0.5),       tensor({1.0, 2.0}), linspace(0, 1, 2),
      arange(0.0, 2.0), full({1}, 0.5), tensor({1}) + 0.5, tensor({1}).exp(),  eye(2)};
  set_default_dtype(kFloat);
  for (const Tensor& x : made) EXPECT_EQ(x.dtype(), kDouble);
  EXPECT_EQ(zeros({1}).dtype(), kFloat);
  EXPECT_EQ(get_default_dtype(), kFloat);
  expect_error<DtypeError>([] { set_default_dtype(kLong); }, "only floating-point types");
}

TEST(Device, CanBeNamedAndIsTheCpu) {
  const Device device("cpu"), gpu("cuda:1");
  EXPECT_EQ(device, kCPU);
  EXPECT_EQ(gpu, Device(DeviceType::CUDA, 1));
  EXPECT_EQ(gpu.str() + Device("mps").str() + Device("cuda").str(), "cuda:1mpscuda");
  EXPECT_TRUE(gpu.is_cuda() && gpu.has_index() && !device.has_index() && device.is_cpu());
  for (const char* text : {"", "gpu", "cuda:", "cuda:-1", "cpu:x", "cuda:1234"})
    expect_error<ValueError>([=] { Device{text}; }, "Invalid device string");
  const Tensor x = ones({2});
  EXPECT_EQ(x.device(), kCPU);
  EXPECT_TRUE(x.to(device).is_same(x) && x.cpu().is_same(x) && x.to(device, kFloat).is_same(x));
  EXPECT_FALSE(x.to(device, kFloat, false, /*copy=*/true).is_same(x));
  EXPECT_EQ(x.toType(kInt).dtype(), kInt);
  EXPECT_TRUE(x.pin_memory().is_same(x));
  expect_error<ValueError>([&] { x.contiguous(MemoryFormat::ChannelsLast); }, "no channels-last format");
  expect_error<Error>([&] { x.to(gpu); }, "to: tapegrad computes on the CPU, there is no device cuda:1; use kCPU");
  expect_error<Error>([&] { x.cuda(); }, "there is no device cuda;");
  expect_error<Error>([&] { nn::Linear(1, 1)->to(gpu); }, "there is no device cuda:1");
}

TEST(Accessor, ReadsAndWritesElements) {
  const Tensor x = arange(6.0).view({2, 3}).t();
  auto a = x.accessor<float, 2>();
  EXPECT_EQ(a.size(0), 3);
  EXPECT_EQ(a.stride(1), 3);
  EXPECT_EQ(a[2][1], 5);
  a[0][1] = 7;
  EXPECT_EQ(x[0][1].item<float>(), 7);
  expect_error<ShapeError>([&] { x.accessor<float, 1>(); }, "TensorAccessor expected 1 dims but tensor has 2");
  expect_error<DtypeError>([&] { x.accessor<double, 2>(); }, "expected scalar type Double but found Float");
}

TEST(CompoundAssignment, IsInPlaceAndRecorded) {
  const Tensor x = tensor({1.0, 2.0}, requires_grad());
  Tensor y = x * 1, same = y;
  y += x;
  y *= 3;
  y -= 1;
  y /= x;
  EXPECT_TRUE(y.is_same(same));
  y.sum().backward();  // 6 - 1 / x
  EXPECT_EQ(x.grad().to_vector<float>(), (std::vector<float>{1, 0.25}));
  Tensor row = zeros({2, 2});
  row.slice(0, 1) += 1;
  row[0] += x;
  row[1][0] -= 5;
  row.index({0, 1}) *= 3;
  EXPECT_EQ(row.to_vector<float>(), (std::vector<float>{1, 6, -4, 1}));
  EXPECT_TRUE(row.requires_grad());
}

TEST(Resize, KeepsTheElementsInTheirOrder) {
  Tensor x = arange(6.0);
  x.resize_({2, 3});
  EXPECT_EQ(x[1].to_vector<float>(), (std::vector<float>{3, 4, 5}));
  x.resize_({4});
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{0, 1, 2, 3}));
  x.resize_({5, 1, 2}).select(0, 4).fill_(9);
  EXPECT_EQ(x.sizes(), (IntList{5, 1, 2}));
  EXPECT_EQ(x.view(-1).slice(0, 0, 4).to_vector<float>(), (std::vector<float>{0, 1, 2, 3}));
  EXPECT_EQ(arange(6, kInt).resize_({0}).numel(), 0);
  const Tensor other = x;
  expect_error<ShapeError>([&] { x.resize_({2}); }, "that others show, cannot be resized");
  Tensor grown = zeros({2}, requires_grad());
  expect_error<AutogradError>([&] { grown.resize_({3}); }, "cannot resize variables that require grad");
  expect_error<ShapeError>([] { arange(6).resize_({-1}); }, "negative dimension");
}

TEST(SetData, ReplacesTheElements) {
  const Tensor x = tensor({1.0, 2.0}, requires_grad());
  x.mul(2).sum().backward();
  x.set_data(tensor({3.0, 4.0, 5.0}, kDouble));
  EXPECT_EQ(x.dtype(), kDouble);
  EXPECT_FALSE(x.grad().defined());
  x.mul(2).sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{2, 2, 2}));
  const Tensor flat = zeros({2});
  flat.set_data(tensor({7, 8}, kByte));
  EXPECT_EQ((flat + 250).to_vector<int>(), (std::vector<int>{1, 2}));
  expect_error<ShapeError>([&] { x.set_data(zeros({1, 2})); }, "differ in the number of dims");
  expect_error<DtypeError>([&] { x.set_data(zeros({2}, kInt)); }, "floating point dtype");
  expect_error<AutogradError>([&] { x.mul(2).set_data(zeros({2})); }, "only a leaf");
}

}  // namespace
}  // namespace tapegrad::test
