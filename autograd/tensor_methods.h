// TensorOps, the base of Tensor: the operations as methods. What each gives stands at the function of its name in the
// headers by family (ops.h); here, where there is no such function. x.name(...) is name(x, ...).
#pragma once

#include <concepts>
#include <optional>
#include <tuple>
#include <vector>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;
class TensorIndex;
class TensorData;
class TensorItem;

struct TAPEGRAD_EXPORT TensorOps {
  // --- arithmetic, elementwise
  Tensor add(const Tensor& other, const Scalar& alpha = 1) const;
  Tensor add(const Scalar& other, const Scalar& alpha = 1) const;
  Tensor sub(const Tensor& other, const Scalar& alpha = 1) const;
  Tensor sub(const Scalar& other, const Scalar& alpha = 1) const;
  Tensor mul(const Tensor& other) const;
  Tensor mul(const Scalar& other) const;
  Tensor div(const Tensor& other) const;
  Tensor div(const Scalar& other) const;
  Tensor pow(const Tensor& exponent) const;
  Tensor pow(const Scalar& exponent) const;
  Tensor maximum(const Tensor& other) const;
  Tensor minimum(const Tensor& other) const;
  Tensor where(const Tensor& condition, const Tensor& other) const;
  Tensor neg() const;
  Tensor exp() const;
  Tensor expm1() const;
  Tensor log() const;
  Tensor log1p() const;
  Tensor sqrt() const;
  Tensor rsqrt() const;
  Tensor reciprocal() const;
  Tensor erf() const;
  Tensor abs() const;
  Tensor sign() const;
  Tensor square() const;
  Tensor sigmoid() const;
  Tensor tanh() const;
  Tensor relu() const;
  Tensor clamp(const OptScalar& min, const OptScalar& max = std::nullopt) const;
  Tensor clamp_min(const Scalar& min) const;
  Tensor clamp_max(const Scalar& max) const;

  // --- trigonometric and hyperbolic functions
  Tensor sin() const;
  Tensor cos() const;
  Tensor tan() const;
  Tensor asin() const;
  Tensor acos() const;
  Tensor atan() const;
  Tensor atan2(const Tensor& other) const;
  Tensor sinh() const;
  Tensor cosh() const;
  Tensor& sin_() const;
  Tensor& cos_() const;
  Tensor& tan_() const;
  Tensor& asin_() const;
  Tensor& acos_() const;
  Tensor& atan_() const;
  Tensor& atan2_(const Tensor& other) const;
  Tensor& sinh_() const;
  Tensor& cosh_() const;

  // --- rounding, remainders
  Tensor floor() const;
  Tensor ceil() const;
  Tensor round() const;
  Tensor trunc() const;
  Tensor fmod(const Tensor& other) const;
  Tensor fmod(const Scalar& other) const;
  Tensor remainder(const Tensor& other) const;
  Tensor remainder(const Scalar& other) const;
  Tensor floor_divide(const Tensor& other) const;
  Tensor floor_divide(const Scalar& other) const;
  Tensor& floor_() const;
  Tensor& ceil_() const;
  Tensor& round_() const;
  Tensor& trunc_() const;
  Tensor& fmod_(const Tensor& other) const;
  Tensor& fmod_(const Scalar& other) const;
  Tensor& remainder_(const Tensor& other) const;
  Tensor& remainder_(const Scalar& other) const;
  Tensor& floor_divide_(const Tensor& other) const;
  Tensor& floor_divide_(const Scalar& other) const;

