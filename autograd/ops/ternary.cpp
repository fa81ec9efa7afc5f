// Arithmetic of three tensors: lerp, addcmul, addcdiv.
#include <algorithm>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static Tensor& in_place(const Op& op, const Tensor& self, const Tensor& b, const Tensor& c, Attrs attrs = {}) {
  const Tensor* in[] = {&self, &b, &c};
  apply_inplace(op, in, 3, attrs);
  return const_cast<Tensor&>(self);
}

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
Tensor& TensorOps::lerp_(const Tensor& end, const Tensor& weight) const { return in_place(kLerp, self(), end, weight); }
Tensor& TensorOps::lerp_(const Tensor& end, const Scalar& weight) const {
  return lerp_(end, wrapped(weight, self().dtype()));
}

namespace {
struct ValueAttrs {
  double value;
};
}  // namespace

// --- addcmul(x, a, b) = x + value a b
static void addcmul_vjp(Grads& r) {
  const double value = r.attrs().as<ValueAttrs>().value;
  r.set(0, r.g());
  if (r.needs(1)) r.set(1, r.g().mul(r.in(2).mul(value)));
  if (r.needs(2)) r.set(2, r.g().mul(r.in(1).mul(value)));
}
constexpr Op kAddcmul =
    elementwise<Fn::Addcmul>("addcmul", "AddcmulBackward0", kFloatingOnly, {0, kReads2, kReads1}, addcmul_vjp);

// --- addcdiv(x, a, b) = x + value a / b
static void addcdiv_vjp(Grads& r) {
  const double value = r.attrs().as<ValueAttrs>().value;
  r.set(0, r.g());
  if (!r.needs(1) && !r.needs(2)) return;
  const Tensor b = r.in(2), scaled = r.g().mul(value).div(b);
  if (r.needs(1)) r.set(1, scaled);
  if (r.needs(2)) r.set(2, scaled.mul(r.in(1).div(b)).neg());
}
constexpr Op kAddcdiv = elementwise<Fn::Addcdiv>("addcdiv", "AddcdivBackward0", kFloatingOnly,
                                                 {0, kReads2, kReads1 | kReads2}, addcdiv_vjp);

// Integers stay integers where they are multiplied.
static bool whole(const Op& op, std::initializer_list<const Tensor*> in, const Scalar& value) {
  return &op == &kAddcmul && !value.is_floating_point() &&
         std::none_of(in.begin(), in.end(), [](const Tensor* t) { return t->is_floating_point(); });
}
#define TAPEGRAD_ADD_OF(fn, op)                                                           \
  Tensor fn(const Tensor& x, const Tensor& a, const Tensor& b, const Scalar& value) {     \
    if (whole(op, {&x, &a, &b}, value)) return x.add(a.mul(b), value);                    \
    return apply(op, x, a, b, pack(ValueAttrs{value.to_double()}));                       \
  }                                                                                       \
  Tensor TensorOps::fn(const Tensor& a, const Tensor& b, const Scalar& value) const {     \
    return tapegrad::fn(self(), a, b, value);                                             \
  }                                                                                       \
  Tensor& TensorOps::fn##_(const Tensor& a, const Tensor& b, const Scalar& value) const { \
    if (whole(op, {&self(), &a, &b}, value)) return add_(a.mul(b), value);                \
    return in_place(op, self(), a, b, pack(ValueAttrs{value.to_double()}));               \
  }
TAPEGRAD_ADD_OF(addcmul, kAddcmul)
TAPEGRAD_ADD_OF(addcdiv, kAddcdiv)

}  // namespace tapegrad
