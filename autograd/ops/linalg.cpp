// cholesky, cholesky_solve, solve_triangular, solve, inv, det, slogdet: what triangles solve.
#include "autograd/ops/linalg.h"

#include <tapegrad/autograd/linalg.h>

#include <algorithm>
#include <cmath>

namespace tapegrad {

using namespace ops;

constinit thread_local Failure ops::last_failure{};

// --- what the decompositions share
void ops::require_matrix(const char* op, const Tensor& a, const char* name) {
  if (a.dim() < 2)
    throw_shape(op, "The input tensor ", name, " must have at least 2 dimensions, but got sizes ", a.sizes(),
                "; unsqueeze() a vector");
  if (!a.is_floating_point())
    throw_dtype(op, "Expected a floating point or complex tensor as input. Got ", a.dtype(),
                "; convert with to(kFloat) first");
}
void ops::require_square(const char* op, const Tensor& a) {
  require_matrix(op, a);
  if (a.size(-1) != a.size(-2))
    throw_shape(op, "A must be batches of square matrices, but they are ", a.size(-2), " by ", a.size(-1),
                " matrices; give [batch, n, n] or [n, n]");
}
void ops::require_same_dtype(const char* op, const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype())
    throw_dtype(op, "Expected A and B to have the same dtype, but found A of type ", a.dtype(), " and B of type ",
                b.dtype(), " instead; convert one with to()");
}
void ops::require_finite(const Call& c) {
  by_floating(c.in[0]->dtype, [&]<class T>() {
    const T* x = c.in[0]->ptr<T>();
    if (!std::all_of(x, x + c.in[0]->numel, [](T v) { return std::isfinite(v); }))
      throw_value(c.op->name, "The algorithm failed to converge because the input matrix contained non-finite values",
                  "; look for where they come from");
  });
}
void ops::set_batched(Call& c, std::initializer_list<std::int64_t> last) {
  c.dtype = c.in[0]->dtype;
  c.rank = c.in[0]->rank - 2;
  std::copy_n(c.in[0]->sizes(), c.rank, c.sizes);
  for (const std::int64_t n : last) c.sizes[c.rank++] = n;
}
Both ops::same_batches(const char* op, const Tensor& a, const Tensor& b) {
  const std::int64_t rank = std::max(a.dim(), b.dim());
  const auto size = [rank](const Tensor& x, std::int64_t d) { return d < rank - x.dim() ? 1 : x.size(d - rank); };
  Dims of_a, of_b;
  for (std::int64_t d = 0; d < rank; ++d) {
    const std::int64_t na = size(a, d), nb = size(b, d), n = na == 1 ? nb : na;
    const bool batch = d < rank - 2;
    if (batch && nb != 1 && nb != n)
      throw_shape(op, "The size of tensor a (", na, ") must match the size of tensor b (", nb,
                  ") at non-singleton dimension ", d, ": got sizes ", a.sizes(), " and ", b.sizes(),
                  "; batch dims broadcast, or are equal");
    of_a.push_back(batch ? n : na);
    of_b.push_back(batch ? n : nb);
  }
  return {a.expand(of_a), b.expand(of_b)};
}

// Of the equation a x = b, both with batch dims.
static void require_fit(const char* op, const Tensor& a, const Tensor& b, bool left) {
  if (a.size(-1) != b.size(left ? -2 : -1))
    throw_shape(op, "Incompatible shapes of A and B for the equation ", left ? "AX = B (" : "XA = B (", a.size(-2), "x",
                a.size(-1), " and ", b.size(-2), "x", b.size(-1), "); B needs as many ", left ? "rows" : "columns",
                " as A");
}

// --- cholesky. For a = l l^T, da = l^-T sym(phi(l^T g)) l^-1, where phi takes the lower triangle with half the
// diagonal. Source: I. Murray, "Differentiation of the Cholesky decomposition", 2016.
static void run_cholesky(const Call& c) noexcept {
  each_matrix(c, [&](auto of) { return kernels::cholesky(rows(c.out), of(c.in[0]), of(c.out)); });
}
static void cholesky_vjp(Grads& r) {
  const Tensor l = r.out(), inner = matmul(flipped(l), r.g()).tril();
  const Tensor symmetric = inner.add(flipped(inner)).mul(0.5);
  const Tensor half = symmetric.sub(symmetric.mul(eye(l.size(-1), l.dtype())).mul(0.5));
  const Tensor left = linalg::solve_triangular(flipped(l), half, /*upper=*/true);
  r.set(0, linalg::solve_triangular(l, left, /*upper=*/false, /*left=*/false));
}
constexpr Op kCholesky{.name = "linalg::cholesky",
                       .grad_name = "LinalgCholeskyExBackward0",
                       .reads = {kReadsOut},
                       .shape = same_shape,
                       .kernel = run_cholesky,
                       .vjp = cholesky_vjp};
