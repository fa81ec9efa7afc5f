// layer_norm, group_norm, batch_norm, instance_norm: one op, normalize, over x as [batches, groups, rows, size]
// (kernels/norm.h), with weights w and shifts b that groups share. With xhat = (x - mean) / deviation:
//
//   N(x; w, b) = xhat w + b        D(g, x; w) = P(g w)        W(g, x) = [sum g xhat, sum g]
//
// P v = (v - mean v - xhat mean(v xhat)) / deviation is symmetric, so each gradient is one of the three again:
//
//   of N: dx = D(g, x; w), [dw, db] = W(g, x)      of W by [u, v]: dg = N(x; u, v), dx = D(g, x; u)
//   of D by u, with r = 1 / deviation, v = g w, a = mean(u xhat), c = mean(v xhat):
//     dg = P(u) w, dw = sum P(u) g, dx = -r^2 xhat (mean(u v) - mean u mean v - a c) - P(r (u c + v a))
#include <tapegrad/autograd/grad.h>

#include "autograd/kernels/norm.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

namespace {
struct NormAttrs {
  kernels::NormShape shape;
  double eps;
  std::int64_t parts;  // of W, where a row is one element
};
extern const Op kNormGrad, kAffineGrad, kNormWeights;
}  // namespace

// --- the means and variances of groups: [2, groups]
static void moments_shape(Call& c) {
  c.dtype = c.in[0]->dtype;
  set_sizes(c, {2, c.attrs.as<NormAttrs>().shape.groups});
}
static void run_moments(const Call& c) noexcept {
  kernels::moments(c.dtype, c.attrs.as<NormAttrs>().shape, c.in[0]->data, c.out->data);
}
constexpr Op kMoments{.name = "normalize.moments", .flags = kNoGrad, .shape = moments_shape, .kernel = run_moments};

// --- N(x, stats, w, b), the last two left out together
static void run_norm(const Call& c) noexcept {
  const auto a = c.attrs.as<NormAttrs>();
  kernels::normalize(c.dtype, a.shape, a.eps, c.in[0]->data, c.in[1]->data, c.n_in < 4 ? nullptr : c.in[2]->data,
                     c.n_in < 4 ? nullptr : c.in[3]->data, c.out->data);
}
static Tensor norm_grad(const Tensor& g, const Tensor& x, const Tensor& stats, const Tensor& w, Attrs attrs) {
  const Tensor* in[] = {&g, &x, &stats, &w};
  return w.defined() ? apply(kAffineGrad, in, 4, attrs) : apply(kNormGrad, in, 3, attrs);
}
static void norm_vjp(Grads& r) {
  const Tensor x = r.in(0), stats = r.in(1);
  const bool affine = r.inputs() == 4;
  if (r.needs(0)) r.set(0, norm_grad(r.g(), x, stats, affine ? r.in(2) : Tensor(), r.attrs()));
  if (!affine || (!r.needs(2) && !r.needs(3))) return;
  const Tensor both = apply(kNormWeights, r.g(), x, stats, r.attrs()).sum(0);
  if (r.needs(2)) r.set(2, both.select(0, 0).reshape(r.sizes(2)));
  if (r.needs(3)) r.set(3, both.select(0, 1).reshape(r.sizes(3)));
}
constexpr Op kNorm{.name = "normalize",
                   .grad_name = "NormalizeBackward0",
                   .reads = {kReads0 | kReads1},
                   .shape = same_shape,
                   .kernel = run_norm,
                   .vjp = norm_vjp};
constexpr Op kAffine{.name = "normalize.affine",
                     .grad_name = "NormalizeBackward0",
                     .reads = {kReads0 | kReads1 | kReads2, 0, kReads0 | kReads1, kReads0 | kReads1},
                     .shape = same_shape,
                     .kernel = run_norm,
                     .vjp = norm_vjp};

// --- D(g, x, stats, w)
static void run_norm_grad(const Call& c) noexcept {
  const auto a = c.attrs.as<NormAttrs>();
  kernels::normalize_grad(c.dtype, a.shape, a.eps, c.in[0]->data, c.in[1]->data, c.in[2]->data,
                          c.n_in < 4 ? nullptr : c.in[3]->data, c.out->data);
}
// x as [batches, groups, rows, size], and w as what groups of it share.
static Tensor in_groups(const Tensor& x, const kernels::NormShape& s) {
  return x.reshape({s.batches, s.groups, s.rows, s.size});
}
static Tensor of_groups(const Tensor& w, const kernels::NormShape& s) {
  return w.reshape({1, s.cycle, s.rows, 1}).repeat({1, s.groups / s.cycle, 1, 1});
}
static Tensor mean_of_groups(const Tensor& x) { return x.mean({0, 2, 3}, true); }

