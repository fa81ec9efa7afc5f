// Max, average and adaptive pooling of one to three dims.
#include <functional>
#include <limits>

#include "../registry.h"

namespace tapegrad::test {
namespace {

struct Pool {
  Shape x, kernel, stride = {}, padding = {0}, dilation = {1};
  bool ceil = false, include_pad = true;
  std::int64_t divisor = 0;
  bool large = false;
};

std::int64_t of(const Shape& v, std::size_t d) { return v[v.size() == 1 ? 0 : d]; }

// The coordinates along dim d that window o holds, those in the padding (up to `room` behind the end) too.
using Coordinates = std::vector<std::int64_t>;
Coordinates window(const Pool& p, std::size_t d, std::int64_t o, std::int64_t in) {
  Coordinates all;
  const std::int64_t stride = p.stride.empty() ? of(p.kernel, d) : of(p.stride, d), pad = of(p.padding, d);
  for (std::int64_t k = 0; k < of(p.kernel, d); ++k) {
    const std::int64_t i = o * stride - pad + k * of(p.dilation, d);
    if (i < in + pad) all.push_back(i);
  }
  return all;
}
std::int64_t windows(const Pool& p, std::size_t d, std::int64_t in) {
  const std::int64_t stride = p.stride.empty() ? of(p.kernel, d) : of(p.stride, d), pad = of(p.padding, d);
  std::int64_t n = 0;
  for (std::int64_t first = -pad;; first += stride, ++n) {  // a window begins at `first`
    const std::int64_t last = first + (of(p.kernel, d) - 1) * of(p.dilation, d);
    if (last < in + pad) continue;
    return n + (p.ceil && first < in && last - (in + pad - 1) < stride ? 1 : 0);
  }
}
Coordinates share(std::int64_t o, std::int64_t in, std::int64_t out) {
  Coordinates all;
  for (std::int64_t i = 0; i < in; ++i) {
    if (i * out < (o + 1) * in && (i + 1) * out > o * in) all.push_back(i);
  }
  return all;
}

// fold(elements, padded) of each window, of which `padded` elements are in the padding.
Array pooled(const Array& x, std::size_t dims, const Shape& out,
             const std::function<Coordinates(std::size_t d, std::int64_t o, std::int64_t in)>& coordinates,
             const std::function<Dual(const std::vector<Dual>&, std::int64_t padded)>& fold) {
  Shape shape = x.shape;
  const std::size_t lead = shape.size() - dims;
  for (std::size_t d = 0; d < dims; ++d) shape[lead + d] = out[d];
  Array y(shape);
  for_each(shape, [&](const Index& to) {
    std::vector<Dual> elements;
    std::int64_t padded = 0;
    const std::function<void(std::size_t, Index)> collect = [&](std::size_t d, Index at) {
      if (d == dims) {
        bool inside = true;
        for (std::size_t e = lead; e < at.size(); ++e) inside = inside && at[e] >= 0 && at[e] < x.shape[e];
        inside ? elements.push_back(x.at(at)) : static_cast<void>(++padded);
        return;
      }
      for (const std::int64_t i : coordinates(d, to[lead + d], x.shape[lead + d])) {
        at[lead + d] = i;
        collect(d + 1, at);
      }
    };
    collect(0, to);
    y.at(to) = fold(elements, padded);
  });
  return y;
}
Dual largest(const std::vector<Dual>& v, std::int64_t) {
  Dual best = v[0];
  for (const Dual& d : v)
    if (d.v > best.v) best = d;
  return best;
}
Array reference(const Pool& p, const Array& x, std::size_t dims, bool max) {
  Shape out;
  for (std::size_t d = 0; d < dims; ++d) out.push_back(windows(p, d, x.shape[x.shape.size() - dims + d]));
  const auto average = [&](const std::vector<Dual>& v, std::int64_t padded) {
    const auto n = static_cast<std::int64_t>(v.size()) + (p.include_pad ? padded : 0);
    return total(v) / Dual(static_cast<double>(p.divisor != 0 ? p.divisor : n));
  };
  return pooled(
      x, dims, out, [&](std::size_t d, std::int64_t o, std::int64_t in) { return window(p, d, o, in); },
      max ? std::function<Dual(const std::vector<Dual>&, std::int64_t)>(largest) : average);
}
Array shares(const Array& x, const Shape& out, bool max) {
  const auto average = [&](const std::vector<Dual>& v, std::int64_t) {
    return total(v) / Dual(static_cast<double>(v.size()));
  };
  return pooled(
      x, out.size(), out, [&](std::size_t d, std::int64_t o, std::int64_t in) { return share(o, in, out[d]); },
      max ? std::function<Dual(const std::vector<Dual>&, std::int64_t)>(largest) : average);
}

std::string text(const Pool& p) {
  return shape_text(p.x) + " by " + shape_text(p.kernel) + " stride " + shape_text(p.stride) + " padding " +
         shape_text(p.padding) + " dilation " + shape_text(p.dilation) + (p.ceil ? " ceil" : "") +
         (p.include_pad ? "" : " without padding") + (p.divisor != 0 ? " divisor" : "") + (p.large ? " large" : "");
}

using MaxCall = Tensor (*)(const Tensor&, IntList, IntList, IntList, IntList, bool);
using BothCall = std::tuple<Tensor, Tensor> (*)(const Tensor&, IntList, IntList, IntList, IntList, bool);
void max_pools(Sample& s, std::size_t dims, MaxCall call, BothCall both, const std::vector<Pool>& all) {
  for (const Pool& p : all)
    s.add({.label = text(p),
           .inputs = {{p.x}},
           .fn = [=](const Tensors& x) { return call(x[0], p.kernel, p.stride, p.padding, p.dilation, p.ceil); },
           .reference = [=](const Arrays& in) { return reference(p, in[0], dims, true); },
           .accuracy = exact(),
           .spellings = {[=](const Tensors& x) {
             return std::get<0>(both(x[0], p.kernel, p.stride, p.padding, p.dilation, p.ceil));
           }},
           .large = p.large});
}

const Register kMax1d("max_pool1d", {"max_pool1d", "max_pool1d_with_indices"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(max_pool1d(tensor({{{1.0, 3.0, 2.0, 4.0}}}), 2));
  TAPEGRAD_EXAMPLE(max_pool1d_with_indices(tensor({{{1.0, 3.0, 2.0, 4.0}}}), 2));
  max_pools(s, 1, max_pool1d, max_pool1d_with_indices,
            {{{2, 3, 8}, {2}},
             {{1, 7}, {3}, {1}, {1}},
             {{2, 2, 9}, {3}, {2}, {0}, {2}},
             {{1, 1, 8}, {3}, {2}, {1}, {1}, true},
             {{1, 2, 5}, {2}, {4}, {0}, {1}, true},
             {{0, 3, 8}, {2}}});
  s.edge({"the first of equals, and any NaN", {{3, 3, kNan, 1}}, {3, kNan}, {{1, 0, 1, 0}}, [](const Tensors& x) {
            return max_pool1d(x[0].view({1, 4}), 2).view(-1);
          }});
  s.edge({"where it is", {{1, 5, 7, 2}}, {1, 2}, {}, [](const Tensors& x) {
            return std::get<1>(max_pool1d_with_indices(x[0].view({1, 4}), 2)).view(-1).to(kDouble);
          }});
  const auto x = [] { return zeros({2, 3, 8}); };
  s.throws<ShapeError>("Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got: [8]",
                       [] { max_pool1d(zeros(8), 2); })
      .throws<ShapeError>("Expected 2D",
                          [] {
                            max_pool1d(zeros({2, 0, 8}), 2);
                          })
      .throws<ShapeError>("pad should be smaller than or equal to half of kernel size, but got pad 2 and kernel size 3",
                          [=] { max_pool1d(x(), 3, 1, 2); })
      .throws<ShapeError>("kernel_size should be greater than zero", [=] { max_pool1d(x(), 0); })
      .throws<ShapeError>("stride should be greater than zero", [=] { max_pool1d(x(), 2, 0); })
      .throws<ShapeError>("dilation should be greater than zero", [=] { max_pool1d(x(), 2, 1, 0, 0); })
      .throws<ShapeError>("kernel_size must either be a single int, or a list of 1 ints",
                          [=] {
                            max_pool1d(x(), {2, 2});
                          })
      .throws<ShapeError>("Calculated output size: [2, 3, 0]. Output size is too small", [=] { max_pool1d(x(), 9); })
      .throws<ShapeError>("a window of kernel size 2 and dilation 3 holds no element",
                          [] {
                            max_pool1d(zeros({1, 4, 2}), 2, 1, 1, 3);
                          })
      .throws<DtypeError>("not implemented for 'Long'", [=] { max_pool1d(x().to(kLong), 2); });
});

const Register kMax2d("max_pool2d", {"max_pool2d", "max_pool2d_with_indices"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(max_pool2d(arange(8.0).view({1, 1, 2, 4}), 2));
  TAPEGRAD_EXAMPLE(max_pool2d_with_indices(arange(8.0).flip({0}).view({1, 1, 2, 4}), 2));
  max_pools(s, 2, max_pool2d, max_pool2d_with_indices,
            {{{2, 3, 4, 6}, {2}},
             {{2, 5, 7}, {3, 2}, {2, 1}, {1, 0}},
             {{1, 2, 6, 6}, {2}, {1}, {1}, {3}},
             {{1, 1, 5, 6}, {2, 3}, {2}, {1}, {1}, true},
             {{1, 1, 2, 2}, {3}, {2}, {0}, {1}, true},
             {{8, 20, 33, 40}, {2}, {2}, {0}, {1}, false, true, 0, true}});
  s.throws<ShapeError>("list of 2 ints", [] { max_pool2d(zeros({1, 4, 4}), {2, 2, 2}); });
  s.throws<ShapeError>("Expected 3D or 4D", [] { max_pool2d(zeros({4, 4}), 2); });
});

const Register kMax3d("max_pool3d", {"max_pool3d", "max_pool3d_with_indices"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(max_pool3d(arange(16.0).view({1, 1, 2, 2, 4}), 2));
  TAPEGRAD_EXAMPLE(max_pool3d_with_indices(arange(16.0).flip({0}).view({1, 1, 2, 2, 4}), 2));
  max_pools(s, 3, max_pool3d, max_pool3d_with_indices,
            {{{1, 2, 2, 4, 4}, {2}}, {{2, 3, 4, 5}, {2, 3, 2}, {1, 2, 1}, {1, 1, 0}}});
  s.throws<ShapeError>("Expected 4D or 5D", [] { max_pool3d(zeros({4, 4}), 2); });
});

template <class F>
void avg_pools(Sample& s, std::size_t dims, F call, const std::vector<Pool>& all) {
  for (const Pool& p : all)
    s.add({.label = text(p),
           .inputs = {{p.x}},
           .fn = [=](const Tensors& x) { return call(x[0], p); },
           .reference = [=](const Arrays& in) { return reference(p, in[0], dims, false); },
           .accuracy = {6, 6, [=](const Arrays& in) { return reference(p, absolute(in[0]), dims, false); }},
           .large = p.large});
}
const Register kAvg1d("avg_pool1d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(avg_pool1d(tensor({{{1.0, 3.0, 2.0, 4.0}}}), 2));
  avg_pools(s, 1,
            [](const Tensor& x, const Pool& p) {
              return avg_pool1d(x, p.kernel, p.stride, p.padding, p.ceil, p.include_pad);
            },
            {{{2, 3, 8}, {2}},
             {{1, 7}, {3}, {1}, {1}},
             {{1, 7}, {3}, {2}, {1}, {1}, false, false},
             {{1, 1, 8}, {3}, {2}, {1}, {1}, true},
             {{1, 1, 2}, {3}, {2}, {0}, {1}, true},
             {{1, 1, 8}, {4}, {3}, {2}, {1}, true, false},
             {{0, 3, 8}, {2}}});
  s.throws<ShapeError>("Output size is too small",
                       [] {
                         avg_pool1d(zeros({1, 3}), 4);
                       })
      .throws<ShapeError>("half of kernel size",
                          [] {
                            avg_pool1d(zeros({1, 3}), 2, 1, 2);
                          })
      .throws<DtypeError>("not implemented for 'Long'", [] {
        avg_pool1d(zeros({1, 3}, kLong), 2);
      });
});
const Register kAvg2d("avg_pool2d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(avg_pool2d(arange(8.0).view({1, 1, 2, 4}), 2));
  avg_pools(s, 2,
            [](const Tensor& x, const Pool& p) {
              return avg_pool2d(x, p.kernel, p.stride, p.padding, p.ceil, p.include_pad,
                                p.divisor != 0 ? OptInt(p.divisor) : OptInt());
            },
            {{{2, 3, 4, 6}, {2}},
             {{2, 5, 7}, {3, 2}, {2, 1}, {1, 0}},
             {{2, 5, 7}, {3, 2}, {2, 1}, {1, 0}, {1}, false, false},
             {{1, 1, 5, 6}, {2, 3}, {2}, {1}, {1}, true, true, 5},
             {{1, 2, 5, 6}, {2, 3}, {2}, {1}, {1}, true},
             {{8, 20, 33, 40}, {2}, {2}, {0}, {1}, false, true, 0, true}});
  s.throws<ValueError>("divisor must be not zero", [] { avg_pool2d(zeros({1, 3, 3}), 2, {}, 0, false, true, 0); });
});
const Register kAvg3d("avg_pool3d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(avg_pool3d(arange(16.0).view({1, 1, 2, 2, 4}), 2));
  avg_pools(s, 3,
            [](const Tensor& x, const Pool& p) {
              return avg_pool3d(x, p.kernel, p.stride, p.padding, p.ceil, p.include_pad,
                                p.divisor != 0 ? OptInt(p.divisor) : OptInt());
            },
            {{{1, 2, 2, 4, 4}, {2}}, {{2, 3, 4, 5}, {2, 3, 2}, {1, 2, 1}, {1, 1, 0}, {1}, true, false}});
  s.throws<ShapeError>("Expected 4D or 5D", [] { avg_pool3d(zeros({4, 4}), 2); });
});