static void not_positive(const std::string& which, std::int64_t order) {
  throw_value(kCholesky.name, which,
              "The factorization could not be completed because the input is not positive-definite (the leading minor ",
              "of order ", order, " is not positive-definite); add a multiple of the identity");
}
Tensor linalg::cholesky(const Tensor& a) try {
  require_square(kCholesky.name, a);
  return decomposed(not_positive, kCholesky, {}, a);
} catch (const Error&) {
  throw_as("linalg::cholesky");
}

// --- solve_triangular. For a x = b, db = a^-T g and da = -db x^T, of the triangle
namespace {
struct TriangularAttrs {
  std::int64_t upper, unit;
};
}  // namespace

static void like_second(Call& c) noexcept {
  c.dtype = c.in[1]->dtype;
  set_sizes(c, c.in[1]->size_list());
}
static void run_triangular(const Call& c) noexcept {
  const auto [upper, unit] = c.attrs.as<TriangularAttrs>();
  each_matrix(c, [&, upper = upper != 0, unit = unit != 0](auto of) {
    return kernels::solve_triangular(rows(c.out), cols(c.out), of(c.in[0]), upper, unit, of(c.in[1]), of(c.out));
  });
}
static void triangular_vjp(Grads& r) {
  const auto [upper, unit] = r.attrs().as<TriangularAttrs>();
  const Tensor db = linalg::solve_triangular(flipped(r.in(0)), r.g(), upper == 0, /*left=*/true, unit != 0);
  r.set(1, db);
  if (!r.needs(0)) return;
  const Tensor da = matmul(db, flipped(r.out())).neg();
  r.set(0, upper != 0 ? da.triu(unit) : da.tril(-unit));
}
constexpr Op kTriangular{.name = "linalg::solve_triangular",
                         .grad_name = "LinalgSolveTriangularBackward0",
                         .reads = {kReads0 | kReadsOut, kReads0},
                         .shape = like_second,
                         .kernel = run_triangular,
                         .vjp = triangular_vjp};
Tensor linalg::solve_triangular(const Tensor& a, const Tensor& b, bool upper, bool left, bool unitriangular) try {
  const char* name = kTriangular.name;
  require_square(name, a);
  require_matrix(name, b, "B");
  require_same_dtype(name, a, b);
  require_fit(name, a, b, left);
  if (!left) return flipped(solve_triangular(flipped(a), flipped(b), !upper, true, unitriangular));
  const Both both = same_batches(name, a, b);
  const auto attrs = pack(TriangularAttrs{.upper = upper ? 1 : 0, .unit = unitriangular ? 1 : 0});
  return decomposed(nullptr, kTriangular, attrs, both.a, both.b);
} catch (const Error&) {
  throw_as("linalg::solve_triangular");
}

Tensor cholesky_solve(const Tensor& b, const Tensor& l, bool upper) try {
  require_square("cholesky_solve", l);
  if (b.dim() < 2)
    throw_shape("cholesky_solve", "b should have at least 2 dimensions, but has ", b.dim(),
                " dimensions instead; unsqueeze(-1) a vector");
  if (b.size(-2) != l.size(-1))
    throw_shape("cholesky_solve", "Incompatible matrix sizes for cholesky_solve: each A matrix is ", l.size(-1), " by ",
                l.size(-1), " but each b matrix is ", b.size(-2), " by ", b.size(-1), "; b needs as many rows as l");
  const Tensor lower = upper ? flipped(l) : l;
  return linalg::solve_triangular(flipped(lower), linalg::solve_triangular(lower, b, false), true);
} catch (const Error&) {
  throw_as("cholesky_solve");
}

// --- lu: the factors of a, packed as the kernel packs them, without a gradient: what uses them has a beside them
static void lu_shape(Call& c) { set_batched(c, {rows(c.in[0]) + 1, cols(c.in[0])}); }
static void run_lu(const Call& c) noexcept {
  each_matrix(c, [&](auto of) { return kernels::factor_lu(rows(c.in[0]), of(c.in[0]), of(c.out)); });
}
constexpr Op kLu{.name = "linalg::lu", .flags = kNoGrad, .shape = lu_shape, .kernel = run_lu};
static Tensor factored(const char* op, const Tensor& a) {
  require_square(op, a);
  return decomposed(nullptr, kLu, {}, a);
}

