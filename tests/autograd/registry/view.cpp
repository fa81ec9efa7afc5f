// Views, and what may be one: transpose, t, permute, movedim, view, reshape, flatten, squeeze, unsqueeze, expand,
// broadcast_tensors, meshgrid, contiguous.
#include <tuple>

#include "../registry.h"

namespace tapegrad::test {
namespace {

struct Viewed {
  Shape in;
  std::vector<std::int64_t> arguments;
  Shape out = {};
};

std::string label(const Viewed& v) { return shape_text(v.in) + " by " + shape_text(v.arguments); }

// reference(x, arguments); out: the shape where it is one.
using Call = Tensor (*)(const Tensor&, const std::vector<std::int64_t>&);

void views(Sample& s, const std::vector<Viewed>& all, Call fn, const std::vector<Call>& spellings,
           Array (*reference)(const Array&, const Viewed&)) {
  for (const Viewed& v : all) {
    Case c{.label = label(v),
           .inputs = {{v.in}},
           .fn = [=](const Tensors& x) { return fn(x[0], v.arguments); },
           .reference = [=](const Arrays& in) { return reference(in[0], v); },
           .accuracy = exact()};
    for (const Call spelling : spellings)
      c.spellings.push_back([=](const Tensors& x) { return spelling(x[0], v.arguments); });
    s.add(std::move(c));
  }
}

Array same_elements(const Array& x, const Viewed& v) { return reshape(x, v.out); }

const Register kTranspose("transpose", {"transpose", "swapaxes", "swapdims"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).transpose(0, 1));
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0, 3.0}}).swapaxes(0, 1).equal(tensor({{1.0, 2.0, 3.0}}).swapdims(0, 1)));
  views(
      s,
      {{{3, 4}, {0, 1}},
       {{2, 3, 4}, {0, -1}},
       {{2, 3, 4}, {-2, -1}},
       {{2, 3, 4}, {1, 1}},
       {{2, 1, 3, 1, 2}, {4, 2}},
       {{17}, {0, 0}},
       {{}, {0, -1}},
       {{0, 3}, {0, 1}},
       {{3, 0, 2}, {0, 2}}},
      [](const Tensor& x, const Shape& a) { return transpose(x, a[0], a[1]); },
      {[](const Tensor& x, const Shape& a) { return x.transpose(a[0], a[1]); },
       [](const Tensor& x, const Shape& a) { return swapaxes(x, a[0], a[1]); },
       [](const Tensor& x, const Shape& a) { return x.swapaxes(a[0], a[1]); },
       [](const Tensor& x, const Shape& a) { return swapdims(x, a[0], a[1]); },
       [](const Tensor& x, const Shape& a) { return x.swapdims(a[0], a[1]); }},
      [](const Array& x, const Viewed& v) { return transpose(x, v.arguments[0], v.arguments[1]); });
  s.throws<IndexError>(kRange, [] { transpose(of({2, 3}), 0, 2); });
});

const Register kT("t", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).t());
  views(
      s, {{{3, 4}, {}}, {{17, 1}, {}}, {{5}, {}}, {{}, {}}, {{0, 3}, {}}},
      [](const Tensor& x, const Shape&) { return t(x); }, {[](const Tensor& x, const Shape&) { return x.t(); }},
      [](const Array& x, const Viewed&) { return x.shape.size() < 2 ? x : transpose(x, 0, 1); });
  s.throws<ShapeError>("expects a tensor with <= 2 dimensions, but self is 3D", [] { t(of({2, 2, 2})); });
});

const Register kPermute("permute", [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(4).view({1, 2, 2}).permute({2, 0, 1}));
  views(
      s,
      {{{3, 4}, {1, 0}},
       {{2, 3, 4}, {2, 0, 1}},
       {{2, 3, 4}, {-1, 1, -3}},
       {{2, 3, 4}, {0, 1, 2}},
       {{2, 1, 3, 1, 2}, {4, 1, 0, 3, 2}},
       {{17}, {0}},
       {{}, {}},
       {{3, 0, 2}, {1, 2, 0}}},
      [](const Tensor& x, const Shape& a) { return permute(x, a); },
      {[](const Tensor& x, const Shape& a) { return x.permute(a); }},
      [](const Array& x, const Viewed& v) {
        Shape shape;
        for (const std::int64_t d : v.arguments) shape.push_back(x.shape[wrap(d, x.shape.size())]);
        return gather(x, shape, [&](const Index& i) {
          Index from(i.size());
          for (std::size_t d = 0; d < i.size(); ++d) from[wrap(v.arguments[d], i.size())] = i[d];
          return from;
        });
      });
  s.throws<ShapeError>("number of dimensions in the tensor input does not match the length of the desired ordering",
                       [] {
                         permute(of({2, 2}), {0});
                       })
      .throws<Error>("duplicate dims are not allowed",
                     [] {
                       permute(of({2, 2}), {0, 0});
                     })
      .throws<IndexError>(kRange, [] {
        permute(of({2, 2}), {0, 2});
      });
});

