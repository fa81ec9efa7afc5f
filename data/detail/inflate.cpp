#include "data/detail/inflate.h"

#include <algorithm>
#include <array>

namespace tapegrad::data::detail {

namespace {

constexpr std::size_t kMostBits = 15;  // of a code

// The stream's bits, the lowest of a byte first; zeros behind its end.
struct Bits {
  std::string_view from;
  std::size_t at = 0, count = 0;  // bytes fetched, also behind the end; bits that wait
  std::uint64_t waiting = 0;

  std::size_t peek(std::size_t n) {
    for (; count < n; ++at, count += 8) {
      if (at < from.size()) waiting |= std::uint64_t{static_cast<unsigned char>(from[at])} << count;
    }
    return waiting & ((std::uint64_t{1} << n) - 1);
  }
  void skip(std::size_t n) {
    waiting >>= n;
    count -= n;
  }
  std::size_t take(std::size_t n) {
    const std::size_t value = peek(n);
    skip(n);
    return value;
  }
  std::size_t bytes_taken() const { return at - count / 8; }
  bool is_over() const { return bytes_taken() > from.size(); }
};

// A canonical Huffman code: codes of a length are consecutive numbers, behind those that begin with a shorter one.
struct Code {
  std::array<std::size_t, kMostBits + 1> counts{};  // of the codes of each length
  std::array<std::uint16_t, 320> symbols{};         // by length, then by number

  // By the length of each symbol's code, 0: none. False where they are no code: too many, or some missing (but a single
  // symbol may have one bit).
  bool set(const std::uint8_t* lengths, std::size_t n) {
    counts.fill(0);
    for (std::size_t i = 0; i < n; ++i) ++counts[lengths[i]];
    const bool is_single = n - counts[0] <= 1 && counts[1] == n - counts[0];
    counts[0] = 0;
    std::array<std::size_t, kMostBits + 1> next{};
    std::size_t left = 1;
    for (std::size_t length = 1; length <= kMostBits; ++length) {
      next[length] = next[length - 1] + counts[length - 1];
      if (counts[length] > 2 * left) return false;
      left = 2 * left - counts[length];
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (lengths[i] > 0) symbols[next[lengths[i]]++] = static_cast<std::uint16_t>(i);
    }
    return left == 0 || is_single;
  }

  // 512, which is no symbol, where the bits are no code.
  std::size_t next_symbol(Bits& in) const {
    std::size_t bits = in.peek(kMostBits), code = 0, first = 0, at = 0;
    for (std::size_t length = 1; length <= kMostBits; ++length, bits >>= 1) {
      code = code * 2 + (bits & 1);
      first *= 2;
      if (code - first < counts[length]) {
        in.skip(length);
        return symbols[at + code - first];
      }
      first += counts[length];
      at += counts[length];
    }
    return 512;
  }
};

// The codes that a block of kind 1 has, or that a block of kind 2 begins with.
bool read_codes(Bits& in, std::size_t kind, Code& literals, Code& distances) {
  std::array<std::uint8_t, 320> lengths{};
  if (kind == 1) {
    for (std::size_t i = 0; i < 288; ++i) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    std::fill(lengths.begin() + 288, lengths.end(), std::uint8_t{5});
    return literals.set(lengths.data(), 288) && distances.set(lengths.data() + 288, 32);
  }
  constexpr std::uint8_t kOrder[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  const std::size_t n_literals = in.take(5) + 257, n_distances = in.take(5) + 1, n_lengths = in.take(4) + 4;
  for (std::size_t i = 0; i < n_lengths; ++i) lengths[kOrder[i]] = static_cast<std::uint8_t>(in.take(3));
  if (n_literals > 286 || n_distances > 30 || !literals.set(lengths.data(), 19)) return false;
  for (std::size_t i = 0; i < n_literals + n_distances;) {
    const std::size_t symbol = literals.next_symbol(in);
    if (symbol > 18 || (symbol == 16 && i == 0)) return false;
    const std::uint8_t length = symbol < 16 ? static_cast<std::uint8_t>(symbol) : symbol == 16 ? lengths[i - 1] : 0;
    std::size_t times = symbol < 16    ? 1
                        : symbol == 16 ? 3 + in.take(2)
                        : symbol == 17 ? 3 + in.take(3)
                                       : 11 + in.take(7);
    if (times > n_literals + n_distances - i) return false;
    for (; times > 0; --times) lengths[i++] = length;
  }
  return lengths[256] > 0 && literals.set(lengths.data(), n_literals) &&
         distances.set(lengths.data() + n_literals, n_distances);
}

}  // namespace

const char* inflate(std::string_view from, char* to, std::size_t size) {
  constexpr const char *kLong = "it unpacks to more bytes than it says", *kEnds = "the packed bytes end too early";
  Bits in{from};
  Code literals, distances;
  std::size_t out = 0;
  for (bool last = false; !last;) {
    last = in.take(1) == 1;
    const std::size_t kind = in.take(2);
    if (kind == 3) return "a packed block is of no known kind";
    if (kind == 0) {
      in.skip(in.count % 8);
      const std::size_t length = in.take(16), complement = in.take(16);
      if (in.is_over()) return kEnds;
      if (length != (complement ^ 0xffff)) return "a block's length is not the complement of its copy";
      if (length > size - out) return kLong;
      for (std::size_t i = 0; i < length; ++i) to[out++] = static_cast<char>(in.take(8));
    } else if (!read_codes(in, kind, literals, distances)) {
      return in.is_over() ? kEnds : "the lengths of a block's codes are wrong";
    }
    for (std::size_t symbol = 0; kind != 0 && (symbol = literals.next_symbol(in)) != 256;) {
      if (in.is_over()) return kEnds;
      if (symbol < 256) {
        if (out == size) return kLong;
        to[out++] = static_cast<char>(symbol);
        continue;
      }
      // Lengths and distances in steps that double after four symbols, and after two.
      const std::size_t l = symbol - 257;
      if (l > 28) return "packed bits are no code";
      const std::size_t l_bits = l < 4 || l == 28 ? 0 : (l - 4) / 4;
      const std::size_t length = (l < 4 ? l + 3 : l == 28 ? 258 : ((4 + l % 4) << l_bits) + 3) + in.take(l_bits);
      const std::size_t d = distances.next_symbol(in);
      if (d > 29) return "packed bits are no code";
      const std::size_t d_bits = d < 2 ? 0 : (d - 2) / 2;
      const std::size_t distance = (d < 2 ? d + 1 : ((2 + d % 2) << d_bits) + 1) + in.take(d_bits);
      if (distance > out) return "packed bytes are copied from before the beginning";
      if (length > size - out) return kLong;
      for (const std::size_t end = out + length; out < end; ++out) to[out] = to[out - distance];
    }
    if (in.is_over()) return kEnds;
  }
  if (out < size) return "it unpacks to fewer bytes than it says";
  return in.bytes_taken() < from.size() ? "bytes behind the packed ones" : nullptr;
}

std::uint32_t crc32(std::string_view bytes) {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      table[i] = i;
      for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ (table[i] & 1) * 0xedb88320u;
    }
    return table;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (const char c : bytes) crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

}  // namespace tapegrad::data::detail