// say(text, k) for the first matrix whose factor u has a 0 as its k-th diagonal element.
template <class Say>
static void for_singular(const TensorImpl* lu, const Say& say) {
  const std::int64_t n = cols(lu);
  by_floating(lu->dtype, [&]<class T>() {
    for (std::int64_t at = 0; at < lu->numel; at += (n + 1) * n) {
      for (std::int64_t k = 0; k < n; ++k) {
        if (lu->ptr<T>()[at + k * (n + 1)] == 0)
          say(lu->rank > 2 ? joined("(Batch element ", at / ((n + 1) * n), "): ") : "", k + 1);
      }
    }
  });
}

// --- solve(a, b, lu of a), of a x = b or (transposed) a^T x = b. db solves the other equation; da = -db x^T
namespace {
struct SolveAttrs {
  std::int64_t transposed;
};
}  // namespace

static Tensor solve_lu(const Tensor& a, const Tensor& b, const Tensor& lu, bool transposed);
static void solve_check(const Call& c) {
  for_singular(c.in[2], [&](const std::string& which, std::int64_t) {
    throw_value(c.op->name, which, "The solver failed because the input matrix is singular; ",
                "add a multiple of the identity, or use lstsq");
  });
}
static void run_solve(const Call& c) noexcept {
  const bool transposed = c.attrs.as<SolveAttrs>().transposed != 0;
  each_matrix(c, [&](auto of) {
    return kernels::solve_lu(rows(c.out), cols(c.out), of(c.in[2]), transposed, of(c.in[1]), of(c.out));
  });
}
static void solve_vjp(Grads& r) {
  const bool transposed = r.attrs().as<SolveAttrs>().transposed != 0;
  const Tensor db = solve_lu(r.in(0), r.g(), r.in(2), !transposed);
  r.set(1, db);
  if (!r.needs(0)) return;
  const Tensor da = matmul(db, flipped(r.out())).neg();
  r.set(0, transposed ? flipped(da) : da);
}
constexpr Op kSolve{.name = "linalg::solve",
                    .grad_name = "LinalgSolveExBackward0",
                    .reads = {kReads0 | kReads2 | kReadsOut, kReads0 | kReads2},
                    .shape = like_second,
                    .check = solve_check,
                    .kernel = run_solve,
                    .vjp = solve_vjp};
static Tensor solve_lu(const Tensor& a, const Tensor& b, const Tensor& lu, bool transposed) {
  return decomposed(nullptr, kSolve, pack(SolveAttrs{.transposed = transposed ? 1 : 0}), a, b, lu);
}
// b is a vector, or a batch of them, one a matrix.
static bool is_vector(const Tensor& a, const Tensor& b) {
  const IntList batch_and_rows(a.sizes().data(), a.sizes().size() - 1);
  return b.dim() == 1 || b.sizes() == batch_and_rows;
}
Tensor linalg::solve(const Tensor& a, const Tensor& b, bool left) try {
  require_square(kSolve.name, a);
  require_same_dtype(kSolve.name, a, b);
  if (is_vector(a, b) && left) {
    require_fit(kSolve.name, a, b.unsqueeze(-1), left);
    return solve(a, b.unsqueeze(-1)).squeeze(-1);
  }
  if (is_vector(a, b))
    throw_shape(kSolve.name, "Vector broadcasting of the left hand side is not supported for left=false, got sizes ",
                a.sizes(), " and ", b.sizes(), "; unsqueeze(-2) the vector");
  require_matrix(kSolve.name, b, "B");
  require_fit(kSolve.name, a, b, left);
  if (!left) return flipped(solve(flipped(a), flipped(b)));
  const Both both = same_batches(kSolve.name, a, b);
  return solve_lu(both.a, both.b, factored(kSolve.name, both.a.detach()), false);
} catch (const Error&) {
  throw_as("linalg::solve");
}

static Tensor identities(const Tensor& like) { return eye(like.size(-1), like.dtype()).expand(like.sizes()); }
Tensor linalg::inv(const Tensor& a) try {
  const Tensor lu = factored("linalg::inv", a.detach());
  for_singular(lu.impl(), [](const std::string& which, std::int64_t k) {
    throw_value("linalg::inv", which, "The diagonal element ", k, " is zero, the inversion could not be completed ",
                "because the input matrix is singular; add a multiple of the identity, or use lstsq");
  });
  return solve_lu(a, identities(a), lu, false);
} catch (const Error&) {
  throw_as("linalg::inv");
}

