// Parts of tensors, as views: narrow, select, slice, diagonal, split, chunk, unbind.
#include <algorithm>
#include <limits>

#include "arranged.h"

namespace tapegrad::test {
namespace {

// x[start + k * step] for k < length, along dim.
Array part(const Array& x, std::int64_t dim, std::int64_t start, std::int64_t length, std::int64_t step) {
  const std::size_t d = wrap(dim, x.shape.size());
  Shape shape = x.shape;
  shape[d] = length;
  return gather(x, shape, [&](Index i) {
    i[d] = start + i[d] * step;
    return i;
  });
}

void one(Sample& s, const std::string& what, const Shape& shape, const Fn& fn, const Fn& method,
         const std::function<Array(const Array&)>& reference) {
  Case c{.label = shape_text(shape) + " " + what,
         .inputs = {{shape}},
         .fn = fn,
         .reference = [=](const Arrays& in) { return reference(in[0]); },
         .accuracy = exact()};
  if (method) c.spellings.push_back(method);
  s.add(std::move(c));
}

const Register kNarrow("narrow", [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(6).narrow(0, 2, 3));
  const auto add = [&](const Shape& shape, std::int64_t dim, std::int64_t start, std::int64_t length) {
    one(
        s, shape_text({dim, start, length}), shape, [=](const Tensors& x) { return narrow(x[0], dim, start, length); },
        [=](const Tensors& x) { return x[0].narrow(dim, start, length); },
        [=](const Array& x) {
          return part(x, dim, start < 0 ? start + x.shape[wrap(dim, x.shape.size())] : start, length, 1);
        });
  };
  add({3, 4}, 0, 1, 2);
  add({3, 4}, -1, 0, 3);
  add({3, 4}, 1, 4, 0);
  add({3, 4}, 0, -2, 1);
  add({2, 1, 3, 1, 2}, 2, 1, 2);
  add({33}, 0, 5, 17);
  add({0, 3}, 1, 1, 2);
  add({3, 0, 2}, 1, 0, 0);
  s.throws<Error>("start (1) + length (2) exceeds dimension size (2)",
                  [] {
                    narrow(of({2, 3}), 0, 1, 2);
                  })
      .throws<Error>("length",
                     [] {
                       narrow(of({2, 3}), 0, 0, -1);
                     })
      .throws<IndexError>("out of range",
                          [] {
                            narrow(of({2, 3}), 0, 3, 0);
                          })
      .throws<IndexError>(kRange, [] {
        narrow(of({2, 3}), 2, 0, 1);
      });
});

const Register kSelect("select", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).select(1, 0));
  const auto add = [&](const Shape& shape, std::int64_t dim, std::int64_t index) {
    one(
        s, shape_text({dim, index}), shape, [=](const Tensors& x) { return select(x[0], dim, index); },
        [=](const Tensors& x) { return x[0].select(dim, index); },
        [=](const Array& x) {
          const std::size_t d = wrap(dim, x.shape.size());
          Array kept = part(x, dim, index < 0 ? index + x.shape[d] : index, 1, 1);
          Shape dropped = kept.shape;
          dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(d));
          return reshape(kept, dropped);
        });
  };
  add({3, 4}, 0, 1);
  add({3, 4}, 1, -1);
  add({3, 4}, -2, -3);
  add({2, 1, 3, 1, 2}, 2, 1);
  add({17}, 0, 16);
  add({3, 0, 2}, 0, 1);
  s.throws<IndexError>("index 2 out of range for tensor of size [2, 3] at dimension 0",
                       [] {
                         select(of({2, 3}), 0, 2);
                       })
      .throws<IndexError>("index -3 out of range for tensor of size [2, 3] at dimension 0",
                          [] {
                            select(of({2, 3}), 0, -3);
                          })
      .throws<IndexError>("cannot be applied to a 0-dim tensor", [] { select(of({}), 0, 0); })
      .throws<IndexError>(kRange, [] {
        select(of({2, 3}), 2, 0);
      });
});

