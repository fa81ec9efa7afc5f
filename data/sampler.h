// Samplers: in which order a loader goes through the rows of a dataset.
#pragma once

#include <tapegrad/autograd/tensor.h>

/// A sampler is any object with `Tensor order(std::int64_t rows) const`, which gives the rows of one epoch over a
/// dataset of so many rows: int64, one dim, each in [0, rows). A loader asks for it once at the beginning of an epoch.
/// A sampler that leaves rows out or repeats some also has `std::int64_t size(std::int64_t rows) const`, the length of
/// that order.
///
///     struct EveryOther {  // of two processes, the rows of the one with this rank
///       std::int64_t rank;
///       Tensor order(std::int64_t rows) const { return arange(rank, rows, 2); }
///       std::int64_t size(std::int64_t rows) const { return (rows + 1 - rank) / 2; }
///     };
///     auto loader = data::make_data_loader(dataset, EveryOther{0}, {.batch_size = 32});
namespace tapegrad::data::samplers {

/// The rows in order.
struct SequentialSampler {
  static constexpr bool kEachRowOnce = true;  // a saved place that says otherwise is refused
  Tensor order(std::int64_t rows) const { return arange(rows); }
};

/// The rows shuffled, each epoch anew: a randperm from this thread's default generator.
struct RandomSampler {
  static constexpr bool kEachRowOnce = true;
  Tensor order(std::int64_t rows) const { return randperm(rows); }
};

/// One of the two, chosen when the program runs.
struct ShuffleSampler {
  static constexpr bool kEachRowOnce = true;
  bool shuffle = false;
  Tensor order(std::int64_t rows) const { return shuffle ? randperm(rows) : arange(rows); }
};

}  // namespace tapegrad::data::samplers
