// Datasets: rows that belong together, and how a loader takes batches of them.
//
//   struct Squares : data::Dataset<Squares> {
//     data::Example<> get(std::size_t i) override { return {tensor(double(i)), tensor(double(i * i))}; }
//     std::optional<std::size_t> size() const override { return 100; }
//   };
//   auto loader = data::make_data_loader(Squares().map(data::transforms::Stack<>()), {.batch_size = 32});
//
// Any class with size() and get_batch(indices) is a dataset, too, the indices an int64 tensor.
#pragma once

#include <tapegrad/autograd/array_ref.h>
#include <tapegrad/autograd/state_dict.h>
#include <tapegrad/data/transforms.h>

namespace tapegrad::data {

template <class Source, class Transform>
class MapDataset;

/// What gives Self a map(): a MapDataset of it and a transform.
template <class Self>
struct Mappable {
  template <class Transform>
  MapDataset<Self, Transform> map(Transform transform) const& {
    return {static_cast<const Self&>(*this), std::move(transform)};
  }
  template <class Transform>
  MapDataset<Self, Transform> map(Transform transform) && {
    return {std::move(static_cast<Self&>(*this)), std::move(transform)};
  }
};

/// A dataset that gives rows in batches alone. A Request says which: their numbers, how many, or what its sampler
/// gives.
template <class Self, class Batch = std::vector<Example<>>, class Request = ArrayRef<std::size_t>>
class BatchDataset : public Mappable<Self> {
 public:
  using SelfType = Self;
  using BatchType = Batch;
  using BatchRequestType = Request;
  /// Whether it goes through its rows by itself, and gives std::nullopt after the last batch.
  static constexpr bool is_stateful = requires(Batch & batch) { batch.has_value(); };

  virtual ~BatchDataset() = default;
  virtual Batch get_batch(Request request) = 0;
  /// The number of rows; std::nullopt where it is not known.
  virtual std::optional<std::size_t> size() const = 0;
};

/// A dataset that gives single rows.
template <class Self, class SingleExample = Example<>>
class Dataset : public BatchDataset<Self, std::vector<SingleExample>> {
 public:
  using ExampleType = SingleExample;

  virtual ExampleType get(std::size_t index) = 0;
  std::vector<ExampleType> get_batch(ArrayRef<std::size_t> indices) override {
    std::vector<ExampleType> batch;
    batch.reserve(indices.size());
    for (const std::size_t i : indices) batch.push_back(get(i));
    return batch;
  }
};

/// One whose rows come by themselves, as many as are asked for.
template <class Self, class Batch = std::vector<Example<>>>
using StreamDataset = BatchDataset<Self, Batch, std::size_t>;

/// One that knows itself where an epoch ends: a loader without a sampler asks it for batches until one is std::nullopt.
template <class Self, class Batch = std::vector<Example<>>, class Request = std::size_t>
class StatefulDataset : public BatchDataset<Self, std::optional<Batch>, Request> {
 public:
  /// Begins an epoch.
  virtual void reset() = 0;
  virtual void save(serialize::OutputArchive& archive) const = 0;
  virtual void load(serialize::InputArchive& archive) = 0;
};

/// A number of rows that is known: a number, spelled as libtorch's std::optional, too.
struct RowCount {
  std::int64_t rows;
  operator std::int64_t() const noexcept { return rows; }
  std::size_t value() const noexcept { return static_cast<std::size_t>(rows); }
  std::size_t operator*() const noexcept { return value(); }
  bool has_value() const noexcept { return true; }
};

/// The rows of x [n, ...] and y [n, ...], of any dtypes. It shares their bytes; batches are copies.
class TAPEGRAD_EXPORT TensorDataset : public Mappable<TensorDataset> {
 public:
  using BatchType = Example<>;
  using BatchRequestType = Tensor;
  static constexpr bool is_stateful = false;

  /// IndexError: a tensor without dims. ShapeError: different numbers of rows.
  explicit TensorDataset(Tensor x) : data_(std::move(x)) { static_cast<void>(size()); }
  TensorDataset(Tensor x, Tensor y);
  /// The tensors as rows. ShapeError unless they have the same sizes.
  explicit TensorDataset(const std::vector<Tensor>& rows) : TensorDataset(stack(rows)) {}