const Register kSlice("slice", [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(6).slice(0, 1, 6, 2));
  struct Want {
    std::int64_t start, length;
  };
  const auto add = [&](const Shape& shape, std::int64_t dim, OptInt start, OptInt end, std::int64_t step, Want want) {
    const auto text = [](OptInt i) { return i ? std::to_string(*i) : std::string(); };
    one(
        s, std::to_string(dim) + " " + text(start) + ":" + text(end) + ":" + std::to_string(step), shape,
        [=](const Tensors& x) { return slice(x[0], dim, start, end, step); },
        [=](const Tensors& x) { return x[0].slice(dim, start, end, step); },
        [=](const Array& x) { return part(x, dim, want.start, want.length, step); });
  };
  add({3, 4}, 0, {}, {}, 1, {0, 3});
  add({3, 4}, 0, 1, 3, 1, {1, 2});
  add({3, 4}, -1, {}, -1, 2, {0, 2});
  add({33}, 0, 2, 30, 7, {2, 4});
  add({5}, 0, -100, 100, 2, {0, 3});
  add({5}, 0, -2, {}, 1, {3, 2});
  add({5}, 0, 4, 2, 1, {0, 0});
  add({5}, 0, 7, 9, 1, {0, 0});
  add({2, 1, 3, 1, 2}, 2, 0, 3, 2, {0, 2});
  add({0, 3}, 1, 0, 3, 2, {0, 2});
  add({3, 0, 2}, 1, {}, {}, 1, {0, 0});
  s.throws<Error>("slice step must be positive",
                  [] {
                    slice(of({2, 3}), 0, 0, 2, 0);
                  })
      .throws<Error>("slice step must be positive",
                     [] {
                       slice(of({2, 3}), 0, 0, 2, -1);
                     })
      .throws<Error>("cannot be applied to a 0-dim tensor", [] { slice(of({}), 0, 0, 1); })
      .throws<IndexError>(kRange, [] {
        slice(of({2, 3}), 2, 0, 1);
      });
});

// arguments: offset, dim1, dim2.
Array diagonal_of(const Array& x, const std::vector<std::int64_t>& a) {
  const std::size_t d1 = wrap(a[1], x.shape.size()), d2 = wrap(a[2], x.shape.size());
  const std::int64_t down = std::max<std::int64_t>(0, -a[0]), right = std::max<std::int64_t>(0, a[0]);
  Shape shape;
  for (std::size_t d = 0; d < x.shape.size(); ++d)
    if (d != d1 && d != d2) shape.push_back(x.shape[d]);
  shape.push_back(std::max<std::int64_t>(0, std::min(x.shape[d1] - down, x.shape[d2] - right)));
  return gather(x, shape, [&](const Index& i) {
    Index from;
    std::size_t next = 0;
    for (std::size_t d = 0; d < x.shape.size(); ++d)
      from.push_back(d == d1 ? i.back() + down : d == d2 ? i.back() + right : i[next++]);
    return from;
  });
}

const Register kDiagonal("diagonal", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).diagonal());
  arranged(
      s, {{{3, 3}, {0, 0, 1}},    {{1, 1}, {0, 0, 1}},     {{3, 5}, {0, 0, 1}},     {{5, 3}, {0, 0, 1}},
          {{3, 5}, {2, 0, 1}},    {{3, 5}, {-1, 0, 1}},    {{3, 5}, {1, 1, 0}},     {{3, 5}, {-2, -1, -2}},
          {{3, 3}, {5, 0, 1}},    {{3, 3}, {-3, 0, 1}},    {{2, 3, 4}, {0, 0, 1}},  {{2, 3, 4}, {1, 1, 2}},
          {{2, 3, 4}, {0, 0, 2}}, {{2, 3, 4}, {-1, 2, 1}}, {{2, 3, 4}, {0, -1, 0}}, {{17, 33}, {3, 0, 1}},
          {{0, 3}, {0, 0, 1}},    {{3, 0, 2}, {0, 0, 2}},  {{3, 0, 2}, {1, 0, 1}},  {{2, 1, 3, 1, 2}, {0, 2, 4}}},
      [](const Tensor& x, const Shape& a) { return diagonal(x, a[0], a[1], a[2]); },
      [](const Tensor& x, const Shape& a) {
        return a[1] == 0 && a[2] == 1 ? x.diagonal(a[0]) : x.diagonal(a[0], a[1], a[2]);
      },
      diagonal_of);
  s.edge({"far away nothing is left", {{1, 2, 3, 4}}, {}, {{0, 0, 0, 0}}, [](const Tensors& x) {
            return diagonal(x[0].view({2, 2}), std::numeric_limits<std::int64_t>::min());
          }});
  s.throws<Error>("dimensions cannot be identical 1, 1",
                  [] {
                    diagonal(of({3, 3}), 0, 1, 1);
                  })
      .throws<Error>("dimensions cannot be identical 1, -1",
                     [] {
                       diagonal(of({3, 3}), 0, 1, -1);
                     })
      .throws<IndexError>("Dimension out of range (expected to be in range of [-1, 0], but got 1)",
                          [] { diagonal(of({3})); })
      .throws<IndexError>("Dimension out of range", [] { diagonal(of({})); })
      .throws<IndexError>(kRange, [] {
        diagonal(of({3, 3}), 0, 0, 2);
      });
});

