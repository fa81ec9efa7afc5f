// The Mersenne Twister mt19937 (Matsumoto and Nishimura 1998), seeded and read as PyTorch does on the CPU.
#include <tapegrad/autograd/random.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

#include <tapegrad/autograd/tensor.h>

#include "autograd/core/recorder.h"

namespace tapegrad {

namespace {
constexpr std::int64_t kStateSize = 4 + 624;
void require_unrecorded(const char* op) {
  core::require_unrecorded(op, "sets where the random numbers stand", "do it outside");
}
}  // namespace

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

// seed, next, whether a normal is kept and which; then the 624 words.
Tensor Generator::get_state() const {
  Tensor out = empty(kStateSize, kLong);
  auto* p = out.data_ptr<std::int64_t>();
  *p++ = static_cast<std::int64_t>(seed_);
  *p++ = next_;
  *p++ = kept_normal_ ? 1 : 0;
  *p++ = std::bit_cast<std::int64_t>(kept_normal_.value_or(0));
  std::copy(state_.begin(), state_.end(), p);
  return out;
}

void Generator::set_state(const Tensor& state) {
  require_unrecorded("set_state");
  bool good = state.defined() && state.dtype() == kLong && state.sizes() == kStateSize;
  const std::vector<std::int64_t> s = good ? state.to_vector<std::int64_t>() : std::vector<std::int64_t>();
  good = good && s[1] >= 0 && s[1] <= 624 && (s[2] == 0 || s[2] == 1);
  std::int64_t any = 0;  // of the 19937 bits that the twister reads: all 0, they stay 0 for ever
  for (std::size_t i = 4; i < s.size(); ++i) {
    good = good && s[i] >> 32 == 0;
    any |= i == 4 ? s[i] & 0x80000000 : s[i];
  }
  good = good && any != 0 && (s[2] == 0 || std::isfinite(std::bit_cast<double>(s[3])));
  if (!good) throw ValueError("set_state: Invalid mt19937 state; give it what get_state() gave");
  seed_ = static_cast<std::uint64_t>(s[0]);
  next_ = static_cast<int>(s[1]);
  kept_normal_ = s[2] != 0 ? std::optional(std::bit_cast<double>(s[3])) : std::nullopt;
  std::transform(s.begin() + 4, s.end(), state_.begin(), [](std::int64_t w) { return static_cast<std::uint32_t>(w); });
}

namespace {
// The first thread that asks gets the default seed, each further one the next of a sequence whose low 32 bits, which
// are what the twister is seeded with, do not repeat.
std::uint64_t seed_of_next_thread() noexcept {
  static constinit std::atomic<std::uint64_t> threads{0};
  return Generator::kDefaultSeed + 0x9e3779b97f4a7c15U * threads.fetch_add(1, std::memory_order_relaxed);
}
}  // namespace

Generator& default_generator() {
  core::Context& ctx = core::context();
  if (ctx.generator == nullptr) {
    core::register_thread();  // where that fails, what the thread draws from outlives it
    ctx.generator = new Generator(seed_of_next_thread());
  }
  return *ctx.generator;
}

void core::delete_generator(Generator* g) noexcept { delete g; }

void manual_seed(std::uint64_t seed) {
  require_unrecorded("manual_seed");
  default_generator().manual_seed(seed);
}

}  // namespace tapegrad
