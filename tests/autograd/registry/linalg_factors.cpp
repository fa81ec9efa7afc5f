// qr, eigh, eigvalsh, svdvals, lstsq, and the norms.
#include <algorithm>
#include <cmath>

#include "matrices.h"

namespace tapegrad::test {
namespace {

constexpr char kSquare[] = "A must be batches of square matrices, but they are 2 by 3 matrices";
constexpr char kTwo[] = "The input tensor A must have at least 2 dimensions";
constexpr Domain kUnit{-1, 1}, kHalf{-0.5, 0.5};

// 8, 16, 24 ... on the diagonal: eigenvalues and singular values stay apart.
Tensor spread(const Tensor& x) {
  return x + 8 * (eye(x.size(-2), x.size(-1), x.dtype()) * arange(1, x.size(-1) + 1, x.dtype()));
}
Matrix spread(const Matrix& x) {
  return plus_diagonal(x, [](std::int64_t i) { return static_cast<Real>(8 * (i + 1)); });
}

void add(Sample& s, const std::string& label, const std::vector<Shape>& shapes, const Domain& domain, const Fn& fn,
         const Shape& last, const OfMatrices& f) {
  Case c{.label = label};
  double n = 1;
  for (const Shape& shape : shapes) {
    c.label += " " + shape_text(shape);
    c.inputs.push_back({shape, domain});
    n = std::max({n, static_cast<double>(shape.back()), static_cast<double>(shape[shape.size() - 2])});
  }
  c.fn = fn;
  c.reference = [=](const Arrays& in) { return by_matrix(in, last, f); };
  c.accuracy = conditioned(4 * n, 8 * n + 1, c.reference);
  s.add(std::move(c));
}

const Register kQr("linalg_qr", {"linalg::qr"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::qr(tensor({{3.0, 5.0}, {4.0, 0.0}})));
  for (const std::string mode : {"reduced", "complete"})
    for (const Shape& shape :
         std::vector<Shape>{{3, 3}, {4, 2}, {2, 4}, {2, 3, 2}, {2, 2, 3}, {0, 3}, {3, 0}, {0, 3, 2}}) {
      const std::int64_t m = shape[shape.size() - 2], n = shape.back();
      if (mode == "complete" && (m > n || shape.size() > 2)) continue;
      const std::int64_t k = std::min(m, n);
      add(
          s, mode + " q", {shape}, kUnit, [=](const Tensors& x) { return std::get<0>(linalg::qr(spread(x[0]), mode)); },
          {m, k}, [=](const Matrices& x) { return qr(spread(x[0]), k).q.v; });
      add(
          s, mode + " r", {shape}, kUnit, [=](const Tensors& x) { return std::get<1>(linalg::qr(spread(x[0]), mode)); },
          {k, n}, [=](const Matrices& x) { return qr(spread(x[0]), k).r.v; });
    }
  add(
      s, "mode r", {{3, 2}}, kUnit, [](const Tensors& x) { return std::get<1>(linalg::qr(spread(x[0]), "r")); }, {2, 2},
      [](const Matrices& x) { return qr(spread(x[0]), 2).r.v; });
  s.throws<ValueError>("qr received unrecognized mode 'x' but expected one of 'reduced' (default), 'r', or 'complete'",
                       [] {
                         linalg::qr(of({2, 3}), "x");
                       })
      .throws<ShapeError>(kTwo, [] { linalg::qr(of({3})); })
      .throws<AutogradError>("The QR decomposition is not differentiable when mode='complete' and nrows > ncols", [] {
        std::get<0>(linalg::qr(ones({3, 2}, requires_grad()), "complete")).sum().backward();
      });
});

Tensor symmetric(const Tensor& x) { return spread(x + x.transpose(-2, -1)); }
Matrix symmetric(const Matrix& x) {
  Matrix sum = x;
  for (std::int64_t i = 0; i < x.rows; ++i)
    for (std::int64_t j = 0; j < x.rows; ++j) sum.at(i, j) += x.at(j, i);
  return spread(sum);
}
const std::vector<Shape> kSquares = {{1, 1}, {2, 2}, {4, 4}, {2, 3, 3}, {0, 0}, {0, 2, 2}};
Tensor not_finite() { return tensor({{1.0, kNan}, {kNan, 1.0}}, kDouble); }
constexpr char kNotFinite[] = "The algorithm failed to converge because the input matrix contained non-finite values";

const Register kEigh("linalg_eigh", {"linalg::eigh"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::eigh(tensor({{2.0, 0.0}, {0.0, 1.0}})));
  for (const Shape& shape : kSquares) {
    const std::int64_t n = shape.back();
    add(
        s, "values", {shape}, kHalf, [](const Tensors& x) { return std::get<0>(linalg::eigh(symmetric(x[0]))); }, {n},
        [](const Matrices& x) { return eigen(symmetric(x[0])).values; });
    add(
        s, "vectors", {shape}, kHalf,
        [](const Tensors& x) {
          const Tensor v = std::get<1>(linalg::eigh(symmetric(x[0]), "U"));
          return v * v.detach().diagonal(0, -2, -1).sign().unsqueeze(-2);
        },
        {n, n}, [](const Matrices& x) { return eigen(symmetric(x[0])).vectors.v; });
  }
  s.throws<ShapeError>(kSquare,
                       [] {
                         linalg::eigh(of({2, 3}));
                       })
      .throws<ValueError>("Expected UPLO argument to be 'L' or 'U', but got X", [] { linalg::eigh(eye(2), "X"); })
      .throws<ValueError>(kNotFinite, [] { linalg::eigh(not_finite()); });
});

