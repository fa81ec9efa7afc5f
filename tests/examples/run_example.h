// Runs the programs of examples/ as a user does.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <tapegrad/data/run_log.h>

#include "tests/common/folder.h"

namespace examples_test {

namespace fs = std::filesystem;

using tapegrad::test::read;

struct Outcome {
  int code;
  std::string out, err;
};

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Skips where the examples are not built.
class Example : public tapegrad::test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    if (!fs::exists(program("linear_regression"))) GTEST_SKIP() << "the examples are not built";
  }

  static fs::path program(const std::string& name) { return fs::path(TAPEGRAD_TEST_EXAMPLES_DIR) / name; }

  // arguments: as for a shell. Standard output goes to `terminal` where one is given.
  Outcome run(const std::string& name, const std::string& arguments = "", const std::string& environment = "",
              const std::string& terminal = "") const {
    const std::string out = terminal.empty() ? (folder_ / ".out").string() : terminal,
                      err = (folder_ / ".err").string();
    const std::string command = "cd '" + folder_.string() + "' && " + environment + " '" + program(name).string() +
                                "' " + arguments + " >'" + out + "' 2>'" + err + "'";
    const int status = std::system(command.c_str());
    const Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : -1, terminal.empty() ? read(out) : "", read(err)};
    if (terminal.empty()) fs::remove(out);
    fs::remove(err);
    return outcome;
  }

  void write(const std::string& name, const std::string& text) const { tapegrad::test::write(folder_ / name, text); }
  // A number of a run log over its steps; of no steps where it is not there.
  tapegrad::data::RunCurve curve(const std::string& log, const std::string& name) const {
    for (auto& c : tapegrad::data::read_run_log((folder_ / log).string()).curves)
      if (c.name == name) return c;
    return {name, {}, {}};
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename().string());
    return names;
  }
};

// A terminal whose other end is `name`.
class Terminal {
 public:
  Terminal() : fd_(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    if (fd_ < 0 || grantpt(fd_) != 0 || unlockpt(fd_) != 0) return;
    name = ptsname(fd_);
    kept_open_ = open(name.c_str(), O_RDWR | O_NOCTTY);  // what is written stays until it is read
  }
  ~Terminal() {
    close(kept_open_);
    close(fd_);
  }
  Terminal(const Terminal&) = delete;

  // What was written to it, which it hands on a little later: up to `last`.
  std::string read_until(const std::string& last) const {
    std::string out;
    for (int tries = 0; tries < 500 && out.find(last) == std::string::npos; ++tries) {
      char buffer[8192];
      const ssize_t size = ::read(fd_, buffer, sizeof buffer);
      if (size > 0) out.append(buffer, static_cast<std::size_t>(size));
      if (size <= 0) usleep(10000);
    }
    return out;
  }

  std::string name;  // empty where there are no terminals

 private:
  int fd_, kept_open_ = -1;
};

// The number behind "key=" in the line that begins with `line`; NaN where there is none.
inline double value_of(const std::string& text, const std::string& line, const std::string& key) {
  const std::size_t begin = ("\n" + text).find("\n" + line + " ");
  if (begin == std::string::npos) return std::nan("");
  const std::string row = text.substr(begin, text.find('\n', begin) - begin);
  const std::size_t at = row.find(" " + key + "=");
  return at == std::string::npos ? std::nan("") : std::strtod(row.c_str() + at + key.size() + 2, nullptr);
}

}  // namespace examples_test
