// Max, average and adaptive pooling. A maximum is the elements taken from where each window has its largest.
#include "autograd/kernels/pool.h"
#include "autograd/ops/take.h"

namespace tapegrad {

using namespace ops;
using kernels::PoolDim;
using kernels::PoolShape;

static std::int64_t planes_of(const TensorImpl* t, const PoolShape& s, bool out) noexcept {
  std::int64_t plane = 1;
  for (const PoolDim& d : s.dim) plane *= out ? d.out : d.in;
  return plane == 0 ? 0 : t->numel / plane;
}
// The output is like input 0 with its last `dims` sizes those of the windows, or of what they lie in.
template <bool kOut>
static void pool_shape(Call& c) {
  same_shape(c);
  const auto s = c.attrs.as<PoolShape>();
  const int dims = static_cast<int>(c.attrs[sizeof(PoolShape) / 8]);
  for (int d = 0; d < dims; ++d) {
    const PoolDim& p = s.dim[3 - dims + d];
    c.sizes[c.rank - dims + d] = kOut ? p.out : p.in;
  }
}

namespace {
struct PoolAttrs {
  PoolShape shape;
  std::int64_t dims;
};
extern const Op kAvgPoolGrad;
}  // namespace

// --- max_pool(x) = take(x, the places of the largest elements)
static void max_places_shape(Call& c) {
  pool_shape<true>(c);
  c.dtype = kLong;
}
static void run_max_places(const Call& c) noexcept {
  const auto s = c.attrs.as<PoolShape>();
  kernels::max_pool(c.in[0]->dtype, s, c.in[0]->data, planes_of(c.in[0], s, false), c.out->ptr<std::int64_t>());
}
constexpr Op kMaxPlaces{
    .name = "max_pool.places", .flags = kNoGrad, .shape = max_places_shape, .kernel = run_max_places};
constexpr Op kMaxPool = take_op("max_pool", "MaxPoolBackward0");

// --- avg_pool, linear in x; its gradient is the transposed map
static void run_avg_pool(const Call& c) noexcept {
  const auto s = c.attrs.as<PoolShape>();
  kernels::avg_pool(c.dtype, s, c.in[0]->data, planes_of(c.in[0], s, false), c.out->data);
}
static void avg_pool_vjp(Grads& r) { r.set(0, apply(kAvgPoolGrad, r.g(), r.attrs())); }
constexpr Op kAvgPool{.name = "avg_pool",
                      .grad_name = "AvgPoolBackward0",
                      .shape = pool_shape<true>,
                      .kernel = run_avg_pool,
                      .vjp = avg_pool_vjp};
static void run_avg_pool_grad(const Call& c) noexcept {
  const auto s = c.attrs.as<PoolShape>();
  kernels::avg_pool_grad(c.dtype, s, c.in[0]->data, planes_of(c.out, s, false), c.out->data);
}
static void avg_pool_grad_vjp(Grads& r) { r.set(0, apply(kAvgPool, r.g(), r.attrs())); }
namespace {
constexpr Op kAvgPoolGrad{.name = "avg_pool_backward",
                          .grad_name = "AvgPoolBackwardBackward0",
                          .shape = pool_shape<false>,
                          .kernel = run_avg_pool_grad,
                          .vjp = avg_pool_grad_vjp};
}  // namespace

// --- what users call

static void check_input(const char* op, const Tensor& x, std::int64_t dims) {
  if (!is_floating_point(x.dtype()))
    throw_dtype(op, "not implemented for '", x.dtype(), "'; convert with to(kFloat) first");
  bool filled = x.dim() == dims + 1 || x.dim() == dims + 2;
  for (std::int64_t d = x.dim() - dims - (x.dim() == dims + 2 ? 1 : 0); filled && d < x.dim(); ++d)
    filled = x.size(d) > 0;
  if (!filled)
    throw_shape(op, "Expected ", dims + 1, "D or ", dims + 2, "D (batch mode) tensor with optional 0 dim batch size ",
                "for input, but got: ", x.sizes(), "; view() it as [n, channels, sizes]");
}
static std::int64_t number(const char* op, const char* what, IntList given, std::int64_t dims, std::int64_t d,
                           std::int64_t least) {
  if (given.size() != 1 && static_cast<std::int64_t>(given.size()) != dims)
    throw_shape(op, what, " must either be a single int, or a list of ", dims, " ints, but got ", given,
                "; give one or as many");
  const std::int64_t n = given[given.size() == 1 ? 0 : static_cast<std::size_t>(d)];
  if (n < least || n >= std::int64_t{1} << 31)
    throw_shape(op, what, " should be ", least == 0 ? "0 or more" : "greater than zero", ", but got ", given,
                "; give numbers of ", least, " or more, below 2^31");
  return n;
}

static PoolAttrs attrs_for(std::int64_t dims) noexcept {
  constexpr PoolDim kWhole{.in = 1, .out = 1, .kernel = 1, .stride = 1, .padding = 0, .dilation = 1, .adaptive = 0};
  return {{{kWhole, kWhole, kWhole}, 1, 0}, dims};
}
static PoolAttrs windows(const char* op, const Tensor& x, std::int64_t dims, IntList kernel, IntList stride,
                         IntList padding, IntList dilation, bool ceil_mode) {
  check_input(op, x, dims);
  PoolAttrs a = attrs_for(dims);
  Dims after = x.sizes();
  for (std::int64_t d = 0; d < dims; ++d) {
    PoolDim& p = a.shape.dim[3 - dims + d];
    p.in = x.size(d - dims);
    p.kernel = number(op, "kernel_size", kernel, dims, d, 1);
    p.stride = stride.empty() ? p.kernel : number(op, "stride", stride, dims, d, 1);
    p.padding = number(op, "padding", padding, dims, d, 0);
    p.dilation = number(op, "dilation", dilation, dims, d, 1);
    if (p.padding > p.kernel / 2)
      throw_shape(op, "pad should be smaller than or equal to half of kernel size, but got pad ", p.padding,
                  " and kernel size ", p.kernel, "; pad less");
    const std::int64_t room = p.in + 2 * p.padding - p.dilation * (p.kernel - 1) - 1 + (ceil_mode ? p.stride - 1 : 0);
    p.out = room < 0 ? 0 : room / p.stride + 1;
    if (ceil_mode && (p.out - 1) * p.stride >= p.in + p.padding) --p.out;
    for (std::int64_t o = 0; o < p.out && o * p.stride < p.padding; ++o) {
      const std::int64_t over = p.padding - o * p.stride;  // how far the window begins outside
      if ((p.dilation - over % p.dilation) % p.dilation < p.in) continue;
      throw_shape(op, "a window of kernel size ", p.kernel, " and dilation ", p.dilation,
                  " holds no element where it begins ", over, " before an input of size ", p.in, "; pad less");
    }
    after[x.dim() - dims + d] = p.out;
  }
  for (const PoolDim& p : a.shape.dim) {
    if (p.out >= 1) continue;
    throw_shape(op, "Given input size: ", x.sizes(), ". Calculated output size: ", after,
                ". Output size is too small; pad more or take a smaller kernel");
  }
  return a;
}
static PoolAttrs shares(const char* op, const Tensor& x, std::int64_t dims, IntList output_size) {
  check_input(op, x, dims);
  PoolAttrs a = attrs_for(dims);
  for (std::int64_t d = 0; d < dims; ++d) {
    PoolDim& p = a.shape.dim[3 - dims + d];
    p.in = x.size(d - dims);
    p.out = number(op, "output_size", output_size, dims, d, 0);
    p.adaptive = 1;
  }
  return a;
}

// The largest elements, and their places among all of x.
static std::pair<Tensor, Tensor> largest(const Tensor& x, const PoolAttrs& a) {
  const Tensor places = apply(kMaxPlaces, x, pack(a));
  return {apply(kMaxPool, x, places), places};
}
// The places among the elements of a channel.
static Tensor in_channel(const Tensor& places, const PoolAttrs& a) {
  std::int64_t plane = 1;
  for (const PoolDim& p : a.shape.dim) plane *= p.in;
  return places.remainder(std::max<std::int64_t>(plane, 1));
}

static Tensor max_pool(const char* op, std::int64_t dims, const Tensor& x, IntList kernel, IntList stride,
                       IntList padding, IntList dilation, bool ceil_mode) try {
  return largest(x, windows(op, x, dims, kernel, stride, padding, dilation, ceil_mode)).first;
} catch (const Error&) {
  throw_as(op);
}
static std::tuple<Tensor, Tensor> max_pool_with_indices(const char* op, std::int64_t dims, const Tensor& x,
                                                        IntList kernel, IntList stride, IntList padding,
                                                        IntList dilation, bool ceil_mode) try {
  const PoolAttrs a = windows(op, x, dims, kernel, stride, padding, dilation, ceil_mode);
  const auto [y, places] = largest(x, a);
  return {y, in_channel(places, a)};
} catch (const Error&) {
  throw_as(op);
}
static std::tuple<Tensor, Tensor> adaptive_max_pool(const char* op, std::int64_t dims, const Tensor& x,
                                                    IntList output_size) try {
  const PoolAttrs a = shares(op, x, dims, output_size);
  const auto [y, places] = largest(x, a);
  return {y, in_channel(places, a)};
} catch (const Error&) {
  throw_as(op);
}
static Tensor avg_pool(const char* op, std::int64_t dims, const Tensor& x, IntList kernel, IntList stride,
                       IntList padding, bool ceil_mode, bool count_include_pad, OptInt divisor_override = {}) try {
  PoolAttrs a = windows(op, x, dims, kernel, stride, padding, IntList{1}, ceil_mode);
  if (divisor_override == 0)
    throw_value(op, "divisor must be not zero; leave it out, or give the number that sums are divided by");
  a.shape.include_pad = count_include_pad;
  a.shape.divisor = divisor_override.value_or(0);
  return apply(kAvgPool, x, pack(a));
} catch (const Error&) {
  throw_as(op);
}
static Tensor adaptive_avg_pool(const char* op, std::int64_t dims, const Tensor& x, IntList output_size) try {
  const PoolAttrs a = shares(op, x, dims, output_size);
  Dims all;
  bool whole = true;
  for (std::int64_t d = -dims; d < 0; ++d) {
    whole = whole && a.shape.dim[3 + d].out == 1;
    all.push_back(d);
  }
  return whole ? x.mean(all, true) : apply(kAvgPool, x, pack(a));
} catch (const Error&) {
  throw_as(op);
}

#define TAPEGRAD_POOL(dims)                                                                                      \
  Tensor max_pool##dims##d(const Tensor& x, IntList kernel, IntList stride, IntList padding, IntList dilation,   \
                           bool ceil_mode) {                                                                     \
    return max_pool("max_pool" #dims "d", dims, x, kernel, stride, padding, dilation, ceil_mode);                \
  }                                                                                                              \
  std::tuple<Tensor, Tensor> max_pool##dims##d_with_indices(const Tensor& x, IntList kernel, IntList stride,     \
                                                            IntList padding, IntList dilation, bool ceil_mode) { \
    return max_pool_with_indices("max_pool" #dims "d_with_indices", dims, x, kernel, stride, padding, dilation,  \
                                 ceil_mode);                                                                     \
  }                                                                                                              \
  Tensor adaptive_avg_pool##dims##d(const Tensor& x, IntList output_size) {                                      \
    return adaptive_avg_pool("adaptive_avg_pool" #dims "d", dims, x, output_size);                               \
  }                                                                                                              \
  std::tuple<Tensor, Tensor> adaptive_max_pool##dims##d(const Tensor& x, IntList output_size) {                  \
    return adaptive_max_pool("adaptive_max_pool" #dims "d", dims, x, output_size);                               \
  }
TAPEGRAD_POOL(1)
TAPEGRAD_POOL(2)
TAPEGRAD_POOL(3)

Tensor avg_pool1d(const Tensor& x, IntList kernel, IntList stride, IntList padding, bool ceil_mode,
                  bool count_include_pad) {
  return avg_pool("avg_pool1d", 1, x, kernel, stride, padding, ceil_mode, count_include_pad);
}
Tensor avg_pool2d(const Tensor& x, IntList kernel, IntList stride, IntList padding, bool ceil_mode,
                  bool count_include_pad, OptInt divisor_override) {
  return avg_pool("avg_pool2d", 2, x, kernel, stride, padding, ceil_mode, count_include_pad, divisor_override);
}
Tensor avg_pool3d(const Tensor& x, IntList kernel, IntList stride, IntList padding, bool ceil_mode,
                  bool count_include_pad, OptInt divisor_override) {
  return avg_pool("avg_pool3d", 3, x, kernel, stride, padding, ceil_mode, count_include_pad, divisor_override);
}

}  // namespace tapegrad
