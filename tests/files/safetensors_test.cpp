#include <tapegrad/autograd/safetensors.h>
#include <tapegrad/testing.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstring>
#include <limits>

#include "tests/common/files.h"

namespace tapegrad {
namespace {

class Safetensors : public files_test::Files {};

StateDict some_tensors() {
  return {{"b.weight", tensor({{1.5F, -2.0F, 0.0F}, {3.0F, 4.0F, 5.0F}})},
          {"a", tensor(7.25, kDouble)},
          {"flags", tensor({1, 0, 1}, kBool)},
          {"Zahl \xc3\xa4\"\\\n", tensor({std::numeric_limits<std::int64_t>::min(), std::int64_t{42}}, kLong)},
          {"", zeros({2, 0, 3})}};
}

TEST_F(Safetensors, ReadsWhatItWrote) {
  const StateDict written = some_tensors();
  save_safetensors(written, path_, {{"epoch", "3"}, {"\xe2\x82\xac", "\"\n"}});
  const SafetensorsFile read = load_safetensors(path_);
  EXPECT_EQ(read.metadata, (Metadata{{"epoch", "3"}, {"\xe2\x82\xac", "\"\n"}}));
  EXPECT_EQ(read.keys(), (std::vector<std::string>{"", "Zahl \xc3\xa4\"\\\n", "a", "b.weight", "flags"}));
  for (const auto& [name, x] : written) {
    EXPECT_TENSOR_EQ(read[name], x);
    EXPECT_FALSE(read[name].requires_grad());
  }
}

TEST_F(Safetensors, WritesThePublishedFormat) {
  save_safetensors({{"small", tensor({1, 0}, kBool)}, {"b", tensor(2.0F)}, {"a", tensor({1.0F})}, {"wide", tensor(1)}},
                   path_, {{"k", "v"}});
  const std::string bytes = files_test::read(path_);
  std::uint64_t size = 0;
  std::memcpy(&size, bytes.data(), 8);
  EXPECT_EQ(size % 8, 0U);
  std::string header = bytes.substr(8, size);
  const std::size_t digits = header.find(":\"", 16) + 2;
  header.replace(digits, header.find('"', digits) - digits, "N");
  header.erase(header.find_last_not_of(' ') + 1);
  EXPECT_EQ(header, R"({"__metadata__":{"tapegrad.header":"N","k":"v"},)"
                    R"("wide":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
                    R"("a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},)"
                    R"("b":{"dtype":"F32","shape":[],"data_offsets":[12,16]},)"
                    R"("small":{"dtype":"BOOL","shape":[2],"data_offsets":[16,18]}})");
  EXPECT_EQ(bytes.substr(8 + size), std::string("\1\0\0\0\0\0\0\0\0\0\x80\x3f\0\0\0\x40\1\0", 18));
}

TEST_F(Safetensors, WritesTheSameBytesWhateverTheOrder) {
  const StateDict tensors = some_tensors();
  save_safetensors(tensors, path_, {{"k", "v"}});
  const std::string bytes = files_test::read(path_);
  StateDict reversed;
  for (std::size_t i = tensors.size(); i-- > 0;) reversed.insert(tensors[i].key(), tensors[i].value());
  save_safetensors(reversed, path_, {{"k", "v"}});
  EXPECT_EQ(files_test::read(path_), bytes);
}

TEST_F(Safetensors, KeepsEveryBit) {
  std::vector<float> values = {-0.0F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::denorm_min()};
  const std::uint32_t payload = 0xffc12345;
  values.push_back(std::bit_cast<float>(payload));
  save_safetensors({{"x", from_blob(values.data(), {4})}}, path_);
  const Tensor x = load_safetensors(path_)["x"];
  EXPECT_EQ(std::memcmp(x.data_ptr(), values.data(), 16), 0);
}

TEST_F(Safetensors, WritesViewsInLogicalOrder) {
  const Tensor x = arange(12).view({3, 4}).to(kFloat);
  save_safetensors({{"t", x.t()}, {"e", x[0].expand({2, 4})}, {"s", x.slice(1, 1, 4, 2)}}, path_);
  const SafetensorsFile file = load_safetensors(path_);
  EXPECT_TENSOR_EQ(file["t"], x.t());
  EXPECT_TENSOR_EQ(file["e"], x[0].expand({2, 4}));
  EXPECT_TENSOR_EQ(file["s"], x.slice(1, 1, 4, 2));
}

