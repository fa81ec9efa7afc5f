// Random numbers: the streams of PyTorch on the CPU (mt19937), so that manual_seed(0); randn({3}) gives its numbers.
//
// Each thread has a default generator of its own, so that threads neither wait for nor disturb each other. The first
// that draws has PyTorch's seed 67280421310721, each further one another seed, by the order of their first draws, so
// that threads draw different numbers. manual_seed() decides for the thread that calls it alone: call it in each thread
// with a seed of its own where runs shall repeat.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// A stream of random numbers, PyTorch's on the CPU (mt19937).
class TAPEGRAD_EXPORT Generator {
 public:
  static constexpr std::uint64_t kDefaultSeed = 67280421310721ULL;

  explicit Generator(std::uint64_t seed = kDefaultSeed) noexcept { manual_seed(seed); }
  /// Begins the stream of a seed.
  void manual_seed(std::uint64_t seed) noexcept;
  /// The seed of its stream.
  std::uint64_t seed() const noexcept { return seed_; }
  /// The next 32 bits.
  std::uint32_t random32() noexcept;
  std::uint64_t random64() noexcept;  ///< two 32-bit draws, the high word first
  float uniform_float() noexcept;     ///< [0, 1), 24 bits
  double uniform_double() noexcept;   ///< [0, 1), 53 bits
  double normal() noexcept;           ///< Box-Muller; the second value is kept for the next call
  /// Where the stream stands, int64 [628], and back to there. Error for what is no such state.
  Tensor get_state() const;
  void set_state(const Tensor& state);
  bool operator==(const Generator&) const = default;

 private:
  void refill() noexcept;

  std::uint64_t seed_ = 0;
  std::array<std::uint32_t, 624> state_;
  int next_ = 624;
  std::optional<double> kept_normal_;
};

TAPEGRAD_EXPORT Generator& default_generator();  ///< of this thread
/// Seeds the default generator of the thread that calls.
TAPEGRAD_EXPORT void manual_seed(std::uint64_t seed);

}  // namespace tapegrad
