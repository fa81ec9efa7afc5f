// Convolutions and transposed convolutions. A convolution is linear in x and in w, so there are three ops, of any two
// of (x, w, y) to the third, and the gradients of each are the other two. They know no padding: pad() goes before them.
#include "autograd/kernels/conv.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

namespace {
// Of up to three dims, the last ones; 1 for those that are not there.
struct ConvAttrs {
  std::int64_t groups, stride[3], dilation[3];
  std::int64_t sizes[3];  // the gradients': the spatial sizes of the result
  std::int64_t parts;     // the weight's gradient: how many sums over images there are
};
extern const Op kConv, kConvInput, kConvWeight;
}  // namespace

static void last_three(const TensorImpl* t, std::int64_t (&to)[3]) noexcept {
  for (int d = 0; d < 3; ++d) to[d] = d + t->rank < 5 ? 1 : t->sizes()[d + t->rank - 3];
}
static kernels::ConvShape conv_of(const Call& c, const TensorImpl* x, const TensorImpl* w,
                                  const TensorImpl* y) noexcept {
  const auto a = c.attrs.as<ConvAttrs>();
  kernels::ConvShape s;
  s.images = x->sizes()[0];
  s.groups = a.groups;
  s.in = x->sizes()[1] / a.groups;
  s.out = y->sizes()[1] / a.groups;
  std::copy_n(a.stride, 3, s.stride);
  std::copy_n(a.dilation, 3, s.dilation);
  last_three(x, s.size);
  last_three(y, s.out_size);
  if (w != nullptr) last_three(w, s.kernel);
  if (w == nullptr) std::copy_n(a.sizes, 3, s.kernel);
  return s;
}
static Packed<ConvAttrs> attrs_with(const Grads& r, IntList sizes, std::int64_t parts = 1) noexcept {
  auto a = r.attrs().as<ConvAttrs>();
  std::fill_n(a.sizes, 3, 1);
  std::copy(sizes.begin() + 2, sizes.end(), a.sizes + (5 - sizes.size()));
  a.parts = parts;
  return pack(a);
}

// --- conv(x, w, b): x [n, groups in, size..], w [groups out, in, kernel..] to [n, groups out, size'..]
static void conv_shape(Call& c) {
  const TensorImpl *x = c.in[0], *w = c.in[1];
  const auto a = c.attrs.as<ConvAttrs>();
  c.dtype = x->dtype;
  set_sizes(c, x->size_list());
  c.sizes[1] = w->sizes()[0];
  for (int d = 2; d < c.rank; ++d) {
    const int k = d + 3 - c.rank;
    c.sizes[d] = (x->sizes()[d] - a.dilation[k] * (w->sizes()[d] - 1) - 1) / a.stride[k] + 1;
  }
}
static void run_conv(const Call& c) noexcept {
  by_floating(c.dtype, [&]<class T>() {
    kernels::conv(conv_of(c, c.in[0], c.in[1], c.out), c.in[0]->ptr<T>(), c.in[1]->ptr<T>(),
                  c.n_in == 3 ? c.in[2]->ptr<T>() : nullptr, c.out->ptr<T>());
  });
}
static Tensor conv_weight(const Grads& r, const Tensor& x, const Tensor& g, int k);
static void conv_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, apply(kConvInput, r.g(), r.in(1), attrs_with(r, r.sizes(0))));
  if (r.needs(1)) r.set(1, conv_weight(r, r.in(0), r.g(), 1));
  if (r.inputs() == 3 && r.needs(2)) r.set(2, r.g().flatten(2).sum({0, 2}));
}

// --- conv_transpose(y, w) to x
static void conv_input_shape(Call& c) {
  const TensorImpl *y = c.in[0], *w = c.in[1];
  const auto a = c.attrs.as<ConvAttrs>();
  c.dtype = y->dtype;
  set_sizes(c, y->size_list());
  c.sizes[1] = w->sizes()[1] * a.groups;
  std::copy_n(a.sizes + (5 - c.rank), c.rank - 2, c.sizes + 2);
}
static void run_conv_input(const Call& c) noexcept {
  by_floating(c.dtype, [&]<class T>() {
    kernels::conv_input(conv_of(c, c.out, c.in[1], c.in[0]), c.in[0]->ptr<T>(), c.in[1]->ptr<T>(), c.out->ptr<T>());
  });
}
static void conv_input_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, apply(kConv, r.g(), r.in(1), attrs_with(r, r.sizes(0))));
  if (r.needs(1)) r.set(1, conv_weight(r, r.g(), r.in(0), 1));
}

