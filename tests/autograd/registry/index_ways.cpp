// The ways to index, and which elements each chooses.
#include <algorithm>

#include "../oracle.h"
#include "index_ways.h"

namespace tapegrad::test {
namespace {

using indexing::Ellipsis;
using indexing::None;
using indexing::Slice;

// One dim of the result: so many elements, the k-th at start + k * step of x's dim (-1: of none).
struct Axis {
  std::int64_t size;
  int dim = -1;
  std::int64_t start = 0, step = 1;
};

std::int64_t dims_taken(const TensorIndex& i) {
  if (const auto* t = std::get_if<Tensor>(&i.value)) return t->dtype() == kBool ? t->dim() : 1;
  return std::holds_alternative<std::int64_t>(i.value) || std::holds_alternative<Slice>(i.value) ? 1 : 0;
}

Axis cut(const Slice& s, std::int64_t size, int dim) {
  const auto bound = [&](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size); };
  Axis a{0, dim, bound(s.start.value_or(0)), s.step};
  for (std::int64_t at = a.start; at < bound(s.stop.value_or(size)); at += s.step) ++a.size;
  return a;
}

// The coordinates that an index tensor gives for each dim of x that it takes.
Arrays coordinates(const Tensor& index) {
  const Array a = to_array(index);
  if (index.dtype() != kBool) return {a};
  Arrays out(a.shape.size(), Array({0}));
  for_each(a.shape, [&](const Index& i) {
    if (a.at(i).v == 0) return;
    for (std::size_t d = 0; d < i.size(); ++d) {
      out[d].v.emplace_back(static_cast<Real>(i[d]));
      ++out[d].shape[0];
    }
  });
  return out;
}

}  // namespace

Chosen chosen(const Shape& x, const Indices& indices) {
  std::int64_t rest = static_cast<std::int64_t>(x.size());
  bool dots = false;
  for (const TensorIndex& i : indices) {
    rest -= dims_taken(i);
    dots = dots || std::holds_alternative<indexing::EllipsisIndexType>(i.value);
  }
  Indices all = indices;
  if (!dots) all.emplace_back(Ellipsis);
  std::vector<Axis> axes;
  std::vector<std::pair<int, Array>> picks;  // a dim of x, the coordinates along it
  Shape together;                            // the shape that the coordinates broadcast to
  Index fixed(x.size(), 0);
  std::size_t place = 0;  // of the picked dims among the axes
  bool apart = false;
  int d = 0;
  for (const TensorIndex& i : all) {
    if (const auto* number = std::get_if<std::int64_t>(&i.value)) {
      const auto at = static_cast<std::size_t>(d++);
      fixed[at] = *number < 0 ? *number + x[at] : *number;
    } else if (const auto* slice = std::get_if<Slice>(&i.value)) {
      axes.push_back(cut(*slice, x[static_cast<std::size_t>(d)], d));
      ++d;
    } else if (const auto* tensor = std::get_if<Tensor>(&i.value)) {
      if (picks.empty()) place = axes.size();
      apart = apart || axes.size() != place;
      for (const Array& along : coordinates(*tensor)) {
        together = broadcast(together, along.shape);
        picks.emplace_back(d++, along);
      }
    } else if (std::holds_alternative<std::monostate>(i.value)) {
      axes.push_back({1});
    } else {
      for (; rest > 0; --rest, ++d) axes.push_back({x[static_cast<std::size_t>(d)], d});
    }
  }
  if (apart) place = 0;
  Chosen out;
  for (const Axis& a : axes) out.shape.push_back(a.size);
  const auto first = static_cast<std::ptrdiff_t>(place), rank = static_cast<std::ptrdiff_t>(together.size());
  out.shape.insert(out.shape.begin() + first, together.begin(), together.end());
  for (auto& [dim, along] : picks) along = expand(along, together);
  out.place = [=](const Index& at_result) {
    Index i = at_result;
    const Index pick(i.begin() + first, i.begin() + first + rank);
    i.erase(i.begin() + first, i.begin() + first + rank);
    Index from = fixed;
    for (std::size_t k = 0; k < axes.size(); ++k)
      if (axes[k].dim >= 0) from[static_cast<std::size_t>(axes[k].dim)] = axes[k].start + i[k] * axes[k].step;
    for (const auto& [dim, along] : picks) {
      const auto at = static_cast<std::int64_t>(along.at(pick).v), size = x[static_cast<std::size_t>(dim)];
      from[static_cast<std::size_t>(dim)] = at < 0 ? at + size : at;
    }
    return from;
  };
  return out;
}

namespace {

Tensor mask(std::initializer_list<bool> on) {
  std::vector<Dual> v;
  for (const bool b : on) v.emplace_back(b ? 1 : 0);
  return to_tensor(Array({static_cast<std::int64_t>(v.size())}, v), kBool);
}

}  // namespace

