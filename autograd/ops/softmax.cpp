// softmax and log_softmax over the last dim (others are brought there), and their fused gradients.
#include "autograd/kernels/reduce.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static std::int64_t row_length(const TensorImpl* t) noexcept { return t->rank == 0 ? 1 : t->sizes()[t->rank - 1]; }
static std::int64_t n_rows(const TensorImpl* t) noexcept { return t->numel / std::max<std::int64_t>(row_length(t), 1); }

template <bool kLog>
static void run_softmax(const Call& c) noexcept {
  kernels::softmax(c.dtype, kLog, c.in[0]->data, n_rows(c.out), row_length(c.out), c.out->data);
}
template <bool kLog>
static void run_softmax_grad(const Call& c) noexcept {
  kernels::softmax_grad(c.dtype, kLog, c.in[0]->data, c.in[1]->data, n_rows(c.out), row_length(c.out), c.out->data);
}

// out = expression(j) for each element j of a row, where `total` is the sum of term(j), and `most`, if wanted, the
// largest x.
static void write_rows(Source& s, bool most, const std::string& term, const std::string& expression) {
  const TensorImpl* out = s.call().out;
  const std::string n = std::to_string(row_length(out)),
                    loop = "for (int j = r * " + n + "; j < (r + 1) * " + n + "; ++j) ";
  s.loop("r", n_rows(out));
  if (most) {
    s.line(joined(s.type(-1), " most = ", s.flat(0, "r * " + n), ";"));
    s.line(joined(loop, "if (!(", s.flat(0, "j"), " <= most)) most = ", s.flat(0, "j"), ";"));
  }
  s.line(joined(s.type(-1), " total = 0;"));
  s.line(joined(loop, "total += ", term, ";"));
  s.line(joined(loop, s.flat(-1, "j"), " = ", expression, ";"));
  s.line("}");
}
static void softmax_source(Source& s) {
  const std::string e = "exp_(" + s.flat(0, "j") + " - most)";
  write_rows(s, true, e, e + " / total");
}
static void log_softmax_source(Source& s) {
  const std::string above = s.flat(0, "j") + " - most";
  write_rows(s, true, "exp_(" + above + ")", above + " - std::log(total)");
}
static void softmax_grad_source(Source& s) {
  const std::string g = s.flat(0, "j"), y = s.flat(1, "j");
  write_rows(s, false, g + " * " + y, y + " * (" + g + " - total)");
}
static void log_softmax_grad_source(Source& s) {
  const std::string g = s.flat(0, "j"), y = s.flat(1, "j");
  write_rows(s, false, g, g + " - exp_(" + y + ") * total");
}

// Of samples without a dim, rows of one.
static Tensor softmax_batch(const Batch& b) {
  if (b.rank(0) > 0) return spread_batch(b);
  const Tensor x = b.spread(0).unsqueeze(1);
  return (b.inputs() == 1 ? apply(b.op(), x) : apply(b.op(), x, b.spread(1).unsqueeze(1))).squeeze(1);
}

static Tensor over_last(const Op& op, const Tensor& x, std::int64_t dim) {
  const int d = wrap_dim(op.name, dim, x.dim());
  if (x.dim() < 2 || d == x.dim() - 1) return apply(op, in_floating(x));
  return apply(op, in_floating(x).transpose(d, -1)).transpose(d, -1);
}

constexpr std::uint8_t kBoth = kReads0 | kReads1;

// softmax_backward(g, y) = y (g - sum(g y))
static void softmax_grad_vjp(Grads& r) {
  const Tensor y = r.in(1);
  if (r.needs(0)) r.set(0, apply(r.op(), r.g(), y));
  if (r.needs(1)) {
    const Tensor g = r.in(0);
    const Tensor inner = g.mul(y).sum(-1, true);
    r.set(1, r.g().mul(g.sub(inner)).sub(r.g().mul(y).sum(-1, true).mul(g)));
  }
}
constexpr Op kSoftmaxGrad{.name = "softmax_backward",
                          .grad_name = "SoftmaxBackwardDataBackward0",
                          .reads = {kReads1, kBoth},
                          .shape = same_shape,
                          .kernel = run_softmax_grad<false>,
                          .batch = softmax_batch,
                          .source = softmax_grad_source,
                          .vjp = softmax_grad_vjp};
static void softmax_vjp(Grads& r) { r.set(0, apply(kSoftmaxGrad, r.g(), r.out())); }
constexpr Op kSoftmax{.name = "softmax",
                      .grad_name = "SoftmaxBackward0",
                      .reads = {kReadsOut},
                      .shape = same_shape,
                      .kernel = run_softmax<false>,
                      .batch = softmax_batch,
                      .source = softmax_source,
                      .vjp = softmax_vjp};
Tensor softmax(const Tensor& x, std::int64_t dim) { return over_last(kSoftmax, x, dim); }
Tensor TensorOps::softmax(std::int64_t dim) const { return tapegrad::softmax(self(), dim); }

// log_softmax_backward(g, y) = g - exp(y) sum(g)
static void log_softmax_grad_vjp(Grads& r) {
  const Tensor y = r.in(1);
  const Tensor gp = r.g().mul(y.exp());
  if (r.needs(0)) r.set(0, r.g().sub(gp.sum(-1, true)));
  if (r.needs(1)) r.set(1, gp.mul(r.in(0).sum(-1, true)).neg());
}
constexpr Op kLogSoftmaxGrad{.name = "log_softmax_backward",
                             .grad_name = "LogSoftmaxBackwardDataBackward0",
                             .reads = {kReads1, kBoth},
                             .shape = same_shape,
                             .kernel = run_softmax_grad<true>,
                             .batch = softmax_batch,
                             .source = log_softmax_grad_source,
                             .vjp = log_softmax_grad_vjp};
static void log_softmax_vjp(Grads& r) { r.set(0, apply(kLogSoftmaxGrad, r.g(), r.out())); }
constexpr Op kLogSoftmax{.name = "log_softmax",
                         .grad_name = "LogSoftmaxBackward0",
                         .reads = {kReadsOut},
                         .shape = same_shape,
                         .kernel = run_softmax<true>,
                         .batch = softmax_batch,
                         .source = log_softmax_source,
                         .vjp = log_softmax_vjp};
Tensor log_softmax(const Tensor& x, std::int64_t dim) { return over_last(kLogSoftmax, x, dim); }
Tensor TensorOps::log_softmax(std::int64_t dim) const { return tapegrad::log_softmax(self(), dim); }

}  // namespace tapegrad
