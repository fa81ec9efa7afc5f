// The model's picked and placed elements.
#include <algorithm>

#include "model.h"

namespace tapegrad::fuzz::model {

namespace {

std::int64_t whole(const Dual& x) { return static_cast<std::int64_t>(x.v); }

// Where each element of the result of x[items] stands in x.
struct Places {
  Shape shape;
  std::vector<Index> at;  // in row-major order of shape
};

// A dim of the result that is not picked by tensors: source -1 for None.
struct Axis {
  std::int64_t source = -1, start = 0, step = 1, n = 1;
};

struct Picking {
  std::int64_t source = 0;
  Array at;
};

// Items in order: either an axis or a picking.
struct Plan {
  std::vector<Axis> axes;
  std::vector<Picking> picks;
  std::vector<bool> is_pick;  // in order
  std::vector<std::pair<std::int64_t, std::int64_t>> fixed;
};

void add_axis(Plan& p, const Array& x, std::size_t d, std::int64_t start, std::int64_t step, std::int64_t n) {
  p.axes.push_back({static_cast<std::int64_t>(d), start, step, n < 0 ? x.shape[d] : n});
  p.is_pick.push_back(false);
}

void add_pick(Plan& p, const Array& x, std::size_t d, Array at) {
  for (Dual& i : at.v) {
    if (i.v < -static_cast<Real>(x.shape[d]) || i.v >= static_cast<Real>(x.shape[d])) throw Invalid();
    if (i.v < 0) i = i.v + static_cast<Real>(x.shape[d]);
  }
  p.picks.push_back({static_cast<std::int64_t>(d), std::move(at)});
  p.is_pick.push_back(true);
}

void add_mask(Plan& p, const Array& x, std::size_t d, const Array& mask) {
  const auto rank = static_cast<std::ptrdiff_t>(mask.shape.size());
  const auto from = x.shape.begin() + static_cast<std::ptrdiff_t>(d);
  if (rank == 0 || Shape(from, from + rank) != mask.shape) throw Invalid();
  std::vector<std::vector<Dual>> at(mask.shape.size());
  test::for_each(mask.shape, [&](const Index& i) {
    if (mask.at(i).v == 0) return;
    for (std::size_t k = 0; k < i.size(); ++k) at[k].push_back(static_cast<Real>(i[k]));
  });
  for (std::size_t k = 0; k < at.size(); ++k) {
    const auto n = static_cast<std::int64_t>(at[k].size());
    add_pick(p, x, d + k, {{n}, std::move(at[k])});
  }
}

Plan plan(const Array& x, const Items& items) {
  std::size_t used = 0;
  int dots = 0;
  std::size_t most = x.shape.size();  // dims on the way to the result
  for (const Item& i : items) {
    most += i.kind == Item::None ? 1 : 0;
    dots += i.kind == Item::Dots ? 1 : 0;
    used += i.kind == Item::Mask ? i.at.shape.size() : i.kind == Item::None || i.kind == Item::Dots ? 0 : 1;
  }
  if (used > x.shape.size() || dots > 1) throw Invalid();
  Plan p;
  std::size_t d = 0;
  for (const Item& i : items) {
    switch (i.kind) {
      case Item::None:
        p.axes.push_back({});
        p.is_pick.push_back(false);
        break;
      case Item::Dots:
        for (std::size_t k = 0; k < x.shape.size() - used; ++k) add_axis(p, x, d++, 0, 1, -1);
        break;
      case Item::Int:
        if (i.i < -x.shape[d] || i.i >= x.shape[d]) throw Invalid();
        p.fixed.push_back({static_cast<std::int64_t>(d), i.i < 0 ? i.i + x.shape[d] : i.i});
        ++d;
        break;
      case Item::Slice: {
        if (i.step < 1) throw Invalid();
        const std::int64_t n = x.shape[d];
        std::int64_t from = i.start.value_or(0), to = i.stop.value_or(n);
        from = std::clamp<std::int64_t>(from < 0 ? from + n : from, 0, n);
        to = std::clamp<std::int64_t>(to < 0 ? to + n : to, 0, n);
        const std::int64_t length = to <= from ? 0 : (to - from - 1) / i.step + 1;
        add_axis(p, x, d++, from, length < 2 ? 1 : i.step, length);
        break;
      }
      case Item::Pick:
        add_pick(p, x, d++, i.at);
        break;
      case Item::Mask:
        add_mask(p, x, d, i.at);
        d += i.at.shape.size();
        break;
    }
  }
  while (d < x.shape.size()) add_axis(p, x, d++, 0, 1, -1);
  if (most > 8) throw Untold();  // a view on the way there has too many dims
  return p;
}

Places places(const Array& x, const Items& items) {
  const Plan p = plan(x, items);
  Shape together;
  for (const Picking& k : p.picks) together = broadcast(together, k.at.shape);
  std::vector<Array> at;
  for (const Picking& k : p.picks) at.push_back(test::expand(k.at, together));
  // The picked dims stand where the tensors stood, or first where something stood between them.
  std::size_t before = 0;
  const auto first = std::find(p.is_pick.begin(), p.is_pick.end(), true);
  const auto behind = std::find(first, p.is_pick.end(), false);
  if (std::find(behind, p.is_pick.end(), true) == p.is_pick.end())
    before = static_cast<std::size_t>(std::count(p.is_pick.begin(), first, false));
  Places out;
  for (std::size_t k = 0; k < p.axes.size(); ++k) {
    if (k == before) out.shape.insert(out.shape.end(), together.begin(), together.end());
    out.shape.push_back(p.axes[k].n);
  }
  if (before >= p.axes.size()) out.shape.insert(out.shape.end(), together.begin(), together.end());
  checked(out.shape);
  test::for_each(out.shape, [&](const Index& i) {
    Index s(x.shape.size());
    for (const auto& [d, v] : p.fixed) s[static_cast<std::size_t>(d)] = v;
    const auto cut = i.begin() + static_cast<std::ptrdiff_t>(std::min(before, p.axes.size()));
    const Index picked(cut, cut + static_cast<std::ptrdiff_t>(together.size()));
    for (std::size_t k = 0; k < at.size(); ++k)
      s[static_cast<std::size_t>(p.picks[k].source)] = whole(at[k].at(picked));
    for (std::size_t k = 0; k < p.axes.size(); ++k) {
      const Axis& a = p.axes[k];
      if (a.source >= 0)
        s[static_cast<std::size_t>(a.source)] = a.start + a.step * i[k < before ? k : k + together.size()];
    }
    out.at.push_back(s);
  });
  return out;
}

Places placed_along(const Array& x, std::int64_t dim, const Array& at) {
  const std::size_t rank = x.shape.size(), d = dim_of(dim, rank);
  if (at.shape.size() != rank) throw Invalid();
  for (std::size_t k = 0; k < rank; ++k)
    if (k != d && at.shape[k] > x.shape[k]) throw Invalid();
  Places out{at.shape, {}};
  std::size_t e = 0;
  test::for_each(at.shape, [&](Index i) {
    const Real v = at.v[e++].v;
    if (v < 0 || v >= static_cast<Real>(extent(x, d))) throw Invalid();
    if (rank > 0) i[d] = static_cast<std::int64_t>(v);
    out.at.push_back(i);
  });
  return out;
}

Array put(const Array& x, const Places& p, const Array& values, bool add) {
  Array out = x;
  for (std::size_t k = 0; k < p.at.size(); ++k) out.at(p.at[k]) = add ? out.at(p.at[k]) + values.v[k] : values.v[k];
  return out;
}

Array take(const Array& x, const Places& p) {
  Array out(p.shape);
  for (std::size_t k = 0; k < p.at.size(); ++k) out.v[k] = x.at(p.at[k]);
  return out;
}

void in_range(const Array& at, std::int64_t n) {
  if (at.shape.size() > 1) throw Invalid();
  for (const Dual& i : at.v)
    if (i.v < 0 || i.v >= static_cast<Real>(n)) throw Invalid();
}

}  // namespace

Array index(const Array& x, const Items& items) { return take(x, places(x, items)); }

Array index_put(const Array& x, const Items& items, const Array& value, bool accumulate) {
  const Places p = places(x, items);
  const auto of_kind = [&](Item::Kind kind) {
    return std::count_if(items.begin(), items.end(), [=](const Item& i) { return i.kind == kind; });
  };
  // One element for one mask, whatever dims it has.
  const bool one = !accumulate && value.size() == 1 && of_kind(Item::Mask) == 1 && of_kind(Item::Pick) == 0;
  return put(x, p, model::expand(one ? Array({}, value.v) : value, p.shape), accumulate);
}

Array index_select(const Array& x, std::int64_t dim, const Array& at) {
  const std::size_t d = dim_of(dim, x.shape.size());
  in_range(at, extent(x, d));
  if (x.shape.empty()) {
    if (at.size() != 1) throw Invalid();
    return x;
  }
  Shape shape = x.shape;
  shape[d] = static_cast<std::int64_t>(at.size());
  return pick(x, shape, [&](Index i) {
    i[d] = whole(at.v[static_cast<std::size_t>(i[d])]);
    return i;
  });
}

Array index_add(const Array& x, std::int64_t dim, const Array& at, const Array& src, Real alpha) {
  const std::size_t d = dim_of(dim, x.shape.size());
  if (x.shape.empty()) throw Invalid();
  in_range(at, x.shape[d]);
  Shape shape = x.shape;
  shape[d] = static_cast<std::int64_t>(at.size());
  if (src.shape != shape) throw Invalid();
  Array out = x;
  std::size_t k = 0;
  test::for_each(shape, [&](Index i) {
    i[d] = whole(at.v[static_cast<std::size_t>(i[d])]);
    out.at(i) += src.v[k++] * alpha;
  });
  return out;
}

Array gather(const Array& x, std::int64_t dim, const Array& at) { return take(x, placed_along(x, dim, at)); }

Array scatter(const Array& x, std::int64_t dim, const Array& at, const Array& src, bool add) {
  const Places p = placed_along(x, dim, at);
  if (src.shape.size() != at.shape.size()) throw Invalid();
  for (std::size_t d = 0; d < at.shape.size(); ++d)
    if (at.shape[d] > src.shape[d]) throw Invalid();
  return put(x, p, pick(src, at.shape, [](const Index& i) { return i; }), add);
}

Array one_hot(const Array& x, std::int64_t classes) {
  if (classes < -1) throw Invalid();
  Real most = 0;
  for (const Dual& i : x.v) most = std::max(most, i.v + 1);
  if (classes == -1) {
    if (most > static_cast<Real>(std::numeric_limits<std::int64_t>::max())) throw Invalid();
    classes = static_cast<std::int64_t>(most);
  }
  if (classes == 0) throw Invalid();
  for (const Dual& i : x.v)
    if (i.v < 0 || i.v >= static_cast<Real>(classes)) throw Invalid();
  Shape shape = x.shape;
  shape.push_back(classes);
  if (classes > kMostElements) {
    checked({classes});
    throw Unknown();
  }
  Array out(checked(shape));
  std::size_t k = 0;
  test::for_each(x.shape, [&](Index i) {
    i.push_back(whole(x.v[k++]));
    out.at(i) = 1;
  });
  return out;
}

}  // namespace tapegrad::fuzz::model
