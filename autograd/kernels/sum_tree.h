// How the sums of blocks are added up: cut by the length alone, never by the number of threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "autograd/kernels/parallel.h"  // kGrain
#include "autograd/kernels/reduce.h"

namespace tapegrad::kernels {

constexpr std::size_t kBlock = static_cast<std::size_t>(kSumBlock);

// of_block(begin, end) gives the sum of at most kBlock elements from a multiple of kBlock (behind begin) on.
template <class T, class Join = std::plus<>, class Block>
T tree_sum(std::size_t begin, std::size_t end, const Block& of_block) {
  if (end - begin <= kBlock) return of_block(begin, end);
  const std::size_t half = (end - begin + kBlock - 1) / kBlock / 2 * kBlock;
  const T left = tree_sum<T, Join>(begin, begin + half, of_block);
  return Join()(left, tree_sum<T, Join>(begin + half, end, of_block));
}

// In at most 64 pieces: run(n, grain, f) calls f(begin, end) for each, as parallel_for does.
template <class T, class Join = std::plus<>, class Block, class Run>
T long_sum(std::size_t n, const Block& of_block, const Run& run) {
  constexpr std::size_t kPieces = 64;
  const std::size_t grain = std::max<std::size_t>(kGrain, (n / kPieces + kBlock) / kBlock * kBlock);
  if (n <= grain) return tree_sum<T, Join>(0, n, of_block);
  T pieces[kPieces] = {};
  const std::size_t count = (n + grain - 1) / grain;
  run(static_cast<std::int64_t>(n), static_cast<std::int64_t>(grain), [&](std::int64_t b, std::int64_t e) {
    pieces[static_cast<std::size_t>(b) / grain] =
        tree_sum<T, Join>(static_cast<std::size_t>(b), static_cast<std::size_t>(e), of_block);
  });
  for (std::size_t step = 1; step < count; step *= 2)
    for (std::size_t i = 0; i + step < count; i += 2 * step) pieces[i] = Join()(pieces[i], pieces[i + step]);
  return pieces[0];
}

}  // namespace tapegrad::kernels
