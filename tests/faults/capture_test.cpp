// Memory that runs out while a captured function runs, is written down, becomes a program, or is replayed.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <tapegrad/autograd/capture.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>

#include "scenario.h"

namespace tapegrad::test {
namespace {

// Its one change is its last operation.
struct Step {
  Tensor w = full({700}, 0.5).requires_grad_();
  Tensor seen;
  std::shared_ptr<Captured<std::function<Tensor(const Tensor&)>>> step =
      std::make_shared<Captured<std::function<Tensor(const Tensor&)>>>(
          [w = w](const Tensor& x) {
            const Tensor loss = x.mul(w).tanh().square().sum();
            const Tensor g = autograd::grad({loss}, {w})[0];
            const NoGradGuard no_grad;
            Tensor result = loss.detach();
            w.sub_(g.mul(0.1));
            return result;
          },
          CaptureOptions());
};

Scenario after(int calls) {
  return {"captured, call " + std::to_string(calls + 1), [=] {
            const auto s = std::make_shared<Step>();
            const Tensor x = linspace(-1, 1, 700);
            for (int i = 0; i < calls; ++i) (*s->step)(x);
            return Attempt{[=] {
                             const Tensor loss = (*s->step)(x);
                             s->seen = loss;
                           },
                           [=](Hash& h) {
                             h(s->w);
                             if (s->seen.defined()) h(s->seen);
                           }};
          }};
}

TEST(FailingMemory, InACapturedFunction) {
  std::vector<Scenario> scenarios;
  for (int calls = 0; calls < 6; ++calls) scenarios.push_back(after(calls));
  expect_survive_failing_memory(scenarios, 12);
}

}  // namespace
}  // namespace tapegrad::test
