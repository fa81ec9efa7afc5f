// Calls that sort, search and count elements, and that move them.
#include <algorithm>
#include <set>

#include "shapes.h"

namespace tapegrad::fuzz {

namespace {

using Line = std::vector<Dual>;

Line sorted(Line v, bool descending) {
  std::stable_sort(v.begin(), v.end(),
                   [=](const Dual& a, const Dual& b) { return descending ? a.v > b.v : a.v < b.v; });
  return v;
}
// PyTorch takes some of these for a vector of one element, and refuses others.
void untold_of_a_number(const Array& x) {
  if (x.shape.empty()) throw Untold();
}
Array vector_of(Line v) { return {Shape{static_cast<std::int64_t>(v.size())}, std::move(v)}; }
Dtype added(Dtype d) { return is_floating_point(d) ? d : kLong; }

// Few values, so that products stay small and elements are alike.
Pair few(Session& s, const Shape& shape, Dtype dtype) {
  Pair out = s.counting(shape, dtype);
  for (Dual& v : out.a.v) v = static_cast<Real>(s.in.below(dtype == kBool ? 2 : 3));
  out.t = to_tensor(out.a, dtype);
  return out;
}

void sort_call(Session& s) {
  const Pair x = s.in.coin() ? s.any() : few(s, s.in.shape(3), kFloat);
  const std::int64_t d = s.in.dim(x.a.shape.size()), k = s.in.number();
  const bool descending = s.in.coin();
  const auto model = [&] { return model::along(x.a, d, [=](const Line& v) { return sorted(v, descending); }); };
  s.call(
      on(x, "sort " + std::to_string(d)), x.t.dtype(),
      [&] {
        return Arrays{model(), model()};
      },
      [&] {
        const auto [values, order] = x.t.sort(d, descending);
        return Tensors{values, x.t.gather(d, order)};
      });
  s.call(
      on(x, "argsort " + std::to_string(d)), x.t.dtype(), [&] { return Arrays{model()}; },
      [&] { return Tensors{x.t.gather(d, x.t.argsort(d, descending))}; });
  s.call(
      on(x, "topk " + std::to_string(k) + " " + std::to_string(d)), x.t.dtype(),
      [&] {
        const std::size_t at = dim_of(d, x.a.shape.size());
        if (k < 0 || k > extent(x.a, at)) throw Invalid();
        untold_of_a_number(x.a);
        return Arrays{model::narrow(model(), d, 0, k)};
      },
      [&] { return Tensors{std::get<0>(x.t.topk(k, d, descending))}; });
  const bool keep = s.in.coin();
  s.call(
      on(x, "median " + std::to_string(d)), x.t.dtype(),
      [&] {
        if (x.t.dtype() == kBool) throw Untold();
        const auto middle = [](const Line& v) { return v.empty() ? Dual() : sorted(v, false)[(v.size() - 1) / 2]; };
        return Arrays{model::reduce(x.a, {d}, keep, true, middle)};
      },
      [&] { return Tensors{std::get<0>(x.t.median(d, keep))}; });
}

void search_call(Session& s) {
  const Pair x = few(s, s.in.shape(3), s.in.coin() ? kLong : kDouble), y = s.as(s.any(), x.t.dtype());
  Line distinct;
  for (const Dual& v : sorted(x.a.v, false))
    if (distinct.empty() || distinct.back().v != v.v) distinct.push_back(v);
  s.call(
      on(x, "unique"), x.t.dtype(), [&] { return Arrays{vector_of(distinct)}; },
      [&] { return Tensors{std::get<0>(_unique2(x.t))}; });
  s.call(
      on(x, "unique, counts"), kLong,
      [&] {
        Line counts;
        for (const Dual& d : distinct)
          counts.push_back(
              static_cast<Real>(std::count_if(x.a.v.begin(), x.a.v.end(), [&](const Dual& v) { return v.v == d.v; })));
        return Arrays{vector_of(counts)};
      },
      [&] { return Tensors{std::get<2>(_unique2(x.t, true, false, true))}; });
  const bool right = s.in.coin(), wrong = s.in.one_in(16);
  const Pair line{to_tensor(vector_of(distinct), x.t.dtype()), vector_of(distinct)};
  s.call(
      on(y, "searchsorted in " + on(line, "")), kLong,
      [&] {
        if (wrong) throw Invalid();
        return Arrays{model::elementwise({y.a}, [&](const Dual* v) {
          return Dual(static_cast<Real>(std::count_if(
              distinct.begin(), distinct.end(), [&](const Dual& n) { return right ? n.v <= v->v : n.v < v->v; })));
        })};
      },
      [&] { return Tensors{searchsorted(line.t, wrong ? y.t.to(kFloat) : y.t, false, right)}; });
}

void count_call(Session& s) {
  const Array at = s.indices(s.in.one_in(8) ? s.in.shape(2) : Shape{s.in.below(5)}, 5, s.in.one_in(8));
  const std::int64_t least = s.in.number();
  s.call(
      "bincount " + text(at.shape) + " " + std::to_string(least), kLong,
      [&] {
        if (at.shape.size() != 1 || least < 0) throw Invalid();
        Real most = static_cast<Real>(least) - 1;
        for (const Dual& v : at.v) {
          if (v.v < 0) throw Invalid();
          most = std::max(most, v.v);
        }
        if (most > kMostElements) throw Unknown();
        Line counts(static_cast<std::size_t>(most + 1));
        for (const Dual& v : at.v) counts[static_cast<std::size_t>(v.v)] += 1;
        return Arrays{vector_of(counts)};
      },
      [&] { return Tensors{to_tensor(at, kLong).bincount({}, least)}; });
  const Pair x = s.any();
  const Ints dims = s.in.dims(x.a.shape.size());
  const auto nonzero = [](const Line& v) {
    return Dual(static_cast<Real>(std::count_if(v.begin(), v.end(), [](const Dual& n) { return n.v != 0; })));
  };
  s.call(
      on(x, "count_nonzero" + text(dims)), kLong,
      [&] { return Arrays{model::reduce(x.a, dims, false, false, nonzero)}; },
      [&] { return Tensors{x.t.count_nonzero(dims)}; });
}

void choose_call(Session& s) {
  const Pair x = s.any(), mask = s.as(s.any(), kBool);
  s.call(
      on(x, "nonzero"), kLong,
      [&] {
        Array out(Shape{0, static_cast<std::int64_t>(x.a.shape.size())});
        test::for_each(x.a.shape, [&](const Index& i) {
          if (x.a.at(i).v == 0) return;
          ++out.shape[0];
          for (const std::int64_t n : i) out.v.emplace_back(static_cast<Real>(n));
        });
        return Arrays{out};
      },
      [&] { return Tensors{x.t.nonzero()}; });
  s.call(
      on(x, "masked_select " + on(mask, "")), x.t.dtype(),
      [&] {
        const Array on_all = model::elementwise({mask.a, x.a}, [](const Dual* v) { return v[0]; });
        const Array all = model::elementwise({mask.a, x.a}, [](const Dual* v) { return v[1]; });
        Line chosen;
        for (std::size_t k = 0; k < all.size(); ++k)
          if (on_all.v[k].v != 0) chosen.push_back(all.v[k]);
        return Arrays{vector_of(chosen)};
      },
      [&] { return Tensors{x.t.masked_select(mask.t)}; });
  const std::int64_t d = s.in.dim(x.a.shape.size());
  const std::size_t rank = x.a.shape.size();
  const std::int64_t n = rank == 0 ? 1 : x.a.shape[static_cast<std::size_t>(s.in.below((std::int64_t)rank))];
  const Array at = s.indices(s.in.one_in(8) ? s.in.shape(2) : Shape{s.in.below(4)}, n, false);
  s.call(
      on(x, "index_fill " + std::to_string(d)), x.t.dtype(),
      [&] {
        const std::int64_t size = extent(x.a, dim_of(d, rank));
        if (at.shape.size() > 1) throw Invalid();
        untold_of_a_number(x.a);
        std::set<std::int64_t> places;
        for (const Dual& v : at.v) {
          if (v.v < -static_cast<Real>(size) || v.v >= static_cast<Real>(size)) throw Invalid();
          places.insert(static_cast<std::int64_t>(v.v) + (v.v < 0 ? size : 0));
        }
        Array out = x.a;
        test::for_each(out.shape, [&](const Index& i) {
          if (places.contains(i[dim_of(d, rank)])) out.at(i) = 1;
        });
        return Arrays{out};
      },
      [&] { return Tensors{x.t.index_fill(d, to_tensor(at, kLong), 1)}; });
}

void along_call(Session& s) {
  const Pair x = s.as(s.any(), s.in.coin() ? kLong : kDouble), y = few(s, x.a.shape, x.t.dtype());
  const std::int64_t d = s.in.dim(x.a.shape.size());
  s.call(
      on(y, "cumprod " + std::to_string(d)), added(y.t.dtype()),
      [&] {
        return Arrays{model::along(y.a, d, [](Line v) {
          for (std::size_t k = 1; k < v.size(); ++k) v[k] = v[k] * v[k - 1];
          return v;
        })};
      },
      [&] { return Tensors{y.t.cumprod(d)}; });
  s.call(
      on(x, "diff " + std::to_string(d)), x.t.dtype(),
      [&] {
        if (x.a.shape.empty()) throw Invalid();
        const std::size_t at = dim_of(d, x.a.shape.size());
        const std::int64_t n = x.a.shape[at];
        if (n == 0) throw Untold();
        return Arrays{model::elementwise({model::narrow(x.a, d, 1, n - 1), model::narrow(x.a, d, 0, n - 1)},
                                         [](const Dual* v) { return v[0] - v[1]; })};
      },
      [&] { return Tensors{x.t.diff(1, d)}; });
}

void move_call(Session& s) {
  const Pair x = s.any();
  const std::size_t rank = x.a.shape.size();
  const std::int64_t a = s.in.dim(rank), b = s.in.dim(rank), n = s.in.number(), step = s.in.number();
  s.call(
      on(x, "swapaxes"), x.t.dtype(), [&] { return Arrays{model::transpose(x.a, a, b)}; },
      [&] { return Tensors{x.t.swapaxes(a, b)}; });
  s.call(
      on(x, "movedim"), x.t.dtype(),
      [&] {
        Ints order;
        const std::size_t from = dim_of(a, rank), to = dim_of(b, rank);
        untold_of_a_number(x.a);
        for (std::size_t k = 0; k < rank; ++k)
          if (k != from) order.push_back(static_cast<std::int64_t>(k));
        order.insert(order.begin() + static_cast<std::ptrdiff_t>(to), static_cast<std::int64_t>(from));
        return Arrays{model::permute(x.a, order)};
      },
      [&] { return Tensors{x.t.movedim(a, b)}; });
  s.call(
      on(x, "roll " + std::to_string(n) + " " + std::to_string(a)), x.t.dtype(),
      [&] {
        untold_of_a_number(x.a);
        if (x.a.size() == 0) throw Untold();
        const std::size_t at = dim_of(a, rank);
        const std::int64_t size = x.a.shape[at];
        return Arrays{model::pick(x.a, x.a.shape, [=](Index i) {
          i[at] = ((i[at] - n % size) % size + size) % size;
          return i;
        })};
      },
      [&] { return Tensors{x.t.roll(n, a)}; });
  s.call(
      on(x, "repeat_interleave " + std::to_string(n) + " " + std::to_string(a)), x.t.dtype(),
      [&] {
        const std::size_t at = dim_of(a, rank);
        if (n < 0) throw Invalid();
        if (n > kMostElements) throw Unknown();
        untold_of_a_number(x.a);
        Shape shape = x.a.shape;
        shape[at] *= n;
        return Arrays{model::pick(x.a, shape, [=](Index i) {
          i[at] /= n;
          return i;
        })};
      },
      [&] { return Tensors{x.t.repeat_interleave(n, a)}; });
  s.call(
      on(x, "unfold " + std::to_string(a) + " " + std::to_string(n) + " " + std::to_string(step)), x.t.dtype(),
      [&] {
        const std::size_t at = dim_of(a, rank);
        if (n < 0 || step <= 0 || n > extent(x.a, at)) throw Invalid();
        untold_of_a_number(x.a);
        Shape shape = x.a.shape;
        shape[at] = (shape[at] - n) / step + 1;
        shape.push_back(n);
        return Arrays{model::pick(x.a, shape, [=](Index i) {
          i[at] = i[at] * step + i.back();
          i.pop_back();
          return i;
        })};
      },
      [&] { return Tensors{x.t.unfold(a, n, step)}; });
}

void join_call(Session& s) {
  const Pair x = s.any(), y = s.as(s.in.coin() ? x : s.any(), x.t.dtype());
  const auto raised = [](Array a, std::size_t rank) {
    while (a.shape.size() < rank) a.shape.insert(a.shape.begin(), 1);
    return a;
  };
  s.call(
      on(x, "hstack " + on(y, "")), x.t.dtype(),
      [&] {
        const Array a = raised(x.a, 1), b = raised(y.a, 1);
        return Arrays{model::cat({a, b}, a.shape.size() == 1 ? 0 : 1)};
      },
      [&] {
        return Tensors{hstack({x.t, y.t})};
      });
  s.call(
      on(x, "vstack " + on(y, "")), x.t.dtype(),
      [&] {
        return Arrays{model::cat({raised(x.a, 2), raised(y.a, 2)}, 0)};
      },
      [&] {
        return Tensors{vstack({x.t, y.t})};
      });
  const Ints repeats = s.in.numbers(static_cast<std::size_t>(s.in.below(4)));
  s.call(
      on(x, "tile" + text(repeats)), x.t.dtype(),
      [&] {
        Ints all = repeats;
        while (all.size() < x.a.shape.size()) all.insert(all.begin(), 1);
        return Arrays{model::repeat(x.a, all)};
      },
      [&] { return Tensors{x.t.tile(repeats)}; });
}

void bits_call(Session& s) {
  const bool wrong = s.in.one_in(16);
  const Pair x = s.as(s.any(), wrong ? kFloat : kLong), y = s.as(s.any(), kLong);
  const std::int64_t form = s.in.below(6);
  const auto of = [=](std::int64_t a, std::int64_t b) {
    switch (form) {
      case 0:
        return a & b;
      case 1:
        return a | b;
      case 2:
        return a ^ b;
      case 3:
        return a % b;
      case 4:
        return (a % b + b) % b;
      default:
        return (a - (a % b + b) % b) / b;
    }
  };
  s.call(
      on(x, "whole " + std::to_string(form) + on(y, "")), kLong,
      [&] {
        const bool divides = form > 2;
        if (wrong && divides) throw Unknown();
        if (wrong) throw Invalid();
        const Array both = model::elementwise({x.a, y.a}, [](const Dual* v) { return v[1]; });
        if (divides && std::any_of(both.v.begin(), both.v.end(), [](const Dual& v) { return v.v == 0; }))
          throw Untold();
        return Arrays{model::elementwise({x.a, y.a}, [&](const Dual* v) {
          return Dual(static_cast<Real>(of(static_cast<std::int64_t>(v[0].v), static_cast<std::int64_t>(v[1].v))));
        })};
      },
      [&]() -> Tensors {
        switch (form) {
          case 0:
            return {x.t & y.t};
          case 1:
            return {x.t | y.t};
          case 2:
            return {x.t ^ y.t};
          case 3:
            return {x.t.fmod(y.t)};
          case 4:
            return {x.t.remainder(y.t)};
          default:
            return {x.t.floor_divide(y.t)};
        }
      });
}

}  // namespace

const std::vector<Call> kOrderCalls = {sort_call,  search_call, count_call, choose_call,
                                       along_call, move_call,   join_call,  bits_call};

}  // namespace tapegrad::fuzz
