// Where tapegrad means to differ from libtorch 1.13 in what is computed, and why.
#include <string>

#include "tests/differential/cases.h"

namespace differential {

std::vector<Difference> differences_of_values() {
  return {
      {"layout",
       "What an operation computes is row-major; libtorch keeps the order of the input's strides. Whether reshape() "
       "or view() of it copies, shares or throws then differs.",
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
                (c.they_said("not implemented for") || c.they_said("only supports floating-point dtypes") ||
                 c.they_said("not supported") || c.they_said("dtypes match") ||
                 c.they_said("Expected floating point type for target") ||
                 (c.in.op == Op::LogitsLoss && c.they_said("can't be cast to the desired output type")));
       }},
      {"narrower dtypes",
       "Products, index_add and sign take floating point only, or no bool, masks are bool, and dtypes must fit even "
       "where there is no element: training needs no other, and the message says what to convert.",
       [](const Case& c) {
         return c.only_ours_threw() &&
                (c.we_said("only supports boolean") || c.we_said("must have the same dtype") ||
                 c.we_said("should have same dtype") ||
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
      {"quotients in addcdiv", "addcdiv divides integers as div does; libtorch refuses what it once rounded.",
       [](const Case& c) { return c.only_theirs_threw() && c.they_said("Integer division with addcdiv"); }},
      {"addcmul_ of several dtypes",
       "addcmul_ casts its terms as any operation in place does; libtorch fails an assertion.",
       [](const Case& c) { return c.only_theirs_threw() && c.they_said("needs_dynamic_casting"); }},
      {"second derivatives of cdist", "cdist can be differentiated twice; libtorch cannot.",
       [](const Case& c) { return is_gradient(c) && c.only_theirs_threw() && c.they_said("'_cdist_backward'"); }},
      {"isclose of other shapes",
       "isclose broadcasts, and has no gradient to keep; libtorch writes into its first term.",
       [](const Case& c) { return c.only_theirs_threw() && c.in.op == Op::IsClose; }},
      {"digits of trigamma",
       "The second derivative of lgamma is held to 1e-12; libtorch's trigamma is off by some 1e-10.",
       [](const Case& c) {
         return is_gradient(c) && c.mismatch.near && has_op(c, {Op::Lgamma}) && has_create_graph(c);
       }},
      {"f32 beside f64", "cdist and cross promote as every operation; libtorch wants one dtype.",
       [](const Case& c) {
         return c.only_theirs_threw() && is(c, {Op::Cdist, Op::Cross}) && c.they_said("expected scalar type");
       }},
      {"beta 0", "baddbmm leaves its first term out where beta is 0; libtorch may read what was never written.",
       [](const Case& c) { return c.mismatch.field == Field::Values && c.in.op == Op::Baddbmm && c.in.a == 0; }},
      {"sum of several dtypes",
       "baddbmm's result has the dtype that its terms promote to; libtorch that of the product.",
       [](const Case& c) { return c.mismatch.field == Field::Dtype && c.in.op == Op::Baddbmm; }},
      {"order of NaN", "unique puts NaNs last, each by itself; libtorch sorts by <, to which NaN has no place.",
       [](const Case& c) {
         return is(c, {Op::Unique, Op::UniqueInverse, Op::UniqueCounts}) && !finite(c.x());
       }},
      {"scalars are no vectors",
       "A 0-dim tensor is no tensor of one dim in gather, scatter, index_add, index_select and losses, and "
       "index_add's src has as many dims as x; libtorch takes either.",
       [](const Case& c) {
         return c.only_ours_threw() &&
                ((places(c) && any_scalar(c)) || c.we_said("index_add: src must have the sizes") ||
                 c.we_said("must be the same as input size"));
       }},
      {"one row, one class",
       "The target of a row without a batch is one class, of sizes [] or [1], which are those of its loss; libtorch "
       "takes "
       "[1] or any number by reduction and label smoothing.",
       [](const Case& c) {
         return is(c, {Op::CrossEntropy, Op::NllLoss}) && c.x().sizes.size() == 1 &&
                (c.mismatch.field == Field::Sizes ||
                 (c.only_theirs_threw() ? c.they_said("size mismatch")
                                        : c.only_ours_threw() && c.we_said("batch_size")));
       }},
      {"index of no dim",
       "index() with a tensor is a copy; libtorch makes it a view where the index is a 0-dim int64 tensor.",
       [](const Case& c) {
         const std::initializer_list<Op> indexed{Op::Index, Op::IndexTwo, Op::IndexLast};
         return c.kind() == Kind::Write && (made_by(c, c.mismatch.reg, indexed) || made_by(c, c.in.x, indexed));
       }},
      {"elu at 0", "The second derivative of elu at 0 is that of its left side, as the first is; libtorch takes 0.",
       [](const Case& c) {
         return is_gradient(c) && c.mismatch.field == Field::Values && has_op(c, {Op::Elu}) && has_create_graph(c);
       }},
      {"zeros that are none",
       "A gradient of zeros is a tensor like others; libtorch may give one without memory, which cannot be written.",
       [](const Case& c) { return c.only_theirs_threw() && c.they_said("ZeroTensors are immutable"); }},
      {"cat of [0]", "cat refuses tensors of too few dims; libtorch passes over those of sizes [0].",
       [](const Case& c) {
         return c.only_ours_threw() && is(c, {Op::Cat, Op::Concat, Op::Hstack}) &&
                (c.x().values.empty() || c.y().values.empty());
       }},
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
       "formula; the mean that var_mean gives is mean(); a product may underflow before it meets an infinity, or not, "
       "and einsum sum before it multiplies.",
       [](const Case& c) {
         return c.mismatch.field == Field::Values &&
                is(c, {Op::Sign, Op::LogitsLoss, Op::Silu, Op::Gelu, Op::GeluTanh, Op::Prod, Op::ProdDim,
                       Op::EinsumTranspose, Op::StdMean}) &&
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
         return is_gradient(c) && c.mismatch.near && has_op(c, {Op::PowTensor, Op::NumberPow}) &&
                (has_narrow_leaf(c) ||
                 has_op(c, {Op::Argmax, Op::Argmin, Op::MaxIndex, Op::ToLong, Op::ToFloat, Op::CountNonzero}));
       }},
      {"var of no dims", "var({}) and std({}) reduce over all dims, in the gradient too; libtorch divides by 0 there.",
       [](const Case& c) {
         return is_gradient(c) && (c.mismatch.field == Field::Values || c.mismatch.field == Field::Hooks) &&
                has_empty_dims(c, {Op::Var, Op::Std, Op::VarMean, Op::StdMean});
       }},
      {"bool exponents", "x.pow(mask) has a gradient; libtorch subtracts 1 from the mask and throws.",
       [](const Case& c) { return is_gradient(c) && c.only_theirs_threw() && c.they_said("with a bool tensor"); }},
      {"rows of a loss by strides",
       "nll_loss has a gradient whatever the strides of its input; libtorch refuses it for some.",
       [](const Case& c) {
         return is_gradient(c) && c.only_theirs_threw() && c.they_said("grad_input must be contiguous");
       }},
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
                share_bytes(c.changed(), c.x()) &&
                (share_bytes(c.x(), c.y()) || share_bytes(c.x(), c.state(c.in.i)) ||
                 share_bytes(c.x(), c.state(c.in.m)) || repeats(c.x()) || made_by(c, c.in.x, {Op::Unfold}));
       }},
      {"all or nothing",
       "A write that throws has changed nothing; libtorch may have written what came before the mistake.",
       [](const Case& c) {
         return c.both_threw() && c.kind() == Kind::Write && c.mismatch.field == Field::Values &&
                c.mismatch.ours_unchanged;
       }},
      {"norms of large numbers",
       "norm, std and distances of numbers whose squares overflow are exact; libtorch gives infinity.",
       [](const Case& c) {
         return c.mismatch.field == Field::Values &&
                is(c, {Op::Norm, Op::Norm3, Op::Std, Op::Cdist, Op::PairwiseDistance, Op::Normalize,
                       Op::CosineSimilarity}) &&
                std::max(largest_in(c.x()), c.in.y < 0 ? 0 : largest_in(c.y())) >
                    (c.x().dtype == Dtype::Float ? 1e12 : 1e100);
       }},
      {"mask of no dim",
       "A mask of no dim writes to a tensor of no dim as well, and may add; libtorch counts it as one index too many, "
       "or "
       "fails an assertion.",
       [](const Case& c) {
         return is(c, {Op::IndexPutInPlace, Op::IndexPutNumber}) && c.only_theirs_threw() &&
                c.state(c.in.op == Op::IndexPutNumber ? c.in.m : c.in.i).sizes.empty() &&
                (c.they_said("too many indices for tensor of dimension 0") || c.they_said("ntensor >= 3"));
       }},
  };
}

}  // namespace differential