const Register kEigvalsh("linalg_eigvalsh", {"linalg::eigvalsh"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::eigvalsh(tensor({{3.0, 2.0}, {2.0, 6.0}})));
  for (const Shape& shape : kSquares)
    add(
        s, "", {shape}, kHalf, [](const Tensors& x) { return linalg::eigvalsh(symmetric(x[0])); }, {shape.back()},
        [](const Matrices& x) { return eigen(symmetric(x[0])).values; });
  const auto of_4 = [](const Tensors& x) { return linalg::eigvalsh(x[0].view({2, 2})); };
  s.edge({"equal eigenvalues: a gradient all the same", {{2, 0, 0, 2}}, {2, 2}, {{1, 0, 0, 1}}, of_4});
  s.throws<ShapeError>(kSquare, [] { linalg::eigvalsh(of({2, 3})); });
});

const Register kSvdvals("linalg_svdvals", {"linalg::svdvals"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::svdvals(tensor({{3.0, 0.0}, {0.0, 4.0}})));
  for (const Shape& shape :
       std::vector<Shape>{{1, 1}, {3, 3}, {4, 2}, {2, 4}, {2, 3, 2}, {2, 2, 3}, {0, 3}, {3, 0}, {0, 2, 3}})
    add(
        s, "", {shape}, kUnit, [](const Tensors& x) { return linalg::svdvals(spread(x[0])); },
        {std::min(shape.back(), shape[shape.size() - 2])},
        [](const Matrices& x) { return singular_values(spread(x[0])); });
  const auto of_4 = [](const Tensors& x) { return linalg::svdvals(x[0].view({2, 2})).sum().view(1); };
  s.edge({"equal singular values: a gradient all the same", {{2, 0, 0, 2}}, {4}, {{1, 0, 0, 1}}, of_4});
  s.throws<ShapeError>(kTwo, [] { linalg::svdvals(of({3})); }).throws<ValueError>(kNotFinite, [] {
    linalg::svdvals(not_finite());
  });
});

Matrix fitted(const Matrix& a, const Matrix& b) {
  const Matrix t = flipped(a);
  return a.rows < a.cols ? product(t, solved(product(a, t), b)) : solved(product(t, a), product(t, b));
}

