#include "calls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <limits>

namespace tapegrad::test {

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct Plan {
  std::int64_t first = kNever, last = kNever, asked = 0;
  int error = 0;
  char failed[200] = "";  // names, each with a blank behind it
};
constinit thread_local Plan t_plan{};

// 0, or the error that the call shall have.
int planned(const char* name) noexcept {
  if (t_plan.first == kNever && t_plan.last == kNever) return 0;
  const std::int64_t k = t_plan.asked++;
  if (k < t_plan.first || k > t_plan.last) return 0;
  const std::size_t used = std::strlen(t_plan.failed);
  std::snprintf(t_plan.failed + used, sizeof t_plan.failed - used, "%s ", name);
  return t_plan.error;
}

bool fails(const char* name) noexcept {
  const int error = planned(name);
  if (error > 0) errno = error;
  return error > 0;
}

}  // namespace

FailingCalls::FailingCalls(std::int64_t k, Times times, int error) noexcept {
  t_plan = {k, times == Times::Once ? k : kNever, 0, error, ""};
  if (k == kNever) t_plan.last = 0;  // counts
}
void FailingCalls::stop() noexcept { t_plan.first = t_plan.last = kNever; }
std::int64_t FailingCalls::asked() const noexcept { return t_plan.asked; }
bool FailingCalls::happened(const char* call) const noexcept {
  return call == nullptr ? *t_plan.failed != '\0' : log().find(std::string(call) + ' ') != std::string::npos;
}
std::string FailingCalls::log() const { return t_plan.failed; }

}  // namespace tapegrad::test

using tapegrad::test::FailingCalls;
using tapegrad::test::fails;
using tapegrad::test::planned;

extern "C" {

int open(const char* path, int flags, ...) {
  if (fails("open")) return -1;
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

ssize_t read(int file, void* to, size_t n) {
  const int error = planned("read");
  if (error > 0) return errno = error, -1;
  return syscall(SYS_read, file, to, error == FailingCalls::kShort && n > 1 ? 1 : n);
}

ssize_t write(int file, const void* from, size_t n) {
  const int error = planned("write");
  if (error > 0) return errno = error, -1;
  return syscall(SYS_write, file, from, error == FailingCalls::kShort && n > 1 ? 1 : n);
}

// As in Linux, the file is closed whatever close() says.
int close(int file) {
  const int result = static_cast<int>(syscall(SYS_close, file));
  return fails("close") ? -1 : result;
}

int fsync(int) { return fails("fsync") ? -1 : 0; }  // the disk is not what is tested
int fchmod(int file, mode_t mode) { return fails("fchmod") ? -1 : static_cast<int>(syscall(SYS_fchmod, file, mode)); }
int unlink(const char* path) noexcept {
  return fails("unlink") ? -1 : static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}
int rename(const char* from, const char* to) noexcept {
  return fails("rename") ? -1 : static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
ssize_t readlink(const char* path, char* to, size_t n) noexcept {
  return fails("readlink") ? -1 : syscall(SYS_readlinkat, AT_FDCWD, path, to, n);
}
int stat(const char* path, struct stat* to) noexcept { return fails("stat") ? -1 : fstatat(AT_FDCWD, path, to, 0); }
int fstat(int file, struct stat* to) noexcept { return fails("fstat") ? -1 : fstatat(file, "", to, AT_EMPTY_PATH); }
}
