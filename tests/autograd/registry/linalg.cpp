// cholesky, cholesky_solve, solve_triangular, solve, inv, det, slogdet.
#include "matrices.h"

namespace tapegrad::test {
namespace {

constexpr char kSquare[] = "A must be batches of square matrices, but they are 2 by 3 matrices";
constexpr char kTwo[] = "The input tensor A must have at least 2 dimensions";
constexpr char kFloating[] = "Expected a floating point or complex tensor as input. Got Long";

// Elements between -1 and 1, so that a matrix of up to 4 rows, plus 4 on the diagonal, is far from singular.
constexpr Domain kUnit{-1, 1};

Tensor plus_eye(const Tensor& x, double by) { return x + by * eye(x.size(-1), x.dtype()); }
Tensor symmetric(const Tensor& x) { return plus_eye(matmul(x, x.transpose(-2, -1)), 2); }
Matrix symmetric(const Matrix& x) {
  return plus_diagonal(product(x, flipped(x)), [](std::int64_t) { return 2; });
}
Matrix regular(const Matrix& x) {
  return plus_diagonal(x, [](std::int64_t) { return 4; });
}

// A case a shape of the first input, which is square; the second, where there is one, has k columns.
void add(Sample& s, const std::string& label, const std::vector<Shape>& shapes, const Fn& fn, const Shape& last,
         const OfMatrices& f) {
  Case c{.label = label};
  double n = 1;
  for (const Shape& shape : shapes) {
    c.label += " " + shape_text(shape);
    c.inputs.push_back({shape, kUnit});
    n = std::max(n, static_cast<double>(shape.back()));
  }
  c.fn = fn;
  c.reference = [=](const Arrays& in) { return by_matrix(in, last, f); };
  c.accuracy = conditioned(4 * n, 6, c.reference);
  s.add(std::move(c));
}
const std::vector<Shape> kSquares = {{1, 1}, {2, 2}, {4, 4}, {2, 3, 3}, {2, 1, 2, 2}, {0, 0}, {0, 2, 2}, {2, 0, 0}};

void squares(Sample& s, const Fn& fn, const std::function<Shape(std::int64_t n)>& last, const OfMatrices& f) {
  for (const Shape& shape : kSquares) add(s, "", {shape}, fn, last(shape.back()), f);
}
Shape square(std::int64_t n) { return {n, n}; }
Shape number(std::int64_t) { return {}; }

const Register kCholesky("linalg_cholesky", {"linalg::cholesky"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::cholesky(tensor({{4.0, 2.0}, {2.0, 2.0}})));
  squares(
      s, [](const Tensors& x) { return linalg::cholesky(symmetric(x[0])); }, square,
      [](const Matrices& x) { return cholesky(symmetric(x[0])).v; });
  const auto of_4 = [](const Tensors& x) { return linalg::cholesky(x[0].view({2, 2})).view(-1); };
  s.edge({"the upper triangle is not read", {{4, kNan, 2, 5}}, {2, 0, 1, 2}, {}, of_4});
  s.throws<ShapeError>(kSquare,
                       [] {
                         linalg::cholesky(of({2, 3}));
                       })
      .throws<ShapeError>(kTwo, [] { linalg::cholesky(of({3})); })
      .throws<DtypeError>(kFloating,
                          [] {
                            linalg::cholesky(of({2, 2}, kLong));
                          })
      .throws<ValueError>(
          "linalg::cholesky: The factorization could not be completed because the input is not positive-definite (the "
          "leading minor of order 2 is not positive-definite)",
          [] {
            linalg::cholesky(tensor({{1.0, 2.0}, {2.0, 1.0}}));
          })
      .throws<ValueError>("(Batch element 1): The factorization could not be completed", [] {
        linalg::cholesky(stack({eye(2), -eye(2)}));
      });
});

void solutions(Sample& s, const Fn& fn, const OfMatrices& f) {
  for (const auto& [a, b] : std::vector<std::pair<Shape, Shape>>{{{1, 1}, {1, 1}},
                                                                 {{3, 3}, {3, 2}},
                                                                 {{4, 4}, {4, 1}},
                                                                 {{2, 3, 3}, {2, 3, 2}},
                                                                 {{2, 2, 2}, {2, 3}},
                                                                 {{3, 3}, {2, 3, 1}},
                                                                 {{0, 0}, {0, 3}},
                                                                 {{2, 2}, {2, 0}},
                                                                 {{0, 2, 2}, {0, 2, 1}}})
    add(s, "", {a, b}, fn, {b[b.size() - 2], b.back()}, f);
}

const Register kCholeskySolve("cholesky_solve", [](Sample& s) {
  TAPEGRAD_EXAMPLE(cholesky_solve(tensor({{8.0}, {6.0}}), tensor({{2.0, 0.0}, {1.0, 1.0}})));
  solutions(
      s, [](const Tensors& x) { return cholesky_solve(x[1], linalg::cholesky(symmetric(x[0]))); },
      [](const Matrices& x) { return solved(symmetric(x[0]), x[1]).v; });
  add(
      s, "upper", {{3, 3}, {3, 2}},
      [](const Tensors& x) { return cholesky_solve(x[1], linalg::cholesky(symmetric(x[0])).t(), true); }, {3, 2},
      [](const Matrices& x) { return solved(symmetric(x[0]), x[1]).v; });
  s.throws<ShapeError>("each A matrix is 2 by 2 but each b matrix is 3 by 1",
                       [] {
                         cholesky_solve(of({3, 1}), eye(2));
                       })
      .throws<ShapeError>("b should have at least 2 dimensions, but has 1", [] { cholesky_solve(of({2}), eye(2)); })
      .throws<ShapeError>(kSquare, [] {
        cholesky_solve(of({2, 1}), of({2, 3}));
      });
});

const Register kSolveTriangular("linalg_solve_triangular", {"linalg::solve_triangular"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::solve_triangular(tensor({{2.0, 0.0}, {1.0, 1.0}}), tensor({{2.0}, {3.0}}), false));
  for (const bool upper : {false, true})
    for (const bool unit : {false, true})
      for (const bool left : {true, false}) {
        const std::string label =
            std::string(upper ? "upper" : "lower") + (unit ? " unit" : "") + (left ? "" : " right");
        add(
            s, label, {{4, 4}, left ? Shape{4, 2} : Shape{2, 4}},
            [=](const Tensors& x) { return linalg::solve_triangular(plus_eye(x[0], 4), x[1], upper, left, unit); },
            left ? Shape{4, 2} : Shape{2, 4},
            [=](const Matrices& x) {
              const Matrix a = regular(x[0]);
              return left ? substituted(a, x[1], upper, unit).v
                          : flipped(substituted(flipped(a), flipped(x[1]), !upper, unit)).v;
            });
      }
  solutions(
      s, [](const Tensors& x) { return linalg::solve_triangular(plus_eye(x[0], 4), x[1], true); },
      [](const Matrices& x) { return substituted(regular(x[0]), x[1], true, false).v; });
  s.edge({"a 0 on the diagonal", {{0, 0, 1, 1}, {1, 1}}, {kInf, -kInf}, {}, [](const Tensors& x) {
            return linalg::solve_triangular(x[0].view({2, 2}), x[1].view({2, 1}), false).view(-1);
          }});
  s.throws<ShapeError>(kSquare,
                       [] {
                         linalg::solve_triangular(of({2, 3}), of({2, 1}), true);
                       })
      .throws<ShapeError>("Incompatible shapes of A and B for the equation AX = B (2x2 and 3x1)",
                          [] {
                            linalg::solve_triangular(of({2, 2}), of({3, 1}), true);
                          })
      .throws<ShapeError>("Incompatible shapes of A and B for the equation XA = B (2x2 and 2x3)",
                          [] {
                            linalg::solve_triangular(of({2, 2}), of({2, 3}), true, false);
                          })
      .throws<ShapeError>("The input tensor B must have at least 2 dimensions",
                          [] {
                            linalg::solve_triangular(of({2, 2}), of({2}), true);
                          })
      .throws<DtypeError>("found A of type Float and B of type Double instead", [] {
        linalg::solve_triangular(of({2, 2}), of({2, 1}, kDouble), true);
      });
});

