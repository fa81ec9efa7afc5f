// Rounding to whole numbers, and the quotients and remainders that it defines.
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static void step_vjp(Grads& r) {
  for (int k = 0; k < r.inputs(); ++k)
    if (r.needs(k)) r.set(k, zeros_like(r.g()));
}
constexpr Op kFloor = elementwise<Fn::Floor>("floor", "FloorBackward0", kNoBool, {}, step_vjp);
TAPEGRAD_UNARY(floor, kFloor)
constexpr Op kCeil = elementwise<Fn::Ceil>("ceil", "CeilBackward0", kNoBool, {}, step_vjp);
TAPEGRAD_UNARY(ceil, kCeil)
constexpr Op kRound = elementwise<Fn::Round>("round", "RoundBackward0", kNoBool, {}, step_vjp);
TAPEGRAD_UNARY(round, kRound)
constexpr Op kTrunc = elementwise<Fn::Trunc>("trunc", "TruncBackward0", kNoBool, {}, step_vjp);
TAPEGRAD_UNARY(trunc, kTrunc)

// Integers by 0 have no quotient.
static void divisor_check(const Call& c) {
  const IntList sizes(c.sizes, static_cast<std::size_t>(c.rank));
  if (c.dtype != kLong || std::count(sizes.begin(), sizes.end(), 0) > 0) return;
  if (!handle_of(c.in[1]).all().item<bool>()) {
    throw_value(c.op->name, "ZeroDivisionError: an integer is divided by 0; replace the zeros, or divide floats");
  }
}

constexpr Op kFloorDivide = elementwise<Fn::FloorDivide>("floor_divide", "FloorDivideBackward0", kNoBool, {}, step_vjp,
                                                         broadcast_shape, divisor_check);
TAPEGRAD_BINARY_SCALAR(floor_divide, kFloorDivide)

// x - other times the whole quotient, which is constant almost everywhere: so is the gradient
static void remainder_vjp(Grads& r) {
  r.set(0, r.g());
  if (r.needs(1)) r.set(1, r.g().mul(r.in(0).floor_divide(r.in(1)).detach()).neg());
}
constexpr Op kRemainder = elementwise<Fn::Remainder>("remainder", "RemainderBackward1", kNoBool, {0, kReads0 | kReads1},
                                                     remainder_vjp, broadcast_shape, divisor_check);
TAPEGRAD_BINARY_SCALAR(remainder, kRemainder)
Tensor remainder(const Scalar& x, const Tensor& other) { return remainder(wrapped(x, other.dtype()), other); }
TAPEGRAD_OPERATOR(%, remainder, remainder(a, b))

static void fmod_vjp(Grads& r) {
  r.set(0, r.g());
  if (r.needs(1)) r.set(1, r.g().mul(r.in(0).div(r.in(1)).trunc().detach()).neg());
}
constexpr Op kFmod = elementwise<Fn::Fmod>("fmod", "FmodBackward1", kNoBool, {0, kReads0 | kReads1}, fmod_vjp,
                                           broadcast_shape, divisor_check);
TAPEGRAD_BINARY_SCALAR(fmod, kFmod)

}  // namespace tapegrad
