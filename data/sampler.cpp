#include <tapegrad/data/sampler.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <unordered_map>

#include <tapegrad/autograd/archive.h>
#include <tapegrad/autograd/random.h>

#include "autograd/core/text.h"

namespace tapegrad::data::samplers {

namespace {

void write_count(serialize::OutputArchive& archive, const char* key, std::int64_t count) {
  archive.write(key, full({}, count));
}

std::int64_t read_count(const serialize::InputArchive& archive, const char* key, std::int64_t most) {
  Tensor count;
  archive.read(key, count);
  const auto value = count.item<std::int64_t>();
  if (value >= 0 && value <= most) return value;
  core::throw_value("Sampler", "the saved ", key, " is ", value, ", which is not in [0, ", most,
                    "]; load what a sampler of these rows saved");
}

Tensor tensor_of(const std::vector<std::int64_t>& rows) { return tensor(rows, kLong); }

}  // namespace

void OrderSampler::reset(std::optional<std::size_t> new_size) {
  std::optional<std::int64_t> rows = rows_;
  if (new_size.has_value()) rows = static_cast<std::int64_t>(*new_size);
  rows.swap(rows_);
  try {
    order_ = order(rows_.value_or(0));
  } catch (...) {
    rows_ = rows;
    throw;
  }
  index_ = 0;
}

std::optional<std::vector<std::size_t>> OrderSampler::next(std::size_t batch_size) {
  if (!order_.defined()) reset();
  const std::int64_t left = order_.size(0) - index_;
  if (left == 0) return std::nullopt;
  const std::int64_t size = std::min(left, static_cast<std::int64_t>(batch_size));
  const std::vector<std::int64_t> rows = order_.narrow(0, index_, size).to_vector<std::int64_t>();
  index_ += size;
  return std::vector<std::size_t>(rows.begin(), rows.end());
}

void OrderSampler::save(serialize::OutputArchive& archive) const {
  archive.write("order", order_.defined() ? order_ : empty({0}, kLong));
  write_count(archive, "index", index_);
}

void OrderSampler::load(serialize::InputArchive& archive) {
  Tensor order;
  archive.read("order", order);
  index_ = read_count(archive, "index", order.numel());
  order_ = order;
}

StratifiedRandomSampler::StratifiedRandomSampler(Tensor labels)
    : OrderSampler(labels.numel()), labels_(std::move(labels)) {
  if (labels_.dim() != 1)
    core::throw_shape("StratifiedRandomSampler", "labels of sizes ", labels_.sizes(),
                      "; give one class a row, in one dim");
  if (labels_.dtype() != kLong)
    core::throw_dtype("StratifiedRandomSampler", "labels are of dtype ", labels_.dtype(),
                      "; convert them with to(kLong)");
}

Tensor StratifiedRandomSampler::order(std::int64_t) const {
  const std::vector<std::int64_t> labels = labels_.to_vector<std::int64_t>(),
                                  shuffled = randperm(labels_.numel()).to_vector<std::int64_t>();
  std::unordered_map<std::int64_t, double> sizes, taken;
  for (const std::int64_t label : labels) ++sizes[label];
  std::vector<std::pair<double, std::int64_t>> places;
  for (const std::int64_t row : shuffled) {
    const std::int64_t label = labels[static_cast<std::size_t>(row)];
    places.emplace_back((taken[label]++ + default_generator().uniform_double()) / sizes[label], row);
  }
  std::sort(places.begin(), places.end());
  std::vector<std::int64_t> rows(places.size());
  std::ranges::transform(places, rows.begin(), [](const auto& place) { return place.second; });
  return tensor_of(rows);
}

DistributedSampler::DistributedSampler(std::size_t size, std::size_t num_replicas, std::size_t rank,
                                       bool allow_duplicates)
    : OrderSampler(static_cast<std::int64_t>(size)),
      num_replicas_(num_replicas),
      rank_(rank),
      allow_duplicates_(allow_duplicates) {
  if (rank < num_replicas) return;
  core::throw_value("DistributedSampler", "Invalid rank ", rank, ", rank should be in the interval [0, ",
                    static_cast<std::int64_t>(num_replicas) - 1, "]; count the processes from 0");
}

std::int64_t DistributedSampler::size(std::int64_t) const {
  return static_cast<std::int64_t>((rows() + (allow_duplicates_ ? num_replicas_ - 1 : 0)) / num_replicas_);
}

std::vector<std::int64_t> DistributedSampler::own(std::vector<std::int64_t> all) const {
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin());
  return {first, first + size(0)};
}

void DistributedSampler::save(serialize::OutputArchive& archive) const {
  OrderSampler::save(archive);
  write_count(archive, "epoch", static_cast<std::int64_t>(epoch_));
}

void DistributedSampler::load(serialize::InputArchive& archive) {
  const std::int64_t epoch = read_count(archive, "epoch", INT64_MAX);
  OrderSampler::load(archive);
  epoch_ = static_cast<std::size_t>(epoch);
}

// The rows that all processes take together; those past the last are the first ones again.
static std::vector<std::int64_t> all_rows(std::size_t count, std::size_t rows) {
  std::vector<std::int64_t> all(count);
  std::iota(all.begin(), all.end(), 0);
  for (std::int64_t& row : all) row %= static_cast<std::int64_t>(rows);
  return all;
}

DistributedSequentialSampler::DistributedSequentialSampler(std::size_t size, std::size_t num_replicas, std::size_t rank,
                                                           bool allow_duplicates)
    : DistributedSampler(size, num_replicas, rank, allow_duplicates) {}

Tensor DistributedSequentialSampler::order(std::int64_t) const {
  return tensor_of(own(all_rows(num_replicas_ * static_cast<std::size_t>(size(0)), rows())));
}

DistributedRandomSampler::DistributedRandomSampler(std::size_t size, std::size_t num_replicas, std::size_t rank,
                                                   bool allow_duplicates)
    : DistributedSampler(size, num_replicas, rank, allow_duplicates) {}

Tensor DistributedRandomSampler::order(std::int64_t) const {
  std::vector<std::int64_t> all = all_rows(num_replicas_ * static_cast<std::size_t>(size(0)), rows());
  std::mt19937 random(static_cast<std::mt19937::result_type>(epoch_));
  std::shuffle(all.begin(), all.end(), random);
  return tensor_of(own(std::move(all)));
}

void StreamSampler::reset(std::optional<std::size_t> new_size) {
  given_ = 0;
  epoch_size_ = new_size.value_or(epoch_size_);
}

std::optional<BatchSize> StreamSampler::next(std::size_t batch_size) {
  if (given_ >= epoch_size_) return std::nullopt;
  const std::size_t size = std::min(batch_size, epoch_size_ - given_);
  given_ += size;
  return BatchSize(size);
}

void StreamSampler::save(serialize::OutputArchive& archive) const {
  write_count(archive, "examples_retrieved_so_far", static_cast<std::int64_t>(given_));
}

void StreamSampler::load(serialize::InputArchive& archive) {
  given_ = static_cast<std::size_t>(
      read_count(archive, "examples_retrieved_so_far", static_cast<std::int64_t>(epoch_size_)));
}

}  // namespace tapegrad::data::samplers
