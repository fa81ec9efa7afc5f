// Convolutions and transposed convolutions of one to three dims.
#include <cmath>

#include "../registry.h"

namespace tapegrad::test {
namespace {

struct Conv {
  Shape x, w;
  Shape stride = {1}, padding = {0}, dilation = {1};
  std::int64_t groups = 1;
  bool bias = true, large = false;
  Shape output_padding = {0};
};

std::int64_t of(const Shape& v, std::size_t d) { return v[v.size() == 1 ? 0 : d]; }

// Calls f(y, x, w) for each product of the sum that makes y[n, o, p] of x[n, i, p stride + k dilation - padding].
void for_products(const Conv& c, const Shape& y,
                  const std::function<void(const Index&, const Index&, const Index&)>& f) {
  for_each(y, [&](const Index& to) {
    for_each(Shape(c.w.begin() + 1, c.w.end()), [&](const Index& tap) {
      Index x = to, w = tap;
      x[1] = to[1] / (c.w[0] / c.groups) * c.w[1] + tap[0];
      w.insert(w.begin(), to[1]);
      for (std::size_t d = 0; d + 2 < c.x.size(); ++d) {
        x[d + 2] = to[d + 2] * of(c.stride, d) + tap[d + 1] * of(c.dilation, d) - of(c.padding, d);
        if (x[d + 2] < 0 || x[d + 2] >= c.x[d + 2]) return;
      }
      f(to, x, w);
    });
  });
}

Shape conv_sizes(const Conv& c) {
  Shape y = c.x;
  y[1] = c.w[0];
  for (std::size_t d = 0; d + 2 < y.size(); ++d)
    y[d + 2] = (c.x[d + 2] + 2 * of(c.padding, d) - of(c.dilation, d) * (c.w[d + 2] - 1) - 1) / of(c.stride, d) + 1;
  return y;
}
Array conv_reference(const Conv& c, const Arrays& in, bool magnitude) {
  Array y(conv_sizes(c));
  const auto value = [&](const Dual& v) { return magnitude ? abs(v) : v; };
  if (c.bias) for_each(y.shape, [&](const Index& i) { y.at(i) = value(in[2].at({i[1]})); });
  for_products(c, y.shape, [&](const Index& to, const Index& x, const Index& w) {
    y.at(to) = y.at(to) + value(in[0].at(x)) * value(in[1].at(w));
  });
  return y;
}

// The sizes of x of which c.x is the convolution.
Conv transposed_of(const Conv& c) {
  Conv back = c;
  back.x[1] = c.w[1] * c.groups;
  for (std::size_t d = 0; d + 2 < c.x.size(); ++d)
    back.x[d + 2] = (c.x[d + 2] - 1) * of(c.stride, d) - 2 * of(c.padding, d) + of(c.dilation, d) * (c.w[d + 2] - 1) +
                    1 + of(c.output_padding, d);
  return back;
}
Array transposed_reference(const Conv& c, const Arrays& in, bool magnitude) {
  const Conv back = transposed_of(c);
  Array out(back.x);
  const auto value = [&](const Dual& v) { return magnitude ? abs(v) : v; };
  if (c.bias) for_each(out.shape, [&](const Index& i) { out.at(i) = value(in[2].at({i[1]})); });
  for_products(back, c.x, [&](const Index& from, const Index& x, const Index& w) {
    out.at(x) = out.at(x) + value(in[0].at(from)) * value(in[1].at(w));
  });
  return out;
}

Case convolution(const Conv& c, bool transposed, Fn fn) {
  std::int64_t terms = transposed ? c.w[0] / c.groups : c.w[1];
  for (std::size_t d = 2; d < c.w.size(); ++d) terms *= c.w[d];
  const double factor = 4 + std::sqrt(static_cast<double>(terms + 1));
  const auto reference = transposed ? transposed_reference : conv_reference;
  Case out{.label = shape_text(c.x) + " * " + shape_text(c.w) + " stride " + shape_text(c.stride) + " padding " +
                    shape_text(c.padding) + " dilation " + shape_text(c.dilation) + " groups " +
                    std::to_string(c.groups) + (c.bias ? "" : " no bias"),
           .inputs = {{c.x}, {c.w}},
           .fn = std::move(fn),
           .reference = [=](const Arrays& in) { return reference(c, in, false); },
           .accuracy = {factor, factor, [=](const Arrays& in) { return reference(c, in, true); }},
           .large = c.large};
  if (c.large) out.label += " large";
  if (c.bias) out.inputs.push_back({{transposed ? c.w[1] * c.groups : c.w[0]}});
  return out;
}

using Call = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, IntList, IntList, IntList, std::int64_t);
void add_convolutions(Sample& s, Call call, const std::vector<Conv>& all) {
  for (const Conv& c : all)
    s.add(convolution(c, false, [=](const Tensors& x) {
      return call(x[0], x[1], c.bias ? x[2] : undefined(), c.stride, c.padding, c.dilation, c.groups);
    }));
}
using TransposedCall = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, IntList, IntList, IntList, std::int64_t,
                                  IntList);