TEST_F(Safetensors, ReadsFilesOfOtherWriters) {
  // Keys and tensors in any order, blanks, no metadata, a header of any length.
  files_test::write(path_, files_test::safetensors(
                               "{ \"b\" : {\"data_offsets\":[4,5],\"shape\":[1],\"dtype\":\"BOOL\"},\t\n\"\\u00e4\":"
                               "{\"shape\":[ ],\"dtype\":\"F32\",\"data_offsets\":[0,4]}}\r ",
                               std::string("\0\0\x80\x3f\1", 5)));
  const SafetensorsFile file = load_safetensors(path_);
  EXPECT_TRUE(file.metadata.empty());
  EXPECT_TENSOR_EQ(file["\xc3\xa4"], tensor(1.0F));
  EXPECT_TENSOR_EQ(file["b"], tensor({1}, kBool));

  files_test::write(path_, files_test::safetensors("{}"));
  EXPECT_TRUE(load_safetensors(path_).empty());
}

TEST_F(Safetensors, ReadsALongHeader) {
  StateDict many;
  for (int i = 0; i < 2000; ++i) many.insert("layers." + std::to_string(i) + ".weight", tensor(i));
  save_safetensors(many, path_, {{"long", std::string(1'000'000, 'x')}});
  const SafetensorsFile file = load_safetensors(path_);
  EXPECT_EQ(file.metadata.at("long").size(), 1'000'000U);
  ASSERT_EQ(file.size(), 2000U);
  for (const auto& [name, x] : many) EXPECT_EQ(file[name].item<int>(), x.item<int>());
}

TEST_F(Safetensors, RefusesToWriteWhatNobodyCouldRead) {
  files_test::write(path_, "old");
  const Tensor x = tensor(1.0F);
  expect_error<Error>([&] { save_safetensors({{"a", Tensor()}}, path_); }, "tensor 'a' is undefined");
  expect_error<Error>([&] { save_safetensors({{"__metadata__", x}}, path_); }, "no tensor can be named __metadata__");
  expect_error<Error>([&] { save_safetensors({{"\xff", x}}, path_); }, "is not UTF-8");
  expect_error<Error>([&] { save_safetensors({{"a", x}}, path_, {{"k", "\xc3"}}); }, "is not UTF-8");
  EXPECT_EQ(files_test::read(path_), "old");
  EXPECT_EQ(n_files(), 1U);
}

TEST_F(Safetensors, NamesFilesItCannotReadOrWrite) {
  const std::string folder = folder_.string(), missing = folder + "/none/x";
  expect_error<IoError>([&] { load_safetensors(missing); }, "load_safetensors: " + missing + ": cannot open: No such");
  expect_error<IoError>([&] { load_safetensors(folder); }, "not a regular file");
  expect_error<IoError>([&] { load_safetensors("/dev/zero"); }, "not a regular file");
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  expect_error<IoError>([&] { load_safetensors(path_); }, "not a regular file");
  expect_error<IoError>([&] { save_safetensors(StateDict(), path_); }, "not a regular file");
  expect_error<IoError>([&] { save_safetensors(StateDict(), missing); },
                        "save_safetensors: " + missing + ": cannot create");
  expect_error<IoError>([&] { save_safetensors(StateDict(), folder); }, "not a regular file");
  EXPECT_EQ(n_files(), 1U);
}

TEST_F(Safetensors, KeepsTheOldFileWhereTheDiskIsFull) {
  save_safetensors({{"a", tensor(1.0F)}}, path_);
  const std::string old = files_test::read(path_);
  auto* const before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  for (const rlim_t size : {0, 4, 64, 4096, 39'999}) {
    const rlimit small{size, limit.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    EXPECT_THROW(save_safetensors({{"a", zeros({10'000})}}, path_), IoError) << size;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_EQ(files_test::read(path_), old);
    EXPECT_EQ(n_files(), 1U);
  }
  std::signal(SIGXFSZ, before);
}

}  // namespace
}  // namespace tapegrad
