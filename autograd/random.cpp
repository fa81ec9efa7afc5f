// The Mersenne Twister mt19937 (Matsumoto and Nishimura 1998), seeded and read as PyTorch does on the CPU.
#include <tapegrad/autograd/random.h>

#include <cmath>
#include <numbers>
#include <utility>

namespace tapegrad {

void Generator::manual_seed(std::uint64_t seed) noexcept {
  seed_ = seed;
  kept_normal_.reset();
  state_[0] = static_cast<std::uint32_t>(seed);
  for (std::uint32_t i = 1; i < 624; ++i) state_[i] = 1812433253U * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
  next_ = 624;
}

void Generator::refill() noexcept {
  constexpr std::size_t kN = 624;
  for (std::size_t i = 0; i < kN; ++i) {
    const std::uint32_t y = (state_[i] & 0x80000000U) | (state_[(i + 1) % kN] & 0x7fffffffU);
    state_[i] = state_[(i + 397) % kN] ^ (y >> 1) ^ ((y & 1) != 0 ? 0x9908b0dfU : 0);
  }
  next_ = 0;
}

std::uint32_t Generator::random32() noexcept {
  if (next_ == 624) refill();
  std::uint32_t y = state_[static_cast<std::size_t>(next_++)];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680U;
  y ^= (y << 15) & 0xefc60000U;
  return y ^ (y >> 18);
}

std::uint64_t Generator::random64() noexcept {
  const std::uint64_t high = random32();
  return high << 32 | random32();
}

float Generator::uniform_float() noexcept { return static_cast<float>(random32() & 0xffffffU) * 0x1p-24F; }

double Generator::uniform_double() noexcept {
  return static_cast<double>(random64() & ((std::uint64_t{1} << 53) - 1)) * 0x1p-53;
}

double Generator::normal() noexcept {
  if (kept_normal_) return *std::exchange(kept_normal_, std::nullopt);
  const double u1 = uniform_double();
  const double u2 = uniform_double();
  const double radius = std::sqrt(-2 * std::log1p(-u2));
  const double theta = 2 * std::numbers::pi * u1;
  kept_normal_ = radius * std::sin(theta);
  return radius * std::cos(theta);
}

Generator& default_generator() noexcept {
  thread_local Generator generator;
  return generator;
}

void manual_seed(std::uint64_t seed) noexcept { default_generator().manual_seed(seed); }

}  // namespace tapegrad
