// Layout: places in memory for blocks that live from one moment to another.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

namespace tapegrad::program {

inline constexpr std::size_t kAlignment = 64;
constexpr std::size_t aligned(std::size_t bytes) noexcept { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Each takes the lowest place that is free as long, largest first.
class Layout {
 public:
  struct Block {
    std::size_t bytes;
    std::size_t first, last;  // lines
    std::int64_t* offset;
  };
  void add(Block b) { blocks_.push_back(b); }
  // The bytes that all of them take.
  std::size_t fit() {
    // Not stable_sort, which asks for memory by a new that programs with a new of their own may not have.
    std::sort(blocks_.begin(), blocks_.end(), [](const Block& a, const Block& b) {
      return std::tuple(b.bytes, a.first, a.last, a.offset) < std::tuple(a.bytes, b.first, b.last, b.offset);
    });
    std::vector<Block> placed;  // by rising offset
    std::size_t total = 0;
    for (const Block& b : blocks_) {
      std::size_t at = 0;
      for (const Block& p : placed) {
        if (p.last < b.first || b.last < p.first) continue;
        const auto begin = static_cast<std::size_t>(*p.offset);
        if (begin >= at + b.bytes) break;
        at = std::max(at, begin + p.bytes);
      }
      *b.offset = static_cast<std::int64_t>(at);
      placed.insert(
          std::upper_bound(placed.begin(), placed.end(), at,
                           [](std::size_t v, const Block& p) { return v < static_cast<std::size_t>(*p.offset); }),
          b);
      total = std::max(total, at + b.bytes);
    }
    return total;
  }

 private:
  std::vector<Block> blocks_;
};

}  // namespace tapegrad::program
