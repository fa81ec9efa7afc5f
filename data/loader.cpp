#include <tapegrad/data/loader.h>

#include "autograd/io/keys.h"

namespace tapegrad::data {

template class DataLoader<TensorDataset>;
template class DataLoader<TensorDataset>::IteratorOf<DataLoader<TensorDataset>>;

std::vector<std::size_t> detail::row_numbers(const Tensor& rows) {
  const std::vector<std::int64_t> numbers = rows.to_vector<std::int64_t>();
  return {numbers.begin(), numbers.end()};
}
Tensor detail::row_tensor(const std::vector<std::size_t>& rows) {
  return tensor(std::vector<std::int64_t>(rows.begin(), rows.end()), kLong);
}

std::uint64_t detail::epoch_seed(std::int64_t epoch) {
  constexpr std::uint64_t kFar = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio: epochs in order lie far apart
  return Generator(default_generator()).random64() + kFar * static_cast<std::uint64_t>(epoch);
}

StateDict EpochState::state_dict() const {
  return {{"order", order.defined() ? order : empty({0}, kLong)},
          {"row", full({}, row)},
          {"seed", full({}, static_cast<std::int64_t>(seed))},
          {"epoch", full({}, epoch)}};
}

EpochState EpochState::from(const StateDict& state, std::int64_t rows, bool each_once) {
  tapegrad::detail::KeyReport report(state);
  const Tensor* const saved = state.find("order");
  const bool none = saved != nullptr && saved->defined() && saved->numel() == 0;
  const bool any_size = saved != nullptr && saved->defined() && !each_once;
  const Tensor* const order = report.find("order", none ? 0 : any_size ? saved->numel() : rows);
  const Tensor* const row = report.find("row", {});
  const Tensor* const seed = report.find("seed", {}, false);  // 0.1.0 kept neither
  const Tensor* const number = report.find("epoch", {}, false);
  EpochState epoch;
  if (order != nullptr && row != nullptr) {
    std::vector<std::int64_t> sorted = order->to_vector<std::int64_t>();
    const auto size = static_cast<std::int64_t>(sorted.size());
    if (!none) epoch.order = from_blob(sorted.data(), size, kLong).clone();
    epoch.row = row->item<std::int64_t>();
    if (seed != nullptr) epoch.seed = static_cast<std::uint64_t>(seed->item<std::int64_t>());
    if (number != nullptr) epoch.epoch = number->item<std::int64_t>();
    std::sort(sorted.begin(), sorted.end());
    bool good = epoch.row >= 0 && epoch.row <= size && (none || (sorted.front() >= 0 && sorted.back() < rows));
    for (std::size_t i = 0; each_once && i < sorted.size(); ++i)
      good = good && sorted[i] == static_cast<std::int64_t>(i);
    if (!good) {
      report.note(each_once ? "order holds each row once, and row is how many of them are done."
                            : "order holds rows of the dataset, and row is how many of them are done.");
    }
  }
  report.check("DataLoader");
  return epoch;
}

}  // namespace tapegrad::data
