// How a loader walks over its dataset, below its class (loader.h, which includes this), so that for the usual loader it
// is compiled once, into the library.
#pragma once

#include <algorithm>

#include <tapegrad/data/loader.h>

namespace tapegrad::data {

/// @cond members, which loader.h documents
template <class Dataset, IsSampler Sampler>
DataLoader<Dataset, Sampler>::DataLoader(Dataset dataset, Sampler sampler, const LoaderOptions& options)
    : dataset_(std::move(dataset)), sampler_(std::move(sampler)), options_(options) {
  if (options.batch_size <= 0)
    throw ValueError("make_data_loader: batch_size should be a positive integer value, but got batch_size=" +
                     std::to_string(options.batch_size) + "; give 1 or more");
  if (options.workers < 0 || options.max_jobs < 0 || options.timeout < 0)
    throw ValueError(
        "make_data_loader: workers, max_jobs and timeout should be non-negative; use workers = 0 to make batches in "
        "the calling thread");
}

template <class Dataset, IsSampler Sampler>
template <class Loader>
DataLoader<Dataset, Sampler>::IteratorOf<Loader>::IteratorOf(Loader& loader, const EpochState& from,
                                                             EpochState* progress)
    : loader_(&loader), now_(from), progress_(progress), asked_(from.row) {
  const Generator before = default_generator();
  try {
    if (!now_.order.defined()) {
      now_.epoch = ++loader.epochs_;
      if (loader.options_.workers > 0) now_.seed = detail::epoch_seed(now_.epoch);
    }
    if constexpr (kHasOrder) {
      if (!now_.order.defined()) now_.order = loader.sampler_.order(detail::count_of(loader.dataset_.size()));
    } else if constexpr (requires { loader.sampler_.reset(); }) {
      loader.sampler_.reset();
    } else {
      loader.sampler_.reset(std::nullopt);
    }
    if constexpr (requires { requires Dataset::is_stateful; }) loader.dataset_.reset();
    if (loader.options_.workers > 0) ahead_ = std::make_shared<Ahead>(loader);
    load();
  } catch (...) {  // the same order the next time
    default_generator() = before;
    if (!from.order.defined()) --loader.epochs_;
    throw;
  }
}

template <class Dataset, IsSampler Sampler>
template <class Loader>
struct DataLoader<Dataset, Sampler>::IteratorOf<Loader>::Ahead {
  explicit Ahead(Loader& loader)
      : copies(copies_of(loader)),
        slots(static_cast<std::size_t>(loader.options_.max_jobs > 0 ? loader.options_.max_jobs
                                                                    : 2 * loader.options_.workers)),
        queue(copies.empty() ? 1 : copies.size(), [this, &loader](std::size_t worker, std::size_t job) {
          run(loader, worker, slots[job % slots.size()]);
        }) {}

  struct Slot {
    std::optional<Request> request;
    std::uint64_t seed = 0;
    std::optional<Batch> batch;
  };
  void run(Loader& loader, std::size_t worker, Slot& slot) {
    manual_seed(slot.seed);
    if constexpr (detail::IsStream<Dataset>) {
      if (!ended) slot.batch = detail::batch_of(loader.dataset_, *slot.request);
      ended = ended || !slot.batch.has_value();
    } else {
      slot.batch = detail::batch_of(copies[worker], *slot.request);
    }
  }
  static std::vector<Dataset> copies_of(Loader& loader) {
    if constexpr (detail::IsStream<Dataset>) {
      return {};
    } else if constexpr (std::copy_constructible<Dataset>) {
      return std::vector<Dataset>(static_cast<std::size_t>(loader.options_.workers), loader.dataset_);
    } else {
      throw Error("make_data_loader: workers need a dataset that can be copied; give a SharedBatchDataset of it");
    }
  }
  Slot& oldest() { return slots[queue.oldest() % slots.size()]; }

  std::vector<Dataset> copies;
  std::vector<Slot> slots;
  bool asked_all = false;  // the last rows are submitted
  bool ended = false;      // of the one worker of a stream
  WorkerQueue queue;       // last: it ends the threads first
};

template <class Dataset, IsSampler Sampler>
template <class Loader>
auto DataLoader<Dataset, Sampler>::IteratorOf<Loader>::request() -> std::optional<Request> {
  const LoaderOptions& options = loader_->options_;
  if constexpr (kHasOrder) {
    const std::int64_t size = std::min(now_.order.size(0) - asked_, options.batch_size);
    if (size <= 0 || (options.drop_last && size < options.batch_size)) return std::nullopt;
    Tensor rows = now_.order.narrow(0, asked_, size);
    asked_ += size;  // nothing can fail any more
    return rows;
  } else {
    const auto size = static_cast<std::size_t>(options.batch_size);
    std::optional<Request> next = loader_->sampler_.next(size);
    if constexpr (requires { next->size(); })
      if (next.has_value() && options.drop_last && next->size() < size) next.reset();
    ++asked_;
    return next;
  }
}

template <class Dataset, IsSampler Sampler>
template <class Loader>
auto DataLoader<Dataset, Sampler>::IteratorOf<Loader>::load() -> IteratorOf& {
  batch_.reset();  // its bytes serve the next one
  if (ahead_ == nullptr) {
    if (!asked_for_.has_value()) asked_for_ = request();
    if (asked_for_.has_value()) batch_ = detail::batch_of(loader_->dataset_, *asked_for_);
    finish(asked_for_);
  } else {
    submit();
    if (ahead_->queue.size() > 0) take();
  }
  if (progress_ != nullptr) *progress_ = batch_.has_value() ? now_ : EpochState{};
  if (ahead_ != nullptr) {
    try {
      submit();
    } catch (...) {  // the next ++ meets it again
    }
  }
  return *this;
}

template <class Dataset, IsSampler Sampler>
template <class Loader>
void DataLoader<Dataset, Sampler>::IteratorOf<Loader>::finish(std::optional<Request>& request) {
  if constexpr (kHasOrder)
    if (request.has_value()) now_.row += request->size(0);
  request.reset();
}

template <class Dataset, IsSampler Sampler>
template <class Loader>
void DataLoader<Dataset, Sampler>::IteratorOf<Loader>::submit() {
  while (!ahead_->asked_all && ahead_->queue.size() < ahead_->slots.size()) {
    auto& slot = ahead_->slots[(ahead_->queue.oldest() + ahead_->queue.size()) % ahead_->slots.size()];
    if (!slot.request.has_value()) {  // it has, where submit() failed
      slot.seed = now_.seed + static_cast<std::uint64_t>(asked_);
      slot.request = request();
    }
    ahead_->asked_all = !slot.request.has_value();
    if (!ahead_->asked_all) ahead_->queue.submit();
  }
}

template <class Dataset, IsSampler Sampler>
template <class Loader>
void DataLoader<Dataset, Sampler>::IteratorOf<Loader>::take() {
  auto& slot = ahead_->oldest();
  if (std::exception_ptr error = ahead_->queue.wait(loader_->options_.timeout))
    throw WorkerException(std::move(error), rows_of(*slot.request));
  batch_ = std::move(slot.batch);
  slot.batch.reset();
  finish(slot.request);
  ahead_->queue.pop();
}

extern template class TAPEGRAD_EXPORT DataLoader<TensorDataset>;
extern template class TAPEGRAD_EXPORT DataLoader<TensorDataset>::IteratorOf<DataLoader<TensorDataset>>;
/// @endcond

}  // namespace tapegrad::data
