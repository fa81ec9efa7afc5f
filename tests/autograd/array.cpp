#include "array.h"

#include <algorithm>
#include <stdexcept>

namespace tapegrad::test {

std::int64_t count(const Shape& shape) {
  std::int64_t n = 1;
  for (const std::int64_t s : shape) n *= s;
  return n;
}

std::size_t flat(const Shape& shape, const Index& i) {
  if (i.size() != shape.size()) throw std::logic_error("reference: an index of another rank");
  std::int64_t f = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (i[d] < 0 || i[d] >= shape[d]) throw std::logic_error("reference: an index out of range");
    f = f * shape[d] + i[d];
  }
  return static_cast<std::size_t>(f);
}

Array::Array(Shape s) : shape(std::move(s)), v(static_cast<std::size_t>(count(shape))) {}
Dual& Array::at(const Index& i) { return v[flat(shape, i)]; }
const Dual& Array::at(const Index& i) const { return v[flat(shape, i)]; }

Shape broadcast(const Shape& x, const Shape& y) {
  const std::size_t rank = std::max(x.size(), y.size());
  Shape out(rank);
  for (std::size_t d = 0; d < rank; ++d) {
    const std::int64_t p = d + x.size() < rank ? 1 : x[d + x.size() - rank];
    const std::int64_t q = d + y.size() < rank ? 1 : y[d + y.size() - rank];
    if (p != q && p != 1 && q != 1) throw std::logic_error("reference: shapes do not broadcast");
    out[d] = p == 1 ? q : p;
  }
  return out;
}

std::size_t wrap(std::int64_t dim, std::size_t rank) {
  return static_cast<std::size_t>(dim < 0 ? dim + static_cast<std::int64_t>(rank) : dim);
}

void for_each(const Shape& shape, const std::function<void(const Index&)>& f) {
  const std::int64_t n = count(shape);
  Index i(shape.size(), 0);
  for (std::int64_t k = 0; k < n; ++k) {
    f(i);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++i[d] < shape[d]) break;
      i[d] = 0;
    }
  }
}

Array gather(const Array& x, const Shape& shape, const std::function<Index(const Index&)>& source) {
  Array out(shape);
  std::size_t k = 0;
  for_each(shape, [&](const Index& i) { out.v[k++] = x.at(source(i)); });
  return out;
}

Array expand(const Array& x, const Shape& shape) {
  return gather(x, shape, [&](const Index& i) {
    Index s(i.end() - static_cast<std::ptrdiff_t>(x.shape.size()), i.end());
    for (std::size_t d = 0; d < s.size(); ++d)
      if (x.shape[d] == 1) s[d] = 0;
    return s;
  });
}

Array reshape(const Array& x, const Shape& shape) {
  if (count(shape) != static_cast<std::int64_t>(x.size())) throw std::logic_error("reference: reshape");
  return {shape, x.v};
}

Array transpose(const Array& x, std::int64_t dim0, std::int64_t dim1) {
  if (x.shape.empty()) return x;
  const std::size_t p = wrap(dim0, x.shape.size()), q = wrap(dim1, x.shape.size());
  Shape shape = x.shape;
  std::swap(shape[p], shape[q]);
  return gather(x, shape, [&](Index i) {
    std::swap(i[p], i[q]);
    return i;
  });
}

Array elementwise(const Arrays& in, const std::function<Dual(const Dual*)>& f) {
  Shape shape;
  for (const Array& x : in) shape = broadcast(shape, x.shape);
  Arrays full;
  for (const Array& x : in) full.push_back(x.shape == shape ? x : expand(x, shape));
  Array out(shape);
  std::vector<Dual> args(in.size());
  for (std::size_t k = 0; k < out.size(); ++k) {
    for (std::size_t j = 0; j < in.size(); ++j) args[j] = full[j].v[k];
    out.v[k] = f(args.data());
  }
  return out;
}

