#include <tapegrad/nn/utils/rnn.h>

#include <algorithm>

#include "autograd/core/text.h"

namespace tapegrad::nn::utils::rnn {

PackedSequence::PackedSequence(Tensor data, Tensor batch_sizes, Tensor sorted_indices, Tensor unsorted_indices)
    : data_(std::move(data)),
      batch_sizes_(std::move(batch_sizes)),
      sorted_indices_(std::move(sorted_indices)),
      unsorted_indices_(std::move(unsorted_indices)) {
  if (sorted_indices_.defined() && !unsorted_indices_.defined()) unsorted_indices_ = sorted_indices_.argsort();
}

PackedSequence pack_padded_sequence(const Tensor& input, const Tensor& lengths, bool batch_first,
                                    bool enforce_sorted) try {
  Tensor x = batch_first ? input.transpose(0, 1) : input, sorted = lengths.to(kLong), order;
  if (x.dim() < 2 || lengths.dim() != 1 || lengths.size(0) != x.size(1) || x.size(1) < 1)
    core::throw_shape("pack_padded_sequence", "Expected `len(lengths)` to be equal to batch_size, but got lengths ",
                      lengths.sizes(), " for input of sizes ", input.sizes(), "; give the length of each sequence");
  if (!enforce_sorted) {
    std::tie(sorted, order) = sorted.sort(-1, true);
    x = x.index_select(1, order);
  }
  sorted = sorted.contiguous();
  const auto* length = sorted.data_ptr<std::int64_t>();
  const std::int64_t n = x.size(1), steps = x.size(0);
  for (std::int64_t k = 0; k < n; ++k) {
    if (length[k] < 1 || length[k] > steps)
      core::throw_value("pack_padded_sequence", "Length of all samples has to be greater than 0 and at most ", steps,
                        ", but found ", length[k], "; leave out what is empty");
    if (k > 0 && length[k] > length[k - 1])
      core::throw_value("pack_padded_sequence", "`lengths` array must be sorted in decreasing order when ",
                        "`enforce_sorted` is True; pass enforce_sorted = false");
  }
  std::vector<std::int64_t> sizes, rows;
  for (std::int64_t t = 0; t < length[0]; ++t) {
    std::int64_t count = 0;
    while (count < n && length[count] > t) rows.push_back(t * n + count++);
    sizes.push_back(count);
  }
  return PackedSequence(x.reshape({-1}).numel() == 0 ? x.flatten(0, 1) : x.flatten(0, 1).index_select(0, tensor(rows)),
                        tensor(sizes), order);
} catch (const Error&) {
  core::throw_as("pack_padded_sequence");
}

std::tuple<Tensor, Tensor> pad_packed_sequence(const PackedSequence& sequence, bool batch_first, double padding_value,
                                               std::optional<std::int64_t> total_length) try {
  const Tensor sizes = sequence.batch_sizes().contiguous(), &data = sequence.data();
  const auto* size = sizes.data_ptr<std::int64_t>();
  const std::int64_t longest = sizes.numel(), steps = total_length.value_or(longest), n = longest == 0 ? 0 : size[0];
  if (steps < longest)
    core::throw_value("pad_packed_sequence", "Expected total_length to be at least the length of the longest sequence ",
                      "in input, but got total_length=", steps, " and max sequence length being ", longest,
                      "; give more or leave it out");
  // The row behind the data's is the padding.
  std::vector<std::int64_t> rows(static_cast<std::size_t>(steps * n), data.size(0)),
      length(static_cast<std::size_t>(n));
  std::int64_t row = 0;
  for (std::int64_t t = 0; t < longest; ++t) {
    for (std::int64_t k = 0; k < size[t]; ++k) {
      rows[static_cast<std::size_t>(t * n + k)] = row++;
      ++length[static_cast<std::size_t>(k)];
    }
  }
  std::vector<std::int64_t> padded = {steps, n}, one = data.sizes().vec();
  padded.insert(padded.end(), one.begin() + 1, one.end());
  one[0] = 1;
  Tensor out = cat({data, full(one, padding_value, data.options().requires_grad(false))}, 0)
                   .index_select(0, tensor(rows, kLong))
                   .view(padded);
  Tensor lengths = tensor(length, kLong);
  if (sequence.unsorted_indices().defined()) {
    out = out.index_select(1, sequence.unsorted_indices());
    lengths = lengths.index_select(0, sequence.unsorted_indices());
  }
  return {batch_first ? out.transpose(0, 1) : out, lengths};
} catch (const Error&) {
  core::throw_as("pad_packed_sequence");
}

Tensor pad_sequence(const std::vector<Tensor>& sequences, bool batch_first, double padding_value) try {
  if (sequences.empty()) core::throw_value("pad_sequence", "received an empty list of sequences; give one or more");
  std::int64_t longest = 0;
  for (const Tensor& s : sequences) longest = std::max(longest, s.size(0));
  std::vector<Tensor> padded;
  for (const Tensor& s : sequences) {
    std::vector<std::int64_t> pads(static_cast<std::size_t>(2 * s.dim()), 0);
    pads.back() = longest - s.size(0);
    padded.push_back(pad(s, pads, padding_value));
  }
  return stack(padded, batch_first ? 0 : 1);
} catch (const Error&) {
  core::throw_as("pad_sequence");
}

PackedSequence pack_sequence(const std::vector<Tensor>& sequences, bool enforce_sorted) {
  std::vector<std::int64_t> lengths;
  for (const Tensor& s : sequences) lengths.push_back(s.size(0));
  return pack_padded_sequence(pad_sequence(sequences), tensor(lengths, kLong), false, enforce_sorted);
}

}  // namespace tapegrad::nn::utils::rnn
