// The loader: a dataset in batches, in the order that a sampler gives.
#pragma once

#include <atomic>

#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/state_dict.h>
#include <tapegrad/data/dataset.h>
#include <tapegrad/data/sampler.h>
#include <tapegrad/data/worker_queue.h>

namespace tapegrad::data {

struct LoaderOptions {
  std::int64_t batch_size = 1;
  bool shuffle = false;       ///< of a loader without a sampler of its own
  bool drop_last = false;     ///< leave out a last batch that is not full
  std::int64_t workers = 0;   ///< threads that make batches ahead; with 0 the calling thread makes them
  std::int64_t max_jobs = 0;  ///< batches made ahead; 0: two a worker
  std::int64_t timeout = 0;   ///< milliseconds to wait for one; 0: any time
};

namespace detail {

template <class T>
concept GivesOrder = requires(const T& sampler) {
  { sampler.order(std::int64_t{}) } -> std::convertible_to<Tensor>;
};
template <class T>
concept GivesRequests = requires(T& sampler) {
  typename T::BatchRequestType;
  sampler.next(std::size_t{});
};

template <class Sampler>
struct RequestOf {
  using Type = Tensor;
};
template <class Sampler>
requires(!GivesOrder<Sampler>) struct RequestOf<Sampler> {
  using Type = typename Sampler::BatchRequestType;
};

template <class T>
struct ValueOf {
  using Type = T;
};
template <class T>
struct ValueOf<std::optional<T>> {
  using Type = T;
};

/// The numbers of a batch's rows, as the vectors of libtorch's datasets, and as a tensor.
TAPEGRAD_EXPORT std::vector<std::size_t> row_numbers(const Tensor& rows);
inline const std::vector<std::size_t>& row_numbers(const std::vector<std::size_t>& rows) noexcept { return rows; }
TAPEGRAD_EXPORT Tensor row_tensor(const std::vector<std::size_t>& rows);

template <class Dataset, class Request>
concept Takes = requires(Dataset& dataset, Request request) {
  dataset.get_batch(request);
};
/// A dataset that is asked for a number of rows, which come by themselves.
template <class Dataset>
concept IsStream = Takes<Dataset, std::size_t> && !Takes<Dataset, std::vector<std::size_t>> && !Takes<Dataset, Tensor>;

/// The batch of a request, which is told in whatever way the dataset takes.
template <class Dataset, class Request>
decltype(auto) batch_of(Dataset& dataset, const Request& request) {
  constexpr bool kRows = requires { row_numbers(request); };
  if constexpr (Takes<Dataset, const Request&>) {
    return dataset.get_batch(request);
  } else if constexpr (std::same_as<Request, Tensor> && Takes<Dataset, std::vector<std::size_t>&>) {
    std::vector<std::size_t> rows = row_numbers(request);
    return dataset.get_batch(rows);
  } else if constexpr (kRows && Takes<Dataset, Tensor>) {
    return dataset.get_batch(row_tensor(row_numbers(request)));
  } else {
    static_assert(tapegrad::detail::kNever<Dataset>, "get_batch() of the dataset does not take what the sampler gives");
  }
}

/// How many epochs a loader has begun, perhaps in several threads.
struct EpochCount : std::atomic<std::int64_t> {
  EpochCount() noexcept : atomic(0) {}
  EpochCount(const EpochCount& o) noexcept : atomic(o.load()) {}
  EpochCount& operator=(const EpochCount& o) noexcept { return *this = o.load(); }
  EpochCount& operator=(std::int64_t n) noexcept {
    store(n);
    return *this;
  }
};
/// What the random numbers of that epoch's workers begin with: of this thread's generator, which is left as it is.
TAPEGRAD_EXPORT std::uint64_t epoch_seed(std::int64_t epoch);

/// What size() of a dataset says. Error where that is not known.
template <class Size>
std::int64_t count_of(const Size& size) {
  if constexpr (std::convertible_to<Size, std::int64_t>) {
    return static_cast<std::int64_t>(size);
  } else {
    if (!size.has_value())
      throw Error(
          "make_data_loader: Expected the dataset to be sized in order to construct the Sampler; give a sampler that "
          "needs no size, as a StreamSampler");
    return static_cast<std::int64_t>(*size);
  }
}

}  // namespace detail

template <class T>
concept IsSampler = detail::GivesOrder<T> || detail::GivesRequests<T>;

/// Where a loader stands within one epoch: the order of the rows, how many of them are done, and what the random
/// numbers of the workers begin with.
struct TAPEGRAD_EXPORT EpochState {
  Tensor order;  ///< undefined: there is no epoch under way
  std::int64_t row = 0;
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;  ///< how many the loader has begun
  StateDict state_dict() const;
  /// Error where that is no place in an epoch over so many rows, each of which comes once where `each_once`.
  static EpochState from(const StateDict& state, std::int64_t rows, bool each_once = true);
};

/// `for (auto& batch : loader)` is one epoch over the dataset; batch.data and batch.target belong to the loop. The
/// sampler gives the order of the rows as the epoch begins. The loader must outlive the epoch; epochs may overlap,
/// those in several threads where the loader is const. A dataset is anything with size() and get_batch(indices), the
/// indices an int64 tensor, or derives from data::Dataset and the like; samplers: data/sampler.h. ValueError unless
/// batch_size >= 1, and for numbers below 0.
///
/// With workers, threads make the batches that come next, each from a copy of the dataset of its own (one thread, from
/// the dataset itself, where rows come by themselves: StreamDataset). The batches are the same, in the same order, and
/// so is what is saved of the loader's place. What the dataset draws at random in a worker depends on the caller's
/// generator as the epoch begins, on how many epochs there were, and on the batch's first row in the order, not on the
/// number of workers. They end with the epoch's iterator. WorkerException where a batch cannot be made; the next ++
/// tries it again.
template <class Dataset, IsSampler Sampler = samplers::ShuffleSampler>
class DataLoader {
  static constexpr bool kHasOrder = detail::GivesOrder<Sampler>;
  using Request = typename detail::RequestOf<Sampler>::Type;

