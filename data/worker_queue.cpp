#include <tapegrad/data/worker_queue.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/text.h"

namespace tapegrad::data {

static std::string text_of(const std::exception_ptr& error, const std::vector<std::size_t>& rows) {
  std::string text = "DataLoader: Caught exception in DataLoader worker thread.";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    text += std::string(" Original message: ") + e.what();
  } catch (...) {
    text += " It is no std::exception";
  }
  if (rows.empty()) return text + "; look into get_batch()";
  text += "; it came up for the rows";
  constexpr std::size_t kShown = 16;
  for (std::size_t i = 0; i < rows.size() && i < kShown; ++i) text += (i == 0 ? " " : ", ") + std::to_string(rows[i]);
  return text + (rows.size() > kShown ? " ..." : "");
}

WorkerException::WorkerException(std::exception_ptr original, const std::vector<std::size_t>& rows)
    : Error(text_of(original, rows)), original_exception(std::move(original)) {}

struct WorkerQueue::State {
  struct Job {
    bool is_done = false, is_reported = false;
    std::exception_ptr error{};
  };

  Run run;
  bool recording = is_grad_enabled();
  Dtype default_dtype = get_default_dtype();
  // What threads share, under the mutex: jobs first .. first + jobs.size() - 1, of which those from next on wait.
  std::mutex mutex;
  std::condition_variable waits, done;
  std::deque<Job> jobs;
  std::size_t first = 0, next = 0;
  bool again = false;  // the first job is to run once more
  bool stop = false;
  std::vector<std::thread> threads;

  explicit State(Run r) : run(std::move(r)) {}
  ~State() {
    {
      const std::lock_guard lock(mutex);
      stop = true;
    }
    waits.notify_all();
    for (std::thread& t : threads) t.join();
  }

  void work(std::size_t worker) {
    const AutoGradMode mode(recording);
    set_default_dtype(default_dtype);
    std::unique_lock lock(mutex);
    while (true) {
      waits.wait(lock, [&] { return stop || again || next < first + jobs.size(); });
      if (stop) return;
      const std::size_t job = std::exchange(again, false) ? first : next++;
      lock.unlock();
      std::exception_ptr error;
      try {
        run(worker, job);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      jobs[job - first] = {.is_done = true, .error = std::move(error)};
      done.notify_one();
    }
  }
};

WorkerQueue::WorkerQueue(std::size_t workers, Run run) try : state_(std::make_unique<State>(std::move(run))) {
  for (std::size_t w = 0; w < workers; ++w) state_->threads.emplace_back([state = state_.get(), w] { state->work(w); });
} catch (const std::system_error& e) {
  throw Error(std::string("DataLoader: a worker thread cannot be started (") + e.what() + "); use fewer workers");
}
WorkerQueue::~WorkerQueue() = default;

void WorkerQueue::submit() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->jobs.emplace_back();
  }
  state_->waits.notify_one();
}

// The thread that submits is the only one that changes these two.
std::size_t WorkerQueue::size() const noexcept { return state_->jobs.size(); }
std::size_t WorkerQueue::oldest() const noexcept { return state_->first; }

std::exception_ptr WorkerQueue::wait(std::int64_t timeout) {
  State& s = *state_;
  std::unique_lock lock(s.mutex);
  if (s.jobs.front().is_reported) {
    s.jobs.front() = {};
    s.again = true;
    s.waits.notify_one();
  }
  const auto is_done = [&s] { return s.jobs.front().is_done; };
  if (timeout == 0) {
    s.done.wait(lock, is_done);
  } else if (!s.done.wait_until(lock, std::chrono::system_clock::now() + std::chrono::milliseconds(timeout), is_done)) {
    throw Error(
        core::joined("DataLoader: Timeout in DataLoader queue while "
                     "waiting for next batch (timeout was ",
                     timeout, " ms); give it more time, or more workers"));
  }
  s.jobs.front().is_reported = s.jobs.front().error != nullptr;
  return s.jobs.front().error;
}

void WorkerQueue::pop() {
  const std::lock_guard lock(state_->mutex);
  state_->jobs.pop_front();
  ++state_->first;
}

}  // namespace tapegrad::data
