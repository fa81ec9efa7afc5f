// The program's system calls on files: one can be made to fail, or to move less than it was asked to.
#pragma once

#include <cstdint>
#include <string>

#include "heap.h"

namespace tapegrad::test {

// While it lives, this thread's k-th call (0: the next one) fails with `error`, or that and all later ones. An error of
// kShort: a read or write moves one byte; other calls work.
class FailingCalls {
 public:
  static constexpr int kShort = -1;
  FailingCalls(std::int64_t k, Times times, int error) noexcept;
  ~FailingCalls() { stop(); }
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;
  void stop() noexcept;
  std::int64_t asked() const noexcept;
  bool happened(const char* call = nullptr) const noexcept;  // whether one failed; whether that one did
  std::string log() const;                                   // which failed
};

}  // namespace tapegrad::test
