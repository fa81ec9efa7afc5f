// How far a loop is, in one line:
//
//   for (auto& batch : data::progress(loader)) ...
#pragma once

#include <cstdio>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data {

struct ProgressOptions {
  std::string label{};               ///< before all else
  std::string unit{};                ///< what is counted; unset: "epoch", of progress() "batch"
  std::int64_t samples = 0;          ///< in each step; 0: the rate is in steps, or in the rows that batches have
  std::optional<int> plain_lines{};  ///< at most, where nothing is rewritten; unset: 10, of progress() the last one
  std::optional<bool> live{};        ///< rewrite one line; unset: where `out` is a terminal
  std::FILE* out = stdout;
};

/// On a terminal one line that rewrites itself: steps, values, rate, time left. Elsewhere plain lines without times, so
/// that two runs print the same. For a loop of one's own:
///
///   data::Progress bar(15, {.label = "train", .samples = x.size(0)});
///   for (int epoch = 1; epoch <= 15; ++epoch) {
///     ...
///     bar.set("loss", loss.item<double>());
///     bar.step();
///   }
class TAPEGRAD_EXPORT Progress {
 public:
  explicit Progress(std::optional<std::int64_t> steps, ProgressOptions options = {});  ///< unset: it is not known
  Progress(const Progress&) = delete;
  ~Progress();

  /// Shown from the next step on, in the order of the names.
  void set(const std::string& name, double value);
  /// One more is done. After the last one the line is complete.
  void step() { step(options_.samples); }
  void step(std::int64_t samples);

 protected:
  void begin(std::optional<std::int64_t> steps);  // from 0 on
  void end();

 private:
  void print(bool last);

  ProgressOptions options_;
  std::optional<std::int64_t> steps_;
  std::int64_t done_ = 0, samples_ = 0;
  std::vector<std::pair<std::string, double>> values_;
  bool live_ = false, is_open_ = false, has_ended_ = false;  // is_open_: the line has no end yet
  std::int64_t start_ = 0, last_ = 0;                        // ns
};

/// What progress() gives: the range, counted as it is walked. Each walk counts anew.
template <class Range>
class ProgressLoop : public Progress {
 public:
  ProgressLoop(Range&& range, ProgressOptions options)
      : Progress(std::nullopt, std::move(options)), range_(std::forward<Range>(range)) {}

  auto begin() {
    std::optional<std::int64_t> steps;
    if constexpr (requires { range_.size(); }) steps = static_cast<std::int64_t>(range_.size());
    Progress::begin(steps);
    return iterator(this, std::begin(range_), std::end(range_));
  }
  auto end() { return Sentinel{}; }

 private:
  struct Sentinel {};
  template <class First, class Last>
  struct IteratorOf {
    ProgressLoop* bar;
    First at;
    Last last;
    std::int64_t samples = 0;

    decltype(auto) operator*() {
      if constexpr (requires {
                      { (*at).data.size(0) } -> std::convertible_to<std::int64_t>;
                    })
        samples = (*at).data.size(0);
      return *at;
    }
    IteratorOf& operator++() {
      ++at;
      samples > 0 ? bar->step(samples) : bar->step();
      if (at == last) bar->Progress::end();
      return *this;
    }
    bool operator==(Sentinel) { return at == last; }
  };
  template <class First, class Last>
  static IteratorOf<First, Last> iterator(ProgressLoop* bar, First first, Last last) {
    return {bar, std::move(first), std::move(last)};
  }

  Range range_;
};

/// A range (a loader, a container) that shows how far a loop over it is; time left where it has a size().
///
///   for (int epoch = 1; epoch <= 15; ++epoch) {
///     auto bar = data::progress(loader, {.label = "epoch " + std::to_string(epoch)});
///     for (auto& batch : bar) {
///       ...
///       bar.set("loss", loss.item<double>());
///     }
///   }
template <class Range>
ProgressLoop<Range> progress(Range&& range, ProgressOptions options = {}) {
  if (options.unit.empty()) options.unit = "batch";
  if (!options.plain_lines) options.plain_lines = 1;
  return {std::forward<Range>(range), std::move(options)};
}

}  // namespace tapegrad::data
