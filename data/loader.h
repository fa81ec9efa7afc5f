// The loader: a dataset in batches, in order or shuffled.
#pragma once

#include <algorithm>

#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/state_dict.h>
#include <tapegrad/data/dataset.h>

namespace tapegrad::data {

struct LoaderOptions {
  std::int64_t batch_size = 1;
  bool shuffle = false;
  bool drop_last = false;  // leave out a last batch that is not full
};

// libtorch's spelling: DataLoaderOptions(64).drop_last(true). As there, rows are shuffled unless a sampler is named.
class DataLoaderOptions {
 public:
  DataLoaderOptions() = default;
  DataLoaderOptions(std::integral auto batch_size) : options_{static_cast<std::int64_t>(batch_size), true, false} {}
  DataLoaderOptions& batch_size(std::int64_t size) { return options_.batch_size = size, *this; }
  DataLoaderOptions& drop_last(bool on) { return options_.drop_last = on, *this; }
  DataLoaderOptions& workers(std::int64_t) { return *this; }  // batches are made in the calling thread
  const LoaderOptions& options() const { return options_; }

 private:
  LoaderOptions options_{1, true, false};
};

namespace samplers {
struct RandomSampler : std::true_type {};  // shuffles
struct SequentialSampler : std::false_type {};
}  // namespace samplers

// Where a pass over a dataset stands.
struct TAPEGRAD_EXPORT EpochState {
  Tensor order;          // of its rows; undefined: there is no pass
  std::int64_t row = 0;  // so many of them are done
  StateDict state_dict() const;
  // Error where that is no pass over so many rows.
  static EpochState from(const StateDict& state, std::int64_t rows);
};

// `for (auto& batch : loader)` is one pass over the dataset; batch.data and batch.target belong to the loop. A pass
// over shuffled rows begins with a randperm from this thread's default generator. The loader must outlive the pass;
// passes may overlap, those in several threads where the loader is const. A dataset is anything with size() and
// get_batch(indices), the indices an int64 tensor. Error unless batch_size >= 1.
template <class Dataset>
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
        if (!order_.defined()) order_ = loader.options_.shuffle ? randperm(rows) : arange(rows);
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

  DataLoader(Dataset dataset, const LoaderOptions& options) : dataset_(std::move(dataset)), options_(options) {
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
  std::int64_t size() const {  // batches in a pass
    const std::int64_t rows = dataset_.size(), full = rows / options_.batch_size;
    return full + (!options_.drop_last && rows % options_.batch_size != 0 ? 1 : 0);
  }

  // Where the pass that moved last stands: the order of its rows and how many are done. In the body of a loop over the
  // batches, those of the one at hand count as done. After loading, the next pass begins there, in batches of this
  // loader's size. Passes over a const loader do not count.
  StateDict state_dict() const { return (resumed_.order.defined() ? resumed_ : progress_).state_dict(); }
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  // Does all that may throw (Error) and returns what then changes the loader.
  std::function<void()> prepare_load(const StateDict& state) {
    return [this, pass = EpochState::from(state, dataset_.size())] {
      progress_ = {};
      resumed_ = pass;
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
  LoaderOptions options_;
  EpochState progress_, resumed_;
};

// make_data_loader(dataset, {.batch_size = 32, .shuffle = true})
template <class Dataset>
DataLoader<Dataset> make_data_loader(Dataset dataset, const LoaderOptions& options) {
  return {std::move(dataset), options};
}

// libtorch's: make_data_loader(dataset, 64), make_data_loader(dataset, DataLoaderOptions(64).drop_last(true)).
template <class Dataset, std::convertible_to<DataLoaderOptions> Options = DataLoaderOptions>
DataLoader<Dataset> make_data_loader(Dataset dataset, const Options& options = {}) {
  return {std::move(dataset), DataLoaderOptions(options).options()};
}

// libtorch's: make_data_loader<samplers::SequentialSampler>(dataset, 64).
template <class Sampler, class Dataset>
requires requires { Sampler::value; }
DataLoader<Dataset> make_data_loader(Dataset dataset, const DataLoaderOptions& options = {}) {
  return {std::move(dataset), {options.options().batch_size, Sampler::value, options.options().drop_last}};
}

}  // namespace tapegrad::data