static void norm_grad_vjp(Grads& r) {
  const auto s = r.attrs().as<NormAttrs>().shape;
  const double eps = r.attrs().as<NormAttrs>().eps;
  const Tensor x = r.in(1), stats = r.in(2), w = r.inputs() == 4 ? r.in(3) : Tensor();
  const Tensor pu = in_groups(norm_grad(r.g(), x, stats, {}, r.attrs()), s);
  if (r.needs(0)) r.set(0, (w.defined() ? pu.mul(of_groups(w, s)) : pu).reshape(x.sizes()));
  if (!r.needs(1) && (!w.defined() || !r.needs(3))) return;
  const Tensor g = in_groups(r.in(0), s);
  if (w.defined() && r.needs(3)) {
    const Tensor each = pu.mul(g).sum({0, 3}).reshape({-1, s.weights()});
    r.set(3, each.sum(0).reshape(r.sizes(3)));
  }
  if (!r.needs(1)) return;
  const Tensor hat = in_groups(apply(kNorm, x, stats, r.attrs()), s), in = in_groups(x, s);
  const Tensor rstd = in.sub(mean_of_groups(in)).square().mean({0, 2, 3}, true).add(eps).rsqrt();
  const Tensor u = in_groups(r.g(), s), v = w.defined() ? g.mul(of_groups(w, s)) : g;
  const Tensor a = mean_of_groups(u.mul(hat)), c = mean_of_groups(v.mul(hat));
  const Tensor inner = mean_of_groups(u.mul(v)).sub(mean_of_groups(u).mul(mean_of_groups(v))).sub(a.mul(c));
  const Tensor through = norm_grad(rstd.mul(u.mul(c).add(v.mul(a))).reshape(x.sizes()), x, stats, {}, r.attrs());
  r.set(1, hat.mul(rstd.square().mul(inner)).reshape(x.sizes()).add(through).neg());
}

// --- W(g, x, stats) as parts of the sum: [parts, 2, weights]
static void norm_weights_shape(Call& c) {
  const auto a = c.attrs.as<NormAttrs>();
  c.dtype = c.in[0]->dtype;
  set_sizes(c, {a.parts, 2, a.shape.weights()});
}
static void run_norm_weights(const Call& c) noexcept {
  const auto a = c.attrs.as<NormAttrs>();
  kernels::normalize_weights(c.dtype, a.shape, a.eps, c.in[0]->data, c.in[1]->data, c.in[2]->data, a.parts,
                             c.out->data);
}
// Each part has the same gradient: that of their sum.
static void norm_weights_vjp(Grads& r) {
  const Tensor x = r.in(1), stats = r.in(2), u = r.g().select(0, 0).select(0, 0), v = r.g().select(0, 0).select(0, 1);
  const Tensor* in[] = {&x, &stats, &u, &v};
  if (r.needs(0)) r.set(0, apply(kAffine, in, 4, r.attrs()));
  if (r.needs(1)) r.set(1, norm_grad(r.in(0), x, stats, u, r.attrs()));
}

namespace {
constexpr std::uint16_t kAllOfGrad = kReads0 | kReads1 | kReads2;
constexpr Op kNormGrad{.name = "normalize_backward",
                       .grad_name = "NormalizeBackwardBackward0",
                       .reads = {kReads1 | kReads2, kAllOfGrad},
                       .shape = same_shape,
                       .kernel = run_norm_grad,
                       .vjp = norm_grad_vjp};
constexpr Op kAffineGrad{.name = "normalize_backward.affine",
                         .grad_name = "NormalizeBackwardBackward0",
                         .reads = {kReads1 | kReads2 | kReads3, kAllOfGrad | kReads3, 0, kAllOfGrad},
                         .shape = same_shape,
                         .kernel = run_norm_grad,
                         .vjp = norm_grad_vjp};
constexpr Op kNormWeights{.name = "normalize.weights",
                          .grad_name = "NormalizeBackwardBackward0",
                          .reads = {kReads1 | kReads2, kReads0 | kReads1 | kReads2, 0},
                          .shape = norm_weights_shape,
                          .kernel = run_norm_weights,
                          .vjp = norm_weights_vjp};
}  // namespace

// --- what users call

