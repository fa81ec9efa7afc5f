// Matrix products: mm, addmm, linear, bmm, baddbmm, dot, matmul, outer. Kernels read any strides, so that t() costs
// nothing.

#include "autograd/kernels/gemm.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/product_source.h"

namespace tapegrad {

using namespace ops;

[[noreturn]] static void throw_unfit(
    const char* op, IntList a, IntList b,
    const char* hint = "the last size of the first must be the second's last but one") {
  throw_shape(op, "mat1 and mat2 shapes cannot be multiplied (", text(a, "x"), " and ", text(b, "x"), "); ", hint);
}

// out = a @ b, plus `bias` in each row, over the last two dims of a and of b from their elements a_at and b_at on.
template <class T>
static void product(const TensorImpl* a, std::int64_t a_at, const TensorImpl* b, std::int64_t b_at, T* out,
                    const T* bias = nullptr, bool b_transposed = false, bool a_transposed = false) noexcept {
  const std::int64_t *a_sizes = a->sizes() + a->rank - 2, *a_strides = a->strides() + a->rank - 2;
  const std::int64_t *b_sizes = b->sizes() + b->rank - 2, *b_strides = b->strides() + b->rank - 2;
  const int row = b_transposed ? 1 : 0, col = 1 - row, a_row = a_transposed ? 1 : 0, a_col = 1 - a_row;
  kernels::gemm<T>(a_sizes[a_row], b_sizes[col], a_sizes[a_col], a->ptr<T>() + a_at, a_strides[a_row], a_strides[a_col],
                   b->ptr<T>() + b_at, b_strides[row], b_strides[col], out, b_sizes[col], false, bias);
}

static void require_floating(const Call& c, int from) {
  for (int i = from; i < c.n_in; ++i) {
    if (c.in[i]->dtype != c.in[from]->dtype) {
      throw_dtype(c.op->name, "mat1 and mat2 must have the same dtype, expected scalar type ", c.in[from]->dtype,
                  " but found ", c.in[i]->dtype, "; convert one with to()");
    }
  }
  if (!is_floating_point(c.in[from]->dtype)) {
    throw_dtype(c.op->name, "not implemented for '", c.in[from]->dtype, "'; convert with to(kFloat) first");
  }
}

static void product_shape(Call& c, int a, int b) {
  require_floating(c, a);
  const TensorImpl* x = c.in[a];
  const TensorImpl* y = c.in[b];
  if (x->rank != 2 || y->rank != 2) {
    throw_shape(c.op->name, "mat1 and mat2 must be matrices; got sizes ", x->size_list(), " and ", y->size_list(),
                "; use matmul");
  }
  if (x->sizes()[1] != y->sizes()[0]) throw_unfit(c.op->name, x->size_list(), y->size_list());
  c.dtype = x->dtype;
  set_sizes(c, {x->sizes()[0], y->sizes()[1]});
}

// The gradients of the products below: a view for the transpose would cost as much as a small product.
static Tensor mm_nt(const Tensor& a, const Tensor& b);  // a b^T
static Tensor mm_tn(const Tensor& a, const Tensor& b);  // a^T b

// A column times a row needs no sums: the gradient by a weight, for one sample.
static Tensor whole_product(const Tensor& a, const Tensor& b) { return a.size(-1) == 1 ? a.mul(b) : a.matmul(b); }
static Tensor matmul_batch(const Batch& b) { return whole_product(b.in(0), b.in(1)); }

// --- mm
static void mm_shape(Call& c) { product_shape(c, 0, 1); }
static void run_mm(const Call& c) noexcept {
  by_floating(c.dtype, [&]<class T>() { product(c.in[0], 0, c.in[1], 0, c.out->ptr<T>()); });
}
static void mm_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, mm_nt(r.g(), r.in(1)));
  if (r.needs(1)) r.set(1, mm_tn(r.in(0), r.g()));
}
constexpr Op kMm{.name = "mm",
                 .grad_name = "MmBackward0",
                 .flags = kTakesStrided,
                 .reads = {kReads1, kReads0},
                 .shape = mm_shape,
                 .kernel = run_mm,
                 .batch = matmul_batch,
                 .source = [](Source& s) { write_product(s, 0, 1); },
                 .vjp = mm_vjp};
