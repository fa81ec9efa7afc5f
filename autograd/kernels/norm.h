// Normalisation: elements of a group less their mean, over their deviation. x is [batches, groups, rows, size]: a group
// is [batches, rows, size], and what scales and shifts it are `weights` numbers, of which row r of group g has number
// g % cycle * rows + r. Where size is 1, a row is one element with a weight of its own, and batches is 1.
//
//   batch norm     [n, channels, 1, size]             cycle channels
//   instance norm  [1, n channels, 1, size]           cycle channels
//   group norm     [1, n groups, channels / groups, size]  cycle groups
//   layer norm     [1, n, size, 1]                    cycle 1
//
// The same bits at any number of threads.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

struct NormShape {
  std::int64_t batches, groups, rows, size, cycle;
  std::int64_t weights() const noexcept { return cycle * rows; }
};

// stats [2, groups]: means, then variances (of all elements, not one less).
void moments(Dtype dtype, const NormShape& s, const void* x, void* stats) noexcept;

// xhat w + b, of xhat = (x - mean) / sqrt(variance + eps); w and b may be null, as 1 and 0.
void normalize(Dtype dtype, const NormShape& s, double eps, const void* x, const void* stats, const void* w,
               const void* b, void* y) noexcept;

// The gradient of x: of v = dy w, (v - mean of v - xhat times the mean of v xhat) / sqrt(variance + eps).
void normalize_grad(Dtype dtype, const NormShape& s, double eps, const void* dy, const void* x, const void* stats,
                    const void* w, void* dx) noexcept;

// [parts, 2, weights]: the gradients of w, the sum of dy xhat, and of b, the sum of dy; each part those of as many
// groups with each weight, where a row is an element, else there is one part.
void normalize_weights(Dtype dtype, const NormShape& s, double eps, const void* dy, const void* x, const void* stats,
                       std::int64_t parts, void* out) noexcept;

}  // namespace tapegrad::kernels