 public:
  using BatchType = typename detail::ValueOf<
      std::remove_cvref_t<decltype(detail::batch_of(std::declval<Dataset&>(), std::declval<const Request&>()))>>::Type;
  using Batch = BatchType;
  struct End {};

  template <class Loader>
  class IteratorOf {
   public:
    /// Begins where `from` stands, and keeps where it stands itself in *progress.
    explicit IteratorOf(Loader& loader, const EpochState& from = {}, EpochState* progress = nullptr);
    /// Where a batch cannot be made, which throws, the next ++ tries it again.
    Batch& operator*() { return *batch_; }
    Batch* operator->() { return &*batch_; }
    IteratorOf& operator++() { return load(); }
    friend bool operator==(const IteratorOf& it, End) { return !it.batch_.has_value(); }

   private:
    struct Ahead;  // what the workers share with the loop
    // The next rows.
    std::optional<Request> request();
    IteratorOf& load();
    void finish(std::optional<Request>& request);
    void submit();
    void take();

    static std::vector<std::size_t> rows_of(const Request& request) {
      if constexpr (requires { detail::row_numbers(request); }) return detail::row_numbers(request);
      return {};
    }

    Loader* loader_;
    EpochState now_;  // the rows of the batches that were given are done
    EpochState* progress_;
    std::int64_t asked_ = 0;            // how many rows were asked for; batches, where there is no order
    std::optional<Request> asked_for_;  // without workers: what a batch is being made of
    std::optional<Batch> batch_;        // none at the end
    std::shared_ptr<Ahead> ahead_;
  };
  using Iterator = IteratorOf<DataLoader>;

