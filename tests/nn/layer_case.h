// A layer or loss beside its function, its printed text and PyTorch's numbers of layers_golden.txt.
#pragma once

#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/gradcheck.h>
#include <tapegrad/nn/functional.h>

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/common/golden.h"

namespace tapegrad::layer_case {

using Tensors = std::vector<Tensor>;
using Sizes = std::vector<std::vector<std::int64_t>>;

inline std::string printed(const auto& module) {
  std::ostringstream out;
  out << module;
  return out.str();
}

// fn(x[0], x[1] .., rest ..) of as many as it takes, or fn(x).
template <class F, class... Rest>
Tensor call(const F& fn, const Tensors& x, const Rest&... rest) {
  using T = const Tensor&;
  if constexpr (std::is_invocable_v<const F&, const Tensors&, const Rest&...>) {
    return fn(x, rest...);
  } else if constexpr (std::is_invocable_v<const F&, T, const Rest&...>) {
    return fn(x[0], rest...);
  } else if constexpr (std::is_invocable_v<const F&, T, T, const Rest&...>) {
    return fn(x[0], x[1], rest...);
  } else if constexpr (std::is_invocable_v<const F&, T, T, T, const Rest&...>) {
    return fn(x[0], x[1], x[2], rest...);
  } else {
    return fn(x[0], x[1], x[2], x[3], rest...);
  }
}

inline const golden::File& file() {
  static const golden::File all = golden::read("nn/layers_golden.txt");
  return all;
}

inline Tensors inputs(const std::string& name, const Sizes& sizes) {
  Tensors x;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto found = file().find(name + "/in" + std::to_string(i));
    if (found == file().end()) throw Error("no line in the golden file");
    x.push_back(tensor(found->second, kDouble).view(sizes[i]).clone().requires_grad_());
  }
  return x;
}

// fn of the inputs has PyTorch's numbers, its gradients too, and these (unless they are not meant to be) are the
// derivatives, and have derivatives.
template <class F>
void expect_golden(const std::string& name, const Sizes& sizes, const F& fn, bool derivatives = true) {
  SCOPED_TRACE(name);
  const Tensors x = inputs(name, sizes);
  const Tensor y = call(fn, x);
  golden::expect_near(golden::elements({y}), file().at(name + "/out"), 1e-13);
  y.square().sum().backward();
  for (std::size_t i = 0; i < x.size(); ++i) {
    golden::expect_near(golden::elements({x[i].grad()}), file().at(name + "/grad" + std::to_string(i)), 1e-12);
  }
  if (!derivatives) return;
  const auto of_inputs = [&](const Tensors& in) { return call(fn, in); };
  EXPECT_TRUE(autograd::gradcheck(of_inputs, inputs(name, sizes)));
  EXPECT_TRUE(autograd::gradgradcheck(of_inputs, inputs(name, sizes)));
}

// The same, and the module gives the same bits, prints `text`, and so does its clone. `more` are inputs behind those of
// the file.
template <class Holder, class F>
void expect_layer(const std::string& name, const Sizes& sizes, const std::string& text, const F& fn,
                  const Holder& module, const Tensors& more = {}) {
  const auto with_more = [&](Tensors in) {
    in.insert(in.end(), more.begin(), more.end());
    return in;
  };
  expect_golden(name, sizes, [&](const Tensors& in) { return call(fn, with_more(in)); });
  SCOPED_TRACE(name);
  const Tensors x = with_more(inputs(name, sizes));
  const Holder copy = nn::clone(module);
  EXPECT_NE(copy.get(), module.get());
  for (const Holder& m : {module, copy}) {
    EXPECT_TRUE(call(m, x).equal(call(fn, x)));
    EXPECT_EQ(printed(m), text);
  }
}

}  // namespace tapegrad::layer_case
