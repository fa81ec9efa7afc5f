// A tensor cut along a dim: split, chunk, unbind. Their pieces are joined again in reverse, so that each one's place
// and length count.
#include <algorithm>

#include "../registry.h"

namespace tapegrad::test {
namespace {

constexpr char kRange[] = "Dimension out of range (expected to be in range of [-2, 1], but got 2)";

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

const Register kSplit("split", [](Sample& s) {
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
                                                                {{3, 0, 2}, 2, {1, 1}}})
    pieces(
        s, "by " + shape_text(lengths), shape, dim, lengths,
        [dim = dim, lengths = lengths](const Tensor& x) { return split(x, lengths, dim); },
        [dim = dim, lengths = lengths](const Tensor& x) { return x.split(lengths, dim); });
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
