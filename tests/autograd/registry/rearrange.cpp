// Copies in another order or another size: repeat, tile, flip, fliplr, flipud, roll, pad, tril, triu.
#include "arranged.h"

namespace tapegrad::test {
namespace {

const Register kRepeat("repeat", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).repeat({2, 2}));
  arranged(
      s,
      {{{}, {}},
       {{}, {3}},
       {{}, {2, 3}},
       {{1}, {1}},
       {{3}, {2}},
       {{3, 4}, {1, 1}},
       {{3, 4}, {2, 3}},
       {{3, 4}, {2, 1, 3}},
       {{3, 4}, {2, 2, 1, 1}},
       {{1, 4}, {3, 1}},
       {{2, 1, 3, 1, 2}, {1, 2, 1, 3, 2}},
       {{17}, {3}},
       {{33}, {2, 1}},
       {{3, 4}, {0, 2}},
       {{3, 4}, {2, 0}},
       {{0}, {2}},
       {{0, 3}, {2, 2}},
       {{3, 0, 2}, {1, 2, 2}},
       {{3, 4}, {2, 2}, integers(-9, 9)},
       {{3, 4}, {1, 2}, booleans()},
       {{130, 70}, {3, 4}, {}, true}},
      [](const Tensor& x, const Shape& a) { return repeat(x, a); },
      [](const Tensor& x, const Shape& a) { return x.repeat(a); },
      [](const Array& x, const Shape& a) {
        const std::size_t more = a.size() - x.shape.size();
        Shape shape = a;
        for (std::size_t d = more; d < a.size(); ++d) shape[d] *= x.shape[d - more];
        return gather(x, shape, [&](const Index& i) {
          Index from(i.begin() + static_cast<std::ptrdiff_t>(more), i.end());
          for (std::size_t d = 0; d < from.size(); ++d) from[d] %= x.shape[d];
          return from;
        });
      });
  s.throws<ShapeError>("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
                       [] {
                         repeat(of({2, 3}), {2});
                       })
      .throws<ShapeError>("negative",
                          [] {
                            repeat(of({2, 3}), {2, -1});
                          })
      .throws<ShapeError>("8",
                          [] {
                            repeat(of({2}), {1, 1, 1, 1, 1, 1, 1, 1, 1});
                          })
      .throws<ShapeError>("", [] { repeat(of({1 << 20}), {std::int64_t{1} << 60}); });
});

const Register kFlip("flip", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).flip({0, 1}));
  arranged(
      s,
      {{{}, {}},
       {{1}, {0}},
       {{3, 4}, {}},
       {{3, 4}, {0}},
       {{3, 4}, {-1}},
       {{3, 4}, {0, 1}},
       {{3, 4}, {1, -2}},
       {{2, 3, 4}, {2, 0}},
       {{2, 1, 3, 1, 2}, {2, -1}},
       {{17}, {0}},
       {{33}, {-1}},
       {{0}, {0}},
       {{0, 3}, {1}},
       {{3, 0, 2}, {0, 2}},
       {{3, 4}, {0}, integers(-9, 9)},
       {{3, 4}, {1}, booleans()},
       {{300, 200}, {0}, {}, true},
       {{300, 200}, {1}, {}, true}},
      [](const Tensor& x, const Shape& a) { return flip(x, a); },
      [](const Tensor& x, const Shape& a) { return x.flip(a); },
      [](const Array& x, const Shape& a) {
        return gather(x, x.shape, [&](Index i) {
          for (const std::int64_t dim : a) {
            const std::size_t d = wrap(dim, i.size());
            i[d] = x.shape[d] - 1 - i[d];
          }
          return i;
        });
      });
  s.throws<Error>("dim 0 appears multiple times in the list of dims",
                  [] {
                    flip(of({2, 3}), {0, 0});
                  })
      .throws<Error>("dim 0 appears multiple times in the list of dims",
                     [] {
                       flip(of({2, 3}), {0, -2});
                     })
      .throws<IndexError>(kRange, [] {
        flip(of({2, 3}), {2});
      });
});