// Where the elements of reversed pieces of these lengths lie in x.
Array reversed(const Array& x, std::int64_t dim, const std::vector<std::int64_t>& lengths) {
  const std::size_t d = wrap(dim, x.shape.size());
  std::vector<std::int64_t> places;
  std::int64_t end = x.shape[d];
  for (std::size_t k = lengths.size(); k-- > 0; end -= lengths[k])
    for (std::int64_t i = end - lengths[k]; i < end; ++i) places.push_back(i);
  return gather(x, x.shape, [&](Index i) {
    i[d] = places[static_cast<std::size_t>(i[d])];
    return i;
  });
}

Tensor joined(std::vector<Tensor> pieces, std::int64_t dim) {
  std::reverse(pieces.begin(), pieces.end());
  return cat(pieces, dim);
}

// length, length .. and what is left.
std::vector<std::int64_t> equal_lengths(std::int64_t size, std::int64_t length) {
  std::vector<std::int64_t> lengths;
  for (; size > 0; size -= length) lengths.push_back(std::min(size, length));
  return lengths;
}

using Cut = std::function<std::vector<Tensor>(const Tensor&)>;

void pieces(Sample& s, const std::string& label, const Shape& shape, std::int64_t dim,
            const std::vector<std::int64_t>& lengths, const Cut& fn, const Cut& method) {
  s.add({.label = shape_text(shape) + " " + label + " along " + std::to_string(dim),
         .inputs = {{shape}},
         .fn = [=](const Tensors& x) { return joined(fn(x[0]), dim); },
         .reference = [=](const Arrays& in) { return reversed(in[0], dim, lengths); },
         .accuracy = exact(),
         .spellings = {[=](const Tensors& x) { return joined(method(x[0]), dim); }}});
}

struct Sized {
  Shape shape;
  std::int64_t dim, number;
};

const Register kSplit("split", {"split", "split_with_sizes"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(5).split(2));
  TAPEGRAD_EXAMPLE(arange(5).split_with_sizes({1, 4}));
  for (const auto& [shape, dim, n] : std::vector<Sized>{{{1}, 0, 1},
                                                        {{3, 4}, 0, 1},
                                                        {{3, 4}, 0, 2},
                                                        {{3, 4}, 0, 3},
                                                        {{3, 4}, 0, 7},
                                                        {{3, 4}, 1, 3},
                                                        {{3, 4}, -1, 2},
                                                        {{2, 3, 4}, -2, 2},
                                                        {{2, 1, 3, 1, 2}, 2, 2},
                                                        {{17}, 0, 5},
                                                        {{33}, -1, 16},
                                                        {{0}, 0, 2},
                                                        {{0}, 0, 0},
                                                        {{0, 3}, 1, 2},
                                                        {{3, 0, 2}, 1, 1}})
    pieces(
        s, "by " + std::to_string(n), shape, dim, equal_lengths(shape[wrap(dim, shape.size())], n),
        [dim = dim, n = n](const Tensor& x) { return dim == 0 ? split(x, n) : split(x, n, dim); },
        [dim = dim, n = n](const Tensor& x) { return dim == 0 ? x.split(n) : x.split(n, dim); });
  struct Lengths {
    Shape shape;
    std::int64_t dim;
    std::vector<std::int64_t> lengths;
  };
  for (const auto& [shape, dim, lengths] : std::vector<Lengths>{{{3, 4}, 0, {1, 2}},
                                                                {{3, 4}, 1, {3, 0, 1}},
                                                                {{3, 4}, -1, {4}},
                                                                {{2, 1, 3, 1, 2}, -3, {2, 1}},
                                                                {{17}, 0, {0, 5, 5, 7, 0}},
                                                                {{0, 3}, 0, {0, 0}},
                                                                {{3, 0, 2}, 2, {1, 1}}}) {
    pieces(
        s, "by " + shape_text(lengths), shape, dim, lengths,
        [dim = dim, lengths = lengths](const Tensor& x) { return split(x, lengths, dim); },
        [dim = dim, lengths = lengths](const Tensor& x) { return x.split(lengths, dim); });
    for (const Cut& cut :
         {Cut([dim = dim, lengths = lengths](const Tensor& x) { return split_with_sizes(x, lengths, dim); }),
          Cut([dim = dim, lengths = lengths](const Tensor& x) { return x.split_with_sizes(lengths, dim); })})
      s.cases.back().spellings.push_back([=, dim = dim](const Tensors& x) { return joined(cut(x[0]), dim); });
  }
  s.edge({"one piece used", {{1, 2, 3}}, {3}, {{0, 0, 1}}, [](const Tensors& x) { return split(x[0], 2).at(1); }});
  using Lengths64 = std::vector<std::int64_t>;
  s.throws<Error>("split_size must be positive, but got 0", [] { split(of({3}), 0); })
      .throws<Error>("split_size must be positive, but got -1", [] { split(of({3}), -1); })
      .throws<Error>("no dimensions", [] { split(of({}), 1); })
      .throws<IndexError>(kRange,
                          [] {
                            split(of({2, 3}), 1, 2);
                          })
      .throws<Error>("to sum exactly to 5 (input tensor's size at dimension 0), but got split_sizes=[2, 2]",
                     [] {
                       split(of({5}), Lengths64{2, 2});
                     })
      .throws<Error>("only non-negative entries, but got split_sizes=[-1, 6]",
                     [] {
                       split(of({5}), Lengths64{-1, 6});
                     })
      .throws<Error>("no dimensions", [] { split(of({}), Lengths64{1}); })
      .throws<IndexError>(kRange, [] {
        split(of({2, 3}), Lengths64{1, 1}, 2);
      });
});

