// One call on both sides: the model's outcome decides what the library must do.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

#include "model.h"

namespace tapegrad::fuzz {

using Tensors = std::vector<Tensor>;

// What was called so far, printed when something is wrong.
class Log {
 public:
  void clear() { text_.clear(); }
  void line(const std::string& s) { text_ += s + "\n"; }
  [[noreturn]] void fail(const std::string& why) const;

 private:
  std::string text_;
};

std::string text(const Ints& v);
template <class T>
std::string text(const std::optional<T>& v) {
  return v ? std::to_string(*v) : "None";
}
std::string text(const Items& items);

// Element by element over strides: no operation of the library is used.
Tensor to_tensor(const Array& x, Dtype dtype, bool requires_grad = false);
std::vector<Real> elements(const Tensor& x);
TensorIndex to_index(const Item& item);
std::vector<TensorIndex> to_indices(const Items& items);

// Fails unless x has the shape and, within tolerance, the elements of want.
void expect_equal(const Log& log, const Tensor& x, const Array& want, Real tolerance);

// The model's answer; none: it is no valid call. Unknown passes through.
std::optional<Arrays> ask(const std::function<Arrays()>& model);
// The library's answer; none: it threw a tapegrad::Error. Anything else that is thrown is a failure.
std::optional<Tensors> call(const Log& log, const std::function<Tensors()>& library);

}  // namespace tapegrad::fuzz
