// Decisions read from the fuzzer's bytes. When they run out, every answer is the first one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace tapegrad::fuzz {

using Ints = std::vector<std::int64_t>;

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
  bool empty() const { return left_ == 0; }
  std::uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }
  std::int64_t below(std::int64_t n) { return n <= 1 ? 0 : byte() % n; }
  bool coin() { return (byte() & 1U) != 0; }
  bool one_in(std::int64_t n) { return below(n) == n - 1; }
  // In [-2, 2], never at a kink that a program could name.
  double real() { return (byte() - 127.5) / 64 + byte() * 1e-5; }
  // Small, mostly; sometimes what overflows when it is added, negated or multiplied.
  std::int64_t number() {
    using Limits = std::numeric_limits<std::int64_t>;
    constexpr std::int64_t kOdd[] = {Limits::min(),
                                     Limits::min() + 1,
                                     -(std::int64_t{1} << 32),
                                     -100,
                                     -9,
                                     9,
                                     17,
                                     100,
                                     std::int64_t{1} << 32,
                                     std::int64_t{1} << 61,
                                     Limits::max() / 2 + 1,
                                     Limits::max() - 1,
                                     Limits::max()};
    const std::uint8_t b = byte();
    if (b < 240) return b % 10 - 3;
    return kOdd[(b - 240U) % std::size(kOdd)];
  }
  std::optional<std::int64_t> maybe() { return coin() ? std::optional(number()) : std::nullopt; }
  // A dim of this rank, sometimes out of range.
  std::int64_t dim(std::size_t rank) {
    const std::uint8_t b = byte();
    const auto n = static_cast<std::int64_t>(rank == 0 ? 1 : rank);
    return b < 236 ? b % (2 * n) - n : b < 250 ? b % (2 * n + 4) - n - 2 : number();
  }
  Ints dims(std::size_t rank) {
    Ints out(static_cast<std::size_t>(below(static_cast<std::int64_t>(rank) + 1)));
    for (std::int64_t& d : out) d = dim(rank);
    return out;
  }
  Ints numbers(std::size_t n) {
    Ints out(n);
    for (std::int64_t& v : out) v = number();
    return out;
  }
  // Few and small sizes; at most `rank` of them.
  Ints shape(std::int64_t rank) {
    constexpr std::int64_t kSizes[] = {2, 3, 1, 2, 3, 0, 4, 1};
    Ints out(static_cast<std::size_t>(below(rank + 1)));
    for (std::int64_t& s : out) s = kSizes[byte() % 8];
    return out;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

}  // namespace tapegrad::fuzz
