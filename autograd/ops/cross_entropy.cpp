// nll_loss and cross_entropy over class indices or class probabilities.
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

// --- nll of rows: (log_prob [n, c], target [n]) -> [n]: -log_prob[y], 0 where y is ignored.
namespace {
struct NllAttrs {
  std::int64_t ignore_index;
};
struct NllGradAttrs {
  std::int64_t ignore_index, classes;
};
}  // namespace

static void nll_shape(Call& c) {
  if (c.in[1]->dtype != kLong) {
    throw_dtype("nll_loss", "expected scalar type Long but found ", c.in[1]->dtype,
                "; class indices are int64: convert with to(kLong)");
  }
  c.dtype = c.in[0]->dtype;
  set_sizes(c, {c.in[0]->sizes()[0]});
}
static void nll_check(const Call& c) {
  const TensorImpl* target = c.in[1];
  const std::int64_t classes = c.in[0]->sizes()[1], ignore = c.attrs.as<NllAttrs>().ignore_index;
  const auto* const labels = target->ptr<std::int64_t>();
  const std::int64_t n = target->numel, stride = target->strides()[0];
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t y = labels[i * stride];
    if (y != ignore && (y < 0 || y >= classes)) {
      throw_index("nll_loss", "Target ", y, " is out of bounds. There are ", classes, " classes; number them from 0");
    }
  }
}
static void run_nll(const Call& c) noexcept {
  const std::int64_t ignore = c.attrs.as<NllAttrs>().ignore_index;
  by_floating(c.dtype, [&]<class T>() {
    const auto* const labels = c.in[1]->ptr<std::int64_t>();
    const T* const x = c.in[0]->ptr<T>();
    T* const out = c.out->ptr<T>();
    const std::int64_t rows = c.sizes[0], classes = c.in[0]->sizes()[1];
    for (std::int64_t i = 0; i < rows; ++i) out[i] = labels[i] == ignore ? T{0} : -x[i * classes + labels[i]];
  });
}
namespace {
extern const Op kNllGrad;
}  // namespace
static void nll_vjp(Grads& r) {
  r.set(0, apply(kNllGrad, r.g(), r.in(1), pack(NllGradAttrs{r.attrs().as<NllAttrs>().ignore_index, r.sizes(0)[1]})));
}
// Labels are not checked.
static void nll_source(Source& s) {
  const auto [rows, classes] = std::pair{s.call().in[0]->sizes()[0], s.call().in[0]->sizes()[1]};
  const std::string y = s.flat(1, "i"), ignore = std::to_string(s.call().attrs.as<NllAttrs>().ignore_index);
  s.loop("i", rows);
  s.line(
      joined(s.flat(-1, "i"), " = ", y, " == ", ignore, " ? 0 : -", s.flat(0, joined("i * ", classes, " + ", y)), ";"));
  s.line("}");
}
// The rows of all samples are rows.
static Tensor nll_batch(const Batch& b) {
  const Tensor x = b.spread(0), y = b.spread(1);
  return batch_of_rows(b, apply(b.op(), x.flatten(0, 1), y.flatten(0, 1), b.attrs()), y.size(1));
}
constexpr Op kNll{.name = "nll_loss",
                  .grad_name = "NllLossBackward0",
                  .reads = {kReads1},
                  .shape = nll_shape,
                  .check = nll_check,
                  .kernel = run_nll,
                  .batch = nll_batch,
                  .source = nll_source,
                  .vjp = nll_vjp};

