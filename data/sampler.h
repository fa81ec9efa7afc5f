// Samplers: in which order a loader goes through the rows of a dataset.
#pragma once

#include <tapegrad/autograd/state_dict.h>
#include <tapegrad/autograd/tensor.h>

/// A sampler is any object with `Tensor order(std::int64_t rows) const`, which gives the rows of one epoch over a
/// dataset of so many rows: int64, one dim, each in [0, rows). A loader asks for it once at the beginning of an epoch.
/// A sampler that leaves rows out or repeats some also has `std::int64_t size(std::int64_t rows) const`, the length of
/// that order.
///
///     struct EveryOther {  // of two processes, the rows of the one with this
///     rank
///       std::int64_t rank;
///       Tensor order(std::int64_t rows) const { return arange(rank, rows, 2);
///       } std::int64_t size(std::int64_t rows) const { return (rows + 1 -
///       rank) / 2; }
///     };
///     auto loader = data::make_data_loader(dataset, EveryOther{0},
///     {.batch_size = 32});
///
/// Or it derives from Sampler, and is asked for a batch at a time, as libtorch's are.
namespace tapegrad::data::samplers {

/// What gives the rows of one batch after the other: their numbers, or whatever the dataset's get_batch() takes.
template <class BatchRequest = std::vector<std::size_t>>
class Sampler {
 public:
  using BatchRequestType = BatchRequest;
  virtual ~Sampler() = default;
  /// Begins an epoch, perhaps over another number of rows.
  virtual void reset(std::optional<std::size_t> new_size) = 0;
  /// The next batch, of at most so many rows; std::nullopt at the epoch's end.
  virtual std::optional<BatchRequest> next(std::size_t batch_size) = 0;
  virtual void save(serialize::OutputArchive& archive) const = 0;
  virtual void load(serialize::InputArchive& archive) = 0;
};

/// A sampler that knows all rows of an epoch as it begins: order(). One made for a number of rows goes over these,
/// whatever the dataset has; one made without, over those of the dataset.
class TAPEGRAD_EXPORT OrderSampler : public Sampler<> {
 public:
  virtual Tensor order(std::int64_t rows) const = 0;
  virtual std::int64_t size(std::int64_t rows) const { return rows_.value_or(rows); }

  void reset(std::optional<std::size_t> new_size = std::nullopt) override;
  std::optional<std::vector<std::size_t>> next(std::size_t batch_size) override;
  /// Where next() stands.
  virtual std::size_t index() const noexcept { return static_cast<std::size_t>(index_); }
  /// Order and place.
  void save(serialize::OutputArchive& archive) const override;
  /// Error where that is no place in an order.
  void load(serialize::InputArchive& archive) override;

 protected:
  explicit OrderSampler(std::optional<std::int64_t> rows = std::nullopt) : rows_(rows) {}
  std::optional<std::int64_t> rows_;

 private:
  Tensor order_;
  std::int64_t index_ = 0;
};

/// The rows in order.
struct TAPEGRAD_EXPORT SequentialSampler : OrderSampler {
  static constexpr bool kEachRowOnce = true;  ///< a saved place that says otherwise is refused
  SequentialSampler() = default;
  explicit SequentialSampler(std::size_t size) : OrderSampler(static_cast<std::int64_t>(size)) {}
  Tensor order(std::int64_t rows) const override { return arange(size(rows)); }
};

/// The rows shuffled, each epoch anew: a randperm from this thread's default generator. One made for a number of rows
/// draws a first order at once, as libtorch's does.
struct TAPEGRAD_EXPORT RandomSampler : OrderSampler {
  static constexpr bool kEachRowOnce = true;
  RandomSampler() = default;
  explicit RandomSampler(std::int64_t size, Dtype index_dtype = kLong) : OrderSampler(size) {
    static_cast<void>(index_dtype);
    reset();
  }
  Tensor order(std::int64_t rows) const override { return randperm(size(rows)); }
};

/// One of the two, chosen when the program runs.
struct TAPEGRAD_EXPORT ShuffleSampler {
  static constexpr bool kEachRowOnce = true;
  bool shuffle = false;
  Tensor order(std::int64_t rows) const { return shuffle ? randperm(rows) : arange(rows); }
};

/// The given rows (int64, one dim), shuffled each epoch anew.
class TAPEGRAD_EXPORT SubsetRandomSampler : public OrderSampler {
 public:
  explicit SubsetRandomSampler(Tensor indices) : OrderSampler(indices.numel()), indices_(std::move(indices)) {}
  Tensor order(std::int64_t) const override { return indices_.index_select(0, randperm(indices_.numel())); }