const Register kChunk("chunk", [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(5).chunk(2));
  for (const auto& [shape, dim, n] : std::vector<Sized>{{{1}, 0, 1},
                                                        {{6}, 0, 4},
                                                        {{3, 4}, 0, 2},
                                                        {{3, 4}, 0, 5},
                                                        {{3, 4}, 1, 2},
                                                        {{3, 4}, -1, 3},
                                                        {{2, 1, 3, 1, 2}, 2, 2},
                                                        {{17}, 0, 4},
                                                        {{33}, -1, 2},
                                                        {{0}, 0, 3},
                                                        {{0, 3}, 1, 2},
                                                        {{3, 0, 2}, 1, 2}}) {
    const std::int64_t size = shape[wrap(dim, shape.size())];
    pieces(
        s, "in " + std::to_string(n), shape, dim, equal_lengths(size, (size + n - 1) / n),
        [dim = dim, n = n](const Tensor& x) { return dim == 0 ? chunk(x, n) : chunk(x, n, dim); },
        [dim = dim, n = n](const Tensor& x) { return dim == 0 ? x.chunk(n) : x.chunk(n, dim); });
  }
  s.throws<Error>("expects `chunks` to be greater than 0, got: 0", [] { chunk(of({3}), 0); })
      .throws<Error>("greater than 0, got: -2", [] { chunk(of({3}), -2); })
      .throws<Error>("no dimensions", [] { chunk(of({}), 1); })
      .throws<IndexError>(kRange, [] {
        chunk(of({2, 3}), 1, 2);
      });
});

const Register kUnbind("unbind", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).unbind(1));
  for (const auto& [shape, dim] : std::vector<std::pair<Shape, std::int64_t>>{{{1}, 0},
                                                                              {{3, 4}, 0},
                                                                              {{3, 4}, 1},
                                                                              {{3, 4}, -1},
                                                                              {{2, 3, 4}, -2},
                                                                              {{2, 1, 3, 1, 2}, 2},
                                                                              {{17}, 0},
                                                                              {{33}, -1},
                                                                              {{2, 0}, 0},
                                                                              {{3, 0, 2}, 2}}) {
    const auto together = [dim = dim](std::vector<Tensor> rows) {
      std::reverse(rows.begin(), rows.end());
      return stack(rows, dim);
    };
    s.add({.label = shape_text(shape) + " along " + std::to_string(dim),
           .inputs = {{shape}},
           .fn = [=, dim = dim](const Tensors& x) { return together(dim == 0 ? unbind(x[0]) : unbind(x[0], dim)); },
           .reference =
               [dim = dim](const Arrays& in) {
                 return reversed(in[0], dim, equal_lengths(in[0].shape[wrap(dim, in[0].shape.size())], 1));
               },
           .accuracy = exact(),
           .spellings = {[=, dim = dim](const Tensors& x) {
             return together(dim == 0 ? x[0].unbind() : x[0].unbind(dim));
           }}});
  }
  s.edge(
      {"one piece used", {{1, 2, 3}}, {2}, {{0, 1, 0}}, [](const Tensors& x) { return unbind(x[0]).at(1).view(1); }});
  s.throws<IndexError>("no dimensions", [] { unbind(of({})); }).throws<IndexError>(kRange, [] {
    unbind(of({2, 3}), 2);
  });
});

}  // namespace
}  // namespace tapegrad::test
