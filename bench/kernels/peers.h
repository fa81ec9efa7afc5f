// The libraries that products are compared with. Each returns null where it was not found at configure time.
#pragma once

#include <cstdint>

namespace bench {

// C = op(A) op(B), row-major, dense: A is [m, k], or [k, m] where ta; B is [k, n], or [n, k] where tb.
template <class T>
struct Gemm {
  std::int64_t m, n, k;
  bool ta, tb;
  const T* a;
  const T* b;
  T* c;
};

void set_peer_threads(int n);

template <class T>
void (*openblas())(const Gemm<T>&);
template <class T>
void (*onednn())(const Gemm<T>&);  // f32 only
template <class T>
void (*eigen())(const Gemm<T>&);
template <class T>
void (*libxsmm())(
    const Gemm<T>&);  // one thread; reported, no part of the ratio; not for A transposed, which goes to a BLAS

// Of 128 x 1000 elements for softmax and the sums of rows.
enum class EigenFn { kNone, kExp, kTanh, kSigmoid, kRelu, kSoftmax, kSumLast };
using Elementwise = void (*)(const float* x, float* out, std::int64_t n);
Elementwise eigen_function(EigenFn fn);

void triad(const float* x, float* out, std::int64_t n);  // out = out + x, as the compiler makes it: always there

// The most multiply-adds that a core can do: n rounds of some that wait for nothing. Returns how many it did.
double fma_peak(std::int64_t n, float* out);

}  // namespace bench
