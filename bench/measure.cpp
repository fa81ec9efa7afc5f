// Runs a command several times. Prints the median of its wall time in ms, its peak resident memory in MB, and the
// shortest wall time, which other programs disturb least.
// usage: measure TIMES COMMAND [ARGUMENTS]
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  std::vector<double> times;
  long peak = 0;
  for (int i = std::atoi(argv[1]); i > 0; --i) {
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
      execvp(argv[2], argv + 2);
      _exit(127);
    }
    int status = 0;
    rusage usage{};
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) return 1;
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    peak = usage.ru_maxrss;
  }
  std::sort(times.begin(), times.end());
  std::printf("%.2f %.1f %.2f\n", times[times.size() / 2], static_cast<double>(peak) / 1024, times[0]);
}
