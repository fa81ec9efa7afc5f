// Elementary functions on vectors of float or double, any number of lanes: V Exp(D d, V x), V Pow(D d, V x, V y) and so
// on in the files included below. They are named as Highway names its own, in PascalCase, since expressions mix both.
//
// Correct for every input: zeros keep their sign, subnormals, infinities and NaN as in C99 Annex F; a lane's result
// depends on that lane's input alone (the sign and payload of a NaN are up to the compiler). FMA is used where the
// target has it, so targets differ in the last bits. The limits are 2 ULP for float and 4 for double, 3 and 4 for
// Sigmoid, Softplus and LogSigmoid, 4 for Erfc; the errors beside each function, float / double, are the largest
// measured (AVX-512): over every float, over some million doubles and pairs. They assume round-to-nearest and no
// flushing of subnormals.
//
// To be included in files that include hwy/foreach_target.h: see autograd/kernels/simd.h.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_VEC_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_VEC_MATH_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_VEC_MATH_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_VEC_MATH_INL_H_
#endif

#include <hwy/highway.h>

// Each stands on those before it.
#include "autograd/kernels/vec_base-inl.h"

#include "autograd/kernels/vec_exp-inl.h"
#include "autograd/kernels/vec_log-inl.h"

#include "autograd/kernels/vec_gate-inl.h"
#include "autograd/kernels/vec_select-inl.h"
#include "autograd/kernels/vec_trig-inl.h"

#endif
