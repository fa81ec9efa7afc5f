// New tensors: empty, zeros, ones, full, arange, linspace, eye, tensor, from_blob.
#include <algorithm>
#include <cmath>

#include "autograd/core/execute.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

Dtype get_default_dtype() noexcept { return context().default_dtype; }
void set_default_dtype(Dtype dtype) {
  if (!is_floating_point(dtype))
    throw_dtype("set_default_dtype", "only floating-point types are supported as the default type, but got ", dtype,
                "; give kFloat or kDouble");
  context().default_dtype = dtype;
}

// Not yet requiring grad; `dtype` where the options name none.
static Tensor fresh(const char* op, IntList sizes, Dtype dtype, TensorOptions options) {
  const std::int64_t n = checked_numel(op, sizes);
  return Tensor::adopt(new_tensor(options.dtype_or(dtype), sizes.data(), static_cast<int>(sizes.size()), n));
}

// The same, filled by an op without inputs.
static Tensor made(const Op& op, IntList sizes, Dtype dtype, TensorOptions options, Attrs attrs) {
  const Dtype d = options.dtype_or(dtype);
  return with_options(create(op, computed_in(d), sizes, checked_numel(op.name, sizes), attrs).to(d), options);
}

static Tensor filled(const char* op, IntList sizes, const Scalar& value, Dtype dtype, TensorOptions options) {
  const std::int64_t n = checked_numel(op, sizes);
  const Full full = full_of(value, options.dtype_or(dtype));
  return with_options(create(*full.op, options.dtype_or(dtype), sizes, n, full), options);
}

static Dtype dtype_of(const Scalar& v) noexcept { return v.is_floating_point() ? get_default_dtype() : v.kind(); }

const Tensor& undefined() noexcept {
  static constinit const Tensor none;
  return none;
}

Tensor empty(IntList sizes, TensorOptions o) { return with_options(fresh("empty", sizes, get_default_dtype(), o), o); }
Tensor zeros(IntList sizes, TensorOptions o) { return filled("zeros", sizes, 0, get_default_dtype(), o); }
Tensor ones(IntList sizes, TensorOptions o) { return filled("ones", sizes, 1, get_default_dtype(), o); }
Tensor full(IntList sizes, const Scalar& v, TensorOptions o) { return filled("full", sizes, v, dtype_of(v), o); }

// make(sizes), whose elements are alike, as x lies in memory; where x is a batch, one for each sample.
static Tensor like(const Tensor& x, auto make) {
  const IntList sizes = x.sizes();
  TensorImpl* const in[] = {x.impl()};
  if (in[0]->is_batched()) {
    const BatchDim& batch = batch_dim(in[0]);
    Dims whole = sizes;
    whole.insert(0, batch.size);
    return hide_dim(make(whole), 0, batch.id);
  }
  Tensor t = make(sizes);
  if (!is_contiguous(in[0])) keep_order(t.impl(), in, 1);  // nobody has seen it
  return t;
}
Tensor empty_like(const Tensor& x, TensorOptions o) {
  return like(x, [&](IntList sizes) { return with_options(fresh("empty_like", sizes, x.dtype(), o), o); });
}
Tensor full_like(const Tensor& x, const Scalar& v, TensorOptions o) {
  return like(x, [&](IntList sizes) { return filled("full_like", sizes, v, x.dtype(), o); });
}
Tensor zeros_like(const Tensor& x, TensorOptions o) {
  return like(x, [&](IntList sizes) { return filled("zeros_like", sizes, 0, x.dtype(), o); });
}
Tensor ones_like(const Tensor& x, TensorOptions o) {
  return like(x, [&](IntList sizes) { return filled("ones_like", sizes, 1, x.dtype(), o); });
}

// --- new_empty and so on: of x's dtype unless the options name one
Tensor TensorOps::new_empty(IntList sizes, TensorOptions o) const {
  return with_options(fresh("new_empty", sizes, self().dtype(), o), o);
}
Tensor TensorOps::new_zeros(IntList sizes, TensorOptions o) const {
  return filled("new_zeros", sizes, 0, self().dtype(), o);
}
Tensor TensorOps::new_ones(IntList sizes, TensorOptions o) const {
  return filled("new_ones", sizes, 1, self().dtype(), o);
}
Tensor TensorOps::new_full(IntList sizes, const Scalar& v, TensorOptions o) const {
  return filled("new_full", sizes, v, self().dtype(), o);
}

Tensor TensorOps::new_tensor(const TensorData& data, TensorOptions o) const {
  return tensor(data, o.dtype(o.dtype_or(self().dtype())));
}

// x[k] = value_at(k), in a kernel.
static void generate(TensorImpl* x, auto value_at) noexcept {
  by_dtype(x->dtype, [=]<class T>() {
    for (std::int64_t k = 0; k < x->numel; ++k) x->ptr<T>()[k] = static_cast<T>(value_at(k));
  });
}
// Error where the dtype does not hold the values, of which the first and the last are the extremes.
static void require_held(Dtype dtype, std::int64_t n, auto value_at) {
  if (is_floating_point(dtype) || dtype == kBool || n == 0) return;
  Scalar(value_at(0)).to_long();
  Scalar(value_at(n - 1)).to_long();
}

