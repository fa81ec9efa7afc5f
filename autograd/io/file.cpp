#include "autograd/io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <istream>
#include <iterator>
#include <system_error>
#include <utility>

#include "autograd/io/file_kind.h"

namespace tapegrad::detail {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostAtOnce = std::uint64_t{1} << 30;  // Linux moves less than 2 GiB in one call

std::string directory_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

[[noreturn]] void throw_io(const std::string& start, const char* what) {
  const int error = errno;
  throw IoError(start + what + ": " + std::generic_category().message(error) +
                "; look at the path, its permissions and the space left");
}

// What call() gives, which a signal may have interrupted.
template <class F>
auto again(F call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// The file that a path shows through symbolic links, be it there or not.
std::string followed(std::string path, const std::string& start) {
  for (int links = 0; links < 40; ++links) {
    char to[PATH_MAX];
    const ssize_t size = again([&] { return ::readlink(path.c_str(), to, sizeof to); });
    if (size < 0 && (errno == EINVAL || errno == ENOENT || errno == ENOTDIR)) return path;  // no link
    if (size < 0) throw_io(start, "cannot follow its links");
    const std::string_view next(to, static_cast<std::size_t>(size));
    path = (next.starts_with('/') ? "" : directory_of(path) + "/") + std::string(next);
  }
  errno = ELOOP;
  throw_io(start, "cannot follow its links");
}

}  // namespace

std::string shown(std::string_view text) {
  std::size_t size = std::min<std::size_t>(text.size(), 40);
  while (size < text.size() && (text[size] & 0xc0) == 0x80) --size;  // not inside a UTF-8 character
  std::string out(text.substr(0, size));
  for (char& c : out) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return "'" + out + (size < text.size() ? "...'" : "'");
}

// Linux closes a file also where a signal interrupts it.
bool Descriptor::close() noexcept { return fd < 0 || ::close(std::exchange(fd, -1)) == 0 || errno == EINTR; }

InFile::InFile(const char* op, const std::string& path, Takes takes) : start_(std::string(op) + ": " + path + ": ") {
  const bool streams = takes == Takes::kStreamsToo;  // the open() of a stream waits for its writer
  file_.fd = again([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | (streams ? 0 : O_NONBLOCK)); });
  struct stat status {};
  if (file_.fd < 0) throw_io(start_, "cannot open");
  if (again([&] { return ::fstat(file_.fd, &status); }) != 0) throw_io(start_, "cannot see what it is");
  if (!S_ISREG(status.st_mode) && !(streams && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)))) {
    throw IoError(start_ + "not a regular file; give the path of one");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

InFile::InFile(const char* op, std::istream& stream)
    : start_(std::string(op) + ": the stream: "), memory_(std::string(std::istreambuf_iterator(stream), {})) {
  if (stream.bad()) throw IoError(start_ + "it cannot be read; look at its state");
  size_ = memory_->size();
}

std::uint64_t InFile::read_some(void* to, std::uint64_t bytes) {
  if (memory_) {
    const std::uint64_t count = memory_->copy(static_cast<char*>(to), bytes, at_);
    at_ += count;
    return count;
  }
  const ssize_t count = again([&] { return ::read(file_.fd, to, std::min(bytes, kMostAtOnce)); });
  if (count < 0) throw_io(start_, "cannot read");
  at_ += static_cast<std::uint64_t>(count);
  return static_cast<std::uint64_t>(count);
}

void InFile::read(void* to, std::uint64_t bytes) {
  for (auto* next = static_cast<char*>(to); bytes > 0;) {
    const std::uint64_t count = read_some(next, bytes);
    if (count == 0) throw IoError(start_ + "it shrank while it was read; read it again when nobody writes it");
    next += count;
    bytes -= count;
  }
}

std::string InFile::read_all() {
  std::string bytes;
  std::size_t used = 0;
  bytes.resize(size_ - std::min(size_, at_) + 65536);  // a file may grow, and a stream says no size
  while (const std::uint64_t count = read_some(bytes.data() + used, bytes.size() - used)) {
    used += count;
    if (used == bytes.size()) bytes.resize(used + used / 2);
  }
  bytes.resize(used);
  return bytes;
}

std::string InFile::head() const {
  if (memory_) return memory_->substr(0, kKindBytes);
  std::string bytes(kKindBytes, '\0');
  const ssize_t count = again([&] { return ::pread(file_.fd, bytes.data(), bytes.size(), 0); });
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return bytes;
}

std::uint64_t InFile::tensor_bytes(std::uint64_t at, Dtype dtype, IntList sizes) const {
  auto bytes = static_cast<std::int64_t>(item_size(dtype)), product = bytes;
  for (const std::int64_t size : sizes) {
    if (size < 0 || __builtin_mul_overflow(product, std::max<std::int64_t>(size, 1), &product)) {
      fail(at, "the shape has a negative size, or more elements than 63 bits can count");
    }
    bytes *= size;
  }
  return static_cast<std::uint64_t>(bytes);
}

Tensor InFile::read_tensor(Dtype dtype, IntList sizes) {
  Tensor x = empty(sizes, dtype);
  const auto n = static_cast<std::uint64_t>(x.numel() * x.element_size());
  auto* const bytes = static_cast<unsigned char*>(x.data_ptr());
  read(bytes, n);
  for (std::uint64_t i = 0; dtype == kBool && i < n; ++i) {
    if (bytes[i] > 1) fail(at_ - n + i, "a bool is 0 or 1");
  }
  return x;
}

void InFile::fail(std::uint64_t at, const std::string& what) const {
  const bool hinted = what.find("; ") != what.npos;
  throw FormatError(start_ + "byte " + std::to_string(at) + ": " + what +
                    (hinted ? "" : "; the file is damaged, or of another format: make it anew"));
}

AtomicFile::AtomicFile(const char* op, const std::string& path) : AtomicFile(std::string(op) + ": " + path + ": ") {
  target_ = followed(path, start_);

  struct stat old {};
  const bool exists = again([&] { return ::stat(target_.c_str(), &old); }) == 0;
  require(exists || errno == ENOENT || errno == ENOTDIR, "cannot see what is there");
  errno = S_ISDIR(old.st_mode) ? EISDIR : EINVAL;
  require(!exists || S_ISREG(old.st_mode), "not a regular file");

  static std::atomic<unsigned> counter{0};
  const std::string stem = directory_of(target_) + "/.tapegrad-" + std::to_string(::getpid()) + "-";
  std::string name;
  do {  // a killed process with the same number may have left its file
    name = stem + std::to_string(++counter) + ".tmp";
    file_.fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (file_.fd < 0 && (errno == EEXIST || errno == EINTR));
  require(file_.fd >= 0, "cannot create a temporary file in its directory");
  temporary_.swap(name);
  require(!exists || again([&] { return ::fchmod(file_.fd, old.st_mode & 07777); }) == 0,
          "cannot keep its permissions");
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) again([&] { return ::unlink(temporary_.c_str()); });
}

void AtomicFile::require(bool good, const char* what) const {
  if (!good) throw_io(start_, what);
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file_.fd, bytes.data(), std::min<std::uint64_t>(bytes.size(), kMostAtOnce));
    require(count >= 0 || errno == EINTR, "cannot write");
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void AtomicFile::write(const Tensor& x) {
  write_elements(x, [this](std::string_view bytes) { write(bytes); });
}

void AtomicFile::commit() {
  const std::string path = directory_of(target_);
  const Descriptor directory(again([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  require(directory.fd >= 0 || errno == EACCES, "cannot open its directory");  // one may lack the right to read it
  require(again([&] { return ::fsync(file_.fd); }) == 0, "cannot flush");
  require(file_.close(), "cannot close");
  require(again([&] { return ::rename(temporary_.c_str(), target_.c_str()); }) == 0,
          "cannot rename the temporary file");
  temporary_.clear();

  // The rename reaches the disk too, where the file system can flush a directory.
  const bool flushed = directory.fd < 0 || again([&] { return ::fsync(directory.fd); }) == 0 || errno == EINVAL;
  require(flushed, "the new file is in place, but a power cut may bring the old one back: cannot flush its directory");
}

}  // namespace tapegrad::detail
