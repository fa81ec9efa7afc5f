// Where tapegrad is wrong, and is known to be: an entry goes with its fault.
#include "tests/differential/cases.h"

namespace differential {

std::vector<Difference> faults() {
  return {
      {"fault: let go", "A second pass over what was let go is skipped",
       [](const Case& c) {
         if (!is_gradient(c)) return false;
         if (c.only_theirs_threw() && c.they_said("a second time")) return true;
         const auto lets_go = [](const Instruction& in) {
           return (in.op == Op::Grad || in.op == Op::Backward) && (in.j == 0 || (in.j < 0 && !in.k));
         };
         if (std::count_if(c.program.begin(), c.program.end(), lets_go) <= (lets_go(c.in) ? 1 : 0)) return false;
         if (c.only_theirs_threw()) return saves(c);
         if (c.only_ours_threw()) return c.we_said("appears to not have been used");
         return c.mismatch.field == Field::Values || c.mismatch.field == Field::Defined ||
                (c.mismatch.field == Field::Hooks && c.ours.hooks.size() < c.theirs.hooks.size());
       }},
      {"fault: scale of std", "std and var square before they scale: f32 beyond 1e19 gives infinity",
       [](const Case& c) {
         return c.mismatch.field == Field::Values && is(c, {Op::Std, Op::Norm, Op::Norm3});
       }},
      {"fault: div", "div saves its output",
       [](const Case& c) {
         return (is_gradient(c) && c.only_ours_threw() && c.we_said("modified by an inplace") &&
                 c.we_said("DivBackward")) ||
                (saves(c) && has_op(c, {Op::Div, Op::DivNumber, Op::NumberOver}));
       }},
      {"fault: detach_ and .grad", "detach_() drops .grad",
       [](const Case& c) { return c.in.op == Op::DetachInPlace && c.mismatch.of_grad; }},
      {"fault: detach_ and results", "detach_() of a result that ends in a view throws",
       [](const Case& c) { return c.in.op == Op::DetachInPlace && c.only_ours_threw() && c.we_said("Can't detach"); }},
      {"fault: mask of no dim", "Masks of no dim",
       [](const Case& c) { return c.only_ours_threw() && c.we_said("shape of the mask []"); }},
      {"fault: index_put_ and expand", "t[i] = value of an expanded tensor throws another sentence",
       [](const Case& c) { return c.only_ours_threw() && c.we_said("index_put_: shape mismatch"); }},
      {"fault: frozen",
       "A leaf frozen or detached after the forward pass still gets a gradient, and its hooks are called",
       [](const Case& c) {
         if (!is_gradient(c) || !has_op(c, {Op::RequiresGrad, Op::DetachInPlace})) return false;
         return c.mismatch.field == Field::Hooks || c.mismatch.field == Field::Version ||
                (c.mismatch.of_grad && !c.state(c.mismatch.reg).requires_grad);
       }},
      {"fault: root out of date", "backward from a view that is out of date",
       [](const Case& c) {
         return is_gradient(c) &&
                (!c.only_ours_threw() || c.we_said("modified by an inplace") || c.we_said("appears to not")) &&
                written(c, c.in.roots);
       }},
      {"fault: write and .grad", "a write drops .grad, and what retain_grad() asked for",
       [](const Case& c) {
         return c.mismatch.of_grad && c.mismatch.field == Field::Defined &&
                has_op(c, {Op::RetainGrad, Op::RequiresGrad});
       }},
      {"fault: unused", "grad() that throws for an unused input has filled retained .grads",
       [](const Case& c) { return c.in.op == Op::Grad && c.both_threw() && c.mismatch.of_grad; }},
  };
}

}  // namespace differential
