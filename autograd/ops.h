// Every operation, in both spellings: as a method (struct TensorOps, the base of Tensor) and as a function below it.
//
// Shapes broadcast as in NumPy where two tensors meet elementwise; dims may be negative. Dtypes promote as in PyTorch:
// bool < int64 < f32 < f64, a 0-dim tensor or a C++ number changes the kind but not the width. Operations on real
// functions (exp, div, mean ...) take int64 and bool as f32. All are differentiable to any order where mathematics
// allows unless "no gradient" is said. Errors: ShapeError, DtypeError, IndexError, AutogradError, before any change.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <tapegrad/autograd/create.h>
#include <tapegrad/autograd/dtype.h>
#include <tapegrad/autograd/losses.h>
#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;
class TensorIndex;
class TensorItem;

using OptScalar = std::optional<Scalar>;
using OptInt = std::optional<std::int64_t>;

struct TAPEGRAD_EXPORT TensorOps {
  // --- arithmetic, elementwise
  Tensor add(const Tensor& other, const Scalar& alpha = 1) const;  // x + alpha other; grad: g, alpha g
  Tensor add(const Scalar& other, const Scalar& alpha = 1) const;
  Tensor sub(const Tensor& other, const Scalar& alpha = 1) const;  // x - alpha other; grad: g, -alpha g
  Tensor sub(const Scalar& other, const Scalar& alpha = 1) const;
  Tensor mul(const Tensor& other) const;  // x other; grad: g other, g x
  Tensor mul(const Scalar& other) const;
  Tensor div(const Tensor& other) const;  // x / other, int64 / int64 is f32; grad: g / other, -g y / other
  Tensor div(const Scalar& other) const;
  Tensor pow(const Tensor& exponent) const;  // x^e; grad: g e x^(e-1), g y log x; 0 where e = 0, where x = 0 and e >= 0
  Tensor pow(const Scalar& exponent) const;
  Tensor maximum(const Tensor& other) const;  // the larger, NaN wins; grad: g to the larger, g / 2 to each in a tie
  Tensor minimum(const Tensor& other) const;  // the smaller, NaN wins; grad: as maximum
  // condition ? x : other; grad: g where chosen, else 0
  Tensor where(const Tensor& condition, const Tensor& other) const;
  Tensor neg() const;         // -x; grad: -g
  Tensor exp() const;         // e^x; grad: g y
  Tensor expm1() const;       // e^x - 1, with all digits near 0; grad: g e^x
  Tensor log() const;         // log x; grad: g / x
  Tensor log1p() const;       // log(1 + x), with all digits near 0; grad: g / (1 + x)
  Tensor sqrt() const;        // sqrt x; grad: g / (2 y), inf at 0
  Tensor rsqrt() const;       // 1 / sqrt x; grad: -g y^3 / 2
  Tensor reciprocal() const;  // 1 / x; grad: -g y^2
  Tensor sin() const;         // sin x; grad: g cos x
  Tensor cos() const;         // cos x; grad: -g sin x
  Tensor erf() const;         // 2 / sqrt(pi) integral of exp(-t^2), t = 0 .. x; grad: g 2 / sqrt(pi) exp(-x^2)
  Tensor abs() const;         // |x|; grad: g sign x, 0 at 0
  Tensor sign() const;        // -1, 0 or 1; grad: 0
  Tensor square() const;      // x^2; grad: 2 g x
  Tensor sigmoid() const;     // 1 / (1 + e^-x); grad: g y (1 - y)
  Tensor tanh() const;        // tanh x; grad: g (1 - y^2)
  Tensor relu() const;        // max(x, 0); grad: g where x > 0, else 0
  // min(max(x, min), max), NaN where a bound is NaN; grad: g inside and at a bound
  Tensor clamp(const OptScalar& min, const OptScalar& max = std::nullopt) const;
  Tensor clamp_min(const Scalar& min) const;  // max(x, min); grad: g where x >= min
  Tensor clamp_max(const Scalar& max) const;  // min(x, max); grad: g where x <= max