// --- det(a, lu of a), its log and its sign, from the diagonal of u and how the rows were exchanged
static void batch_shape(Call& c) { set_batched(c, {}); }

// 1, or -1 for an odd permutation of rows.
template <class T>
static T parity(const T* order, std::int64_t n) noexcept {
  T sign = 1;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t k = i + 1; k < n; ++k) sign = order[k] < order[i] ? -sign : sign;
  return sign;
}
// fold(so far, element) over the diagonal of u, from `first`.
template <class T, class Fold>
static std::int64_t over_diagonal(const T* lu, std::int64_t n, T first, T* out, const Fold& fold) noexcept {
  *out = first;
  for (std::int64_t k = 0; k < n; ++k) *out = fold(*out, lu[k * (n + 1)]);
  return 0;
}
static void run_det(const Call& c) noexcept {
  const std::int64_t n = cols(c.in[1]);
  each_matrix(c, [&](auto of) {
    const auto* lu = of(c.in[1]);
    return over_diagonal(lu, n, parity(lu + n * n, n), of(c.out), [](auto p, auto u) { return p * u; });
  });
}
// The gradient is that of cofactors: det a^-T, or, of a singular matrix, by its singular values.
static void det_vjp(Grads& r) {
  const Tensor a = r.in(0), out = r.out(), g = r.g().unsqueeze(-1);
  if (!out.eq(0).any().item<bool>()) {
    const Tensor scale = r.g().mul(out).unsqueeze(-1).unsqueeze(-1);
    r.set(0, solve_lu(a, identities(a).mul(scale), r.in(1), true));
    return;
  }
  const ThinSvd svd = thin_svd(a);
  const Tensor others = where(eye(a.size(-1), kBool), 1, svd.s.unsqueeze(-2)).prod(-1);  // products of all but one
  const Tensor sign = linalg::det(matmul(svd.u, flipped(svd.v)).detach()).sign().unsqueeze(-1);
  r.set(0, matmul(scaled_columns(svd.u, others.mul(sign).mul(g)), flipped(svd.v)));
}
constexpr Op kDet{.name = "linalg::det",
                  .grad_name = "LinalgDetBackward0",
                  .reads = {kReads0 | kReads1 | kReadsOut},
                  .shape = batch_shape,
                  .kernel = run_det,
                  .vjp = det_vjp};
Tensor linalg::det(const Tensor& a) try {
  return apply(kDet, a, factored("linalg::det", a.detach()));
} catch (const Error&) {
  throw_as("linalg::det");
}

static void run_log_det(const Call& c) noexcept {
  each_matrix(c, [&](auto of) {
    auto* out = of(c.out);
    const std::remove_pointer_t<decltype(out)> zero = 0;
    return over_diagonal(of(c.in[1]), cols(c.in[1]), zero, out,
                         [](auto sum, auto u) { return sum + std::log(std::abs(u)); });
  });
}
static void log_det_vjp(Grads& r) {
  const Tensor a = r.in(0), scale = r.g().unsqueeze(-1).unsqueeze(-1);
  r.set(0, solve_lu(a, identities(a).mul(scale), r.in(1), true));
}
constexpr Op kLogDet{.name = "linalg::slogdet",
                     .grad_name = "LinalgSlogdetBackward0",
                     .reads = {kReads0 | kReads1},
                     .shape = batch_shape,
                     .kernel = run_log_det,
                     .vjp = log_det_vjp};
static void run_sign_det(const Call& c) noexcept {
  const std::int64_t n = cols(c.in[0]);
  each_matrix(c, [&](auto of) {
    const auto* lu = of(c.in[0]);
    return over_diagonal(lu, n, parity(lu + n * n, n), of(c.out), [](auto sign, auto u) {
      return u > 0 ? sign : u < 0 ? -sign : u * sign;
    });
  });
}
constexpr Op kSignDet{.name = "linalg::slogdet.sign", .flags = kNoGrad, .shape = batch_shape, .kernel = run_sign_det};
std::tuple<Tensor, Tensor> linalg::slogdet(const Tensor& a) try {
  const Tensor lu = factored("linalg::slogdet", a.detach());
  return {apply(kSignDet, lu), apply(kLogDet, a, lu)};
} catch (const Error&) {
  throw_as("linalg::slogdet");
}

}  // namespace tapegrad