// nll_loss_backward(g [n], target) -> [n, c], the transpose of the above.
static void nll_grad_shape(Call& c) {
  c.dtype = c.in[0]->dtype;
  set_sizes(c, {c.in[0]->sizes()[0], c.attrs.as<NllGradAttrs>().classes});
}
static void run_nll_grad(const Call& c) noexcept {
  const std::int64_t ignore = c.attrs.as<NllGradAttrs>().ignore_index;
  fill_zero(c.out);
  by_floating(c.dtype, [&]<class T>() {
    for (std::int64_t i = 0; i < c.sizes[0]; ++i) {
      const std::int64_t y = c.in[1]->ptr<std::int64_t>()[i];
      if (y != ignore) c.out->ptr<T>()[i * c.sizes[1] + y] = -c.in[0]->ptr<T>()[i];
    }
  });
}
static void nll_grad_source(Source& s) {
  const auto [ignore, classes] = s.call().attrs.as<NllGradAttrs>();
  const std::string y = s.flat(1, "i");
  s.loop("i", s.call().in[0]->sizes()[0]);
  s.loop("j", classes);
  s.line(joined(s.flat(-1, joined("i * ", classes, " + j")), " = j == ", y, " && j != ", ignore, " ? -", s.flat(0, "i"),
                " : 0;"));
  s.line("}");
  s.line("}");
}
static void nll_grad_vjp(Grads& r) {
  r.set(0, apply(kNll, r.g(), r.in(1), pack(NllAttrs{r.attrs().as<NllGradAttrs>().ignore_index})));
}
namespace {
constexpr Op kNllGrad{.name = "nll_loss_backward",
                      .grad_name = "NllLossBackwardBackward0",
                      .reads = {kReads1},
                      .shape = nll_grad_shape,
                      .kernel = run_nll_grad,
                      .batch = nll_batch,
                      .source = nll_grad_source,
                      .vjp = nll_grad_vjp};
}  // namespace

// Rows of classes: [n, c, d..] as [n * d.., c], [c] as [1, c].
static Tensor rows_of(const Tensor& x) {
  if (x.dim() == 1) return x.unsqueeze(0);
  if (x.dim() == 2) return x;
  Dims order;
  order.push_back(0);
  std::int64_t rows = x.size(0);
  for (std::int64_t d = 2; d < x.dim(); ++d) {
    order.push_back(d);
    rows *= x.size(d);
  }
  order.push_back(1);
  return x.permute(order).reshape({rows, x.size(1)});
}

static void check_sizes(const Tensor& x, const Tensor& target) {
  if (x.dim() == 0)
    throw_shape("nll_loss",
                "expected input of sizes [classes], [n, classes] or [n, classes, ...], but got []; view() it so");
  const std::int64_t n = x.dim() == 1 ? 1 : x.size(0);
  const std::int64_t n_target = target.dim() == 0 ? 1 : target.size(0);
  bool fits = x.dim() == 1 ? target.numel() == 1 && target.dim() <= 1 : target.dim() == x.dim() - 1;
  if (n != n_target && target.dim() >= 1) {
    throw_shape("nll_loss", "Expected input batch_size (", n, ") to match target batch_size (", n_target,
                "): got sizes ", x.sizes(), " and ", target.sizes(), "; give one class for each row");
  }
  for (std::int64_t d = 2; d < x.dim() && fits; ++d) fits = x.size(d) == target.size(d - 1);
  if (!fits) {
    throw_shape("nll_loss", "target of sizes ", target.sizes(), " does not fit input of sizes ", x.sizes(),
                "; class indices have the input's sizes without the class dim");
  }
}

// weight, checked against the classes of x.
static const Tensor& class_weight(const Tensor& weight, const Tensor& x) {
  const std::int64_t classes = x.size(x.dim() == 1 ? 0 : 1);
  if (weight.dim() != 1 || weight.size(0) != classes) {
    throw_shape("nll_loss", "weight tensor should be defined either for all ", classes,
                " classes or no classes but got weight tensor of shape: ", weight.sizes(),
                "; give one weight for each class");
  }
  if (weight.dtype() != x.dtype()) {
    throw_dtype("nll_loss", "expected scalar type ", x.dtype(), " but found ", weight.dtype(),
                " for weight; convert it with to()");
  }
  return weight;
}

// The weight of each row's class, 0 where it is ignored.
static Tensor row_weights(const Tensor& weight, const Tensor& y, std::int64_t ignore) {
  const Tensor counts = y.ne(ignore);
  if (weight.numel() == 0) return zeros(y.sizes(), weight.options());  // all rows are ignored: there is no class
  return where(counts, weight.index_select(0, where(counts, y, 0)), 0);
}

