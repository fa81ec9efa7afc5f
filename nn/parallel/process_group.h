// ProcessGroup: programs that train one model together, and what they do as one. Names are torch.distributed's.
//
//   parallel::SelfGroup alone;  // or an MpiGroup (mpi_group.h)
//   alone.all_reduce(total);
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::nn::parallel {

/// What all_reduce() makes of the ranks' elements. Of bools the sum is "or".
enum class ReduceOp { kSum, kMean, kMax };

class ProcessGroup;

/// A collective that goes on while the program does. Its tensor has the result, and may be touched, after wait().
class Work {
 public:
  Work() noexcept;
  Work(Work&& other) noexcept;
  Work& operator=(Work&& other) noexcept;
  /// Waits.
  ~Work();
  /// Moves it on; whether it is done. (MPI moves messages while it is called.)
  bool is_completed();
  void wait();

 private:
  friend class ProcessGroup;
  struct State;
  explicit Work(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

/// `size` programs, of which this one has number `rank`. A collective is called by all of them, in the same order, with
/// tensors of the same sizes and dtype. Where one calls another collective or none within the time limit, where one
/// leaves or fails, the message names rank, step and collective, and the job ends on all ranks. A collective is not
/// recorded (functional.h has those with gradients) and refused within a captured function.
class ProcessGroup {
 public:
  ProcessGroup() = default;
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;
  virtual ~ProcessGroup() = default;

  virtual int rank() const noexcept = 0;
  virtual int size() const noexcept = 0;
  /// The same programs, with collectives that keep an order of their own. A collective itself.
  virtual std::unique_ptr<ProcessGroup> duplicate() = 0;

  /// Writes the elementwise sum, mean or largest of the ranks' x into each x, of any dtype. f16 and bf16 are computed
  /// in f32. DtypeError for a mean of what is not floating.
  void all_reduce(const Tensor& x, ReduceOp op = ReduceOp::kSum);
  /// Starts it; x is not to be touched until the Work has been waited for.
  Work all_reduce_async(const Tensor& x, ReduceOp op = ReduceOp::kSum);
  /// Writes rank `src`'s x into each x. ValueError for a rank that there is not.
  void broadcast(const Tensor& x, int src = 0);
  /// The ranks' x, in their order.
  std::vector<Tensor> all_gather(const Tensor& x);
  /// Returns when every rank has called it.
  void barrier();

  /// Starts the sum of flat, contiguous x over the ranks in its own bytes. For buckets, which nobody else sees.
  Work start_sum(const Tensor& x);

  /// How long a collective waits for other ranks: 60 s.
  std::chrono::milliseconds timeout() const noexcept { return timeout_; }
  void set_timeout(std::chrono::milliseconds limit) noexcept { timeout_ = limit; }
  /// The step of training that messages name: DistributedDataParallel counts it.
  std::int64_t step() const noexcept { return step_; }
  virtual void set_step(std::int64_t step) noexcept { step_ = step; }
  /// Bytes that this rank has handed over so far, and in how many collectives.
  std::int64_t bytes() const noexcept { return bytes_; }
  std::int64_t collectives() const noexcept { return collectives_; }

  /// Ends the job on all ranks with a message that names rank and step. Without other ranks: throws Error.
  [[noreturn]] virtual void fail(const std::string& what) = 0;

 protected:
  // A collective under way on bytes.
  struct Request {
    virtual ~Request() = default;
    virtual bool test() = 0;
  };
  using RequestPtr = std::unique_ptr<Request>;
  // What a group is made of. kFloat, kDouble and integers are summed; bool comes as bytes, with kMax.
  virtual RequestPtr start_all_reduce(void* data, std::int64_t n, Dtype dtype, bool max) = 0;
  virtual RequestPtr start_broadcast(void* data, std::int64_t bytes, int src) = 0;
  virtual RequestPtr start_all_gather(const void* mine, void* all, std::int64_t bytes) = 0;
  // Why the others will never come, where that is known.
  virtual std::string who_left() { return {}; }
  // Waits for it, or fails at the time limit.
  void await(Request& request, const char* what);

 private:
  friend struct Work::State;
  friend class Work;
  struct Call;
  RequestPtr agree(const Call& call, std::vector<std::int64_t>& all);
  void compare(const std::vector<std::int64_t>& all);

  std::chrono::milliseconds timeout_{60000};
  std::int64_t step_ = 0, bytes_ = 0, collectives_ = 0;
};

/// The group of this program alone, which needs no MPI: what runs on many ranks runs unchanged on one.
class SelfGroup final : public ProcessGroup {
 public:
  int rank() const noexcept override { return 0; }
  int size() const noexcept override { return 1; }
  std::unique_ptr<ProcessGroup> duplicate() override { return std::make_unique<SelfGroup>(); }
  [[noreturn]] void fail(const std::string& what) override;

 protected:
  RequestPtr start_all_reduce(void* data, std::int64_t n, Dtype dtype, bool max) override;
  RequestPtr start_broadcast(void* data, std::int64_t bytes, int src) override;
  RequestPtr start_all_gather(const void* mine, void* all, std::int64_t bytes) override;
};

}  // namespace tapegrad::nn::parallel
