// A thread that could not be started is started later.
#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <string>

#include <tapegrad/tapegrad.h>

using namespace tapegrad;

namespace {
// A line of /proc/self/status: "Threads", "VmSize" (in KiB).
std::size_t status(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return std::stoul(line.substr(name.size() + 1));
  return 0;
}
}  // namespace

int main() {
  set_num_threads(3);
  const Tensor x = ones({400000});
  for (int i = 0; i < 3; ++i) (void)(x * 2).sum();  // takes the memory that it needs
  if (status("Threads") != 3) return std::printf("%zu threads at first\n", status("Threads")), 1;
  set_num_threads(5);
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = (status("VmSize") + 2048) * 1024;  // no room for a stack
  setrlimit(RLIMIT_AS, &limit);
  for (int i = 0; i < 3; ++i) (void)(x * 2).sum();
  if (status("Threads") != 3) return std::printf("%zu threads without room\n", status("Threads")), 1;
  limit.rlim_cur = before;
  setrlimit(RLIMIT_AS, &limit);
  for (int i = 0; i < 1100; ++i) (void)(x * 2).sum();
  if (status("Threads") != 5) return std::printf("%zu threads with room again\n", status("Threads")), 1;
}