  DataLoader(Dataset dataset, const LoaderOptions& options) requires std::same_as<Sampler, samplers::ShuffleSampler>
      : DataLoader(std::move(dataset), samplers::ShuffleSampler{options.shuffle}, options) {}
  DataLoader(Dataset dataset, Sampler sampler, const LoaderOptions& options);

  Iterator begin() {
    Iterator first(*this, resumed_, &progress_);
    resumed_ = {};  // not before nothing can fail
    return first;
  }
  auto begin() const requires kHasOrder { return IteratorOf<const DataLoader>(*this); }
  End end() const { return {}; }
  /// The number of batches in an epoch.
  std::int64_t size() const requires kHasOrder {
    const std::int64_t rows = epoch_rows();
    const std::int64_t full = rows / options_.batch_size;
    return full + (!options_.drop_last && rows % options_.batch_size != 0 ? 1 : 0);
  }

  /// To set what the next order depends on, as a seed or an epoch.
  Sampler& sampler() { return sampler_; }
  const Sampler& sampler() const { return sampler_; }

  /// Where the epoch that moved last stands: the order of its rows and how many are done. In the body of a loop over
  /// the batches, those of the one at hand count as done. After loading, the next epoch begins there, in batches of
  /// this loader's size. Epochs over a const loader do not count.
  StateDict state_dict() const requires kHasOrder {
    EpochState now = resumed_.order.defined() ? resumed_ : progress_;
    if (!now.order.defined()) now.epoch = epochs_;
    return now.state_dict();
  }
  void load_state_dict(const StateDict& state) requires kHasOrder { prepare_load(state)(); }
  /// Does all that may throw (Error) and returns what then changes the loader.
  std::function<void()> prepare_load(const StateDict& state) requires kHasOrder {
    constexpr bool kEachOnce = requires { requires Sampler::kEachRowOnce; };
    const std::int64_t rows = kEachOnce ? epoch_rows() : detail::count_of(dataset_.size());
    return [this, epoch = EpochState::from(state, rows, kEachOnce)] {
      progress_ = {};
      resumed_ = epoch;
      epochs_ = epoch.epoch;
    };
  }

  /// libtorch's loader is a pointer: *loader and loader-> are the loader itself.
  DataLoader& operator*() & { return *this; }
  const DataLoader& operator*() const& { return *this; }
  DataLoader operator*() && { return std::move(*this); }
  DataLoader* operator->() { return this; }
  const DataLoader* operator->() const { return this; }
  operator std::unique_ptr<DataLoader>() && { return std::make_unique<DataLoader>(std::move(*this)); }
  const LoaderOptions& options() const noexcept { return options_; }
  void join() const noexcept {}  ///< workers end with the epoch

 private:
  std::int64_t epoch_rows() const {
    const std::int64_t rows = detail::count_of(dataset_.size());
    if constexpr (requires { sampler_.size(rows); }) return sampler_.size(rows);
    return rows;
  }

  Dataset dataset_;
  Sampler sampler_;
  LoaderOptions options_;
  EpochState progress_, resumed_;
  mutable detail::EpochCount epochs_;
};

/// make_data_loader(dataset, {.batch_size = 32, .shuffle = true})
template <class Dataset>
auto make_data_loader(Dataset dataset, const LoaderOptions& options) {
  if constexpr (requires { requires Dataset::is_stateful; }) {
    return DataLoader<Dataset, samplers::EndlessSampler>(std::move(dataset), {}, options);
  } else {
    return DataLoader<Dataset>(std::move(dataset), options);
  }
}

/// make_data_loader(dataset, MySampler(), {.batch_size = 32})
template <class Dataset, IsSampler Sampler>
DataLoader<Dataset, Sampler> make_data_loader(Dataset dataset, Sampler sampler, const LoaderOptions& options) {
  return {std::move(dataset), std::move(sampler), options};
}

}  // namespace tapegrad::data

#include <tapegrad/data/loader_iterator.h>
