// Arithmetic of three tensors: lerp, addcmul, addcdiv.
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static void lerp_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, r.g().mul(1 - r.in(2)));
  if (r.needs(1)) r.set(1, r.g().mul(r.in(2)));
  if (r.needs(2)) r.set(2, r.g().mul(r.in(1).sub(r.in(0))));
}
constexpr Op kLerp =
    elementwise<Fn::Lerp>("lerp", "LerpBackward0", kFloatingOnly, {kReads2, kReads2, kReads0 | kReads1}, lerp_vjp);
Tensor lerp(const Tensor& x, const Tensor& end, const Tensor& weight) { return apply(kLerp, x, end, weight); }
Tensor lerp(const Tensor& x, const Tensor& end, const Scalar& weight) {
  return apply(kLerp, x, end, wrapped(weight, x.dtype()));
}
Tensor TensorOps::lerp(const Tensor& end, const Tensor& weight) const { return tapegrad::lerp(self(), end, weight); }
Tensor TensorOps::lerp(const Tensor& end, const Scalar& weight) const { return tapegrad::lerp(self(), end, weight); }
Tensor& TensorOps::lerp_(const Tensor& end, const Tensor& weight) const {
  const Tensor* in[] = {&self(), &end, &weight};
  apply_inplace(kLerp, in, 3, {});
  return const_cast<Tensor&>(self());
}
Tensor& TensorOps::lerp_(const Tensor& end, const Scalar& weight) const {
  return lerp_(end, wrapped(weight, self().dtype()));
}

// x + value (a b), x + value (a / b)
#define TAPEGRAD_ADD_OF(fn, of)                                                               \
  Tensor fn(const Tensor& x, const Tensor& a, const Tensor& b, const Scalar& value) try {     \
    return x.add(a.of(b), value);                                                             \
  } catch (const Error&) {                                                                    \
    throw_as(#fn);                                                                            \
  }                                                                                           \
  Tensor TensorOps::fn(const Tensor& a, const Tensor& b, const Scalar& value) const {         \
    return tapegrad::fn(self(), a, b, value);                                                 \
  }                                                                                           \
  Tensor& TensorOps::fn##_(const Tensor& a, const Tensor& b, const Scalar& value) const try { \
    return add_(a.of(b), value);                                                              \
  } catch (const Error&) {                                                                    \
    throw_as(#fn "_");                                                                        \
  }
TAPEGRAD_ADD_OF(addcmul, mul)
TAPEGRAD_ADD_OF(addcdiv, div)

}  // namespace tapegrad
