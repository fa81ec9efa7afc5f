#include "data/detail/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <tapegrad/autograd/error.h>

namespace tapegrad::data::detail {
namespace {

namespace fs = std::filesystem;

// Closes itself; removes its file while it has a name.
struct File {
  int fd = -1;
  fs::path name{};

  ~File() {
    if (fd >= 0) ::close(fd);
    if (!name.empty()) ::unlink(name.c_str());
  }
};

}  // namespace

void write_file_atomically(const std::string& path, std::string_view bytes) {
  const auto require = [&path](bool good, const char* what) {
    if (good) return;
    throw IoError("write: " + path + ": " + what + ": " + std::generic_category().message(errno));
  };
  std::error_code ignored;
  const fs::path target = fs::is_symlink(path, ignored) ? fs::weakly_canonical(path, ignored) : fs::path(path);
  const fs::path directory = target.has_parent_path() ? target.parent_path() : fs::path(".");

  struct stat old {};
  const bool exists = ::stat(target.c_str(), &old) == 0;
  errno = S_ISDIR(old.st_mode) ? EISDIR : EINVAL;
  require(!exists || S_ISREG(old.st_mode), "not a regular file");

  File file;
  static std::atomic<unsigned> counter{0};
  do {  // a killed process with the same number may have left its file
    fs::path name = directory / (".tapegrad-" + std::to_string(::getpid()) + "-" + std::to_string(++counter) + ".tmp");
    file.fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file.fd >= 0) file.name = std::move(name);
  } while (file.fd < 0 && errno == EEXIST);
  require(file.fd >= 0, "cannot create a temporary file in its directory");
  require(!exists || ::fchmod(file.fd, old.st_mode & 07777) == 0, "cannot keep its permissions");

  while (!bytes.empty()) {
    const ssize_t count = ::write(file.fd, bytes.data(), bytes.size());
    require(count >= 0 || errno == EINTR, "cannot write");
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  require(::fsync(file.fd) == 0, "cannot flush");
  require(::close(std::exchange(file.fd, -1)) == 0, "cannot close");
  require(::rename(file.name.c_str(), target.c_str()) == 0, "cannot rename the temporary file");
  file.name.clear();

  // The rename reaches the disk too, where the file system can flush a directory.
  const File handle{::open(directory.c_str(), O_RDONLY | O_CLOEXEC)};
  require(handle.fd < 0 || ::fsync(handle.fd) == 0 || errno == EINVAL, "cannot flush its directory");
}

}  // namespace tapegrad::data::detail