// pads: {left, right} of the last dim, then of the one before it ..
Array padded(const Array& x, const std::vector<std::int64_t>& pads, const Dual& value) {
  Shape shape = x.shape, before(x.shape.size(), 0);
  for (std::size_t k = 0; k < pads.size() / 2; ++k) {
    const std::size_t d = shape.size() - 1 - k;
    before[d] = pads[2 * k];
    shape[d] += pads[2 * k] + pads[2 * k + 1];
  }
  Array out(shape);
  for_each(shape, [&](const Index& i) {
    Index from = i;
    bool inside = true;
    for (std::size_t d = 0; d < i.size(); ++d) {
      from[d] -= before[d];
      inside = inside && from[d] >= 0 && from[d] < x.shape[d];
    }
    out.at(i) = inside ? x.at(from) : value;
  });
  return out;
}

const Register kPad("pad", {"pad", "constant_pad_nd"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(pad(tensor({1.0, 2.0}), {1, 2}));
  TAPEGRAD_EXAMPLE(constant_pad_nd(tensor({{1.0, 2.0}}), {1, 0, 0, 1}, 9));
  arranged(
      s,
      {{{}, {}},
       {{1}, {1, 2}},
       {{3, 4}, {}},
       {{3, 4}, {1, 2}},
       {{3, 4}, {0, 0}},
       {{3, 4}, {1, 0, 0, 2}},
       {{3, 4}, {-1, 2}},
       {{3, 4}, {-1, -2}},
       {{3, 4}, {1, -3, -1, 1}},
       {{3, 4}, {-2, -2}},
       {{2, 1, 3, 1, 2}, {1, 1, 0, 2, -1, 0}},
       {{2, 1, 3, 1, 2}, {0, 1, 0, 0, 0, 0, 1, 0, 0, 1}},
       {{17}, {5, -3}},
       {{33}, {-16, 1}},
       {{0}, {2, 1}},
       {{0, 3}, {1, 1}},
       {{0, 3}, {0, 0, 1, 1}},
       {{3, 0, 2}, {0, 1}},
       {{3, 4}, {1, 1}, integers(-9, 9)},
       {{3, 4}, {0, 1, 1, 0}, booleans()},
       {{300, 200}, {2, 3, -1, 4}, {}, true}},
      [](const Tensor& x, const Shape& a) { return pad(x, a); },
      [](const Tensor& x, const Shape& a) { return constant_pad_nd(x, a); },
      [](const Array& x, const Shape& a) { return padded(x, a, 0); });
  s.add({.label = "with a value",
         .inputs = {{{3, 4}}},
         .fn =
             [](const Tensors& x) {
               return pad(x[0], {1, 1, -1, 2}, -2.5);
             },
         .reference =
             [](const Arrays& in) {
               return padded(in[0], {1, 1, -1, 2}, -2.5L);
             },
         .accuracy = exact()});
  s.edge(
      {"takes no value into account that is cut off", {{kNan, 2, kInf}}, {2, -kInf}, {{0, 1, 0}}, [](const Tensors& x) {
         return pad(x[0].narrow(0, 0, 2), {-1, 1}, -kInf);
       }});
  s.throws<ShapeError>("Length of pad must be even",
                       [] {
                         pad(of({2, 3}), {1});
                       })
      .throws<ShapeError>("at most twice the number of dims",
                          [] {
                            pad(of({3}), {1, 1, 1, 1});
                          })
      .throws<Error>("",
                     [] {
                       pad(of({3}), {-2, -2});
                     })
      .throws<Error>("", [] {
        pad(of({2, 3}), {0, 0, -3, 0});
      });
});

Array triangle(const Array& x, std::int64_t diagonal, bool lower) {
  Array out = x;
  for_each(x.shape, [&](const Index& i) {
    const std::int64_t row = i[i.size() - 2], column = i.back();
    if (lower ? column > row + diagonal : column < row + diagonal) out.at(i) = 0;
  });
  return out;
}

