// The limit: the regression step as one hand-written loop with its analytic gradient, and the larger steps on Eigen.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <vector>

#ifdef TAPEGRAD_BENCH_EIGEN
#include <Eigen/Dense>
#endif

namespace {

void fused_regression(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  std::mt19937 gen(0);
  std::normal_distribution<float> normal;
  std::vector<float> x(n);
  std::vector<float> y(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = normal(gen);
    y[i] = normal(gen);
  }
  float slope = 1;
  float intercept = 1;
  const float lr = 1e-6F;
  for (auto _ : state) {
    // Eight partial sums, so that the compiler may use vectors without reordering one sum.
    float ds[8] = {};
    float di[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
      for (std::size_t k = 0; k < 8; ++k) {
        const float d = x[i + k] * slope + intercept - y[i + k];
        ds[k] += d * x[i + k];
        di[k] += d;
      }
    }
    for (; i < n; ++i) {
      const float d = x[i] * slope + intercept - y[i];
      ds[0] += d * x[i];
      di[0] += d;
    }
    const float scale = 2 * lr / static_cast<float>(n);
    slope -= scale * (((ds[0] + ds[1]) + (ds[2] + ds[3])) + ((ds[4] + ds[5]) + (ds[6] + ds[7])));
    intercept -= scale * (((di[0] + di[1]) + (di[2] + di[3])) + ((di[4] + di[5]) + (di[6] + di[7])));
    benchmark::DoNotOptimize(slope);
    benchmark::DoNotOptimize(intercept);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fused_regression)->Name("fused/regression")->Arg(1)->Arg(32)->Arg(1024);

#ifdef TAPEGRAD_BENCH_EIGEN

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Row = Eigen::Matrix<float, 1, Eigen::Dynamic>;

// softmax(z) - onehot(y), over n rows, in place; the gradient of the mean cross entropy.
void cross_entropy_grad(Matrix& z, const std::vector<int>& y) {
  z.colwise() -= z.rowwise().maxCoeff().eval();
  z = z.array().exp().matrix().eval();
  z.array().colwise() /= z.rowwise().sum().eval().array();
  for (Eigen::Index i = 0; i < z.rows(); ++i) z(i, y[static_cast<std::size_t>(i)]) -= 1;
  z /= static_cast<float>(z.rows());
}

std::vector<int> labels(std::int64_t n) {
  std::vector<int> y(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<int>(i * 7 % 10);
  return y;
}

struct Layer {
  Matrix w, vw, dw;
  Row b, vb;
  Layer(int in, int out)
      : w(Matrix::Random(out, in) / 30), vw(Matrix::Zero(out, in)), b(Row::Zero(out)), vb(Row::Zero(out)) {}
  void forward(const Matrix& x, Matrix& z) const {
    z.noalias() = x * w.transpose();
    z.rowwise() += b;
  }
  void update(const Matrix& x, const Matrix& dz, float lr, float momentum) {
    dw.noalias() = dz.transpose() * x;
    vw = momentum * vw + dw;
    vb = momentum * vb + dz.colwise().sum();
    w -= lr * vw;
    b -= lr * vb;
  }
};

void eigen_linear(benchmark::State& state) {
  Eigen::setNbThreads(1);
  const Matrix x = Matrix::Random(state.range(0), 784);
  const std::vector<int> y = labels(state.range(0));
  Layer layer(784, 10);
  Matrix z;
  for (auto _ : state) {
    layer.forward(x, z);
    cross_entropy_grad(z, y);
    layer.update(x, z, 1e-6F, 0);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(eigen_linear)->Name("eigen/linear_784_10")->Arg(128);

void eigen_mlp(benchmark::State& state) {
  Eigen::setNbThreads(1);
  const Matrix x = Matrix::Random(state.range(0), 784);
  const std::vector<int> y = labels(state.range(0));
  Layer a(784, 512);
  Layer b(512, 512);
  Layer c(512, 10);
  Matrix h1, h2, z, d2, d1;
  for (auto _ : state) {
    a.forward(x, h1);
    h1 = h1.cwiseMax(0.0F).eval();
    b.forward(h1, h2);
    h2 = h2.cwiseMax(0.0F).eval();
    c.forward(h2, z);
    cross_entropy_grad(z, y);
    d2.noalias() = z * c.w;
    d2 = (h2.array() > 0.0F).select(d2, 0.0F).eval();
    d1.noalias() = d2 * b.w;
    d1 = (h1.array() > 0.0F).select(d1, 0.0F).eval();
    c.update(h2, z, 1e-6F, 0.9F);
    b.update(h1, d2, 1e-6F, 0.9F);
    a.update(x, d1, 1e-6F, 0.9F);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(eigen_mlp)->Name("eigen/mlp_sgd")->Arg(128);

#endif

}  // namespace