// --- conv.weight(x, y) to w, as parts of the sum over images: [parts, w]
static void conv_weight_shape(Call& c) {
  const TensorImpl *x = c.in[0], *y = c.in[1];
  const auto a = c.attrs.as<ConvAttrs>();
  c.dtype = x->dtype;
  set_sizes(c, {a.parts, y->sizes()[1], x->sizes()[1] / a.groups});
  for (int d = 2; d < x->rank; ++d) c.sizes[c.rank++] = a.sizes[d + 3 - x->rank];
}
static void run_conv_weight(const Call& c) noexcept {
  by_floating(c.dtype, [&]<class T>() {
    kernels::conv_weight(conv_of(c, c.in[0], nullptr, c.in[1]), c.in[0]->ptr<T>(), c.in[1]->ptr<T>(), c.sizes[0],
                         c.out->ptr<T>());
  });
}
// Each part has the same gradient: that of their sum.
static void conv_weight_vjp(Grads& r) {
  const Tensor g = r.g().select(0, 0);
  if (r.needs(0)) r.set(0, apply(kConvInput, r.in(1), g, attrs_with(r, r.sizes(0))));
  if (r.needs(1)) r.set(1, apply(kConv, r.in(0), g, attrs_with(r, r.sizes(1))));
}
// Threads share the images of a small weight, eight parts at most, and the elements of a large one.
static Tensor conv_weight(const Grads& r, const Tensor& x, const Tensor& g, int k) {
  const Dims sizes = r.sizes(k);
  const bool small = sizes[0] * x.size(1) <= 4096 && g.numel() * sizes[1] > kernels::kGrain;
  const std::int64_t images = std::max<std::int64_t>(x.size(0), 1), each = small ? (images + 7) / 8 : images;
  return apply(kConvWeight, x, g, attrs_with(r, sizes, (images + each - 1) / each)).sum(0);
}

// With one weight for all samples their images are images.
static Tensor conv_batch(const Batch& b) {
  if (!b.has(0) || b.has(1) || (b.inputs() == 3 && b.has(2))) return by_sample(b);
  const Tensor x = b.in(0), images = x.flatten(0, 1), w = b.in(1);
  const Tensor out =
      b.inputs() == 3 ? apply(b.op(), images, w, b.in(2), b.attrs()) : apply(b.op(), images, w, b.attrs());
  return batch_of_rows(b, out, x.size(1));
}

namespace {
constexpr Op kConv{.name = "conv",
                   .grad_name = "ConvolutionBackward0",
                   .reads = {kReads1, kReads0, 0},
                   .shape = conv_shape,
                   .kernel = run_conv,
                   .batch = conv_batch,
                   .vjp = conv_vjp};
constexpr Op kConvInput{.name = "conv_transpose",
                        .grad_name = "ConvolutionBackward0",
                        .reads = {kReads1, kReads0},
                        .shape = conv_input_shape,
                        .kernel = run_conv_input,
                        .batch = conv_batch,
                        .vjp = conv_input_vjp};
constexpr Op kConvWeight{.name = "conv.weight",
                         .grad_name = "ConvolutionBackwardBackward0",
                         .reads = {kReads1, kReads0},
                         .shape = conv_weight_shape,
                         .kernel = run_conv_weight,
                         .vjp = conv_weight_vjp};
}  // namespace

// --- what users call

// One number for each of `dims`, at least `least`.
static Dims numbers(const char* op, const char* what, IntList given, std::int64_t dims, std::int64_t least) {
  if (given.size() != 1 && static_cast<std::int64_t>(given.size()) != dims)
    throw_shape(op, "expected ", what, " to be a single integer value or a list of ", dims, " values to match the ",
                "convolution dimensions, but got ", what, "=", given, "; give one or as many");
  Dims out;
  for (std::int64_t d = 0; d < dims; ++d) out.push_back(given[given.size() == 1 ? 0 : static_cast<std::size_t>(d)]);
  for (std::int64_t d = 0; d < dims; ++d) {
    if (out[d] >= least && out[d] < (std::int64_t{1} << 31)) continue;
    const char* wrong = least == 0 ? "negative " : "non-positive ";
    throw_shape(op, out[d] < least ? wrong : "too large ", what, " is not supported, but got ", given,
                "; give numbers of ", least, " or more");
  }
  return out;
}