const Register kLstsq("linalg_lstsq", {"linalg::lstsq"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(std::get<0>(linalg::lstsq(ones({2, 1}), tensor({2.0, 4.0}))));
  const auto of_2 = [](const Tensors& x) { return std::get<0>(linalg::lstsq(spread(x[0]), x[1])); };
  for (const auto& [a, b] : std::vector<std::pair<Shape, Shape>>{{{1, 1}, {1, 1}},
                                                                 {{4, 2}, {4, 2}},
                                                                 {{2, 4}, {2, 1}},
                                                                 {{3, 3}, {3, 2}},
                                                                 {{2, 3, 2}, {2, 3, 1}},
                                                                 {{0, 3}, {0, 2}},
                                                                 {{3, 0}, {3, 2}},
                                                                 {{0, 3, 2}, {0, 3, 1}}})
    add(s, "", {a, b}, kUnit, of_2, {a.back(), b.back()},
        [](const Matrices& x) { return fitted(spread(x[0]), x[1]).v; });
  // Of rank 2: a = y z, whose pseudo-inverse is that of z times that of y.
  add(
      s, "of rank 2", {{4, 2}, {2, 3}, {4, 2}}, kUnit,
      [](const Tensors& x) { return std::get<0>(linalg::lstsq(matmul(spread(x[0]), spread(x[1])), x[2], 1e-6)); },
      {3, 2}, [](const Matrices& x) { return fitted(spread(x[1]), fitted(spread(x[0]), x[2])).v; });
  s.throws<ShapeError>("input.size(-2) should match other.size(-2)",
                       [] {
                         linalg::lstsq(of({3, 2}), of({2, 1}));
                       })
      .throws<ShapeError>("input.size(-2) should match other.size(-1)",
                          [] {
                            linalg::lstsq(of({3, 2}), of({2}));
                          })
      .throws<ShapeError>(kTwo, [] { linalg::lstsq(of({3}), of({3})); })
      .throws<DtypeError>("found A of type Float and B of type Double instead",
                          [] {
                            linalg::lstsq(of({3, 2}), of({3}, kDouble));
                          })
      .throws<ValueError>(kNotFinite, [] { linalg::lstsq(not_finite(), ones({2}, kDouble)); });
});

// --- norms

Dual p_norm(const std::vector<Dual>& v, double p) {
  Dual sum;
  for (const Dual& x : v) sum += pow(abs(x), Dual(static_cast<Real>(p)));
  return pow(sum, Dual(1 / static_cast<Real>(p)));
}
void vector_norms(Sample& s, Tensor (*fn)(const Tensor&, double, IntList, bool)) {
  for (const double p : {2.0, 1.0, 3.0})
    for (const bool keep : {false, true}) {
      Case c{.label = "p " + std::to_string(p) + (keep ? " keepdim" : ""), .inputs = {{{3, 4}, kUnit}}};
      c.fn = [=](const Tensors& x) { return fn(x[0], p, 1, keep); };
      c.reference = [=](const Arrays& in) {
        return reduce(in[0], {1}, keep, [p](const std::vector<Dual>& v) { return p_norm(v, p); });
      };
      c.accuracy = conditioned(8, 1, c.reference);
      c.kinks = {0};
      s.add(c);
    }
}

const Register kVectorNorm("linalg_vector_norm", {"linalg::vector_norm"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::vector_norm(tensor({3.0, -4.0}), 1));
  vector_norms(s, [](const Tensor& x, double p, IntList dims, bool keepdim) {
    return linalg::vector_norm(x, p, dims, keepdim);
  });
  s.add({.label = "of all",
         .inputs = {{{2, 3}, kUnit}},
         .fn = [](const Tensors& x) { return linalg::vector_norm(x[0]); },
         .reference =
             [](const Arrays& in) {
               return reduce(in[0], {}, false, [](const std::vector<Dual>& v) { return p_norm(v, 2); });
             },
         .accuracy = {4, 4}});
  s.throws<DtypeError>("Expected a floating point or complex tensor as input. Got Long",
                       [] { linalg::vector_norm(of({2}, kLong)); });
});

