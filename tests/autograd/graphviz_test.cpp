#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

struct Cube : autograd::Function<Cube> {
  static Tensor forward(autograd::AutogradContext*, const Tensor& x) { return x * x * x; }
  static autograd::tensor_list backward(autograd::AutogradContext*, autograd::tensor_list grads) { return grads; }
};

TEST(MakeDot, NamesParametersOpsAndFunctions) {
  const Tensor w = ones({2, 3}, requires_grad()), b = ones({3}, requires_grad());
  StateDict names;
  names.insert("w", w);
  const Tensor loss = Cube::apply(ones({4, 2}).mm(w)) + b;
  EXPECT_EQ(autograd::make_dot(loss, names), R"(digraph {
  node [shape=box, fontname=monospace];
  out0 [label="[4, 3]", style=filled, fillcolor=palegreen];
  n0 [label="add\n[4, 3]"];
  n2 [label="[3]", style=filled, fillcolor=lightblue];
  n1 [label="Cube\n[4, 3]"];
  n3 [label="mm\n[4, 3]"];
  n4 [label="w\n[2, 3]", style=filled, fillcolor=lightblue];
  n0 -> out0;
  n1 -> n0;
  n2 -> n0;
  n3 -> n1;
  n4 -> n3;
}
)");
}

TEST(MakeDot, NamesTheParametersOfAModule) {
  const nn::Linear fc(2, 3);
  const std::string dot = autograd::make_dot(fc(ones({1, 2})).sum(), fc->named_parameters());
  EXPECT_NE(dot.find("label=\"weight\\n[3, 2]\""), dot.npos) << dot;
  EXPECT_NE(dot.find("label=\"bias\\n[3]\""), dot.npos) << dot;
}

TEST(MakeDot, DrawsWhatIsSharedOnce) {
  const Tensor a = ones({2}, requires_grad());
  const Tensor h = a.exp();
  const std::string dot = autograd::make_dot({h.sum(), (h * h).sum()});
  std::size_t boxes = 0;
  for (std::size_t at = 0; (at = dot.find("label=\"exp\\n", at)) != dot.npos; ++at) ++boxes;
  EXPECT_EQ(boxes, 1U) << dot;
  EXPECT_NE(dot.find(" -> out1;"), dot.npos) << dot;
}

TEST(MakeDot, DrawsALongChainWithoutRecursion) {
  Tensor h = ones({1}, requires_grad());
  for (int i = 0; i < 100'000; ++i) h = -h;
  EXPECT_GT(autograd::make_dot(h).size(), 4'000'000U);
}

TEST(MakeDot, DashesWhatWasLetGo) {
  const Tensor a = ones({2}, requires_grad());
  const Tensor h = a.exp();
  const Tensor loss = h.sum() + a.sum();
  h.sum().backward();
  EXPECT_NE(autograd::make_dot(loss).find("label=\"exp\\n[2]\", style=dashed"), std::string::npos);
}

TEST(MakeDot, RefusesWhatHasNoGraph) {
  expect_error<AutogradError>([] { autograd::make_dot(ones({2})); },
                              "make_dot: element 0 of tensors does not require grad and does not have a grad_fn; give");
  expect_error<AutogradError>([] { autograd::make_dot(Tensor()); }, "make_dot: element 0 of tensors");
  const Tensor loss = ones({1}, requires_grad()).exp();
  loss.backward();
  expect_error<AutogradError>([&] { autograd::make_dot(loss); }, "make_dot: Trying to backward through the graph a");
}

}  // namespace
}  // namespace tapegrad
