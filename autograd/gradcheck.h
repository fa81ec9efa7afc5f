// Is a gradient right? gradcheck() compares what backward gives with differences of the function itself, as strictly as
// f64 allows. The names are PyTorch's; its absolute tolerance of 1e-5, which hides mistakes, is left out.
#pragma once

#include <functional>
#include <string>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/option.h>

namespace tapegrad::autograd {

/// What is checked: any callable that takes a const std::vector<Tensor>& and gives a std::vector<Tensor> or one Tensor.
struct GradcheckFunction : std::function<tensor_list(const tensor_list&)> {
  template <class F>
  requires std::is_invocable_v<F&, const tensor_list&> GradcheckFunction(F f)
      : function([f = std::move(f)](const tensor_list& inputs) mutable -> tensor_list { return {f(inputs)}; }) {}
};

/// GradcheckOptions().tolerance(1e-7).name("my_op")
class TAPEGRAD_EXPORT GradcheckOptions {
 public:
  TAPEGRAD_OPTION(double, tolerance) = 1e-9;      ///< relative to the input's largest gradient
  TAPEGRAD_OPTION(bool, raise_exception) = true;  ///< false: a wrong gradient returns false instead
  TAPEGRAD_OPTION(std::string, name);             ///< of fn, for the report
};

/// Whether each entry of d(outputs)/d(input), for each input that requires grad, comes out the same in two ways:
///
///   |analytic - numeric| <= tolerance * (the largest |entry| of that input) + rounding
///
/// where rounding is what the last digits of fn's outputs and of backward's, as they were seen to vary, may make of the
/// two, and 2^-46 for an entry of which the differences see not one digit: without it a gradient that is 0 because
/// terms cancel (of softmax(x).sum()), or that of a small change of a large value (of x + 1e10), would never pass.
///
/// Analytic: backward passes from a cotangent of 1 for each element of each output that requires grad, and one from a
/// random mix of all; each runs twice and must give the same. An undefined gradient is zeros. Numeric: Ridders' table
/// of central differences (C. J. F. Ridders, Advances in Engineering Software 4, 1982) from a first step of 0.05 *
/// max(1, |x|) and, where that does not settle, of 4e-4: fn must be defined that far around its inputs, and kinks must
/// be 1e-3 away or more.
///
/// fn gets `inputs` themselves and may as well use them from elsewhere (a module's parameters). It is called often, in
/// grad mode, with the default generator in the same state each time. The elements of the inputs and the generator are
/// put back, also when fn throws, which passes through; no .grad is touched.
///
/// A wrong gradient: AutogradError with a report of the worst entry. AutogradError also, whatever raise_exception says,
/// where an input or output that requires grad is f32 (use kDouble), where elements of such an input share bytes, and
/// where no input or no output requires grad.
TAPEGRAD_EXPORT bool gradcheck(const GradcheckFunction& fn, const tensor_list& inputs,
                               const GradcheckOptions& options = {});

/// The same for the gradients of fn as functions of its inputs and of random cotangents of its outputs. In the report
/// "output k" is the gradient of the k-th input that requires grad; inputs beyond fn's own are the cotangents. A
/// gradient without a history counts as constant, and is found out where it is not.
TAPEGRAD_EXPORT bool gradgradcheck(const GradcheckFunction& fn, const tensor_list& inputs,
                                   const GradcheckOptions& options = {});

}  // namespace tapegrad::autograd
