// DistributedDataParallel: one model on every rank, each with rows of its own, and gradients that are the mean over
// all.
//
//   nn::parallel::MpiGroup group(argc, argv);
//   nn::parallel::DistributedDataParallel model(net, group);
//   optim::SGD optimizer(model->parameters(), 0.1);
//   ...
//   auto loss = loss_fn(model->forward(batch.data), batch.target);
//   loss.backward();  // averages over the ranks while it runs
//   optimizer.step();
#pragma once

#include <type_traits>

#include <tapegrad/nn/module_holder.h>
#include <tapegrad/nn/parallel/process_group.h>

namespace tapegrad::nn::parallel {

struct DataParallelOptions {
  /// Gradients are sent in buckets of about so many bytes.
  std::int64_t bucket_bytes = 1 << 20;
  /// Every so many steps the ranks compare their parameters; 0: never.
  std::int64_t check_every = 100;
  /// In how many parts backward(batch, fn) cuts a batch, whatever the number of ranks.
  int shards = 8;
};

/// What DistributedDataParallel does for a net of any class.
class DataParallel {
 public:
  /// See DistributedDataParallel.
  DataParallel(Module& net, ProcessGroup& group, DataParallelOptions options);
  DataParallel(const DataParallel&) = delete;
  DataParallel& operator=(const DataParallel&) = delete;
  ~DataParallel();

  /// While it lives, backward() adds to .grad without averaging. The next backward() after it averages all of .grad.
  class NoSync {
   public:
    explicit NoSync(DataParallel& model);
    NoSync(const NoSync&) = delete;
    NoSync& operator=(const NoSync&) = delete;
    ~NoSync();

   private:
    DataParallel& model_;
    bool before_;
  };
  [[nodiscard]] NoSync no_sync() { return NoSync(*this); }

  /// Says, on every rank, how many rows this rank's next batch has: its gradients count by their number, so that they
  /// are the mean over all rows however these are spread. False where no rank has any:
  ///
  ///     while (model.join(rows_left())) {
  ///       if (rows_left() > 0) loss_of_next_batch().backward(); else model.backward();
  ///       optimizer.step();
  ///     }
  bool join(std::int64_t rows);
  /// The backward pass of a rank without rows: it contributes zeros, and takes part in all that the others do.
  void backward();
  /// Compares the parameters of all ranks. Where one differs, the job ends with its name.
  void check_parameters();
  /// A hash of the bits of all parameters.
  std::uint64_t hash() const;

  ProcessGroup& group() noexcept;
  /// Steps done: backward passes that averaged.
  std::int64_t step() const noexcept;
  /// Bytes of gradients that this rank has handed over so far, in loss.backward()'s mode.
  std::int64_t bytes() const noexcept;
  /// How long the last backward() waited at its end for messages.
  double seconds_waited() const noexcept;

 protected:
  // The fixed mode. `loss_of(from, n)` computes the loss of so many rows.
  using LossOf = std::function<Tensor(std::int64_t from, std::int64_t n)>;
  Tensor backward_in_shards(std::int64_t rows, const LossOf& loss_of);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Trains `net` (a module, or a holder of or pointer to one; it must outlive this) with the other ranks of `group`. At
/// first the ranks agree on the parameters' and buffers' names, sizes and dtypes, and take over the values of rank 0.
/// From then on loss.backward() leaves in .grad the mean over the ranks of what each would have had: every rank calls
/// it as often, for the loss of as many rows (or says how many by join()). A parameter that a rank did not use counts
/// as zero there; one that no rank used stays without .grad. Buffers (running statistics) stay each rank's own.
///
/// backward(batch, fn) is the mode whose bits do not depend on the number of ranks.
template <class Net>
class DistributedDataParallel : public DataParallel {
 public:
  DistributedDataParallel(Net& net, ProcessGroup& group, DataParallelOptions options = {})
      : DataParallel(*module_of(net), group, options), net_(module_of(net)) {}

  auto* operator->() const noexcept { return net_; }
  auto& operator*() const noexcept { return *net_; }
  template <class... Args>
  decltype(auto) forward(Args&&... args) const {
    return net_->forward(std::forward<Args>(args)...);
  }
  template <class... Args>
  decltype(auto) operator()(Args&&... args) const {
    return net_->forward(std::forward<Args>(args)...);
  }

  using DataParallel::backward;
  /// Adds the gradients of the mean of fn over all rows of `batch` to .grad, with the same bits on 1, 2, 4 ... ranks,
  /// and returns that mean. Every rank gives the same batch: a Tensor, or a struct with `data` and `target`. It is cut
  /// along dim 0 into a fixed number of shards, of which each rank runs its own through
  ///
  ///     model.backward(batch, [&](const auto& shard) { return loss_fn(model->forward(shard.data), shard.target); });
  ///
  /// where fn gives the mean loss of a shard's rows. Gradients are summed in a fixed tree over the shards, buffers take
  /// the rows' mean of what the shards made of them, and each shard draws random numbers of its own (dropout).
  template <class Batch, class F>
  Tensor backward(const Batch& batch, F&& fn) {
    return backward_in_shards(rows_of(batch), [&](std::int64_t from, std::int64_t n) -> Tensor {
      if constexpr (std::is_convertible_v<const Batch&, Tensor>) {
        return fn(Tensor(batch).narrow(0, from, n));
      } else {
        Batch shard = batch;
        shard.data = batch.data.narrow(0, from, n);
        shard.target = batch.target.narrow(0, from, n);
        return fn(shard);
      }
    });
  }

 private:
  static auto* module_of(Net& net) {
    if constexpr (std::is_base_of_v<Module, Net>) {
      return &net;
    } else {
      return &*net;
    }
  }
  template <class Batch>
  static std::int64_t rows_of(const Batch& batch) {
    if constexpr (std::is_convertible_v<const Batch&, Tensor>) {
      return Tensor(batch).size(0);
    } else {
      static_assert(
          requires {
            batch.data.narrow(0, 0, 1);
            batch.target.narrow(0, 0, 1);
          },
          "backward(batch, fn) takes a Tensor, or a batch with tensors data and target");
      return batch.data.size(0);
    }
  }

  std::remove_pointer_t<decltype(module_of(std::declval<Net&>()))>* net_;
};

}  // namespace tapegrad::nn::parallel
