// Tensor: a handle to a rectangular array of numbers and to its place on the tape.
//
// Copies share: a handle is one pointer, and a copy shows the same elements, the same .grad and the same history. The
// bytes live as long as some handle, view or saved value of the tape needs them. One tensor may be read by any number
// of threads; writing is for one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <tapegrad/autograd/error.h>
#include <tapegrad/autograd/ops.h>

namespace tapegrad {

class TensorItem;
template <class T, std::size_t N>
class TensorAccessor;

namespace core {
struct TensorImpl;
TAPEGRAD_EXPORT void retain(TensorImpl* impl) noexcept;
TAPEGRAD_EXPORT void release(TensorImpl* impl) noexcept;
}  // namespace core

/// What grad_fn() gives: the node that made a tensor. It keeps that node alive.
class TAPEGRAD_EXPORT GradFn {
 public:
  virtual ~GradFn() = default;
  virtual std::string name() const = 0;                                     ///< "MulBackward0"
  virtual std::vector<std::shared_ptr<GradFn>> next_functions() const = 0;  ///< of the inputs; null: no gradient
};

/// A handle to a rectangular array of numbers and to its place on the tape: one pointer; copies share. Its operations
/// are those of TensorOps, each as documented at the function of its name.
class TAPEGRAD_EXPORT Tensor : public TensorOps {
 public:
  constexpr Tensor() noexcept : impl_(nullptr) {}  ///< undefined: no elements, no shape
  Tensor(const Tensor& o) noexcept : impl_(o.impl_) {
    if (impl_ != nullptr) core::retain(impl_);
  }
  Tensor(Tensor&& o) noexcept : impl_(std::exchange(o.impl_, nullptr)) {}
  /// A named tensor shows another one afterwards. Through an unnamed one, as in t.slice(0, 1, 3) = value or p.data() =
  /// value, the elements are written as by copy_(): value broadcasts and is cast. ValueError for a temporary that
  /// nothing else shows: the value would be lost. What is recorded is written by t[i] and t.index({..}) (TensorItem).
  Tensor& operator=(Tensor o) & noexcept {
    swap(o);
    return *this;
  }
  void operator=(const Tensor& value) &&;
  void operator=(const Scalar& value) &&;
  /// add_(), sub_(), mul_(), div_(): in place.
  Tensor& operator+=(const Tensor& o) const { return add_(o); }
  Tensor& operator+=(const Scalar& o) const { return add_(o); }
  Tensor& operator-=(const Tensor& o) const { return sub_(o); }
  Tensor& operator-=(const Scalar& o) const { return sub_(o); }
  Tensor& operator*=(const Tensor& o) const { return mul_(o); }
  Tensor& operator*=(const Scalar& o) const { return mul_(o); }
  Tensor& operator/=(const Tensor& o) const { return div_(o); }
  Tensor& operator/=(const Scalar& o) const { return div_(o); }
  ~Tensor() {
    if (impl_ != nullptr) core::release(impl_);
  }
  /// Exchanges what two handles show.
  void swap(Tensor& o) noexcept { std::swap(impl_, o.impl_); }

  /// Whether it shows anything: Tensor() does not.
  bool defined() const noexcept { return impl_ != nullptr; }
  /// Whether both are handles to one tensor.
  bool is_same(const Tensor& o) const noexcept { return impl_ == o.impl_; }
  /// Makes it undefined.
  void reset() noexcept { Tensor().swap(*this); }