  // --- further exponentials, logarithms and special functions
  Tensor exp2() const;
  Tensor log2() const;
  Tensor log10() const;
  Tensor logaddexp(const Tensor& other) const;
  Tensor xlogy(const Tensor& other) const;
  Tensor xlogy(const Scalar& other) const;
  Tensor logit(std::optional<double> eps = std::nullopt) const;
  Tensor erfc() const;
  Tensor erfinv() const;
  Tensor lgamma() const;
  Tensor digamma() const;
  Tensor polygamma(std::int64_t n) const;
  Tensor& exp2_() const;
  Tensor& log2_() const;
  Tensor& log10_() const;
  Tensor& xlogy_(const Tensor& other) const;
  Tensor& xlogy_(const Scalar& other) const;
  Tensor& logit_(std::optional<double> eps = std::nullopt) const;
  Tensor& erfc_() const;
  Tensor& erfinv_() const;
  Tensor& lgamma_() const;
  Tensor& digamma_() const;
  Tensor& polygamma_(std::int64_t n) const;

  // --- arithmetic of three tensors
  Tensor lerp(const Tensor& end, const Tensor& weight) const;
  Tensor lerp(const Tensor& end, const Scalar& weight) const;
  Tensor addcmul(const Tensor& a, const Tensor& b, const Scalar& value = 1) const;
  Tensor addcdiv(const Tensor& a, const Tensor& b, const Scalar& value = 1) const;
  Tensor& lerp_(const Tensor& end, const Tensor& weight) const;
  Tensor& lerp_(const Tensor& end, const Scalar& weight) const;
  Tensor& addcmul_(const Tensor& a, const Tensor& b, const Scalar& value = 1) const;
  Tensor& addcdiv_(const Tensor& a, const Tensor& b, const Scalar& value = 1) const;

  // --- logic of truth values (anything but 0 is true), and of bits; no gradient
  Tensor logical_and(const Tensor& other) const;
  Tensor logical_or(const Tensor& other) const;
  Tensor logical_xor(const Tensor& other) const;
  Tensor logical_not() const;
  Tensor bitwise_and(const Tensor& other) const;
  Tensor bitwise_and(const Scalar& other) const;
  Tensor bitwise_or(const Tensor& other) const;
  Tensor bitwise_or(const Scalar& other) const;
  Tensor bitwise_xor(const Tensor& other) const;
  Tensor bitwise_xor(const Scalar& other) const;
  Tensor bitwise_not() const;
  Tensor& logical_and_(const Tensor& other) const;
  Tensor& logical_or_(const Tensor& other) const;
  Tensor& logical_xor_(const Tensor& other) const;
  Tensor& logical_not_() const;
  Tensor& bitwise_and_(const Tensor& other) const;
  Tensor& bitwise_and_(const Scalar& other) const;
  Tensor& bitwise_or_(const Tensor& other) const;
  Tensor& bitwise_or_(const Scalar& other) const;
  Tensor& bitwise_xor_(const Tensor& other) const;
  Tensor& bitwise_xor_(const Scalar& other) const;
  Tensor& bitwise_not_() const;

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
  Tensor isinf() const;
  Tensor isfinite() const;
  Tensor isclose(const Tensor& other, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) const;
  Tensor nan_to_num(std::optional<double> nan = 0, std::optional<double> posinf = std::nullopt,
                    std::optional<double> neginf = std::nullopt) const;
  Tensor& nan_to_num_(std::optional<double> nan = 0, std::optional<double> posinf = std::nullopt,
                      std::optional<double> neginf = std::nullopt) const;
  bool equal(const Tensor& other) const;
  bool allclose(const Tensor& other, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) const;