Indices braces_of(const Way& w, const Tensors& x, std::size_t first) {
  Indices indices = w.indices;
  for (TensorIndex& i : indices)
    if (const auto* t = std::get_if<Tensor>(&i.value); t != nullptr && !t->defined()) i = x[first++];
  return indices;
}
Indices braces_of(const Way& w, const Arrays& in, std::size_t first) {
  Tensors t;
  for (std::size_t k = 0; k < w.tensors.size(); ++k) t.push_back(to_tensor(in[first + k], w.tensors[k].domain.dtype));
  return braces_of(w, t, 0);
}

const std::vector<Way>& ways_to_view() {
  static const std::vector<Way> all = {
      {"()", {3, 4}, {}},
      {"() of ()", {}, {}},
      {"1", {3, 4}, {1}},
      {"-1", {3, 4}, {-1}},
      {"-3, 2", {3, 4}, {-3, 2}},
      {"1 of (17)", {17}, {1}},
      {":", {3, 4}, {Slice()}},
      {"1:3", {3, 4}, {Slice(1, 3)}},
      {"1:", {3, 4}, {Slice(1, None)}},
      {":-1, ::2", {3, 4}, {Slice(None, -1), Slice(None, None, 2)}},
      {"-2:, 1:100:3", {3, 4}, {Slice(-2, None), Slice(1, 100, 3)}},
      {"2:1", {3, 4}, {Slice(2, 1)}},
      {"2:30:7 of (33)", {33}, {Slice(2, 30, 7)}},
      {"1, 1:", {3, 4}, {1, Slice(1)}},
      {":, 2", {3, 4}, {Slice(), 2}},
      {"None", {3, 4}, {None}},
      {"None of ()", {}, {None}},
      {"None, None of (1)", {1}, {None, None}},
      {":, None", {3, 4}, {Slice(), None}},
      {"0, None, 1:", {3, 4}, {0, None, Slice(1)}},
      {"...", {3, 4}, {"..."}},
      {"... of ()", {}, {"..."}},
      {"..., 1", {2, 3, 4}, {"...", 1}},
      {"..., None", {2, 3}, {Ellipsis, None}},
      {"0, ..., ::3", {2, 3, 4}, {0, "...", Slice(None, None, 3)}},
      {"1, 2, ... with nothing left", {2, 3}, {1, 2, "..."}},
      {"1, ..., None, -1 of rank 5", {2, 1, 3, 1, 2}, {1, "...", None, -1}},
      {": of (0)", {0}, {Slice()}},
      {"1:, None of (0,3)", {0, 3}, {Slice(1), None}},
      {"1, :, 0 of (3,0,2)", {3, 0, 2}, {1, Slice(), 0}},
  };
  return all;
}

