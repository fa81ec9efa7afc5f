// Our calls: linear algebra.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

Tensor regular(const Tensor& x, double by = 4) { return x + by * eye(x.size(-1), x.dtype()); }
Tensor flipped(const Tensor& x) { return x.transpose(-2, -1); }
Tensor symmetric(const Tensor& x) { return regular(matmul(x, flipped(x)), 2); }
Tensor spread(const Tensor& x) {
  return x + 8 * eye(x.size(-2), x.size(-1), x.dtype()) * arange(1, x.size(-1) + 1, x.dtype());
}

const Calls kCalls({
    {"linalg::cholesky -",
     [](const Tensors& x, const Args&) -> Tensors { return {linalg::cholesky(symmetric(x[0]))}; }},
    {"linalg::inv -", [](const Tensors& x, const Args&) -> Tensors { return {linalg::inv(regular(x[0]))}; }},
    {"linalg::det -", [](const Tensors& x, const Args&) -> Tensors { return {linalg::det(regular(x[0]))}; }},
    {"linalg::det plain", [](const Tensors& x, const Args&) -> Tensors { return {linalg::det(x[0])}; }},
    {"linalg::slogdet -",
     [](const Tensors& x, const Args&) -> Tensors {
       const auto [sign, log] = linalg::slogdet(regular(x[0]));
       return {sign, log};
     }},
    {"linalg::eigh -",
     [](const Tensors& x, const Args&) -> Tensors {
       return {std::get<0>(linalg::eigh(spread(x[0] + flipped(x[0]))))};
     }},
    {"linalg::eigvalsh -",
     [](const Tensors& x, const Args&) -> Tensors { return {linalg::eigvalsh(spread(x[0] + flipped(x[0])))}; }},
    {"linalg::solve -", [](const Tensors& x, const Args&) -> Tensors { return {linalg::solve(regular(x[0]), x[1])}; }},
    {"cholesky_solve -",
     [](const Tensors& x, const Args&) -> Tensors {
       return {cholesky_solve(x[1], linalg::cholesky(symmetric(x[0])))};
     }},
    {"linalg::solve_triangular -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {linalg::solve_triangular(regular(x[0]), x[1], a.flag(0))};
     }},
    {"linalg::qr -",
     [](const Tensors& x, const Args&) -> Tensors {
       const auto [q, r] = linalg::qr(spread(x[0]));
       return {q, r};
     }},
    {"linalg::svdvals -", [](const Tensors& x, const Args&) -> Tensors { return {linalg::svdvals(spread(x[0]))}; }},
    {"linalg::lstsq -",
     [](const Tensors& x, const Args&) -> Tensors {
       const auto [solution, rest, rank, none] = linalg::lstsq(spread(x[0]), x[1]);
       return {solution, rest, rank};
     }},
    {"linalg::matrix_norm -",
     [](const Tensors& x, const Args& a) -> Tensors { return {linalg::matrix_norm(spread(x[0]), a.scalar(0))}; }},
    {"linalg::matrix_norm word",
     [](const Tensors& x, const Args& a) -> Tensors { return {linalg::matrix_norm(spread(x[0]), a.word(0))}; }},
    {"linalg::norm -",
     [](const Tensors& x, const Args& a) -> Tensors { return {linalg::norm(spread(x[0]), a.scalar(0))}; }},
    {"linalg::norm word",
     [](const Tensors& x, const Args& a) -> Tensors { return {linalg::norm(spread(x[0]), a.word(0))}; }},
    {"linalg::vector_norm -",
     [](const Tensors& x, const Args& a) -> Tensors { return {linalg::vector_norm(x[0], a.scalar(0), 1)}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
