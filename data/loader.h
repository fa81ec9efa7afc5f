// The loader: a dataset in batches, in the order that a sampler gives.
#pragma once

#include <algorithm>

#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/state_dict.h>
#include <tapegrad/data/dataset.h>
#include <tapegrad/data/sampler.h>

namespace tapegrad::data {

struct LoaderOptions {
  std::int64_t batch_size = 1;
  bool shuffle = false;    // of a loader without a sampler of its own
  bool drop_last = false;  // leave out a last batch that is not full
};

template <class T>
concept IsSampler = requires(const T& sampler) {
  { sampler.order(std::int64_t{}) } -> std::convertible_to<Tensor>;
};

/// Where a loader stands within one epoch: the order of the rows, and how many of them are done.
struct TAPEGRAD_EXPORT EpochState {
  Tensor order;  // undefined: there is no epoch under way
  std::int64_t row = 0;
  StateDict state_dict() const;
  /// Error where that is no place in an epoch over so many rows, each of which comes once where `each_once`.
  static EpochState from(const StateDict& state, std::int64_t rows, bool each_once = true);
};

/// `for (auto& batch : loader)` is one epoch over the dataset; batch.data and batch.target belong to the loop. The
/// sampler gives the order of the rows as the epoch begins. The loader must outlive the epoch; epochs may overlap,
/// those in several threads where the loader is const. A dataset is anything with size() and get_batch(indices), the
/// indices an int64 tensor; samplers: data/sampler.h. ValueError unless batch_size >= 1.
template <class Dataset, IsSampler Sampler = samplers::ShuffleSampler>
class DataLoader {
 public:
  using Batch = decltype(std::declval<const Dataset&>().get_batch(std::declval<const Tensor&>()));
  struct End {};

  class Iterator {
   public:
    // Begins where `from` stands, and keeps where it stands itself in *progress.
    explicit Iterator(const DataLoader& loader, const EpochState& from = {}, EpochState* progress = nullptr)
        : loader_(&loader), order_(from.order), progress_(progress) {
      const Generator before = default_generator();
      try {
        const std::int64_t rows = loader.dataset_.size();
        if (!order_.defined()) order_ = loader.sampler_.order(rows);
        load(from.row);
      } catch (...) {  // the same order the next time
        default_generator() = before;
        throw;
      }
    }
    // Where a batch cannot be made, which throws, the next ++ tries it again.
    Batch& operator*() { return batch_; }
    Batch* operator->() { return &batch_; }
    Iterator& operator++() { return load(row_ + size_); }
    friend bool operator==(const Iterator& it, End) { return it.size_ == 0; }

   private:
    Iterator& load(std::int64_t row) {
      batch_ = Batch();  // its bytes serve the next one
      const LoaderOptions& options = loader_->options_;
      const std::int64_t left = order_.size(0) - row;
      const std::int64_t size = options.drop_last && left < options.batch_size ? 0 : std::min(left, options.batch_size);
      if (size > 0) batch_ = loader_->dataset_.get_batch(order_.narrow(0, row, size));
      if (progress_ != nullptr) *progress_ = size > 0 ? EpochState{order_, row + size} : EpochState{};
      row_ = row;
      size_ = size;
      return *this;
    }

    const DataLoader* loader_;
    Tensor order_;
    EpochState* progress_;
    std::int64_t row_ = 0, size_ = 0;  // where the batch begins, and its rows; none at the end
    Batch batch_;
  };

  DataLoader(Dataset dataset, const LoaderOptions& options) requires std::same_as<Sampler, samplers::ShuffleSampler>
      : DataLoader(std::move(dataset), samplers::ShuffleSampler{options.shuffle}, options) {}
  DataLoader(Dataset dataset, Sampler sampler, const LoaderOptions& options)
      : dataset_(std::move(dataset)), sampler_(std::move(sampler)), options_(options) {
    if (options.batch_size > 0) return;
    throw ValueError("make_data_loader: batch_size should be a positive integer value, but got batch_size=" +
                     std::to_string(options.batch_size) + "; give 1 or more");
  }

  Iterator begin() {
    Iterator first(*this, resumed_, &progress_);
    resumed_ = {};  // not before nothing can fail
    return first;
  }
  Iterator begin() const { return Iterator(*this); }
  End end() const { return {}; }
  /// The number of batches in an epoch.
  std::int64_t size() const {
    std::int64_t rows = dataset_.size();
    if constexpr (requires { sampler_.size(rows); }) rows = sampler_.size(rows);
    const std::int64_t full = rows / options_.batch_size;
    return full + (!options_.drop_last && rows % options_.batch_size != 0 ? 1 : 0);
  }

  /// To set what the next order depends on, as a seed or an epoch.
  Sampler& sampler() { return sampler_; }
  const Sampler& sampler() const { return sampler_; }

  /// Where the epoch that moved last stands: the order of its rows and how many are done. In the body of a loop over
  /// the batches, those of the one at hand count as done. After loading, the next epoch begins there, in batches of
  /// this loader's size. Epochs over a const loader do not count.
  StateDict state_dict() const { return (resumed_.order.defined() ? resumed_ : progress_).state_dict(); }
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  /// Does all that may throw (Error) and returns what then changes the loader.
  std::function<void()> prepare_load(const StateDict& state) {
    constexpr bool kEachOnce = requires { requires Sampler::kEachRowOnce; };
    return [this, epoch = EpochState::from(state, dataset_.size(), kEachOnce)] {
      progress_ = {};
      resumed_ = epoch;
    };
  }

  // libtorch's loader is a pointer: *loader and loader-> are the loader itself.
  DataLoader& operator*() & { return *this; }
  const DataLoader& operator*() const& { return *this; }
  DataLoader operator*() && { return std::move(*this); }
  DataLoader* operator->() { return this; }
  const DataLoader* operator->() const { return this; }

 private:
  Dataset dataset_;
  Sampler sampler_;
  LoaderOptions options_;
  EpochState progress_, resumed_;
};

/// make_data_loader(dataset, {.batch_size = 32, .shuffle = true})
template <class Dataset>
DataLoader<Dataset> make_data_loader(Dataset dataset, const LoaderOptions& options) {
  return {std::move(dataset), options};
}

/// make_data_loader(dataset, MySampler(), {.batch_size = 32})
template <class Dataset, IsSampler Sampler>
DataLoader<Dataset, Sampler> make_data_loader(Dataset dataset, Sampler sampler, const LoaderOptions& options) {
  return {std::move(dataset), std::move(sampler), options};
}

}  // namespace tapegrad::data
