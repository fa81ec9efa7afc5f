// lstm, gru, rnn_tanh, rnn_relu and their cells.
#include <functional>

#include "../registry.h"

namespace tapegrad::test {
namespace {

enum class Kind { Lstm, Gru, Tanh, Relu };

std::int64_t gates_of(Kind k) { return k == Kind::Lstm ? 4 : k == Kind::Gru ? 3 : 1; }

using Row = std::vector<Dual>;

Row product(const Array& w, const Row& x, const Array* bias) {
  Row y;
  for (std::int64_t j = 0; j < w.shape[0]; ++j) {
    Dual sum = bias != nullptr ? bias->at({j}) : Dual(0);
    for (std::int64_t i = 0; i < w.shape[1]; ++i) sum += w.at({j, i}) * x[static_cast<std::size_t>(i)];
    y.push_back(sum);
  }
  return y;
}

// One step of one row; c is that of an lstm, whose h a last parameter may project.
void step(Kind kind, const Row& x, Row& h, Row& c, const Array* p, bool biases, bool projects = false) {
  const Row of_x = product(p[0], x, biases ? &p[2] : nullptr), of_h = product(p[1], h, biases ? &p[3] : nullptr);
  const std::size_t n = c.size();
  if (projects) h.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto gate = [&](std::size_t k) { return of_x[k * n + i] + of_h[k * n + i]; };
    if (kind == Kind::Lstm) {
      c[i] = sigmoid(gate(1)) * c[i] + sigmoid(gate(0)) * tanh(gate(2));
      h[i] = sigmoid(gate(3)) * tanh(c[i]);
    } else if (kind == Kind::Gru) {
      const Dual z = sigmoid(gate(1)), fresh = tanh(of_x[2 * n + i] + sigmoid(gate(0)) * of_h[2 * n + i]);
      h[i] = (Dual(1) - z) * fresh + z * h[i];
    } else {
      h[i] = kind == Kind::Tanh ? tanh(gate(0)) : gate(0).v > 0 ? gate(0) : Dual(0);
    }
  }
  if (projects) h = product(p[biases ? 4 : 2], h, nullptr);
}

struct Net {
  Kind kind;
  std::int64_t steps, n, in, hidden, layers = 1;
  bool both = false, biases = true, batch_first = false;
  Shape sizes = {};  // packed: the rows of each step
  std::int64_t projected = 0;

