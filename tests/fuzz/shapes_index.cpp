// Calls that pick and place elements.
#include <algorithm>

#include "shapes.h"

namespace tapegrad::fuzz {

namespace {

std::string listed(const Array& a) {
  Ints v;
  for (const Dual& n : a.v) v.push_back(static_cast<std::int64_t>(n.v));
  return text(a.shape) + text(v);
}

// A tensor that owns its bytes, sometimes with its dims in another order.
Pair fresh(Session& s, Pair x) {
  x.t = x.t.clone();
  if (x.a.shape.size() < 2 || !s.in.one_in(3)) return x;
  return {x.t.transpose(0, -1), model::transpose(x.a, 0, -1)};
}

Items items_for(Session& s, const Array& x) {
  Items out;
  std::size_t d = 0;
  const Shape together = s.in.shape(2);
  while (out.size() < 10 && !s.in.one_in(6)) {
    const bool inside = d < x.shape.size();
    const std::int64_t n = inside ? x.shape[d] : 2;
    Item i;
    switch (s.in.below(8)) {
      case 0:
        i.kind = Item::None;
        break;
      case 1:
        i.kind = Item::Dots;
        if (inside) d += static_cast<std::size_t>(s.in.below(static_cast<std::int64_t>(x.shape.size() - d) + 1));
        break;
      case 2:
        i.kind = Item::Int;
        i.i = s.in.one_in(8) ? s.in.number() : s.in.below(n % 100 + 1) - (s.in.coin() ? 1 : 0);
        break;
      case 3:
      case 4:
        i.kind = Item::Slice;
        i.start = s.in.maybe();
        i.stop = s.in.maybe();
        i.step = s.in.one_in(3) ? s.in.number() : 1;
        break;
      case 5:
      case 6:
        i.kind = Item::Pick;
        i.at = s.indices(s.in.one_in(4) ? s.in.shape(2) : together, n, true);
        break;
      default:
        i.kind = Item::Mask;
        Shape shape;
        for (std::int64_t k = 1 + s.in.below(2); k > 0 && d + shape.size() < x.shape.size(); --k)
          shape.push_back(x.shape[d + shape.size()]);
        if (shape.empty() || s.in.one_in(16)) shape.push_back(2);
        if (test::count(shape) > 64) shape = {1};
        i.at = Array(shape);
        for (Dual& v : i.at.v) v = static_cast<Real>(s.in.below(2));
        d += shape.size();
    }
    if (i.kind >= Item::Int && i.kind != Item::Mask) ++d;
    out.push_back(i);
  }
  return out;
}

void index_call(Session& s) {
  const Pair x = s.any();
  const Items items = items_for(s, x.a);
  s.call(
      on(x, "index" + text(items)), x.t.dtype(), [&] { return Arrays{model::index(x.a, items)}; },
      [&] { return Tensors{x.t.index(to_indices(items))}; });
}
void index_put_call(Session& s) {
  const Pair x = fresh(s, s.any());
  const Items items = items_for(s, x.a);
  Shape shape = s.in.shape(2);
  try {
    if (!s.in.one_in(4)) shape = model::index(x.a, items).shape;
  } catch (const Invalid&) {
  } catch (const Unknown&) {
    return;
  } catch (const Untold&) {
    return;
  }
  for (std::int64_t& n : shape)
    if (s.in.one_in(6)) n = 1;
  if (!shape.empty() && s.in.one_in(6)) shape.erase(shape.begin());
  const bool add = s.in.coin() && x.t.dtype() != kBool;
  const Pair value = s.counting(shape, x.t.dtype(), 100);
  const auto put = [&] {
    try {
      return Tensors{x.t.index_put_(to_indices(items), value.t, add)};
    } catch (const Error&) {  // and x is as it was
      if (elements(x.t) != [&] {
            std::vector<Real> v;
            for (const Dual& n : x.a.v) v.push_back(n.v);
            return v;
          }())
        throw std::logic_error("index_put_ threw and changed x");
      throw;
    }
  };
  s.call(
      on(x, "index_put_" + text(items) + text(shape) + (add ? " accumulate" : "")), x.t.dtype(),
      [&] { return Arrays{model::index_put(x.a, items, value.a, add)}; }, put);
}
void index_select_call(Session& s) {
  const Pair x = s.any();
  const std::size_t rank = x.a.shape.size();
  const std::int64_t d = s.in.dim(rank);
  const std::int64_t n = rank == 0 ? 1 : x.a.shape[static_cast<std::size_t>(s.in.below((std::int64_t)rank))];
  const Array at = s.indices(s.in.one_in(8) ? s.in.shape(2) : Shape{s.in.below(4)}, n, false);
  const bool wrong = s.in.one_in(32);
  s.call(
      on(x, "index_select " + std::to_string(d) + " " + listed(at)), x.t.dtype(),
      [&] {
        if (wrong) throw Invalid();
        return Arrays{model::index_select(x.a, d, at)};
      },
      [&] { return Tensors{x.t.index_select(d, to_tensor(at, wrong ? kDouble : kLong))}; });
  const Pair y = s.as(x, s.in.coin() ? kDouble : kFloat);
  Shape shape = x.a.shape;
  try {
    if (rank > 0) shape[dim_of(d, rank)] = static_cast<std::int64_t>(at.size());
    checked(shape);
  } catch (const Invalid&) {
  } catch (const Unknown&) {
    return;
  }
  if (s.in.one_in(8)) shape = s.in.shape(3);
  const Pair src = s.counting(shape, y.t.dtype(), 50);
  s.call(
      on(y, "index_add " + std::to_string(d) + " " + listed(at) + text(shape)), y.t.dtype(),
      [&] {
        if (wrong) throw Invalid();
        return Arrays{model::index_add(y.a, d, at, src.a, 2)};
      },
      [&] { return Tensors{y.t.index_add(d, to_tensor(at, wrong ? kBool : kLong), src.t, 2)}; });
}

Array index_near(Session& s, const Pair& x, std::int64_t d) {
  Shape shape = x.a.shape;
  const std::size_t rank = shape.size();
  std::int64_t n = 1;
  for (std::size_t k = 0; k < rank; ++k) {
    const auto front = static_cast<std::int64_t>(k);
    const bool here = d == front || d == front - static_cast<std::int64_t>(rank);
    if (here) n = shape[k];
    if (here || s.in.one_in(3)) shape[k] = s.in.below(4);
  }
  if (s.in.one_in(16)) shape = s.in.shape(3);
  return s.indices(checked(shape), n, false);
}

void gather_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size());
  Array at;
  try {
    at = index_near(s, x, d);
  } catch (const Unknown&) {
    return;
  }
  const bool wrong = s.in.one_in(32);
  s.call(
      on(x, "gather " + std::to_string(d) + " " + listed(at)), x.t.dtype(),
      [&] {
        if (wrong) throw Invalid();
        return Arrays{model::gather(x.a, d, at)};
      },
      [&] { return Tensors{x.t.gather(d, to_tensor(at, wrong ? kFloat : kLong))}; });
}
void scatter_call(Session& s) {
  const Pair x = fresh(s, s.any());
  const std::int64_t d = s.in.dim(x.a.shape.size());
  Array at;
  try {
    at = index_near(s, x, d);
  } catch (const Unknown&) {
    return;
  }
  Shape shape = at.shape;
  for (std::int64_t& n : shape) n += s.in.one_in(4) ? 1 : 0;
  if (s.in.one_in(8)) shape = s.in.shape(3);
  const Pair src = s.counting(shape, s.in.one_in(16) ? kFloat : x.t.dtype(), 70);
  const std::int64_t form = s.in.below(x.t.dtype() == kBool ? 4 : 6);
  const Tensor i = to_tensor(at, kLong);
  const bool number = form == 2 || form == 3;
  const auto model = [&] {
    if (!number && src.t.dtype() != x.t.dtype()) throw Invalid();
    Array values(at.shape);
    for (Dual& v : values.v) v = 1;
    return Arrays{model::scatter(x.a, d, at, number ? values : src.a, form > 3)};
  };
  s.call(on(x, "scatter" + std::to_string(form) + " " + std::to_string(d) + " " + listed(at) + text(shape)),
         x.t.dtype(), model, [&] {
           switch (form) {
             case 0:
               return Tensors{x.t.scatter(d, i, src.t)};
             case 1:
               return Tensors{x.t.scatter_(d, i, src.t)};
             case 2:
               return Tensors{x.t.scatter(d, i, 1)};
             case 3:
               return Tensors{x.t.scatter_(d, i, 1)};
             case 4:
               return Tensors{x.t.scatter_add(d, i, src.t)};
             default:
               return Tensors{x.t.scatter_add_(d, i, src.t)};
           }
         });
}
void one_hot_call(Session& s) {
  const Array at = s.indices(s.in.shape(2), 4, false);
  const std::int64_t n = s.in.coin() ? -1 : s.in.number();
  s.call(
      "one_hot " + listed(at) + " " + std::to_string(n), kLong, [&] { return Arrays{model::one_hot(at, n)}; },
      [&] { return Tensors{one_hot(to_tensor(at, kLong), n)}; });
}
void masked_fill_call(Session& s) {
  Pair x = s.any(), mask = s.as(s.any(), s.in.one_in(16) ? kLong : kBool);
  const bool inplace = s.in.coin();
  if (inplace) x = fresh(s, x);
  const auto model = [&] {
    if (mask.t.dtype() != kBool) throw Invalid();
    Array out = model::elementwise({mask.a, x.a}, [](const Dual* v) { return v[0].v != 0 ? Dual(1) : v[1]; });
    if (inplace && out.shape != x.a.shape) throw Invalid();
    return Arrays{out};
  };
  s.call(on(x, std::string("masked_fill") + (inplace ? "_ " : " ") + on(mask, "")), x.t.dtype(), model,
         [&] { return Tensors{inplace ? x.t.masked_fill_(mask.t, 1) : x.t.masked_fill(mask.t, 1)}; });
}
void element_call(Session& s) {
  const Pair x = fresh(s, s.any());
  const std::int64_t i = s.in.number(), j = s.in.number();
  const bool two = s.in.coin();
  Items items(two ? 2 : 1);
  items[0].kind = items.back().kind = Item::Int;
  items[0].i = i;
  if (two) items[1].i = j;
  Array one{Shape{}};
  one.v[0] = 1;
  s.call(
      on(x, "[] = 1 " + text(items)), x.t.dtype(), [&] { return Arrays{model::index_put(x.a, items, one, false)}; },
      [&] {
        if (two) {
          x.t[i][j] = 1;
        } else {
          x.t[i] = 1;
        }
        return Tensors{x.t};
      });
}

}  // namespace

const std::vector<Call> kIndexCalls = {index_call,  index_call,   index_put_call, index_put_call,   index_select_call,
                                       gather_call, scatter_call, one_hot_call,   masked_fill_call, element_call};

}  // namespace tapegrad::fuzz
