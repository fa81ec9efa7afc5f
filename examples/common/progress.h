// How far a training run is.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

namespace examples {

// On a terminal one line that rewrites itself: epoch, loss, samples a second, time left. Elsewhere plain lines, at most
// `plain_lines` of them and without times, so that two runs print the same.
class Progress {
 public:
  Progress(std::string label, int epochs, std::int64_t samples_an_epoch, int plain_lines = 10)
      : label_(std::move(label)), epochs_(epochs), samples_(samples_an_epoch), plain_lines_(plain_lines) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    if (live_ && shown_) std::printf("\n");
  }

  // `epoch` of them are done.
  void show(int epoch, double loss) {
    if (live_) {
      show_live(epoch, loss);
    } else if (plain_lines_ > 0 && (epoch == epochs_ || epoch % std::max(1, epochs_ / plain_lines_) == 0)) {
      print_epoch(epoch, loss);
      std::printf("\n");
    }
  }

 private:
  using Clock = std::chrono::steady_clock;

  void print_epoch(int epoch, double loss) const {
    const int width = static_cast<int>(std::to_string(epochs_).size());
    std::printf("%-12s  epoch %*d/%d  loss %.6g", label_.c_str(), width, epoch, epochs_, loss);
  }

  void show_live(int epoch, double loss) {
    const Clock::time_point now = Clock::now();
    if (shown_ && epoch < epochs_ && now - last_ < std::chrono::milliseconds(50)) return;
    shown_ = true;
    last_ = now;
    const double seconds = std::max(std::chrono::duration<double>(now - start_).count(), 1e-9);
    std::printf("\r");
    print_epoch(epoch, loss);
    std::printf("  %8.3g samples/s", static_cast<double>(samples_) * epoch / seconds);
    if (epoch < epochs_) {
      std::printf("  %.1f s left\033[K", seconds / epoch * (epochs_ - epoch));
    } else {
      std::printf("  %.2g s\033[K", seconds);
    }
    std::fflush(stdout);
  }

  std::string label_;
  int epochs_;
  std::int64_t samples_;
  int plain_lines_;
  bool live_ = isatty(STDOUT_FILENO) == 1;
  bool shown_ = false;
  Clock::time_point start_ = Clock::now(), last_ = start_;
};

}  // namespace examples
