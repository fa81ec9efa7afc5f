// The model's reductions and products.
#include <algorithm>
#include <cctype>
#include <map>

#include "model.h"

namespace tapegrad::fuzz::model {

Array reduce(const Array& x, const Ints& dims, bool keepdim, bool some, const test::Fold& f) {
  std::vector<bool> over(std::max<std::size_t>(x.shape.size(), 1), dims.empty());
  std::int64_t n = 1;
  for (const std::int64_t dim : dims) {
    const std::size_t d = dim_of(dim, x.shape.size());
    if (over[d]) throw Invalid();
    over[d] = true;
  }
  Shape kept;
  for (std::size_t d = 0; d < x.shape.size(); ++d) {
    if (over[d]) n = n == 0 || x.shape[d] == 0 ? 0 : 1;
    if (!over[d]) kept.push_back(x.shape[d]);
  }
  if (some && n == 0) throw Invalid();
  checked(kept);
  return test::reduce(x, dims, keepdim, f);
}

Array along(const Array& x, std::int64_t dim, const test::Line& f) {
  dim_of(dim, x.shape.size());
  return test::along(x, dim, f);
}

Array elementwise(const Arrays& in, const std::function<Dual(const Dual*)>& f) {
  Shape shape;
  for (const Array& x : in) shape = broadcast(shape, x.shape);
  return test::elementwise(in, f);
}

Array matmul(const Array& x, const Array& y) {
  if (x.shape.empty() || y.shape.empty()) throw Invalid();
  const std::size_t rx = x.shape.size(), ry = y.shape.size();
  if (x.shape.back() != y.shape[ry == 1 ? 0 : ry - 2]) throw Invalid();
  const Shape batch = broadcast(rx < 2 ? Shape{} : Shape(x.shape.begin(), x.shape.end() - 2),
                                ry < 2 ? Shape{} : Shape(y.shape.begin(), y.shape.end() - 2));
  Shape full = batch;
  if (rx > 1) full.push_back(x.shape[rx - 2]);
  if (ry > 1) full.push_back(y.shape.back());
  checked(full);
  return test::matmul(x, y);
}

namespace {

// The labels of a term, "..." as so many digits.
std::string labels_of(const std::string& term, std::size_t n_dots) {
  std::string out;
  bool dots = false;
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (term[i] == '.') {
      if (dots || term.compare(i, 3, "...") != 0) throw Invalid();
      dots = true;
      i += 2;
      for (std::size_t k = n_dots; k-- > 0;) out += static_cast<char>('0' + k);
    } else if (std::isalpha(static_cast<unsigned char>(term[i])) != 0) {
      out += term[i];
    } else {
      throw Invalid();
    }
  }
  return out;
}

}  // namespace

Array einsum(const std::string& equation, const Arrays& operands) {
  std::string text;
  for (const char c : equation)
    if (c != ' ') text += c;
  const std::size_t arrow = text.find("->");
  std::vector<std::string> terms(1);
  for (const char c : text.substr(0, arrow)) {
    if (c == ',') {
      terms.emplace_back();
    } else {
      terms.back() += c;
    }
  }
  if (terms.size() != operands.size()) throw Invalid();
  std::map<char, std::int64_t> size;
  std::map<char, int> times;
  std::size_t most_dots = 0;
  for (std::size_t k = 0; k < terms.size(); ++k) {
    const std::size_t letters = labels_of(terms[k], 0).size(), rank = operands[k].shape.size();
    const bool dots = terms[k].find('.') != std::string::npos;
    if (letters > rank || (!dots && letters < rank)) throw Invalid();
    most_dots = std::max(most_dots, rank - letters);
    terms[k] = labels_of(terms[k], rank - letters);
    std::map<char, std::int64_t> here;
    for (std::size_t d = 0; d < rank; ++d) {
      const char c = terms[k][d];
      const std::int64_t n = operands[k].shape[d];
      ++times[c];
      if (const auto it = here.find(c); it != here.end() && it->second != n) throw Invalid();
      here[c] = n;
      std::int64_t& all = size.try_emplace(c, 1).first->second;
      if (all != 1 && n != 1 && all != n) throw Invalid();
      if (all == 1) all = n;
    }
  }
  std::string result;
  if (arrow != std::string::npos) {
    result = labels_of(text.substr(arrow + 2), most_dots);
  } else {
    for (std::size_t k = most_dots; k-- > 0;) result += static_cast<char>('0' + k);
    for (const auto& [c, n] : times)
      if (n == 1 && std::isalpha(static_cast<unsigned char>(c)) != 0) result += c;
  }
  Shape shape;
  for (const char c : result) {
    if (times[c] == 0 || std::count(result.begin(), result.end(), c) > 1) throw Invalid();
    shape.push_back(size[c]);
  }
  checked(shape);
  std::string labels = result;
  for (const auto& [c, n] : size)
    if (labels.find(c) == std::string::npos) labels += c;
  Shape all;
  for (const char c : labels) all.push_back(size[c]);
  if (all.size() > 8) {
    double n = 1;
    for (const std::int64_t s : all) n *= static_cast<double>(std::max<std::int64_t>(s, 1));
    if (n < 1e6) throw Untold();  // the library may need a product of too many dims on the way
    throw Unknown();
  }
  checked(all);
  Array out(shape);
  test::for_each(all, [&](const Index& i) {
    Dual product = 1;
    for (std::size_t k = 0; k < terms.size(); ++k) {
      Index at;
      for (std::size_t d = 0; d < terms[k].size(); ++d)
        at.push_back(operands[k].shape[d] == 1 ? 0 : i[labels.find(terms[k][d])]);
      product = k == 0 ? operands[k].at(at) : product * operands[k].at(at);
    }
    out.at(Index(i.begin(), i.begin() + static_cast<std::ptrdiff_t>(shape.size()))) += product;
  });
  return out;
}

}  // namespace tapegrad::fuzz::model