TAPEGRAD_BINARY_RESULT(mm, kMm)

// --- a^T b
static void mm_tn_shape(Call& c) {
  c.dtype = c.in[0]->dtype;
  set_sizes(c, {c.in[0]->sizes()[1], c.in[1]->sizes()[1]});
}
static void run_mm_tn(const Call& c) noexcept {
  by_floating(c.dtype, [&]<class T>() {
    product<T>(c.in[0], 0, c.in[1], 0, c.out->ptr<T>(), nullptr, false, /*a_transposed=*/true);
  });
}
static void mm_tn_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, mm_nt(r.in(1), r.g()));
  if (r.needs(1)) r.set(1, mm(r.in(0), r.g()));
}
constexpr Op kMmTn{.name = "mm.tn",
                   .grad_name = "MmBackward0",
                   .flags = kTakesStrided,
                   .reads = {kReads1, kReads0},
                   .shape = mm_tn_shape,
                   .kernel = run_mm_tn,
                   .batch = [](const Batch& b) { return whole_product(b.in(0).transpose(-2, -1), b.in(1)); },
                   .source = [](Source& s) { write_product(s, 0, 1, -1, false, /*a_transposed=*/true); },
                   .vjp = mm_tn_vjp};
static Tensor mm_tn(const Tensor& a, const Tensor& b) { return apply(kMmTn, a, b); }

// --- addmm(x, a, b) = beta x + alpha a b, where beta = 0 ignores x
namespace {
struct AddmmAttrs {
  double beta, alpha;
};
}  // namespace

static void addmm_shape(Call& c) {
  product_shape(c, 1, 2);
  require_floating(c, 0);
  const TensorImpl* x = c.in[0];
  const bool fits = x->rank <= 2 &&
                    (x->rank < 1 || x->sizes()[x->rank - 1] == c.sizes[1] || x->sizes()[x->rank - 1] == 1) &&
                    (x->rank < 2 || x->sizes()[0] == c.sizes[0] || x->sizes()[0] == 1);
  if (!fits) {
    throw_shape("addmm", "The expanded size of the tensor must match: input of sizes ", x->size_list(),
                " cannot be broadcast to ", IntList{c.sizes, 2}, "; give an input that broadcasts");
  }
}
static void run_addmm(const Call& c) noexcept {
  by_floating(c.dtype, [&]<class T>() {
    const TensorImpl* x = c.in[0];
    const auto attrs = c.attrs.as<AddmmAttrs>();
    const auto beta = static_cast<T>(attrs.beta), alpha = static_cast<T>(attrs.alpha);
    const std::int64_t row = x->rank == 2 && x->sizes()[0] != 1 ? x->strides()[0] : 0;
    const std::int64_t col = x->rank >= 1 && x->sizes()[x->rank - 1] != 1 ? x->strides()[x->rank - 1] : 0;
    T* out = c.out->ptr<T>();
    product(c.in[1], 0, c.in[2], 0, out);
    for (std::int64_t i = 0; i < c.sizes[0]; ++i) {
      for (std::int64_t j = 0; j < c.sizes[1]; ++j, ++out) {
        const T v = alpha == 1 ? *out : alpha * *out;
        *out = beta == 0 ? v : v + (beta == 1 ? x->ptr<T>()[i * row + j * col] : beta * x->ptr<T>()[i * row + j * col]);
      }
    }
  });
}
static Tensor times(const Tensor& x, double factor) { return factor == 1 ? x : x.mul(factor); }
static void addmm_vjp(Grads& r) {
  const auto [beta, alpha] = r.attrs().as<AddmmAttrs>();
  if (r.needs(0)) r.set(0, times(r.g(), beta));
  if (r.needs(1)) r.set(1, times(mm_nt(r.g(), r.in(2)), alpha));
  if (r.needs(2)) r.set(2, times(mm_tn(r.in(1), r.g()), alpha));
}
static Tensor addmm_batch(const Batch& b) {
  const auto [beta, alpha] = b.attrs().as<AddmmAttrs>();
  const Tensor product = times(b.in(1).matmul(b.in(2)), alpha);
  if (beta != 0) return product.add(times(b.aligned(0, 2), beta));
  return product.dim() == 3 ? product : product.expand({b.size(), product.size(0), product.size(1)});
}
constexpr Op kAddmm{.name = "addmm",
                    .grad_name = "AddmmBackward0",
                    .flags = kTakesStrided,
                    .reads = {0, kReads2, kReads1},
                    .shape = addmm_shape,
                    .kernel = run_addmm,
                    .batch = addmm_batch,
                    .vjp = addmm_vjp};
