// Files read with their size known, and files written whole or not at all.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::detail {

// Text of a file as a message shows it: quoted, short and printable.
std::string shown(std::string_view text);

// write(bytes) with x's elements in logical order.
void write_elements(const Tensor& x, auto&& write) {
  const Tensor in_order = x.detach().contiguous();
  write(std::string_view(static_cast<const char*>(in_order.data_ptr()), in_order.nbytes()));
}

// A file descriptor that closes itself; -1: none.
struct Descriptor {
  explicit Descriptor(int number) noexcept : fd(number) {}
  Descriptor(Descriptor&& o) noexcept : fd(std::exchange(o.fd, -1)) {}
  ~Descriptor() { close(); }
  bool close() noexcept;
  int fd;
};

// A regular file, read from its first byte on. Errors are "<op>: <path>: ...": IoError where the system refuses or the
// file shrinks while it is read. A signal interrupts nothing.
class InFile {
 public:
  enum class Takes { kFiles, kStreamsToo };  // pipes and terminals
  InFile(const char* op, const std::string& path, Takes takes = Takes::kFiles);
  InFile(const char* op, std::istream& stream);  // what is left of it
  // Bytes in memory; errors begin with `start`.
  static InFile of_bytes(std::string start, std::string bytes) { return {std::move(start), std::move(bytes), 0}; }
  std::uint64_t size() const noexcept { return size_; }
  void read(void* to, std::uint64_t bytes);
  std::string read_all();    // what is left
  std::string head() const;  // the first bytes (file_kind.h), whatever has been read; not of a stream
  // The bytes of such a tensor; FormatError for a negative size, and where the product without zeros passes 63 bits:
  // strides are products of the other sizes.
  std::uint64_t tensor_bytes(std::uint64_t at, Dtype dtype, IntList sizes) const;
  // A tensor whose bytes come next, read into their place; FormatError for a bool other than 0 and 1.
  Tensor read_tensor(Dtype dtype, IntList sizes);
  // FormatError: "<op>: <path>: byte <at>: <what>".
  [[noreturn]] void fail(std::uint64_t at, const std::string& what) const;

 private:
  InFile(std::string start, std::string bytes, int)
      : start_(std::move(start)), memory_(std::move(bytes)), size_(memory_->size()) {}
  std::uint64_t read_some(void* to, std::uint64_t bytes);  // at least one; none at the end

  std::string start_;  // of messages
  Descriptor file_{-1};
  std::optional<std::string> memory_;  // of a stream, or bytes
  std::uint64_t size_ = 0, at_ = 0;
};

// Replaces or creates a file: a kill at any moment leaves the old one or the new one whole. Written to a temporary file
// in the same directory; commit() flushes it to the disk and renames it. A symbolic link is followed, an existing file
// keeps its mode. IoError where a step fails or the path is something else than a file: the old file stays, the
// temporary one goes, as it does without a commit(). Only the last step, which flushes the directory, comes after the
// renaming: its error says that the new file is in place.
class AtomicFile {
 public:
  AtomicFile(const char* op, const std::string& path);
  ~AtomicFile();
  void write(std::string_view bytes);
  void write(const Tensor& x);  // its elements in logical order
  void commit();

 private:
  explicit AtomicFile(std::string start) : start_(std::move(start)) {}
  void require(bool good, const char* what) const;

  std::string start_;  // of messages
  std::string target_, temporary_;
  Descriptor file_{-1};
};

}  // namespace tapegrad::detail