  // --- comparisons, elementwise, to bool; no gradient
  Tensor eq(const Tensor& other) const;  // x == other
  Tensor eq(const Scalar& other) const;
  Tensor ne(const Tensor& other) const;  // x != other
  Tensor ne(const Scalar& other) const;
  Tensor lt(const Tensor& other) const;  // x < other
  Tensor lt(const Scalar& other) const;
  Tensor le(const Tensor& other) const;  // x <= other
  Tensor le(const Scalar& other) const;
  Tensor gt(const Tensor& other) const;  // x > other
  Tensor gt(const Scalar& other) const;
  Tensor ge(const Tensor& other) const;  // x >= other
  Tensor ge(const Scalar& other) const;
  Tensor isnan() const;                   // x != x
  bool equal(const Tensor& other) const;  // same shape and every element equal
  // |x - other| <= atol + rtol |other| everywhere
  bool allclose(const Tensor& other, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) const;

  // --- reductions: over all elements, or over dims (each dropped, or kept as size 1)
  Tensor sum() const;  // int64 and bool sum to int64; grad: g for each term
  Tensor sum(IntList dims, bool keepdim = false) const;
  Tensor mean() const;  // floating point only, of nothing NaN; grad: g / n
  Tensor mean(IntList dims, bool keepdim = false) const;
  Tensor max() const;  // the largest; with dim also its first index; grad: g to it, over all shared evenly by ties
  Tensor min() const;  // the smallest, as max; grad: as max
  std::tuple<Tensor, Tensor> max(std::int64_t dim, bool keepdim = false) const;
  std::tuple<Tensor, Tensor> min(std::int64_t dim, bool keepdim = false) const;
  // index of the largest, int64, the first; no gradient
  Tensor argmax(OptInt dim = std::nullopt, bool keepdim = false) const;
  Tensor argmin(OptInt dim = std::nullopt, bool keepdim = false) const;  // index of the smallest; no gradient
  Tensor amax(IntList dims = {}, bool keepdim = false) const;            // the largest; grad: g shared evenly by ties
  Tensor amin(IntList dims = {}, bool keepdim = false) const;            // the smallest; grad: g shared evenly by ties
  // sum (x - mean)^2 / (n - 1), or / n; NaN of one; grad: 2 g (x - mean) / (n - 1)
  Tensor var(IntList dims = {}, bool unbiased = true, bool keepdim = false) const;
  // sqrt of var; grad: g (x - mean) / ((n - 1) y), 0 where y = 0
  Tensor std(IntList dims = {}, bool unbiased = true, bool keepdim = false) const;
  template <std::same_as<bool> B, class Result = Tensor>
  Result var(B unbiased) const {
    return var(IntList(), unbiased);
  }
  template <std::same_as<bool> B, class Result = Tensor>
  Result std(B unbiased) const {
    return std(IntList(), unbiased);
  }
  // (sum |x|^p)^(1/p), p = 0 counts, p = inf is max |x|; grad: g sign x (|x| / y)^(p-1), 0 at 0
  Tensor norm(double p = 2, IntList dims = {}, bool keepdim = false) const;
  Tensor logsumexp(IntList dims, bool keepdim = false) const;  // log sum e^x without overflow; grad: g e^(x - y)
  Tensor prod() const;  // int64 and bool multiply to int64; grad: g times the product of the others
  Tensor prod(std::int64_t dim, bool keepdim = false) const;
  Tensor all() const;  // nothing is 0; to bool, no gradient
  Tensor all(std::int64_t dim, bool keepdim = false) const;
  Tensor any() const;  // something is not 0; to bool, no gradient
  Tensor any(std::int64_t dim, bool keepdim = false) const;
  Tensor cumsum(std::int64_t dim) const;  // running sums, int64 and bool to int64; grad: sums of g from the end

