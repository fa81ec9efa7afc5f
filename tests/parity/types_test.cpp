// Dtypes and their promotion, numbers, devices, and the small names that programs use.
#include "tests/parity/parity.h"

namespace torch {  // a program may add to it
inline int64_t parity_twice(int64_t n) { return 2 * n; }
}  // namespace torch

struct WindowOptions {
  TORCH_ARG(int64_t, width) = 3;
  TORCH_ARG(std::string, shape);
};

namespace {

TEST(Dtypes, HaveSeveralNames) {
  EXPECT_EQ(torch::kInt, torch::kInt32);
  EXPECT_EQ(torch::kLong, torch::kInt64);
  EXPECT_EQ(torch::kShort, torch::kInt16);
  EXPECT_EQ(torch::kChar, torch::kInt8);
  EXPECT_EQ(torch::kByte, torch::kUInt8);
  EXPECT_EQ(torch::kByte, torch::kU8);
  EXPECT_EQ(torch::kFloat, torch::kF32);
  EXPECT_EQ(torch::kDouble, torch::kF64);
  EXPECT_EQ(at::kHalf, c10::ScalarType::Half);
  const torch::ScalarType type = at::ScalarType::Long;
  EXPECT_EQ(torch::ones({1}, type).dtype(), torch::kLong);
}

TEST(Dtypes, Print) {
  EXPECT_EQ(text(torch::kFloat), "Float");
  EXPECT_EQ(text(torch::kInt), "Int");
  EXPECT_EQ(text(torch::ones({1}, torch::kByte).scalar_type()), "Byte");
  EXPECT_EQ(text(torch::tensor({1, 2}, torch::kInt)), " 1\n 2\n[ CPUIntType{2} ]");
}

TEST(Dtypes, OfATensorStandWhereADtypeDoes) {
  const torch::Tensor x = torch::ones({2}, torch::kDouble);
  const torch::ScalarType type = x.dtype().toScalarType();
  EXPECT_EQ(type, torch::kDouble);
  EXPECT_EQ(x.options().dtype().toScalarType(), torch::kDouble);
  EXPECT_EQ(x.dtype().itemsize(), 8);
  EXPECT_TRUE(x.dtype() == torch::kDouble && x.dtype() != torch::kFloat && x.dtype() == x.dtype());
  EXPECT_EQ(torch::zeros({1}, x.dtype()).scalar_type(), torch::kDouble);
  EXPECT_EQ(torch::zeros({1}, torch::TensorOptions().dtype(x.dtype())).scalar_type(), torch::kDouble);
  EXPECT_EQ(torch::ones({1}, torch::kInt).to(x.dtype()).scalar_type(), torch::kDouble);
  EXPECT_EQ(torch::ones({1}, torch::kInt).to(torch::kCPU, type).scalar_type(), torch::kDouble);
  switch (x.scalar_type()) {
    case torch::kDouble:
      break;
    default:
      ADD_FAILURE();
  }
}

TEST(Dtypes, HaveSizes) {
  EXPECT_EQ(torch::ones({3}, torch::kInt).itemsize(), 4);
  EXPECT_EQ(torch::ones({3}, torch::kShort).element_size(), 2);
  EXPECT_EQ(torch::ones({3}, torch::kHalf).nbytes(), 6);
  EXPECT_EQ(torch::ones({3}, torch::kDouble).nbytes(), 24);
}

TEST(Dtypes, Convert) {
  const torch::Tensor x = torch::tensor({-1.7, 2.9});
  EXPECT_TRUE(same(x.to(torch::kLong), torch::tensor({-1, 2})));
  EXPECT_TRUE(same(x.to(torch::kInt), torch::tensor({-1, 2}, torch::kInt)));
  EXPECT_TRUE(same(x.toType(torch::kShort), torch::tensor({-1, 2}, torch::kShort)));
  EXPECT_TRUE(same(torch::tensor({0.0, 0.5}).to(torch::kBool), torch::tensor({false, true})));
  EXPECT_TRUE(same(torch::tensor({255, 256, 257}).to(torch::kByte), torch::tensor({255, 0, 1}, torch::kByte)));
  EXPECT_TRUE(same(torch::tensor({200}).to(torch::kChar), torch::tensor({-56}, torch::kChar)));
  EXPECT_TRUE(x.to(torch::kFloat).is_same(x));
  EXPECT_FALSE(x.to(torch::kFloat, /*non_blocking=*/false, /*copy=*/true).is_same(x));
  EXPECT_EQ(x.to(torch::ones({1}, torch::kDouble)).scalar_type(), torch::kDouble);
  EXPECT_EQ(x.to(torch::dtype(torch::kDouble)).scalar_type(), torch::kDouble);
}

TEST(Dtypes, NarrowFloatsAreStored) {
  const torch::Tensor x = torch::tensor({1.0, 1.0 / 3, 70000.0});
  EXPECT_TRUE(same(x.to(torch::kHalf).to(torch::kFloat),
                   torch::tensor({1.0, 0.333251953125, std::numeric_limits<double>::infinity()})));
  EXPECT_TRUE(same(x.to(torch::kBFloat16).to(torch::kFloat), torch::tensor({1.0, 0.333984375, 70144.0})));
}

TEST(Promotion, OfNumbers) {
  const torch::Tensor whole = torch::tensor({1, 2}), f32 = torch::tensor({1.0}), small = torch::ones({1}, torch::kInt);
  EXPECT_EQ((whole + 1).scalar_type(), torch::kLong);
  EXPECT_EQ((whole + 1.5).scalar_type(), torch::kFloat);
  EXPECT_EQ((whole / 2).scalar_type(), torch::kFloat);
  EXPECT_EQ((f32 * 2.0).scalar_type(), torch::kFloat);
  EXPECT_EQ((small * 3).scalar_type(), torch::kInt);
  EXPECT_EQ((small * 0.5).scalar_type(), torch::kFloat);
  EXPECT_EQ((torch::tensor({true}) + 1).scalar_type(), torch::kLong);
  EXPECT_EQ((torch::tensor({true}) + true).scalar_type(), torch::kBool);
}

TEST(Promotion, OfTensors) {
  const torch::Tensor f32 = torch::ones({2}), f64 = torch::ones({2}, torch::kDouble), i64 = torch::tensor({1, 2});
  const torch::Tensor i32 = torch::ones({2}, torch::kInt), u8 = torch::ones({2}, torch::kByte);
  EXPECT_EQ((f32 + f64).scalar_type(), torch::kDouble);
  EXPECT_EQ((f32 + f64[0]).scalar_type(), torch::kFloat);
  EXPECT_EQ((i64 + f32).scalar_type(), torch::kFloat);
  EXPECT_EQ((i64 + i32).scalar_type(), torch::kLong);
  EXPECT_EQ((i32 * u8).scalar_type(), torch::kInt);
  EXPECT_EQ((i32 / u8).scalar_type(), torch::kFloat);
  EXPECT_EQ((u8 + torch::ones({2}, torch::kChar)).scalar_type(), torch::kShort);
  EXPECT_EQ(torch::promote_types(torch::kInt, torch::kHalf), torch::kHalf);
}

TEST(Promotion, NarrowIntegersWrapAround) {
  const torch::Tensor bytes = torch::tensor({250, 3}, torch::kByte);
  EXPECT_TRUE(same(bytes + 10, torch::tensor({4, 13}, torch::kByte)));
  EXPECT_TRUE(same(bytes * bytes, torch::tensor({36, 9}, torch::kByte)));
  EXPECT_TRUE(same(torch::tensor({100}, torch::kChar) + 100, torch::tensor({-56}, torch::kChar)));
  EXPECT_TRUE(same(torch::tensor({2147483647}, torch::kInt) + 1, torch::tensor({int64_t{-2147483648}}, torch::kInt)));
}

TEST(Promotion, OfReductions) {
  const torch::Tensor small = torch::tensor({1, 2}, torch::kInt);
  EXPECT_TRUE(same(small.sum(), torch::tensor(3)));
  EXPECT_TRUE(same(torch::tensor({true, true}).sum(), torch::tensor(2)));
  EXPECT_EQ(small.max().scalar_type(), torch::kInt);
  EXPECT_EQ(torch::exp(small).scalar_type(), torch::kFloat);
  EXPECT_THROW(small.mean(), c10::Error);
  EXPECT_TRUE(same(small.to(torch::kFloat).mean(), torch::tensor(1.5)));
}

TEST(Numbers, OfTensors) {
  const torch::Tensor x = torch::tensor({2.75});
  EXPECT_EQ(x.item<float>(), 2.75f);
  EXPECT_EQ(x.item<int>(), 2);
  EXPECT_EQ(x.item().toFloat(), 2.75f);
  EXPECT_EQ(x.item().toDouble(), 2.75);
  EXPECT_EQ(x.item().toInt(), 2);
  EXPECT_EQ(torch::tensor({7}).item().toLong(), 7);
  EXPECT_TRUE(torch::tensor({true}).item().toBool());
  EXPECT_EQ(torch::tensor({7}).item().to<double>(), 7.0);
  EXPECT_THROW(torch::ones({2}).item(), c10::Error);
  EXPECT_THROW(torch::tensor({300.0}).item<uint8_t>(), std::exception);
}

TEST(Numbers, Scalar) {
  const torch::Scalar half = 0.5, three = 3, yes = true;
  EXPECT_TRUE(half.isFloatingPoint());
  EXPECT_TRUE(three.isIntegral(/*includeBool=*/false));
  EXPECT_TRUE(yes.isBoolean());
  EXPECT_EQ(text(half), "0.5");
  EXPECT_EQ(text(three), "3");
  EXPECT_TRUE(same(torch::ones({1}) * three, torch::tensor({3.0})));
  EXPECT_TRUE(same(torch::full({1}, half), torch::tensor({0.5})));
}

TEST(Bytes, AreReached) {
  torch::Tensor x = torch::tensor({{1.0, 2.0}, {3.0, 4.0}});
  EXPECT_EQ(x.data_ptr<float>()[2], 3);
  x.data_ptr<float>()[2] = 7;
  EXPECT_EQ(x[1][0].item<float>(), 7);
  EXPECT_EQ(torch::tensor({5}).data_ptr<int64_t>()[0], 5);
  EXPECT_EQ(torch::tensor({5}, torch::kInt).data_ptr<int>()[0], 5);
  EXPECT_THROW(x.data_ptr<double>(), c10::Error);
  EXPECT_EQ(static_cast<const float*>(x.data_ptr())[3], 4);
}

TEST(Bytes, AreReachedByAccessors) {
  torch::Tensor x = torch::tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
  auto a = x.accessor<float, 2>();
  EXPECT_EQ(a.size(0), 2);
  EXPECT_EQ(a.size(1), 3);
  EXPECT_EQ(a[1][2], 6);
  a[0][1] = 20;
  EXPECT_EQ(x[0][1].item<float>(), 20);
  const torch::Tensor turned = x.t();
  EXPECT_EQ((turned.accessor<float, 2>()[2][1]), 6);
  EXPECT_THROW((x.accessor<float, 1>()), c10::Error);
  EXPECT_THROW((x.accessor<int64_t, 2>()), c10::Error);
}

TEST(Devices, AreCompared) {
  const torch::Device cpu(torch::kCPU), named("cpu"), cuda("cuda:1"), typed(torch::kCUDA, 1);
  EXPECT_EQ(cpu, named);
  EXPECT_NE(cpu, cuda);
  EXPECT_EQ(cuda, typed);
  EXPECT_EQ(cuda.index(), 1);
  EXPECT_TRUE(cuda.is_cuda());
  EXPECT_TRUE(cuda.has_index());
  EXPECT_TRUE(cpu.is_cpu());
  EXPECT_EQ(cpu.type(), torch::kCPU);
  EXPECT_EQ(cpu.type(), torch::DeviceType::CPU);
  EXPECT_EQ(text(cuda), "cuda:1");
  EXPECT_EQ(cpu.str(), "cpu");
  EXPECT_EQ(torch::Device(torch::kMPS).type(), torch::kMPS);
  EXPECT_THROW(torch::Device("nowhere"), c10::Error);
}

TEST(Devices, HaveSwitchesThatAreOfNoUseHere) {
  at::globalContext().setBenchmarkCuDNN(false);
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setUserEnabledCuDNN(true);
  at::globalContext().setAllowTF32CuBLAS(false);
  EXPECT_FALSE(at::globalContext().hasCUDA());
}

TEST(Devices, OfATensor) {
  const torch::Tensor x = torch::ones({2});
  EXPECT_EQ(x.device(), torch::Device(torch::kCPU));
  EXPECT_EQ(x.device().type(), torch::kCPU);
  EXPECT_FALSE(x.is_cuda());
  EXPECT_FALSE(x.device().is_cuda());
  EXPECT_TRUE(x.cpu().is_same(x));
  EXPECT_TRUE(x.to(torch::kCPU).is_same(x));
  EXPECT_EQ(x.to(torch::Device("cpu"), torch::kDouble).scalar_type(), torch::kDouble);
  EXPECT_EQ(x.to(torch::kCPU, torch::kLong, /*non_blocking=*/true, /*copy=*/true).scalar_type(), torch::kLong);
}

TEST(Devices, AreChosenAsProgramsDo) {
  torch::DeviceType type = torch::kCPU;
  if (torch::cuda::is_available()) type = torch::kCUDA;
  const torch::Device device(type);
  EXPECT_EQ(device.type(), torch::cuda::is_available() ? torch::kCUDA : torch::kCPU);
  EXPECT_EQ(torch::zeros({1}, torch::TensorOptions(device)).device(), device);
  EXPECT_EQ(torch::zeros({1}, device).device(), device);
  torch::cuda::manual_seed(1);
  if (torch::cuda::is_available()) GTEST_SKIP() << "there is a GPU";
  EXPECT_EQ(torch::cuda::device_count(), 0);
  EXPECT_ANY_THROW(torch::ones({1}).to(torch::kCUDA));
  EXPECT_ANY_THROW(torch::ones({1}, torch::device(torch::kCUDA)));
  EXPECT_ANY_THROW(torch::ones({1}).cuda());
}

TEST(Names, OfLists) {
  const std::vector<int64_t> sizes = {2, 3};
  const torch::IntArrayRef list = sizes;
  EXPECT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1], 3);
  EXPECT_EQ(list.vec(), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(torch::ones(list).sizes(), list);
  EXPECT_EQ(torch::ones(list).size(-1), 3);
  EXPECT_FALSE(list.empty());
  const std::vector<int64_t> numbers = {4, 5};
  const c10::ArrayRef<int64_t> view = numbers;
  EXPECT_EQ(view.size(), 2U);
  EXPECT_EQ(view[1], 5);
  EXPECT_EQ(view.vec(), numbers);
}

