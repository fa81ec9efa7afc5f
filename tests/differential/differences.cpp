// Where tapegrad means to differ from libtorch 1.13: what, and why.
#include <algorithm>
#include <initializer_list>
#include <string>

#include "tests/differential/compare.h"

namespace differential {

namespace {

bool is(const Case& c, std::initializer_list<Op> ops) {
  return std::find(ops.begin(), ops.end(), c.in.op) != ops.end();
}

bool is_gradient(const Case& c) { return is(c, {Op::Backward, Op::Grad}); }

bool any_scalar(const Case& c) {
  for (const int r : read_by(c.in))
    if (c.state(r).sizes.empty()) return true;
  return false;
}

bool any_integer(const Case& c) {
  for (const int r : read_by(c.in))
    if (c.state(r).defined && c.state(r).dtype < Dtype::Float) return true;
  return false;
}

bool places(const Case& c) {
  return is(c, {Op::Gather, Op::Scatter, Op::ScatterNumber, Op::ScatterAdd, Op::ScatterInPlace, Op::ScatterAddInPlace,
                Op::IndexAdd, Op::IndexSelect});
}

bool saves(const Case& c) {
  return is_gradient(c) && c.only_theirs_threw() && c.they_said("modified by an inplace operation");
}

}  // namespace

std::vector<Difference>& differences() {
  static std::vector<Difference> all = {
      // --- what is computed
      {"layout",
       "What an operation computes is row-major; libtorch keeps the order of the input's strides. Whether reshape() or "
       "view() of it copies, shares or throws then differs.",
       nullptr},
      {"which error",
       "Where both throw, the class may differ: libtorch's choice between IndexError and Error goes by operation, and "
       "of two mistakes in one call each reports the one that it looks for first.",
       [](const Case& c) { return c.both_threw() && c.ours.threw != Threw::Foreign; }},
      {"wider dtypes",
       "Activations, losses, reductions and subtraction take int64 and bool, as f32 where a real function needs it; "
       "libtorch has no kernel for some.",
       [](const Case& c) {
         return c.only_theirs_threw() && any_integer(c) &&
                (c.they_said("not implemented for") || c.they_said("not supported") || c.they_said("dtypes match"));
       }},
      {"narrower dtypes",
       "Products, index_add and sign take floating point only, or no bool: training needs no other, and the message "
       "says what to convert.",
       [](const Case& c) {
         return c.only_ours_threw() && any_integer(c) &&
                (c.we_said("convert") || c.we_said("must be floating point") || c.we_said("only supports boolean"));
       }},
      {"integers become f32",
       "hardtanh of integers is f32, as every activation here; libtorch keeps int64 for this one.",
       [](const Case& c) { return c.mismatch.field == Field::Dtype && c.in.op == Op::Hardtanh; }},
      {"number - integers",
       "1.5 - x and 1.5 / x of an int64 tensor are f32, as in Python; libtorch's C++ operators round the number to "
       "int64 first, or throw.",
       [](const Case& c) {
         return is(c, {Op::NumberMinus, Op::NumberOver}) && any_integer(c);
       }},
      {"alpha", "x.add(y, 1.5) of integers promotes to f32; libtorch throws.",
       [](const Case& c) { return c.only_theirs_threw() && c.they_said("argument alpha must not"); }},
      {"scalars are no vectors",
       "A 0-dim tensor is no tensor of one dim in gather, scatter, index_add and index_select; libtorch takes either.",
       [](const Case& c) { return c.only_ours_threw() && places(c) && any_scalar(c); }},
      {"empty index",
       "gather's index must have as many dims as x even where it has no elements; libtorch does not look.",
       [](const Case& c) { return c.only_ours_threw() && places(c) && c.state(c.in.i).values.empty(); }},
      {"weight of one dim", "linear() takes a matrix of weights; libtorch also a vector.",
       [](const Case& c) { return c.only_ours_threw() && c.in.op == Op::Linear && c.y().sizes.size() < 2; }},
      {"triangle of no matrix", "tril and triu need two dims even where there is no element.",
       [](const Case& c) {
         return c.only_ours_threw() && is(c, {Op::Tril, Op::Triu}) && c.x().sizes.size() < 2;
       }},
      {"overlap", "scatter_ from x itself reads x as it was before; libtorch throws.",
       [](const Case& c) { return c.only_theirs_threw() && c.they_said("refer to a single memory location"); }},

      // --- views and writes
      {"writes through views",
       "An in-place operation that is recorded needs a tensor that owns its bytes; through a view only t[i] = value "
       "and "
       "index_put_ are recorded. The message says what to write instead.",
       [](const Case& c) {
         return c.only_ours_threw() && c.ours.threw == Threw::Autograd &&
                (c.we_said("cannot write through a view") || c.we_said("changed in place"));
       }},
      {"views without recording",
       "A view that is made while recording is off does not require grad, and has no history; libtorch says that it "
       "does where its base does, and gives it no gradient either.",
       [](const Case& c) {
         return c.mismatch.field == Field::RequiresGrad && !c.mismatch.of_grad && !is_gradient(c) &&
                c.mismatch.detail == "requires_grad 0, libtorch 1";
       }},
      {"data() and versions", "data() shares bytes and has no counter of its own.",
       [](const Case& c) { return c.mismatch.field == Field::Version; }},
      {"detach_ of a view", "detach_() of a view detaches this handle; libtorch refuses.",
       [](const Case& c) { return c.only_theirs_threw() && c.they_said("Can't detach views in-place"); }},

      // --- gradients
      {"backward into what is no leaf",
       "backward(inputs) takes leaves; libtorch also leaves a gradient on others, in silence where they do not retain "
       "it.",
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
       "Under create_graph a gradient whose own derivative is zero may have a history in one library and none in the "
       "other.",
       [](const Case& c) {
         return (c.mismatch.field == Field::RequiresGrad || c.mismatch.field == Field::Leaf) && is_gradient(c) &&
                c.in.k;
       }},
      {"seed with a history",
       "Without create_graph a gradient has no history; libtorch may hand on a view of the seed with the seed's.",
       [](const Case& c) { return c.mismatch.field == Field::RequiresGrad && is_gradient(c) && !c.in.k; }},
      {"own operand",
       "What x.mul_(x) and its likes overwrite is copied first where its gradient needs it; libtorch throws in "
       "backward.",
       saves},

      // --- faults that are being mended
      {"fault 1", "A second pass over what was let go is skipped",
       [](const Case& c) { return is_gradient(c) && c.only_theirs_threw() && c.they_said("a second time"); }},
      {"fault 8", "detach_() drops .grad",
       [](const Case& c) { return c.in.op == Op::DetachInPlace && c.mismatch.of_grad; }},
      {"fault 11", "Masks of no dim",
       [](const Case& c) {
         return c.only_ours_threw() && is(c, {Op::IndexMask, Op::IndexPutNumber}) && c.state(c.in.m).sizes.empty();
       }},
  };
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
