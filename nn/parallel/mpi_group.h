// MpiGroup: the programs that mpirun (or srun) started, over MPI.
#pragma once

#include <tapegrad/nn/parallel/process_group.h>

namespace tapegrad::nn::parallel {

/// All programs of an MPI job.
///
///     int main(int argc, char** argv) {
///       nn::parallel::MpiGroup group(argc, argv);
///
/// Without mpirun it is a group of one. Calls to the group come from one thread at a time. Where MPI only takes calls
/// of the main thread (MPI_THREAD_FUNNELED), from that. An exception that leaves its scope, or ends the program, ends
/// the job on all ranks, with its text. A signal that kills one is the launcher's to report.
class MpiGroup final : public ProcessGroup {
 public:
  /// Initialises MPI, or joins one that is; finalised is only what was initialised here. Error where MPI was finalised:
  /// a program has it once.
  MpiGroup(int& argc, char**& argv);
  MpiGroup();
  /// Waits for the other ranks to be done as well.
  ~MpiGroup() override;

  int rank() const noexcept override;
  int size() const noexcept override;
  std::unique_ptr<ProcessGroup> duplicate() override;
  void set_step(std::int64_t step) noexcept override;
  [[noreturn]] void fail(const std::string& what) override;

 protected:
  RequestPtr start_all_reduce(void* data, std::int64_t n, Dtype dtype, bool max) override;
  RequestPtr start_broadcast(void* data, std::int64_t bytes, int src) override;
  RequestPtr start_all_gather(const void* mine, void* all, std::int64_t bytes) override;
  std::string who_left() override;

 private:
  struct Mpi;
  explicit MpiGroup(std::unique_ptr<Mpi> mpi);
  void say_goodbye();
  std::unique_ptr<Mpi> mpi_;
};

}  // namespace tapegrad::nn::parallel
