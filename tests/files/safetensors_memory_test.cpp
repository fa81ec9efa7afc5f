// No file makes the reader ask for more memory at once than the file has, and 64 KiB (one string or number of the
// header alone may take twice its length in the parser); a good file is read into its tensors without a second copy.
#include <tapegrad/autograd/safetensors.h>

#include "tests/common/files.h"
#include "tests/common/heap.h"

#if TAPEGRAD_TEST_COUNTS_HEAP

namespace tapegrad {
namespace {

using files_test::little_endian;
using files_test::safetensors;
using test::largest;
using test::total;

std::string entry(const std::string& name, const std::string& shape, const std::string& offsets) {
  return "\"" + name + R"(":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

TEST(SafetensorsMemory, IsBoundedByTheFileWhateverItClaims) {
  std::vector<std::string> bad = {little_endian(100'000'000) + "{",
                                  little_endian(std::uint64_t{1} << 40) + std::string(1000, '{'),
                                  safetensors("{" + entry("a", "[1000000000]", "[0,4000000000]") + "}"),
                                  safetensors("{" + entry("a", "[1099511627776,1048576]", "[0,0]") + "}"),
                                  safetensors("{\"a\":" + std::string(1'000'000, '[')),
                                  safetensors(R"({"a":{"shape":[)" + std::string(60'000, '1') + "]}}")};
  std::string many = "{", ones = R"({"a":{"shape":[1)", offsets = R"({"a":{"data_offsets":[1)";
  for (int i = 0; i < 100'000; ++i) {
    many += (i > 0 ? "," : "") + entry(std::to_string(i), "[0]", "[0,0]");
    ones += ",1";
    offsets += ",1";
  }
  bad.push_back(safetensors(many + "}", "x"));  // all is well but the last byte
  bad.push_back(safetensors(ones + "]}}"));
  bad.push_back(safetensors(offsets + "]}}"));
  for (const std::string& bytes : bad) {
    const files_test::MemoryFile file(bytes);
    largest = 0;
    EXPECT_THROW(load_safetensors(file.path()), FormatError);
    EXPECT_LE(largest, bytes.size() + 65536) << bytes.substr(8, 60);
  }
}

TEST(SafetensorsMemory, HoldsAFileOnce) {
  const std::size_t n = 100'000'000;
  files_test::MemoryFile file(safetensors("{" + entry("a", "[25000000]", "[0,100000000]") + "}", std::string(n, '\0')));
  total = 0;
  const SafetensorsFile read = load_safetensors(file.path());
  EXPECT_EQ(read["a"].numel(), 25'000'000);
  EXPECT_LE(total, n + 65536);

  total = 0;
  files_test::MemoryFile other("");
  expect_error<IoError>([&] { save_safetensors(read, "/proc/none/x"); }, "cannot create");
  EXPECT_LE(total, std::size_t{65536});
}

}  // namespace
}  // namespace tapegrad

#endif