// The losses of rows, reduced: the mean divides by the weights of the rows that count, all 1 without `weights`.
static Tensor reduce_rows(const Tensor& rows, const Tensor& y, const Tensor& weights, Reduction reduction,
                          std::int64_t ignore, IntList sizes) {
  if (reduction == kNone) return rows.reshape(sizes);
  if (reduction == kSum) return rows.sum();
  if (weights.defined()) return rows.sum().div(weights.sum());
  return rows.sum().div(y.ne(ignore).sum());
}

static Tensor with_probabilities(const Tensor& x, const Tensor& target, const Tensor& weight, Reduction reduction,
                                 double smoothing) {
  const std::int64_t dim = x.dim() == 1 ? 0 : 1;
  const std::int64_t classes = x.size(dim);
  const Tensor p = smoothing == 0 ? target : target.mul(1 - smoothing).add(smoothing / static_cast<double>(classes));
  Tensor weighted = x.log_softmax(dim).mul(p);
  if (weight.defined()) {
    Dims sizes = x.sizes();
    for (std::int64_t d = 0; d < x.dim(); ++d) sizes[d] = d == dim ? classes : 1;
    weighted = weighted.mul(class_weight(weight, x).reshape(sizes));
  }
  if (reduction == kNone) return weighted.sum(dim).neg();
  Tensor total = weighted.sum().neg();
  if (reduction == kSum) return total;
  return total.div(classes == 0 ? 0 : x.numel() / classes);
}

Tensor nll_loss(const Tensor& log_prob, const Tensor& target, const Tensor& weight, Reduction reduction,
                std::int64_t ignore_index) try {
  check_sizes(log_prob, target);
  if (!log_prob.is_floating_point())
    throw_dtype("nll_loss", "not implemented for '", log_prob.dtype(), "'; convert with to(kFloat) first");
  const Tensor y = target.reshape({-1});
  const Tensor rows = apply(kNll, rows_of(log_prob), y, pack(NllAttrs{ignore_index}));
  if (!weight.defined()) return reduce_rows(rows, y, weight, reduction, ignore_index, target.sizes());
  const Tensor w = row_weights(class_weight(weight, log_prob), y, ignore_index);
  return reduce_rows(rows.mul(w), y, w, reduction, ignore_index, target.sizes());
} catch (const Error&) {
  throw_as("nll_loss");
}

Tensor cross_entropy(const Tensor& x, const Tensor& target, const Tensor& weight, Reduction reduction,
                     std::int64_t ignore_index, double label_smoothing) try {
  if (!(label_smoothing >= 0 && label_smoothing <= 1)) {
    throw ValueError(joined("cross_entropy: label_smoothing must be between 0.0 and 1.0. Got: ", label_smoothing,
                            "; give such a number"));
  }
  if (x.dim() == 0)
    throw_shape("cross_entropy",
                "expected input of sizes [classes], [n, classes] or [n, classes, ...], but got []; view() it so");
  if (target.is_floating_point() && x.sizes() == target.sizes()) {
    return with_probabilities(x, target, weight, reduction, label_smoothing);
  }
  check_sizes(x, target);
  const std::int64_t dim = x.dim() == 1 ? 0 : 1;
  const Tensor log_prob = x.log_softmax(dim);
  Tensor nll = nll_loss(log_prob, target, weight, reduction, ignore_index);
  if (label_smoothing == 0) return nll;
  // The smooth part: -sum_c w_c log p_c / classes over the rows that are not ignored.
  const Tensor y = target.reshape({-1});
  const Tensor each = rows_of(log_prob);
  const Tensor all = (weight.defined() ? each.mul(class_weight(weight, x)) : each).sum(1).neg();
  const Tensor w = weight.defined() ? row_weights(weight, y, ignore_index) : weight;
  const double classes = static_cast<double>(x.size(dim));
  const Tensor smooth = reduce_rows(where(y.ne(ignore_index), all, 0), y, w, reduction, ignore_index, target.sizes());
  return nll.mul(1 - label_smoothing).add(smooth.mul(label_smoothing / classes));
} catch (const Error&) {
  throw_as("cross_entropy");
}

}  // namespace tapegrad