  // --- linear algebra
  Tensor matmul(const Tensor& other) const;  // [n] [n], [m,k] [k,n], [..,m,k] [..,k,n], as in NumPy; grad: g b^T, a^T g
  Tensor mm(const Tensor& other) const;      // [m,k] [k,n]; grad: g b^T, a^T g
  Tensor bmm(const Tensor& other) const;     // [b,m,k] [b,k,n]; grad: g b^T, a^T g
  Tensor dot(const Tensor& other) const;     // [n] . [n]; grad: g other, g x
  Tensor outer(const Tensor& other) const;   // x_i other_j, [n] and [m] to [n,m]; grad: g other, g^T x
  // beta x + alpha a b; grad: beta g, alpha g b^T, alpha a^T g
  Tensor addmm(const Tensor& a, const Tensor& b, const Scalar& beta = 1, const Scalar& alpha = 1) const;

  // --- views: they share the bytes of x
  Tensor transpose(std::int64_t dim0, std::int64_t dim1) const;  // two dims swapped; grad: swapped back
  Tensor t() const;                                              // transpose of at most two dims; grad: g^T
  Tensor permute(IntList dims) const;                            // dims in another order; grad: the inverse order
  Tensor view(IntList sizes) const;  // other sizes, one may be -1, the bytes must allow it; grad: g in x's sizes
  Tensor squeeze() const;            // without dims of size 1; grad: g in x's sizes
  Tensor squeeze(std::int64_t dim) const;
  Tensor unsqueeze(std::int64_t dim) const;  // with one more dim of size 1; grad: g in x's sizes
  Tensor expand(IntList sizes) const;        // dims of size 1 repeated, -1 keeps a size; grad: summed over the repeats
  Tensor expand_as(const Tensor& other) const;  // expand(other.sizes()); grad: as expand
  Tensor view_as(const Tensor& other) const;    // view(other.sizes()); grad: as view
  // elements start .. start + length; grad: g there, 0 elsewhere
  Tensor narrow(std::int64_t dim, std::int64_t start, std::int64_t length) const;
  Tensor select(std::int64_t dim, std::int64_t index) const;  // one index, the dim goes; grad: g there, 0 elsewhere
  // start:end:step; grad: g there, 0 elsewhere
  Tensor slice(std::int64_t dim, OptInt start = std::nullopt, OptInt end = std::nullopt, std::int64_t step = 1) const;

  // elements (i, i + offset) of two dims, as the last dim; grad: g there, 0 elsewhere
  Tensor diagonal(std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1) const;
  // views of `length`, or of the lengths, side by side; grad: g there
  std::vector<Tensor> split(std::int64_t length, std::int64_t dim = 0) const;
  std::vector<Tensor> split(const std::vector<std::int64_t>& lengths, std::int64_t dim = 0) const;
  // views of n / chunks, rounded up; grad: g there
  std::vector<Tensor> chunk(std::int64_t chunks, std::int64_t dim = 0) const;
  std::vector<Tensor> unbind(std::int64_t dim = 0) const;  // views of one index each; grad: g there

  // --- picked and placed elements; index is int64, its elements in range (index.h: what index() takes)
  TensorItem index(const std::vector<TensorIndex>& indices) const;  // x[indices]; grad: g added at each picked element
  // x[index[i][j]][j] for dim 0; grad: g added at each picked element
  Tensor gather(std::int64_t dim, const Tensor& index) const;
  // x with x[index[i][j]][j] = src[i][j]; grad: g elsewhere, g there for what stayed
  Tensor scatter(std::int64_t dim, const Tensor& index, const Tensor& src) const;
  Tensor scatter(std::int64_t dim, const Tensor& index, const Scalar& value) const;
  // x with src[i][j] added; grad: g, g there
  Tensor scatter_add(std::int64_t dim, const Tensor& index, const Tensor& src) const;
  // x with alpha src's slice k added to slice index[k]; grad: g, alpha g there
  Tensor index_add(std::int64_t dim, const Tensor& index, const Tensor& src, const Scalar& alpha = 1) const;
  // value where the bool mask is true; grad: g elsewhere, 0 there
  Tensor masked_fill(const Tensor& mask, const Scalar& value) const;

  // --- rearranged copies
  Tensor repeat(IntList repeats) const;  // x side by side, so often along each dim; grad: summed over the repeats
  Tensor flip(IntList dims) const;       // these dims in reverse order; grad: flipped back
  Tensor tril(std::int64_t diagonal = 0) const;  // 0 above this diagonal of the last two dims; grad: tril of g
  Tensor triu(std::int64_t diagonal = 0) const;  // 0 below it; grad: triu of g

