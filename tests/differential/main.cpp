// Random programs of operations, views, writes and steps of autograd in tapegrad and in libtorch, compared.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/differential/generate.h"

namespace {

using namespace differential;

constexpr long kFull = 10000, kLong = 1000000;  // after so many an entry that was never hit is needless

long number_after(int argc, char** argv, const char* flag, long otherwise) {
  for (int k = 1; k + 1 < argc; ++k)
    if (std::strcmp(argv[k], flag) == 0) return std::atol(argv[k + 1]);
  return otherwise;
}

volatile std::sig_atomic_t running = 0;  // the seed, for a crash in either library

void crashed(int) {
  std::cout << "--seed " << running << " --programs 1 crashes" << std::endl;
  std::_Exit(1);
}

// Each entry of the table stands in docs/differential.md, as it stands here.
bool documented() {
  std::ifstream file(TAPEGRAD_TEST_SOURCE_DIR "/docs/differential.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  bool all = true;
  for (const Difference& d : differences()) {
    const std::string row = std::string("| ") + d.name + " | " + d.reason + " |";
    if (page.find(row) != std::string::npos) continue;
    std::cout << "not in docs/differential.md:\n" << row << "\n";
    all = false;
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const bool full = std::getenv("TAPEGRAD_TEST_FULL") != nullptr;
  const long programs = number_after(argc, argv, "--programs", full ? kFull : 1000);
  const long seed = number_after(argc, argv, "--seed", 1);
  const long most = number_after(argc, argv, "--findings", 10);
  std::signal(SIGSEGV, crashed);
  const auto start = std::chrono::steady_clock::now();
  long findings = 0, instructions = 0, checks = 0, captured = 0, done = 0;
  for (; done < programs && findings < most; ++done) {
    running = static_cast<std::sig_atomic_t>(seed + done);
    Run run;
    Generator generator(static_cast<std::uint64_t>(seed + done));
    for (bool on = true; on;) {
      const Program next = generator.next(run);
      on = !next.empty();
      for (std::size_t k = 0; on && k < next.size(); ++k) {
        on = run.step(next[k]);
      }
    }
    if (!run.finding()) {
      bool replayed = false;
      const std::string otherwise = captured_otherwise(run.program(), replayed);
      captured += replayed ? 1 : 0;
      if (!otherwise.empty()) {
        ++findings;
        std::cout << "--seed " << seed + done << " --programs 1 captured, " << otherwise << source_of(run.program())
                  << "\n"
                  << std::flush;
      }
    }
    instructions += static_cast<long>(run.program().size());
    checks += run.checks();
    if (!run.finding()) continue;
    ++findings;
    const Program least = shrunk(run.program(), *run.finding());
    const auto again = differential::run(least);
    std::cout << "--seed " << seed + done << " --programs 1\n"
              << source_of(least) << "  // r" << again->reg << ": " << again->detail << "\n\n"
              << std::flush;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::cout << done << " programs, " << instructions << " instructions, " << checks << " numbers compared, " << captured
            << " programs captured and replayed, " << seconds << " s, " << findings << " findings\n";
  bool needless = false;
  for (const Difference& d : differences()) {
    std::cout << d.hits << "  " << d.name << "\n";
    needless = needless || d.hits == 0;
  }
  if (programs >= kLong && findings == 0 && needless) {
    std::cout << "an entry was never hit: take it out of the table\n";
    return 1;
  }
  return findings > 0 || !documented() ? 1 : 0;
}
