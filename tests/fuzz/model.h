// The plain model: every operation on shapes and elements as loops over arrays of numbers, with its own rules of what
// is a valid call. It shares no code with the library.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bytes.h"
#include "tests/autograd/array.h"

namespace tapegrad::fuzz {

using test::Array;
using test::Arrays;
using test::Dual;
using test::Index;
using test::Real;
using test::Shape;
using OptInt = std::optional<std::int64_t>;

struct Invalid {};  // the library must throw
struct Unknown {};  // too large to run, or too near a kink: the call is left out
struct Untold {};   // the library may throw or answer: it must only survive

inline constexpr std::int64_t kMostElements = 4096;

// The shape, if a tensor may have it.
Shape checked(Shape shape);
std::size_t dim_of(std::int64_t dim, std::size_t rank);
Shape broadcast(const Shape& a, const Shape& b);
std::int64_t extent(const Array& x, std::size_t d);  // 1 of a number
// What stands between the braces of index({...}).
struct Item {
  enum Kind { None, Dots, Int, Slice, Pick, Mask } kind = None;
  std::int64_t i = 0;
  OptInt start, stop;
  std::int64_t step = 1;
  Array at;  // of Pick and Mask
};
using Items = std::vector<Item>;

namespace model {

// Calls test::gather once the shape is checked.
Array pick(const Array& x, const Shape& shape, const std::function<Index(const Index&)>& source);

// --- views
Array transpose(const Array& x, std::int64_t a, std::int64_t b);
Array permute(const Array& x, const Ints& dims);
Array reshape(const Array& x, const Ints& sizes);
Array flatten(const Array& x, std::int64_t start, std::int64_t end);
Array squeeze(const Array& x);
Array squeeze(const Array& x, std::int64_t dim);
Array unsqueeze(const Array& x, std::int64_t dim);
Array expand(const Array& x, const Ints& sizes);
Array narrow(const Array& x, std::int64_t dim, std::int64_t start, std::int64_t length);
Array select(const Array& x, std::int64_t dim, std::int64_t index);
Array slice(const Array& x, std::int64_t dim, OptInt start, OptInt end, std::int64_t step);
Array diagonal(const Array& x, std::int64_t offset, std::int64_t dim1, std::int64_t dim2);
Arrays split(const Array& x, std::int64_t length, std::int64_t dim);
Arrays split(const Array& x, const Ints& lengths, std::int64_t dim);
Arrays chunk(const Array& x, std::int64_t chunks, std::int64_t dim);
Arrays unbind(const Array& x, std::int64_t dim);

// --- rearranged copies
Array cat(const Arrays& parts, std::int64_t dim);
Array stack(const Arrays& parts, std::int64_t dim);
Array repeat(const Array& x, const Ints& repeats);
Array flip(const Array& x, const Ints& dims);
Array triangle(const Array& x, std::int64_t k, bool lower);
Array pad(const Array& x, const Ints& pads, Real value);

// --- elements picked and placed
Array index(const Array& x, const Items& items);
Array index_put(const Array& x, const Items& items, const Array& value, bool accumulate);
Array index_select(const Array& x, std::int64_t dim, const Array& at);
Array index_add(const Array& x, std::int64_t dim, const Array& at, const Array& src, Real alpha);
Array gather(const Array& x, std::int64_t dim, const Array& at);
Array scatter(const Array& x, std::int64_t dim, const Array& at, const Array& src, bool add);
Array one_hot(const Array& x, std::int64_t classes);

// --- reductions, over all dims where none are given; `some`: nothing to reduce is an error
Array reduce(const Array& x, const Ints& dims, bool keepdim, bool some, const test::Fold& f);
Array along(const Array& x, std::int64_t dim, const test::Line& f);

// --- products
Array matmul(const Array& x, const Array& y);
Array einsum(const std::string& equation, const Arrays& operands);

Array elementwise(const Arrays& in, const std::function<Dual(const Dual*)>& f);

}  // namespace model

}  // namespace tapegrad::fuzz
