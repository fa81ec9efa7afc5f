#include <tapegrad/data/progress.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>

#include <tapegrad/autograd/profiler.h>

#include "autograd/core/text.h"

namespace tapegrad::data {

using autograd::profiler::now_ns;

namespace {

std::string to_the_right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

Progress::Progress(std::optional<std::int64_t> steps, ProgressOptions options) : options_(std::move(options)) {
  if (options_.unit.empty()) options_.unit = "epoch";
  live_ = options_.live.value_or(isatty(fileno(options_.out)) == 1);
  begin(steps);
}

Progress::~Progress() {
  if (is_open_) std::fputc('\n', options_.out);
}

void Progress::begin(std::optional<std::int64_t> steps) {
  steps_ = steps;
  done_ = samples_ = 0;
  has_ended_ = false;
  values_.clear();
  start_ = now_ns();
}

void Progress::set(const std::string& name, double value) {
  const auto found = std::find_if(values_.begin(), values_.end(), [&](const auto& v) { return v.first == name; });
  found != values_.end() ? found->second = value : values_.emplace_back(name, value).second;
}

void Progress::step(std::int64_t samples) {
  ++done_;
  samples_ += samples;
  if (done_ == steps_) return end();
  const std::int64_t lines = options_.plain_lines.value_or(10);
  if (live_ ? !is_open_ || now_ns() - last_ >= 50'000'000
            : steps_ && lines > 1 && done_ % std::max<std::int64_t>(1, *steps_ / lines) == 0)
    print(false);
}

void Progress::end() {
  if (!std::exchange(has_ended_, true)) print(true);
}

void Progress::print(bool last) {
  if (!live_ && options_.plain_lines == 0) return;
  std::string line = live_ ? "\r" : "";
  if (!options_.label.empty())
    line += options_.label + to_the_right("  ", 14 - std::min<std::size_t>(12, options_.label.size()));
  const std::string all = steps_ ? std::to_string(*steps_) : "";
  line += options_.unit + " " + to_the_right(std::to_string(done_), all.size()) + (steps_ ? "/" + all : "");
  for (const auto& [name, value] : values_) line += "  " + name + " " + core::text(value);
  if (live_) {
    last_ = now_ns();
    const double seconds = std::max(static_cast<double>(last_ - start_) * 1e-9, 1e-9);
    const double rate = static_cast<double>(samples_ > 0 ? samples_ : done_) / seconds;
    line += "  " + to_the_right(core::text(rate, 3), 8) + " " + (samples_ > 0 ? "samples" : options_.unit) + "/s";
    if (last) {
      line += "  " + core::text(seconds, 2) + " s";
    } else if (steps_) {
      const auto tenths =
          std::llround(10 * seconds / static_cast<double>(done_) * static_cast<double>(*steps_ - done_));
      line += core::joined("  ", tenths / 10, ".", tenths % 10, " s left");
    }
    line += "\033[K";
  }
  is_open_ = live_ && !last;
  if (!is_open_) line += '\n';
  std::fputs(line.c_str(), options_.out);
  if (live_) std::fflush(options_.out);
}

}  // namespace tapegrad::data