void add_transposed(Sample& s, TransposedCall call, const std::vector<Conv>& all) {
  for (const Conv& c : all)
    s.add(convolution(c, true, [=](const Tensors& x) {
      return call(x[0], x[1], c.bias ? x[2] : undefined(), c.stride, c.padding, c.output_padding, c.groups, c.dilation);
    }));
}

const Register kConv1d("conv1d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(conv1d(tensor({{{1.0, 2.0, 4.0, 8.0}}}), tensor({{{-1.0, 1.0}}})));
  add_convolutions(s, conv1d,
                   {{{2, 3, 7}, {4, 3, 3}},
                    {{1, 1, 1}, {1, 1, 1}},
                    {{1, 2, 5}, {3, 2, 1}, {1}, {0}, {1}, 1, false},
                    {{2, 4, 8}, {6, 2, 3}, {2}, {1}, {1}, 2},
                    {{2, 2, 9}, {2, 1, 2}, {3}, {2}, {3}, 2, false},
                    {{1, 2, 40}, {2, 2, 17}},
                    {{0, 3, 7}, {4, 3, 3}},
                    {{2, 0, 7}, {4, 0, 3}}});
  s.edge({"of an unbatched input", {{1, 2, 3}, {1, -1}}, {-1, -1}, {{1, 0, -1}, {3, 5}}, [](const Tensors& x) {
            return conv1d(x[0].view({1, 3}), x[1].view({1, 1, 2})).view(-1);
          }});
  s.edge({"\"same\" pads more at the end", {{1, 2, 3}, {1, 1}}, {3, 5, 3}, {}, [](const Tensors& x) {
            return conv1d(x[0].view({1, 1, 3}), x[1].view({1, 1, 2}), {}, 1, "same").view(-1);
          }});
  s.edge({"\"valid\" pads nothing", {{1, 2, 3}, {1, 1}}, {3, 5}, {}, [](const Tensors& x) {
            return conv1d(x[0].view({1, 1, 3}), x[1].view({1, 1, 2}), {}, 2 - 1, "valid").view(-1);
          }});
  s.edge({"NaN and infinity reach what reads them alone",
          {{kNan, 0, 1, kInf}, {1, 1}},
          {kNan, 1, kInf},
          {},
          [](const Tensors& x) {
            return conv1d(x[0].view({1, 1, 4}), x[1].view({1, 1, 2})).view(-1);
          }});
  const auto x = [] { return zeros({2, 3, 7}); };
  const auto w = [] { return zeros({4, 3, 3}); };
  s.throws<ShapeError>(
       "conv1d: Given groups=1, weight of size [4, 2, 3], expected input[2, 3, 7] to have 2 channels, "
       "but got 3 channels instead",
       [=] {
         conv1d(x(), zeros({4, 2, 3}));
       })
      .throws<ShapeError>("Expected 2D (unbatched) or 3D (batched) input to conv1d, but got input of size: [7]",
                          [=] { conv1d(zeros({7}), w()); })
      .throws<ShapeError>(
          "Calculated padded input size per channel: (7). Kernel size: (8). Kernel size can't be greater "
          "than actual input size",
          [=] {
            conv1d(x(), zeros({4, 3, 8}));
          })
      .throws<ShapeError>("Kernel size can't be greater", [=] { conv1d(x(), w(), {}, 1, 0, 4); })
      .throws<ShapeError>("Kernel size",
                          [=] {
                            conv1d(x(), zeros({4, 3, 0}));
                          })
      .throws<ShapeError>("non-positive stride is not supported", [=] { conv1d(x(), w(), {}, 0); })
      .throws<ShapeError>("negative padding is not supported", [=] { conv1d(x(), w(), {}, 1, -1); })
      .throws<ShapeError>("non-positive dilation is not supported", [=] { conv1d(x(), w(), {}, 1, 0, 0); })
      .throws<ShapeError>("too large stride", [=] { conv1d(x(), w(), {}, std::int64_t{1} << 40); })
      .throws<ShapeError>("non-positive groups is not supported", [=] { conv1d(x(), w(), {}, 1, 0, 1, 0); })
      .throws<ShapeError>("expected weight to be divisible by 3 at dimension 0, but got weight of size [4, 3, 3]",
                          [=] { conv1d(x(), w(), {}, 1, 0, 1, 3); })
      .throws<ShapeError>("expected weight to be divisible by 1 at dimension 0, but got weight of size [0, 3, 3]",
                          [=] {
                            conv1d(x(), zeros({0, 3, 3}));
                          })
      .throws<ShapeError>("expected stride to be a single integer value or a list of 1 values",
                          [=] {
                            conv1d(x(), w(), {}, {1, 2});
                          })
      .throws<ShapeError>("expected bias to be 1-dimensional with 4 elements, but got bias of size [3] instead",
                          [=] { conv1d(x(), w(), zeros(3)); })
      .throws<ShapeError>("expected weight of 3 dims",
                          [=] {
                            conv1d(x(), zeros({4, 3}));
                          })
      .throws<ValueError>("padding='same' is not supported for strided convolutions",
                          [=] { conv1d(x(), w(), {}, 2, "same"); })
      .throws<ValueError>("Invalid padding string: 'full'", [=] { conv1d(x(), w(), {}, 1, "full"); })
      .throws<DtypeError>("found Float, Double", [=] { conv1d(x(), w().to(kDouble)); })
      .throws<DtypeError>("found Long", [=] { conv1d(x().to(kLong), w().to(kLong)); });
});