Tensor addmm(const Tensor& x, const Tensor& a, const Tensor& b, const Scalar& beta, const Scalar& alpha) {
  return apply(kAddmm, x, a, b, pack(AddmmAttrs{.beta = beta.to_double(), .alpha = alpha.to_double()}));
}
Tensor TensorOps::addmm(const Tensor& a, const Tensor& b, const Scalar& beta, const Scalar& alpha) const {
  return tapegrad::addmm(self(), a, b, beta, alpha);
}

// --- linear(x, w, b) = x w^T + b for x [n, in], w [out, in], b [out] (may be left out)
static void linear_shape(Call& c) {
  require_floating(c, 0);
  const TensorImpl* x = c.in[0];
  const TensorImpl* w = c.in[1];
  if (w->rank != 2 || x->sizes()[x->rank - 1] != w->sizes()[1]) {
    Dims shown = w->size_list();
    if (w->rank == 2) std::swap(shown[0], shown[1]);
    throw_unfit("linear", x->size_list(), shown, "x needs as many columns as weight [out, in]");
  }
  if (c.n_in == 3 && (c.in[2]->rank != 1 || c.in[2]->sizes()[0] != w->sizes()[0])) {
    throw_shape("linear", "bias of sizes ", c.in[2]->size_list(), " does not fit weight of sizes ", w->size_list(),
                "; it must be [out]");
  }
  c.dtype = x->dtype;
  set_sizes(c, {x->sizes()[0], w->sizes()[0]});
}
static void run_linear(const Call& c) noexcept {
  by_floating(c.dtype, [&]<class T>() {
    const T* bias = c.n_in == 3 && is_contiguous(c.in[2]) ? c.in[2]->ptr<T>() : nullptr;
    product(c.in[0], 0, c.in[1], 0, c.out->ptr<T>(), bias, /*b_transposed=*/true);
    if (c.n_in < 3 || bias != nullptr) return;
    for (std::int64_t i = 0; i < c.out->numel; ++i) {
      c.out->ptr<T>()[i] += c.in[2]->ptr<T>()[i % c.sizes[1] * c.in[2]->strides()[0]];
    }
  });
}
static void linear_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, mm(r.g(), r.in(1)));
  if (r.needs(1)) r.set(1, mm_tn(r.g(), r.in(0)));
  if (r.inputs() == 3 && r.needs(2)) r.set(2, r.g());
}
static Tensor linear_batch(const Batch& b) {
  const bool biased = b.inputs() == 3;
  if (!b.has(1) && !(biased && b.has(2))) return linear(b.in(0), b.in(1), biased ? b.in(2) : Tensor());
  const Tensor product = b.in(0).matmul(b.in(1).transpose(-2, -1));
  return biased ? product.add(b.aligned(2, 2)) : product;
}
constexpr Op kLinear{.name = "linear",
                     .grad_name = "AddmmBackward0",
                     .flags = kTakesStrided,
                     .reads = {kReads1, kReads0, 0},
                     .shape = linear_shape,
                     .kernel = run_linear,
                     .batch = linear_batch,
                     .source = [](Source& s) { write_product(s, 0, 1, s.call().n_in == 3 ? 2 : -1, true); },
                     .vjp = linear_vjp};
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) try {
  if (x.dim() == 0)
    throw_shape("linear", "x has no dims, but needs one of the size of weight's last; view() it as [1]");
  if (x.dim() != 2) {
    Dims sizes = x.sizes();
    sizes.back() = weight.size(0);
    return linear(x.dim() == 1 ? x.unsqueeze(0) : x.flatten(0, -2), weight, bias).reshape(sizes);
  }
  return bias.defined() ? apply(kLinear, x, weight, bias) : apply(kLinear, x, weight);
} catch (const Error&) {
  throw_as("linear");
}
static Tensor mm_nt(const Tensor& a, const Tensor& b) { return apply(kLinear, a, b); }

