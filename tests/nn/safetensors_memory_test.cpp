// No file makes the reader ask for more memory at once than the file has, and 64 KiB (one string or number of the
// header alone may take twice its length in the parser); a good file is read into its tensors without a second copy.
#include <tapegrad/nn/safetensors.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "tests/autograd/sanitizers.h"
#include "tests/nn/files.h"

#if !TAPEGRAD_TEST_ASAN && !TAPEGRAD_TEST_TSAN  // a sanitizer brings its own operator new

namespace {
std::atomic<std::size_t> largest{0}, total{0};

// Not inlined, so that GCC does not warn of a free() that meets a new.
[[gnu::noinline]] void* watched(std::size_t size, std::size_t alignment) {
  total += size;
  for (std::size_t seen = largest; size > seen && !largest.compare_exchange_weak(seen, size);) {
  }
  void* bytes = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (bytes == nullptr) throw std::bad_alloc();
  return bytes;
}

[[gnu::noinline]] void give_back(void* bytes) noexcept { std::free(bytes); }
}  // namespace

void* operator new(std::size_t size) { return watched(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t a) { return watched(size, static_cast<std::size_t>(a)); }
void operator delete(void* bytes) noexcept { give_back(bytes); }
void operator delete(void* bytes, std::size_t) noexcept { give_back(bytes); }
void operator delete(void* bytes, std::align_val_t) noexcept { give_back(bytes); }
void operator delete(void* bytes, std::size_t, std::align_val_t) noexcept { give_back(bytes); }

namespace tapegrad {
namespace {

using files_test::little_endian;
using files_test::safetensors;

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
