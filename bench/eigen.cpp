// The larger steps by hand on Eigen, with the analytic gradient. Compiled with -march=native: Eigen is a header
// library.
#ifdef TAPEGRAD_BENCH_EIGEN
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include <Eigen/Dense>

namespace {

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

}  // namespace
#endif
