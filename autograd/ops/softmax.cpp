// softmax and log_softmax over the last dim (others are brought there), and their fused gradients.
#include "autograd/kernels/reduce.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad {

namespace ops {

namespace {

struct Rows {
  std::int64_t rows, n;
  explicit Rows(const TensorImpl* t) noexcept : rows(1), n(t->rank == 0 ? 1 : t->sizes()[t->rank - 1]) {
    rows = n == 0 ? 0 : t->numel / n;
  }
};

template <class T>
using Forward = void (*)(const T*, std::int64_t, std::int64_t, T*) noexcept;
template <class T>
using Backward = void (*)(const T*, const T*, std::int64_t, std::int64_t, T*) noexcept;

template <Forward<float> kF32, Forward<double> kF64>
void eval_forward(const Call& c) noexcept {
  const Rows s(c.out);
  if (c.dtype == kFloat) return kF32(c.in[0]->ptr<float>(), s.rows, s.n, c.out->ptr<float>());
  kF64(c.in[0]->ptr<double>(), s.rows, s.n, c.out->ptr<double>());
}
template <Backward<float> kF32, Backward<double> kF64>
void eval_backward(const Call& c) noexcept {
  const Rows s(c.out);
  if (c.dtype == kFloat) return kF32(c.in[0]->ptr<float>(), c.in[1]->ptr<float>(), s.rows, s.n, c.out->ptr<float>());
  kF64(c.in[0]->ptr<double>(), c.in[1]->ptr<double>(), s.rows, s.n, c.out->ptr<double>());
}

}  // namespace

// softmax_backward(g, y) = y (g - sum(g y))
extern const Op kSoftmaxGrad;
void softmax_grad_vjp(Grads& r) {
  const Tensor y = r.in(1);
  if (r.needs(0)) r.set(0, apply(kSoftmaxGrad, r.g(), y));
  if (r.needs(1)) {
    const Tensor g = r.in(0);
    const Tensor inner = g.mul(y).sum(-1, true);
    r.set(1, r.g().mul(g.sub(inner)).sub(r.g().mul(y).sum(-1, true).mul(g)));
  }
}
constexpr Op kSoftmaxGrad{"softmax_backward",
                          "SoftmaxBackwardDataBackward0",
                          0,
                          {kReads1, kReads0 | kReads1},
                          same_shape,
                          eval_backward<kernels::softmax_grad<float>, kernels::softmax_grad<double>>,
                          softmax_grad_vjp};
void softmax_vjp(Grads& r) { r.set(0, apply(kSoftmaxGrad, r.g(), r.out())); }
constexpr Op kSoftmax{"softmax",   "SoftmaxBackward0", 0,
                      {kReadsOut}, same_shape,         eval_forward<kernels::softmax<float>, kernels::softmax<double>>,
                      softmax_vjp};

// log_softmax_backward(g, y) = g - exp(y) sum(g)
extern const Op kLogSoftmaxGrad;
void log_softmax_grad_vjp(Grads& r) {
  const Tensor y = r.in(1);
  const Tensor gp = r.g().mul(y.exp());
  if (r.needs(0)) r.set(0, r.g().sub(gp.sum(-1, true)));
  if (r.needs(1)) r.set(1, gp.mul(r.in(0).sum(-1, true)).neg());
}
constexpr Op kLogSoftmaxGrad{"log_softmax_backward",
                             "LogSoftmaxBackwardDataBackward0",
                             0,
                             {kReads1, kReads0 | kReads1},
                             same_shape,
                             eval_backward<kernels::log_softmax_grad<float>, kernels::log_softmax_grad<double>>,
                             log_softmax_grad_vjp};
void log_softmax_vjp(Grads& r) { r.set(0, apply(kLogSoftmaxGrad, r.g(), r.out())); }
constexpr Op kLogSoftmax{"log_softmax",
                         "LogSoftmaxBackward0",
                         0,
                         {kReadsOut},
                         same_shape,
                         eval_forward<kernels::log_softmax<float>, kernels::log_softmax<double>>,
                         log_softmax_vjp};

Tensor over_last(const Op& op, const Tensor& x, std::int64_t dim) {
  const int rank = static_cast<int>(x.dim());
  const int d = wrap_dim(op.name, dim, rank);
  if (rank < 2 || d == rank - 1) return apply(op, in_real(x));
  return apply(op, in_real(x).transpose(d, rank - 1)).transpose(d, rank - 1);
}

}  // namespace ops

using namespace ops;

Tensor softmax(const Tensor& x, std::int64_t dim) { return over_last(kSoftmax, x, dim); }
Tensor log_softmax(const Tensor& x, std::int64_t dim) { return over_last(kLogSoftmax, x, dim); }
Tensor TensorOps::softmax(std::int64_t dim) const { return tapegrad::softmax(self(), dim); }
Tensor TensorOps::log_softmax(std::int64_t dim) const { return tapegrad::log_softmax(self(), dim); }

}  // namespace tapegrad