 private:
  Tensor indices_;
};

/// num_samples rows, drawn by their weights (one a row, at least 0) as multinomial() does, each epoch anew. Throws what
/// that throws.
class TAPEGRAD_EXPORT WeightedRandomSampler : public OrderSampler {
 public:
  WeightedRandomSampler(Tensor weights, std::int64_t num_samples, bool replacement = true)
      : OrderSampler(num_samples), weights_(std::move(weights)), replacement_(replacement) {}
  Tensor order(std::int64_t rows) const override { return weights_.multinomial(size(rows), replacement_); }

 private:
  Tensor weights_;
  bool replacement_;
};

/// The rows shuffled, each epoch anew, with each class spread evenly over the epoch, so that no batch is without a rare
/// class by chance. labels: int64, the class of each row. Within a class the order is a randperm's, and row i of its n
/// comes at (i + u) / n of the epoch, with u random in [0, 1).
class TAPEGRAD_EXPORT StratifiedRandomSampler : public OrderSampler {
 public:
  /// ShapeError unless labels has one dim, DtypeError unless it is int64.
  explicit StratifiedRandomSampler(Tensor labels);
  Tensor order(std::int64_t) const override;

 private:
  Tensor labels_;
};

/// Of num_replicas processes, the rows of the one with this rank: as many for each, which takes some rows twice, or
/// without allow_duplicates leaves some out. ValueError for a rank that there is not.
class TAPEGRAD_EXPORT DistributedSampler : public OrderSampler {
 public:
  DistributedSampler(std::size_t size, std::size_t num_replicas, std::size_t rank, bool allow_duplicates);
  /// What the next order depends on, alike in all processes.
  void set_epoch(std::size_t epoch) noexcept { epoch_ = epoch; }
  std::size_t epoch() const noexcept { return epoch_; }
  std::int64_t size(std::int64_t) const override;
  std::size_t index() const noexcept override { return begin() + OrderSampler::index(); }
  void save(serialize::OutputArchive& archive) const override;
  void load(serialize::InputArchive& archive) override;

 protected:
  std::size_t rows() const noexcept { return static_cast<std::size_t>(*rows_); }
  std::size_t begin() const noexcept { return rank_ * static_cast<std::size_t>(size(0)); }
  // Of all the rows, those that come before this one's end, as one order.
  std::vector<std::int64_t> own(std::vector<std::int64_t> all) const;

  std::size_t num_replicas_, rank_, epoch_ = 0;
  bool allow_duplicates_;
};

/// The rows in order, a run for each process.
struct TAPEGRAD_EXPORT DistributedSequentialSampler : DistributedSampler {
  explicit DistributedSequentialSampler(std::size_t size, std::size_t num_replicas = 1, std::size_t rank = 0,
                                        bool allow_duplicates = true);
  Tensor order(std::int64_t) const override;
};

/// The rows shuffled, alike in all processes, by the epoch alone: libtorch's order.
struct TAPEGRAD_EXPORT DistributedRandomSampler : DistributedSampler {
  explicit DistributedRandomSampler(std::size_t size, std::size_t num_replicas = 1, std::size_t rank = 0,
                                    bool allow_duplicates = true);
  Tensor order(std::int64_t) const override;
};

/// How many rows a StreamDataset shall give.
struct BatchSize {
  explicit BatchSize(std::size_t size) noexcept : size_(size) {}
  std::size_t size() const noexcept { return size_; }
  operator std::size_t() const noexcept { return size_; }
  std::size_t size_;
};

/// Batches of a dataset that knows itself where an epoch ends.
struct EndlessSampler {
  using BatchRequestType = BatchSize;
  void reset() noexcept {}
  std::optional<BatchSize> next(std::size_t batch_size) const noexcept { return BatchSize(batch_size); }
};

/// An epoch of so many rows of a StreamDataset.
class TAPEGRAD_EXPORT StreamSampler : public Sampler<BatchSize> {
 public:
  explicit StreamSampler(std::size_t epoch_size) noexcept : epoch_size_(epoch_size) {}
  void reset(std::optional<std::size_t> new_size = std::nullopt) override;
  std::optional<BatchSize> next(std::size_t batch_size) override;
  void save(serialize::OutputArchive& archive) const override;
  void load(serialize::InputArchive& archive) override;

 private:
  std::size_t given_ = 0, epoch_size_;
};

/// archive << sampler, archive >> sampler.
template <class Request>
serialize::OutputArchive& operator<<(serialize::OutputArchive& archive, const Sampler<Request>& sampler) {
  sampler.save(archive);
  return archive;
}
template <class Request>
serialize::InputArchive& operator>>(serialize::InputArchive& archive, Sampler<Request>& sampler) {
  sampler.load(archive);
  return archive;
}

}  // namespace tapegrad::data::samplers
