// Bytes as a safetensors file: refused with FormatError, or read; then what was read is written and read alike.
#include <sys/mman.h>
#include <tapegrad/autograd/safetensors.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>

namespace tapegrad {

namespace {

void require(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "FAILED: %s\n", what);
  std::abort();
}

// Half of the inputs are a file as they stand. In the others the bytes below 32 are pieces of a header, up to the first
// byte 0xff, and the length is right, so that the fuzzer comes past the first checks.
std::string file_of(const std::uint8_t* data, std::size_t size) {
  constexpr const char* kPieces[] = {"{",
                                     "}",
                                     ":",
                                     ",",
                                     "[",
                                     "]",
                                     "\"dtype\":\"",
                                     "\",\"shape\":[",
                                     "\":{",
                                     "],\"d",
                                     "ata_of",
                                     "fsets\"",
                                     ":[0,0]",
                                     ":[0,4]",
                                     ":[4,8]",
                                     "\"__metadata__\":{",
                                     "\"F32\"",
                                     "\"F64\"",
                                     "\"I64\"",
                                     "\"BOOL\"",
                                     "\"a\"",
                                     "\"b\"",
                                     "\"k\":\"v\"",
                                     "\\u0061",
                                     "0",
                                     "1",
                                     "2",
                                     "4294967296",
                                     "-0",
                                     "1e0",
                                     "\"a\":{\"dtype\":\"F32\",\"shape\":[",
                                     "],\"data_offsets\":["};
  static_assert(std::size(kPieces) == 32);
  if (size == 0 || data[0] % 2 == 0) return {reinterpret_cast<const char*>(data), size};
  std::string header;
  std::size_t at = 1;
  for (; at < size && data[at] != 0xff; ++at) {
    data[at] < 32 ? header += kPieces[data[at]] : header += static_cast<char>(data[at]);
  }
  const std::uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  file += header;
  if (at < size) file.append(reinterpret_cast<const char*>(data) + at + 1, size - at - 1);
  return file;
}

void check(const std::string& bytes) {
  const int fd = memfd_create("fuzz", 0);
  require(fd >= 0 && ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "memfd");
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  try {
    const SafetensorsFile file = load_safetensors(path);
    const std::string again = "/dev/shm/tapegrad-fuzz-" + std::to_string(::getpid());
    save_safetensors(file, again, file.metadata);
    const SafetensorsFile same = load_safetensors(again);
    ::unlink(again.c_str());
    require(same.keys() == file.keys() && same.metadata == file.metadata, "names or metadata differ");
    std::size_t total = 0;
    for (const auto& [name, x] : file) {
      const Tensor& y = same[name];
      require(y.dtype() == x.dtype() && y.sizes() == x.sizes(), "a dtype or shape differs");
      const auto n = static_cast<std::size_t>(x.numel() * x.element_size());
      require(n == 0 || std::memcmp(x.data_ptr(), y.data_ptr(), n) == 0, "bytes differ");
      total += n;
    }
    require(total < bytes.size(), "more elements than the file holds");
  } catch (const FormatError& error) {
    require(std::strstr(error.what(), ": byte ") != nullptr, error.what());
  }
  ::close(fd);
}

}  // namespace

}  // namespace tapegrad

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tapegrad::check(tapegrad::file_of(data, size));
  return 0;
}