Dual of_matrix(const Matrix& a, const std::string& ord) {
  if (ord == "fro") return p_norm(a.v, 2);
  const bool least = ord[0] == '-';
  std::vector<Dual> all;
  if (ord == "nuc" || ord == "2" || ord == "-2") {
    all = singular_values(a);
    if (ord == "nuc") return total(all);
  } else {
    const Matrix lines = ord == "1" || ord == "-1" ? flipped(a) : a;
    for (std::int64_t i = 0; i < lines.rows; ++i) {
      all.emplace_back();
      for (std::int64_t j = 0; j < lines.cols; ++j) all.back() += abs(lines.at(i, j));
    }
  }
  const auto less = [](const Dual& x, const Dual& y) { return x.v < y.v; };
  return least ? *std::min_element(all.begin(), all.end(), less) : *std::max_element(all.begin(), all.end(), less);
}
using MatrixNorm = Tensor (*)(const Tensor&, const std::string&, IntList, bool);
void matrix_norms(Sample& s, MatrixNorm fn) {
  for (const std::string ord : {"fro", "nuc", "2", "-2", "1", "-1", "inf", "-inf"}) {
    const auto call = [=](const Tensor& x, IntList dims, bool keepdim) { return fn(spread(x), ord, dims, keepdim); };
    const auto case_of = [&](const Shape& shape, const std::string& label, const Fn& run, const Reference& reference) {
      Case c{.label = ord + " " + label + shape_text(shape), .inputs = {{shape, kUnit}}, .fn = run};
      c.reference = reference;
      c.accuracy = conditioned(12, 25, reference);
      c.kinks = {0};
      s.add(c);
    };
    const OfMatrices one = [=](const Matrices& x) { return std::vector<Dual>{of_matrix(spread(x[0]), ord)}; };
    case_of(
        {3, 2}, "",
        [=](const Tensors& x) {
          return call(x[0], {-2, -1}, false);
        },
        [=](const Arrays& in) { return by_matrix(in, {}, one); });
    case_of(
        {2, 2, 3}, "keepdim ",
        [=](const Tensors& x) {
          return call(x[0], {1, 2}, true);
        },
        [=](const Arrays& in) {
          return by_matrix(in, {1, 1}, one);
        });
  }
}
double order(const std::string& ord) { return std::stod(ord); }
bool is_word(const std::string& ord) { return ord == "fro" || ord == "nuc"; }

const Register kMatrixNorm("linalg_matrix_norm", {"linalg::matrix_norm"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::matrix_norm(tensor({{3.0, 0.0}, {0.0, 4.0}}), "nuc"));
  matrix_norms(s, [](const Tensor& x, const std::string& ord, IntList dims, bool keepdim) {
    return is_word(ord) ? linalg::matrix_norm(x, ord, dims, keepdim)
                        : linalg::matrix_norm(x, order(ord), dims, keepdim);
  });
  s.add({.label = "inf over other dims",
         .inputs = {{{3, 2, 2}, kUnit}},
         .fn =
             [](const Tensors& x) {
               return linalg::matrix_norm(x[0], kInf, {2, 0});
             },
         .reference =
             [](const Arrays& in) {
               const Array moved = transpose(transpose(in[0], 0, 1), 1, 2);  // [b, rows, cols] of dims 1, 2, 0
               return by_matrix({moved}, {},
                                [](const Matrices& x) { return std::vector<Dual>{of_matrix(x[0], "inf")}; });
             },
         .accuracy = {4, 4},
         .kinks = {0}});
  s.throws<ShapeError>(kTwo, [] { linalg::matrix_norm(of({2})); })
      .throws<ShapeError>("dims must be different. Got (0, 0)",
                          [] {
                            linalg::matrix_norm(of({2, 2}), "fro", {0, 0});
                          })
      .throws<ShapeError>("dim must be a 2-tuple. Got [0]",
                          [] {
                            linalg::matrix_norm(of({2, 2}), "fro", {0});
                          })
      .throws<ValueError>("Order x not supported",
                          [] {
                            linalg::matrix_norm(of({2, 2}), "x");
                          })
      .throws<ValueError>("linalg::matrix_norm: Order 3 not supported", [] {
        linalg::matrix_norm(of({2, 2}), 3);
      });
});

const Register kNorm("linalg_norm", {"linalg::norm"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::norm(tensor({{3.0, 4.0}, {6.0, 8.0}}), 2, 1));
  vector_norms(s,
               [](const Tensor& x, double p, IntList dims, bool keepdim) { return linalg::norm(x, p, dims, keepdim); });
  matrix_norms(s, [](const Tensor& x, const std::string& ord, IntList dims, bool keepdim) {
    return is_word(ord) ? linalg::norm(x, ord, dims, keepdim) : linalg::norm(x, order(ord), dims, keepdim);
  });
  const auto whole = [](const Tensors& x) { return linalg::norm(x[0]).view(1); };
  s.edge({"of all: the root of the squares", {{3, 4}}, {5}, {{0.6, 0.8}}, whole});
  s.throws<ShapeError>("linalg::norm: If dim is not specified but ord is, the input must be 1D or 2D. Got 3D", [] {
     linalg::norm(of({2, 2, 2}), 2);
   }).throws<ShapeError>("If dim is specified, it must be of length 1 or 2. Got [0, 1, 2]", [] {
    linalg::norm(of({2, 2, 2}), 2, {0, 1, 2});
  });
});

}  // namespace
}  // namespace tapegrad::test
