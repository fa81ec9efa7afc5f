// The numbers of a small example's run, where it was asked for them with --log.
#pragma once

#include <tapegrad/data/run_log.h>

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace examples {

// The option, and the log that it asks for; without it nothing is kept.
class Log {
 public:
  void define(CLI::App& app) {
    app.add_option("--log", file_, "keep the numbers of each step, for tapegrad-report")->type_name("FILE");
  }
  void begin(const tapegrad::data::RunOptions& options) {
    if (!file_.empty()) log_.emplace(file_, options);
  }
  void add(std::int64_t step, const std::vector<std::pair<std::string, double>>& values) {
    if (log_) log_->add(step, values);
  }
  // Where a number costs something to find.
  explicit operator bool() const { return log_.has_value(); }

 private:
  std::string file_;
  std::optional<tapegrad::data::RunLog> log_;
};

}  // namespace examples