Tensor singular() { return tensor({{1.0, 2.0}, {2.0, 4.0}}, kDouble); }

const Register kSolve("linalg_solve", {"linalg::solve"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::solve(tensor({{2.0, 1.0}, {1.0, 3.0}}), tensor({4.0, 7.0})));
  const OfMatrices by_elimination = [](const Matrices& x) { return solved(regular(x[0]), x[1]).v; };
  solutions(
      s, [](const Tensors& x) { return linalg::solve(plus_eye(x[0], 4), x[1]); }, by_elimination);
  add(
      s, "right", {{3, 3}, {2, 3}}, [](const Tensors& x) { return linalg::solve(plus_eye(x[0], 4), x[1], false); },
      {2, 3}, [](const Matrices& x) { return flipped(solved(flipped(regular(x[0])), flipped(x[1]))).v; });
  // Rows are exchanged: the largest elements stand beside the diagonal.
  add(
      s, "exchanged", {{3, 3}, {3, 2}},
      [](const Tensors& x) { return linalg::solve(plus_eye(x[0], 4).flip({0}), x[1].flip({0})); }, {3, 2},
      by_elimination);
  s.add({.label = "vectors",
         .inputs = {{{2, 3, 3}, kUnit}, {{2, 3}, kUnit}},
         .fn = [](const Tensors& x) { return linalg::solve(plus_eye(x[0], 4), x[1]); },
         .reference =
             [by_elimination](const Arrays& in) {
               return reshape(by_matrix({in[0], reshape(in[1], {2, 3, 1})}, {3, 1}, by_elimination), {2, 3});
             },
         .accuracy = conditioned(12, 6, [by_elimination](const Arrays& in) {
           return reshape(by_matrix({in[0], reshape(in[1], {2, 3, 1})}, {3, 1}, by_elimination), {2, 3});
         })});
  s.large({.label = "200",
           .inputs = {{{200, 200}, kUnit}, {{200, 3}, kUnit}},
           .fn = [](const Tensors& x) { return linalg::solve(plus_eye(x[0], 200), x[1]); },
           .reference = [](const Arrays& in) { return in[1]; }});
  s.throws<ValueError>("linalg::solve: The solver failed because the input matrix is singular",
                       [] { linalg::solve(singular(), ones({2}, kDouble)); })
      .throws<ValueError>("linalg::solve: (Batch element 1): The solver failed because the input matrix is singular",
                          [] {
                            linalg::solve(stack({eye(2, kDouble), singular()}), ones({2, 1}, kDouble));
                          })
      .throws<ShapeError>(kSquare,
                          [] {
                            linalg::solve(of({2, 3}), of({2}));
                          })
      .throws<ShapeError>("Incompatible shapes of A and B for the equation AX = B (2x2 and 3x1)",
                          [] {
                            linalg::solve(of({2, 2}), of({3}));
                          })
      .throws<ShapeError>("Incompatible shapes of A and B for the equation XA = B (2x2 and 3x1)",
                          [] {
                            linalg::solve(of({2, 2}), of({3, 1}), false);
                          })
      .throws<ShapeError>("Vector broadcasting of the left hand side is not supported for left=false",
                          [] {
                            linalg::solve(of({2, 2}), of({2}), false);
                          })
      .throws<ShapeError>("The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
                          [] {
                            linalg::solve(of({2, 2, 2}), of({3, 2, 1}));
                          })
      .throws<DtypeError>("found A of type Float and B of type Double instead",
                          [] {
                            linalg::solve(of({2, 2}), of({2}, kDouble));
                          })
      .throws<DtypeError>(kFloating, [] {
        linalg::solve(of({2, 2}, kLong), of({2}, kLong));
      });
});