TEST(Names, OfCommonThings) {
  int64_t sum = 0;
  for (const auto i : c10::irange(4)) sum += i;
  for (const auto i : c10::irange(1, 3)) sum += i;
  EXPECT_EQ(sum, 9);
  EXPECT_EQ(torch::str("a", 1, 'b', 2.5), "a1b2.5");
  const torch::optional<int64_t> nothing = torch::nullopt;
  EXPECT_FALSE(nothing.has_value());
  EXPECT_EQ(c10::optional<int>(4).value(), 4);
  const at::Tensor x = at::ones({2});
  EXPECT_TRUE(x.defined());
  EXPECT_FALSE(torch::Tensor().defined());
  EXPECT_EQ(torch::parity_twice(4), 8);
}

TEST(Names, OfErrors) {
  EXPECT_NO_THROW(TORCH_CHECK(1 == 1, "never"));
  try {
    TORCH_CHECK(1 == 2, "one is not ", 2);
    FAIL();
  } catch (const c10::Error& error) {
    EXPECT_NE(std::string(error.what()).find("one is not 2"), std::string::npos);
  }
  try {
    TORCH_CHECK(1 == 3);
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("Expected 1 == 3 to be true"), std::string::npos);
  }
  EXPECT_THROW(AT_ASSERT(false), c10::Error);
  EXPECT_THROW(torch::ones({2}).view({3}), std::exception);
}

#ifndef TAPEGRAD_PARITY_LIBTORCH
// As German writes numbers: 1.234,5
struct Comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

// Here libtorch follows the host.
TEST(Names, OfErrorsWriteNumbersAlikeInEveryLocale) {
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  std::string said;
  try {
    TORCH_CHECK(false, 1234.5, " ", 1000);
  } catch (const c10::Error& error) {
    said = error.what();
  }
  std::locale::global(before);
  EXPECT_EQ(said, "1234.5 1000");
}
#endif

TEST(Names, OfOptions) {
  const auto options = WindowOptions().width(5).shape("round");
  EXPECT_EQ(options.width(), 5);
  EXPECT_EQ(options.shape(), "round");
  EXPECT_EQ(WindowOptions().width(), 3);
}

TEST(Names, OfThreads) {
  torch::set_num_threads(1);
  EXPECT_EQ(torch::get_num_threads(), 1);
  EXPECT_THROW(torch::set_num_threads(0), c10::Error);
}

}  // namespace