  // --- reductions: over all elements, or over dims (each dropped, or kept as size 1)
  Tensor sum() const;
  Tensor sum(IntList dims, bool keepdim = false) const;
  Tensor mean() const;
  Tensor mean(IntList dims, bool keepdim = false) const;
  Tensor max() const;
  Tensor min() const;
  std::tuple<Tensor, Tensor> max(std::int64_t dim, bool keepdim = false) const;
  std::tuple<Tensor, Tensor> min(std::int64_t dim, bool keepdim = false) const;
  Tensor argmax(OptInt dim = std::nullopt, bool keepdim = false) const;
  Tensor argmin(OptInt dim = std::nullopt, bool keepdim = false) const;
  Tensor amax(IntList dims = {}, bool keepdim = false) const;
  Tensor amin(IntList dims = {}, bool keepdim = false) const;
  Tensor var(IntList dims = {}, bool unbiased = true, bool keepdim = false) const;
  Tensor std(IntList dims = {}, bool unbiased = true, bool keepdim = false) const;
  template <std::same_as<bool> B, class Result = Tensor>
  Result var(B unbiased) const {
    return var(IntList(), unbiased);
  }
  template <std::same_as<bool> B, class Result = Tensor>
  Result std(B unbiased) const {
    return std(IntList(), unbiased);
  }
  Tensor norm(double p = 2, IntList dims = {}, bool keepdim = false) const;
  Tensor logsumexp(IntList dims, bool keepdim = false) const;
  Tensor prod() const;
  Tensor prod(std::int64_t dim, bool keepdim = false) const;
  Tensor all() const;
  Tensor all(std::int64_t dim, bool keepdim = false) const;
  Tensor any() const;
  Tensor any(std::int64_t dim, bool keepdim = false) const;
  Tensor cumsum(std::int64_t dim) const;

  // --- linear algebra
  Tensor matmul(const Tensor& other) const;
  Tensor mm(const Tensor& other) const;
  Tensor mv(const Tensor& v) const;
  Tensor bmm(const Tensor& other) const;
  Tensor dot(const Tensor& other) const;
  Tensor outer(const Tensor& other) const;
  Tensor addmm(const Tensor& a, const Tensor& b, const Scalar& beta = 1, const Scalar& alpha = 1) const;

  // --- views, which share the bytes of x
  Tensor transpose(std::int64_t dim0, std::int64_t dim1) const;
  Tensor t() const;
  Tensor permute(IntList dims) const;
  /// The same bytes in other sizes, of which one may be -1; ShapeError where they do not allow it.
  /// grad: g in x's sizes.
  Tensor view(IntList sizes) const;
  Tensor squeeze() const;
  Tensor squeeze(std::int64_t dim) const;
  Tensor unsqueeze(std::int64_t dim) const;
  /// Dims of size 1 repeated, without a copy; -1 keeps a size. grad: summed over the repeats.
  Tensor expand(IntList sizes) const;
  /// expand(other.sizes()). grad: as expand.
  Tensor expand_as(const Tensor& other) const;
  /// view(other.sizes()). grad: as view.
  Tensor view_as(const Tensor& other) const;
  Tensor narrow(std::int64_t dim, std::int64_t start, std::int64_t length) const;
  Tensor select(std::int64_t dim, std::int64_t index) const;
  Tensor slice(std::int64_t dim, OptInt start = std::nullopt, OptInt end = std::nullopt, std::int64_t step = 1) const;

  Tensor diagonal(std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1) const;
  std::vector<Tensor> split(std::int64_t length, std::int64_t dim = 0) const;
  std::vector<Tensor> split(const std::vector<std::int64_t>& lengths, std::int64_t dim = 0) const;
  std::vector<Tensor> chunk(std::int64_t chunks, std::int64_t dim = 0) const;
  std::vector<Tensor> unbind(std::int64_t dim = 0) const;

  // --- picked and placed elements (index.h: what index() takes)
  /// The elements x[indices]. grad: g added at each picked element.
  TensorItem index(const std::vector<TensorIndex>& indices) const;
  Tensor gather(std::int64_t dim, const Tensor& index) const;
  Tensor scatter(std::int64_t dim, const Tensor& index, const Tensor& src) const;
  Tensor scatter(std::int64_t dim, const Tensor& index, const Scalar& value) const;
  Tensor scatter_add(std::int64_t dim, const Tensor& index, const Tensor& src) const;
  Tensor index_add(std::int64_t dim, const Tensor& index, const Tensor& src, const Scalar& alpha = 1) const;
  Tensor masked_fill(const Tensor& mask, const Scalar& value) const;

  // --- rearranged copies
  Tensor repeat(IntList repeats) const;
  Tensor flip(IntList dims) const;
  Tensor tril(std::int64_t diagonal = 0) const;
  Tensor triu(std::int64_t diagonal = 0) const;