// x as a batch, after checks that both kinds share. `channels` is that dim of weight which x's channels follow.
static Tensor as_batch(const char* op, const Tensor& x, const Tensor& w, const Tensor& bias, std::int64_t dims,
                       std::int64_t groups, bool transposed) {
  if (groups < 1) throw_shape(op, "non-positive groups is not supported, but got ", groups, "; give 1 or more");
  if (w.dim() != dims + 2)
    throw_shape(op, "expected weight of ", dims + 2, " dims, but got weight of size ", w.sizes(), "; it is [out, in, ",
                "kernel sizes]");
  if (x.dim() != dims + 1 && x.dim() != dims + 2)
    throw_shape(op, "Expected ", dims + 1, "D (unbatched) or ", dims + 2, "D (batched) input to ", op,
                ", but got input of size: ", x.sizes(), "; view() it as [n, channels, sizes]");
  if (w.dtype() != x.dtype() || (bias.defined() && bias.dtype() != x.dtype()) || !is_floating_point(x.dtype()))
    throw_dtype(op, "expected scalar type ", is_floating_point(x.dtype()) ? x.dtype() : kFloat, " of input, weight ",
                "and bias, but found ", x.dtype(), ", ", w.dtype(), bias.defined() ? " and " : "",
                bias.defined() ? tapegrad::name(bias.dtype()) : "", "; convert with to()");
  const Tensor batch = x.dim() == dims + 1 ? x.unsqueeze(0) : x;
  if (w.size(0) % groups != 0 || w.size(0) < groups)
    throw_shape(op, "Given groups=", groups, ", expected weight to be divisible by ", groups,
                " at dimension 0, but got weight of size ", w.sizes(), " instead; give as many groups as divide it");
  const std::int64_t channels = transposed ? w.size(0) : w.size(1) * groups;
  if (batch.size(1) != channels)
    throw_shape(op, "Given ", transposed ? "transposed=1" : joined("groups=", groups), ", weight of size ", w.sizes(),
                ", expected input", batch.sizes(), " to have ", channels, " channels, but got ", batch.size(1),
                " channels instead; make the weight for them");
  const std::int64_t out = transposed ? w.size(1) * groups : w.size(0);
  if (bias.defined() && (bias.dim() != 1 || bias.size(0) != out))
    throw_shape(op, "Given weight of size ", w.sizes(), ", expected bias to be 1-dimensional with ", out,
                " elements, but got bias of size ", bias.sizes(), " instead; give one a channel of the output");
  return batch;
}
static Packed<ConvAttrs> attrs_of(IntList stride, IntList dilation, std::int64_t groups) noexcept {
  ConvAttrs a{groups, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, 1};
  std::copy(stride.begin(), stride.end(), a.stride + 3 - stride.size());
  std::copy(dilation.begin(), dilation.end(), a.dilation + 3 - dilation.size());
  return pack(a);
}

// before and after: how much padding there is at both ends of each dim.
static Tensor conv_padded(const char* op, std::int64_t dims, const Tensor& x, const Tensor& w, const Tensor& bias,
                          IntList stride, IntList before, IntList after, IntList dilation, std::int64_t groups) {
  Tensor in = as_batch(op, x, w, bias, dims, groups, false);
  const Dims steps = numbers(op, "stride", stride, dims, 1), spread = numbers(op, "dilation", dilation, dims, 1);
  Dims pads, padded, kernel;
  bool any = false;
  for (std::int64_t d = 0; d < dims; ++d) {
    const auto k = static_cast<std::size_t>(d);
    padded.push_back(in.size(d + 2) + before[k] + after[k]);
    kernel.push_back(spread[d] * (w.size(d + 2) - 1) + 1);
    const auto last = static_cast<std::size_t>(dims - 1 - d);
    pads.push_back(before[last]);
    pads.push_back(after[last]);
    any = any || before[k] > 0 || after[k] > 0;
  }
  for (std::int64_t d = 0; d < dims; ++d) {
    if (w.size(d + 2) >= 1 && kernel[d] <= padded[d]) continue;
    throw_shape(op, "Calculated padded input size per channel: (", text(padded, " x "), "). Kernel size: (",
                text(kernel, " x "), "). Kernel size can't be greater than actual input size; pad more or take a ",
                "smaller kernel");
  }
  if (any) in = pad(in, pads);
  const auto attrs = attrs_of(steps, spread, groups);
  const Tensor y = bias.defined() ? apply(kConv, in, w, bias, attrs) : apply(kConv, in, w, attrs);
  return x.dim() == dims + 1 ? y.squeeze(0) : y;
}
static Tensor conv(const char* op, std::int64_t dims, const Tensor& x, const Tensor& w, const Tensor& bias,
                   IntList stride, IntList padding, IntList dilation, std::int64_t groups) try {
  const Dims around = numbers(op, "padding", padding, dims, 0);
  return conv_padded(op, dims, x, w, bias, stride, around, around, dilation, groups);
} catch (const Error&) {
  throw_as(op);
}
static Tensor conv(const char* op, std::int64_t dims, const Tensor& x, const Tensor& w, const Tensor& bias,
                   IntList stride, const PaddingName& padding, IntList dilation, std::int64_t groups) try {
  if (padding == "valid") return conv(op, dims, x, w, bias, stride, IntList{0}, dilation, groups);
  if (padding != "same")
    throw_value(op, "Invalid padding string: '", padding, "'; give \"same\", \"valid\" or numbers");
  const Dims steps = numbers(op, "stride", stride, dims, 1), spread = numbers(op, "dilation", dilation, dims, 1);
  Dims before, after;
  for (std::int64_t d = 0; d < dims; ++d) {
    if (steps[d] != 1)
      throw_value(op, "padding='same' is not supported for strided convolutions; give the padding as numbers");
    const std::int64_t total = w.dim() == dims + 2 ? spread[d] * (w.size(d + 2) - 1) : 0;
    before.push_back(total / 2);
    after.push_back(total - total / 2);
  }
  return conv_padded(op, dims, x, w, bias, stride, before, after, dilation, groups);
} catch (const Error&) {
  throw_as(op);
}

