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
#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;
class TensorIndex;

// An undefined tensor, for an argument that is not given.
TAPEGRAD_EXPORT const Tensor& undefined() noexcept;

// What a loss does with its elements. PyTorch's names: kNone, kMean, kSum.
enum class Reduction : std::uint8_t { None, Mean, Sum };
inline constexpr Reduction kNone = Reduction::None, kMean = Reduction::Mean, kSum = Reduction::Sum;

using OptScalar = std::optional<Scalar>;
using OptInt = std::optional<std::int64_t>;

struct TAPEGRAD_EXPORT TensorOps {
  // --- arithmetic, elementwise
  Tensor add(const Tensor& other, const Scalar& alpha = 1) const;  // x + alpha * other
  Tensor add(const Scalar& other, const Scalar& alpha = 1) const;
  Tensor sub(const Tensor& other, const Scalar& alpha = 1) const;  // x - alpha * other
  Tensor sub(const Scalar& other, const Scalar& alpha = 1) const;
  Tensor mul(const Tensor& other) const;
  Tensor mul(const Scalar& other) const;
  Tensor div(const Tensor& other) const;  // true division: int64 / int64 is f32
  Tensor div(const Scalar& other) const;
  Tensor pow(const Tensor& exponent) const;
  Tensor pow(const Scalar& exponent) const;
  Tensor maximum(const Tensor& other) const;  // NaN wins; a tie gives each side half the gradient
  Tensor minimum(const Tensor& other) const;
  Tensor where(const Tensor& condition, const Tensor& other) const;  // condition ? x : other
  Tensor neg() const;
  Tensor exp() const;
  Tensor expm1() const;  // exp(x) - 1, with all digits near 0
  Tensor log() const;
  Tensor log1p() const;       // log(1 + x), with all digits near 0
  Tensor sqrt() const;        // gradient inf at 0
  Tensor rsqrt() const;       // 1 / sqrt(x)
  Tensor reciprocal() const;  // 1 / x
  Tensor sin() const;
  Tensor cos() const;
  Tensor erf() const;   // 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x
  Tensor abs() const;   // gradient 0 at 0
  Tensor sign() const;  // -1, 0, 1; gradient 0
  Tensor square() const;
  Tensor sigmoid() const;
  Tensor tanh() const;
  Tensor relu() const;                                                            // gradient 0 at 0
  Tensor clamp(const OptScalar& min, const OptScalar& max = std::nullopt) const;  // gradient 1 at a bound
  Tensor clamp_min(const Scalar& min) const;
  Tensor clamp_max(const Scalar& max) const;

  // --- comparisons, elementwise, to bool; no gradient
  Tensor eq(const Tensor& other) const;
  Tensor eq(const Scalar& other) const;
  Tensor ne(const Tensor& other) const;
  Tensor ne(const Scalar& other) const;
  Tensor lt(const Tensor& other) const;
  Tensor lt(const Scalar& other) const;
  Tensor le(const Tensor& other) const;
  Tensor le(const Scalar& other) const;
  Tensor gt(const Tensor& other) const;
  Tensor gt(const Scalar& other) const;
  Tensor ge(const Tensor& other) const;
  Tensor ge(const Scalar& other) const;
  Tensor isnan() const;
  bool equal(const Tensor& other) const;  // same shape and every element equal
  bool allclose(const Tensor& other, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) const;

  // --- reductions: over all elements, or over dims (each dropped, or kept as size 1)
  Tensor sum() const;  // int64 and bool sum to int64
  Tensor sum(IntList dims, bool keepdim = false) const;
  Tensor mean() const;  // floating point only; of nothing: NaN
  Tensor mean(IntList dims, bool keepdim = false) const;
  Tensor max() const;  // ties share the gradient evenly
  Tensor min() const;
  std::tuple<Tensor, Tensor> max(std::int64_t dim, bool keepdim = false) const;  // values and the first index
  std::tuple<Tensor, Tensor> min(std::int64_t dim, bool keepdim = false) const;
  Tensor argmax(OptInt dim = std::nullopt, bool keepdim = false) const;  // int64, the first; no gradient
  Tensor argmin(OptInt dim = std::nullopt, bool keepdim = false) const;
  // No dims: over all. var divides by n - 1, where unbiased is false by n; NaN of one element, as PyTorch's.
  Tensor amax(IntList dims = {}, bool keepdim = false) const;  // ties share the gradient evenly
  Tensor amin(IntList dims = {}, bool keepdim = false) const;
  Tensor var(IntList dims = {}, bool unbiased = true, bool keepdim = false) const;
  Tensor std(IntList dims = {}, bool unbiased = true, bool keepdim = false) const;  // gradient 0 at 0
  template <std::same_as<bool> B, class Result = Tensor>
  Result var(B unbiased) const {
    return var(IntList(), unbiased);
  }
  template <std::same_as<bool> B, class Result = Tensor>
  Result std(B unbiased) const {
    return std(IntList(), unbiased);
  }
  // (sum |x|^p)^(1/p); p = 0 counts what is not 0, infinity gives the largest |x|. Gradient 0 at 0.
  Tensor norm(double p = 2, IntList dims = {}, bool keepdim = false) const;
  Tensor logsumexp(IntList dims, bool keepdim = false) const;  // log(sum(exp(x))) without overflow
  Tensor prod() const;                                         // int64 and bool multiply to int64
  Tensor prod(std::int64_t dim, bool keepdim = false) const;
  Tensor all() const;  // nothing is 0; bool, no gradient
  Tensor all(std::int64_t dim, bool keepdim = false) const;
  Tensor any() const;  // something is not 0; bool, no gradient
  Tensor any(std::int64_t dim, bool keepdim = false) const;
  Tensor cumsum(std::int64_t dim) const;  // running sums; of int64 and bool to int64

