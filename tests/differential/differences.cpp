// Where tapegrad means to differ from libtorch 1.13: what, and why.
#include <string>

#include "tests/differential/cases.h"

namespace differential {

static std::vector<Difference> meant() {
  return {
      // --- what is computed
      {"layout",
       "What an operation computes is row-major; libtorch keeps the order of the input's strides. Whether reshape() "
       "or view() of it copies, shares or throws then differs.",
       nullptr},
      {"crash",
       "register_hook() on a view whose base was written may read freed memory in libtorch 1.13: neither it nor "
       "retain_grad() is run on views after a write.",
       nullptr},
      {"which error",
       "Where both throw, the class may differ: libtorch's choice between IndexError and Error goes by operation, "
       "and of two mistakes in one call each reports the one that it looks for first.",
       [](const Case& c) {
         return c.mismatch.field == Field::Threw && c.both_threw() && c.ours.threw != Threw::Foreign;
       }},
      {"wider dtypes",
       "Activations, losses, reductions and subtraction take int64 and bool, as f32 where a real function needs it, "
       "and have gradients; libtorch has no kernel for some.",
       [](const Case& c) {
         if (is_gradient(c)) return c.only_theirs_threw() && c.they_said("Found dtype");
         return c.only_theirs_threw() && any_integer(c) &&
                (c.they_said("not implemented for") || c.they_said("not supported") || c.they_said("dtypes match") ||
                 c.they_said("Expected floating point type for target") ||
                 (c.in.op == Op::LogitsLoss && c.they_said("can't be cast to the desired output type")));
       }},
      {"narrower dtypes",
       "Products, index_add and sign take floating point only, or no bool, masks are bool, and dtypes must fit even "
       "where there is no element: training needs no other, and the message says what to convert.",
       [](const Case& c) {
         return c.only_ours_threw() &&
                (c.we_said("only supports boolean") || c.we_said("must have the same dtype") ||
                 (any_integer(c) && (c.we_said("convert") || c.we_said("must be floating point"))));
       }},
      {"integers become f32",
       "hardtanh and softmax of integers are f32, as all that is real here; libtorch keeps int64 for the one, and "
       "for the other where there is no element.",
       [](const Case& c) {
         return c.mismatch.field == Field::Dtype && is(c, {Op::Hardtanh, Op::Softmax, Op::LogSoftmax}) &&
                any_integer(c);
       }},
      {"dtype of a loss",
       "A loss of f64 and f32 is f64, as every operation; libtorch's binary_cross_entropy_with_logits takes the "
       "target's.",
       [](const Case& c) { return c.mismatch.field == Field::Dtype && c.in.op == Op::LogitsLoss; }},
      {"softplus", "softplus is log(1 + exp(x)) everywhere; libtorch gives x itself above 20.",
       [](const Case& c) { return c.mismatch.field == Field::Values && c.in.op == Op::Softplus; }},
      {"number - integers",
       "1.5 - x and 1.5 / x of an int64 tensor are f32, as in Python; libtorch's C++ operators round the number to "
       "int64 first, or throw.",
       [](const Case& c) {
         return is(c, {Op::NumberMinus, Op::NumberOver}) && any_integer(c);
       }},
      {"alpha", "x.add(y, 1.5) of integers promotes to f32; libtorch throws.",
       [](const Case& c) { return c.only_theirs_threw() && c.they_said("argument alpha must not"); }},
      {"scalars are no vectors",
       "A 0-dim tensor is no tensor of one dim in gather, scatter, index_add, index_select and losses, and "
       "index_add's src has as many dims as x; libtorch takes either.",
       [](const Case& c) {
         return c.only_ours_threw() &&
                ((places(c) && any_scalar(c)) || c.we_said("index_add: src must have the sizes") ||
                 c.we_said("must be the same as input size"));
       }},
      {"one row, one class",
       "The target of a row without a batch is one class, of sizes [] or [1]; libtorch takes [1] or any number by "
       "reduction and label smoothing.",
       [](const Case& c) {
         return is(c, {Op::CrossEntropy, Op::NllLoss}) && c.x().sizes.size() == 1 &&
                (c.only_theirs_threw() ? c.they_said("size mismatch") : c.only_ours_threw() && c.we_said("batch_size"));
       }},
      {"index of no dim",
       "index() with a tensor is a copy; libtorch makes it a view where the index is a 0-dim int64 tensor.",
       [](const Case& c) {
         return c.kind() == Kind::Write && made_by(c, c.mismatch.reg, {Kind::Moved}) &&
                has_op(c, {Op::Index, Op::IndexTwo, Op::IndexLast});
       }},
      {"elu at 0", "The second derivative of elu at 0 is that of its left side, as the first is; libtorch takes 0.",
       [](const Case& c) {
         return is_gradient(c) && c.mismatch.field == Field::Values && has_op(c, {Op::Elu}) && has_create_graph(c);
       }},
      {"zeros that are none",
       "A gradient of zeros is a tensor like others; libtorch may give one without memory, which cannot be written.",
       [](const Case& c) { return c.only_theirs_threw() && c.they_said("ZeroTensors are immutable"); }},
      {"cat of [0]", "cat refuses tensors of too few dims; libtorch passes over those of sizes [0].",
       [](const Case& c) { return c.only_ours_threw() && c.in.op == Op::Cat && c.x().values.empty(); }},
      {"indices into nothing",
       "Indices must fit where there is no element as well, in rank and range; libtorch does not look.",
       [](const Case& c) {
         return c.only_ours_threw() && (c.state(c.in.i).values.empty() || c.x().values.empty()) &&
                (places(c) ||
                 is(c, {Op::Index, Op::IndexTwo, Op::IndexLast, Op::IndexPutInPlace, Op::IndexPutNumber, Op::NllLoss}));
       }},
      {"weight of one dim", "linear() takes a matrix of weights; libtorch also a vector.",
       [](const Case& c) { return c.only_ours_threw() && c.in.op == Op::Linear && c.y().sizes.size() < 2; }},
      {"triangle of no matrix", "tril and triu need two dims even where there is no element.",
       [](const Case& c) {
         return c.only_ours_threw() && is(c, {Op::Tril, Op::Triu}) && c.x().sizes.size() < 2;
       }},
      {"pad to nothing", "Cutting off all of a dim leaves size 0; libtorch throws.",
       [](const Case& c) { return c.only_theirs_threw() && c.they_said("negative output size"); }},
      {"logsumexp of no dims",
       "logsumexp({}) reduces over all dims, as sum({}) does; libtorch trips over its own shapes.",
       [](const Case& c) { return c.only_theirs_threw() && c.in.op == Op::LogSumExp && c.in.list.empty(); }},
      {"NaN and infinities",
       "sign(NaN) is NaN; silu and gelu have their limits at an infinity; the loss of infinite logits follows its "
       "formula; a product may underflow before it meets an infinity, or not.",
       [](const Case& c) {
         return c.mismatch.field == Field::Values &&
                is(c, {Op::Sign, Op::LogitsLoss, Op::Silu, Op::Gelu, Op::GeluTanh, Op::Prod, Op::ProdDim}) &&
                !(finite(c.x()) && finite(c.y()));
       }},
      {"power of -0",
       "pow is that of IEEE 754 at -0 and the infinities; libtorch takes sqrt and rsqrt for exponents of 0.5 and -0.5.",
       [](const Case& c) {
         return c.mismatch.field == Field::Values && c.in.op == Op::PowNumber && std::abs(c.in.a) == 0.5;
       }},
      {"logarithm of an integer base",
       "The gradient of an exponent takes the logarithm in the result's f64; libtorch that of an integer or f32 "
       "base in f32.",
       [](const Case& c) {
         return is_gradient(c) && c.mismatch.field == Field::Values && has_op(c, {Op::PowTensor, Op::NumberPow}) &&
                has_narrow_leaf(c);
       }},
      {"var of no dims", "var({}) and std({}) reduce over all dims, in the gradient too; libtorch divides by 0 there.",
       [](const Case& c) {
         return (is_gradient(c) || c.mismatch.field == Field::Hooks) && has_empty_dims(c, {Op::Var, Op::Std});
       }},
      {"bool exponents", "x.pow(mask) has a gradient; libtorch subtracts 1 from the mask and throws.",
       [](const Case& c) { return is_gradient(c) && c.only_theirs_threw() && c.they_said("with a bool tensor"); }},
      {"src larger than index",
       "scatter's src may be larger than its index; libtorch computes the value and refuses the gradient.",
       [](const Case& c) {
         return is_gradient(c) && c.only_theirs_threw() && c.they_said("returned an invalid gradient");
       }},
      {"overlap",
       "A write from a view of x itself reads x as it was before; libtorch throws, or reads what it has just written.",
       [](const Case& c) {
         if (c.only_theirs_threw()) return c.they_said("refer to a single memory location");
         return c.kind() == Kind::Write && c.mismatch.field == Field::Values && !c.both_threw() &&
                (made_by(c, c.in.y, {Kind::View, Kind::Maybe}) || made_by(c, c.in.x, {Kind::View, Kind::Maybe}));
       }},
      {"all or nothing",
       "A write that throws has changed nothing; libtorch may have written what came before the mistake.",
       [](const Case& c) {
         return c.both_threw() && c.kind() == Kind::Write && c.mismatch.field == Field::Values &&
                c.mismatch.ours_unchanged;
       }},

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
      {"expm1 and its input",
       "The gradient of expm1 is exp(x), for its digits far left, so a write to x is found out in backward; "
       "libtorch saves the output, y + 1, and finds out a write to that.",
       [](const Case& c) {
         return (is_gradient(c) && c.only_ours_threw() && c.we_said("expm1: one of the variables")) ||
                (saves(c) && c.they_said("Expm1Backward"));
       }},
      {"what is saved",
       "prod and logsumexp save no result, mean nothing, mse_loss, var and std differences, what picks elements a "
       "copy of its indices or mask, mixed dtypes a cast copy, and a product only what the gradients asked for "
       "read: a write to what libtorch saves instead does not matter.",
       [](const Case& c) {
         if (is_gradient(c) && c.only_ours_threw() && has_create_graph(c)) return c.we_said("modified by an inplace");
         return saves(c) &&
                (c.they_said("NormBackward") || c.they_said("ProdBackward") || c.they_said("LogsumexpBackward") ||
                 c.they_said("PowBackward") || c.they_said("AsStridedBackward") || c.they_said("LongType") ||
                 c.they_said("BoolType") || has_narrow_leaf(c) ||
                 has_op(c,
                        {Op::Var, Op::VarAll, Op::Std, Op::MseLoss, Op::Prod, Op::ProdDim, Op::LogSumExp, Op::PowTensor,
                         Op::Mean, Op::MeanDims, Op::Gather, Op::IndexAdd, Op::Matmul, Op::Mm, Op::Addmm, Op::Linear}));
       }},
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
       "with its history, and calls no hook.",
       [](const Case& c) {
         if (c.in.op != Op::Grad) return false;
         for (const int r : c.in.roots)
           if (c.state(r).leaf && std::count(c.in.inputs.begin(), c.in.inputs.end(), r) > 0) return true;
         return false;
       }},
      {"history of a constant gradient",
       "Under create_graph a gradient whose own derivative is zero may have a history in one library and none in "
       "the other, where that derivative then is undefined.",
       [](const Case& c) {
         if (!is_gradient(c) || !has_create_graph(c)) return false;
         if (c.only_ours_threw()) return c.we_said("appears to not have been used");
         if (c.mismatch.field == Field::Defined) return c.mismatch.zero;
         return (c.mismatch.field == Field::RequiresGrad || c.mismatch.field == Field::Leaf) && c.in.k;
       }},
      {"what a gradient is written in",
       "A second derivative by an inner result depends on whether the first is written in the operation's input or "
       "output: prod's is in the input here, so that zeros need no rule.",
       [](const Case& c) {
         if (!is_gradient(c) || !has_create_graph(c)) return false;
         if (c.mismatch.field == Field::Hooks) return true;
         if (c.in.op != Op::Grad) return false;
         const auto at = std::find(c.in.out.begin(), c.in.out.end(), c.mismatch.reg);
         return at != c.in.out.end() && !c.state(c.in.inputs[static_cast<std::size_t>(at - c.in.out.begin())]).leaf;
       }},
      {"seed with a history",
       "Without create_graph a gradient has no history; libtorch may hand on a view of the seed with the seed's.",
       [](const Case& c) { return c.mismatch.field == Field::RequiresGrad && is_gradient(c) && !c.in.k; }},
      {"own operand",
       "What x.mul_(x) and its likes overwrite is copied first where its gradient needs it; libtorch throws in "
       "backward.",
       [](const Case& c) { return saves(c) && has_own_operand(c); }},
      {"hooks of what is asked for",
       "As PyTorch 2: grad() with an input that has hooks gives what they return, and fills its retained .grad; "
       "1.13 gives the gradient before them and calls none.",
       [](const Case& c) {
         if (c.in.op != Op::Grad || !has_op(c, {Op::Hook, Op::RetainGrad})) return false;
         if (c.mismatch.field == Field::Hooks) return c.ours.hooks.size() > c.theirs.hooks.size();
         return hooked(c, c.in.inputs) &&
                (c.mismatch.field == Field::Values || (c.mismatch.of_grad && c.mismatch.field == Field::Defined));
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
                  c.they_said("a view of a leaf") || (saves(c) && wrote_gradient(c));
         if (!is_change(c)) return false;
         if (c.mismatch.field == Field::RequiresGrad)
           return c.in.op == Op::DetachInPlace || (c.mismatch.of_grad && has_op(c, {Op::SetGrad}));
         return (c.mismatch.field == Field::Version || c.mismatch.field == Field::Values) &&
                (c.mismatch.ours_unchanged || (c.kind() == Kind::Write && repeats(c.x())));
       }},
      {"numbers are let go",
       "x / 4 saves its number as a tensor, so a second backward without retain_graph throws; libtorch keeps it.",
       [](const Case& c) { return is_gradient(c) && c.only_ours_threw() && c.we_said("a second time"); }},
      {"overwritten",
       "Where scatter or index_put_ names a place twice, what is overwritten gets no gradient; libtorch gives it "
       "that of what stands there.",
       [](const Case& c) {
         return is_gradient(c) && (c.mismatch.field == Field::Values || c.mismatch.field == Field::Hooks) &&
                has_op(c, {Op::Scatter, Op::ScatterInPlace, Op::IndexPutInPlace});
       }},
      {"detached while saved",
       "An operation whose output was detached by detach_() still has its gradient; libtorch 1.13 fails an assertion.",
       [](const Case& c) { return c.only_theirs_threw() && c.they_said("No grad_fn for non-leaf saved tensor"); }},
      {"views out of date",
       "A view made before a recorded write to its base throws where it is used in a recorded operation, and stands "
       "for what it was as an input of grad(); libtorch gives it a new history.",
       [](const Case& c) {
         return (c.only_ours_threw() && c.we_said("is a view made before")) ||
                (c.in.op == Op::Grad && written(c, c.in.inputs)) ||
                (c.mismatch.field == Field::Leaf && made_by(c, c.mismatch.reg, {Kind::View, Kind::Maybe}));
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
       "A hook can be removed after a recorded write to its tensor; libtorch has lost it by then.",
       [](const Case& c) { return c.in.op == Op::RemoveHook && c.only_theirs_threw(); }},
      {"nothing was let go",
       "A second pass works where nothing on its way was let go: mean and prod of few elements save nothing here, "
       "expm1's gradient is written in its input, relu's has no derivative; libtorch throws.",
       [](const Case& c) {
         return is_gradient(c) && c.only_theirs_threw() && c.they_said("a second time") &&
                has_op(c, {Op::Mean, Op::MeanDims, Op::Prod, Op::ProdDim, Op::Expm1, Op::Relu, Op::ReluInPlace});
       }},
      {"detach_ of what is computed on its side",
       "What log_softmax and its likes compute over a dim that is not the last is a view of what they saved: "
       "detach_() refuses it, detach() works.",
       [](const Case& c) { return c.in.op == Op::DetachInPlace && c.only_ours_threw() && c.we_said("Can't detach"); }},
      {"mask of no dim",
       "A mask of no dim writes to a tensor of no dim as well; libtorch counts it as one index too many.",
       [](const Case& c) {
         return (c.in.op == Op::IndexPutInPlace || c.in.op == Op::IndexPutNumber) && c.only_theirs_threw() &&
                c.they_said("too many indices for tensor of dimension 0");
       }},
      {"norms of large numbers", "norm and std of numbers whose squares overflow are exact; libtorch gives infinity.",
       [](const Case& c) {
         return c.mismatch.field == Field::Values && has_op(c, {Op::Norm, Op::Norm3, Op::Std});
       }},
      {"retained and detached",
       "A result that was detached takes no .grad of later passes; libtorch leaves one where retain_grad() had asked.",
       [](const Case& c) {
         return c.mismatch.of_grad && c.mismatch.field == Field::Defined && has_op(c, {Op::RetainGrad}) &&
                has_op(c, {Op::DetachInPlace});
       }},
      {"gradients that were not asked for",
       "What only the gradient of the divisor reads may change where grad() does not ask for that; libtorch throws.",
       [](const Case& c) {
         return c.in.op == Op::Grad && c.only_theirs_threw() && c.they_said("modified by an inplace") &&
                has_op(c, {Op::Div, Op::NumberOver});
       }},
      {"views of what was detached",
       "A view made before its base was detached keeps the history it had; libtorch takes it for a view of a leaf.",
       [](const Case& c) {
         return is_gradient(c) && c.mismatch.field == Field::Defined && has_op(c, {Op::DetachInPlace}) &&
                has_kind(c, Kind::View);
       }},
      {"let go in part",
       "What was let go has no edges any more, so that a kept loss keeps no graph: grad() refuses it where it may "
       "have led to an input, libtorch only where it did.",
       [](const Case& c) { return is_gradient(c) && c.only_ours_threw() && c.we_said("a second time"); }},
  };
}

std::vector<Difference>& differences() {
  static std::vector<Difference> all = meant();
  return all;
}

void hit(const char* name) {
  for (Difference& d : differences())
    if (d.name == std::string(name)) ++d.hits;
}

Difference* find_difference(const Case& c) {
  for (Difference& d : differences())
    if (d.is != nullptr && d.is(c)) {
      ++d.hits;
      return &d;
    }
  return nullptr;
}

}  // namespace differential