  // --- shape and copies: a view where the bytes allow it, else a copy
  Tensor reshape(IntList sizes) const;  // other sizes; grad: g in x's sizes
  // dims start_dim .. end_dim as one; grad: g in x's sizes
  Tensor flatten(std::int64_t start_dim = 0, std::int64_t end_dim = -1) const;
  Tensor contiguous() const;  // x, or a copy in row-major order; grad: g
  Tensor clone() const;       // a copy; grad: g
  // slices index[k] along dim, int64 of one dim; grad: g added to each slice
  Tensor index_select(std::int64_t dim, const Tensor& index) const;
  Tensor to(Dtype dtype) const;  // another dtype, x itself where nothing changes; grad: g in x's dtype
  Tensor to(const TensorOptions& options) const;
  Tensor to(const Tensor& other) const;

  // --- normalised exponentials
  Tensor softmax(std::int64_t dim) const;      // e^x / sum e^x along dim; grad: y (g - sum g y)
  Tensor log_softmax(std::int64_t dim) const;  // x - log sum e^x along dim; grad: g - e^y sum g

  // --- in place; differentiable on a tensor that owns its bytes. They return x.
  Tensor& add_(const Tensor& other, const Scalar& alpha = 1) const;
  Tensor& add_(const Scalar& other, const Scalar& alpha = 1) const;
  Tensor& sub_(const Tensor& other, const Scalar& alpha = 1) const;
  Tensor& sub_(const Scalar& other, const Scalar& alpha = 1) const;
  Tensor& mul_(const Tensor& other) const;
  Tensor& mul_(const Scalar& other) const;
  Tensor& div_(const Tensor& other) const;
  Tensor& div_(const Scalar& other) const;
  Tensor& clamp_(const OptScalar& min, const OptScalar& max = std::nullopt) const;
  Tensor& relu_() const;
  Tensor& copy_(const Tensor& source) const;  // source broadcasts and is cast to x's dtype
  Tensor& fill_(const Scalar& value) const;
  Tensor& zero_() const;
  Tensor& masked_fill_(const Tensor& mask, const Scalar& value) const;
  Tensor& scatter_(std::int64_t dim, const Tensor& index, const Tensor& src) const;
  Tensor& scatter_(std::int64_t dim, const Tensor& index, const Scalar& value) const;
  Tensor& scatter_add_(std::int64_t dim, const Tensor& index, const Tensor& src) const;
  Tensor& index_put_(const std::vector<TensorIndex>& indices, const Tensor& value, bool accumulate = false) const;
  Tensor& index_put_(const std::vector<TensorIndex>& indices, const Scalar& value, bool accumulate = false) const;
  Tensor& uniform_(double from = 0, double to = 1) const;
  Tensor& normal_(double mean = 0, double std = 1) const;

 protected:
  const Tensor& self() const noexcept;
};

