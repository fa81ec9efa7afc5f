// Where tapegrad means to differ from libtorch 1.13 in views, writes and gradients, and why.
#include "tests/differential/cases.h"

namespace differential {

std::vector<Difference> differences_of_tape() {
  return {
      // --- views and writes
      {"writes through views",
       "An in-place operation that is recorded needs a tensor that owns its bytes; through a view only t[i] = value "
       "and index_put_ are recorded. The message says what to write instead.",
       [](const Case& c) {
         return c.only_ours_threw() && c.ours.threw == Threw::Autograd &&
                (c.we_said("cannot write through a view") || c.we_said("changed in place"));
       }},
      {"views without recording",
       "A view that is made while recording is off does not require grad, and has no history; libtorch says that it "
       "does where its base does, and gives it no gradient either.",
       [](const Case& c) {
         if (c.only_theirs_threw()) return c.they_said("view was created in no_grad");
         return c.mismatch.field == Field::RequiresGrad && !c.mismatch.of_grad && !is_gradient(c) &&
                c.mismatch.detail == "requires_grad 0, libtorch 1";
       }},
      {"data() and versions", "data() shares bytes and has no counter of its own.",
       [](const Case& c) { return c.mismatch.field == Field::Version && has_op(c, {Op::Data}); }},
      {"what is saved",
       "What a gradient does not read, and what x.mul_(x) overwrites, may be written: prod and logsumexp save no "
       "result, "
       "mean nothing, mse_loss, var and std differences, what picks elements a copy of its indices or mask, mixed "
       "dtypes "
       "a cast copy, a product and a quotient only what the gradients asked for read. libtorch throws; one that saves "
       "copies gives the same gradients.",
       nullptr},
      {"expm1, erfinv, and what they save",
       "The gradient of expm1 is exp(x), for its digits far left, so a write to x is found out in backward; libtorch "
       "saves the output, y + 1. That of erfinv reads the output, hooks and all, which libtorch computes once more.",
       [](const Case& c) {
         if (!is_gradient(c)) return false;
         if (c.mismatch.field == Field::Hooks) return has_op(c, {Op::Erfinv}) && has_create_graph(c);
         return c.only_ours_threw() &&
                (c.we_said("expm1: one of the variables") || c.we_said("erfinv: one of the variables"));
       }},
      {"matrices in tensordot",
       "tensordot multiplies views of its arguments where it can, so a write to one is found out in backward; libtorch "
       "copies some of them.",
       [](const Case& c) {
         return is_gradient(c) && c.only_ours_threw() && c.we_said("mm: one of the variables") &&
                has_op(c, {Op::Tensordot});
       }},
      {"saved in a Function, then detached",
       "What save_for_backward() was given keeps the history that it had, so that the second derivative is whole; of a "
       "tensor that is detached in place afterwards libtorch forgets it.",
       [](const Case& c) {
         return is_gradient(c) && has_op(c, {Op::Cube}) && has_op(c, {Op::DetachInPlace}) && has_create_graph(c);
       }},
      {"nothing was let go",
       "A second pass works where nothing on its way was let go: mean and prod of few elements save nothing here, "
       "expm1's "
       "gradient is written in its input, relu's has no derivative. libtorch throws; one that retains every graph "
       "gives "
       "the same gradients.",
       nullptr},
      {"let go",
       "What was let go has no edges any more, so that a kept loss keeps no graph, and x / 4 saves its number as a "
       "tensor: "
       "a pass that may come to it throws, where libtorch throws if it does and keeps the number. With every graph "
       "retained both agree.",
       nullptr},
      {"detached while saved",
       "An operation whose output was detached by detach_() still has its gradient; libtorch 1.13 fails an assertion, "
       "unless it saves copies: then both agree.",
       nullptr},
      {"fill of an expanded tensor",
       "fill_ and copy_ of a tensor whose elements share memory throw, as every write; libtorch lets a few pass.",
       [](const Case& c) { return c.only_ours_threw() && c.we_said("refers to a single memory location"); }},
      {"several views",
       "Views of split, chunk and unbind are views like others; libtorch refuses to write through them, or to go on "
       "from one whose base was written.",
       [](const Case& c) {
         return c.only_theirs_threw() &&
                c.they_said("This view is the output of a function that returns multiple views");
       }},
      {"detach_ of a view",
       "detach_() detaches this handle, views included, and no other; libtorch refuses for a view, and takes views "
       "of a detached base for those of a leaf.",
       [](const Case& c) {
         return c.only_theirs_threw() && (c.they_said("Can't detach views in-place") ||
                                          (c.they_said("a view of a leaf") && has_op(c, {Op::DetachInPlace})));
       }},

      // --- gradients
      {"backward into what is no leaf",
       "backward(inputs) takes leaves; libtorch also leaves a gradient on others, in silence where they do not "
       "retain it.",
       [](const Case& c) { return c.in.op == Op::Backward && c.only_ours_threw() && c.we_said("is not a leaf"); }},
      {"gradient of a leaf by itself",
       "grad({x}, {x}) of a leaf gives a copy of the seed, and x's hooks see it; libtorch gives the seed itself, "
       "with its history, and calls no hook. backward({x}, {x}) makes it x.grad.",
       [](const Case& c) {
         if (c.in.op != Op::Grad) return false;
         if (c.mismatch.of_grad && c.mismatch.field == Field::RequiresGrad && is_its_own_seed(c, c.mismatch.reg))
           return true;
         const int of =
             c.mismatch.field == Field::Hooks || c.mismatch.of_grad ? c.mismatch.reg : input_of(c, c.mismatch.reg);
         return of >= 0 && asked_for(c, of) && c.state(of).leaf &&
                std::any_of(c.in.roots.begin(), c.in.roots.end(), [&](int r) { return c.same_tensor(r, of); });
       }},
      {"history of a constant gradient",
       "Under create_graph a gradient whose own derivative is zero may have a history in one library and none in "
       "the other, where that derivative then is undefined.",
       [](const Case& c) {
         if (!is_gradient(c) || !has_create_graph(c)) return false;
         if (c.only_ours_threw()) return c.we_said("appears to not have been used");
         if (c.mismatch.field == Field::Defined || c.mismatch.field == Field::Hooks) return c.mismatch.zero;
         return (c.mismatch.field == Field::RequiresGrad || c.mismatch.field == Field::Leaf) && c.in.k &&
                (c.mismatch.constant || (has_op(c, {Op::Hook}) && has_op(c, {Op::Prod, Op::ProdDim})));
       }},
      {"what a gradient is written in",
       "A second derivative by an inner result depends on whether the first is written in the operation's input or "
       "output: that of prod, logsumexp and expm1 in the input here, and that of softmax over a dim that is not the "
       "last in "
       "what stands on its side (see below).",
       [](const Case& c) {
         if (!is_gradient(c) || !has_create_graph(c) ||
             !has_op(c, {Op::Softmax, Op::LogSoftmax, Op::Expm1, Op::Prod, Op::ProdDim, Op::LogSumExp, Op::Norm3}))
           return false;
         if (c.mismatch.field == Field::Hooks) return !is_leaf(c, c.mismatch.reg);
         if (c.mismatch.of_grad) return !c.state(c.mismatch.reg).leaf;
         const int of = input_of(c, c.mismatch.reg);
         return of >= 0 && !c.state(of).leaf;
       }},
      {"seed with a history",
       "Without create_graph a gradient has no history; libtorch may hand on a view of the seed with the seed's.",
       [](const Case& c) {
         return c.mismatch.field == Field::RequiresGrad && is_gradient(c) && !c.in.k &&
                c.mismatch.detail.find(" 0, libtorch 1") != std::string::npos;
       }},
      {"hooks of what is asked for",
       "As PyTorch 2: grad() with an input that has hooks gives what they return, and fills its retained .grad; "
       "1.13 gives the gradient before them and calls none.",
       [](const Case& c) {
         if (c.in.op != Op::Grad || !has_op(c, {Op::Hook, Op::RetainGrad})) return false;
         if (c.mismatch.field == Field::Hooks)
           return c.ours.hooks.size() > c.theirs.hooks.size() && asked_for(c, c.mismatch.reg);
         if (c.mismatch.of_grad) return !c.both_threw() && asked_for(c, c.mismatch.reg) && hooked(c, {c.mismatch.reg});
         const int of = input_of(c, c.mismatch.reg);
         return c.mismatch.field == Field::Values && of >= 0 && hooked(c, {of});
       }},
      {"retain_grad comes last",
       "As PyTorch 2: a retained .grad is what the hooks made of it, whichever was asked for first.",
       [](const Case& c) {
         return is_gradient(c) && !c.both_threw() && c.mismatch.of_grad && c.mismatch.field == Field::Values &&
                hooked(c, {c.mismatch.reg}) && !c.state(c.mismatch.reg).leaf;
       }},
      {"bytes of a gradient",
       "A gradient is no view and shares no bytes with a seed, another gradient or what the user holds; libtorch "
       "hands on what it was given, or one element for all, so that a change of one is seen in the other.",
       [](const Case& c) {
         if (!has_op(c, {Op::Grad, Op::Backward, Op::GradOf, Op::SetGrad})) return false;
         if (c.only_theirs_threw())
           return c.they_said("single memory location") || c.they_said("view was created in no_grad") ||
                  c.they_said("a view of a leaf");
         if (c.mismatch.handed_on || (c.mismatch.field == Field::Hooks && is_seed(c, c.mismatch.reg))) return true;
         if (is_gradient(c) && (any_seed(c, c.in.inputs) || any_seed(c, c.in.roots))) return true;
         if (is_gradient(c) && c.mismatch.field == Field::Version && made_by(c, c.mismatch.reg, {Op::GradOf}))
           return true;
         if (!is_change(c)) return false;
         if (c.mismatch.field == Field::RequiresGrad)
           return c.in.op == Op::DetachInPlace || (c.mismatch.of_grad && has_op(c, {Op::SetGrad, Op::GradOf}));
         return (c.mismatch.field == Field::Version || c.mismatch.field == Field::Values) &&
                (c.mismatch.ours_unchanged || (c.kind() == Kind::Write && repeats(c.x())));
       }},
      {"overwritten",
       "Where scatter or index_put_ names a place twice, what is overwritten gets no gradient; libtorch gives it "
       "that of what stands there.",
       [](const Case& c) {
         return is_gradient(c) && (c.mismatch.field == Field::Values || c.mismatch.field == Field::Hooks) &&
                std::any_of(c.program.begin(), c.program.end(), [&](const Instruction& in) {
                  return (in.op == Op::Scatter || in.op == Op::ScatterInPlace || in.op == Op::IndexPutInPlace) &&
                         names_twice(c, in.i);
                });
       }},
      {"views out of date",
       "A view made before a recorded write to its base throws where it is used in a recorded operation, and stands "
       "for what it was for hooks and as an input of grad(); libtorch gives it a new history.",
       [](const Case& c) {
         if (c.only_ours_threw())
           return c.we_said("is a view made before") ||
                  (c.in.op == Op::Grad && written(c, c.in.inputs) && c.we_said("modified by an inplace"));
         if (c.only_theirs_threw())
           return c.in.op == Op::Grad && written(c, c.in.inputs) && c.they_said("appears to not have been used");
         if (c.mismatch.field == Field::Leaf)
           return c.kind() == Kind::Write && c.in.x != c.mismatch.reg && share_bytes(c.changed(), c.x());
         if (c.mismatch.field == Field::Hooks || (is_gradient(c) && c.mismatch.of_grad))
           return written(c, {c.mismatch.reg});
         return input_of(c, c.mismatch.reg) >= 0 && written(c, {input_of(c, c.mismatch.reg)});
       }},
      {"writes inside grad()",
       "grad(), and backward() of given inputs, leave every other .grad alone; libtorch's record of a write through "
       "a view passes on to the leaves behind it.",
       [](const Case& c) {
         if (c.only_theirs_threw())
           return is_gradient(c) && c.they_said("could not compute gradients for some functions");
         if (c.mismatch.field == Field::Hooks)
           return is_gradient(c) && !c.in.inputs.empty() && c.ours.hooks.size() < c.theirs.hooks.size() &&
                  has_kind(c, Kind::Write);
         return is_gradient(c) && !c.in.inputs.empty() && c.mismatch.of_grad && c.mismatch.field == Field::Defined &&
                c.state(c.mismatch.reg).leaf && has_kind(c, Kind::Write);
       }},
      {"leaf made a result",
       "A leaf that was written in a recorded operation after requires_grad_(false) is a result like others; "
       "libtorch refuses the gradient.",
       [](const Case& c) {
         return is_gradient(c) && c.only_theirs_threw() && c.they_said("moved into the graph interior");
       }},
      {"zero_grad(false)",
       "zero_grad(false) gives the leaf a .grad without history; a handle to the former one keeps its own, where "
       "libtorch detaches it too.",
       [](const Case& c) { return c.in.op == Op::ZeroGrad && c.mismatch.field == Field::RequiresGrad; }},
      {"hooks of what was written",
       "After a recorded write, hooks that are added see gradients of what the tensor is, and those from before can be "
       "removed; libtorch has lost those, so that it throws or removes what retain_grad() left, or adds to them.",
       [](const Case& c) {
         if (c.in.op == Op::RemoveHook) return c.only_theirs_threw();
         if (!is_gradient(c) || !written_after(c, Op::Hook, c.mismatch.reg)) return false;
         if (c.mismatch.field == Field::Hooks)
           return hooks_on(c, c.mismatch.reg) > 1 || (has_op(c, {Op::RemoveHook}) && has_op(c, {Op::RetainGrad}));
         return c.mismatch.of_grad && c.mismatch.field == Field::Defined && has_op(c, {Op::RemoveHook});
       }},
      {"detach_ of what is computed on its side",
       "What log_softmax and its likes compute over a dim that is not the last is a view of what they saved: "
       "detach_() refuses it, detach() works.",
       [](const Case& c) { return c.in.op == Op::DetachInPlace && c.only_ours_threw() && c.we_said("Can't detach"); }},
      {"views of what was detached",
       "A view made before its base was detached keeps the history it had; libtorch takes it for a view of a leaf.",
       [](const Case& c) {
         if (!is_gradient(c) || !viewed_then_detached(c)) return false;
         if (c.only_ours_threw()) return c.we_said("modified by an inplace operation");  // on the way of that history
         return c.mismatch.field == Field::Defined || c.mismatch.of_grad;
       }},
      {"retained before",
       "As PyTorch 2: a result that was written or detached after retain_grad() is another one, whose .grad is "
       "retained; "
       "1.13 retains that of what it was.",
       [](const Case& c) {
         return is_gradient(c) && c.mismatch.of_grad && !c.both_threw() &&
                written_after(c, Op::RetainGrad, c.mismatch.reg);
       }},
  };
}

}  // namespace differential
