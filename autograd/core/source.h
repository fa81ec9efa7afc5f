// Source: where an op writes what a call of it computes as C++, for captured functions that are written out.
#pragma once

#include <string>

#include "autograd/core/op.h"
#include "autograd/core/text.h"
#include "autograd/kernels/reduce.h"

namespace tapegrad::core {

class Source {
 public:
  virtual ~Source() = default;
  // With the sizes and strides of its inputs and its output.
  const Call& call() const noexcept { return *call_; }

  // For every element: of the output, or of input `to` that is written in place. In the expression, a to f are the
  // elements of the inputs, p0 and p1 attributes, T is the dtype of the first input. Null: it cannot be written.
  virtual void each(const char* expression, int to = -1) = 0;
  // The output [outer, inner]: sums of an expression as above over n, of contiguous inputs [outer, n, inner], divided.
  virtual void sum(const char* term, kernels::Shape3 shape, std::int64_t divisor = 1) = 0;

  // What is neither: a line of code. It is indented by its braces.
  virtual void line(const std::string& text) = 0;
  // An element of input k, or of the output (-1), by an index for each dim: "v3[i * 16 + j]".
  virtual std::string at(int k, std::initializer_list<std::string> index) = 0;
  // The same where it is contiguous, by one index for all dims.
  virtual std::string flat(int k, const std::string& index) = 0;
  virtual std::string type(int k) = 0;
  // A double that keeps its value from call to call; one for a key and a name. Users see it unless the name begins with
  // an underscore.
  virtual std::string variable(const void* key, const char* name, double value) = 0;

  // "for (int i = 0; i < n; ++i) {"
  void loop(const char* i, std::int64_t n) { line(joined("for (int ", i, " = 0; ", i, " < ", n, "; ++", i, ") {")); }

 protected:
  const Call* call_ = nullptr;
};

// A number as it stands in C++, to the bit.
std::string literal(double v);
std::string literal(float v);  // without its f

// Elements at the end of a sum are not added one behind the other: the sums of 16 run side by side.
inline constexpr std::int64_t kSourceLanes = 16;

}  // namespace tapegrad::core
