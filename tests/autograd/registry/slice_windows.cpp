// Windows and diagonals: unfold, diag.
#include <algorithm>
#include <limits>

#include "arranged.h"

namespace tapegrad::test {
namespace {

const Register kUnfold("unfold", [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(4).unfold(0, 3, 1));
  arranged(
      s,
      {{{7}, {0, 3, 1}},
       {{7}, {0, 3, 2}},
       {{7}, {-1, 2, 3}},
       {{7}, {0, 7, 1}},
       {{7}, {0, 1, 1}},
       {{7}, {0, 2, 100}},
       {{7}, {0, 0, 3}},
       {{4, 5}, {0, 3, 1}},
       {{4, 5}, {1, 2, 2}},
       {{2, 5, 3}, {1, 3, 1}},
       {{2, 1, 5, 1, 2}, {-3, 2, 1}},
       {{33}, {0, 5, 3}},
       {{0}, {0, 0, 1}},
       {{0, 5}, {1, 2, 1}},
       {{4, 5}, {1, 2, 1}, integers(-9, 9)},
       {{4, 5}, {0, 2, 1}, booleans()}},
      [](const Tensor& x, const Shape& a) { return x.unfold(a[0], a[1], a[2]); }, nullptr,
      [](const Array& x, const Shape& a) {
        const std::size_t d = wrap(a[0], x.shape.size());
        Shape shape = x.shape;
        shape[d] = (shape[d] - a[1]) / a[2] + 1;
        shape.push_back(a[1]);
        return gather(x, shape, [&](Index i) {
          i[d] = i[d] * a[2] + i.back();
          i.pop_back();
          return i;
        });
      });
  s.edge({"gradients add up where windows overlap", {{1, 2, 3}}, {1, 2, 2, 3}, {{1, 2, 1}}, [](const Tensors& x) {
            return x[0].unfold(0, 2, 1);
          }});
  s.edge({"what no window holds has none", {{1, 2, 3}}, {1, 2}, {{1, 1, 0}}, [](const Tensors& x) {
            return x[0].unfold(0, 2, 2);
          }});
  s.throws<IndexError>("maximum size for tensor at dimension 0 is 3 but size is 4", [] { of({3}).unfold(0, 4, 1); })
      .throws<IndexError>("size is -1", [] { of({3}).unfold(0, -1, 1); })
      .throws<IndexError>("step is 0 but must be > 0", [] { of({3}).unfold(0, 1, 0); })
      .throws<ShapeError>("8",
                          [] {
                            of({1, 1, 1, 1, 1, 1, 1, 1}).unfold(0, 1, 1);
                          })
      .throws<ShapeError>("0-dim", [] { of({}).unfold(0, 1, 1); })
      .throws<IndexError>(kRange, [] {
        of({2, 3}).unfold(2, 1, 1);
      });
});

const Register kDiag("diag", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).diag());
  arranged(
      s,
      {{{3}, {0}},
       {{3}, {2}},
       {{3}, {-1}},
       {{17}, {1}},
       {{0}, {0}},
       {{0}, {2}},
       {{3, 3}, {0}},
       {{3, 5}, {2}},
       {{3, 5}, {-1}},
       {{5, 3}, {9}},
       {{0, 3}, {0}},
       {{3}, {1}, integers(-9, 9)},
       {{3, 3}, {1}, booleans()}},
      [](const Tensor& x, const Shape& a) { return a[0] == 0 ? diag(x) : diag(x, a[0]); },
      [](const Tensor& x, const Shape& a) { return x.diag(a[0]); },
      [](const Array& x, const Shape& a) {
        const std::int64_t down = std::max<std::int64_t>(-a[0], 0), right = std::max<std::int64_t>(a[0], 0);
        if (x.shape.size() == 2) {
          const std::int64_t n = std::max<std::int64_t>(std::min(x.shape[0] - down, x.shape[1] - right), 0);
          return gather(x, {n}, [&](const Index& i) { return Index{i[0] + down, i[0] + right}; });
        }
        const std::int64_t n = x.shape[0] + down + right;
        Array out(Shape{n, n});
        for (std::int64_t i = 0; i < x.shape[0]; ++i) out.at({i + down, i + right}) = x.at({i});
        return out;
      });
  s.edge({"of a matrix has bytes of its own", {{1, 2, 3, 4}}, {1, 2, 3, 4}, {}, [](const Tensors& x) {
            diag(x[0].view({2, 2})).fill_(7);
            return x[0].clone();
          }});
  s.throws<ShapeError>("Supports 1D or 2D tensors. Got 3D",
                       [] {
                         diag(of({2, 2, 2}));
                       })
      .throws<ShapeError>("Got 0D", [] { diag(of({})); })
      .throws<ShapeError>("diag", [] { diag(of({2}), std::numeric_limits<std::int64_t>::min()); });
});

}  // namespace
}  // namespace tapegrad::test
