// Files of tests: a folder of its own for each, and safetensors bytes from a header and data.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>

#include "tests/common/expect_error.h"
#include "tests/common/folder.h"

namespace files_test {

namespace fs = std::filesystem;

using tapegrad::test::read;
using tapegrad::test::write;

inline std::string little_endian(std::uint64_t value) {
  std::string out;
  for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

inline std::string safetensors(const std::string& header, const std::string& data = "") {
  return little_endian(header.size()) + header + data;
}

// A file that lies in memory: for tests that read thousands.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& bytes) : fd_(memfd_create("tapegrad", 0)) {
    EXPECT_EQ(::write(fd_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  MemoryFile(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(fd_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

class Files : public tapegrad::test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    path_ = (folder_ / "x.safetensors").string();
  }
  std::size_t n_files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  std::string path_;
};

}  // namespace files_test
