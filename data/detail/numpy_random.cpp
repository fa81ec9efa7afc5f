#include "data/detail/numpy_random.h"

#include <bit>
#include <cmath>

namespace tapegrad::data::detail {

RandomState::RandomState(std::optional<std::int64_t> seed) {
  const std::int64_t value = seed ? *seed : default_generator().random32();
  if (value < 0 || value > std::int64_t{0xffffffff}) {
    throw ValueError("random_state: Seed must be between 0 and 2**32 - 1, but got " + std::to_string(value) +
                     "; give such a seed");
  }
  engine_.manual_seed(static_cast<std::uint64_t>(value));
}

double RandomState::random_sample() {
  const double high = engine_.random32() >> 5, low = engine_.random32() >> 6;  // 27, 26 bits
  return (high * 67108864.0 + low) / 9007199254740992.0;                       // 2^26, 2^53
}

// Marsaglia's polar method.
double RandomState::standard_normal() {
  if (kept_) return *std::exchange(kept_, std::nullopt);
  double u = 0.0, v = 0.0, r2 = 0.0;
  do {
    u = 2.0 * random_sample() - 1.0;
    v = 2.0 * random_sample() - 1.0;
    r2 = u * u + v * v;
  } while (r2 >= 1.0 || r2 == 0.0);
  const double scale = std::sqrt(-2.0 * std::log(r2) / r2);
  kept_ = scale * u;
  return scale * v;
}

// Bits are drawn under the smallest mask 2^k - 1 until they fit; none where there is no choice.
std::int64_t RandomState::randint(std::int64_t n) {
  if (n <= 1) return 0;
  const std::uint64_t most = static_cast<std::uint64_t>(n) - 1, mask = std::bit_ceil(most + 1) - 1;
  std::uint64_t draw = 0;
  do {
    draw = (most > 0xffffffffu ? engine_.random64() : engine_.random32()) & mask;
  } while (draw > most);
  return static_cast<std::int64_t>(draw);
}

// Fisher-Yates from the last element down.
Tensor RandomState::permutation(std::int64_t n) {
  Tensor order = arange(n);
  auto* const values = order.data_ptr<std::int64_t>();
  for (std::int64_t i = n; i-- > 1;) std::swap(values[i], values[randint(i + 1)]);
  return order;
}

}  // namespace tapegrad::data::detail