// --- bmm
static void bmm_shape(Call& c) {
  require_floating(c, 0);
  const TensorImpl* a = c.in[0];
  const TensorImpl* b = c.in[1];
  if (a->rank != 3 || b->rank != 3 || a->sizes()[0] != b->sizes()[0] || a->sizes()[2] != b->sizes()[1]) {
    throw_shape("bmm", "expected batch1 [b, m, k] and batch2 [b, k, n], but got sizes ", a->size_list(), " and ",
                b->size_list(), "; use matmul, or transpose() one");
  }
  c.dtype = a->dtype;
  set_sizes(c, {a->sizes()[0], a->sizes()[1], b->sizes()[2]});
}
static void run_bmm(const Call& c) noexcept {
  by_floating(c.dtype, [&]<class T>() {
    for (std::int64_t i = 0; i < c.sizes[0]; ++i) {
      product(c.in[0], i * c.in[0]->strides()[0], c.in[1], i * c.in[1]->strides()[0],
              c.out->ptr<T>() + i * c.sizes[1] * c.sizes[2]);
    }
  });
}
static void bmm_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, bmm(r.g(), r.in(1).transpose(1, 2)));
  if (r.needs(1)) r.set(1, bmm(r.in(0).transpose(1, 2), r.g()));
}
constexpr Op kBmm{.name = "bmm",
                  .grad_name = "BmmBackward0",
                  .flags = kTakesStrided,
                  .reads = {kReads1, kReads0},
                  .shape = bmm_shape,
                  .kernel = run_bmm,
                  .batch = matmul_batch,
                  .vjp = bmm_vjp};
TAPEGRAD_BINARY_RESULT(bmm, kBmm)

Tensor baddbmm(const Tensor& x, const Tensor& a, const Tensor& b, const Scalar& beta, const Scalar& alpha) try {
  const Tensor product = times(a.bmm(b), alpha.to_double());
  const Tensor added = x.expand(product.sizes());
  return beta.to_double() == 0 ? product : product.add(times(added, beta.to_double()));
} catch (const Error&) {
  throw_as("baddbmm");
}
Tensor TensorOps::baddbmm(const Tensor& a, const Tensor& b, const Scalar& beta, const Scalar& alpha) const {
  return tapegrad::baddbmm(self(), a, b, beta, alpha);
}

// --- dot
static void dot_shape(Call& c) {
  require_floating(c, 0);
  const TensorImpl* a = c.in[0];
  const TensorImpl* b = c.in[1];
  if (a->rank != 1 || b->rank != 1) {
    throw_shape("dot", "1D tensors expected, but got ", a->rank, "D and ", b->rank, "D tensors; use matmul");
  }
  if (a->numel != b->numel) {
    throw_shape("dot", "inconsistent tensor size, expected tensor ", a->size_list(), " and src ", b->size_list(),
                " to have the same number of elements; narrow() one");
  }
  scalar_shape(c);
}
static void run_dot(const Call& c) noexcept {
  by_floating(c.dtype, [&]<class T>() {
    kernels::gemm<T>(1, 1, c.in[0]->numel, c.in[0]->ptr<T>(), 0, c.in[0]->strides()[0], c.in[1]->ptr<T>(),
                     c.in[1]->strides()[0], 0, c.out->ptr<T>(), 1, false, nullptr);
  });
}
static void dot_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, r.g().mul(r.in(1)));
  if (r.needs(1)) r.set(1, r.g().mul(r.in(0)));
}
constexpr Op kDot{.name = "dot",
                  .grad_name = "DotBackward0",
                  .flags = kTakesStrided,
                  .reads = {kReads1, kReads0},
                  .shape = dot_shape,
                  .kernel = run_dot,
                  .batch = [](const Batch& b) { return b.in(0).mul(b.in(1)).sum(-1); },
                  .vjp = dot_vjp};