  // --- shape and bytes
  /// How many dims it has: 0 for a scalar.
  std::int64_t dim() const;
  /// How many elements it has.
  std::int64_t numel() const;
  IntList sizes() const;    ///< valid while the tensor lives
  IntList strides() const;  ///< in elements
  /// The size of a dim; negative ones count from the last. IndexError out of range.
  std::int64_t size(std::int64_t dim) const;
  /// How many elements lie between neighbours along a dim.
  std::int64_t stride(std::int64_t dim) const;
  /// The bytes of an element.
  std::int64_t element_size() const { return static_cast<std::int64_t>(item_size(dtype())); }
  /// The type of the elements.
  TypeMeta dtype() const { return TypeMeta(scalar_type()); }
  Dtype scalar_type() const;
  /// What makes a new tensor like this one: zeros({2}, x.options()).
  TensorOptions options() const { return {dtype()}; }
  /// Whether the elements lie in row-major order without gaps.
  bool is_contiguous() const;
  /// Whether the dtype is floating: only such tensors require grad.
  bool is_floating_point() const { return tapegrad::is_floating_point(dtype()); }
  /// kCPU, the one device there is.
  Device device() const { return kCPU; }
  /// true.
  bool is_cpu() const { return true; }
  /// false.
  bool is_cuda() const { return false; }
  /// libtorch's other names.
  std::int64_t ndimension() const { return dim(); }
  /// The bytes of an element.
  std::size_t itemsize() const { return item_size(dtype()); }
  /// The bytes of all elements.
  std::size_t nbytes() const { return itemsize() * static_cast<std::size_t>(numel()); }
  /// The first element; T must be the dtype's C++ type. Elements lie at strides().
  template <class T>
  T* data_ptr() const {
    return static_cast<T*>(checked_data(DtypeOf<T>::value));
  }
  /// The first element, of whatever dtype.
  void* data_ptr() const;
  /// data_ptr(), by libtorch's older name.
  template <class T>
  T* data() const {
    return data_ptr<T>();
  }
  /// Elements as a[i][j]: accessor.h.
  template <class T, std::size_t N>
  TensorAccessor<T, N> accessor() const;
  /// The only element, converted to T: Error where an integer type cannot hold it. It reads, it does not record.
  template <class T>
  T item() const {
    return item().to<T>();
  }
  /// The only element, as a number of its dtype.
  Scalar item() const;
  /// The elements as [v, ...] in logical order, converted to T.
  template <class T>
  std::vector<T> to_vector() const;
  std::string str() const;  ///< as PyTorch prints it

  // --- elements: t[i] is the view select(0, i); t[i] = value writes it, differentiably.
  /// The view select(0, index); t[i] = value writes it. IndexError out of range.
  TensorItem operator[](std::int64_t index) const;

  // --- the tape
  /// Whether what is made of it is recorded.
  bool requires_grad() const noexcept;
  /// Makes a leaf require grad, or no longer. AutogradError for a dtype that is not floating, and when it has a history
  /// and on is false.
  Tensor& requires_grad_(bool on = true) const;
  /// requires_grad_(), by libtorch's other name.
  const Tensor& set_requires_grad(bool on) const { return requires_grad_(on); }
  /// Whether no recorded operation made it.
  bool is_leaf() const noexcept;
  std::shared_ptr<GradFn> grad_fn() const;  ///< null for a leaf
  /// The gradient that backward() left; undefined before. mutable_grad() may be assigned.
  const Tensor& grad() const;
  /// The same, to be assigned: x.mutable_grad() = g.
  Tensor& mutable_grad() const;
  void zero_grad(bool set_to_none = true) const;  ///< makes .grad undefined, or zero and without a history
  /// Adds d(self)/d(leaf) to the .grad of every leaf that requires it, or of `inputs` only. A non-scalar needs
  /// `gradient`.
  void backward(const Tensor& gradient = {}, std::optional<bool> retain_graph = std::nullopt, bool create_graph = false,
                const std::vector<Tensor>& inputs = {}) const;
  Tensor detach() const;  ///< shares bytes and version counter; no history
  Tensor data() const;    ///< shares bytes only
  /// From now on the elements, sizes and dtype are those of value, which are copied; .grad becomes undefined.
  /// ShapeError unless both have as many dims; AutogradError unless this is a leaf.
  void set_data(const Tensor& value) const;
  /// Gives it other sizes: the elements stay in their order, those beyond them are cut off, further ones are not set.
  /// AutogradError where it requires grad; ShapeError where it is not contiguous, or another handle or view shows it,
  /// which would not see the change.
  Tensor& resize_(IntList sizes);
  /// x = x.squeeze() and so on, for a tensor of which this is the only handle. AutogradError where it is a leaf that
  /// requires grad, or requires grad and nothing is recorded; ShapeError where another handle shows it.
  Tensor& squeeze_();
  Tensor& squeeze_(std::int64_t dim);
  Tensor& unsqueeze_(std::int64_t dim);
  Tensor& t_();
  Tensor& transpose_(std::int64_t dim0, std::int64_t dim1);
  Tensor& detach_() const;   ///< becomes a leaf without gradients; keeps its .grad
  void retain_grad() const;  ///< keep .grad of a non-leaf
  /// Whether retain_grad() was called.
  bool retains_grad() const noexcept;
  /// fn(grad) is called with each gradient of this tensor, in order of registration; a defined result replaces it.
  unsigned register_hook(std::function<Tensor(const Tensor&)> fn) const;
  template <class F>
  requires std::is_void_v<std::invoke_result_t<F, const Tensor&>>
  unsigned register_hook(F fn) const {
    if (!std::function<void(const Tensor&)>(fn)) return register_hook(std::function<Tensor(const Tensor&)>());
    return register_hook(std::function<Tensor(const Tensor&)>([fn = std::move(fn)](const Tensor& g) mutable {
      fn(g);
      return Tensor();
    }));
  }
  void remove_hook(unsigned id) const;  ///< of an id that register_hook() gave here; again: nothing
  std::int64_t version() const;         ///< counts in-place changes
  /// version(), by libtorch's name.
  std::int64_t _version() const { return version(); }

