// Averager: averages gradients over ranks in buckets, while backward goes on.
#pragma once

#include <tapegrad/autograd/grad_watcher.h>
#include <tapegrad/nn/parallel/process_group.h>

namespace tapegrad::nn::parallel {

// Every rank starts the same buckets in the same order, whatever order its gradients come in: bucket k + 1 is not
// started before bucket k, and what a rank has no gradient for it sends as zeros. A bucket is [gradients | for each of
// them 1 where this rank has one], so that a parameter that no rank used stays without .grad.
class Averager final : public GradWatcher {
 public:
  // `next_step` is called at the end of each pass that averages, before .grad changes.
  Averager(std::vector<Tensor> parameters, ProcessGroup& group, std::int64_t bucket_bytes,
           std::function<void()> next_step);

  // What this rank's gradients count in the sum; of all ranks together 1. For the next pass alone; without it each
  // counts as much, and the sum is divided when it is read, which costs nothing.
  void set_weight(double weight) noexcept { weight_ = weight; }
  void set_on(bool on) noexcept { on_ = on; }
  bool is_on() const noexcept { return on_; }
  // A pass that reaches no parameter: zeros, and the others' gradients go to .grad.
  void empty_pass();
  double seconds_waited() const noexcept { return seconds_waited_; }

 private:
  struct Bucket {
    std::vector<std::size_t> members;
    std::vector<std::int64_t> begins;  // of each in `flat`, and of their marks
    Tensor flat;
    std::size_t missing = 0;
    Work work;
  };
  struct Place {
    std::size_t bucket, member;
  };

  void ready(std::size_t index, const Tensor& grad) override;
  void settle(std::vector<Tensor>& grads) override;
  void make_buckets(const std::vector<std::int64_t>& order);
  void add(std::size_t index, const Tensor& grad);
  void start_full_buckets();
  void take_order_of_use();

  std::vector<Tensor> parameters_;
  ProcessGroup& group_;
  std::int64_t bucket_bytes_;
  std::function<void()> next_step_;
  std::vector<Bucket> buckets_;
  std::vector<Place> places_;
  std::vector<bool> told_;
  std::vector<std::int64_t> order_;  // in which the parameters became ready
  std::size_t started_ = 0;          // buckets
  bool knows_order_ = false;
  double weight_ = -1, seconds_waited_ = 0;  // a weight from 0 on where one is set
  bool on_ = true;
  bool has_local_ = false;  // .grad holds what was not averaged
};

}  // namespace tapegrad::nn::parallel