// --- arange; arange.long keeps integers exact
namespace {
struct Range {
  double from, by;
  double operator()(std::int64_t k) const noexcept { return from + by * static_cast<double>(k); }
};
struct LongRange {
  std::uint64_t from, by;  // which wrap around
  std::int64_t operator()(std::int64_t k) const noexcept {
    return static_cast<std::int64_t>(from + by * static_cast<std::uint64_t>(k));
  }
};
template <class Values>
void run_range(const Call& c) noexcept {
  generate(c.out, c.attrs.as<Values>());
}
}  // namespace
constexpr Op kArange{.name = "arange", .flags = kNoGrad, .kernel = run_range<Range>};
constexpr Op kArangeLong{.name = "arange.long", .flags = kNoGrad, .kernel = run_range<LongRange>};
Tensor arange(const Scalar& end, TensorOptions o) { return arange(0, end, 1, o); }
Tensor arange(const Scalar& start, const Scalar& end, TensorOptions o) { return arange(start, end, 1, o); }
Tensor arange(const Scalar& start, const Scalar& end, const Scalar& step, TensorOptions o) {
  const bool floating = start.is_floating_point() || end.is_floating_point() || step.is_floating_point();
  const double from = start.to_double();
  const double to = end.to_double();
  const double by = step.to_double();
  if (by == 0) throw_shape("arange", "step must be nonzero; give another");
  if (!std::isfinite(from) || !std::isfinite(to) || !std::isfinite(by)) {
    throw_shape("arange", "unsupported range: ", from, " -> ", to, "; bounds must be finite");
  }
  bool away = (to - from) * by < 0;
  double count = std::ceil((to - from) / by);
  if (!floating) {  // doubles round integers past 2^53
    const __int128 distance = __int128{end.to_long()} - start.to_long();
    const __int128 s = step.to_long();
    away = distance != 0 && (distance < 0) != (s < 0);
    count = static_cast<double>((distance + s - (s < 0 ? -1 : 1)) / s);
  }
  if (away)
    throw_shape("arange",
                "upper bound and larger bound inconsistent with step sign; change the step's sign, or swap the bounds");
  if (count > 1e15)
    throw_shape("arange", "invalid size, possible overflow: ", count, " elements; give a shorter range");
  const auto n = static_cast<std::int64_t>(count);
  if (!floating)
    return made(
        kArangeLong, n, kLong, o,
        pack(LongRange{static_cast<std::uint64_t>(start.to_long()), static_cast<std::uint64_t>(step.to_long())}));
  const Range values{from, by};
  require_held(o.dtype_or(get_default_dtype()), n, values);
  return made(kArange, n, get_default_dtype(), o, pack(values));
}

// --- linspace: counted from both ends, so that the last element is `end` itself
namespace {
struct Spaced {
  double from, to;
  std::int64_t steps;
  double operator()(std::int64_t k) const noexcept {
    const double by = steps > 1 ? (to - from) / static_cast<double>(steps - 1) : 0;
    return k < steps / 2 || steps == 1 ? from + by * static_cast<double>(k)
                                       : to - by * static_cast<double>(steps - 1 - k);
  }
};
}  // namespace
static void run_linspace(const Call& c) noexcept { generate(c.out, c.attrs.as<Spaced>()); }
constexpr Op kLinspace{.name = "linspace", .flags = kNoGrad, .kernel = run_linspace};
Tensor linspace(const Scalar& start, const Scalar& end, std::int64_t steps, TensorOptions o) {
  if (steps < 0) throw_shape("linspace", "number of steps must be non-negative, but got ", steps, "; give 0 or more");
  const Spaced values{start.to_double(), end.to_double(), steps};
  require_held(o.dtype_or(get_default_dtype()), steps, values);
  return made(kLinspace, steps, get_default_dtype(), o, pack(values));
}

// --- eye
static void run_eye(const Call& c) noexcept {
  fill_zero(c.out);
  const std::int64_t n = c.out->sizes()[0], m = c.out->sizes()[1];
  by_dtype(c.out->dtype, [&]<class T>() {
    for (std::int64_t i = 0; i < std::min(n, m); ++i) c.out->ptr<T>()[i * (m + 1)] = T{1};
  });
}
constexpr Op kEye{.name = "eye", .flags = kNoGrad, .kernel = run_eye};
Tensor eye(std::int64_t n, TensorOptions o) { return eye(n, n, o); }
Tensor eye(std::int64_t n, std::int64_t m, TensorOptions o) { return made(kEye, {n, m}, get_default_dtype(), o, {}); }

// --- tensor: of numbers that the dtype holds

// What numbers of a C++ type become: int counts as int64_t, as in PyTorch.
static Dtype literal_dtype(Dtype d) noexcept {
  return is_floating_point(d) ? get_default_dtype() : d == kInt ? kLong : d;
}
namespace {
struct TensorAttrs {
  const std::vector<Scalar>* values;
};
struct ArrayAttrs {
  const void* first;  // null where there is no element
  std::int64_t dtype;
};
}  // namespace

