// WorkerQueue: threads that run numbered jobs, whose results are taken in order.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <tapegrad/autograd/error.h>

namespace tapegrad::data {

/// What came up while a worker made a batch; its text names the rows. A loader without workers lets the error itself
/// pass.
struct TAPEGRAD_EXPORT WorkerException : Error {
  WorkerException(std::exception_ptr original, const std::vector<std::size_t>& rows);
  std::exception_ptr original_exception;
};

/// Threads that run jobs 0, 1, 2 ... in this order, each by one thread, in the recording mode and with the default
/// dtype of the thread that made them. One thread submits jobs and waits for them, the oldest first. Error where no
/// thread can be started.
class TAPEGRAD_EXPORT WorkerQueue {
 public:
  using Run = std::function<void(std::size_t worker, std::size_t job)>;
  WorkerQueue(std::size_t workers, Run run);
  /// Waits for the jobs that run; those that have not begun never do.
  ~WorkerQueue();

  void submit();
  /// How many were submitted and not popped, and the oldest of them.
  std::size_t size() const noexcept;
  std::size_t oldest() const noexcept;
  /// Waits until the oldest is done, and gives what it threw, or null. One that threw runs again when it is waited for
  /// again. Error after so many milliseconds, where that is not 0.
  std::exception_ptr wait(std::int64_t timeout);
  void pop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tapegrad::data
