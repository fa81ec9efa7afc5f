// libtorch's spellings of the loader, for programs written against it.
#pragma once

#include <tapegrad/data/loader.h>

namespace tapegrad::data {

namespace datasets = ::tapegrad::data;  ///< datasets::TensorDataset

template <class Dataset, class Sampler>
using StatelessDataLoader = DataLoader<Dataset, Sampler>;
template <class Dataset>
using StatefulDataLoader = DataLoader<Dataset, samplers::EndlessSampler>;

/// DataLoaderOptions(64).drop_last(true).workers(2). As in libtorch, rows are shuffled unless a sampler is named.
class DataLoaderOptions {
 public:
  DataLoaderOptions() = default;
  DataLoaderOptions(std::integral auto batch_size) : options_{static_cast<std::int64_t>(batch_size), true, false} {}
  DataLoaderOptions& batch_size(std::int64_t size) { return options_.batch_size = size, *this; }
  DataLoaderOptions& drop_last(bool on) { return options_.drop_last = on, *this; }
  DataLoaderOptions& workers(std::int64_t threads) { return options_.workers = threads, *this; }
  DataLoaderOptions& max_jobs(std::int64_t batches) { return options_.max_jobs = batches, *this; }
  /// A std::chrono::duration.
  template <class Duration>
  DataLoaderOptions& timeout(const Duration& time) {
    options_.timeout = static_cast<std::int64_t>(time.count()) * 1000 * Duration::period::num / Duration::period::den;
    return *this;
  }
  DataLoaderOptions& enforce_ordering(bool) { return *this; }  ///< batches always come in order
  std::size_t batch_size() const noexcept { return static_cast<std::size_t>(options_.batch_size); }
  std::size_t workers() const noexcept { return static_cast<std::size_t>(options_.workers); }
  bool drop_last() const noexcept { return options_.drop_last; }
  const LoaderOptions& options() const { return options_; }

 private:
  LoaderOptions options_{1, true, false};
};

/// make_data_loader(dataset, 64), make_data_loader<samplers::SequentialSampler>(dataset, DataLoaderOptions(64)).
template <IsSampler Sampler = samplers::RandomSampler, class Dataset,
          std::convertible_to<DataLoaderOptions> Options = DataLoaderOptions>
auto make_data_loader(Dataset dataset, const Options& options = {}) {
  const LoaderOptions chosen = DataLoaderOptions(options).options();
  if constexpr (requires { requires Dataset::is_stateful; }) {
    return make_data_loader(std::move(dataset), chosen);
  } else if constexpr (std::constructible_from<Sampler, std::size_t>) {
    const auto rows = static_cast<std::size_t>(detail::count_of(dataset.size()));
    return make_data_loader(std::move(dataset), Sampler(rows), chosen);
  } else {
    return make_data_loader(std::move(dataset), Sampler(), chosen);
  }
}
template <class Dataset, IsSampler Sampler, std::convertible_to<DataLoaderOptions> Options>
DataLoader<Dataset, Sampler> make_data_loader(Dataset dataset, Sampler sampler, const Options& options) {
  return {std::move(dataset), std::move(sampler), DataLoaderOptions(options).options()};
}

}  // namespace tapegrad::data
