#include "autograd/ops/rnn_steps.h"

namespace tapegrad::ops {

Tensor Layer::before() const {
  Tensor at = empty({total()}, kLong);
  auto* to = at.impl()->ptr<std::int64_t>();
  std::int64_t first = 0;
  for (std::int64_t t = 0; t < steps(); first += rows(t), ++t) {
    const std::int64_t other_rows = backwards ? (t + 1 < steps() ? rows(t + 1) : 0) : (t > 0 ? rows(t - 1) : 0);
    const std::int64_t previous = backwards ? first + rows(t) : first - other_rows;
    for (std::int64_t r = 0; r < rows(t); ++r) *to++ = r < other_rows ? batch() + previous + r : r;
  }
  return at;
}

Tensor Layer::last() const {
  Tensor at = empty({batch()}, kLong);
  std::int64_t first = 0;
  for (std::int64_t t = 0; t < steps(); first += rows(t), ++t) {
    for (std::int64_t r = 0; r < rows(t); ++r) {
      if (!backwards || t == 0) at.impl()->ptr<std::int64_t>()[r] = first + r;
    }
  }
  return at;
}

std::pair<Tensor, Tensor> step_by_step(const Layer& l) {
  const std::int64_t n = l.hidden(), steps = l.steps();
  std::vector<Tensor> h(static_cast<std::size_t>(steps)), c(h);
  std::int64_t first = l.backwards ? l.total() : 0;
  Tensor state = l.h0, cell = l.other;
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::int64_t t = l.backwards ? steps - 1 - i : i, rows = l.rows(t);
    if (l.backwards) first -= rows;
    // Rows that begin here start with the initial states.
    const auto fit = [&](const Tensor& now, const Tensor& initial) {
      return now.size(0) >= rows ? now.narrow(0, 0, rows)
                                 : cat({now, initial.narrow(0, now.size(0), rows - now.size(0))}, 0);
    };
    if (i == 0) {
      state = state.narrow(0, 0, rows);
      if (l.cell == Cell::Lstm) cell = cell.narrow(0, 0, rows);
    }
    state = fit(state, l.h0);
    const Tensor x = l.x.narrow(0, first, rows), product = state.mm(l.w.t());
    if (l.cell == Cell::Lstm) {
      const auto gates = x.add(product).chunk(4, 1);
      cell = gates[1].sigmoid().mul(fit(cell, l.other)).add(gates[0].sigmoid().mul(gates[2].tanh()));
      state = gates[3].sigmoid().mul(cell.tanh());
    } else if (l.cell == Cell::Gru) {
      const Tensor inner = product.add(l.other);
      const Tensor r = x.narrow(1, 0, n).add(inner.narrow(1, 0, n)).sigmoid();
      const Tensor z = x.narrow(1, n, n).add(inner.narrow(1, n, n)).sigmoid();
      const Tensor fresh = x.narrow(1, 2 * n, n).add(r.mul(inner.narrow(1, 2 * n, n))).tanh();
      state = fresh.add(z.mul(state.sub(fresh)));
    } else {
      state = l.cell == Cell::Tanh ? x.add(product).tanh() : x.add(product).relu();
    }
    h[static_cast<std::size_t>(t)] = state;
    if (l.cell == Cell::Lstm) c[static_cast<std::size_t>(t)] = cell;
    if (!l.backwards) first += rows;
  }
  return {cat(h, 0), l.cell == Cell::Lstm ? cat(c, 0) : Tensor()};
}

}  // namespace tapegrad::ops