const Register kReshape("reshape", [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(6).reshape({2, -1}));
  views(
      s,
      {{{3, 4}, {12}, {12}},
       {{3, 4}, {2, -1}, {2, 6}},
       {{2, 3, 4}, {4, 3, 2}, {4, 3, 2}},
       {{2, 3, 4}, {-1}, {24}},
       {{17}, {17, 1}, {17, 1}},
       {{1}, {}, {}},
       {{}, {1, 1}, {1, 1}},
       {{0, 3}, {3, 0}, {3, 0}},
       {{0, 3}, {-1, 3}, {0, 3}},
       {{3, 0, 2}, {0}, {0}},
       {{2, 1, 3, 1, 2}, {3, 2, 2}, {3, 2, 2}}},
      [](const Tensor& x, const Shape& a) { return reshape(x, a); },
      {[](const Tensor& x, const Shape& a) { return x.reshape(a); }}, same_elements);
  s.throws<ShapeError>("shape '[4]' is invalid for input of size 6",
                       [] {
                         reshape(of({2, 3}), {4});
                       })
      .throws<ShapeError>("shape '[-1, 4]' is invalid for input of size 6",
                          [] {
                            reshape(of({2, 3}), {-1, 4});
                          })
      .throws<ShapeError>("only one dimension can be inferred",
                          [] {
                            reshape(of({2, 3}), {-1, -1});
                          })
      .throws<ShapeError>("invalid shape dimension -2",
                          [] {
                            reshape(of({2, 3}), {-2, 3});
                          })
      .throws<ShapeError>("cannot reshape tensor of 0 elements into shape [-1, 0]", [] {
        reshape(of({0, 3}), {-1, 0});
      });
});

// Through contiguous(), so that it may be given any strides.
const Register kView("view", {"view", "view_as", "contiguous"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(6).view({3, 2}));
  TAPEGRAD_EXAMPLE(arange(4).view_as(eye(2)).t().contiguous());
  views(
      s,
      {{{3, 4}, {12}, {12}},
       {{2, 3, 4}, {6, -1}, {6, 4}},
       {{17}, {1, 17, 1}, {1, 17, 1}},
       {{}, {1}, {1}},
       {{0, 3}, {3, 0}, {3, 0}},
       {{2, 1, 3, 1, 2}, {2, 3, 2}, {2, 3, 2}}},
      [](const Tensor& x, const Shape& a) { return x.contiguous().view(a); },
      {[](const Tensor& x, const Shape& a) { return x.contiguous().view_as(empty(x.reshape(a).sizes(), kLong)); }},
      same_elements);
  s.throws<ShapeError>("shape '[4]' is invalid for input of size 6",
                       [] {
                         of({2, 3}).view(4);
                       })
      .throws<ShapeError>(
          "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
          "contiguous subspaces); use .reshape(...) instead",
          [] {
            of({2, 3}).t().view(6);
          });
});

const Register kFlatten("flatten", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).flatten());
  views(
      s,
      {{{3, 4}, {0, -1}, {12}},
       {{2, 3, 4}, {1, -1}, {2, 12}},
       {{2, 3, 4}, {0, 1}, {6, 4}},
       {{}, {0, -1}, {1}},
       {{3, 0, 2}, {1, 2}, {3, 0}},
       {{2, 1, 3, 1, 2}, {1, 3}, {2, 3, 2}}},
      [](const Tensor& x, const Shape& a) { return flatten(x, a[0], a[1]); },
      {[](const Tensor& x, const Shape& a) { return x.flatten(a[0], a[1]); }}, same_elements);
  s.throws<Error>("start_dim cannot come after end_dim", [] {
     flatten(of({2, 3}), 1, 0);
   }).throws<IndexError>(kRange, [] {
    flatten(of({2, 3}), 0, 2);
  });
});

const Register kSqueeze("squeeze", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}}).squeeze(0));
  views(
      s, {{{1, 3, 1, 2}, {}, {3, 2}}, {{1}, {}, {}}, {{}, {}, {}}, {{3, 4}, {}, {3, 4}}, {{1, 0}, {}, {0}}},
      [](const Tensor& x, const Shape&) { return squeeze(x); },
      {[](const Tensor& x, const Shape&) { return x.squeeze(); }}, same_elements);
  views(
      s,
      {{{1, 3, 1}, {0}, {3, 1}}, {{1, 3, 1}, {-1}, {1, 3}}, {{3, 4}, {1}, {3, 4}}, {{}, {0}, {}}, {{0, 1}, {1}, {0}}},
      [](const Tensor& x, const Shape& a) { return squeeze(x, a[0]); },
      {[](const Tensor& x, const Shape& a) { return x.squeeze(a[0]); }}, same_elements);
  s.throws<IndexError>(kRange, [] { squeeze(of({2, 3}), 2); });
});