  /// For this library: the object behind the handle. adopt() takes over one count.
  core::TensorImpl* impl() const noexcept { return impl_; }
  static Tensor adopt(core::TensorImpl* impl) noexcept {
    Tensor t;
    t.impl_ = impl;
    return t;
  }
  core::TensorImpl* release_impl() noexcept { return std::exchange(impl_, nullptr); }

 private:
  void* checked_data(Dtype wanted) const;

  core::TensorImpl* impl_;
};

inline const Tensor& TensorOps::self() const noexcept { return static_cast<const Tensor&>(*this); }

/// What t[i] and t.index({..}) give: a tensor that also knows where it was taken from, so that `t[i] = value`, `t[i][j]
/// = value` and `t.index({..}) = value` can write there, differentiably, as index_put_() does. As a value (`Tensor row
/// = t[i];`) it is an ordinary tensor.
class TAPEGRAD_EXPORT TensorItem : public Tensor {
 public:
  TensorItem(Tensor view, const Tensor& base) noexcept : Tensor(std::move(view)), base_(base) {}
  TensorItem(const TensorItem&) noexcept = default;
  TensorItem operator[](std::int64_t index) const;
  /// Rebind a named item; write through an unnamed one. value broadcasts and is cast.
  TensorItem& operator=(const TensorItem& o) & noexcept = default;
  Tensor& operator=(const Tensor& o) & noexcept { return Tensor::operator=(o); }
  void operator=(const Tensor& value) &&;
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): an item written to itself stays as it is.
  void operator=(const TensorItem& value) && { std::move(*this) = static_cast<const Tensor&>(value); }
  void operator=(const Scalar& value) &&;
  /// As t[i] = t[i] + value.
  void operator+=(const Tensor& o) const { assign(add(o)); }
  void operator+=(const Scalar& o) const { assign(add(o)); }
  void operator-=(const Tensor& o) const { assign(sub(o)); }
  void operator-=(const Scalar& o) const { assign(sub(o)); }
  void operator*=(const Tensor& o) const { assign(mul(o)); }
  void operator*=(const Scalar& o) const { assign(mul(o)); }
  void operator/=(const Tensor& o) const { assign(div(o)); }
  void operator/=(const Scalar& o) const { assign(div(o)); }