  // --- copies, and what copies where it must
  Tensor reshape(IntList sizes) const;
  Tensor flatten(std::int64_t start_dim = 0, std::int64_t end_dim = -1) const;
  /// x itself, or a copy in row-major order. ValueError for another format. grad: g.
  Tensor contiguous(MemoryFormat format = MemoryFormat::Contiguous) const;
  Tensor clone() const;
  Tensor index_select(std::int64_t dim, const Tensor& index) const;
  /// x in another dtype; x itself where nothing changes, unless copy. Error for a device other than the CPU.
  /// grad: g in x's dtype.
  Tensor to(Dtype dtype, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const;
  Tensor to(TypeMeta dtype, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const;
  Tensor to(Device device, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const;
  Tensor to(DeviceType device, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const;
  Tensor to(Device device, Dtype dtype, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const;
  Tensor to(const TensorOptions& options, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const;
  Tensor to(const Tensor& other, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const;
  /// to(dtype).
  Tensor toType(Dtype dtype) const;
  /// x itself: all memory is the CPU's.
  Tensor cpu() const;
  Tensor pin_memory() const;
  /// Error: there is no such device.
  Tensor cuda() const;

  // --- normalised exponentials
  Tensor softmax(std::int64_t dim) const;
  Tensor log_softmax(std::int64_t dim) const;

  // --- sorted, counted, picked, moved
  Tensor max(const Tensor& other) const;
  Tensor min(const Tensor& other) const;
  Tensor where(const Tensor& condition, const Scalar& other) const;
  std::tuple<Tensor, Tensor> sort(std::int64_t dim = -1, bool descending = false) const;
  std::tuple<Tensor, Tensor> sort(std::optional<bool> stable, std::int64_t dim = -1, bool descending = false) const;
  Tensor argsort(std::int64_t dim = -1, bool descending = false) const;
  template <std::same_as<bool> B, class Result = Tensor>
  Result argsort(B, std::int64_t dim = -1, bool descending = false) const {
    return argsort(dim, B{descending});
  }
  std::tuple<Tensor, Tensor> topk(std::int64_t k, std::int64_t dim = -1, bool largest = true, bool sorted = true) const;
  Tensor median() const;
  std::tuple<Tensor, Tensor> median(std::int64_t dim, bool keepdim = false) const;
  Tensor bincount(const Tensor& weights, std::int64_t minlength = 0) const;
  Tensor bincount() const;
  Tensor nonzero() const;
  Tensor count_nonzero(IntList dims = {}) const;
  Tensor masked_select(const Tensor& mask) const;
  Tensor index_fill(std::int64_t dim, const Tensor& index, const Tensor& value) const;
  Tensor index_fill(std::int64_t dim, const Tensor& index, const Scalar& value) const;
  Tensor& index_fill_(std::int64_t dim, const Tensor& index, const Tensor& value) const;
  Tensor& index_fill_(std::int64_t dim, const Tensor& index, const Scalar& value) const;
  Tensor repeat_interleave(const Tensor& repeats, OptInt dim = std::nullopt) const;
  Tensor repeat_interleave(std::int64_t repeats, OptInt dim = std::nullopt) const;
  Tensor cumprod(std::int64_t dim) const;
  Tensor diff(std::int64_t n = 1, std::int64_t dim = -1) const;
  Tensor diff(std::int64_t n, std::int64_t dim, const Tensor& prepend, const Tensor& append) const;
  Tensor tile(IntList repeats) const;
  Tensor fliplr() const;
  Tensor flipud() const;
  Tensor roll(IntList shifts, IntList dims = {}) const;
  Tensor movedim(IntList source, IntList destination) const;
  Tensor swapaxes(std::int64_t dim0, std::int64_t dim1) const;
  Tensor swapdims(std::int64_t dim0, std::int64_t dim1) const;
  Tensor broadcast_to(IntList sizes) const;
  Tensor diag(std::int64_t offset = 0) const;
  std::vector<Tensor> split_with_sizes(const std::vector<std::int64_t>& lengths, std::int64_t dim = 0) const;
  /// The windows of size elements of a dim, step apart, as one more last dim; a view.
  /// grad: g, added where windows overlap.
  Tensor unfold(std::int64_t dim, std::int64_t size, std::int64_t step) const;
  Tensor cross(const Tensor& other, OptInt dim = std::nullopt) const;
  Tensor baddbmm(const Tensor& a, const Tensor& b, const Scalar& beta = 1, const Scalar& alpha = 1) const;

  // --- new tensors of x's dtype, unless the options name another; and random ones
  Tensor new_empty(IntList sizes, TensorOptions options = {}) const;
  Tensor new_zeros(IntList sizes, TensorOptions options = {}) const;
  Tensor new_ones(IntList sizes, TensorOptions options = {}) const;
  Tensor new_full(IntList sizes, const Scalar& value, TensorOptions options = {}) const;
  Tensor new_tensor(const TensorData& data, TensorOptions options = {}) const;
  Tensor bernoulli() const;
  Tensor bernoulli(double p) const;
  Tensor multinomial(std::int64_t samples, bool replacement = false) const;
  Tensor& bernoulli_(double p = 0.5) const;
  Tensor& bernoulli_(const Tensor& p) const;
  /// Exponential numbers of this rate, as PyTorch draws them.
  Tensor& exponential_(double rate = 1) const;
  /// Integers in [low, high), or from 0 to the largest that x's dtype holds without a gap, as PyTorch draws them.
  Tensor& random_(std::int64_t low, std::int64_t high) const;
  Tensor& random_(std::int64_t high) const;
  Tensor& random_() const;

  // --- in place; differentiable on a tensor that owns its bytes. They return x.
  Tensor& add_(const Tensor& other, const Scalar& alpha = 1) const;
  Tensor& add_(const Scalar& other, const Scalar& alpha = 1) const;
  Tensor& sub_(const Tensor& other, const Scalar& alpha = 1) const;
  Tensor& sub_(const Scalar& other, const Scalar& alpha = 1) const;
  Tensor& mul_(const Tensor& other) const;
  Tensor& mul_(const Scalar& other) const;
  Tensor& div_(const Tensor& other) const;
  Tensor& div_(const Scalar& other) const;
  Tensor& pow_(const Tensor& exponent) const;
  Tensor& pow_(const Scalar& exponent) const;
  Tensor& neg_() const;
  Tensor& exp_() const;
  Tensor& expm1_() const;
  Tensor& log_() const;
  Tensor& log1p_() const;
  Tensor& sqrt_() const;
  Tensor& rsqrt_() const;
  Tensor& reciprocal_() const;
  Tensor& erf_() const;
  Tensor& abs_() const;
  Tensor& sign_() const;
  Tensor& square_() const;
  Tensor& sigmoid_() const;
  Tensor& tanh_() const;
  Tensor& clamp_(const OptScalar& min, const OptScalar& max = std::nullopt) const;
  Tensor& clamp_min_(const Scalar& min) const;
  Tensor& clamp_max_(const Scalar& max) const;
  Tensor& relu_() const;
  // Comparisons: 0 or 1 in x's dtype.
  Tensor& eq_(const Tensor& other) const;
  Tensor& eq_(const Scalar& other) const;
  Tensor& ne_(const Tensor& other) const;
  Tensor& ne_(const Scalar& other) const;
  Tensor& lt_(const Tensor& other) const;
  Tensor& lt_(const Scalar& other) const;
  Tensor& le_(const Tensor& other) const;
  Tensor& le_(const Scalar& other) const;
  Tensor& gt_(const Tensor& other) const;
  Tensor& gt_(const Scalar& other) const;
  Tensor& ge_(const Tensor& other) const;
  Tensor& ge_(const Scalar& other) const;
  /// The elements of source, broadcast and cast to x's dtype. grad: 0, g.
  Tensor& copy_(const Tensor& source) const;
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

}  // namespace tapegrad