Array reduce(const Array& x, const std::vector<std::int64_t>& dims, bool keepdim, const Fold& f) {
  std::vector<bool> over(x.shape.size(), dims.empty());
  for (const std::int64_t d : dims)
    if (!x.shape.empty()) over[wrap(d, x.shape.size())] = true;
  Shape kept, dropped;
  for (std::size_t d = 0; d < x.shape.size(); ++d) {
    kept.push_back(over[d] ? 1 : x.shape[d]);
    if (!over[d]) dropped.push_back(x.shape[d]);
  }
  std::vector<std::vector<Dual>> lines(static_cast<std::size_t>(count(kept)));
  std::size_t k = 0;
  for_each(x.shape, [&](Index i) {
    for (std::size_t d = 0; d < i.size(); ++d)
      if (over[d]) i[d] = 0;
    lines[flat(kept, i)].push_back(x.v[k++]);
  });
  Array out(keepdim ? kept : dropped);
  for (std::size_t j = 0; j < lines.size(); ++j) out.v[j] = f(lines[j]);
  return out;
}

Array along(const Array& x, std::int64_t dim, const Line& f) {
  if (x.shape.empty()) return {{}, f(x.v)};
  const std::size_t d = wrap(dim, x.shape.size());
  Shape starts = x.shape;
  starts[d] = std::min<std::int64_t>(1, x.shape[d]);
  Array out(x.shape);
  for_each(starts, [&](Index i) {
    std::vector<Dual> line;
    for (i[d] = 0; i[d] < x.shape[d]; ++i[d]) line.push_back(x.at(i));
    line = f(line);
    for (i[d] = 0; i[d] < x.shape[d]; ++i[d]) out.at(i) = line[static_cast<std::size_t>(i[d])];
  });
  return out;
}

Array matmul(const Array& x, const Array& y) {
  Shape xs = x.shape, ys = y.shape;
  const bool row = xs.size() == 1, column = ys.size() == 1;
  if (row) xs.insert(xs.begin(), 1);
  if (column) ys.push_back(1);
  const std::int64_t m = xs[xs.size() - 2], k = xs.back(), n = ys.back();
  if (ys[ys.size() - 2] != k) throw std::logic_error("reference: matmul");
  const Shape batch = broadcast({xs.begin(), xs.end() - 2}, {ys.begin(), ys.end() - 2});
  Shape xfull = batch, yfull = batch, full = batch;
  xfull.insert(xfull.end(), {m, k});
  yfull.insert(yfull.end(), {k, n});
  full.insert(full.end(), {m, n});
  const Array p = expand(reshape(x, xs), xfull), q = expand(reshape(y, ys), yfull);
  Array out(full);
  const std::int64_t batches = count(batch);
  for (std::int64_t b = 0; b < batches; ++b)
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        Dual s;
        for (std::int64_t c = 0; c < k; ++c)
          s += p.v[static_cast<std::size_t>((b * m + i) * k + c)] * q.v[static_cast<std::size_t>((b * k + c) * n + j)];
        out.v[static_cast<std::size_t>((b * m + i) * n + j)] = s;
      }
  if (column) full.pop_back();
  if (row) full.erase(full.end() - (column ? 1 : 2));
  return reshape(out, full);
}

Array absolute(Array x) {
  for (Dual& e : x.v) e = abs(e);
  return x;
}

Dual total(const std::vector<Dual>& v) {
  Dual s;
  for (const Dual& x : v) s += x;
  return s;
}

std::vector<Dual> log_softmax(const std::vector<Dual>& line) {
  if (line.empty()) return {};
  Real top = line[0].v;
  for (const Dual& x : line) top = std::max(top, x.v);
  Dual s;
  for (const Dual& x : line) s += exp(x - top);
  std::vector<Dual> out;
  for (const Dual& x : line) out.push_back(x - top - log(s));
  return out;
}

}  // namespace tapegrad::test
