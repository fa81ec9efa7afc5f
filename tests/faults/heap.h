// The program's operator new: it can be made to fail, and says what is alive. heap.cpp replaces it for all of the
// program, under AddressSanitizer too, which goes on seeing malloc; ThreadSanitizer insists on its own.
#pragma once

#include <cstdint>

#include "tests/autograd/sanitizers.h"

namespace tapegrad::test {

inline constexpr bool kHeapCanFail = !kThreadSanitizer;

// What is allocated and not freed, in all threads.
struct Living {
  std::int64_t blocks = 0, bytes = 0;
  friend bool operator==(const Living&, const Living&) = default;
};
Living living() noexcept;

enum class Times { Once, FromThereOn };

// While it lives, this thread's k-th allocation (0: the next one) throws std::bad_alloc, or that and all later ones.
class FailingHeap {
 public:
  FailingHeap(std::int64_t k, Times times) noexcept;
  ~FailingHeap() { stop(); }
  FailingHeap(const FailingHeap&) = delete;
  FailingHeap& operator=(const FailingHeap&) = delete;
  void stop() noexcept;
  std::int64_t asked() const noexcept;  // allocations since it was made, failed ones too
  bool happened() const noexcept;       // whether one failed
};

}  // namespace tapegrad::test
