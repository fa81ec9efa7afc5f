// Programs from a seed. The next instruction is chosen from what the registers hold.
#pragma once

#include <numeric>
#include <random>

#include "tests/differential/compare.h"

namespace differential {

using Sizes = std::vector<std::int64_t>;

inline std::int64_t count(const Sizes& s) {
  return std::accumulate(s.begin(), s.end(), std::int64_t{1}, std::multiplies<>());
}
inline bool is_floating(const State& s) { return s.dtype >= Dtype::Float; }
inline std::int64_t rank(const State& s) { return static_cast<std::int64_t>(s.sizes.size()); }

class Generator {
 public:
  explicit Generator(std::uint64_t seed);
  // The instructions that come next; empty: the program is over.
  Program next(const Run& run);

 private:
  std::int64_t below(std::int64_t n) {
    return n < 2 ? 0 : static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(n));
  }
  bool one_in(std::int64_t n) { return below(n) == 0; }
  template <class F>
  int pick(F fits) {  // a live register, -1: none fits
    std::vector<int> all;
    for (const auto& [reg, k] : run_->known())
      if (fits(k)) all.push_back(reg);
    return all.empty() ? -1 : all[static_cast<std::size_t>(below(static_cast<std::int64_t>(all.size())))];
  }
  int any();
  Instruction leaf(Sizes sizes, Dtype dtype, bool wants);
  Instruction indices(Sizes sizes, std::int64_t below_this);
  Sizes sizes();
  Dtype floating();
  bool fill(Instruction& in, Program& before);
  int partner(char letter, const State& x, const Instruction& in, Program& before);
  void fill_list(char letter, const State& x, Instruction& in);
  void gradient_step(Program& out);
  int fresh() { return next_register_++; }

  std::mt19937_64 bits_;
  const Run* run_ = nullptr;
  int next_register_ = 0, next_hook_ = 0;
  std::int64_t length_;
  bool mixed_, hostile_;
  Dtype main_;
};

}  // namespace differential
