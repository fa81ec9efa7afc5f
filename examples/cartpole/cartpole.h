// A pole that stands on a cart, which is pushed left or right: the equations and limits of A. G. Barto, R. S. Sutton
// and C. W. Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems", 1983.
#pragma once

#include <tapegrad/tapegrad.h>

#include <cmath>
#include <cstdint>

struct CartPole {
  static constexpr int kLongest = 500;  // steps of an episode, 0.02 s each: 10 s
  float state[4] = {};                  // the cart's place (m) and speed, the pole's angle (rad) and speed
  int steps = 0;

  void reset() {
    const tapegrad::Tensor start = tapegrad::distributions::Uniform(-0.05, 0.05).sample({4});
    for (int i = 0; i < 4; ++i) state[i] = start.data_ptr<float>()[i];
    steps = 0;
  }
  // The pole has fallen (12 degrees), or the cart has left its track.
  bool failed() const { return std::abs(state[0]) > 2.4F || std::abs(state[2]) > 12 * 3.14159265F / 180; }
  bool ended() const { return failed() || steps == kLongest; }

  // Pushes by 10 N, left (0) or right (1), a cart of 1 kg with a pole of 0.1 kg and 1 m.
  void push(std::int64_t action) {
    const float force = action == 1 ? 10.0F : -10.0F, sine = std::sin(state[2]), cosine = std::cos(state[2]);
    const float common = (force + 0.05F * state[3] * state[3] * sine) / 1.1F;
    const float turning = (9.8F * sine - cosine * common) / (0.5F * (4.0F / 3 - 0.1F * cosine * cosine / 1.1F));
    const float pushing = common - 0.05F * turning * cosine / 1.1F;
    const float change[4] = {state[1], pushing, state[3], turning};
    for (int i = 0; i < 4; ++i) state[i] += 0.02F * change[i];
    ++steps;
  }
};
