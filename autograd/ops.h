// Every operation, in both spellings: as a method (struct TensorOps, the base of Tensor) and as a function below it.
//
// Shapes broadcast as in NumPy where two tensors meet elementwise; dims may be negative. Dtypes promote as in PyTorch:
// bool < int64 < f32 < f64, a 0-dim tensor or a C++ number changes the kind but not the width. Operations on real
// functions (exp, div, mean ...) take int64 and bool as f32. All are differentiable to any order where mathematics
// allows unless "no gradient" is said. Errors: ShapeError, DtypeError, IndexError, AutogradError, before any change.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include <tapegrad/autograd/dtype.h>
#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

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
  Tensor log() const;
  Tensor sqrt() const;  // gradient inf at 0
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

  // --- linear algebra
  Tensor matmul(const Tensor& other) const;  // [n]x[n], [m,k]x[k,n], [..,m,k]x[..,k,n], vectors as in NumPy
  Tensor mm(const Tensor& other) const;      // [m,k] x [k,n]
  Tensor bmm(const Tensor& other) const;     // [b,m,k] x [b,k,n]
  Tensor dot(const Tensor& other) const;     // [n] . [n]
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
  Tensor& uniform_(double from = 0, double to = 1) const;
  Tensor& normal_(double mean = 0, double std = 1) const;

 protected:
  const Tensor& self() const noexcept;
};

// --- creation. dtype: kFloat unless the options, or integers given, say otherwise.
TAPEGRAD_EXPORT Tensor empty(IntList sizes, TensorOptions options = {});  // bytes not set
TAPEGRAD_EXPORT Tensor zeros(IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor ones(IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor full(IntList sizes, const Scalar& value, TensorOptions options = {});  // dtype of the value
TAPEGRAD_EXPORT Tensor empty_like(const Tensor& x, TensorOptions options = {});               // dtype of x
TAPEGRAD_EXPORT Tensor zeros_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor ones_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor full_like(const Tensor& x, const Scalar& value, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor rand_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor randn_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor arange(const Scalar& end, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor arange(const Scalar& start, const Scalar& end, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor arange(const Scalar& start, const Scalar& end, const Scalar& step, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor linspace(const Scalar& start, const Scalar& end, std::int64_t steps, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor eye(std::int64_t n, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor eye(std::int64_t n, std::int64_t m, TensorOptions options = {});
// Random numbers: PyTorch's CPU streams (random.h).
TAPEGRAD_EXPORT Tensor rand(IntList sizes, TensorOptions options = {});                        // U[0, 1)
TAPEGRAD_EXPORT Tensor randn(IntList sizes, TensorOptions options = {});                       // N(0, 1)
TAPEGRAD_EXPORT Tensor randint(std::int64_t high, IntList sizes, TensorOptions options = {});  // int64 in [0, high)
TAPEGRAD_EXPORT Tensor randint(std::int64_t low, std::int64_t high, IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor randperm(std::int64_t n, TensorOptions options = {});

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
TAPEGRAD_EXPORT Tensor log(const Tensor& x);
TAPEGRAD_EXPORT Tensor sqrt(const Tensor& x);
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
TAPEGRAD_EXPORT Tensor matmul(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor mm(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor bmm(const Tensor& a, const Tensor& b);
TAPEGRAD_EXPORT Tensor dot(const Tensor& a, const Tensor& b);
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
TAPEGRAD_EXPORT Tensor softmax(const Tensor& x, std::int64_t dim);
TAPEGRAD_EXPORT Tensor log_softmax(const Tensor& x, std::int64_t dim);

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