const std::vector<Arranged>& triangles() {
  static const std::vector<Arranged> all = [] {
    std::vector<Arranged> rows;
    for (const std::int64_t k : {0, 1, -1, 3, -5})
      for (const Shape& shape : {Shape{3, 3}, Shape{3, 5}, Shape{5, 3}, Shape{2, 3, 4}}) rows.push_back({shape, {k}});
    for (const Shape& shape : {Shape{1, 1}, Shape{2, 1, 3, 1, 2}, Shape{17, 1}, Shape{1, 33}, Shape{17, 17},
                               Shape{0, 3}, Shape{3, 0}, Shape{3, 0, 2}, Shape{0, 2, 2}})
      rows.push_back({shape, {0}});
    rows.push_back({{3, 4}, {1}, integers(-9, 9)});
    rows.push_back({{3, 4}, {-1}, booleans()});
    rows.push_back({{300, 200}, {-7}, {}, true});
    return rows;
  }();
  return all;
}

const Register kTril("tril", [](Sample& s) {
  TAPEGRAD_EXAMPLE(ones({2, 3}).tril());
  arranged(
      s, triangles(), [](const Tensor& x, const Shape& a) { return a[0] == 0 ? tril(x) : tril(x, a[0]); },
      [](const Tensor& x, const Shape& a) { return a[0] == 0 ? x.tril() : x.tril(a[0]); },
      [](const Array& x, const Shape& a) { return triangle(x, a[0], true); });
  s.edge({"what is cut off does not matter", {{1, kNan, 3, 4}}, {1, 0, 3, 4}, {{1, 0, 1, 1}}, [](const Tensors& x) {
            return tril(x[0].view({2, 2})).view(4);
          }});
  s.throws<ShapeError>("2", [] { tril(of({3})); }).throws<ShapeError>("2", [] { tril(of({})); });
});

const Register kTriu("triu", [](Sample& s) {
  TAPEGRAD_EXAMPLE(ones({2, 3}).triu(1));
  arranged(
      s, triangles(), [](const Tensor& x, const Shape& a) { return a[0] == 0 ? triu(x) : triu(x, a[0]); },
      [](const Tensor& x, const Shape& a) { return a[0] == 0 ? x.triu() : x.triu(a[0]); },
      [](const Array& x, const Shape& a) { return triangle(x, a[0], false); });
  s.edge({"what is cut off does not matter", {{1, 2, kInf, 4}}, {1, 2, 0, 4}, {{1, 1, 0, 1}}, [](const Tensors& x) {
            return triu(x[0].view({2, 2})).view(4);
          }});
  s.throws<ShapeError>("2", [] { triu(of({3})); }).throws<ShapeError>("2", [] { triu(of({})); });
});

const Register kTile("tile", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).tile({2}));
  arranged(
      s, {{{3, 4}, {2}}, {{3, 4}, {2, 1, 3}}, {{2, 3, 4}, {1, 2}}, {{}, {2}}, {{}, {}}, {{17}, {2}}, {{0, 3}, {2}}},
      [](const Tensor& x, const Shape& a) { return tile(x, a); },
      [](const Tensor& x, const Shape& a) { return x.tile(a); },
      [](const Array& x, const Shape& a) {
        const std::size_t rank = std::max(a.size(), x.shape.size()), more = rank - x.shape.size();
        Shape shape(rank, 1);
        std::copy(x.shape.begin(), x.shape.end(), shape.begin() + static_cast<std::ptrdiff_t>(more));
        for (std::size_t d = 0; d < a.size(); ++d) shape[rank - a.size() + d] *= a[d];
        return gather(x, shape, [&](const Index& i) {
          Index from(i.begin() + static_cast<std::ptrdiff_t>(more), i.end());
          for (std::size_t d = 0; d < from.size(); ++d) from[d] %= x.shape[d];
          return from;
        });
      });
  s.throws<ShapeError>("tile: Trying to create tensor with negative dimension", [] {
     tile(of({2, 3}), -1);
   }).throws<ShapeError>("8", [] {
    tile(of({2}), {1, 1, 1, 1, 1, 1, 1, 1, 1});
  });
});

