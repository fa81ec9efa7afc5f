// Memory that runs out in each operation of the registry: in its forward, backward, second derivative and in-place
// form.
#include <gtest/gtest.h>

#include <memory>

#include <tapegrad/autograd/grad.h>

#include "scenario.h"
#include "tests/autograd/oracle.h"

namespace tapegrad::test {
namespace {

// The cases of this run: all, or the first of each operation.
void for_cases(bool (*wanted)(const Case&), const std::function<Scenario(const std::string&, const Case&)>& scenario,
               std::int64_t at_most) {
  std::vector<Scenario> scenarios;
  for (const Sample& sample : samples()) {
    for (const Case& c : sample.cases) {
      if (!is_small(c) || is_empty(c) || !wanted(c)) continue;
      scenarios.push_back(scenario(sample.name + " " + c.label, c));
      if (!every_k()) break;
    }
  }
  EXPECT_GT(scenarios.size(), 5U);
  expect_survive_failing_memory(scenarios, at_most);
}

bool has_in_place(const Case& c) {
  Shape shape = c.inputs[0].shape;
  for (const Input& other : c.inputs)
    if (c.broadcasts) shape = broadcast(shape, other.shape);
  return c.in_place != nullptr && shape == c.inputs[0].shape;
}

struct Call {
  Tensors in, out;
};

// run() adds to the call's `out`, which takes no memory, what is to be seen beside the inputs.
Scenario scenario(const std::string& name, const Case& c, std::function<void(Call&)> run) {
  return {name, [&c, run, drawn = draw_inputs(name, c)] {
            const auto call = std::make_shared<Call>();
            call->in = to_tensors(c, drawn, kDouble);
            call->out.reserve(1);
            return Attempt{[=] {
                             call->out.clear();
                             run(*call);
                           },
                           [=](Hash& h) { h(call->in)(call->out); }};
          }};
}

TEST(FailingMemory, LeavesTheInputsOfEveryOperationAsTheyWere) {
  for_cases([](const Case&) { return true; },
            [](const std::string& name, const Case& c) {
              return scenario(name, c, [&c](Call& call) { call.out.push_back(c.fn(call.in)); });
            },
            6);
}

TEST(FailingMemory, LeavesTheGradientsOfEveryOperationAsTheyWere) {
  for_cases(
      is_differentiable,
      [](const std::string& name, const Case& c) {
        return scenario(name, c, [&c](Call& call) {
          const Tensor out = c.fn(call.in);
          out.backward(ones_like(out));
          call.out.push_back(out);
        });
      },
      12);
}

TEST(FailingMemory, LeavesTheSecondDerivativesOfEveryOperationAsTheyWere) {
  for_cases(
      is_differentiable,
      [](const std::string& name, const Case& c) {
        return scenario(name, c, [&c](Call& call) {
          const Tensor out = c.fn(call.in);
          Tensors wanted;
          for (const Tensor& x : call.in)
            if (x.requires_grad()) wanted.push_back(x);
          Tensor sum = zeros({}, kDouble);
          for (const Tensor& g : autograd::grad({out}, wanted, {ones_like(out)}, std::nullopt, true, true))
            if (g.defined()) sum = sum + (g * g).sum();
          if (sum.requires_grad()) sum.backward();
          call.out.push_back(sum);
        });
      },
      12);
}

TEST(FailingMemory, LeavesWhatEveryOperationOverwritesAsItWas) {
  for (const bool recorded : {false, true}) {
    for_cases(
        has_in_place,
        [&](const std::string& name, const Case& c) {
          return Scenario{
              name, [&c, recorded, drawn = draw_inputs(name, c)] {
                const auto call = std::make_shared<Call>();
                call->in = to_tensors(c, drawn, kDouble, std::vector<bool>(c.inputs.size(), recorded));
                call->out = call->in;
                if (recorded) call->out[0] = call->in[0] * 1;
                return Attempt{[=, &c] { c.in_place(call->out); }, [=](Hash& h) { h(call->in)(call->out); }};
              }};
        },
        4);
  }
}

}  // namespace
}  // namespace tapegrad::test
