// Compiled with -march=native, so that Eigen, a header library, may use what this machine has.
#include "bench/kernels/peers.h"

#include <cstdlib>

#ifdef TAPEGRAD_BENCH_OPENBLAS
#include <cblas.h>
extern "C" void openblas_set_num_threads(int n);
#endif
#ifdef TAPEGRAD_BENCH_ONEDNN
#include <oneapi/dnnl/dnnl.h>
extern "C" void omp_set_num_threads(int n) __attribute__((weak));
#endif
#ifdef TAPEGRAD_BENCH_EIGEN
#include <Eigen/Dense>
#endif
#ifdef TAPEGRAD_BENCH_LIBXSMM
#include <libxsmm.h>
#endif

namespace bench {

void set_peer_threads([[maybe_unused]] int n) {
#ifdef TAPEGRAD_BENCH_OPENBLAS
  openblas_set_num_threads(n);
#endif
#ifdef TAPEGRAD_BENCH_ONEDNN
  if (omp_set_num_threads != nullptr) omp_set_num_threads(n);
#endif
#ifdef TAPEGRAD_BENCH_EIGEN
  Eigen::setNbThreads(n);
#endif
}

namespace {

#ifdef TAPEGRAD_BENCH_OPENBLAS
template <class T>
void with_openblas(const Gemm<T>& g) {
  const auto m = static_cast<int>(g.m), n = static_cast<int>(g.n), k = static_cast<int>(g.k);
  const auto ta = g.ta ? CblasTrans : CblasNoTrans, tb = g.tb ? CblasTrans : CblasNoTrans;
  if constexpr (sizeof(T) == 4) {
    cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, g.a, g.ta ? m : k, g.b, g.tb ? k : n, 0, g.c, n);
  } else {
    cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, g.a, g.ta ? m : k, g.b, g.tb ? k : n, 0, g.c, n);
  }
}
#endif

#ifdef TAPEGRAD_BENCH_ONEDNN
void with_onednn(const Gemm<float>& g) {
  dnnl_sgemm(g.ta ? 'T' : 'N', g.tb ? 'T' : 'N', g.m, g.n, g.k, 1, g.a, g.ta ? g.m : g.k, g.b, g.tb ? g.k : g.n, 0, g.c,
             g.n);
}
#endif

#ifdef TAPEGRAD_BENCH_LIBXSMM
// Column-major: the transposed product.
template <class T>
void with_libxsmm(const Gemm<T>& g) {
  const char no = 'N', tb = g.tb ? 'T' : 'N';
  const auto m = static_cast<libxsmm_blasint>(g.m), n = static_cast<libxsmm_blasint>(g.n),
             k = static_cast<libxsmm_blasint>(g.k), ldb = g.tb ? k : n;
  const T one = 1, zero = 0;
  if constexpr (sizeof(T) == 4) {
    libxsmm_sgemm(&tb, &no, &n, &m, &k, &one, g.b, &ldb, g.a, &k, &zero, g.c, &n);
  } else {
    libxsmm_dgemm(&tb, &no, &n, &m, &k, &one, g.b, &ldb, g.a, &k, &zero, g.c, &n);
  }
}
#endif

#ifdef TAPEGRAD_BENCH_EIGEN
template <class T>
void with_eigen(const Gemm<T>& g) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Matrix> a(g.a, g.ta ? g.k : g.m, g.ta ? g.m : g.k);
  const Eigen::Map<const Matrix> b(g.b, g.tb ? g.n : g.k, g.tb ? g.k : g.n);
  Eigen::Map<Matrix> c(g.c, g.m, g.n);
  if (g.ta) {
    c.noalias() = a.transpose() * b;
  } else if (g.tb) {
    c.noalias() = a * b.transpose();
  } else {
    c.noalias() = a * b;
  }
}
#endif

}  // namespace