const Register kUnsqueeze("unsqueeze", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).unsqueeze(1));
  views(
      s,
      {{{3, 4}, {0}, {1, 3, 4}},
       {{3, 4}, {-1}, {3, 4, 1}},
       {{3, 4}, {1}, {3, 1, 4}},
       {{3, 4}, {-3}, {1, 3, 4}},
       {{}, {0}, {1}},
       {{0}, {1}, {0, 1}}},
      [](const Tensor& x, const Shape& a) { return unsqueeze(x, a[0]); },
      {[](const Tensor& x, const Shape& a) { return x.unsqueeze(a[0]); }}, same_elements);
  s.throws<IndexError>("Dimension out of range (expected to be in range of [-3, 2], but got 3)", [] {
     unsqueeze(of({2, 3}), 3);
   }).throws<ShapeError>("8", [] {
    unsqueeze(of({1, 1, 1, 1, 1, 1, 1, 1}), 0);
  });
});

const Register kExpand("expand", {"expand", "expand_as", "broadcast_to"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0}, {2.0}}).expand({2, 3}));
  TAPEGRAD_EXAMPLE(tensor({{1.0}, {2.0}}).expand_as(eye(2)));
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).broadcast_to({2, 2}));
  views(
      s,
      {{{1, 4}, {3, 4}, {3, 4}},
       {{3, 1}, {3, 4}, {3, 4}},
       {{4}, {2, 3, 4}, {2, 3, 4}},
       {{}, {2, 3}, {2, 3}},
       {{3, 4}, {-1, 4}, {3, 4}},
       {{3, 1}, {2, -1, 5}, {2, 3, 5}},
       {{1}, {0}, {0}},
       {{1, 3}, {0, 3}, {0, 3}},
       {{0, 1}, {-1, 3}, {0, 3}},
       {{2, 1, 3, 1, 2}, {2, 2, 3, 3, 2}, {2, 2, 3, 3, 2}}},
      [](const Tensor& x, const Shape& a) { return x.expand(a); },
      {[](const Tensor& x, const Shape& a) { return x.expand_as(empty(x.expand(a).sizes(), kLong)); },
       [](const Tensor& x, const Shape& a) { return broadcast_to(x, a); },
       [](const Tensor& x, const Shape& a) { return x.broadcast_to(a); }},
      [](const Array& x, const Viewed& v) { return expand(x, v.out); });
  s.throws<ShapeError>(
       "The expanded size of the tensor (4) must match the existing size (2) at non-singleton dimension 0",
       [] {
         of({2, 3}).expand({4, 3});
       })
      .throws<ShapeError>(
          "The expanded size of the tensor (1) must match the existing size (3) at non-singleton dimension 1",
          [] {
            of({2, 3}).expand({2, 1});
          })
      .throws<ShapeError>(
          "the number of sizes provided (1) must be greater or equal to the number of dimensions in the "
          "tensor (2)",
          [] {
            of({2, 3}).expand(3);
          })
      .throws<ShapeError>("isn't allowed in a leading, non-existing dimension 0", [] {
        of({2, 3}).expand({-1, 2, 3});
      });
});

// arguments: sources, then as many destinations.
const Register kMovedim("movedim", [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(4).view({1, 2, 2}).movedim({0}, {2}));
  views(
      s,
      {{{3, 4}, {0, 1}},
       {{3, 4}, {}},
       {{2, 3, 4}, {0, -1}},
       {{2, 3, 4}, {2, 0}},
       {{2, 3, 4}, {1, 1}},
       {{2, 3, 4}, {0, 1, 1, 2}},
       {{2, 3, 4}, {2, 0, 0, 1}},
       {{2, 1, 3, 1, 2}, {4, 2, 0, -1}},
       {{}, {}},
       {{0, 3}, {0, 1}}},
      [](const Tensor& x, const Shape& a) {
        return movedim(x, {a.data(), a.size() / 2}, {a.data() + a.size() / 2, a.size() / 2});
      },
      {[](const Tensor& x, const Shape& a) {
        return x.movedim({a.data(), a.size() / 2}, {a.data() + a.size() / 2, a.size() / 2});
      }},
      [](const Array& x, const Viewed& v) {
        const std::size_t rank = x.shape.size(), n = v.arguments.size() / 2;
        std::vector<std::size_t> rest, order(rank, rank);
        for (std::size_t d = 0; d < rank; ++d) rest.push_back(d);
        for (std::size_t k = 0; k < n; ++k) {
          const std::size_t from = wrap(v.arguments[k], rank);
          order[wrap(v.arguments[n + k], rank)] = from;
          std::erase(rest, from);
        }
        std::size_t next = 0;
        Shape shape;
        for (std::size_t& d : order) {
          if (d == rank) d = rest[next++];
          shape.push_back(x.shape[d]);
        }
        return gather(x, shape, [&](const Index& i) {
          Index from(rank);
          for (std::size_t d = 0; d < rank; ++d) from[order[d]] = i[d];
          return from;
        });
      });
  s.throws<ShapeError>("should contain the same number of dims",
                       [] {
                         movedim(of({2, 3}), {0, 1}, 0);
                       })
      .throws<ShapeError>("repeated dim",
                          [] {
                            movedim(of({2, 3}), {0, 0}, {0, 1});
                          })
      .throws<ShapeError>("repeated dim",
                          [] {
                            movedim(of({2, 3}), {0, 1}, {1, -1});
                          })
      .throws<IndexError>(kRange, [] {
        movedim(of({2, 3}), 2, 0);
      });
});

