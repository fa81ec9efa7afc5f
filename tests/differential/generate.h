// Programs from a seed. The next instruction is chosen from what the registers hold.
#pragma once

#include <random>

#include "tests/differential/compare.h"

namespace differential {

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
  int pick(F fits);  // a live register, -1: none fits
  int any();
  Instruction leaf(std::vector<std::int64_t> sizes, Dtype dtype, bool wants);
  Instruction indices(std::vector<std::int64_t> sizes, std::int64_t below_this);
  std::vector<std::int64_t> sizes();
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