const Register kConv2d("conv2d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(conv2d(eye(3).view({1, 1, 3, 3}), ones({1, 1, 2, 2})));
  add_convolutions(s, conv2d,
                   {{{2, 3, 5, 6}, {4, 3, 3, 2}},
                    {{1, 1, 3, 3}, {1, 1, 3, 3}, {1}, {1}},
                    {{2, 2, 5, 5}, {3, 2, 1, 1}, {1}, {0}, {1}, 1, false},
                    {{2, 2, 5, 5}, {3, 2, 1, 1}, {2}, {1}},
                    {{1, 4, 6, 5}, {4, 1, 3, 3}, {2, 1}, {1, 2}, {1, 2}, 4},
                    {{1, 4, 7, 7}, {6, 2, 2, 3}, {2, 3}, {2, 0}, {3, 1}, 2},
                    {{1, 3, 4, 20}, {9, 3, 2, 2}, {1}, {0, 1}},
                    {{0, 3, 5, 6}, {4, 3, 3, 2}},
                    {{9, 5, 13, 13}, {24, 5, 3, 3}, {1}, {1}, {1}, 1, true, true},
                    {{2, 40, 17, 17}, {72, 40, 3, 3}, {2}, {1}, {1}, 1, true, true}});
  s.throws<ShapeError>("Calculated padded input size per channel: (3 x 4). Kernel size: (5 x 5)", [] {
    conv2d(zeros({1, 1, 1, 2}), zeros({1, 1, 5, 5}), {}, 1, 1);
  });
  s.throws<ShapeError>("list of 2 values to match the convolution dimensions, but got padding=[1, 1, 1]", [] {
    conv2d(zeros({1, 1, 5, 5}), zeros({1, 1, 5, 5}), {}, 1, {1, 1, 1});
  });
});

