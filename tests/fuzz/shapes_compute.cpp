// Calls of reductions, products, elementwise operations and of what makes new tensors.
#include <algorithm>

#include "shapes.h"

namespace tapegrad::fuzz {

namespace {

using Line = std::vector<Dual>;

Dual best_of(const Line& v, bool largest) {
  Dual best = v.empty() ? Dual() : v[0];
  for (const Dual& n : v)
    if (largest ? n.v > best.v : n.v < best.v) best = n;
  return best;
}
Dual place_of(const Line& v, Real wanted) {
  const auto at = std::find_if(v.begin(), v.end(), [&](const Dual& n) { return n.v == wanted; });
  return static_cast<Real>(at - v.begin());
}
Dtype summed(Dtype d) { return is_floating_point(d) ? d : kLong; }

void sum_call(Session& s) {
  const Pair x = s.any();
  const Ints dims = s.in.dims(x.a.shape.size());
  const bool keep = s.in.coin();
  s.call(
      on(x, "sum" + text(dims)), summed(x.t.dtype()),
      [&] { return Arrays{model::reduce(x.a, dims, keep, false, test::total)}; },
      [&] { return Tensors{x.t.sum(dims, keep)}; });
  s.call(
      on(x, "any"), kBool,
      [&] {
        return Arrays{model::reduce(x.a, {}, false, false, [](const Line& v) {
          return Dual(std::any_of(v.begin(), v.end(), [](const Dual& n) { return n.v != 0; }) ? 1 : 0);
        })};
      },
      [&] { return Tensors{x.t.any()}; });
}
void best_call(Session& s) {
  const Pair x = s.any();
  const Ints dims = s.in.dims(x.a.shape.size());
  const bool keep = s.in.coin(), largest = s.in.coin();
  s.call(
      on(x, (largest ? "amax" : "amin") + text(dims)), x.t.dtype(),
      [&] { return Arrays{model::reduce(x.a, dims, keep, true, [=](const Line& v) { return best_of(v, largest); })}; },
      [&] { return Tensors{largest ? x.t.amax(dims, keep) : x.t.amin(dims, keep)}; });
}
void best_along(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size());
  const bool keep = s.in.coin(), largest = s.in.coin();
  const auto place = [=](const Line& v) { return place_of(v, best_of(v, largest).v); };
  const std::string what = std::string(largest ? "max " : "min ") + std::to_string(d);
  s.call(
      on(x, what), x.t.dtype(),
      [&] { return Arrays{model::reduce(x.a, {d}, keep, true, [=](const Line& v) { return best_of(v, largest); })}; },
      [&] { return Tensors{std::get<0>(largest ? x.t.max(d, keep) : x.t.min(d, keep))}; });
  s.call(
      on(x, "arg" + what), kLong, [&] { return Arrays{model::reduce(x.a, {d}, keep, true, place)}; },
      [&] { return Tensors{largest ? x.t.argmax(d, keep) : x.t.argmin(d, keep)}; });
  s.call(
      on(x, "arg, of all"), kLong, [&] { return Arrays{model::reduce(x.a, {}, keep, true, place)}; },
      [&] { return Tensors{largest ? x.t.argmax(std::nullopt, keep) : x.t.argmin(std::nullopt, keep)}; });
}
void along_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size());
  const bool keep = s.in.coin();
  s.call(
      on(x, "cumsum " + std::to_string(d)), summed(x.t.dtype()),
      [&] {
        return Arrays{model::along(x.a, d, [](Line v) {
          for (std::size_t k = 1; k < v.size(); ++k) v[k] += v[k - 1];
          return v;
        })};
      },
      [&] { return Tensors{x.t.cumsum(d)}; });
  Pair two = s.counting(x.a.shape, x.t.dtype());
  for (Dual& v : two.a.v) v = static_cast<Real>(static_cast<std::int64_t>(v.v) % 3);
  two.t = to_tensor(two.a, two.t.dtype());
  const auto product = [](const Line& v) {
    Dual p = 1;
    for (const Dual& n : v) p = p * n;
    return p;
  };
  s.call(
      on(two, "prod " + std::to_string(d)), summed(x.t.dtype()),
      [&] { return Arrays{model::reduce(two.a, {d}, keep, false, product)}; },
      [&] { return Tensors{two.t.prod(d, keep)}; });
  s.call(
      on(x, "all " + std::to_string(d)), kBool,
      [&] {
        return Arrays{model::reduce(x.a, {d}, keep, false, [](const Line& v) {
          return Dual(std::all_of(v.begin(), v.end(), [](const Dual& n) { return n.v != 0; }) ? 1 : 0);
        })};
      },
      [&] { return Tensors{x.t.all(d, keep)}; });
}
void product_call(Session& s) {
  const Pair x = s.as(s.any(), kDouble), y = s.as(s.any(), kDouble);
  const std::int64_t form = s.in.below(8);
  const std::size_t rank = form == 0 ? 2 : form == 1 ? 3 : 1;
  const bool fits = x.a.shape.size() == rank && y.a.shape.size() == rank;
  const auto model = [&] {
    if (form < 4 && !fits) throw Invalid();
    if (form == 1 && x.a.shape[0] != y.a.shape[0]) throw Invalid();
    if (form == 3)
      return Arrays{model::elementwise({model::unsqueeze(x.a, 1), y.a}, [](const Dual* v) { return v[0] * v[1]; })};
    return Arrays{model::matmul(x.a, y.a)};
  };
  s.call(on(x, "product " + std::to_string(form) + " " + on(y, "")), kDouble, model, [&] {
    switch (form) {
      case 0:
        return Tensors{x.t.mm(y.t)};
      case 1:
        return Tensors{x.t.bmm(y.t)};
      case 2:
        return Tensors{x.t.dot(y.t)};
      case 3:
        return Tensors{x.t.outer(y.t)};
      default:
        return Tensors{x.t.matmul(y.t)};
    }
  });
}
void einsum_call(Session& s) {
  constexpr const char* kWhole[] = {"ij,jk->ik", "bij,bjk->bik", "ii->i",   "ii", "i,j->ij", "...ij->...ji",
                                    "i...,i...", "ij,ij->",      "abc->ca", "ij", "...,..."};
  std::string equation;
  if (s.in.coin()) {
    equation = kWhole[s.in.below(std::size(kWhole))];
  } else {
    constexpr char kChars[] = "ijkiij,,->...I0 a";
    for (std::int64_t n = s.in.below(14); n > 0; --n) {
      const std::int64_t c = s.in.below(std::size(kChars));
      equation += c == 8 || c == 9 ? "->" : c >= 10 && c <= 12 ? "..." : std::string(1, kChars[c % 17]);
    }
  }
  Arrays a;
  Tensors t;
  std::string what;
  std::int64_t n = std::count(equation.begin(), equation.end(), ',') + 1;
  if (s.in.one_in(16)) n = s.in.below(3);
  while (static_cast<std::int64_t>(a.size()) < n) {
    const Pair x = s.as(s.any(), kDouble);
    a.push_back(x.a);
    t.push_back(x.t);
    what += on(x, "");
  }
  s.call(
      "einsum \"" + equation + "\" " + what, kDouble, [&] { return Arrays{model::einsum(equation, a)}; },
      [&] { return Tensors{einsum(equation, t)}; });
}
void elementwise_call(Session& s) {
  const Pair x = s.as(s.any(), kLong), y = s.as(s.any(), s.in.one_in(8) ? kDouble : kLong);
  const std::int64_t form = s.in.below(5);
  const bool inplace = form > 1;
  const Pair to = inplace ? Pair{x.t.clone(), x.a} : x;
  const auto model = [&] {
    Array out = model::elementwise({x.a, y.a}, [=](const Dual* v) {
      return form == 0 ? v[0] + v[1] : form == 1 ? v[0] * v[1] : form == 2 ? v[0] - v[1] : v[1];
    });
    if (inplace && (out.shape != x.a.shape || (form == 2 && y.t.dtype() == kDouble && x.a.shape.size() < 9)))
      throw Invalid();
    return Arrays{out};
  };
  if (y.t.dtype() == kDouble && form < 3) return;  // promotion has its own tests
  s.call(on(x, "elementwise " + std::to_string(form) + " " + on(y, "")), kLong, model, [&] {
    switch (form) {
      case 0:
        return Tensors{x.t + y.t};
      case 1:
        return Tensors{x.t * y.t};
      case 2:
        return Tensors{to.t.sub_(y.t)};
      default:
        return Tensors{to.t.copy_(y.t)};
    }
  });
  const Pair mask = s.as(s.any(), kBool);
  s.call(
      on(x, "where " + on(mask, "") + on(y, "")), y.t.dtype(),
      [&] {
        if (y.t.dtype() != kLong) throw Unknown();
        return Arrays{model::elementwise({mask.a, x.a, y.a}, [](const Dual* v) { return v[0].v != 0 ? v[1] : v[2]; })};
      },
      [&] { return Tensors{where(mask.t, x.t, y.t)}; });
}
void overlap_call(Session& s) {  // what is written must not show one element twice
  const Pair x = s.any();
  bool twice = false;
  for (std::size_t d = 0; d < x.a.shape.size(); ++d) twice = twice || (x.t.strides()[d] == 0 && x.a.shape[d] > 1);
  if (!twice) return;
  s.call(
      on(x, "fill_"), x.t.dtype(), []() -> Arrays { throw Invalid(); }, [&] { return Tensors{x.t.fill_(1)}; });
}
void item_call(Session& s) {
  const Pair x = s.any();
  s.call(
      on(x, "item"), kDouble,
      [&] {
        if (x.a.size() != 1) throw Invalid();
        return Arrays{{Shape{}, x.a.v}};
      },
      [&] { return Tensors{full({}, x.t.item<double>(), kDouble)}; });
}
void nll_call(Session& s) {
  const Pair x = s.as(s.any(), kDouble);
  const std::size_t rank = x.a.shape.size(), dim = rank == 1 ? 0 : 1;
  Shape shape = x.a.shape;
  if (rank > 0) shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(dim));
  const Shape fitting = shape;
  const std::int64_t classes = rank == 0 ? 1 : x.a.shape[dim], ignored = s.in.coin() ? -100 : s.in.below(3);
  if (s.in.one_in(6)) shape = s.sizes_near(shape);
  for (const std::int64_t n : shape)
    if (n < 0 || n > 100) return;
  if (test::count(shape) > 256 || classes > 256) return;
  Array y = s.indices(shape, classes, false);
  for (Dual& v : y.v)
    if (s.in.one_in(4)) v = static_cast<Real>(ignored);
  const bool weighted = s.in.coin();
  const Pair w = s.counting({s.in.one_in(8) ? 3 : classes}, kDouble, 1);
  const auto model = [&] {
    if (rank == 1 && shape == Shape{1}) throw Untold();
    if (rank == 0 || shape != fitting || (weighted && w.a.shape != Shape{classes})) throw Invalid();
    Array out(shape);
    std::size_t k = 0;
    test::for_each(shape, [&](Index i) {
      const Real c = y.v[k].v;
      if (c != static_cast<Real>(ignored)) {
        if (c < 0 || c >= static_cast<Real>(classes)) throw Invalid();
        i.insert(i.begin() + static_cast<std::ptrdiff_t>(dim), static_cast<std::int64_t>(c));
        out.v[k] = -(weighted ? w.a.v[static_cast<std::size_t>(c)] * x.a.at(i) : x.a.at(i));
      }
      ++k;
    });
    return Arrays{out};
  };
  s.call(on(x, "nll_loss " + text(shape) + (weighted ? text(w.a.shape) : "")), kDouble, model,
         [&] { return Tensors{nll_loss(x.t, to_tensor(y, kLong), weighted ? w.t : Tensor(), kNone, ignored)}; });
}
void create_call(Session& s) {
  const Ints sizes = s.in.numbers(static_cast<std::size_t>(s.in.below(11)));
  Real value = s.in.coin() ? 1 : 0;
  const auto model = [&] {
    Array out(checked(sizes));
    for (Dual& v : out.v) v = value;
    return Arrays{out};
  };
  s.call("full " + text(sizes), kFloat, model, [&] { return Tensors{full(sizes, static_cast<double>(value))}; });
  value = 0;
  s.call("zeros " + text(sizes), kBool, model, [&] { return Tensors{zeros(sizes, kBool)}; });
  const std::int64_t n = s.in.number(), m = s.in.number();
  s.call(
      "eye " + text({n, m}), kLong,
      [&] {
        Array out(checked({n, m}));
        if (n > kMostElements) throw Unknown();
        for (std::int64_t i = 0; i < n && i < m; ++i) out.at({i, i}) = 1;
        return Arrays{out};
      },
      [&] { return Tensors{eye(n, m, kLong)}; });
}
void arange_call(Session& s) {
  const std::int64_t start = s.in.number(), end = s.in.number(), step = s.in.number();
  s.call(
      "arange " + text({start, end, step}), kLong,
      [&] {
        const __int128 from = start, to = end, by = step;
        if (by == 0 || (to - from) * (by > 0 ? 1 : -1) < 0) throw Invalid();
        const __int128 n = (to - from + by - (by > 0 ? 1 : -1)) / by;
        if (n > (__int128{1} << 52)) throw Invalid();
        if (n > kMostElements) throw Unknown();
        Array out(Shape{static_cast<std::int64_t>(n)});
        for (std::size_t k = 0; k < out.size(); ++k)
          out.v[k] = static_cast<Real>(from + by * static_cast<std::int64_t>(k));
        return Arrays{out};
      },
      [&] { return Tensors{arange(start, end, step)}; });
}
void undefined_call(Session& s) {
  const Pair x = s.any();
  const Tensor none;
  const std::int64_t form = s.in.below(12);
  s.call(
      on(x, "with an undefined tensor " + std::to_string(form)), kLong, []() -> Arrays { throw Invalid(); },
      [&]() -> Tensors {
        switch (form) {
          case 0:
            return {none + x.t};
          case 1:
            return {x.t.gather(0, none)};
          case 2:
            return {x.t.index({none})};
          case 3:
            return {cat({x.t, none}, 0)};
          case 4:
            return {stack({none, x.t}, 0)};
          case 5:
            return {einsum("...->...", {none})};
          case 6:
            return {where(none, x.t, x.t)};
          case 7:
            return {none.reshape({-1})};
          case 8:
            return {x.t.masked_fill(none, 0)};
          case 9:
            return {x.t.clone().index_put_({0}, none)};
          case 10:
            return {pad(none, {1, 1})};
          default:
            return {none.sum(), none.repeat({2}), x.t.index_add(0, none, none)};
        }
      });
}

}  // namespace

const std::vector<Call> kComputeCalls = {sum_call,     best_call,   best_along,  along_call,       product_call,
                                         product_call, einsum_call, einsum_call, elementwise_call, overlap_call,
                                         item_call,    create_call, arange_call, undefined_call,   nll_call};

}  // namespace tapegrad::fuzz