static void run_tensor(const Call& c) noexcept {
  const std::vector<Scalar>& values = *c.attrs.as<TensorAttrs>().values;
  by_dtype(c.out->dtype, [&]<class T>() {
    std::transform(values.begin(), values.end(), c.out->ptr<T>(), [](const Scalar& v) { return v.to<T>(); });
  });
}
constexpr Op kTensor{.name = "tensor", .flags = kNoGrad | kHostData, .kernel = run_tensor};
TensorData::TensorData(std::initializer_list<TensorData> list) {
  sizes_.push_back(static_cast<std::int64_t>(list.size()));
  if (list.size() == 0) return;
  const TensorData& first = *list.begin();
  sizes_.insert(sizes_.end(), first.sizes_.begin(), first.sizes_.end());
  kind_ = first.kind_;
  for (const TensorData& part : list) {
    if (part.sizes_ != first.sizes_) {
      throw_shape("tensor", "Expected all sub-lists to have sizes: ", first.sizes_,
                  ", but got sub-list with sizes: ", part.sizes_, "; give them one size");
    }
    kind_ = std::max(kind_, part.kind_);
    values_.insert(values_.end(), part.values_.begin(), part.values_.end());
  }
}
Tensor tensor(const TensorData& data, TensorOptions o) {
  const Dtype dtype = literal_dtype(data.kind());
  kernels::by_any_dtype(o.dtype_or(dtype), [&]<class T>() {
    if constexpr (std::is_integral_v<T>)
      for (const Scalar& v : data.values()) v.to<T>();
  });
  return made(kTensor, data.sizes(), dtype, o, pack(TensorAttrs{&data.values()}));
}

// The same of an array.
static void run_array(const Call& c) noexcept {
  const auto a = c.attrs.as<ArrayAttrs>();
  if (c.out->numel == 0) return;
  kernels::cast_loop(static_cast<Dtype>(a.dtype), c.out->dtype)(c.out->data, &a.first, 0, c.out->numel, nullptr);
}
constexpr Op kArray{.name = "tensor.array", .flags = kNoGrad | kHostData, .kernel = run_array};
Tensor core::converted(const void* data, Dtype dtype, std::int64_t n, TensorOptions o) {
  const Dtype to = o.dtype_or(literal_dtype(dtype));
  kernels::by_any_dtype(dtype, [&]<class From>() {
    if constexpr (std::is_arithmetic_v<From>) {
      kernels::by_any_dtype(to, [&]<class To>() {
        if constexpr (std::is_integral_v<To> && !std::is_same_v<From, To>)
          for (std::int64_t k = 0; k < n; ++k) Scalar(static_cast<const From*>(data)[k]).to<To>();
      });
    }
  });
  return made(kArray, n, to, o, pack(ArrayAttrs{data, static_cast<std::int64_t>(dtype)}));
}

// --- from_blob
static Tensor blob(void* data, IntList sizes, IntList strides, std::function<void(void*)> deleter, TensorOptions o) {
  const std::int64_t n = checked_numel("from_blob", sizes);
  if (strides.size() != sizes.size())
    throw_shape("from_blob", "sizes ", sizes, " and strides ", strides,
                " differ in length; give a stride for each size");
  std::int64_t last = 0, bytes = 0;  // where the last element begins
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    std::int64_t extent = 0;
    if (strides[d] < 0)
      throw_shape("from_blob", "Negative strides are not supported at the moment, got strides: ", strides,
                  "; flip() a copy instead");
    if (n > 0 && (__builtin_mul_overflow(sizes[d] - 1, strides[d], &extent) ||
                  __builtin_add_overflow(last, extent, &last) || __builtin_mul_overflow(last + 1, 8, &bytes)))
      throw_shape("from_blob", "Storage size calculation overflowed with sizes=", sizes, " and strides=", strides,
                  "; strides count elements, not bytes");
  }
  if (data == nullptr && n > 0)
    throw_shape("from_blob", "data is null, but sizes ", sizes, " are not empty; pass where the elements stand");
  return with_options(
      Tensor::adopt(new_external(o.dtype_or(get_default_dtype()), sizes, strides, data, std::move(deleter))), o);
}

static std::vector<std::int64_t> contiguous_strides(IntList sizes) {
  checked_numel("from_blob", sizes);
  std::vector<std::int64_t> strides(sizes.size());
  std::int64_t stride = 1;
  for (std::size_t d = sizes.size(); d-- > 0;) {
    strides[d] = stride;
    stride *= std::max<std::int64_t>(sizes[d], 1);
  }
  return strides;
}
Tensor from_blob(void* data, IntList sizes, TensorOptions o) {
  return blob(data, sizes, contiguous_strides(sizes), {}, o);
}
Tensor from_blob(void* data, IntList sizes, IntList strides, TensorOptions o) {
  return blob(data, sizes, strides, {}, o);
}
Tensor from_blob(void* data, IntList sizes, std::function<void(void*)> deleter, TensorOptions o) {
  return blob(data, sizes, contiguous_strides(sizes), std::move(deleter), o);
}

}  // namespace tapegrad
