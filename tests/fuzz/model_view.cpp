// The model's views and rearranged copies.
#include <algorithm>

#include "model.h"

namespace tapegrad::fuzz {

Shape checked(Shape shape) {
  if (shape.size() > 8) throw Invalid();
  __int128 bytes = 8;
  bool none = false;
  for (const std::int64_t s : shape) {
    if (s < 0) throw Invalid();
    none = none || s == 0;
    if (s != 0) bytes *= s;
    if (bytes > std::numeric_limits<std::int64_t>::max()) throw Invalid();
  }
  if (!none && bytes > 8 * kMostElements) throw Unknown();
  return shape;
}

std::size_t dim_of(std::int64_t dim, std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank == 0 ? 1 : rank);
  if (dim < -n || dim >= n) throw Invalid();
  return static_cast<std::size_t>(dim < 0 ? dim + n : dim);
}

Shape broadcast(const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape out(rank);
  for (std::size_t d = 0; d < rank; ++d) {
    const std::int64_t p = d + a.size() < rank ? 1 : a[d + a.size() - rank];
    const std::int64_t q = d + b.size() < rank ? 1 : b[d + b.size() - rank];
    if (p != q && p != 1 && q != 1) throw Invalid();
    out[d] = p == 1 ? q : p;
  }
  return checked(out);
}

std::int64_t extent(const Array& x, std::size_t d) { return x.shape.empty() ? 1 : x.shape[d]; }