static Packed<NormAttrs> attrs_of(const kernels::NormShape& s, double eps) noexcept {
  const std::int64_t each = s.groups / std::max<std::int64_t>(s.cycle, 1);
  return pack(NormAttrs{s, eps, s.size == 1 ? std::clamp<std::int64_t>(each / 64, 1, 16) : 1});
}
static Tensor normalized(const Tensor& x, const Tensor& stats, const Tensor& w, const Tensor& b, Attrs attrs) {
  if (!w.defined() && !b.defined()) return apply(kNorm, x, stats, attrs);
  const Tensor scale = w.defined() ? w : ones(b.sizes(), b.options());
  const Tensor shift = b.defined() ? b : zeros(w.sizes(), w.options());
  const Tensor* in[] = {&x, &stats, &scale, &shift};
  return apply(kAffine, in, 4, attrs);
}
static Tensor normalized(const Tensor& x, const Tensor& w, const Tensor& b, const kernels::NormShape& s, double eps) {
  const auto attrs = attrs_of(s, eps);
  return normalized(x, apply(kMoments, x, attrs), w, b, attrs);
}

static void check_dtype(const char* op, const Tensor& x, std::initializer_list<const Tensor*> others) {
  if (!is_floating_point(x.dtype()))
    throw_dtype(op, "not implemented for '", x.dtype(), "'; convert with to(kFloat) first");
  for (const Tensor* t : others) {
    if (t->defined() && t->dtype() != x.dtype())
      throw_dtype(op, "expected scalar type ", x.dtype(), " but found ", t->dtype(), "; convert one with to()");
  }
}
static void check_channels(const char* op, const char* what, const Tensor& t, const Tensor& x) {
  if (!t.defined() || (t.dim() == 1 && t.size(0) == x.size(1))) return;
  throw_shape(op, what, " should contain ", x.size(1), " elements not ", t.numel(), " (sizes ", t.sizes(),
              "); give one a channel");
}
static void check_batch(const char* op, const Tensor& x) {
  if (x.dim() >= 2) return;
  throw_shape(op, "Expected at least 2 dimensions for input tensor but received ", x.dim(),
              "; view() it as [n, channels, sizes]");
}
static std::int64_t spatial(const Tensor& x) noexcept {
  std::int64_t size = 1;
  for (std::int64_t d = 2; d < x.dim(); ++d) size *= x.size(d);
  return size;
}

Tensor layer_norm(const Tensor& x, IntList normalized_shape, const Tensor& w, const Tensor& b, double eps) {
  check_dtype("layer_norm", x, {&w, &b});
  const std::int64_t rank = static_cast<std::int64_t>(normalized_shape.size());
  if (rank < 1)
    throw_shape("layer_norm",
                "Expected normalized_shape to be at least 1-dimensional, but got normalized_shape = ", normalized_shape,
                "; give the sizes of the last dims");
  for (const auto& [what, t] : {std::pair{"weight", &w}, {"bias", &b}}) {
    if (t->defined() && t->sizes() != normalized_shape)
      throw_shape("layer_norm", "Expected ", what, " to be of same shape as normalized_shape, but got ", what,
                  " of shape ", t->sizes(), " and normalized_shape = ", normalized_shape, "; reshape() one");
  }
  const IntList sizes = x.sizes();
  std::int64_t elements = 1;
  bool fits = x.dim() >= rank;
  for (std::int64_t d = 0; d < rank && fits; ++d) {
    const auto k = static_cast<std::size_t>(d);
    fits = sizes[static_cast<std::size_t>(x.dim() - rank + d)] == normalized_shape[k];
    elements *= normalized_shape[k];
  }
  if (!fits)
    throw_shape("layer_norm", "Given normalized_shape=", normalized_shape, ", expected input with shape [*, ",
                text(normalized_shape, ", "), "], but got input of size", sizes, "; name its last sizes");
  std::int64_t groups = 1;
  for (std::int64_t d = 0; d < x.dim() - rank; ++d) groups *= x.size(d);
  return normalized(x, w, b, {1, groups, elements, 1, 1}, eps);
}

Tensor group_norm(const Tensor& x, std::int64_t num_groups, const Tensor& w, const Tensor& b, double eps) {
  check_batch("group_norm", x);
  check_dtype("group_norm", x, {&w, &b});
  const std::int64_t channels = x.size(1);
  if (num_groups < 1 || channels % num_groups != 0)
    throw_shape("group_norm", "Expected number of channels in input to be divisible by num_groups, but got input of ",
                "shape ", x.sizes(), " and num_groups=", num_groups, "; give a number that divides it");
  check_channels("group_norm", "weight", w, x);
  check_channels("group_norm", "bias", b, x);
  return normalized(x, w, b, {1, x.size(0) * num_groups, channels / num_groups, spatial(x), num_groups}, eps);
}

