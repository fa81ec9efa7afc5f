// What a part of a program spends on each operation.
//
//   autograd::profiler::Profile profile;
//   for (auto& batch : loader) step(batch);
//   profile.stop();
//   std::cout << profile.table();
//   profile.export_chrome_trace("trace.json");  // for chrome://tracing or ui.perfetto.dev
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <tapegrad/autograd/export.h>

namespace tapegrad::autograd::profiler {

/// All calls of one op, in forward (and wherever else the program calls it) or in a backward pass.
struct OpProfile {
  std::string name;
  bool backward = false;
  std::int64_t count = 0;
  std::int64_t time_ns = 0;      // in its kernel; of a view 0
  std::int64_t bytes = 0;        // of results; 0 of a view, and of what is written in place
  std::int64_t allocations = 0;  // blocks asked of the system up to its end, which the free lists had not
};

/// Sees each operation of this thread from its construction on, an optimiser's updates and what a backward pass
/// computes included; how many threads a kernel uses changes nothing. Captured functions run as they are meanwhile.
/// Costs nothing where there is none. AutogradError where the thread has one already.
class TAPEGRAD_EXPORT Profile {
 public:
  Profile();
  ~Profile();
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  /// Ends it, in the thread that made it. Nothing where it has ended.
  void stop() noexcept;
  /// The wall time between construction and stop(), or until now.
  std::int64_t wall_time_ns() const noexcept;
  /// The calls by op, those that take longest first.
  std::vector<OpProfile> key_averages() const;
  /// The same as text, with the sums, and at most so many rows.
  std::string table(int max_rows = 100) const;
  /// Writes every call, and what add_span() added, as Chrome's trace events (JSON), whole or not at all. IoError where
  /// the file cannot be written.
  void export_chrome_trace(const std::string& path) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The steady clock, in ns: from when a span began.
TAPEGRAD_EXPORT std::int64_t now_ns() noexcept;

/// Adds what no operation shows to the profile of this thread, where there is one: it went on from `begin_ns` until
/// now, as a collective does beside the operations of a backward pass. The trace has it in a row of its own, with
/// `bytes`; the table has it not. `name`: a literal, without quotes or backslashes.
TAPEGRAD_EXPORT void add_span(const char* name, std::int64_t begin_ns, std::int64_t bytes = 0) noexcept;

}  // namespace tapegrad::autograd::profiler
