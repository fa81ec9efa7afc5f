// einsum, tensordot, cross. Operands of einsum are contracted from left to right, each pair as one batched matrix
// product.
#include <algorithm>
#include <cctype>
#include <utility>

#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad {

using namespace ops;

// --- einsum
namespace {
// One label a dim: a letter, or for the dims of "..." '0' (the last of them), '1', ...
struct Labelled {
  Tensor x;
  std::string labels;
};
}  // namespace

static bool has(const std::string& labels, char c) { return labels.find(c) != std::string::npos; }

// A term has letters and one "..." at most.
static void check_term(const std::string& equation, std::string term) {
  if (const std::size_t dots = term.find("..."); dots != std::string::npos) term.erase(dots, 3);
  for (const char c : term) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0)
      throw_shape("einsum", "invalid character '", std::string(1, c), "' in \"", equation,
                  "\"; use letters and \"...\"");
  }
}

// The labels of a term; "..." stands for `n_dots` dims.
static std::string labels_of(const std::string& term, std::int64_t n_dots) {
  std::string labels = term;
  if (const std::size_t dots = term.find("..."); dots != std::string::npos) {
    std::string digits;
    for (std::int64_t k = n_dots; k-- > 0;) digits += static_cast<char>('0' + k);
    labels.replace(dots, 3, digits);
  }
  return labels;
}

static std::int64_t dim_of(const Labelled& a, char label) { return static_cast<std::int64_t>(a.labels.find(label)); }

// The two dims of a label that stands twice are replaced by their diagonal, which becomes the last dim.
static Labelled without_repeats(Labelled a) {
  for (std::size_t i = 0; i < a.labels.size();) {
    const char label = a.labels[i];
    const std::size_t j = a.labels.find(label, i + 1);
    if (j == std::string::npos) {
      ++i;
      continue;
    }
    if (a.x.sizes()[i] != a.x.sizes()[j])
      throw_shape("einsum", "a label repeats over dims of other sizes in ", a.x.sizes(), "; give them two labels");
    a.x = a.x.diagonal(0, static_cast<std::int64_t>(i), static_cast<std::int64_t>(j));
    a.labels.erase(j, 1).erase(i, 1).push_back(label);
  }
  return a;
}

static Labelled ordered(const Labelled& a, const std::string& order) {
  Dims dims;
  for (const char c : order) dims.push_back(dim_of(a, c));
  return {a.x.permute(dims), order};
}

static Labelled summed(const Labelled& a, const std::string& kept) {
  Dims dims;
  std::string labels;
  for (const char c : a.labels) {
    if (has(kept, c)) {
      labels += c;
    } else {
      dims.push_back(dim_of(a, c));
    }
  }
  return dims.empty() ? a : Labelled{a.x.sum(dims), labels};
}

// The product of two operands, summed over the labels that are not kept. A label of both operands is a batch label if
// it is kept, else an inner one; a label of one operand alone is a left or a right one. With the dims in the order
// a [batch, left, inner] and b [batch, inner, right], and each group as one dim, bmm gives [batch, left, right].
static Labelled contracted(Labelled a, Labelled b, const std::string& kept) {
  a = summed(a, kept + b.labels);
  b = summed(b, kept + a.labels);
  std::string batch, left, inner, right;
  for (const char c : a.labels) (!has(b.labels, c) ? left : has(kept, c) ? batch : inner) += c;
  for (const char c : b.labels)
    if (!has(a.labels, c)) right += c;
  if (batch.size() + left.size() + right.size() > static_cast<std::size_t>(kMaxRank))
    throw_shape("einsum", "a product of two operands has more than ", kMaxRank,
                " dims; give the operands in another order");
  a = ordered(a, batch + left + inner);
  b = ordered(b, batch + inner + right);

  Dims a_sizes = a.x.sizes(), b_sizes = b.x.sizes(), out;
  for (const char c : batch + inner) {
    std::int64_t& m = a_sizes[dim_of(a, c)];
    std::int64_t& n = b_sizes[dim_of(b, c)];
    if (m != n && m != 1 && n != 1) {
      throw_shape("einsum", "operands do not broadcast with remapped shapes: label '", std::string(1, c),
                  "' has sizes ", m, " and ", n, "; dims of other sizes need other labels");
    }
    m = n = m == 1 ? n : m;
  }
  for (const char c : batch + left) out.push_back(a_sizes[dim_of(a, c)]);
  for (const char c : right) out.push_back(b_sizes[dim_of(b, c)]);

  // [batch, the next `n` dims, the others]; once expanded no product of sizes overflows
  const auto in_three = [&](const Tensor& x, std::size_t n) {
    const auto first = static_cast<std::int64_t>(batch.size());
    const kernels::Shape3 s = shape3(x.impl(), first, first + static_cast<std::int64_t>(n));
    return x.reshape({s.outer, s.n, s.inner});
  };
  const Tensor x = in_three(a.x.expand(a_sizes), left.size()), y = in_three(b.x.expand(b_sizes), inner.size());
  return {bmm(x, y).reshape(out), batch + left + right};
}
Tensor einsum(const std::string& equation, const std::vector<Tensor>& operands) try {
  std::string text;
  for (const char c : equation)
    if (c != ' ') text += c;
  const std::size_t arrow = text.find("->");
  std::string terms = text.substr(0, arrow) + ",";
  if (static_cast<std::size_t>(std::count(terms.begin(), terms.end(), ',')) != operands.size()) {
    throw_shape("einsum", "\"", equation, "\" names another number of operands than the ", operands.size(),
                " given; separate their labels with commas");
  }
  std::vector<Labelled> all;
  std::int64_t most_dots = 0;
  std::string seen;
  for (const Tensor& x : operands) {
    const std::string term = terms.substr(0, terms.find(','));
    terms.erase(0, term.size() + 1);
    check_term(equation, term);
    const bool dots = has(term, '.');
    const std::int64_t n_dots = x.dim() - static_cast<std::int64_t>(term.size()) + (dots ? 3 : 0);
    if (n_dots < 0 || (!dots && n_dots > 0)) {
      throw_shape("einsum", "the number of subscripts in \"", term, "\" does not match the sizes ", x.sizes(),
                  "; give each dim a letter, or write \"...\" for some");
    }
    most_dots = std::max(most_dots, n_dots);
    all.push_back({x, labels_of(term, n_dots)});
    seen += all.back().labels;
    all.back() = without_repeats(all.back());
  }
  std::string result;
  if (arrow != std::string::npos) {
    check_term(equation, text.substr(arrow + 2));
    result = labels_of(text.substr(arrow + 2), most_dots);
  } else {
    for (std::int64_t k = most_dots; k-- > 0;) result += static_cast<char>('0' + k);
    for (int c = 'A'; c <= 'z'; ++c)
      if (std::count(seen.begin(), seen.end(), c) == 1) result += static_cast<char>(c);
  }
  for (const char c : result) {
    if (!has(seen, c) || std::count(result.begin(), result.end(), c) > 1)
      throw_shape("einsum", "output subscript '", std::string(1, c),
                  "' must appear once, and in some operand; take it out of the output");
  }
  Labelled out = all[0];
  for (std::size_t k = 1; k < all.size(); ++k) {
    std::string kept = result;
    for (std::size_t later = k + 1; later < all.size(); ++later) kept += all[later].labels;
    out = contracted(out, all[k], kept);
  }
  return ordered(summed(out, result), result).x;
} catch (const Error&) {
  throw_as("einsum");
}