struct Shares {
  Shape x, out;
};
void adaptive(Sample& s, const std::function<Tensor(const Tensor&, const Shape&)>& call, bool max,
              const std::vector<Shares>& all) {
  for (const Shares& a : all)
    s.add({.label = shape_text(a.x) + " to " + shape_text(a.out),
           .inputs = {{a.x}},
           .fn = [=](const Tensors& x) { return call(x[0], a.out); },
           .reference = [=](const Arrays& in) { return shares(in[0], a.out, max); },
           .accuracy = {max ? 0.0 : 8.0, max ? 0.0 : 8.0,
                        [=](const Arrays& in) { return shares(absolute(in[0]), a.out, max); }}});
}
const std::vector<Shares> kShares1 = {
    {{2, 3, 8}, {4}}, {{1, 7}, {3}}, {{2, 5}, {8}}, {{1, 2, 6}, {1}}, {{0, 2, 6}, {2}}};
const std::vector<Shares> kShares2 = {{{2, 3, 4, 6}, {2, 3}}, {{2, 5, 7}, {3, 2}}, {{1, 5, 7}, {1, 1}}};
const std::vector<Shares> kShares3 = {{{2, 3, 4, 5}, {2, 3, 2}}};

const Register kAdaptiveAvg1d("adaptive_avg_pool1d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(adaptive_avg_pool1d(tensor({{{1.0, 2.0, 3.0}}}), 2));
  adaptive(
      s, [](const Tensor& x, const Shape& out) { return adaptive_avg_pool1d(x, out); }, false, kShares1);
  s.throws<ShapeError>("output_size should be 0 or more",
                       [] {
                         adaptive_avg_pool1d(zeros({1, 3}), -1);
                       })
      .throws<ShapeError>("output_size must either be a single int",
                          [] {
                            adaptive_avg_pool1d(zeros({1, 3}), {1, 2});
                          })
      .throws<ShapeError>("Expected 2D or 3D", [] { adaptive_avg_pool1d(zeros(3), 1); });
});
const Register kAdaptiveAvg2d("adaptive_avg_pool2d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(adaptive_avg_pool2d(arange(8.0).view({1, 1, 2, 4}), {1, 2}));
  adaptive(
      s, [](const Tensor& x, const Shape& out) { return adaptive_avg_pool2d(x, out); }, false, kShares2);
  s.throws<ShapeError>("Expected 3D or 4D", [] { adaptive_avg_pool2d(zeros(3), 1); });
});
const Register kAdaptiveAvg3d("adaptive_avg_pool3d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(adaptive_avg_pool3d(arange(16.0).view({1, 1, 2, 2, 4}), {1, 1, 2}));
  adaptive(
      s, [](const Tensor& x, const Shape& out) { return adaptive_avg_pool3d(x, out); }, false, kShares3);
  s.throws<ShapeError>("Expected 4D or 5D", [] { adaptive_avg_pool3d(zeros(3), 1); });
});
const Register kAdaptiveMax1d("adaptive_max_pool1d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(adaptive_max_pool1d(tensor({{{1.0, 3.0, 2.0}}}), 2));
  adaptive(
      s, [](const Tensor& x, const Shape& out) { return std::get<0>(adaptive_max_pool1d(x, out)); }, true, kShares1);
  s.edge({"where it is", {{1, 5, 7, 2}}, {1, 2}, {}, [](const Tensors& x) {
            return std::get<1>(adaptive_max_pool1d(x[0].view({1, 4}), 2)).view(-1).to(kDouble);
          }});
  s.throws<ShapeError>("Expected 2D or 3D", [] { adaptive_max_pool1d(zeros(3), 1); });
});
const Register kAdaptiveMax2d("adaptive_max_pool2d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(adaptive_max_pool2d(arange(8.0).flip({0}).view({1, 1, 2, 4}), {1, 2}));
  adaptive(
      s, [](const Tensor& x, const Shape& out) { return std::get<0>(adaptive_max_pool2d(x, out)); }, true, kShares2);
  s.throws<ShapeError>("Expected 3D or 4D", [] { adaptive_max_pool2d(zeros(3), 1); });
});
const Register kAdaptiveMax3d("adaptive_max_pool3d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(adaptive_max_pool3d(arange(16.0).flip({0}).view({1, 1, 2, 2, 4}), {1, 1, 2}));
  adaptive(
      s, [](const Tensor& x, const Shape& out) { return std::get<0>(adaptive_max_pool3d(x, out)); }, true, kShares3);
  s.throws<ShapeError>("Expected 4D or 5D", [] { adaptive_max_pool3d(zeros(3), 1); });
});

}  // namespace
}  // namespace tapegrad::test