// y of means and variances that do not depend on x: a scale and a shift a channel.
static Tensor with_running(const Tensor& x, const Tensor& w, const Tensor& b, const Tensor& mean, const Tensor& var,
                           double eps) {
  Dims each;
  for (std::int64_t d = 0; d < x.dim(); ++d) each.push_back(d == 1 ? -1 : 1);
  Tensor scale = var.add(eps).rsqrt();
  if (w.defined()) scale = scale.mul(w);
  const Tensor shift = b.defined() ? b.sub(mean.mul(scale)) : mean.mul(scale).neg();
  return x.mul(scale.reshape(each)).add(shift.reshape(each));
}
// The running statistics move towards those of a batch of n values a channel; nothing has changed where this throws.
static void follow(const Tensor& mean, const Tensor& var, const Tensor& stats, std::int64_t n, double momentum) {
  const NoGradGuard no_grad;
  const auto next = [&](const Tensor& running, const Tensor& batch, double scale) {
    return running.defined() ? running.mul(1 - momentum).add(batch, momentum * scale) : running;
  };
  const Tensor next_mean = next(mean, stats.select(0, 0), 1);
  const Tensor next_var = next(var, stats.select(0, 1), static_cast<double>(n) / static_cast<double>(n - 1));
  if (mean.defined()) mean.copy_(next_mean);
  if (var.defined()) var.copy_(next_var);
}

Tensor batch_norm(const Tensor& x, const Tensor& w, const Tensor& b, const Tensor& running_mean,
                  const Tensor& running_var, bool training, double momentum, double eps, bool) try {
  check_batch("batch_norm", x);
  check_dtype("batch_norm", x, {&w, &b, &running_mean, &running_var});
  for (const auto& [what, t] :
       {std::pair{"weight", &w}, {"bias", &b}, {"running_mean", &running_mean}, {"running_var", &running_var}})
    check_channels("batch_norm", what, *t, x);
  if (!training) {
    if (!running_mean.defined() || !running_var.defined())
      throw_value("batch_norm", "Expected running_mean and running_var to be defined outside of training; train, or ",
                  "give both");
    return with_running(x, w, b, running_mean, running_var, eps);
  }
  const std::int64_t channels = x.size(1), size = spatial(x), n = x.size(0) * size;
  if (n == 1)
    throw_value("batch_norm", "Expected more than 1 value per channel when training, got input size ", x.sizes(),
                "; give more rows, or call eval()");
  // One number a row is a matrix whose columns are groups: those of its transposed copy lie in rows.
  const Tensor in = size == 1 ? x.reshape({-1, channels}).t().contiguous() : x;
  const kernels::NormShape shape{size == 1 ? 1 : x.size(0), channels, 1, size == 1 ? n : size, channels};
  const auto attrs = attrs_of(shape, eps);
  const Tensor stats = apply(kMoments, in, attrs);
  Tensor y = normalized(in, stats, w, b, attrs);
  if (size == 1) y = y.t().contiguous().reshape(x.sizes());
  if (n > 0) follow(running_mean, running_var, stats, n, momentum);
  return y;
} catch (const Error&) {
  throw_as("batch_norm");
}

Tensor instance_norm(const Tensor& x, const Tensor& w, const Tensor& b, const Tensor& running_mean,
                     const Tensor& running_var, bool use_input_stats, double momentum, double eps, bool) try {
  check_batch("instance_norm", x);
  check_dtype("instance_norm", x, {&w, &b, &running_mean, &running_var});
  for (const auto& [what, t] :
       {std::pair{"weight", &w}, {"bias", &b}, {"running_mean", &running_mean}, {"running_var", &running_var}})
    check_channels("instance_norm", what, *t, x);
  if (!use_input_stats) {
    if (!running_mean.defined() || !running_var.defined())
      throw_value("instance_norm",
                  "Expected running_mean and running_var to be defined when use_input_stats is false; ", "give both");
    return with_running(x, w, b, running_mean, running_var, eps);
  }
  const std::int64_t channels = x.size(1), size = spatial(x);
  if (size <= 1)
    throw_value("instance_norm", "Expected more than 1 spatial element when training, got input size ", x.sizes(),
                "; give larger inputs");
  const auto attrs = attrs_of({1, x.size(0) * channels, 1, size, channels}, eps);
  const Tensor stats = apply(kMoments, x, attrs);
  const Tensor y = normalized(x, stats, w, b, attrs);
  if (x.size(0) > 0) follow(running_mean, running_var, stats.view({2, x.size(0), channels}).mean(1), size, momentum);
  return y;
} catch (const Error&) {
  throw_as("instance_norm");
}

}  // namespace tapegrad