  std::int64_t states() const { return projected > 0 ? projected : hidden; }
  std::size_t params() const { return (biases ? 4U : 2U) + (projected > 0 ? 1U : 0U); }
  std::int64_t directions() const { return both ? 2 : 1; }
  std::int64_t rows(std::int64_t t) const { return sizes.empty() ? n : sizes[static_cast<std::size_t>(t)]; }
};

// The outputs, then h and c after the last steps, as one row. Inputs: x, h0, (c0), parameters.
Array reference(const Net& net, const Arrays& in) {
  const bool lstm = net.kind == Kind::Lstm;
  const std::size_t first_param = lstm ? 3 : 2, each = net.params();
  std::vector<std::vector<Row>> x(static_cast<std::size_t>(net.steps));  // of each step and row
  std::size_t at = 0;
  for (std::int64_t t = 0; t < net.steps; ++t) {
    for (std::int64_t r = 0; r < net.rows(t); ++r) {
      Row row;
      for (std::int64_t i = 0; i < net.in; ++i) {
        row.push_back(net.batch_first ? in[0].at({r, t, i}) : in[0].v[at]);
        ++at;
      }
      x[static_cast<std::size_t>(t)].push_back(row);
    }
  }
  Row last_h, last_c;
  for (std::int64_t layer = 0; layer < net.layers; ++layer) {
    auto y = x;
    for (auto& rows : y)
      for (Row& r : rows) r.clear();
    for (std::int64_t side = 0; side < net.directions(); ++side) {
      const std::int64_t k = layer * net.directions() + side;
      const Array* p = in.data() + first_param + static_cast<std::size_t>(k) * each;
      for (std::int64_t r = 0; r < net.n; ++r) {
        Row h, c;
        for (std::int64_t i = 0; i < net.states(); ++i) h.push_back(in[1].at({k, r, i}));
        for (std::int64_t i = 0; i < net.hidden; ++i) c.push_back(lstm ? in[2].at({k, r, i}) : Dual(0));
        for (std::int64_t s = 0; s < net.steps; ++s) {
          const std::int64_t t = side == 1 ? net.steps - 1 - s : s;
          if (r >= net.rows(t)) continue;
          step(net.kind, x[static_cast<std::size_t>(t)][static_cast<std::size_t>(r)], h, c, p, net.biases,
               net.projected > 0);
          Row& to = y[static_cast<std::size_t>(t)][static_cast<std::size_t>(r)];
          to.insert(to.end(), h.begin(), h.end());
        }
        last_h.insert(last_h.end(), h.begin(), h.end());
        last_c.insert(last_c.end(), c.begin(), c.end());
      }
    }
    x = y;
  }
  Row all;
  if (net.batch_first) {
    for (std::size_t r = 0; r < static_cast<std::size_t>(net.n); ++r)
      for (const auto& rows : x) all.insert(all.end(), rows[r].begin(), rows[r].end());
  } else {
    for (const auto& rows : x)
      for (const Row& r : rows) all.insert(all.end(), r.begin(), r.end());
  }
  all.insert(all.end(), last_h.begin(), last_h.end());
  if (lstm) all.insert(all.end(), last_c.begin(), last_c.end());
  return Array({static_cast<std::int64_t>(all.size())}, all);
}

Tensor joined(const Tensors& outputs) {
  Tensors flat;
  for (const Tensor& t : outputs) flat.push_back(t.reshape({-1}));
  return cat(flat, 0);
}

using States = std::tuple<Tensor, Tensor>;
using Call = States (*)(const Tensor&, const Tensor&, const Tensors&, bool, std::int64_t, double, bool, bool, bool);
using PackedCall = States (*)(const Tensor&, const Tensor&, const Tensor&, const Tensors&, bool, std::int64_t, double,
                              bool, bool);

Tensor run(const Net& n, Call call, PackedCall packed, const Tensors& x) {
  const bool is_lstm = n.kind == Kind::Lstm;
  const Tensors params(x.begin() + (is_lstm ? 3 : 2), x.end());
  const Tensor sizes = n.sizes.empty() ? Tensor() : tensor(n.sizes, kLong);
  if (is_lstm) {
    const auto [y, h, c] = sizes.defined()
                               ? lstm(x[0], sizes, {x[1], x[2]}, params, n.biases, n.layers, 0, true, n.both)
                               : lstm(x[0], {x[1], x[2]}, params, n.biases, n.layers, 0, true, n.both, n.batch_first);
    return joined({y, h, c});
  }
  const auto [y, h] = sizes.defined() ? packed(x[0], sizes, x[1], params, n.biases, n.layers, 0, true, n.both)
                                      : call(x[0], x[1], params, n.biases, n.layers, 0, true, n.both, n.batch_first);
  return joined({y, h});
}

void nets(Sample& s, Kind kind, Call call, PackedCall packed) {
  std::vector<Net> all = {{kind, 3, 2, 3, 4},
                          {kind, 1, 1, 1, 1},
                          {kind, 2, 2, 3, 2, 2, true},
                          {kind, 3, 2, 2, 3, 1, true, false},
                          {kind, 2, 3, 2, 2, 1, false, true, true},
                          {kind, 4, 3, 2, 2, 1, false, true, false, {3, 3, 2, 1}},
                          {kind, 3, 3, 2, 2, 2, true, true, false, {3, 2, 2}},
                          {kind, 2, 0, 3, 2},
                          {kind, 1, 1, 1, 9},
                          {kind, 2, 3, 17, 19},
                          {kind, 2, 40, 16, 64}};
  if (kind == Kind::Lstm) {
    const std::vector<Net> projected = {{kind, 3, 2, 2, 3, 1, false, true, false, {}, 2},
                                        {kind, 2, 2, 2, 3, 2, true, false, true, {}, 1},
                                        {kind, 3, 3, 2, 3, 2, true, true, false, {3, 2, 2}, 2},
                                        {kind, 2, 0, 3, 3, 1, false, true, false, {}, 2},
                                        {kind, 2, 3, 17, 19, 1, false, true, false, {}, 9}};
    all.insert(all.end(), projected.begin(), projected.end());
  }
  for (const Net& n : all) {
    std::int64_t total = 0;
    for (std::int64_t t = 0; t < n.steps; ++t) total += n.rows(t);
    Case c{.label = std::to_string(n.steps) + " steps of " + std::to_string(n.n) + ", " + std::to_string(n.in) +
                    " to " + std::to_string(n.hidden) + ", " + std::to_string(n.layers) + (n.both ? " both ways" : "") +
                    (n.biases ? "" : " no biases") + (n.batch_first ? " batch first" : "") +
                    (n.sizes.empty() ? "" : " packed") +
                    (n.projected > 0 ? " projected to " + std::to_string(n.projected) : ""),
           .fn = [=](const Tensors& x) { return run(n, call, packed, x); },
           .reference = [=](const Arrays& in) { return reference(n, in); },
           .accuracy = {64, 64,
                        [=](const Arrays& in) {
                          Array y = reference(n, in);
                          for (Dual& v : y.v) v = Dual(1 + std::abs(v.v));
                          return y;
                        }},
           .large = n.n >= 40,
           .full = n.hidden > 9 && n.n < 40};
    const std::int64_t k = n.layers * n.directions(), g = gates_of(kind) * n.hidden;
    const Domain small{-1, 1};
    c.inputs = {
        {n.sizes.empty() ? (n.batch_first ? Shape{n.n, n.steps, n.in} : Shape{n.steps, n.n, n.in}) : Shape{total, n.in},
         small}};
    c.inputs.push_back({{k, n.n, n.states()}, small});
    if (kind == Kind::Lstm) c.inputs.push_back({{k, n.n, n.hidden}, small});
    for (std::int64_t layer = 0; layer < n.layers; ++layer) {
      for (std::int64_t side = 0; side < n.directions(); ++side) {
        c.inputs.push_back({{g, layer == 0 ? n.in : n.states() * n.directions()}, small});
        c.inputs.push_back({{g, n.states()}, small});
        if (n.biases) c.inputs.insert(c.inputs.end(), 2, Input{{g}, small});
        if (n.projected > 0) c.inputs.push_back({{n.projected, n.hidden}, small});
      }
    }
    s.add(std::move(c));
  }
}

const Register kLstm("lstm", [](Sample& s) {
  TAPEGRAD_EXAMPLE(lstm(full({2, 1}, -2.0), {zeros({1, 1}), zeros({1, 1})}, {ones({4, 1}), ones({4, 1})}, false, 1, 0,
                        false, false, false));
  nets(s, Kind::Lstm, nullptr, nullptr);
  const auto run_with = [](IntList x, IntList h, IntList c, IntList w) {
    lstm(zeros(x), {zeros(h), zeros(c)}, {zeros(w), zeros({8, 2})}, false, 1, 0, true, false, false);
  };
  s.throws<ShapeError>("input must have 2 or 3 dimensions, got 1",
                       [=] {
                         run_with(3, 3, 3, {8, 3});
                       })
      .throws<ShapeError>("Expected hidden size (1, n, h), got [2, 3, 2]",
                          [=] {
                            run_with({2, 3, 3}, {2, 3, 2}, {2, 3, 2}, {8, 3});
                          })
      .throws<ShapeError>("Expected hidden[0] size (1, 3, 2), got [1, 4, 2]",
                          [=] {
                            run_with({2, 3, 3}, {1, 4, 2}, {1, 4, 2}, {8, 3});
                          })
      .throws<ShapeError>("Expected hidden[1] size [1, 3, 2], got [1, 3, 3]",
                          [=] {
                            run_with({2, 3, 3}, {1, 3, 2}, {1, 3, 3}, {8, 3});
                          })
      .throws<ShapeError>("input.size(-1) must be equal to input_size",
                          [=] {
                            run_with({2, 3, 3}, {1, 3, 2}, {1, 3, 2}, {8, 4});
                          })
      .throws<ShapeError>("expected a projection of sizes [2, 3], got [3, 2]",
                          [] {
                            lstm(zeros({2, 3, 3}), {zeros({1, 3, 2}), zeros({1, 3, 3})},
                                 {zeros({12, 3}), zeros({12, 2}), zeros({3, 2})}, false, 1, 0, true, false, false);
                          })
      .throws<ShapeError>("Expected hidden[1] size [1, 3, 2], got [1, 4, 3]",
                          [] {
                            lstm(zeros({2, 3, 3}), {zeros({1, 3, 2}), zeros({1, 4, 3})},
                                 {zeros({12, 3}), zeros({12, 2}), zeros({2, 3})}, false, 1, 0, true, false, false);
                          })
      .throws<ShapeError>("expects two hidden states, but got 1",
                          [] {
                            lstm(zeros({2, 3, 3}), {zeros({1, 3, 2})}, {}, false, 1, 0, true, false, false);
                          })
      .throws<ShapeError>(
          "expected 2 parameters for 1 layers, but got 0",
          [] {
            lstm(zeros({2, 3, 3}), {zeros({1, 3, 2}), zeros({1, 3, 2})}, {}, false, 1, 0, true, false, false);
          })
      .throws<ValueError>("batch_sizes should be positive and in decreasing order, but got 2 at step 1",
                          [] {
                            lstm(zeros({3, 3}), tensor({1, 2}), {zeros({1, 1, 2}), zeros({1, 1, 2})},
                                 {zeros({8, 3}), zeros({8, 2})}, false, 1, 0, true, false);
                          })
      .throws<ShapeError>("batch_sizes sum to 2, but data has 3 rows", [] {
        lstm(zeros({3, 3}), tensor({1, 1}), {zeros({1, 1, 2}), zeros({1, 1, 2})}, {zeros({8, 3}), zeros({8, 2})}, false,
             1, 0, true, false);
      });
});
const Register kGru("gru", [](Sample& s) {
  TAPEGRAD_EXAMPLE(gru(ones({2, 1}), zeros({1, 1}), {ones({3, 1}), ones({3, 1})}, false, 1, 0, false, false, false));
  nets(s, Kind::Gru, gru, gru);
  s.throws<ValueError>("dropout should be a number in range [0, 1], but got 2", [] {
    gru(zeros({2, 3, 3}), zeros({1, 3, 2}), {zeros({6, 3}), zeros({6, 2})}, false, 1, 2, true, false, false);
  });
  s.throws<DtypeError>("expected scalar type Float but found Double", [] {
    gru(zeros({2, 3, 3}), zeros({1, 3, 2}, kDouble), {zeros({6, 3}), zeros({6, 2})}, false, 1, 0, true, false, false);
  });
});
const Register kTanh("rnn_tanh", [](Sample& s) {
  TAPEGRAD_EXAMPLE(
      rnn_tanh(ones({2, 1}), zeros({1, 1}), {tensor({{0.5}}), tensor({{2.0}})}, false, 1, 0, false, false, false));
  nets(s, Kind::Tanh, rnn_tanh, rnn_tanh);
  s.throws<ShapeError>("expected 2 parameters", [] {
    rnn_tanh(zeros({2, 3, 3}), zeros({1, 3, 2}), {zeros({2, 3})}, false, 1, 0, true, false, false);
  });
});
const Register kRelu("rnn_relu", [](Sample& s) {
  TAPEGRAD_EXAMPLE(
      rnn_relu(ones({3, 1}), zeros({1, 1}), {ones({1, 1}), ones({1, 1})}, false, 1, 0, false, false, false));
  nets(s, Kind::Relu, rnn_relu, rnn_relu);
  s.throws<ShapeError>("expected 2 parameters", [] {
    rnn_relu(zeros({2, 3, 3}), zeros({1, 3, 2}), {zeros({2, 3})}, false, 1, 0, true, false, false);
  });
});

// x [n, in] (or [in]), h [n, h], (c), w_ih, w_hh, b_ih, b_hh
void cells(Sample& s, Kind kind, const std::function<Tensor(const Tensors&, bool lstm)>& call) {
  const bool is_lstm = kind == Kind::Lstm;
  for (const std::int64_t n : {3, 1, 0}) {
    const std::int64_t in = 3, h = 2, g = gates_of(kind) * h;
    const Domain small{-1, 1};
    Case c{.label = std::to_string(n) + " rows",
           .inputs = {{{n, in}, small}, {{n, h}, small}},
           .fn = [=](const Tensors& x) { return call(x, is_lstm); },
           .reference =
               [=](const Arrays& given) {
                 Array y(is_lstm ? Shape{2, n, h} : Shape{n, h});
                 for (std::int64_t r = 0; r < n; ++r) {
                   Row x, state, cell;
                   for (std::int64_t i = 0; i < in; ++i) x.push_back(given[0].at({r, i}));
                   for (std::int64_t i = 0; i < h; ++i) {
                     state.push_back(given[1].at({r, i}));
                     cell.push_back(is_lstm ? given[2].at({r, i}) : Dual(0));
                   }
                   step(kind, x, state, cell, given.data() + (is_lstm ? 3 : 2), true);
                   for (std::int64_t i = 0; i < h; ++i) {
                     y.at(is_lstm ? Index{0, r, i} : Index{r, i}) = state[static_cast<std::size_t>(i)];
                     if (is_lstm) y.at({1, r, i}) = cell[static_cast<std::size_t>(i)];
                   }
                 }
                 return y;
               },
           .accuracy = {32, 32, [=](const Arrays&) {
                          Array y(is_lstm ? Shape{2, n, h} : Shape{n, h});
                          for (Dual& v : y.v) v = Dual(2);
                          return y;
                        }}};
    if (is_lstm) c.inputs.push_back({{n, h}, small});
    for (const Shape& shape : {Shape{g, in}, Shape{g, h}, Shape{g}, Shape{g}}) c.inputs.push_back({shape, small});
    s.add(std::move(c));
  }
}
const Register kLstmCell("lstm_cell", [](Sample& s) {
  TAPEGRAD_EXAMPLE(lstm_cell(tensor({{-2.0}}), {zeros({1, 1}), zeros({1, 1})}, ones({4, 1}), ones({4, 1})));
  cells(s, Kind::Lstm, [](const Tensors& x, bool) {
    const auto [h, c] = lstm_cell(x[0], {x[1], x[2]}, x[3], x[4], x[5], x[6]);
    return stack({h, c}, 0);
  });
  s.throws<ShapeError>("expects two hidden states", [] {
    lstm_cell(zeros({2, 3}), {zeros({2, 2})}, zeros({8, 3}), zeros({8, 2}));
  });
  s.throws<ShapeError>("Input batch size 2 doesn't match hidden batch size [3, 2]", [] {
    lstm_cell(zeros({2, 3}), {zeros({3, 2}), zeros({3, 2})}, zeros({8, 3}), zeros({8, 2}));
  });
});
const Register kGruCell("gru_cell", [](Sample& s) {
  TAPEGRAD_EXAMPLE(gru_cell(ones({1, 1}), zeros({1, 1}), ones({3, 1}), ones({3, 1})));
  cells(s, Kind::Gru, [](const Tensors& x, bool) { return gru_cell(x[0], x[1], x[2], x[3], x[4], x[5]); });
  s.throws<ShapeError>("Expected input to be 1-D or 2-D but received 3-D", [] {
    gru_cell(zeros({2, 3, 1}), zeros({2, 2}), zeros({6, 3}), zeros({6, 2}));
  });
});
const Register kTanhCell("rnn_tanh_cell", [](Sample& s) {
  TAPEGRAD_EXAMPLE(rnn_tanh_cell(tensor({{1.0}}), tensor({{2.0}}), tensor({{-1.5}}), tensor({{1.0}})));
  cells(s, Kind::Tanh, [](const Tensors& x, bool) { return rnn_tanh_cell(x[0], x[1], x[2], x[3], x[4], x[5]); });
  s.throws<ShapeError>("doesn't match hidden batch size", [] {
    rnn_tanh_cell(zeros({2, 3}), zeros({3, 2}), zeros({2, 3}), zeros({2, 2}));
  });
});
const Register kReluCell("rnn_relu_cell", [](Sample& s) {
  TAPEGRAD_EXAMPLE(rnn_relu_cell(tensor({{1.0}}), tensor({{2.0}}), tensor({{3.0}}), tensor({{4.0}})));
  cells(s, Kind::Relu, [](const Tensors& x, bool) { return rnn_relu_cell(x[0], x[1], x[2], x[3], x[4], x[5]); });
  s.throws<ShapeError>("doesn't match hidden batch size", [] {
    rnn_relu_cell(zeros({2, 3}), zeros({3, 2}), zeros({2, 3}), zeros({2, 2}));
  });
});

}  // namespace
}  // namespace tapegrad::test
