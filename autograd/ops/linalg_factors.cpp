// qr, eigh, eigvalsh, svdvals, lstsq. A decomposition with several results is one op whose output holds them all, row
// under row, so that it is computed once and its gradient sees those of all.
#include <tapegrad/autograd/linalg.h>

#include <algorithm>
#include <limits>

#include "autograd/ops/linalg.h"

namespace tapegrad {

using namespace ops;

// --- qr: [q; r^T]. Source: S. F. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions with
// application in optimum experimental design", 2010. Where m < n, a = q [r1 r2], so that r2 = q^T a2 adds a2 dr2^T to
// dq.
namespace {
struct QrAttrs {
  std::int64_t k;
};
}  // namespace

static void qr_shape(Call& c) {
  const TensorImpl* a = c.in[0];
  set_batched(c, {rows(a) + cols(a), c.attrs.as<QrAttrs>().k});
}
static void run_qr(const Call& c) noexcept {
  each_matrix(c, [&](auto of) {
    return kernels::factor_qr(rows(c.in[0]), cols(c.in[0]), cols(c.out), of(c.in[0]), of(c.out));
  });
}
static void qr_vjp(Grads& r) {
  const Tensor out = r.out(), g = r.g();
  const std::int64_t k = out.size(-1), m = r.sizes(0)[r.sizes(0).size() - 2], n = out.size(-2) - m;
  if (k > n)
    throw_autograd("linalg::qr", "The QR decomposition is not differentiable when mode='complete' and nrows > ncols; ",
                   "use mode \"reduced\"");
  const auto q_of = [&](const Tensor& x) { return x.narrow(-2, 0, m); };
  const auto r_of = [&](const Tensor& x) { return flipped(x.narrow(-2, m, n)); };
  const Tensor q = q_of(out), whole = r_of(out), of_q = q_of(g), of_r = r_of(g);
  const Tensor r1 = whole.narrow(-1, 0, k), rest = whole.narrow(-1, k, n - k), of_rest = of_r.narrow(-1, k, n - k);
  const Tensor dq = n > k ? of_q.add(matmul(q, matmul(rest, flipped(of_rest)))) : of_q;
  const Tensor inner = matmul(r1, flipped(of_r.narrow(-1, 0, k))).sub(matmul(flipped(dq), q)).tril();
  const Tensor symmetric = inner.add(flipped(inner.tril(-1)));
  const Tensor da =
      linalg::solve_triangular(flipped(r1), dq.add(matmul(q, symmetric)), /*upper=*/false, /*left=*/false);
  r.set(0, n > k ? cat({da, matmul(q, of_rest)}, -1) : da);
}
constexpr Op kQr{.name = "linalg::qr",
                 .grad_name = "LinalgQrBackward0",
                 .reads = {kReadsOut},
                 .shape = qr_shape,
                 .kernel = run_qr,
                 .vjp = qr_vjp};
std::tuple<Tensor, Tensor> linalg::qr(const Tensor& a, const std::string& mode) try {
  require_matrix(kQr.name, a);
  if (mode != "reduced" && mode != "complete" && mode != "r")
    throw_value(kQr.name, "qr received unrecognized mode '", mode, "' but expected one of 'reduced' (default), 'r', ",
                "or 'complete'; name one of them");
  const std::int64_t m = a.size(-2), n = a.size(-1);
  const Tensor out = decomposed(nullptr, kQr, pack(QrAttrs{.k = mode == "complete" ? m : std::min(m, n)}), a);
  return {mode == "r" ? empty({0}, a.dtype()) : out.narrow(-2, 0, m).contiguous(),
          flipped(out.narrow(-2, m, n)).contiguous()};
} catch (const Error&) {
  throw_as("linalg::qr");
}

// --- eigh: [v; w]; and the eigenvalues that users get, of a and that. Source: M. Giles, "An
// extended collection of matrix derivative results for forward and reverse mode algorithmic differentiation", 2008.
// Apart, since eigenvalues have a gradient where two are equal, and eigenvectors have none: 0 / 0.
static void eigh_shape(Call& c) { set_batched(c, {rows(c.in[0]) + 1, cols(c.in[0])}); }
static void run_eigh(const Call& c) noexcept {
  each_matrix(c, [&](auto of) { return kernels::factor_eigh(cols(c.in[0]), of(c.in[0]), of(c.out)); });
}
// The elements of a line of s, each from each, with 1 on the diagonal.
static Tensor gaps(const Tensor& s) { return s.unsqueeze(-2).sub(s.unsqueeze(-1)).add(eye(s.size(-1), s.dtype())); }
static Tensor on_diagonal(const Tensor& x) { return x.unsqueeze(-2).mul(eye(x.size(-1), x.dtype())); }
static Tensor skew(const Tensor& x) { return x.sub(flipped(x)); }
static void eigh_vjp(Grads& r) {
  const Tensor vw = r.out();
  const std::int64_t n = vw.size(-1);
  const Tensor v = vw.narrow(-2, 0, n), w = vw.select(-2, n), dv = r.g().narrow(-2, 0, n);
  const Tensor turned = skew(matmul(flipped(v), dv)).div(gaps(w)).mul(0.5);
  const Tensor inner = turned.add(on_diagonal(r.g().select(-2, n)));
  r.set(0, matmul(v, matmul(inner, flipped(v))));
}
constexpr Op kEigh{.name = "linalg::eigh",
                   .grad_name = "LinalgEighBackward0",
                   .reads = {kReadsOut},
                   .shape = eigh_shape,
                   .check = require_finite,
                   .kernel = run_eigh,
                   .vjp = eigh_vjp};

// The last line of the second input, for each matrix.
static void last_line_shape(Call& c) { set_batched(c, {cols(c.in[1])}); }
static void run_last_line(const Call& c) noexcept {
  const std::int64_t n = cols(c.in[1]);
  each_matrix(c, [&](auto of) {
    std::copy_n(of(c.in[1]) + (rows(c.in[1]) - 1) * n, n, of(c.out));
    return 0;
  });
}
static void eigenvalues_vjp(Grads& r) {
  const Tensor v = r.in(1).narrow(-2, 0, r.g().size(-1));
  r.set(0, matmul(scaled_columns(v, r.g()), flipped(v)));
}
constexpr Op kEigenvalues{.name = "linalg::eigh.values",
                          .grad_name = "LinalgEighBackward0",
                          .reads = {kReads1},
                          .shape = last_line_shape,
                          .kernel = run_last_line,
                          .vjp = eigenvalues_vjp};
static void not_converged(const std::string& which, std::int64_t) {
  throw_value("linalg::eigh", which, "The algorithm failed to converge because the input matrix is ill-conditioned or ",
              "has too many repeated eigenvalues; scale it");
}
std::tuple<Tensor, Tensor> linalg::eigh(const Tensor& a, const std::string& uplo) try {
  require_square(kEigh.name, a);
  if (uplo != "L" && uplo != "U")
    throw_value(kEigh.name, "Expected UPLO argument to be 'L' or 'U', but got ", uplo, "; name one of them");
  const Tensor lower = uplo == "L" ? a : flipped(a);
  const Tensor vw = decomposed(not_converged, kEigh, {}, lower);
  return {apply(kEigenvalues, lower, vw), vw.narrow(-2, 0, a.size(-1)).contiguous()};
} catch (const Error&) {
  throw_as("linalg::eigh");
}
Tensor linalg::eigvalsh(const Tensor& a, const std::string& uplo) try {
  return std::get<0>(eigh(a, uplo));
} catch (const Error&) {
  throw_as("linalg::eigvalsh");
}

// --- svd: [u; v; s], k columns, as eigh, and its singular values. Where a is not square, the parts of du and dv that
// leave the spans of u and v add to da. Source: J. Townsend, "Differentiating the singular value decomposition", 2016.
static void svd_shape(Call& c) {
  const TensorImpl* a = c.in[0];
  set_batched(c, {rows(a) + cols(a) + 1, std::min(rows(a), cols(a))});
}
static void run_svd(const Call& c) noexcept {
  each_matrix(c, [&](auto of) { return kernels::factor_svd(rows(c.in[0]), cols(c.in[0]), of(c.in[0]), of(c.out)); });
}
static void svd_vjp(Grads& r) {
  const Tensor usv = r.out(), g = r.g();
  const std::int64_t k = usv.size(-1), m = r.sizes(0)[r.sizes(0).size() - 2], n = usv.size(-2) - 1 - m;
  const Tensor u = usv.narrow(-2, 0, m), v = usv.narrow(-2, m, n), s = usv.select(-2, m + n);
  const Tensor du = g.narrow(-2, 0, m), dv = g.narrow(-2, m, n);
  const Tensor squares = gaps(s).mul(s.unsqueeze(-2).add(s.unsqueeze(-1)));
  const Tensor apart = where(eye(k, kBool), 1, squares);
  const auto turned = [&](const Tensor& x, const Tensor& dx) { return skew(matmul(flipped(x), dx)).div(apart); };
  const Tensor inner =
      scaled_columns(turned(u, du), s).add(turned(v, dv).mul(s.unsqueeze(-1))).add(on_diagonal(g.select(-2, m + n)));
  const auto outside = [&](const Tensor& x, const Tensor& dx) {
    return scaled_columns(dx.sub(matmul(x, matmul(flipped(x), dx))), s.reciprocal());
  };
  Tensor da = matmul(u, matmul(inner, flipped(v)));
  if (m > k) da = da.add(matmul(outside(u, du), flipped(v)));
  if (n > k) da = da.add(matmul(u, flipped(outside(v, dv))));
  r.set(0, da);
}
constexpr Op kSvd{.name = "linalg::svd",
                  .grad_name = "LinalgSvdBackward0",
                  .reads = {kReadsOut},
                  .shape = svd_shape,
                  .check = require_finite,
                  .kernel = run_svd,
                  .vjp = svd_vjp};
static void singular_vjp(Grads& r) {
  const Tensor usv = r.in(1);
  const std::int64_t m = r.sizes(0)[r.sizes(0).size() - 2], n = usv.size(-2) - 1 - m;
  r.set(0, matmul(scaled_columns(usv.narrow(-2, 0, m), r.g()), flipped(usv.narrow(-2, m, n))));
}
constexpr Op kSingular{.name = "linalg::svd.values",
                       .grad_name = "LinalgSvdBackward0",
                       .reads = {kReads1},
                       .shape = last_line_shape,
                       .kernel = run_last_line,
                       .vjp = singular_vjp};
static void no_svd(const std::string& which, std::int64_t) {
  throw_value(kSvd.name, which, "The algorithm failed to converge because the input matrix is ill-conditioned or has ",
              "too many repeated singular values; scale it");
}
ThinSvd ops::thin_svd(const Tensor& a) {
  const std::int64_t m = a.size(-2), n = a.size(-1);
  const Tensor usv = decomposed(no_svd, kSvd, {}, a);
  return {usv.narrow(-2, 0, m), apply(kSingular, a, usv), usv.narrow(-2, m, n)};
}
Tensor linalg::svdvals(const Tensor& a) try {
  require_matrix("linalg::svdvals", a);
  return thin_svd(a).s;
} catch (const Error&) {
  throw_as("linalg::svdvals");
}

// --- lstsq: x = a^+ b, the pseudo-inverse times b. Source of da: G. H. Golub and V. Pereyra, "The differentiation of
// pseudo-inverses and nonlinear least squares problems whose variables separate", 1973.
namespace {
struct LstsqAttrs {
  double rcond;
};
}  // namespace

static void lstsq_shape(Call& c) { set_batched(c, {cols(c.in[0]), cols(c.in[1])}); }
static void run_lstsq(const Call& c) noexcept {
  const TensorImpl* a = c.in[0];
  const double rcond = c.attrs.as<LstsqAttrs>().rcond;
  each_matrix(c, [&](auto of) {
    return kernels::least_squares(rows(a), cols(a), cols(c.out), of(a), of(c.in[1]), rcond, of(c.out));
  });
}
static void lstsq_vjp(Grads& r);
constexpr Op kLstsq{.name = "linalg::lstsq",
                    .grad_name = "LinalgLstsqBackward0",
                    .reads = {kReads0 | kReads1 | kReadsOut, kReads0},
                    .shape = lstsq_shape,
                    .check = require_finite,
                    .kernel = run_lstsq,
                    .vjp = lstsq_vjp};
static void lstsq_vjp(Grads& r) {
  const auto solved = [&](const Tensor& a, const Tensor& b) { return decomposed(nullptr, kLstsq, r.attrs(), a, b); };
  const Tensor a = r.in(0), u = solved(flipped(a), r.g());
  r.set(1, u);
  if (!r.needs(0)) return;
  const Tensor x = r.out(), left = r.in(1).sub(matmul(a, x)), outside = r.g().sub(matmul(flipped(a), u));
  r.set(0, matmul(left, flipped(solved(a, u)))
               .sub(matmul(u, flipped(x)))
               .add(matmul(solved(flipped(a), x), flipped(outside))));
}

static void rank_shape(Call& c) { set_batched(c, {}); }
static void run_rank(const Call& c) noexcept {
  const TensorImpl* a = c.in[0];
  const double rcond = c.attrs.as<LstsqAttrs>().rcond;
  each_matrix(c, [&](auto of) { return kernels::rank(rows(a), cols(a), of(a), rcond, of(c.out)); });
}
constexpr Op kRank{.name = "linalg::lstsq.rank", .flags = kNoGrad, .shape = rank_shape, .kernel = run_rank};

std::tuple<Tensor, Tensor, Tensor, Tensor> linalg::lstsq(const Tensor& a, const Tensor& b,
                                                         std::optional<double> rcond) try {
  const char* name = kLstsq.name;
  require_matrix(name, a);
  require_same_dtype(name, a, b);
  const bool vector = b.dim() == a.dim() - 1;
  if (b.dim() == 0 || a.size(-2) != b.size(vector ? -1 : -2))
    throw_shape(name, "input.size(-2) should match other.size(", vector ? -1 : -2, "), but got sizes ", a.sizes(),
                " and ", b.sizes(), "; b needs as many rows as a");
  const Both both = same_batches(name, a, vector ? b.unsqueeze(-1) : b);
  const std::int64_t m = a.size(-2), n = a.size(-1);
  const double eps =
      a.dtype() == kFloat ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
  const double least = rcond.value_or(eps * static_cast<double>(std::max(m, n)));
  const auto attrs = pack(LstsqAttrs{.rcond = least});
  const Tensor x = decomposed(nullptr, kLstsq, attrs, both.a, both.b);
  const Tensor rank = decomposed(nullptr, kRank, attrs, both.a.detach()).to(kLong);
  const bool over = m > n && rank.eq(n).all().item<bool>();
  Tensor rest =
      over ? both.b.detach().sub(matmul(both.a.detach(), x.detach())).square().sum(-2) : empty({0}, a.dtype());
  return {vector ? x.squeeze(-1) : x, vector && over ? rest.squeeze(-1) : rest, rank, empty({0}, a.dtype())};
} catch (const Error&) {
  throw_as("linalg::lstsq");
}

}  // namespace tapegrad