template <class T>
void (*openblas())(const Gemm<T>&) {
#ifdef TAPEGRAD_BENCH_OPENBLAS
  return &with_openblas<T>;
#else
  return nullptr;
#endif
}

template <>
void (*onednn())(const Gemm<float>&) {
#ifdef TAPEGRAD_BENCH_ONEDNN
  return &with_onednn;
#else
  return nullptr;
#endif
}
template <>
void (*onednn())(const Gemm<double>&) {
  return nullptr;
}

template <class T>
void (*eigen())(const Gemm<T>&) {
#ifdef TAPEGRAD_BENCH_EIGEN
  return &with_eigen<T>;
#else
  return nullptr;
#endif
}

template <class T>
void (*libxsmm())(const Gemm<T>&) {
#ifdef TAPEGRAD_BENCH_LIBXSMM
  return &with_libxsmm<T>;
#else
  return nullptr;
#endif
}

#ifdef TAPEGRAD_BENCH_EIGEN
namespace {
using In = Eigen::Map<const Eigen::ArrayXf>;
using Out = Eigen::Map<Eigen::ArrayXf>;
using Rows = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
}  // namespace
#endif

Elementwise eigen_function([[maybe_unused]] EigenFn fn) {
#ifdef TAPEGRAD_BENCH_EIGEN
  switch (fn) {
    case EigenFn::kExp:
      return [](const float* x, float* out, std::int64_t n) { Out(out, n) = In(x, n).exp(); };
    case EigenFn::kTanh:
      return [](const float* x, float* out, std::int64_t n) { Out(out, n) = In(x, n).tanh(); };
    case EigenFn::kSigmoid:
      return [](const float* x, float* out, std::int64_t n) { Out(out, n) = In(x, n).logistic(); };
    case EigenFn::kRelu:
      return [](const float* x, float* out, std::int64_t n) { Out(out, n) = In(x, n).max(0.0F); };
    case EigenFn::kSoftmax:
      return [](const float* x, float* out, std::int64_t n) {
        const Eigen::Map<const Rows> in(x, n / 1000, 1000);
        Eigen::Map<Rows> result(out, n / 1000, 1000);
        for (Eigen::Index i = 0; i < in.rows(); ++i) {
          result.row(i) = (in.row(i) - in.row(i).maxCoeff()).exp();
          result.row(i) /= result.row(i).sum();
        }
      };
    case EigenFn::kSumLast:
      return [](const float* x, float* out, std::int64_t n) {
        Out(out, n / 1000) = Eigen::Map<const Rows>(x, n / 1000, 1000).rowwise().sum();
      };
    default:
      break;
  }
#endif
  return nullptr;
}

void triad(const float* x, float* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] += x[i];
}

double fma_peak(std::int64_t n, float* out) {
#ifdef __AVX512F__
  using Vec [[gnu::vector_size(64)]] = float;
#elif defined(__AVX__)
  using Vec [[gnu::vector_size(32)]] = float;
#else
  using Vec [[gnu::vector_size(16)]] = float;
#endif
  constexpr int kSums = 10, kLanes = sizeof(Vec) / sizeof(float);
  Vec sum[kSums], half = Vec{} + out[0];
  for (int s = 0; s < kSums; ++s) sum[s] = half * static_cast<float>(s);  // alike they would be one
  for (std::int64_t i = 0; i < n; ++i)
    for (int s = 0; s < kSums; ++s) sum[s] = sum[s] * half + half;
  for (int s = 1; s < kSums; ++s) sum[0] += sum[s];
  out[1] = sum[0][0];
  return static_cast<double>(n) * kSums * kLanes;
}

template void (*openblas<float>())(const Gemm<float>&);
template void (*openblas<double>())(const Gemm<double>&);
template void (*eigen<float>())(const Gemm<float>&);
template void (*eigen<double>())(const Gemm<double>&);
template void (*libxsmm<float>())(const Gemm<float>&);
template void (*libxsmm<double>())(const Gemm<double>&);

}  // namespace bench
