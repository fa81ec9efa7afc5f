// libtorch's spellings of the loader, for programs written against it.
#pragma once

#include <tapegrad/data/loader.h>

namespace tapegrad::data {

namespace datasets = ::tapegrad::data;  // datasets::TensorDataset
using TensorExample = Example<>;        // a row of a TensorDataset without targets

/// DataLoaderOptions(64).drop_last(true). As in libtorch, rows are shuffled unless a sampler is named.
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

/// make_data_loader(dataset, 64), make_data_loader(dataset, DataLoaderOptions(64).drop_last(true)).
template <class Dataset, std::convertible_to<DataLoaderOptions> Options = DataLoaderOptions>
DataLoader<Dataset> make_data_loader(Dataset dataset, const Options& options = {}) {
  return make_data_loader(std::move(dataset), DataLoaderOptions(options).options());
}

/// make_data_loader<samplers::SequentialSampler>(dataset, 64).
template <IsSampler Sampler, class Dataset>
DataLoader<Dataset, Sampler> make_data_loader(Dataset dataset, const DataLoaderOptions& options = {}) {
  return make_data_loader(std::move(dataset), Sampler(), options.options());
}

}  // namespace tapegrad::data