namespace model {

Array pick(const Array& x, const Shape& shape, const std::function<Index(const Index&)>& source) {
  return test::gather(x, checked(shape), source);
}

namespace {

std::size_t real_dim(std::int64_t dim, const Array& x) {
  if (x.shape.empty()) throw Invalid();
  return dim_of(dim, x.shape.size());
}

// n elements along d, from `start` in steps.
Array part(const Array& x, std::size_t d, std::int64_t start, std::int64_t step, std::int64_t n) {
  Shape shape = x.shape;
  shape[d] = n;
  return pick(x, shape, [=](Index i) {
    i[d] = start + step * i[d];
    return i;
  });
}

Array without(Array x, std::size_t d) {
  x.shape.erase(x.shape.begin() + static_cast<std::ptrdiff_t>(d));
  return x;
}

Array with_ones(const Array& x, std::size_t rank) {
  Array out = x;
  while (out.shape.size() < rank) out.shape.insert(out.shape.begin(), 1);
  checked(out.shape);
  return out;
}

}  // namespace

Array transpose(const Array& x, std::int64_t a, std::int64_t b) {
  const std::size_t rank = x.shape.size(), p = dim_of(a, rank), q = dim_of(b, rank);
  return test::transpose(x, static_cast<std::int64_t>(p), static_cast<std::int64_t>(q));
}

Array permute(const Array& x, const Ints& dims) {
  if (dims.size() != x.shape.size()) throw Invalid();
  std::vector<std::size_t> from;
  Shape shape;
  for (const std::int64_t d : dims) {
    from.push_back(dim_of(d, dims.size()));
    if (std::count(from.begin(), from.end(), from.back()) > 1) throw Invalid();
    shape.push_back(x.shape[from.back()]);
  }
  return pick(x, shape, [&](const Index& i) {
    Index s(i.size());
    for (std::size_t d = 0; d < i.size(); ++d) s[from[d]] = i[d];
    return s;
  });
}

Array reshape(const Array& x, const Ints& sizes) {
  const auto n = static_cast<std::int64_t>(x.size());
  Shape out = sizes;
  __int128 known = 1;
  std::int64_t* open = nullptr;
  for (std::int64_t& s : out) {
    if (s < -1 || (s == -1 && open != nullptr)) throw Invalid();
    if (s == -1) open = &s;
    if (s > std::numeric_limits<std::int64_t>::max() / 8) throw Invalid();
    if (s >= 0) known *= s;
    if (known > std::numeric_limits<std::int64_t>::max()) throw Invalid();
  }
  if (open != nullptr) {
    if (known == 0 || n % static_cast<std::int64_t>(known) != 0) throw Invalid();
    *open = n / static_cast<std::int64_t>(known);
  } else if (known != n) {
    throw Invalid();
  }
  return {checked(out), x.v};
}

Array flatten(const Array& x, std::int64_t start, std::int64_t end) {
  const std::size_t rank = x.shape.size(), s = dim_of(start, rank), e = dim_of(end, rank);
  if (s > e) throw Invalid();
  Shape out;
  for (std::size_t d = 0; d < rank; ++d) {
    if (d <= s || d > e) {
      out.push_back(x.shape[d]);
    } else {
      out.back() *= x.shape[d];
    }
  }
  if (rank == 0) out = {1};
  return {out, x.v};
}

Array squeeze(const Array& x) {
  Array out = x;
  std::erase(out.shape, 1);
  return out;
}
Array squeeze(const Array& x, std::int64_t dim) {
  const std::size_t d = dim_of(dim, x.shape.size());
  return x.shape.empty() || x.shape[d] != 1 ? x : without(x, d);
}
Array unsqueeze(const Array& x, std::int64_t dim) {
  Array out = x;
  out.shape.insert(out.shape.begin() + static_cast<std::ptrdiff_t>(dim_of(dim, x.shape.size() + 1)), 1);
  checked(out.shape);
  return out;
}

Array expand(const Array& x, const Ints& sizes) {
  if (sizes.size() < x.shape.size() || sizes.size() > 8) throw Invalid();
  Shape out = sizes;
  const std::size_t fresh = sizes.size() - x.shape.size();
  for (std::size_t d = fresh; d < out.size(); ++d) {
    if (out[d] == -1) out[d] = x.shape[d - fresh];
    if (out[d] != x.shape[d - fresh] && x.shape[d - fresh] != 1) throw Invalid();
  }
  return test::expand(x, checked(out));
}

Array narrow(const Array& x, std::int64_t dim, std::int64_t start, std::int64_t length) {
  const std::size_t d = real_dim(dim, x);
  const std::int64_t n = x.shape[d];
  if (length < 0 || start < -n || start > n) throw Invalid();
  if (start < 0) start += n;
  if (length > n - start) throw Invalid();
  return part(x, d, start, 1, length);
}

Array select(const Array& x, std::int64_t dim, std::int64_t i) {
  const std::size_t d = real_dim(dim, x);
  const std::int64_t n = x.shape[d];
  if (i < -n || i >= n) throw Invalid();
  return without(part(x, d, i < 0 ? i + n : i, 1, 1), d);
}

Array slice(const Array& x, std::int64_t dim, OptInt start, OptInt end, std::int64_t step) {
  const std::size_t d = real_dim(dim, x);
  if (step < 1) throw Invalid();
  const std::int64_t n = x.shape[d];
  std::int64_t from = start.value_or(0), to = end.value_or(n);
  if (from < 0) from += n;
  if (to < 0) to += n;
  std::int64_t length = 0;
  for (__int128 i = std::max<std::int64_t>(from, 0); i < to && i < n; i += step) ++length;
  return part(x, d, length == 0 ? 0 : std::max<std::int64_t>(from, 0), length < 2 ? 1 : step, length);
}

Array diagonal(const Array& x, std::int64_t offset, std::int64_t dim1, std::int64_t dim2) {
  const std::size_t rank = x.shape.size(), p = dim_of(dim1, rank), q = dim_of(dim2, rank);
  if (p == q) throw Invalid();
  if (x.shape[p] > kMostElements) throw Unknown();
  Shape shape;
  for (std::size_t d = 0; d < rank; ++d)
    if (d != p && d != q) shape.push_back(x.shape[d]);
  std::int64_t n = 0;
  Index first{0, 0};
  for (std::int64_t i = 0; i < x.shape[p]; ++i) {
    const __int128 j = static_cast<__int128>(i) + offset;
    if (j < 0 || j >= x.shape[q]) continue;
    if (n++ == 0) first = {i, static_cast<std::int64_t>(j)};
  }
  shape.push_back(n);
  return pick(x, shape, [&](const Index& i) {
    Index s;
    std::size_t k = 0;
    for (std::size_t d = 0; d < rank; ++d)
      s.push_back(d == p ? first[0] + i.back() : d == q ? first[1] + i.back() : i[k++]);
    return s;
  });
}

Arrays split(const Array& x, const Ints& lengths, std::int64_t dim) {
  const std::size_t d = real_dim(dim, x);
  __int128 sum = 0;
  for (const std::int64_t n : lengths) {
    if (n < 0) throw Invalid();
    sum += n;
  }
  if (sum != x.shape[d]) throw Invalid();
  Arrays out;
  std::int64_t start = 0;
  for (const std::int64_t n : lengths) {
    out.push_back(part(x, d, start, 1, n));
    start += n;
  }
  return out;
}
Arrays split(const Array& x, std::int64_t length, std::int64_t dim) {
  const std::size_t d = real_dim(dim, x);
  const std::int64_t n = x.shape[d];
  if (length < 0 || (length == 0 && n > 0)) throw Invalid();
  if (n > kMostElements) throw Unknown();
  if (n == 0) return {x};
  Arrays out;
  for (std::int64_t i = 0; i < n;) {
    const std::int64_t here = length < n - i ? length : n - i;
    out.push_back(part(x, d, i, 1, here));
    i += here;
  }
  return out;
}
Arrays chunk(const Array& x, std::int64_t chunks, std::int64_t dim) {
  const std::size_t d = real_dim(dim, x);
  if (chunks < 1) throw Invalid();
  const std::int64_t n = x.shape[d];
  if (n == 0 && chunks > 1000) {
    checked({chunks});
    throw Unknown();
  }
  if (n == 0) return split(x, Ints(static_cast<std::size_t>(chunks), 0), dim);
  return split(x, n / chunks + (n % chunks == 0 ? 0 : 1), dim);
}
Arrays unbind(const Array& x, std::int64_t dim) {
  const std::size_t d = real_dim(dim, x);
  if (x.shape[d] > kMostElements) throw Unknown();
  Arrays out;
  for (std::int64_t i = 0; i < x.shape[d]; ++i) out.push_back(select(x, dim, i));
  return out;
}

Array cat(const Arrays& all, std::int64_t dim) {
  Arrays parts;
  for (const Array& x : all) {
    if (x.shape.empty()) throw Invalid();
    if (all.size() == 1 || x.shape != Shape{0}) parts.push_back(x);
  }
  if (all.empty()) throw Invalid();
  if (parts.empty()) parts.push_back(all[0]);
  const std::size_t d = dim_of(dim, parts[0].shape.size());
  Shape shape = parts[0].shape;
  __int128 joined = 0;
  for (const Array& x : parts) {
    Shape other = x.shape;
    if (other.size() != shape.size()) throw Invalid();
    joined += other[d];
    other[d] = shape[d];
    if (other != shape) throw Invalid();
  }
  if (joined > std::numeric_limits<std::int64_t>::max()) throw Invalid();
  shape[d] = static_cast<std::int64_t>(joined);
  Array out(checked(shape));
  std::int64_t start = 0;
  for (const Array& x : parts) {
    std::size_t k = 0;
    test::for_each(x.shape, [&](Index i) {
      i[d] += start;
      out.at(i) = x.v[k++];
    });
    start += x.shape[d];
  }
  return out;
}
Array stack(const Arrays& parts, std::int64_t dim) {
  if (parts.empty()) throw Invalid();
  Arrays rows;
  for (const Array& x : parts) {
    if (x.shape != parts[0].shape) throw Invalid();
    rows.push_back(unsqueeze(x, dim));
  }
  return cat(rows, static_cast<std::int64_t>(dim_of(dim, parts[0].shape.size() + 1)));
}

Array repeat(const Array& x, const Ints& repeats) {
  if (repeats.size() < x.shape.size() || repeats.size() > 8) throw Invalid();
  const Array wide = with_ones(x, repeats.size());
  Shape shape;
  for (std::size_t d = 0; d < repeats.size(); ++d) {
    const __int128 n = static_cast<__int128>(repeats[d]) * wide.shape[d];
    if (repeats[d] < 0 || n > std::numeric_limits<std::int64_t>::max()) throw Invalid();
    shape.push_back(static_cast<std::int64_t>(n));
  }
  return pick(wide, shape, [&](Index i) {
    for (std::size_t d = 0; d < i.size(); ++d) i[d] %= wide.shape[d];
    return i;
  });
}

Array flip(const Array& x, const Ints& dims) {
  if (x.shape.empty() && !dims.empty()) throw Untold();
  std::vector<bool> turned(x.shape.size());
  for (const std::int64_t dim : dims) {
    const std::size_t d = dim_of(dim, x.shape.size());
    if (turned[d]) throw Invalid();
    turned[d] = true;
  }
  for (std::size_t d = 0; d < turned.size(); ++d)
    if (turned[d] && x.shape[d] > kMostElements) throw Unknown();
  return pick(x, x.shape, [&](Index i) {
    for (std::size_t d = 0; d < i.size(); ++d)
      if (turned[d]) i[d] = x.shape[d] - 1 - i[d];
    return i;
  });
}

Array triangle(const Array& x, std::int64_t k, bool lower) {
  const std::size_t rank = x.shape.size();
  if (rank < 2) throw Invalid();
  if (x.shape[rank - 1] > kMostElements || x.shape[rank - 2] > kMostElements) throw Unknown();
  Array out = x;
  std::size_t e = 0;
  test::for_each(x.shape, [&](const Index& i) {
    const std::int64_t right = i[rank - 1] - i[rank - 2];
    if (lower ? right > k : right < k) out.v[e] = 0;
    ++e;
  });
  return out;
}

Array pad(const Array& x, const Ints& pads, Real value) {
  if (pads.size() % 2 != 0 || pads.size() > 2 * x.shape.size()) throw Invalid();
  Shape shape = x.shape;
  for (std::size_t p = 0; p < pads.size(); p += 2) {
    std::int64_t& n = shape[x.shape.size() - 1 - p / 2];
    const __int128 left = pads[p], right = pads[p + 1], wide = n + left + right;
    if ((left < 0 ? -left : 0) + (right < 0 ? -right : 0) > n) throw Invalid();
    if (wide > std::numeric_limits<std::int64_t>::max()) throw Invalid();
    n = static_cast<std::int64_t>(wide);
  }
  Array out(checked(shape));
  std::size_t k = 0;
  test::for_each(shape, [&](Index i) {
    bool inside = true;
    for (std::size_t p = 0; p < pads.size(); p += 2) {
      const std::size_t d = i.size() - 1 - p / 2;
      i[d] -= pads[p];
      inside = inside && i[d] >= 0 && i[d] < x.shape[d];
    }
    out.v[k++] = inside ? x.at(i) : Dual(value);
  });
  return out;
}

}  // namespace model

}  // namespace tapegrad::fuzz
