// Array: the tensors of the reference functions, and the naive loops they are built from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "dual.h"

namespace tapegrad::test {

using Shape = std::vector<std::int64_t>;
using Index = std::vector<std::int64_t>;  // one number a dimension

struct Array {
  Shape shape;
  std::vector<Dual> v;  // row-major

  Array() = default;
  explicit Array(Shape s);
  Array(Shape s, std::vector<Dual> values) : shape(std::move(s)), v(std::move(values)) {}
  std::size_t size() const { return v.size(); }
  Dual& at(const Index& i);
  const Dual& at(const Index& i) const;
};

using Arrays = std::vector<Array>;
using Reference = std::function<Array(const Arrays&)>;

std::int64_t count(const Shape& shape);
std::size_t flat(const Shape& shape, const Index& i);
Shape broadcast(const Shape& x, const Shape& y);
// A dim counted from the end made one counted from the front.
std::size_t wrap(std::int64_t dim, std::size_t rank);

// Calls f(index) for each element of the shape, in row-major order.
void for_each(const Shape& shape, const std::function<void(const Index&)>& f);

// out[i] = x[source(i)]: every view, and every gather.
Array gather(const Array& x, const Shape& shape, const std::function<Index(const Index&)>& source);
Array expand(const Array& x, const Shape& shape);
Array reshape(const Array& x, const Shape& shape);
Array transpose(const Array& x, std::int64_t dim0, std::int64_t dim1);

// f of the elements at the same place of the inputs, which broadcast.
Array elementwise(const Arrays& in, const std::function<Dual(const Dual*)>& f);

// f of the elements along dims (none: all), in logical order.
using Fold = std::function<Dual(const std::vector<Dual>&)>;
Array reduce(const Array& x, const std::vector<std::int64_t>& dims, bool keepdim, const Fold& f);

// For each line along dim, f gives the line that replaces it.
using Line = std::function<std::vector<Dual>(const std::vector<Dual>&)>;
Array along(const Array& x, std::int64_t dim, const Line& f);

// NumPy's matmul: vectors, matrices, batches that broadcast.
Array matmul(const Array& x, const Array& y);

Array absolute(Array x);
Dual total(const std::vector<Dual>& v);
std::vector<Dual> log_softmax(const std::vector<Dual>& line);

}  // namespace tapegrad::test