// --- tensordot: one product of matrices
Tensor tensordot(const Tensor& a, const Tensor& b, IntList dims_a, IntList dims_b) try {
  if (dims_a.size() != dims_b.size()) {
    throw_shape("tensordot", "both dimension lists should have same length, but got ", dims_a, " and ", dims_b,
                "; name as many dims of each");
  }
  bool summed_a[kMaxRank] = {}, summed_b[kMaxRank] = {};
  Dims order_a, order_b, sizes, last_a, first_b;
  std::int64_t n = 1;
  for (std::size_t k = 0; k < dims_a.size(); ++k) {
    const int i = wrap_dim("tensordot", dims_a[k], a.dim()), j = wrap_dim("tensordot", dims_b[k], b.dim());
    if (std::exchange(summed_a[i], true) || std::exchange(summed_b[j], true))
      throw_shape("tensordot", "dims ", dims_a, " or ", dims_b, " name one twice; name each once");
    if (a.size(i) != b.size(j)) {
      if (a.size(i) == 1) return tensordot(a, b.sum(j, true), dims_a, dims_b);
      if (b.size(j) == 1) return tensordot(a.sum(i, true), b, dims_a, dims_b);
      throw_shape("tensordot", "contracted dimensions need to match, but first has size ", a.size(i), " in dim ", i,
                  " and second has size ", b.size(j), " in dim ", j, "; name dims of one size");
    }
    last_a.push_back(i);
    order_b.push_back(j);
    n *= a.size(i);
  }
  std::int64_t rows = 1, columns = 1;
  for (std::int64_t d = 0; d < a.dim(); ++d) {
    if (summed_a[d]) continue;
    order_a.push_back(d);
    sizes.push_back(a.size(d));
    rows *= a.size(d);
  }
  for (const std::int64_t d : IntList(last_a)) order_a.push_back(d);
  for (std::int64_t d = 0; d < b.dim(); ++d) {
    if (summed_b[d]) continue;
    order_b.push_back(d);
    columns *= b.size(d);
    first_b.push_back(b.size(d));
  }
  Dims all = sizes;
  if (all.size() + first_b.size() > kMaxRank) throw_shape("tensordot", "gives at most ", kMaxRank, " dims; name more");
  for (const std::int64_t size : IntList(first_b)) all.push_back(size);
  return a.permute(order_a).reshape({rows, n}).mm(b.permute(order_b).reshape({n, columns})).reshape(all);
} catch (const Error&) {
  throw_as("tensordot");
}

// --- cross: x_1 y_2 - x_2 y_1 and so on around
Tensor cross(const Tensor& a, const Tensor& b, OptInt dim) try {
  const std::vector<Tensor> x = broadcast_tensors({a, b});
  int d = 0;
  if (dim) {
    d = wrap_dim("cross", *dim, x[0].dim());
  } else {
    while (d < x[0].dim() && x[0].size(d) != 3) ++d;
  }
  if (a.dim() != b.dim())
    throw_shape("cross", "inputs must have the same number of dimensions, but got sizes ", a.sizes(), " and ",
                b.sizes(), "; view() one");
  if (d >= a.dim() || a.size(d) != 3 || b.size(d) != 3) {
    throw_shape("cross", "inputs dimension ", dim.value_or(-1), " must have length 3, but got sizes ", a.sizes(),
                " and ", b.sizes(), "; give vectors of three");
  }
  return x[0].roll(-1, d).mul(x[1].roll(-2, d)).sub(x[0].roll(-2, d).mul(x[1].roll(-1, d)));
} catch (const Error&) {
  throw_as("cross");
}
Tensor TensorOps::cross(const Tensor& other, OptInt dim) const { return tapegrad::cross(self(), other, dim); }

}  // namespace tapegrad