// --- the methods above, as functions
TAPEGRAD_EXPORT Tensor add(const Tensor& a, const Tensor& b, const Scalar& alpha = 1);
TAPEGRAD_EXPORT Tensor add(const Tensor& a, const Scalar& b, const Scalar& alpha = 1);
TAPEGRAD_EXPORT Tensor sub(const Tensor& a, const Tensor& b, const Scalar& alpha = 1);
TAPEGRAD_EXPORT Tensor sub(const Tensor& a, const Scalar& b, const Scalar& alpha = 1);
TAPEGRAD_EXPORT Tensor mul(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor mul(const Tensor& a, const Scalar& b);
TAPEGRAD_EXPORT Tensor div(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor div(const Tensor& a, const Scalar& b);
TAPEGRAD_EXPORT Tensor pow(const Tensor& x, const Tensor& exponent);
TAPEGRAD_EXPORT Tensor pow(const Tensor& x, const Scalar& exponent);
TAPEGRAD_EXPORT Tensor pow(const Scalar& x, const Tensor& exponent);
TAPEGRAD_EXPORT Tensor maximum(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor minimum(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor max(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor min(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor where(const Tensor& condition, const Tensor& a, const Scalar& b);
TAPEGRAD_EXPORT Tensor where(const Tensor& condition, const Scalar& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor neg(const Tensor& x);
TAPEGRAD_EXPORT Tensor exp(const Tensor& x);
TAPEGRAD_EXPORT Tensor expm1(const Tensor& x);
TAPEGRAD_EXPORT Tensor log(const Tensor& x);
TAPEGRAD_EXPORT Tensor log1p(const Tensor& x);
TAPEGRAD_EXPORT Tensor sqrt(const Tensor& x);
TAPEGRAD_EXPORT Tensor rsqrt(const Tensor& x);
TAPEGRAD_EXPORT Tensor reciprocal(const Tensor& x);
TAPEGRAD_EXPORT Tensor sin(const Tensor& x);
TAPEGRAD_EXPORT Tensor cos(const Tensor& x);
TAPEGRAD_EXPORT Tensor erf(const Tensor& x);
TAPEGRAD_EXPORT Tensor abs(const Tensor& x);
TAPEGRAD_EXPORT Tensor sign(const Tensor& x);
TAPEGRAD_EXPORT Tensor square(const Tensor& x);
TAPEGRAD_EXPORT Tensor sigmoid(const Tensor& x);
TAPEGRAD_EXPORT Tensor tanh(const Tensor& x);
TAPEGRAD_EXPORT Tensor relu(const Tensor& x);
TAPEGRAD_EXPORT Tensor clamp(const Tensor& x, const OptScalar& min, const OptScalar& max = std::nullopt);
TAPEGRAD_EXPORT Tensor clamp_min(const Tensor& x, const Scalar& min);
TAPEGRAD_EXPORT Tensor clamp_max(const Tensor& x, const Scalar& max);
TAPEGRAD_EXPORT Tensor eq(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor ne(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor lt(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor le(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor gt(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor ge(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor eq(const Tensor& a, const Scalar& b);
TAPEGRAD_EXPORT Tensor ne(const Tensor& a, const Scalar& b);
TAPEGRAD_EXPORT Tensor lt(const Tensor& a, const Scalar& b);
TAPEGRAD_EXPORT Tensor le(const Tensor& a, const Scalar& b);
TAPEGRAD_EXPORT Tensor gt(const Tensor& a, const Scalar& b);
TAPEGRAD_EXPORT Tensor ge(const Tensor& a, const Scalar& b);
TAPEGRAD_EXPORT Tensor isnan(const Tensor& x);
TAPEGRAD_EXPORT bool equal(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT bool allclose(const Tensor& a, const Tensor& b, double rtol = 1e-5, double atol = 1e-8,
                              bool equal_nan = false);
TAPEGRAD_EXPORT Tensor sum(const Tensor& x);
TAPEGRAD_EXPORT Tensor sum(const Tensor& x, IntList dims, bool keepdim = false);
TAPEGRAD_EXPORT Tensor mean(const Tensor& x);
TAPEGRAD_EXPORT Tensor mean(const Tensor& x, IntList dims, bool keepdim = false);
TAPEGRAD_EXPORT Tensor max(const Tensor& x);
TAPEGRAD_EXPORT Tensor min(const Tensor& x);
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> max(const Tensor& x, std::int64_t dim, bool keepdim = false);
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> min(const Tensor& x, std::int64_t dim, bool keepdim = false);
TAPEGRAD_EXPORT Tensor argmax(const Tensor& x, OptInt dim = std::nullopt, bool keepdim = false);
TAPEGRAD_EXPORT Tensor argmin(const Tensor& x, OptInt dim = std::nullopt, bool keepdim = false);
TAPEGRAD_EXPORT Tensor amax(const Tensor& x, IntList dims = {}, bool keepdim = false);
TAPEGRAD_EXPORT Tensor amin(const Tensor& x, IntList dims = {}, bool keepdim = false);
TAPEGRAD_EXPORT Tensor var(const Tensor& x, IntList dims = {}, bool unbiased = true, bool keepdim = false);
TAPEGRAD_EXPORT Tensor std(const Tensor& x, IntList dims = {}, bool unbiased = true, bool keepdim = false);
TAPEGRAD_EXPORT Tensor norm(const Tensor& x, double p = 2, IntList dims = {}, bool keepdim = false);
TAPEGRAD_EXPORT Tensor logsumexp(const Tensor& x, IntList dims, bool keepdim = false);
TAPEGRAD_EXPORT Tensor prod(const Tensor& x);
TAPEGRAD_EXPORT Tensor prod(const Tensor& x, std::int64_t dim, bool keepdim = false);
TAPEGRAD_EXPORT Tensor all(const Tensor& x);
TAPEGRAD_EXPORT Tensor all(const Tensor& x, std::int64_t dim, bool keepdim = false);
TAPEGRAD_EXPORT Tensor any(const Tensor& x);
TAPEGRAD_EXPORT Tensor any(const Tensor& x, std::int64_t dim, bool keepdim = false);
TAPEGRAD_EXPORT Tensor cumsum(const Tensor& x, std::int64_t dim);
TAPEGRAD_EXPORT Tensor matmul(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor mm(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor bmm(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor dot(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor outer(const Tensor& a, const Tensor& b);
// Products summed over labels: einsum("bij,bjk->bik", {a, b}); "..." stands for the dims without a letter, a label that
// stands twice in one term for its diagonal, no "->" for the labels that stand once, sorted; grad: the einsum of g and
// the other operands
TAPEGRAD_EXPORT Tensor einsum(const std::string& equation, const std::vector<Tensor>& operands);
TAPEGRAD_EXPORT Tensor addmm(const Tensor& x, const Tensor& a, const Tensor& b, const Scalar& beta = 1,
                             const Scalar& alpha = 1);
// x weight^T + bias, x [.., in], weight [out, in], bias [out] or undefined, to [.., out]; grad: g weight, g^T x, sum g
TAPEGRAD_EXPORT Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = undefined());
TAPEGRAD_EXPORT Tensor transpose(const Tensor& x, std::int64_t dim0, std::int64_t dim1);
TAPEGRAD_EXPORT Tensor t(const Tensor& x);
TAPEGRAD_EXPORT Tensor permute(const Tensor& x, IntList dims);
TAPEGRAD_EXPORT Tensor reshape(const Tensor& x, IntList sizes);
TAPEGRAD_EXPORT Tensor flatten(const Tensor& x, std::int64_t start_dim = 0, std::int64_t end_dim = -1);
TAPEGRAD_EXPORT Tensor squeeze(const Tensor& x);
TAPEGRAD_EXPORT Tensor squeeze(const Tensor& x, std::int64_t dim);
TAPEGRAD_EXPORT Tensor unsqueeze(const Tensor& x, std::int64_t dim);
TAPEGRAD_EXPORT Tensor narrow(const Tensor& x, std::int64_t dim, std::int64_t start, std::int64_t length);
TAPEGRAD_EXPORT Tensor select(const Tensor& x, std::int64_t dim, std::int64_t index);
TAPEGRAD_EXPORT Tensor slice(const Tensor& x, std::int64_t dim, OptInt start = std::nullopt, OptInt end = std::nullopt,
                             std::int64_t step = 1);
TAPEGRAD_EXPORT Tensor cat(const std::vector<Tensor>& tensors,
                           std::int64_t dim = 0);  // sizes agree but along dim; grad: g's part
TAPEGRAD_EXPORT Tensor stack(const std::vector<Tensor>& tensors,
                             std::int64_t dim = 0);  // equal sizes, a new dim; grad: g's slice
TAPEGRAD_EXPORT Tensor index_select(const Tensor& x, std::int64_t dim, const Tensor& index);
TAPEGRAD_EXPORT Tensor clone(const Tensor& x);
TAPEGRAD_EXPORT Tensor diagonal(const Tensor& x, std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1);
TAPEGRAD_EXPORT std::vector<Tensor> split(const Tensor& x, std::int64_t length, std::int64_t dim = 0);
TAPEGRAD_EXPORT std::vector<Tensor> split(const Tensor& x, const std::vector<std::int64_t>& lengths,
                                          std::int64_t dim = 0);
TAPEGRAD_EXPORT std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, std::int64_t dim = 0);
TAPEGRAD_EXPORT std::vector<Tensor> unbind(const Tensor& x, std::int64_t dim = 0);
TAPEGRAD_EXPORT Tensor gather(const Tensor& x, std::int64_t dim, const Tensor& index);
TAPEGRAD_EXPORT Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src);
TAPEGRAD_EXPORT Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, const Scalar& value);
TAPEGRAD_EXPORT Tensor scatter_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src);
TAPEGRAD_EXPORT Tensor index_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src,
                                 const Scalar& alpha = 1);
TAPEGRAD_EXPORT Tensor masked_fill(const Tensor& x, const Tensor& mask, const Scalar& value);
TAPEGRAD_EXPORT Tensor repeat(const Tensor& x, IntList repeats);
TAPEGRAD_EXPORT Tensor flip(const Tensor& x, IntList dims);
TAPEGRAD_EXPORT Tensor tril(const Tensor& x, std::int64_t diagonal = 0);
TAPEGRAD_EXPORT Tensor triu(const Tensor& x, std::int64_t diagonal = 0);
// {left, right, top, bottom ..} values around the last dims, negative: cut off; grad: g inside
TAPEGRAD_EXPORT Tensor pad(const Tensor& x, IntList pads, const Scalar& value = 0);
// int64 [..] to [.., classes], 1 at the class, 0 elsewhere; classes = -1: the largest + 1; no gradient
TAPEGRAD_EXPORT Tensor one_hot(const Tensor& x, std::int64_t classes = -1);
TAPEGRAD_EXPORT Tensor softmax(const Tensor& x, std::int64_t dim);
TAPEGRAD_EXPORT Tensor log_softmax(const Tensor& x, std::int64_t dim);

// --- activations beside the methods above
// log(1 + exp(beta x)) / beta, without a threshold; grad: g sigmoid(beta x)
TAPEGRAD_EXPORT Tensor softplus(const Tensor& x, double beta = 1);
TAPEGRAD_EXPORT Tensor silu(const Tensor& x);  // x sigmoid(x), 0 at -inf; grad: g s (1 + x (1 - s)), s = sigmoid(x)
// x cdf(x), 0 at -inf, or its "tanh" form x sigmoid(1.5957.. (x + 0.044715 x^3)); grad: g (cdf(x) + x pdf(x))
TAPEGRAD_EXPORT Tensor gelu(const Tensor& x, const std::string& approximate = "none");
// x, alpha (e^x - 1) where x <= 0; grad: g, g alpha e^x where x <= 0
TAPEGRAD_EXPORT Tensor elu(const Tensor& x, double alpha = 1);
// x, slope x where x <= 0; grad: g, g slope where x <= 0
TAPEGRAD_EXPORT Tensor leaky_relu(const Tensor& x, double slope = 0.01);
// clamp; grad: g inside, 0 at a bound
TAPEGRAD_EXPORT Tensor hardtanh(const Tensor& x, double min = -1, double max = 1);

// --- operators
TAPEGRAD_EXPORT Tensor operator-(const Tensor& x);
#define TAPEGRAD_OPERATOR(op)                                           \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a, const Tensor& b); \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a, const Scalar& b); \
  TAPEGRAD_EXPORT Tensor operator op(const Scalar& a, const Tensor& b);
TAPEGRAD_OPERATOR(+)
TAPEGRAD_OPERATOR(-)
TAPEGRAD_OPERATOR(*)
TAPEGRAD_OPERATOR(/)
TAPEGRAD_OPERATOR(==)
TAPEGRAD_OPERATOR(!=)
TAPEGRAD_OPERATOR(<)
TAPEGRAD_OPERATOR(<=)
TAPEGRAD_OPERATOR(>)
TAPEGRAD_OPERATOR(>=)
#undef TAPEGRAD_OPERATOR

}  // namespace tapegrad