Array turned(const Array& x, std::size_t d) {
  return gather(x, x.shape, [&](Index i) {
    i[d] = x.shape[d] - 1 - i[d];
    return i;
  });
}

const Register kFliplr("fliplr", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).fliplr());
  arranged(
      s, {{{3, 4}, {}}, {{2, 3, 4}, {}}, {{17, 33}, {}}, {{3, 0}, {}}},
      [](const Tensor& x, const Shape&) { return fliplr(x); }, [](const Tensor& x, const Shape&) { return x.fliplr(); },
      [](const Array& x, const Shape&) { return turned(x, 1); });
  s.throws<ShapeError>("Input must be >= 2-d", [] { fliplr(of({3})); });
});

const Register kFlipud("flipud", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).flipud());
  arranged(
      s, {{{3, 4}, {}}, {{2, 3, 4}, {}}, {{17}, {}}, {{0, 3}, {}}},
      [](const Tensor& x, const Shape&) { return flipud(x); }, [](const Tensor& x, const Shape&) { return x.flipud(); },
      [](const Array& x, const Shape&) { return turned(x, 0); });
  s.throws<ShapeError>("Input must be >= 1-d", [] { flipud(of({})); });
});

// arguments: shifts, then as many dims; an odd number: one shift without a dim.
const Register kRoll("roll", [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(4).roll(1));
  arranged(
      s,
      {{{5}, {2, 0}},
       {{5}, {-1, 0}},
       {{5}, {12, 0}},
       {{5}, {0, 0}},
       {{3, 4}, {1, 1}},
       {{3, 4}, {1, -2, 0, 1}},
       {{3, 4}, {1, 1, 0, 0}},
       {{3, 4}, {5}},
       {{2, 1, 3, 1, 2}, {2, -3}},
       {{33}, {17}},
       {{}, {3}},
       {{0}, {1, 0}},
       {{0, 3}, {2}},
       {{3, 0, 2}, {1, 1}},
       {{3, 4}, {1, 0}, integers(-9, 9)},
       {{3, 4}, {7}, booleans()}},
      [](const Tensor& x, const Shape& a) {
        const std::size_t n = a.size() / 2;
        return a.size() % 2 == 1 ? roll(x, a) : roll(x, {a.data(), n}, {a.data() + n, n});
      },
      [](const Tensor& x, const Shape& a) {
        const std::size_t n = a.size() / 2;
        return a.size() % 2 == 1 ? x.roll(a) : x.roll({a.data(), n}, {a.data() + n, n});
      },
      [](const Array& x, const Shape& a) {
        Array out = a.size() % 2 == 1 ? reshape(x, {count(x.shape)}) : x;
        for (std::size_t k = 0; k < (a.size() + 1) / 2; ++k) {
          const std::size_t d = a.size() % 2 == 1 ? 0 : wrap(a[a.size() / 2 + k], x.shape.size());
          const std::int64_t n = out.shape[d];
          out = gather(out, out.shape, [&](Index i) {
            i[d] = ((i[d] - a[k]) % n + n) % n;
            return i;
          });
        }
        return reshape(out, x.shape);
      });
  s.edge({"has bytes of its own", {{1, 2}}, {1, 2}, {}, [](const Tensors& x) {
            roll(x[0], 0).fill_(7);
            return x[0].clone();
          }});
  s.throws<ShapeError>("shifts and dimensions must align",
                       [] {
                         roll(of({2, 3}), {1, 2}, 0);
                       })
      .throws<ShapeError>("shifts and dimensions must align",
                          [] {
                            roll(of({2, 3}), {1, 2});
                          })
      .throws<ShapeError>("shifts and dimensions must align",
                          [] {
                            roll(of({2, 3}), {});
                          })
      .throws<IndexError>("roll: Dimension out of range", [] {
        roll(of({2, 3}), 1, 2);
      });
});

}  // namespace
}  // namespace tapegrad::test
