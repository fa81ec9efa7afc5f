// Ctrl-C and SIGTERM in a training loop: it ends between two steps and keeps what it has.
#pragma once

#include <csignal>
#include <ctime>

namespace examples {

// While one lives, such a signal is remembered. It may come twice, from the terminal and from a program between; one
// that comes seconds later ends the program as ever. What the program was started to ignore (nohup) stays ignored.
class Interrupt {
 public:
  Interrupt() {
    seen_ = 0;
    struct sigaction action {};
    action.sa_handler = remember;
    action.sa_flags = SA_RESTART;
    for (int i = 0; i < 2; ++i) {
      sigaction(kSignals[i], nullptr, &old_[i]);
      if (old_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
    }
  }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt() {
    if (seen()) return;  // the program is ending
    for (int i = 0; i < 2; ++i) sigaction(kSignals[i], &old_[i], nullptr);
  }

  static bool seen() { return seen_ != 0; }
  static int exit_code() { return 128 + seen_; }  // as of a program that the signal ended

 private:
  static void remember(int signal) {
    const std::time_t now = std::time(nullptr);
    if (seen_ != 0 && now > since_ + 1) {
      std::signal(signal, SIG_DFL);
      std::raise(signal);
    }
    if (seen_ == 0) since_ = now;
    seen_ = signal;
  }

  static constexpr int kSignals[] = {SIGINT, SIGTERM};
  static inline volatile std::sig_atomic_t seen_ = 0;
  static inline volatile std::time_t since_ = 0;
  struct sigaction old_[2]{};
};

}  // namespace examples