const Register kConv3d("conv3d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(conv3d(arange(8.0).view({1, 1, 2, 2, 2}), ones({1, 1, 2, 2, 2})));
  add_convolutions(s, conv3d,
                   {{{2, 2, 3, 4, 3}, {2, 2, 2, 2, 2}},
                    {{1, 2, 4, 4, 5}, {4, 1, 2, 3, 2}, {2, 1, 2}, {1, 0, 1}, {1, 1, 2}, 2},
                    {{1, 1, 2, 2, 2}, {1, 1, 1, 1, 1}, {1}, {0}, {1}, 1, false}});
  s.throws<ShapeError>("Expected 4D (unbatched) or 5D (batched) input to conv3d", [] {
    conv3d(zeros({1, 1, 3}), zeros({1, 1, 3, 3, 3}));
  });
});

const Register kTransposed1d("conv_transpose1d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(conv_transpose1d(tensor({{{1.0, 2.0}}}), tensor({{{1.0, 10.0}}}), {}, 2));
  add_transposed(s, conv_transpose1d,
                 {{{2, 3, 5}, {3, 4, 3}},
                  {{1, 1, 1}, {1, 1, 1}},
                  {{2, 4, 5}, {4, 1, 3}, {2}, {1}, {1}, 2, true, false, {1}},
                  {{1, 2, 4}, {2, 3, 2}, {3}, {2}, {2}, 1, false},
                  {{0, 3, 5}, {3, 4, 3}}});
  const auto x = [] { return zeros({2, 3, 5}); };
  const auto w = [] { return zeros({3, 4, 3}); };
  s.throws<ShapeError>(
       "Given transposed=1, weight of size [4, 3, 3], expected input[2, 3, 5] to have 4 channels, but "
       "got 3 channels instead",
       [=] {
         conv_transpose1d(x(), zeros({4, 3, 3}));
       })
      .throws<ShapeError>("output padding must be smaller than either stride or dilation",
                          [=] { conv_transpose1d(x(), w(), {}, 1, 0, 1); })
      .throws<ShapeError>("the output would be empty", [=] { conv_transpose1d(x(), w(), {}, 1, 4); })
      .throws<ShapeError>("expected bias to be 1-dimensional with 4 elements",
                          [=] { conv_transpose1d(x(), w(), zeros(3)); })
      .throws<DtypeError>("found Float, Double", [=] { conv_transpose1d(x(), w().to(kDouble)); });
});

const Register kTransposed2d("conv_transpose2d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(conv_transpose2d(eye(2).view({1, 1, 2, 2}), ones({1, 1, 1, 2})));
  add_transposed(s, conv_transpose2d,
                 {{{2, 3, 3, 4}, {3, 2, 3, 2}},
                  {{1, 4, 3, 3}, {4, 2, 3, 3}, {2, 1}, {1}, {1, 2}, 2, true, false, {1, 0}},
                  {{1, 1, 2, 2}, {1, 1, 2, 2}, {2}, {0}, {1}, 1, false},
                  {{3, 24, 12, 12}, {24, 16, 4, 4}, {2}, {1}, {1}, 1, true, true}});
  s.throws<ShapeError>("input to conv_transpose2d", [] { conv_transpose2d(zeros({1, 1}), zeros({1, 1, 2, 2})); });
});

const Register kTransposed3d("conv_transpose3d", [](Sample& s) {
  TAPEGRAD_EXAMPLE(conv_transpose3d(ones({1, 1, 1, 1, 1}), arange(4.0).view({1, 1, 1, 2, 2})));
  add_transposed(s, conv_transpose3d, {{{1, 2, 2, 3, 2}, {2, 2, 2, 2, 2}, {1, 2, 1}, {1, 0, 1}}});
  s.throws<ShapeError>("input to conv_transpose3d", [] { conv_transpose3d(zeros({1, 1}), zeros({1, 1, 2, 2, 2})); });
});

}  // namespace
}  // namespace tapegrad::test