  RowCount size() const { return {data_.size(0)}; }
  /// A view of a row; target stays undefined where there is no y.
  Example<> get(std::size_t index) const;
  /// Copies of the rows at the indices (int64, one dim).
  Example<> get_batch(const Tensor& indices) const;
  using Mappable::map;
  /// Itself: its batches are one tensor already.
  TensorDataset map(const transforms::Stack<Example<>>&) const { return *this; }

 private:
  Tensor data_, target_;
};

/// A dataset whose batches a transform changes. `data.map(Normalize<>(0.5, 0.2)).map(Stack<>())` is two of them.
template <class Source, class Transform>
class MapDataset : public Mappable<MapDataset<Source, Transform>> {
 public:
  using DatasetType = Source;
  using TransformType = Transform;
  using BatchRequestType = typename Source::BatchRequestType;
  static constexpr bool is_stateful = Source::is_stateful;
  using OutputBatchType = std::conditional_t<is_stateful, std::optional<typename Transform::OutputBatchType>,
                                             typename Transform::OutputBatchType>;
  using BatchType = OutputBatchType;

  MapDataset(Source dataset, Transform transform) : dataset_(std::move(dataset)), transform_(std::move(transform)) {}

  BatchType get_batch(BatchRequestType request) {
    using Input = typename Transform::InputBatchType;
    if constexpr (is_stateful) {
      auto batch = dataset_.get_batch(std::move(request));
      if (!batch.has_value()) return std::nullopt;
      return transform_.apply_batch(std::move(*batch));
    } else if constexpr (std::same_as<typename Source::BatchType, Input>) {
      return transform_.apply_batch(dataset_.get_batch(std::move(request)));
    } else if constexpr (std::same_as<Source, TensorDataset> &&
                         std::same_as<Transform, transforms::Stack<TensorExample>>) {
      return TensorExample(dataset_.get_batch(request));  // one tensor already
    } else if constexpr (std::same_as<Source, TensorDataset>) {
      Input rows;
      for (const std::int64_t i : request.template to_vector<std::int64_t>())
        rows.push_back(static_cast<typename Input::value_type>(dataset_.get(static_cast<std::size_t>(i))));
      return transform_.apply_batch(std::move(rows));
    } else {
      static_assert(tapegrad::detail::kNever<Input>,
                    "BatchType type of dataset does not match input type of transform: a Stack<Row> or Lambda<Row> "
                    "takes the rows that the dataset, or the transform before, gives");
    }
  }
  auto size() const { return dataset_.size(); }
  void reset() { dataset_.reset(); }
  const Source& dataset() const noexcept { return dataset_; }
  const Transform& transform() const noexcept { return transform_; }

 private:
  Source dataset_;
  Transform transform_;
};

template <class Source, class Transform>
MapDataset<Source, Transform> map(Source dataset, Transform transform) {
  return {std::move(dataset), std::move(transform)};
}

/// A dataset of which copies are the same one. Workers of a loader share it: it must bear calls from several threads.
template <class Shared>
class SharedBatchDataset : public Mappable<SharedBatchDataset<Shared>> {
 public:
  using BatchType = typename Shared::BatchType;
  using BatchRequestType = typename Shared::BatchRequestType;
  static constexpr bool is_stateful = Shared::is_stateful;

  SharedBatchDataset(std::shared_ptr<Shared> dataset) : dataset_(std::move(dataset)) {}
  BatchType get_batch(BatchRequestType request) { return dataset_->get_batch(std::move(request)); }
  auto size() const { return dataset_->size(); }
  void reset() { dataset_->reset(); }
  Shared& operator*() const noexcept { return *dataset_; }
  Shared* operator->() const noexcept { return dataset_.get(); }

 private:
  std::shared_ptr<Shared> dataset_;
};

template <class Shared, class... Args>
SharedBatchDataset<Shared> make_shared_dataset(Args&&... args) {
  return std::make_shared<Shared>(std::forward<Args>(args)...);
}

}  // namespace tapegrad::data