 private:
  friend class Tensor;
  friend struct TensorOps;
  void assign(const Tensor& value) const;

  Tensor base_;
  std::int64_t path_[kMaxRank] = {};  // the indices that lead from base_ here
  std::size_t length_ = 0;
  std::shared_ptr<const std::vector<TensorIndex>> indices_;  // or those of index()
};

using TensorList = std::vector<Tensor>;

TAPEGRAD_EXPORT std::ostream& operator<<(std::ostream& out, const Tensor& x);

/// A number, a (nested) brace list or a vector, for tensor(). Floating-point literals become kFloat, integers kLong.
class TAPEGRAD_EXPORT TensorData {
 public:
  TensorData() : sizes_{0} {}
  template <class T>
  requires std::is_arithmetic_v<T> TensorData(T v) : kind_(kind_of<T>()), values_{Scalar(v)} {}
  TensorData(std::initializer_list<TensorData> list);
  template <class T>
  requires std::is_arithmetic_v<T> TensorData(const std::vector<T>& v)
      : sizes_{static_cast<std::int64_t>(v.size())}, kind_(kind_of<T>()), values_(v.begin(), v.end()) {}
  const std::vector<std::int64_t>& sizes() const noexcept { return sizes_; }
  const std::vector<Scalar>& values() const noexcept { return values_; }
  Dtype kind() const noexcept { return kind_; }

 private:
  template <class T>
  static constexpr Dtype kind_of() noexcept {
    if constexpr (std::is_integral_v<T> && sizeof(T) < sizeof(int) && requires { DtypeOf<T>::value; }) {
      return DtypeOf<T>::value;
    } else {
      return Scalar(T()).kind();
    }
  }

  std::vector<std::int64_t> sizes_;
  Dtype kind_ = kDouble;
  std::vector<Scalar> values_;
};

/// tensor(1.0f), tensor({1, 2, 3}), tensor({{1.0, 2.0}, {3.0, 4.0}}, kDouble), tensor(std::vector<double>{...}).
TAPEGRAD_EXPORT Tensor tensor(const TensorData& data, TensorOptions options = {});

namespace core {
// A copy of n numbers, of kFloat where they are floating and the options name no dtype.
TAPEGRAD_EXPORT Tensor converted(const void* data, Dtype dtype, std::int64_t n, TensorOptions options);
}  // namespace core
template <class T>
requires std::is_arithmetic_v<T> Tensor tensor(const std::vector<T>& v, TensorOptions options = {}) {
  const auto n = static_cast<std::int64_t>(v.size());
  if constexpr (!std::is_same_v<T, bool> && requires { DtypeOf<T>::value; }) {
    return core::converted(v.data(), DtypeOf<T>::value, n, options);
  } else {
    using Like = std::conditional_t<std::is_same_v<T, bool>, bool,
                                    std::conditional_t<std::is_integral_v<T>, std::int64_t, double>>;
    const Tensor like = empty(n, DtypeOf<Like>::value);
    Like* to = like.data_ptr<Like>();
    for (const T x : v) *to++ = Scalar(x).to<Like>();
    return core::converted(like.data_ptr(), like.dtype(), n, options);
  }
}

/// Shows bytes that somebody else owns; they must outlive the tensor and every view, or be freed by `deleter`.
/// strides in elements. The dtype is that of the options (kFloat).
TAPEGRAD_EXPORT Tensor from_blob(void* data, IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor from_blob(void* data, IntList sizes, IntList strides, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor from_blob(void* data, IntList sizes, std::function<void(void*)> deleter,
                                 TensorOptions options = {});

template <class T>
std::vector<T> Tensor::to_vector() const {
  const Tensor c = to(DtypeOf<T>::value).contiguous();
  const T* p = c.numel() > 0 ? c.data_ptr<T>() : nullptr;
  return std::vector<T>(p, p + c.numel());
}

}  // namespace tapegrad

#include <tapegrad/autograd/accessor.h>
#include <tapegrad/autograd/index.h>
