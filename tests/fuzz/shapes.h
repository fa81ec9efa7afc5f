// A session of fuzz_shapes: a pool of tensors beside what the model says they are, and calls on them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "check.h"

namespace tapegrad::fuzz {

struct Pair {
  Tensor t;
  Array a;
};

class Session {
 public:
  Session(const std::uint8_t* data, std::size_t size) : in(data, size) {}
  void run();

  Bytes in;

  // An element of the pool.
  const Pair& any();
  // A new tensor whose elements count up from `first`.
  Pair counting(const Shape& shape, Dtype dtype, Real first = 0);
  // Sizes near those of x: mostly valid for reshape and expand, sometimes not.
  Ints sizes_near(const Shape& x);
  // Indices below n, sometimes below 0 or out of range.
  Array indices(const Shape& shape, std::int64_t n, bool negative);
  // A pair's tensor as this dtype.
  Pair as(const Pair& p, Dtype dtype);

  // Calls both sides and compares; the results join the pool. dtype: that of every result.
  void call(const std::string& what, Dtype dtype, const std::function<Arrays()>& model,
            const std::function<Tensors()>& library);

 private:
  void check_pool() const;

  std::vector<Pair> pool_;
  Log log_;
};

// A call of a method, for the log: "Long[2, 3]/[3, 1].what".
std::string on(const Pair& x, const std::string& what);

using Call = void (*)(Session&);
extern const std::vector<Call> kViewCalls, kIndexCalls, kComputeCalls, kOrderCalls;

}  // namespace tapegrad::fuzz