const Register kInv("linalg_inv", {"linalg::inv"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::inv(tensor({{2.0, 1.0}, {1.0, 1.0}})));
  squares(
      s, [](const Tensors& x) { return linalg::inv(plus_eye(x[0], 4)); }, square,
      [](const Matrices& x) {
        return solved(regular(x[0]), plus_diagonal(Matrix(x[0].rows, x[0].rows), [](std::int64_t) { return 1; })).v;
      });
  s.throws<ValueError>(
       "linalg::inv: The diagonal element 2 is zero, the inversion could not be completed because the input matrix is "
       "singular",
       [] { linalg::inv(singular()); })
      .throws<ValueError>("linalg::inv: (Batch element 1): The diagonal element 2 is zero",
                          [] {
                            linalg::inv(stack({eye(2, kDouble), singular()}));
                          })
      .throws<ShapeError>(kSquare, [] {
        linalg::inv(of({2, 3}));
      });
});

const Register kDet("linalg_det", {"linalg::det"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::det(tensor({{1.0, 2.0}, {3.0, 4.0}})));
  squares(
      s, [](const Tensors& x) { return linalg::det(plus_eye(x[0], 4)); }, number,
      [](const Matrices& x) { return std::vector<Dual>{determinant(regular(x[0]))}; });
  add(
      s, "exchanged", {{3, 3}}, [](const Tensors& x) { return linalg::det(plus_eye(x[0], 4).flip({0})); }, {},
      [](const Matrices& x) { return std::vector<Dual>{-determinant(regular(x[0]))}; });
  const auto of_4 = [](const Tensors& x) { return linalg::det(x[0].view({2, 2})).view(1); };
  s.cases.erase(s.cases.begin());  // of one number: it is linear, and what is 0 then is rounded
  s.edge({"of an exchange", {{0, 1, 1, 0}}, {-1}, {{0, -1, -1, 0}}, of_4})
      .edge({"of one number", {{3}}, {3}, {{1}}, [](const Tensors& x) {
               return linalg::det(x[0].view({1, 1})).view(1);
             }});
  s.throws<ShapeError>(kSquare, [] { linalg::det(of({2, 3})); }).throws<ShapeError>(kTwo, [] { linalg::det(of({3})); });
});

const Register kSlogdet("linalg_slogdet", {"linalg::slogdet"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(linalg::slogdet(tensor({{0.0, 1.0}, {3.0, 0.0}})));
  squares(
      s, [](const Tensors& x) { return std::get<1>(linalg::slogdet(plus_eye(x[0], 4))); }, number,
      [](const Matrices& x) { return std::vector<Dual>{log(determinant(regular(x[0])))}; });
  const auto both = [](const Tensors& x) {
    const auto [sign, log] = linalg::slogdet(x[0].view({2, 2}));
    return stack({sign, log});
  };
  s.edge({"of an exchange", {{0, 1, 1, 0}}, {-1, 0}, {{0, 1, 1, 0}}, both})
      .edge({"of 2 and -3", {{2, 0, 0, -3}}, {-1, 1.791759469228055}, {}, both})
      .edge({"of a singular matrix", {{1, 2, 2, 4}}, {0, -kInf}, {}, both});
  s.throws<ShapeError>(kSquare, [] { linalg::slogdet(of({2, 3})); });
});

}  // namespace
}  // namespace tapegrad::test
