// Steps that pick and place elements, and those that change a variable in place.
#include <algorithm>
#include <cmath>

#include "programs.h"

namespace tapegrad::fuzz {

namespace {

using Makes = Program::Makes;

Array places(Program& p, const Shape& shape, std::int64_t n) {
  Array at(shape);
  for (Dual& v : at.v) v = static_cast<Real>(p.in.below(std::max<std::int64_t>(n, 1)));
  if (p.in.one_in(32) && !at.v.empty()) at.v[0] = static_cast<Real>(n);
  return at;
}

Items items_for(Program& p, const Array& x) {
  Items out;
  const Shape together = p.in.shape(2);
  for (std::size_t d = 0; d < x.shape.size() && !p.in.one_in(5); ++d) {
    const std::int64_t n = x.shape[d];
    Item i;
    i.kind = static_cast<Item::Kind>(p.in.below(6));
    i.i = p.in.below(n + 1) - (p.in.coin() ? 1 : 0);
    if (i.kind == Item::None || i.kind == Item::Dots) {
      if (p.in.coin()) --d;
    } else if (i.kind == Item::Slice) {
      i.start = p.in.coin() ? OptInt(p.in.below(4) - 1) : std::nullopt;
      i.step = 1 + p.in.below(2);
    } else if (i.kind == Item::Pick) {
      i.at = places(p, together, n);
    } else if (i.kind == Item::Mask) {
      i.at = Array(Shape{n});
      for (Dual& v : i.at.v) v = static_cast<Real>(p.in.below(2));
    }
    out.push_back(i);
    if (out.size() > 4) break;
  }
  return out;
}

Array mask_for(Program& p, const Array& x) {
  Array mask(x.shape);
  for (Dual& v : mask.v) v = static_cast<Real>(p.in.below(2));
  if (!mask.shape.empty() && p.in.coin()) return model::narrow(mask, 0, 0, std::min<std::int64_t>(1, mask.shape[0]));
  return mask;
}

Array filled(const Array& x, const Array& mask, Real value) {
  return model::elementwise({mask, x}, [=](const Dual* v) { return v[0].v != 0 ? Dual(value) : v[1]; });
}

void pick(Program& p) {
  const Var x = p.any();
  const std::size_t rank = x.a.shape.size();
  const std::int64_t d = p.in.dim(rank);
  const std::int64_t n = rank == 0 || d < -static_cast<std::int64_t>(rank) || d >= static_cast<std::int64_t>(rank)
                             ? 1
                             : x.a.shape[dim_of(d, rank)];
  switch (p.in.below(4)) {
    case 0:
    case 1: {
      const Items items = items_for(p, x.a);
      const bool copies = std::any_of(items.begin(), items.end(), [](const Item& i) { return i.kind >= Item::Pick; });
      return p.step(
          "index" + text(items), {&x}, copies ? Makes::Fresh : Makes::Views,
          [&] {
            try {
              return Arrays{model::index(x.a, items)};
            } catch (const Untold&) {
              throw Unknown();
            }
          },
          [&] { return Tensors{x.t.index(to_indices(items))}; });
    }
    case 2: {
      const Array at = places(p, {p.in.below(4)}, n);
      return p.step(
          "index_select " + std::to_string(d), {&x}, Makes::Fresh,
          [&] { return Arrays{model::index_select(x.a, d, at)}; },
          [&] { return Tensors{x.t.index_select(d, to_tensor(at, kLong))}; });
    }
    default: {
      const Array at = places(p, x.a.shape, n);
      return p.step(
          "gather " + std::to_string(d), {&x}, Makes::Copies, [&] { return Arrays{model::gather(x.a, d, at)}; },
          [&] { return Tensors{x.t.gather(d, to_tensor(at, kLong))}; });
    }
  }
}

void place(Program& p) {
  const Var x = p.any(), y = p.in.coin() ? x : p.any_of_rank(x.a.shape.size());
  const std::size_t rank = x.a.shape.size();
  const std::int64_t d = rank == 0 ? 0 : p.in.below(static_cast<std::int64_t>(rank));
  const std::int64_t n = rank == 0 ? 1 : x.a.shape[static_cast<std::size_t>(d)];
  const Array at = places(p, y.a.shape, n);
  const Tensor t = to_tensor(at, kLong);
  const std::string what = std::to_string(d);
  switch (p.in.below(4)) {
    case 0:
      return p.step(
          "scatter " + what, {&x, &y}, Makes::Copies, [&] { return Arrays{model::scatter(x.a, d, at, y.a, false)}; },
          [&] { return Tensors{x.t.scatter(d, t, y.t)}; });
    case 1:
      return p.step(
          "scatter_add " + what, {&x, &y}, Makes::Copies, [&] { return Arrays{model::scatter(x.a, d, at, y.a, true)}; },
          [&] { return Tensors{x.t.scatter_add(d, t, y.t)}; });
    case 2: {
      const Array rows = places(p, {rank == 0 || y.a.shape.size() != rank ? 1 : y.a.shape[(std::size_t)d]}, n);
      return p.step(
          "index_add " + what, {&x, &y}, Makes::Copies,
          [&] { return Arrays{model::index_add(x.a, d, rows, y.a, 0.5L)}; },
          [&] { return Tensors{x.t.index_add(d, to_tensor(rows, kLong), y.t, 0.5)}; });
    }
    default: {
      const Array mask = mask_for(p, x.a);
      return p.step(
          "masked_fill", {&x}, Makes::Copies, [&] { return Arrays{filled(x.a, mask, 0.25L)}; },
          [&] { return Tensors{x.t.masked_fill(to_tensor(mask, kBool), 0.25)}; });
    }
  }
}

// --- in place

Var target(Program& p) {
  const std::int64_t which = p.in.below(8);
  return which < 4 ? p.own_copy(p.any()) : which < 7 ? p.any_owner() : p.any();
}

void arithmetic(Program& p) {
  const Var x = target(p), y = p.in.one_in(8) ? x : p.any_like(x.a);
  const std::int64_t form = p.in.below(6);
  constexpr const char* kNames[] = {"add_", "sub_", "mul_", "div_", "copy_", "mul_ 0.5"};
  const auto element = [form](const Dual* v) -> Dual {
    if (form == 3 && std::abs(v[1].v) < 0.05L) throw Unknown();
    return form == 0   ? v[0] + v[1] * 0.5L
           : form == 1 ? v[0] - v[1]
           : form == 2 ? v[0] * v[1]
           : form == 3 ? v[0] / v[1]
           : form == 4 ? v[1]
                       : v[0] * 0.5L;
  };
  std::vector<const Var*> inputs{&y};
  if (form == 5) inputs.clear();
  p.step_in_place(
      kNames[form], x, inputs,
      [&] {
        return model::elementwise(form == 5 ? Arrays{x.a} : Arrays{x.a, y.a}, element);
      },
      [&]() -> Tensor {
        switch (form) {
          case 0:
            return x.t.add_(y.t, 0.5);
          case 1:
            return x.t.sub_(y.t);
          case 2:
            return x.t.mul_(y.t);
          case 3:
            return x.t.div_(y.t);
          case 4:
            return x.t.copy_(y.t);
          default:
            return x.t.mul_(0.5);
        }
      });
}

void fill(Program& p) {
  const Var x = target(p);
  const std::int64_t form = p.in.below(4);
  const Array mask = mask_for(p, x.a);
  constexpr const char* kNames[] = {"relu_", "clamp_", "fill_", "masked_fill_"};
  const auto element = [form](const Dual* v) -> Dual {
    if (form < 2 && std::abs(v[0].v - (form == 0 ? 0 : 0.5L)) < 1e-6L) throw Unknown();
    return form == 0 ? (v[0].v > 0 ? v[0] : 0) : form == 1 ? (v[0].v < 0.5L ? v[0] : 0.5L) : 0.25L;
  };
  p.step_in_place(
      kNames[form], x, {}, [&] { return form == 3 ? filled(x.a, mask, 0.25L) : model::elementwise({x.a}, element); },
      [&]() -> Tensor {
        return form == 0   ? x.t.relu_()
               : form == 1 ? x.t.clamp_(std::nullopt, 0.5)
               : form == 2 ? x.t.fill_(0.25)
                           : x.t.masked_fill_(to_tensor(mask, kBool), 0.25);
      });
}

void put(Program& p) {
  const Var x = target(p);
  const Items items = items_for(p, x.a);
  const Var y = p.in.coin() ? p.any_of_rank(0) : p.any_like(x.a);
  const bool add = p.in.coin();
  p.step_in_place(
      std::string("index_put_") + (add ? "accumulate" : "") + text(items), x, {&y},
      [&] {
        try {
          return model::index_put(x.a, items, y.a, add);
        } catch (const Untold&) {
          throw Unknown();
        }
      },
      [&]() -> Tensor { return x.t.index_put_(to_indices(items), y.t, add); });
}

void scatter(Program& p) {
  const Var x = target(p), y = p.in.coin() ? p.own_copy(x) : p.any_of_rank(x.a.shape.size());
  const std::size_t rank = x.a.shape.size();
  const std::int64_t d = rank == 0 ? 0 : p.in.below(static_cast<std::int64_t>(rank));
  const Array at = places(p, y.a.shape, rank == 0 ? 1 : x.a.shape[static_cast<std::size_t>(d)]);
  const bool add = p.in.coin();
  p.step_in_place(
      add ? "scatter_add_" : "scatter_", x, {&y}, [&] { return model::scatter(x.a, d, at, y.a, add); },
      [&]() -> Tensor {
        const Tensor t = to_tensor(at, kLong);
        return add ? x.t.scatter_add_(d, t, y.t) : x.t.scatter_(d, t, y.t);
      });
}

}  // namespace

const std::vector<Step> kPlaceSteps = {pick, pick, pick, place, place};
const std::vector<Step> kInPlaceSteps = {arithmetic, arithmetic, fill, put, scatter};

}  // namespace tapegrad::fuzz
