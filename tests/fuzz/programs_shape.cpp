// Steps that give other shapes: views, lists of views, joined and rearranged copies.
#include <algorithm>

#include "programs.h"

namespace tapegrad::fuzz {

namespace {

using Makes = Program::Makes;

struct One {
  Program& p;
  Var x;
  void operator()(const std::string& what, Makes makes, const std::function<Array()>& model,
                  const std::function<Tensor()>& library) const {
    p.step(
        what, {&x}, makes, [&] { return Arrays{model()}; }, [&] { return Tensors{library()}; });
  }
};

void view(Program& p) {
  const One call{p, p.any()};
  const Tensor& t = call.x.t;
  const Array& a = call.x.a;
  const std::size_t rank = a.shape.size();
  const std::int64_t d = p.in.dim(rank), e = p.in.dim(rank), i = p.in.number(), j = p.in.number();
  const std::string at = " " + text(Ints{d, e, i, j});
  switch (p.in.below(11)) {
    case 0:
      return call(
          "transpose" + at, Makes::Views, [&] { return model::transpose(a, d, e); }, [&] { return t.transpose(d, e); });
    case 1:
      return call(
          "narrow" + at, Makes::Views, [&] { return model::narrow(a, d, i, j); }, [&] { return t.narrow(d, i, j); });
    case 2:
      return call(
          "select" + at, Makes::Views, [&] { return model::select(a, d, i); }, [&] { return t.select(d, i); });
    case 3:
      return call(
          "slice" + at, Makes::Views, [&] { return model::slice(a, d, i, std::nullopt, j); },
          [&] { return t.slice(d, i, std::nullopt, j); });
    case 4:
      return call(
          "diagonal" + at, Makes::Views, [&] { return model::diagonal(a, i, d, e); },
          [&] { return t.diagonal(i, d, e); });
    case 5:
      return call(
          "unsqueeze" + at, Makes::Views, [&] { return model::unsqueeze(a, d); }, [&] { return t.unsqueeze(d); });
    case 6:
      return call(
          "squeeze" + at, Makes::Views, [&] { return model::squeeze(a, d); }, [&] { return t.squeeze(d); });
    case 7:
      return call(
          "flatten" + at, Makes::Unsure, [&] { return model::flatten(a, d, e); }, [&] { return t.flatten(d, e); });
    case 8: {
      Ints sizes = a.shape;
      for (std::int64_t& n : sizes)
        if (n == 1 && p.in.coin()) n = p.in.below(4);
      for (std::int64_t n = p.in.below(3); n > 0; --n) sizes.insert(sizes.begin(), p.in.below(4));
      return call(
          "expand" + text(sizes), Makes::Views, [&] { return model::expand(a, sizes); },
          [&] { return t.expand(sizes); });
    }
    case 9: {
      Ints dims(rank);
      for (std::size_t k = 0; k < rank; ++k) dims[k] = static_cast<std::int64_t>(k);
      for (std::size_t k = 1; k < rank; ++k)
        std::swap(dims[k], dims[static_cast<std::size_t>(p.in.below(static_cast<std::int64_t>(k) + 1))]);
      return call(
          "permute" + text(dims), Makes::Views, [&] { return model::permute(a, dims); },
          [&] { return t.permute(dims); });
    }
    default: {
      Ints sizes = a.shape;
      if (!sizes.empty() && p.in.coin()) sizes.insert(sizes.begin() + p.in.below(static_cast<std::int64_t>(rank)), 1);
      if (sizes.size() > 1) {
        const auto k = static_cast<std::size_t>(p.in.below(static_cast<std::int64_t>(sizes.size()) - 1));
        sizes[k] *= sizes[k + 1];
        sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(k) + 1);
      }
      if (!sizes.empty() && p.in.coin()) sizes[0] = -1;
      return call(
          "reshape" + text(sizes), Makes::Unsure, [&] { return model::reshape(a, sizes); },
          [&] { return t.reshape(sizes); });
    }
  }
}

void arrange(Program& p) {
  const One call{p, p.any()};
  const Tensor& t = call.x.t;
  const Array& a = call.x.a;
  const std::size_t rank = a.shape.size();
  const std::int64_t k = p.in.number();
  switch (p.in.below(6)) {
    case 0: {
      const Ints dims = p.in.dims(rank);
      return call(
          "flip" + text(dims), Makes::Copies,
          [&] {
            if (rank == 0 && !dims.empty()) throw Unknown();
            return model::flip(a, dims);
          },
          [&] { return t.flip(dims); });
    }
    case 1: {
      Ints repeats(rank + static_cast<std::size_t>(p.in.below(2)));
      for (std::int64_t& r : repeats) r = p.in.below(4) - (p.in.one_in(32) ? 1 : 0);
      return call(
          "repeat" + text(repeats), Makes::Fresh, [&] { return model::repeat(a, repeats); },
          [&] { return t.repeat(repeats); });
    }
    case 2:
      return call(
          "tril " + std::to_string(k), Makes::Copies, [&] { return model::triangle(a, k, true); },
          [&] { return t.tril(k); });
    case 3:
      return call(
          "triu " + std::to_string(k), Makes::Copies, [&] { return model::triangle(a, k, false); },
          [&] { return t.triu(k); });
    case 4: {
      const Ints pads = p.in.numbers(static_cast<std::size_t>(2 * p.in.below(static_cast<std::int64_t>(rank) + 1)));
      return call(
          "pad" + text(pads), Makes::Copies, [&] { return model::pad(a, pads, 0.5L); },
          [&] { return pad(t, pads, 0.5); });
    }
    default:
      return call(
          "contiguous", Makes::Unsure, [&] { return a; }, [&] { return t.contiguous(); });
  }
}

void lists(Program& p) {
  const Var x = p.any();
  const std::int64_t d = p.in.dim(x.a.shape.size()), n = p.in.number();
  const std::string at = " " + text(Ints{d, n});
  switch (p.in.below(3)) {
    case 0:
      return p.step(
          "split" + at, {&x}, Makes::Views, [&] { return model::split(x.a, n, d); }, [&] { return x.t.split(n, d); });
    case 1:
      return p.step(
          "chunk" + at, {&x}, Makes::Views, [&] { return model::chunk(x.a, n, d); }, [&] { return x.t.chunk(n, d); });
    default:
      return p.step(
          "unbind" + at, {&x}, Makes::Views, [&] { return model::unbind(x.a, d); }, [&] { return x.t.unbind(d); });
  }
}

void join(Program& p) {
  const Var x = p.any();
  const std::size_t rank = x.a.shape.size();
  const Var y = p.in.coin() ? x : p.any_of_rank(rank), z = p.in.coin() ? x : p.any_of_rank(rank);
  const bool stacked = p.in.coin();
  const std::int64_t d = p.in.dim(rank + (stacked ? 1 : 0));
  const bool same = y.a.shape.size() == rank && z.a.shape.size() == rank;  // an empty vector joins anything, in silence
  const Arrays a{x.a, y.a, z.a};
  const Tensors t{x.t, y.t, z.t};
  p.step((stacked ? "stack " : "cat ") + std::to_string(d), {&x, &y, &z}, same ? Makes::Copies : Makes::Unsure,
         [&] { return Arrays{stacked ? model::stack(a, d) : model::cat(a, d)}; },
         [&] { return Tensors{stacked ? stack(t, d) : cat(t, d)}; });
}

void constant(Program& p) {  // detached: the same numbers that do not move
  const One call{p, p.any()};
  call(
      "detach", Makes::Unsure,
      [&] {
        Array a = call.x.a;
        for (Dual& n : a.v) n = n.v;
        return a;
      },
      [&] { return call.x.t.detach(); });
}

}  // namespace

const std::vector<Step> kShapeSteps = {view, view, view, view, arrange, arrange, lists, join, join, constant};

}  // namespace tapegrad::fuzz