static Tensor conv_transpose(const char* op, std::int64_t dims, const Tensor& x, const Tensor& w, const Tensor& bias,
                             IntList stride, IntList padding, IntList output_padding, std::int64_t groups,
                             IntList dilation) try {
  const Tensor in = as_batch(op, x, w, bias, dims, groups, true);
  Dims steps = numbers(op, "stride", stride, dims, 1), spread = numbers(op, "dilation", dilation, dims, 1);
  Dims cut = numbers(op, "padding", padding, dims, 0), more = numbers(op, "output_padding", output_padding, dims, 0);
  Dims sizes = in.sizes();
  sizes[1] = w.size(1) * groups;
  auto attrs = attrs_of(steps, spread, groups);
  auto a = std::bit_cast<ConvAttrs>(attrs.words);
  for (std::int64_t d = 0; d < dims; ++d) {
    if (more[d] >= steps[d] && more[d] >= spread[d])
      throw_shape(op, "output padding must be smaller than either stride or dilation, but got output_padding ", more,
                  ", stride ", steps, " and dilation ", spread, "; give less");
    const std::int64_t full = (in.size(d + 2) - 1) * steps[d] + spread[d] * (w.size(d + 2) - 1) + 1 + more[d];
    sizes[d + 2] = full;
    if (w.size(d + 2) < 1 || in.size(d + 2) < 1 || full - 2 * cut[d] < 1)
      throw_shape(op, "Given input size per channel: ", IntList(in.sizes()), ", the output would be empty: kernel ",
                  w.sizes(), ", padding ", cut, "; pad less");
  }
  checked_numel(op, sizes);
  std::copy_n(sizes.operator IntList().begin() + 2, dims, a.sizes + 3 - dims);
  Tensor y = apply(kConvInput, in, w, pack(a));
  for (std::int64_t d = 0; d < dims; ++d) {
    if (cut[d] > 0) y = y.narrow(d + 2, cut[d], y.size(d + 2) - 2 * cut[d]);
  }
  if (bias.defined()) {
    Dims each = {};
    each.push_back(-1);
    for (std::int64_t d = 0; d < dims; ++d) each.push_back(1);
    y = y.add(bias.reshape(each));
  }
  y = y.contiguous();
  return x.dim() == dims + 1 ? y.squeeze(0) : y;
} catch (const Error&) {
  throw_as(op);
}

#define TAPEGRAD_CONV(dims)                                                                                        \
  Tensor conv##dims##d(const Tensor& x, const Tensor& w, const Tensor& bias, IntList stride, IntList padding,      \
                       IntList dilation, std::int64_t groups) {                                                    \
    return conv("conv" #dims "d", dims, x, w, bias, stride, padding, dilation, groups);                            \
  }                                                                                                                \
  Tensor conv##dims##d(const Tensor& x, const Tensor& w, const Tensor& bias, IntList stride,                       \
                       const PaddingName& padding, IntList dilation, std::int64_t groups) {                        \
    return conv("conv" #dims "d", dims, x, w, bias, stride, padding, dilation, groups);                            \
  }                                                                                                                \
  Tensor conv_transpose##dims##d(const Tensor& x, const Tensor& w, const Tensor& bias, IntList stride,             \
                                 IntList padding, IntList output_padding, std::int64_t groups, IntList dilation) { \
    return conv_transpose("conv_transpose" #dims "d", dims, x, w, bias, stride, padding, output_padding, groups,   \
                          dilation);                                                                               \
  }
TAPEGRAD_CONV(1)
TAPEGRAD_CONV(2)
TAPEGRAD_CONV(3)

}  // namespace tapegrad
