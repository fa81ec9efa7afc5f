// Sequences of different lengths, packed and padded, and recurrent layers on them.
#include <gtest/gtest.h>
#include <tapegrad/nn/layers/rnn.h>
#include <tapegrad/testing.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

namespace rnn = nn::utils::rnn;

std::vector<Tensor> sequences() {
  return {tensor({1.0, 2.0}, kDouble), tensor({3.0, 4.0, 5.0, 6.0}, kDouble), tensor({7.0}, kDouble)};
}

TEST(PackSequence, TakesTheStepsOfAllSequencesLongestFirst) {
  const rnn::PackedSequence packed = rnn::pack_sequence(sequences(), /*enforce_sorted=*/false);
  EXPECT_TENSOR_EQ(packed.data(), tensor({3.0, 1.0, 7.0, 4.0, 2.0, 5.0, 6.0}, kDouble));
  EXPECT_TENSOR_EQ(packed.batch_sizes(), tensor({3, 2, 1, 1}, kLong));
  EXPECT_TENSOR_EQ(packed.sorted_indices(), tensor({1, 0, 2}, kLong));
  EXPECT_TENSOR_EQ(packed.unsorted_indices(), tensor({1, 0, 2}, kLong));
  const auto [padded, lengths] = rnn::pad_packed_sequence(packed, /*batch_first=*/true);
  EXPECT_TENSOR_EQ(padded, rnn::pad_sequence(sequences(), /*batch_first=*/true));
  EXPECT_TENSOR_EQ(lengths, tensor({2, 4, 1}, kLong));
}

TEST(PackSequence, LeavesTheOrderOfSortedSequences) {
  const rnn::PackedSequence packed = rnn::pack_sequence({ones({3, 2}), zeros({3, 2}), ones({1, 2})});
  EXPECT_TENSOR_EQ(packed.batch_sizes(), tensor({3, 2, 2}, kLong));
  EXPECT_EQ(packed.data().sizes(), IntList({7, 2}));
  EXPECT_FALSE(packed.sorted_indices().defined());
  expect_error<ValueError>([] { rnn::pack_sequence(sequences()); },
                           "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True");
  expect_error<ValueError>([] { rnn::pack_sequence({}); }, "received an empty list of sequences");
}

TEST(PackSequence, IsDifferentiable) {
  std::vector<Tensor> learned = sequences();
  for (Tensor& s : learned) s.requires_grad_();
  EXPECT_GRADIENTS_OK(
      [](const std::vector<Tensor>& s) {
        const auto [padded, lengths] = rnn::pad_packed_sequence(rnn::pack_sequence(s, false), false, 2, 6);
        return padded.square();
      },
      learned);
}

TEST(PadPackedSequence, GoesOnToTheTotalLength) {
  const rnn::PackedSequence packed = rnn::pack_sequence(sequences(), /*enforce_sorted=*/false);
  const auto [padded, lengths] = rnn::pad_packed_sequence(packed, true, -1, 5);
  EXPECT_TENSOR_EQ(
      padded,
      tensor({{1.0, 2.0, -1.0, -1.0, -1.0}, {3.0, 4.0, 5.0, 6.0, -1.0}, {7.0, -1.0, -1.0, -1.0, -1.0}}, kDouble));
  EXPECT_TENSOR_EQ(lengths, tensor({2, 4, 1}, kLong));
  const Tensor same = std::get<0>(rnn::pad_packed_sequence(packed, false, 0, 4));
  EXPECT_TENSOR_EQ(same, std::get<0>(rnn::pad_packed_sequence(packed)));
  expect_error<ValueError>([&] { rnn::pad_packed_sequence(packed, false, 0, 3); },
                           "Expected total_length to be at least the length of the longest sequence in input, but got "
                           "total_length=3 and max sequence length being 4");
}

// A layer of packed sequences gives what it gives of each alone, from states in the order of the sequences.
template <class Layer>
void expect_each_alone(Layer layer) {
  layer->to(kDouble);
  const std::vector<std::int64_t> lengths = {2, 4, 1, 4};
  const Tensor x = arange(32, kDouble).mul(0.37).sin().view({4, 4, 2}).requires_grad_(),
               hx = arange(48, kDouble).mul(0.53).cos().view({4, 4, 3});
  for (const Tensor& state : {Tensor(), hx}) {
    const auto packed = rnn::pack_padded_sequence(x, tensor(lengths, kLong), false, /*enforce_sorted=*/false);
    const auto [out, h] = layer->forward_with_packed_input(packed, state);
    const auto [y, found] = rnn::pad_packed_sequence(out);
    EXPECT_TENSOR_EQ(found, tensor(lengths, kLong));
    const Tensor gradient = autograd::grad({y.square().sum() + h.sum()}, {x})[0];
    for (std::int64_t k = 0; k < 4; ++k) {
      const std::int64_t n = lengths[static_cast<std::size_t>(k)];
      const auto [alone, last] =
          layer->forward(x.narrow(1, k, 1).narrow(0, 0, n), state.defined() ? state.narrow(1, k, 1) : state);
      EXPECT_TENSOR_NEAR(y.narrow(1, k, 1).narrow(0, 0, n), alone, 1e-14);
      EXPECT_TENSOR_EQ(y.narrow(1, k, 1).narrow(0, n, 4 - n), zeros({4 - n, 1, 6}, kDouble));
      EXPECT_TENSOR_NEAR(h.narrow(1, k, 1), last, 1e-14);
      const Tensor of_one = autograd::grad({alone.square().sum() + last.sum()}, {x})[0];
      EXPECT_TENSOR_NEAR(gradient.narrow(1, k, 1), of_one.narrow(1, k, 1), 1e-13);
    }
  }
}

TEST(PackedInput, OfAGruIsEachSequenceAlone) {
  manual_seed(0);
  expect_each_alone(nn::GRU(nn::GRUOptions(2, 3).num_layers(2).bidirectional(true)));
}
TEST(PackedInput, OfAnRnnIsEachSequenceAlone) {
  manual_seed(1);
  const auto options = nn::RNNOptions(2, 3).num_layers(2).bidirectional(true);
  expect_each_alone(nn::RNN(options));
  expect_each_alone(nn::RNN(nn::RNNOptions(options).nonlinearity(kReLU)));
}

}  // namespace
}  // namespace tapegrad
