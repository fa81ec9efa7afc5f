// The data and the model.
#pragma once

#include <tapegrad/tapegrad.h>

#include <cmath>
#include <cstdint>
#include <vector>

inline constexpr std::int64_t kArms = 3;

using Net = tapegrad::nn::Sequential;

struct Spiral {
  tapegrad::Tensor x;  // [kArms * points_an_arm, 2]
  tapegrad::Tensor y;  // the arm, int64 [kArms * points_an_arm]
};

// Points along three arms wound around the origin, within the unit circle. `noise` is the standard deviation of their
// angle, in radians.
inline Spiral make_spiral(std::int64_t points_an_arm, double noise) {
  constexpr double kThirdTurn = 2.0943951023931953, kWinding = 4.5;
  std::vector<float> x;
  std::vector<std::int64_t> y;
  for (std::int64_t arm = 0; arm < kArms; ++arm) {
    const auto shift = (tapegrad::randn({points_an_arm}) * noise).to_vector<double>();
    for (std::size_t i = 0; i < shift.size(); ++i) {
      const double radius = static_cast<double>(i + 1) / static_cast<double>(shift.size());
      const double angle = kWinding * radius + kThirdTurn * static_cast<double>(arm) + shift[i];
      x.push_back(static_cast<float>(radius * std::cos(angle)));
      x.push_back(static_cast<float>(radius * std::sin(angle)));
      y.push_back(arm);
    }
  }
  return {tapegrad::tensor(x).view({-1, 2}), tapegrad::tensor(y)};
}

inline Net make_net() {
  using namespace tapegrad;
  return Net(nn::Linear(2, 32), nn::Tanh(), nn::Linear(32, 32), nn::Tanh(), nn::Linear(32, kArms));
}