  // --- linear algebra
  Tensor matmul(const Tensor& other) const;  // [n]x[n], [m,k]x[k,n], [..,m,k]x[..,k,n], vectors as in NumPy
  Tensor mm(const Tensor& other) const;      // [m,k] x [k,n]
  Tensor bmm(const Tensor& other) const;     // [b,m,k] x [b,k,n]
  Tensor dot(const Tensor& other) const;     // [n] . [n]
  Tensor outer(const Tensor& other) const;   // [n], [m] to [n,m]
  // beta * x + alpha * a @ b
  Tensor addmm(const Tensor& a, const Tensor& b, const Scalar& beta = 1, const Scalar& alpha = 1) const;

  // --- views: they share the bytes of x
  Tensor transpose(std::int64_t dim0, std::int64_t dim1) const;
  Tensor t() const;  // of at most two dims
  Tensor permute(IntList dims) const;
  Tensor view(IntList sizes) const;  // one size may be -1; the bytes must allow it
  Tensor squeeze() const;
  Tensor squeeze(std::int64_t dim) const;
  Tensor unsqueeze(std::int64_t dim) const;
  Tensor expand(IntList sizes) const;  // -1 keeps a size
  Tensor expand_as(const Tensor& other) const;
  Tensor view_as(const Tensor& other) const;
  Tensor narrow(std::int64_t dim, std::int64_t start, std::int64_t length) const;
  Tensor select(std::int64_t dim, std::int64_t index) const;
  Tensor slice(std::int64_t dim, OptInt start = std::nullopt, OptInt end = std::nullopt, std::int64_t step = 1) const;

  // The elements (i, i + offset) of two dims, as the last dim.
  Tensor diagonal(std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1) const;
  // Views side by side: of `length` (the last may be shorter), of the lengths, of n / chunks rounded up, of one each.
  std::vector<Tensor> split(std::int64_t length, std::int64_t dim = 0) const;
  std::vector<Tensor> split(const std::vector<std::int64_t>& lengths, std::int64_t dim = 0) const;
  std::vector<Tensor> chunk(std::int64_t chunks, std::int64_t dim = 0) const;
  std::vector<Tensor> unbind(std::int64_t dim = 0) const;

  // --- picked and placed elements; index is int64, its elements in range (index.h: what index() takes)
  Tensor index(const std::vector<TensorIndex>& indices) const;
  Tensor gather(std::int64_t dim, const Tensor& index) const;  // out[i][j] = x[index[i][j]][j] for dim 0
  // x with x[index[i][j]][j] = src[i][j], of several the last; or added.
  Tensor scatter(std::int64_t dim, const Tensor& index, const Tensor& src) const;
  Tensor scatter(std::int64_t dim, const Tensor& index, const Scalar& value) const;
  Tensor scatter_add(std::int64_t dim, const Tensor& index, const Tensor& src) const;
  // x with alpha times src's slice k along dim added to slice index[k]; floating point.
  Tensor index_add(std::int64_t dim, const Tensor& index, const Tensor& src, const Scalar& alpha = 1) const;
  Tensor masked_fill(const Tensor& mask, const Scalar& value) const;  // value where the bool mask is true

  // --- rearranged copies
  Tensor repeat(IntList repeats) const;          // whole x side by side, so many times along each dim
  Tensor flip(IntList dims) const;               // the elements of these dims in reverse order
  Tensor tril(std::int64_t diagonal = 0) const;  // 0 above this diagonal of the last two dims
  Tensor triu(std::int64_t diagonal = 0) const;  // 0 below it

