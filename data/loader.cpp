#include <tapegrad/data/loader.h>

#include "autograd/io/keys.h"

namespace tapegrad::data {

StateDict EpochState::state_dict() const {
  return {{"order", order.defined() ? order : empty({0}, kLong)}, {"row", full({}, row)}};
}

EpochState EpochState::from(const StateDict& state, std::int64_t rows) {
  tapegrad::detail::KeyReport report(state);
  const Tensor* const saved = state.find("order");
  const bool none = saved != nullptr && saved->defined() && saved->numel() == 0;
  const Tensor* const order = report.find("order", none ? 0 : rows);
  const Tensor* const row = report.find("row", {});
  EpochState pass;
  if (order != nullptr && row != nullptr) {
    std::vector<std::int64_t> sorted = order->to_vector<std::int64_t>();
    if (!none) pass.order = from_blob(sorted.data(), rows, kLong).clone();
    pass.row = row->item<std::int64_t>();
    std::sort(sorted.begin(), sorted.end());
    bool good = pass.row >= 0 && pass.row <= (none ? 0 : rows);
    for (std::size_t i = 0; i < sorted.size(); ++i) good = good && sorted[i] == static_cast<std::int64_t>(i);
    if (!good) report.note("order holds each row once, and row is how many of them are done.");
  }
  report.check("DataLoader");
  return pass;
}

}  // namespace tapegrad::data
