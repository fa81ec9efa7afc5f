// Calls of views and of rearranged copies.
#include <algorithm>

#include "shapes.h"

namespace tapegrad::fuzz {

namespace {

template <class... T>
std::string with(const char* what, const T&... args) {
  std::string s = what;
  ((s += " " + std::to_string(args)), ...);
  return s;
}

// Whether strides exist that show x's bytes with these sizes, found from the elements' addresses alone.
bool viewable(const Tensor& x, const Shape& sizes) {
  std::vector<std::int64_t> at;
  test::for_each(x.sizes().vec(), [&](const Index& i) {
    std::int64_t k = 0;
    for (std::size_t d = 0; d < i.size(); ++d) k += i[d] * x.strides()[d];
    at.push_back(k);
  });
  if (at.empty()) return true;
  Index strides(sizes.size());
  std::int64_t run = 1;
  for (std::size_t d = sizes.size(); d-- > 0; run *= sizes[d])
    strides[d] = sizes[d] > 1 ? at[static_cast<std::size_t>(run)] : 0;
  bool fits = true;
  std::size_t k = 0;
  test::for_each(sizes, [&](const Index& i) {
    std::int64_t there = 0;
    for (std::size_t d = 0; d < i.size(); ++d) there += i[d] * strides[d];
    fits = fits && at[k++] == there;
  });
  return fits;
}

void two_dims(Session& s) {
  const Pair x = s.any();
  const std::int64_t a = s.in.dim(x.a.shape.size()), b = s.in.dim(x.a.shape.size());
  s.call(
      on(x, with("transpose", a, b)), x.t.dtype(), [&] { return Arrays{model::transpose(x.a, a, b)}; },
      [&] { return Tensors{x.t.transpose(a, b)}; });
}
void permute_call(Session& s) {
  const Pair x = s.any();
  const std::size_t rank = x.a.shape.size();
  Ints dims(rank);
  for (std::size_t d = 0; d < rank; ++d) dims[d] = static_cast<std::int64_t>(d);
  for (std::size_t d = 1; d < rank; ++d)
    std::swap(dims[d], dims[static_cast<std::size_t>(s.in.below(static_cast<std::int64_t>(d) + 1))]);
  if (s.in.one_in(4)) dims = s.in.dims(rank + 2);
  if (!dims.empty() && s.in.coin() && dims[0] >= 0) dims[0] -= static_cast<std::int64_t>(rank);
  s.call(
      on(x, "permute" + text(dims)), x.t.dtype(), [&] { return Arrays{model::permute(x.a, dims)}; },
      [&] { return Tensors{x.t.permute(dims)}; });
}
void view_call(Session& s) {
  const Pair x = s.any();
  const Ints sizes = s.sizes_near(x.a.shape);
  const auto model = [&] {
    Array out = model::reshape(x.a, sizes);
    if (!viewable(x.t, out.shape)) throw Invalid();
    return Arrays{out};
  };
  s.call(on(x, "view" + text(sizes)), x.t.dtype(), model, [&] {
    const Tensor v = x.t.view(sizes);
    if (v.numel() > 0 && v.data_ptr() != x.t.data_ptr()) throw Error("view: other bytes");
    return Tensors{v};
  });
}
void reshape_call(Session& s) {
  const Pair x = s.any();
  const Ints sizes = s.sizes_near(x.a.shape);
  s.call(
      on(x, "reshape" + text(sizes)), x.t.dtype(), [&] { return Arrays{model::reshape(x.a, sizes)}; },
      [&] { return Tensors{x.t.reshape(sizes)}; });
}
void flatten_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t a = s.in.dim(x.a.shape.size()), b = s.in.dim(x.a.shape.size());
  s.call(
      on(x, with("flatten", a, b)), x.t.dtype(), [&] { return Arrays{model::flatten(x.a, a, b)}; },
      [&] { return Tensors{x.t.flatten(a, b)}; });
}
void squeeze_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size());
  const bool all = s.in.coin();
  s.call(
      on(x, all ? "squeeze" : with("squeeze", d)), x.t.dtype(),
      [&] { return Arrays{all ? model::squeeze(x.a) : model::squeeze(x.a, d)}; },
      [&] { return Tensors{all ? x.t.squeeze() : x.t.squeeze(d)}; });
}
void unsqueeze_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size() + 1);
  s.call(
      on(x, with("unsqueeze", d)), x.t.dtype(), [&] { return Arrays{model::unsqueeze(x.a, d)}; },
      [&] { return Tensors{x.t.unsqueeze(d)}; });
}
void expand_call(Session& s) {
  const Pair x = s.any();
  Ints sizes = x.a.shape;
  for (std::int64_t& n : sizes)
    if (n == 1 && s.in.coin()) n = s.in.below(4);
  for (std::int64_t n = s.in.below(3); n > 0; --n) sizes.insert(sizes.begin(), s.in.below(4));
  if (s.in.one_in(4)) sizes = s.sizes_near(x.a.shape);
  s.call(
      on(x, "expand" + text(sizes)), x.t.dtype(), [&] { return Arrays{model::expand(x.a, sizes)}; },
      [&] { return Tensors{x.t.expand(sizes)}; });
}
void narrow_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size()), start = s.in.number(), length = s.in.number();
  s.call(
      on(x, with("narrow", d, start, length)), x.t.dtype(),
      [&] { return Arrays{model::narrow(x.a, d, start, length)}; },
      [&] { return Tensors{x.t.narrow(d, start, length)}; });
}
void select_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size()), i = s.in.number();
  s.call(
      on(x, with("select", d, i)), x.t.dtype(), [&] { return Arrays{model::select(x.a, d, i)}; },
      [&] { return Tensors{x.t.select(d, i)}; });
  s.call(
      on(x, with("[]", i)), x.t.dtype(), [&] { return Arrays{model::select(x.a, 0, i)}; },
      [&] { return Tensors{x.t[i]}; });
}
void slice_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size());
  const OptInt start = s.in.maybe(), end = s.in.maybe();
  const std::int64_t step = s.in.coin() ? 1 : s.in.number();
  s.call(
      on(x, with("slice", d) + " " + text(start) + " " + text(end) + with(" step", step)), x.t.dtype(),
      [&] { return Arrays{model::slice(x.a, d, start, end, step)}; },
      [&] { return Tensors{x.t.slice(d, start, end, step)}; });
}
void diagonal_call(Session& s) {
  const Pair x = s.any();
  const std::size_t rank = x.a.shape.size();
  const std::int64_t offset = s.in.number(), a = s.in.dim(rank), b = s.in.dim(rank);
  s.call(
      on(x, with("diagonal", offset, a, b)), x.t.dtype(), [&] { return Arrays{model::diagonal(x.a, offset, a, b)}; },
      [&] { return Tensors{x.t.diagonal(offset, a, b)}; });
}
void split_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size()), n = s.in.number();
  s.call(
      on(x, with("split", n, d)), x.t.dtype(), [&] { return model::split(x.a, n, d); },
      [&] { return x.t.split(n, d); });
  s.call(
      on(x, with("chunk", n, d)), x.t.dtype(), [&] { return model::chunk(x.a, n, d); },
      [&] { return x.t.chunk(n, d); });
}
void split_list(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size());
  Ints lengths = s.in.numbers(static_cast<std::size_t>(s.in.below(4)));
  if (s.in.coin() && d >= 0 && d < static_cast<std::int64_t>(x.a.shape.size())) {
    std::int64_t left = x.a.shape[static_cast<std::size_t>(d)];
    for (std::int64_t& n : lengths) left -= n = s.in.below(std::max<std::int64_t>(left, 0) % 100 + 1);
    lengths.push_back(left);
  }
  s.call(
      on(x, with("split", d) + text(lengths)), x.t.dtype(), [&] { return model::split(x.a, lengths, d); },
      [&] { return x.t.split(lengths, d); });
}
void unbind_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t d = s.in.dim(x.a.shape.size());
  s.call(
      on(x, with("unbind", d)), x.t.dtype(), [&] { return model::unbind(x.a, d); }, [&] { return x.t.unbind(d); });
}
void join_call(Session& s) {
  std::vector<Pair> parts;
  const bool stacked = s.in.coin();
  Dtype dtype = kBool;
  for (std::int64_t n = s.in.below(4); n > 0; --n) {
    parts.push_back(parts.empty() || s.in.one_in(3) ? s.any() : parts.back());
    if (s.in.one_in(16)) parts.back() = s.counting({0}, kFloat);
  }
  const std::int64_t d = s.in.dim(parts.empty() ? 1 : parts[0].a.shape.size() + (stacked ? 1 : 0));
  std::string what = with(stacked ? "stack" : "cat", d);
  Arrays a;
  Tensors t;
  for (const Pair& p : parts) {
    dtype = std::max(dtype, p.t.scalar_type());
    a.push_back(p.a);
    t.push_back(p.t);
    what += " " + on(p, "");
  }
  s.call(
      what, dtype, [&] { return Arrays{stacked ? model::stack(a, d) : model::cat(a, d)}; },
      [&] { return Tensors{stacked ? stack(t, d) : cat(t, d)}; });
}
void repeat_call(Session& s) {
  const Pair x = s.any();
  Ints repeats(x.a.shape.size() + static_cast<std::size_t>(s.in.one_in(8) ? s.in.below(20) : s.in.below(2)));
  for (std::int64_t& r : repeats) r = s.in.below(3);
  if (s.in.one_in(4)) repeats = s.in.numbers(repeats.size());
  s.call(
      on(x, "repeat" + text(repeats)), x.t.dtype(), [&] { return Arrays{model::repeat(x.a, repeats)}; },
      [&] { return Tensors{x.t.repeat(repeats)}; });
}
void flip_call(Session& s) {
  const Pair x = s.any();
  const Ints dims = s.in.dims(x.a.shape.size());
  s.call(
      on(x, "flip" + text(dims)), x.t.dtype(), [&] { return Arrays{model::flip(x.a, dims)}; },
      [&] { return Tensors{x.t.flip(dims)}; });
}
void triangle_call(Session& s) {
  const Pair x = s.any();
  const std::int64_t k = s.in.number();
  s.call(
      on(x, with("tril", k)), x.t.dtype(), [&] { return Arrays{model::triangle(x.a, k, true)}; },
      [&] { return Tensors{x.t.tril(k)}; });
  s.call(
      on(x, with("triu", k)), x.t.dtype(), [&] { return Arrays{model::triangle(x.a, k, false)}; },
      [&] { return Tensors{x.t.triu(k)}; });
}
void pad_call(Session& s) {
  const Pair x = s.any();
  const Ints pads = s.in.numbers(static_cast<std::size_t>(s.in.below(2 * (std::int64_t)x.a.shape.size() + 2)));
  s.call(
      on(x, "pad" + text(pads)), x.t.dtype(), [&] { return Arrays{model::pad(x.a, pads, 1)}; },
      [&] { return Tensors{pad(x.t, pads, 1)}; });
}
void copies(Session& s) {
  const Pair x = s.any();
  constexpr Dtype kDtypes[] = {kBool, kLong, kFloat, kDouble};
  const Dtype to = kDtypes[s.in.below(4)];
  s.call(
      on(x, "to, contiguous, clone"), to, [&] { return Arrays{s.as(x, to).a}; },
      [&] { return Tensors{x.t.to(to).contiguous().clone()}; });
  const auto n = static_cast<std::int64_t>(x.a.shape.size());
  s.call(
      on(x, "t"), x.t.dtype(),
      [&] {
        if (n > 2) throw Invalid();
        return Arrays{n < 2 ? x.a : model::transpose(x.a, 0, 1)};
      },
      [&] { return Tensors{x.t.t()}; });
  const Pair y = s.any();
  s.call(
      on(x, "expand_as " + text(y.a.shape)), x.t.dtype(), [&] { return Arrays{model::expand(x.a, y.a.shape)}; },
      [&] { return Tensors{x.t.expand_as(y.t)}; });
}

}  // namespace

const std::vector<Call> kViewCalls = {
    two_dims,    permute_call, view_call,  reshape_call, flatten_call,  squeeze_call, expand_call, unsqueeze_call,
    narrow_call, select_call,  slice_call, split_call,   diagonal_call, split_list,   unbind_call, join_call,
    repeat_call, flip_call,    pad_call,   copies,       triangle_call, view_call};

}  // namespace tapegrad::fuzz
