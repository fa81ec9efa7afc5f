// Products of matrices and vectors, of floating-point elements of one dtype.
#pragma once

#include <tapegrad/autograd/ops_create.h>
#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The product as NumPy has it: [n] [n], [m,k] [k,n], [..,m,k] [..,k,n] with batch dims that broadcast. grad: g b^T,
/// a^T g.
TAPEGRAD_EXPORT Tensor matmul(const Tensor& x, const Tensor& other);

/// The product of matrices [m,k] [k,n]. grad: g b^T, a^T g.
TAPEGRAD_EXPORT Tensor mm(const Tensor& x, const Tensor& other);

/// The product of a matrix and a vector, [m,k] [k] to [m]. grad: g v^T, a^T g.
TAPEGRAD_EXPORT Tensor mv(const Tensor& a, const Tensor& v);

/// The products of a batch of matrices, [b,m,k] [b,k,n]. grad: g b^T, a^T g.
TAPEGRAD_EXPORT Tensor bmm(const Tensor& x, const Tensor& other);

/// The inner product of two vectors [n]. grad: g other, g x.
TAPEGRAD_EXPORT Tensor dot(const Tensor& x, const Tensor& other);

/// The products x_i other_j of two vectors, [n] and [m] to [n,m]. grad: g other, g^T x.
TAPEGRAD_EXPORT Tensor outer(const Tensor& x, const Tensor& other);

/// beta x + alpha a b, x broadcast to the product; beta = 0 ignores x. grad: beta g, alpha g b^T, alpha a^T g.
TAPEGRAD_EXPORT Tensor addmm(const Tensor& x, const Tensor& a, const Tensor& b, const Scalar& beta = 1,
                             const Scalar& alpha = 1);

/// beta x + alpha a b of batches of matrices, x broadcast to the product; beta = 0 ignores x. grad: beta g, alpha g
/// b^T, alpha a^T g.
TAPEGRAD_EXPORT Tensor baddbmm(const Tensor& x, const Tensor& a, const Tensor& b, const Scalar& beta = 1,
                               const Scalar& alpha = 1);

/// x weight^T + bias: x [.., in], weight [out, in], bias [out] or undefined, to [.., out].
/// grad: g weight, g^T x, sum g.
TAPEGRAD_EXPORT Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = undefined());

}  // namespace tapegrad
