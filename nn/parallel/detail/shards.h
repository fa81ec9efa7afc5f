// Shards: the gradients of a batch by parts, summed in an order that does not depend on who computes which.
#pragma once

#include <functional>
#include <map>

#include <tapegrad/nn/parallel/process_group.h>

namespace tapegrad::nn::parallel {

// Shard s of S has rows [rows s / S, rows (s + 1) / S) and is computed by rank floor(s size / S). The sum over shards
// [low, high) is that over the lower half plus that over the upper. Where one rank has all of them it sums alone and
// gives the others the result; every rank adds the results in the same order. So any number of ranks does the same
// additions.
class Shards {
 public:
  using LossOf = std::function<Tensor(std::int64_t from, std::int64_t n)>;
  Shards(ProcessGroup& group, std::vector<Tensor> leaves, std::vector<Tensor> buffers, int count, std::int64_t rows);
  // Returns the mean loss. Nothing but buffers and generator has changed, and these only where it throws.
  Tensor run(const LossOf& loss_of);
  // Changes .grad and buffers.
  void commit();

 private:
  // What is summed, by dtype, flat: gradients of leaves and changes of buffers; in f64 also the loss, the marks of
  // leaves that have a gradient, and the changes of integer buffers.
  using Part = std::map<Dtype, Tensor>;

  int owner(int shard) const noexcept { return shard * group_.size() / count_; }
  Part run_shard(int shard, const LossOf& loss_of);
  Part own_sum(int low, int high, const LossOf& loss_of);
  void run_own(int low, int high, const LossOf& loss_of);
  Part sum(int low, int high);
  Part zero() const;

  ProcessGroup& group_;
  std::vector<Tensor> leaves_, buffers_, before_;  // before_: the buffers' values
  int count_;
  std::int64_t rows_;
  std::uint64_t seed_ = 0;
  std::map<int, Part> own_;  // sums of this rank, by their first shard
  Part total_;
  Dtype loss_dtype_ = kFloat;
};

}  // namespace tapegrad::nn::parallel