const std::vector<Way>& ways_to_pick() {
  const auto to = [](double n) { return integers(-n, n); };
  const Tensor drawn;
  static const std::vector<Way> all = {
      // one index tensor
      {"i", {3, 4}, {drawn}, {{{5}, to(3)}}},
      {"i of one", {1}, {drawn}, {{{2}, to(1)}}},
      {"i of 17", {17}, {drawn}, {{{33}, to(17)}}},
      {"i of 33", {33}, {drawn}, {{{17}, to(33)}}},
      {"i ()", {3, 4}, {drawn}, {{{}, to(3)}}},
      {"i (0)", {3, 4}, {drawn}, {{{0}, to(3)}}},
      {"i (0) of (0,3)", {0, 3}, {drawn}, {{{0}, to(1)}}},
      {"i (2,3)", {3, 4}, {drawn}, {{{2, 3}, to(3)}}},
      {":, i", {3, 4}, {Slice(), drawn}, {{{5}, to(4)}}},
      {":, i (2,1)", {2, 3, 4}, {Slice(), drawn}, {{{2, 1}, to(3)}}},
      {"..., i", {2, 3, 4}, {"...", drawn}, {{{3}, to(4)}}},
      {"None, i", {3, 4}, {None, drawn}, {{{2}, to(3)}}},
      {"i, None", {3, 4}, {drawn, None}, {{{2}, to(3)}}},
      {"1, i", {3, 4}, {1, drawn}, {{{2}, to(4)}}},
      {"0, :, i", {2, 3, 4}, {0, Slice(), drawn}, {{{2}, to(4)}}},
      {"1:, i, ::2", {3, 3, 4}, {Slice(1), drawn, Slice(None, None, 2)}, {{{2}, to(3)}}},
      {"i, -1", {3, 4}, {drawn, -1}, {{{5}, to(3)}}},
      {"i of (3,0,2)", {3, 0, 2}, {drawn}, {{{2}, to(3)}}},
      {"0:1, ..., i, : of rank 5",
       {2, 1, 3, 1, 2},
       {Slice(0, 1), "...", drawn, Slice(), None, Slice()},
       {{{4}, to(3)}}},
      // several
      {"i, j", {3, 4}, {drawn, drawn}, {{{5}, to(3)}, {{5}, to(4)}}},
      {"i (2,1), j (3)", {3, 4}, {drawn, drawn}, {{{2, 1}, to(3)}, {{3}, to(4)}}},
      {"i (1), j (3)", {3, 4}, {drawn, drawn}, {{{1}, to(3)}, {{3}, to(4)}}},
      {"i (1), j (0)", {3, 4}, {drawn, drawn}, {{{1}, to(3)}, {{0}, to(4)}}},
      {"i (), j (2)", {3, 4}, {drawn, drawn}, {{{}, to(3)}, {{2}, to(4)}}},
      {"i, j, k", {2, 3, 4}, {drawn, drawn, drawn}, {{{3}, to(2)}, {{2, 1}, to(3)}, {{2, 3}, to(4)}}},
      {":, i, j", {2, 3, 4}, {Slice(), drawn, drawn}, {{{2}, to(3)}, {{2}, to(4)}}},
      {"i, j, 1:", {2, 3, 4}, {drawn, drawn, Slice(1)}, {{{2, 2}, to(2)}, {{2}, to(3)}}},
      // apart from one another
      {"i, :, j", {2, 3, 4}, {drawn, Slice(), drawn}, {{{2}, to(2)}, {{2}, to(4)}}},
      {"i, None, j", {3, 4}, {drawn, None, drawn}, {{{2}, to(3)}, {{2}, to(4)}}},
      {"i, 0, j", {2, 3, 4}, {drawn, 0, drawn}, {{{2}, to(2)}, {{2}, to(4)}}},
      {":, i, 0, j", {2, 3, 2, 3}, {Slice(), drawn, 0, drawn}, {{{2}, to(3)}, {{2}, to(3)}}},
      {"i, ..., j", {2, 3, 2, 3}, {drawn, "...", drawn}, {{{2, 1}, to(2)}, {{3}, to(3)}}},
      {"i, ..., j with nothing between", {3, 4}, {drawn, "...", drawn}, {{{2}, to(3)}, {{2}, to(4)}}},
      {":, i, :, j", {2, 3, 2, 3}, {Slice(), drawn, Slice(), drawn}, {{{4}, to(3)}, {{4}, to(3)}}},
      {"i, 1:, j, k", {2, 3, 2, 3}, {drawn, Slice(1), drawn, drawn}, {{{2}, to(2)}, {{2}, to(2)}, {{1}, to(3)}}},
      // masks
      {"mask", {17}, {drawn}, {{{17}, booleans()}}},
      {"mask of rows", {5, 3}, {drawn}, {{{5}, booleans()}}},
      {"mask of all", {3, 4}, {drawn}, {{{3, 4}, booleans()}}},
      {"mask of two dims", {3, 4, 2}, {drawn}, {{{3, 4}, booleans()}}},
      {":, mask", {3, 5}, {Slice(), drawn}, {{{5}, booleans()}}},
      {":, mask of two dims", {2, 3, 4}, {Slice(), drawn}, {{{3, 4}, booleans()}}},
      {"1, mask", {2, 5}, {1, drawn}, {{{5}, booleans()}}},
      {"..., mask, None", {2, 5}, {"...", drawn, None}, {{{5}, booleans()}}},
      {"mask of rank 5", {2, 1, 3, 1, 2}, {drawn}, {{{2, 1, 3, 1, 2}, booleans()}}},
      {"mask (0)", {0}, {drawn}, {{{0}, booleans()}}},
      {"mask (3,0)", {3, 0, 2}, {drawn}, {{{3, 0}, booleans()}}},
      {"mask without a true", {3, 2}, {mask({false, false, false})}},
      {"mask, i", {3, 4}, {mask({true, false, true}), drawn}, {{{2}, to(4)}}},
      {"mask, i ()", {3, 4}, {mask({true, true, true}), drawn}, {{{}, to(4)}}},
      {"i, :, mask", {2, 3, 4}, {drawn, Slice(), mask({true, false, false, true})}, {{{3, 1}, to(2)}}},
      {"mask, mask", {3, 4}, {mask({true, false, true}), mask({false, true, true, false})}},
      // many
      {"i large", {500, 90}, {drawn}, {{{800}, to(500)}}, true},
      {":, i large", {500, 90}, {Slice(), drawn}, {{{150}, to(90)}}, true},
      {"mask large", {300, 300}, {drawn}, {{{300, 300}, booleans()}}, true}};
  return all;
}

}  // namespace tapegrad::test
