// Sequences of different lengths in one batch: packed, for the layers of nn/layers/rnn.h, or padded.
#pragma once

#include <optional>
#include <tuple>
#include <vector>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::nn::utils::rnn {

/// The rows of sequences sorted by length, longest first: those of the first step, then those of the second ...
/// batch_sizes (int64) says how many each step has. Where they were sorted for it, sorted_indices says how, and
/// unsorted_indices how back.
class TAPEGRAD_EXPORT PackedSequence {
 public:
  explicit PackedSequence(Tensor data, Tensor batch_sizes, Tensor sorted_indices = {}, Tensor unsorted_indices = {});
  const Tensor& data() const noexcept { return data_; }
  const Tensor& batch_sizes() const noexcept { return batch_sizes_; }
  const Tensor& sorted_indices() const noexcept { return sorted_indices_; }
  const Tensor& unsorted_indices() const noexcept { return unsorted_indices_; }

 private:
  Tensor data_, batch_sizes_, sorted_indices_, unsorted_indices_;
};

/// Packs input [steps, n, ..] (or [n, steps, ..] with batch_first), of which sequence k is lengths[k] steps long. With
/// enforce_sorted the lengths descend already; else they are sorted. ValueError for lengths below 1 or above steps.
/// Differentiable by input.
TAPEGRAD_EXPORT PackedSequence pack_padded_sequence(const Tensor& input, const Tensor& lengths,
                                                    bool batch_first = false, bool enforce_sorted = true);

/// The reverse: [steps, n, ..], with padding_value behind the end of each sequence, and the lengths. total_length makes
/// more steps. Differentiable by the data.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> pad_packed_sequence(const PackedSequence& sequence, bool batch_first = false,
                                                               double padding_value = 0,
                                                               std::optional<std::int64_t> total_length = std::nullopt);

/// Sequences [length, ..] as one [longest, n, ..], with padding_value behind the end of each. Differentiable.
TAPEGRAD_EXPORT Tensor pad_sequence(const std::vector<Tensor>& sequences, bool batch_first = false,
                                    double padding_value = 0);

/// pack_padded_sequence of pad_sequence.
TAPEGRAD_EXPORT PackedSequence pack_sequence(const std::vector<Tensor>& sequences, bool enforce_sorted = true);

}  // namespace tapegrad::nn::utils::rnn