// The outputs side by side.
Tensor together(const Tensors& out) { return stack(out); }
Array together(const Arrays& out) {
  Shape shape = out[0].shape;
  shape.insert(shape.begin(), static_cast<std::int64_t>(out.size()));
  Array all(shape, {});
  for (const Array& x : out) all.v.insert(all.v.end(), x.v.begin(), x.v.end());
  return all;
}

const Register kBroadcastTensors("broadcast_tensors", [](Sample& s) {
  TAPEGRAD_EXAMPLE(broadcast_tensors({tensor({{1.0}, {2.0}}), tensor({3.0, 4.0})}));
  for (const auto& [a, b, c] : std::vector<std::tuple<Shape, Shape, Shape>>{
           {{3, 4}, {4}, {}}, {{3, 1}, {1, 4}, {2, 1, 1}}, {{17}, {17}, {1}}, {{0, 3}, {3}, {1, 1}}, {{}, {}, {}}})
    s.add({.label = shape_text(a) + " " + shape_text(b) + " " + shape_text(c),
           .inputs = {{a}, {b}, {c}},
           .fn = [](const Tensors& x) { return together(broadcast_tensors(x)); },
           .reference =
               [](const Arrays& in) {
                 const Shape shape = broadcast(broadcast(in[0].shape, in[1].shape), in[2].shape);
                 return together(Arrays{expand(in[0], shape), expand(in[1], shape), expand(in[2], shape)});
               },
           .accuracy = exact()});
  s.edge({"of nothing is nothing", {{}}, {}, {}, [](const Tensors& x) {
            return broadcast_tensors({}).empty() ? x[0].clone() : ones(1);
          }});
  s.throws<ShapeError>("broadcast_tensors: The size of tensor a (3) must match", [] {
     broadcast_tensors({of({3}), of({4})});
   }).throws<AutogradError>("undefined tensor", [] {
    broadcast_tensors({of({3}), Tensor()});
  });
});

const Register kMeshgrid("meshgrid", [](Sample& s) {
  TAPEGRAD_EXAMPLE(meshgrid({arange(2), arange(2)}));
  const auto add = [&](const std::vector<Shape>& shapes, bool xy) {
    Case c{.label = xy ? "xy" : "ij",
           .fn = [=](const Tensors& x) { return together(xy ? meshgrid(x, "xy") : meshgrid(x)); },
           .reference =
               [=](const Arrays& in) {
                 Shape grid;
                 for (const Array& x : in) grid.push_back(count(x.shape));
                 if (xy && grid.size() > 1) std::swap(grid[0], grid[1]);
                 Arrays out;
                 for (std::size_t k = 0; k < in.size(); ++k)
                   out.push_back(gather(reshape(in[k], {count(in[k].shape)}), grid, [=](const Index& i) {
                     return Index{i[xy && k < 2 && i.size() > 1 ? 1 - k : k]};
                   }));
                 return together(out);
               },
           .accuracy = exact()};
    for (const Shape& shape : shapes) {
      c.label += " " + shape_text(shape);
      c.inputs.push_back({shape});
    }
    s.add(std::move(c));
  };
  for (const bool xy : {false, true}) {
    add({{3}}, xy);
    add({{3}, {4}}, xy);
    add({{3}, {}, {2}}, xy);
    add({{2}, {3}, {4}}, xy);
    add({{0}, {3}}, xy);
  }
  s.throws<ShapeError>("Expected 0D or 1D tensors of one dtype in the tensor list but got: Float of sizes [1, 2]",
                       [] {
                         meshgrid({of({3}), of({1, 2})});
                       })
      .throws<ShapeError>("got: Long",
                          [] {
                            meshgrid({of({3}), of({2}, kLong)});
                          })
      .throws<Error>("must be one of", [] { meshgrid({of({3})}, "yx"); });
});

}  // namespace
}  // namespace tapegrad::test
