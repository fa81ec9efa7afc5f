// The numbers of a run, kept in a file while it runs.
//
//   data::RunLog log("run.jsonl", {{"lr", 0.1}, {"batch_size", 32}, {"optimizer", "Adam"}});
//   for (int epoch = 1; epoch <= 10; ++epoch) {
//     ...
//     log.add(epoch, {{"loss", loss.item<double>()}, {"accuracy", accuracy}});
//   }
//
// `tapegrad-report run.jsonl other.jsonl` makes a page with curves of several runs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <tapegrad/autograd/export.h>

namespace tapegrad::data {

/// An option of a run.
using RunValue = std::variant<bool, std::int64_t, double, std::string>;
using RunOptions = std::vector<std::pair<std::string, RunValue>>;

/// A file with a line of JSON for each call: {"options": {...}, "started": "2026-11-29 12:00:00"}, then
/// {"step": 1, "loss": 0.5}; nan and infinities are strings. Each line is handed to the system as a whole before the
/// call returns, so that a program that is killed loses none; after a power cut the end may be missing.
class TAPEGRAD_EXPORT RunLog {
 public:
  /// Goes on behind what the file has, without a line that was cut off. A run that goes on from a checkpoint does, too:
  /// of a step that comes again read_run_log() knows the last. IoError where the file cannot be opened or written.
  explicit RunLog(const std::string& path, const RunOptions& options = {});
  ~RunLog();
  RunLog(RunLog&&) noexcept;

  /// Numbers of a step. IoError where they cannot be written: then none is.
  void add(std::int64_t step, const std::vector<std::pair<std::string, double>>& values);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One number of a run over its steps, which rise.
struct RunCurve {
  std::string name;
  std::vector<std::int64_t> steps;
  std::vector<double> values;
};

/// What a RunLog has written.
struct RunRecord {
  std::string started;  // when it was first opened, of local time
  RunOptions options;   // as it was last opened
  std::vector<RunCurve> curves;
};

/// Reads it, also while it is written: an unfinished last line is no part of it. IoError; FormatError naming file and
/// line.
TAPEGRAD_EXPORT RunRecord read_run_log(const std::string& path);

}  // namespace tapegrad::data