TAPEGRAD_BINARY_RESULT(dot, kDot)

// --- matmul

// Of batches: both are expanded to the same batch dims, which are joined to one for bmm.
static Tensor batched(const Tensor& a, const Tensor& b) {
  Dims lead;
  const std::int64_t rank = std::max(a.dim(), b.dim());
  const auto size = [rank](const Tensor& x, std::int64_t d) { return d < rank - x.dim() ? 1 : x.size(d - rank); };
  std::int64_t count = 1;
  for (std::int64_t d = 0; d < rank - 2; ++d) {
    const std::int64_t na = size(a, d);
    const std::int64_t nb = size(b, d);
    if (na != nb && na != 1 && nb != 1) {
      throw_shape("matmul", "The size of tensor a (", na, ") must match the size of tensor b (", nb,
                  ") at non-singleton dimension ", d, ": got sizes ", a.sizes(), " and ", b.sizes(),
                  "; batch dims broadcast, or are equal");
    }
    lead.push_back(na == 1 ? nb : na);
    count *= lead.back();
  }
  if (a.size(-1) != b.size(-2)) throw_unfit("matmul", a.sizes(), b.sizes());
  const auto batches_of = [&](std::int64_t rows, std::int64_t cols) {
    Dims sizes = lead;
    sizes.push_back(rows);
    sizes.push_back(cols);
    return sizes;
  };
  const auto flat = [&](const Tensor& x) {
    return x.expand(batches_of(x.size(-2), x.size(-1))).reshape({count, x.size(-2), x.size(-1)});
  };
  return bmm(flat(a), flat(b)).reshape(batches_of(a.size(-2), b.size(-1)));
}
Tensor matmul(const Tensor& a, const Tensor& b) try {
  if (a.dim() == 0 || b.dim() == 0) {
    throw_shape("matmul", "both arguments need to be at least 1D, but they are ", a.dim(), "D and ", b.dim(),
                "D; use * for numbers");
  }
  if (a.dim() == 1 && b.dim() == 1) return dot(a, b);
  if (a.dim() == 2 && b.dim() == 2) return mm(a, b);
  if (a.dim() == 1) return matmul(a.unsqueeze(0), b).squeeze(-2);
  if (b.dim() == 1) return matmul(a, b.unsqueeze(1)).squeeze(-1);
  if (b.dim() == 2 && a.size(-1) == b.size(0) && a.numel() > 0) {
    Dims sizes = a.sizes();
    sizes.back() = b.size(1);
    return mm(a.reshape({-1, a.size(-1)}), b).reshape(sizes);
  }
  return batched(a, b);
} catch (const Error&) {
  throw_as("matmul");
}
Tensor TensorOps::matmul(const Tensor& o) const { return tapegrad::matmul(self(), o); }

Tensor mv(const Tensor& a, const Tensor& v) try {
  if (a.dim() != 2 || v.dim() != 1) {
    throw_shape("mv", "vector + matrix @ vector expected, got 1, ", a.dim(), ", ", v.dim(),
                "; give a matrix and a vector, or use matmul");
  }
  return matmul(a, v);
} catch (const Error&) {
  throw_as("mv");
}
Tensor TensorOps::mv(const Tensor& v) const { return tapegrad::mv(self(), v); }

// --- outer
Tensor outer(const Tensor& a, const Tensor& b) try {
  if (a.dim() != 1 || b.dim() != 1)
    throw_shape("outer", "expected 1-D tensors, but got sizes ", a.sizes(), " and ", b.sizes(),
                "; flatten() them first");
  return a.unsqueeze(1).mul(b);
} catch (const Error&) {
  throw_as("outer");
}
Tensor TensorOps::outer(const Tensor& other) const { return tapegrad::outer(self(), other); }

}  // namespace tapegrad