  // --- shape and copies: a view where the bytes allow it, else a copy
  Tensor reshape(IntList sizes) const;
  Tensor flatten(std::int64_t start_dim = 0, std::int64_t end_dim = -1) const;
  Tensor contiguous() const;
  Tensor clone() const;
  Tensor index_select(std::int64_t dim, const Tensor& index) const;  // index: int64, one dim
  Tensor to(Dtype dtype) const;                                      // x itself where nothing changes
  Tensor to(const TensorOptions& options) const;
  Tensor to(const Tensor& other) const;

  // --- normalised exponentials
  Tensor softmax(std::int64_t dim) const;
  Tensor log_softmax(std::int64_t dim) const;

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
// stands twice in one term for its diagonal. Without "->": the labels that stand once, sorted.
TAPEGRAD_EXPORT Tensor einsum(const std::string& equation, const std::vector<Tensor>& operands);
TAPEGRAD_EXPORT Tensor addmm(const Tensor& x, const Tensor& a, const Tensor& b, const Scalar& beta = 1,
                             const Scalar& alpha = 1);
// x @ weight^T + bias: x [.., in], weight [out, in], bias [out] or undefined; gives [.., out].
TAPEGRAD_EXPORT Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);
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
TAPEGRAD_EXPORT Tensor cat(const std::vector<Tensor>& tensors, std::int64_t dim = 0);    // sizes agree but along dim
TAPEGRAD_EXPORT Tensor stack(const std::vector<Tensor>& tensors, std::int64_t dim = 0);  // equal sizes; a new dim
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
// So many values before and after the last dim, then the one before it ..: {left, right, top, bottom}. Negative: cut
// off.
TAPEGRAD_EXPORT Tensor pad(const Tensor& x, IntList pads, const Scalar& value = 0);
// int64 [..] to int64 [.., classes]: 1 where the last coordinate is the class. classes -1: the largest + 1.
TAPEGRAD_EXPORT Tensor one_hot(const Tensor& x, std::int64_t classes = -1);
TAPEGRAD_EXPORT Tensor softmax(const Tensor& x, std::int64_t dim);
TAPEGRAD_EXPORT Tensor log_softmax(const Tensor& x, std::int64_t dim);

// --- activations beside the methods above
TAPEGRAD_EXPORT Tensor softplus(const Tensor& x, double beta = 1);  // log(1 + exp(beta x)) / beta, exactly
TAPEGRAD_EXPORT Tensor silu(const Tensor& x);                       // x sigmoid(x); 0 at -inf
TAPEGRAD_EXPORT Tensor gelu(const Tensor& x, const std::string& approximate = "none");  // x cdf(x), or its "tanh" form
TAPEGRAD_EXPORT Tensor elu(const Tensor& x, double alpha = 1);                      // alpha (exp(x) - 1) where x <= 0
TAPEGRAD_EXPORT Tensor leaky_relu(const Tensor& x, double slope = 0.01);            // slope x where x <= 0
TAPEGRAD_EXPORT Tensor hardtanh(const Tensor& x, double min = -1, double max = 1);  // clamp, gradient 0 at a bound

// --- losses
// (x - y)^2. Warns when the shapes differ, as they will broadcast.
TAPEGRAD_EXPORT Tensor mse_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean);
// |x - y|.
TAPEGRAD_EXPORT Tensor l1_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean);
// -w (y log p + (1 - y) log(1 - p)), each log clamped at -100; p in [0, 1].
TAPEGRAD_EXPORT Tensor binary_cross_entropy(const Tensor& p, const Tensor& target, const Tensor& weight = undefined(),
                                            Reduction reduction = kMean);
// The same of p = sigmoid(z), without losing digits: w ((1 - y) z + (1 + (pos_weight - 1) y) softplus(-z)).
TAPEGRAD_EXPORT Tensor binary_cross_entropy_with_logits(const Tensor& z, const Tensor& target,
                                                        const Tensor& weight = undefined(),
                                                        const Tensor& pos_weight = undefined(),
                                                        Reduction reduction = kMean);
// -w[y] log_prob[y]: log_prob [n, c] or [c] or [n, c, ...], target int64 [n] or () or [n, ...]. The mean divides by the
// sum of the weights of the rows that are not ignored.
TAPEGRAD_EXPORT Tensor nll_loss(const Tensor& log_prob, const Tensor& target, const Tensor& weight = undefined(),
                                Reduction reduction = kMean, std::int64_t ignore_index = -100);
// nll_loss(log_softmax(x)) for class indices; for a floating-point target of x's shape, class probabilities.
TAPEGRAD_EXPORT Tensor cross_entropy(const Tensor& x, const Tensor& target, const Tensor& weight = undefined(),
                                     Reduction reduction = kMean, std::int64_t ignore_index = -100,
                                     double label_smoothing = 0);

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
