// lstm, gru, rnn: a layer in one direction is one op over all steps, which keeps what its gradient reads in its output;
// cells are layers of one step. Gradients that are recorded, for second derivatives, come from the same layer as public
// operations, step by step.
#include <tapegrad/autograd/grad.h>

#include "autograd/ops/rnn_steps.h"

namespace tapegrad {

using namespace ops;

namespace {
struct RnnAttrs {
  Cell cell;
  std::int64_t backwards;
};
// The inputs of the op: x's part of the gates [total, gates h]; w [gates h, h]; w transposed, a copy; h0 [n, h]; c0 of
// an lstm, b_hh of a gru, else the sizes again; the rows of each step (int64), none where all have n.
enum In : int { kX, kW, kTransposed, kH0, kOther, kSizes, kInputs };
}  // namespace

static kernels::RnnShape rnn_of(const Call& c, const TensorImpl* w, const TensorImpl* h0, const TensorImpl* sizes,
                                std::int64_t total) noexcept {
  const auto a = c.attrs.as<RnnAttrs>();
  kernels::RnnShape s;
  s.cell = a.cell;
  s.backwards = a.backwards;
  s.batch = h0->sizes()[0];
  s.hidden = w->sizes()[1];
  s.total = total;
  const bool packed = sizes->numel > 0;
  s.rows = packed ? sizes->ptr<std::int64_t>() : nullptr;
  s.steps = packed ? sizes->numel : s.batch == 0 ? 0 : total / s.batch;
  return s;
}
static kernels::RnnShape forward_of(const Call& c) noexcept {
  return rnn_of(c, c.in[kW], c.in[kH0], c.in[kSizes], c.in[kX]->sizes()[0]);
}

// --- what is kept of a layer, as one row of numbers (kernels/rnn.h)
static void rnn_shape(Call& c) {
  c.dtype = c.in[kX]->dtype;
  set_sizes(c, {forward_of(c).kept()});
}
static void run_rnn(const Call& c) noexcept {
  const kernels::RnnShape s = forward_of(c);
  kernels::rnn(c.dtype, s, c.in[kX]->data, c.in[kTransposed]->data, s.cell == Cell::Gru ? c.in[kOther]->data : nullptr,
               c.in[kH0]->data, c.in[kOther]->data, c.out->data);
}

// --- its gradients, as one row of numbers. Inputs: g, what was kept, x, w, h0, c0 or other, sizes
static void rnn_grad_shape(Call& c) {
  c.dtype = c.in[0]->dtype;
  set_sizes(c, {rnn_of(c, c.in[3], c.in[4], c.in[6], c.in[2]->sizes()[0]).gradients()});
}
static void run_rnn_grad(const Call& c) noexcept {
  kernels::rnn_grad(c.dtype, rnn_of(c, c.in[3], c.in[4], c.in[6], c.in[2]->sizes()[0]), c.in[0]->data, c.in[1]->data,
                    c.in[3]->data, c.in[4]->data, c.in[5]->data, c.out->data);
}
constexpr Op kRnnGrad{.name = "rnn_backward", .flags = kNoGrad, .shape = rnn_grad_shape, .kernel = run_rnn_grad};

static void recorded_rnn_vjp(Grads& r, const Layer& l) {
  const auto [h, c] = step_by_step(l);
  const Tensor all[kInputs] = {l.x, l.w, {}, l.h0, l.other, {}};
  std::vector<Tensor> wanted, outputs = {h}, grads = {l.plane(r.g(), 1)};
  std::vector<int> places;
  for (const int k : {kX, kW, kH0, kOther}) {
    if (!r.needs(k)) continue;
    wanted.push_back(all[k]);
    places.push_back(k);
  }
  if (c.defined()) {
    outputs.push_back(c);
    grads.push_back(l.plane(r.g(), 2));
  }
  const auto found = autograd::grad(outputs, wanted, grads, true, true, true);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (found[i].defined()) r.set(places[i], found[i]);
  }
}

static void rnn_vjp(Grads& r) {
  const auto a = r.attrs().as<RnnAttrs>();
  const Layer l{a.cell, a.backwards != 0, r.in(kX), r.in(kW), r.in(kH0), r.in(kOther), r.in(kSizes)};
  if (is_grad_enabled() && l.total() > 0) return recorded_rnn_vjp(r, l);
  const Tensor kept = r.out();
  const Tensor* in[] = {&r.g(), &kept, &l.x, &l.w, &l.h0, &l.other, &l.sizes};
  const Tensor d = apply(kRnnGrad, in, 7, r.attrs());
  const std::int64_t width = l.x.size(1), gates = l.total() * width, states = l.batch() * l.hidden();
  const Tensor of_x = d.narrow(0, 0, gates).view({l.total(), width});
  const std::int64_t h_at = l.cell == Cell::Gru ? gates : 0;
  const Tensor of_h = d.narrow(0, h_at, gates).view({l.total(), width});
  if (r.needs(kX)) r.set(kX, of_x);
  if (r.needs(kW)) {
    const Tensor before = cat({l.h0, l.plane(kept, 1)}, 0).index_select(0, l.before());
    r.set(kW, of_h.t().mm(before));
  }
  if (r.needs(kH0)) r.set(kH0, d.narrow(0, h_at + gates, states).view(l.h0.sizes()));
  if (!r.needs(kOther)) return;
  if (l.cell == Cell::Lstm) r.set(kOther, d.narrow(0, h_at + gates + states, states).view(l.h0.sizes()));
  if (l.cell == Cell::Gru) r.set(kOther, of_h.sum(0));
}

static constexpr std::uint16_t kAllOfRnn =
    reads_input(kX) | reads_input(kW) | reads_input(kH0) | reads_input(kOther) | reads_input(kSizes) | kReadsOut;
constexpr Op kRnn{.name = "rnn",
                  .grad_name = "RnnBackward0",
                  .reads = {kAllOfRnn, kAllOfRnn, 0, kAllOfRnn, kAllOfRnn},
                  .shape = rnn_shape,
                  .kernel = run_rnn,
                  .vjp = rnn_vjp};

// --- layers

namespace {
struct States {
  Tensor all, h, c;  // at all rows, and after the last step of each sequence
};
}  // namespace

// x [rows, in]; the parameters of one layer and direction: w_ih, w_hh, b_ih, b_hh, the last two or undefined; then w_hr
// of an lstm with projections.
static States direction(Cell cell, bool backwards, const Tensor& x, const Tensor& sizes, const Tensor* params,
                        bool has_biases, bool has_projections, const Tensor& h0, const Tensor& c0) {
  const bool gru = cell == Cell::Gru;
  const Tensor &w = params[1], b_ih = has_biases ? params[2] : Tensor(), b_hh = has_biases ? params[3] : Tensor();
  const Tensor w_hr = has_projections ? params[has_biases ? 4 : 2] : Tensor();
  Layer l{cell, backwards, linear(x, params[0], b_ih.defined() && b_hh.defined() && !gru ? b_ih.add(b_hh) : b_ih),
          w,    h0,        sizes,
          sizes};
  if (cell == Cell::Lstm) l.other = c0;
  if (gru) l.other = b_hh.defined() ? b_hh : zeros(w.size(0), w.options().requires_grad(false));
  if (has_projections) {
    // h = w_hr m, with m = sigmoid(o) tanh(c). So this is a layer whose states are m and whose weight is w_hh w_hr, but
    // that begins with h0, which is no projection: what it adds to the gates is added to x's part of the first step,
    // where a layer in the other direction ends.
    l.h0 = zeros_like(c0).requires_grad_(false);
    l.backwards = !backwards;
    l.x = l.x.index_add(0, l.last(), h0.mm(w.t()));
    l.backwards = backwards;
    l.w = w.mm(w_hr);
  }
  Tensor transposed;
  {
    const NoGradGuard no_grad;
    transposed = l.w.t().contiguous();
  }
  const Tensor* in[kInputs] = {&l.x, &l.w, &transposed, &l.h0, &l.other, &l.sizes};
  const Tensor kept = apply(kRnn, in, kInputs, pack(RnnAttrs{cell, backwards}));
  const auto last = [&](const Tensor& rows, const Tensor& first) {
    if (l.steps() == 0) return first;
    return l.packed() ? rows.index_select(0, l.last())
                      : rows.narrow(0, backwards ? 0 : l.total() - l.batch(), l.batch());
  };
  const Tensor m = l.plane(kept, 1);
  States out{has_projections ? m.mm(w_hr.t()) : m, {}, {}};
  out.h = last(out.all, h0);
  if (cell == Cell::Lstm) out.c = last(l.plane(kept, 2), c0);
  return out;
}

// hidden: of the gates; states: of h, which is less with projections.
static void check_params(const char* op, Cell cell, std::int64_t in, std::int64_t hidden, std::int64_t states,
                         const Tensor* p, bool has_biases, bool has_projections) {
  const std::int64_t gates = cell == Cell::Lstm ? 4 : cell == Cell::Gru ? 3 : 1;
  bool fits = p[0].sizes() == IntList({gates * hidden, in}) && p[1].sizes() == IntList({gates * hidden, states});
  for (int k = 2; k < 4 && has_biases; ++k) fits = fits && (!p[k].defined() || p[k].sizes() == IntList(gates * hidden));
  if (!fits)
    throw_shape(op, "input.size(-1) must be equal to input_size. Expected parameters for ", in, " inputs and ", states,
                " states, got weights of sizes ", p[0].sizes(), " and ", p[1].sizes(), "; make the layer for them");
  const Tensor* w_hr = p + (has_biases ? 4 : 2);
  if (has_projections && w_hr->sizes() != IntList({states, hidden}))
    throw_shape(op, "expected a projection of sizes [", states, ", ", hidden, "], got ", w_hr->sizes(),
                "; give one from c's size to h's");
}

// x [rows, in], h0 and c0 [layers directions, n, h].
static States layers(const char* op, Cell cell, Tensor x, const Tensor& sizes, const Tensor& h0, const Tensor& c0,
                     const std::vector<Tensor>& params, bool has_biases, std::int64_t num_layers, double dropout,
                     bool train, bool bidirectional) {
  const std::int64_t directions = bidirectional ? 2 : 1, count = num_layers * directions;
  std::int64_t each = has_biases ? 4 : 2;
  const bool has_projections = cell == Cell::Lstm && static_cast<std::int64_t>(params.size()) == count * (each + 1);
  if (has_projections) ++each;
  if (num_layers < 1 || static_cast<std::int64_t>(params.size()) != count * each)
    throw_shape(op, "expected ", count * each, " parameters for ", num_layers, " layers, but got ", params.size(),
                "; give those of each layer and direction");
  if (!(dropout >= 0 && dropout <= 1))
    throw_value(op, "dropout should be a number in range [0, 1], but got ", dropout, "; give a probability");
  const std::int64_t states = h0.dim() == 3 ? h0.size(2) : -1;
  if (h0.dim() != 3 || h0.size(0) != num_layers * directions)
    throw_shape(op, "Expected hidden size (", num_layers * directions, ", n, h), got ", h0.sizes(),
                "; give a state for each layer and direction");
  if (c0.defined() && c0.sizes() != h0.sizes() &&
      !(has_projections && c0.dim() == 3 && c0.size(0) == h0.size(0) && c0.size(1) == h0.size(1)))
    throw_shape(op, "Expected hidden[1] size ", h0.sizes(), ", got ", c0.sizes(), "; give h and c alike");
  for (const Tensor* t : {static_cast<const Tensor*>(&x), &h0, &c0}) {
    if (t->defined() && (t->dtype() != params[0].dtype() || !is_floating_point(t->dtype())))
      throw_dtype(op, "expected scalar type ", params[0].dtype(), " but found ", t->dtype(), "; convert with to()");
  }
  std::vector<Tensor> h, c;
  for (std::int64_t layer = 0; layer < num_layers; ++layer) {
    std::vector<Tensor> sides;
    for (std::int64_t side = 0; side < directions; ++side) {
      const std::int64_t k = layer * directions + side;
      const Tensor* p = params.data() + k * each;
      check_params(op, cell, x.size(1), c0.defined() ? c0.size(2) : states, states, p, has_biases, has_projections);
      const States s = direction(cell, side == 1, x, sizes, p, has_biases, has_projections, h0.select(0, k),
                                 c0.defined() ? c0.select(0, k) : Tensor());
      sides.push_back(s.all);
      h.push_back(s.h);
      if (s.c.defined()) c.push_back(s.c);
    }
    x = bidirectional ? cat(sides, 1) : sides[0];
    if (train && dropout > 0 && layer + 1 < num_layers)
      x = x.mul(empty_like(x).bernoulli_(1 - dropout).div_(dropout < 1 ? 1 - dropout : 1));
  }
  return {x, stack(h, 0), c.empty() ? Tensor() : stack(c, 0)};
}

// x [steps, n, in], [n, steps, in] with batch_first or [steps, in], with states alike.
static States batched(const char* op, Cell cell, const Tensor& input, const Tensor& h0, const Tensor& c0,
                      const std::vector<Tensor>& params, bool has_biases, std::int64_t num_layers, double dropout,
                      bool train, bool bidirectional, bool batch_first) try {
  if (input.dim() != 2 && input.dim() != 3)
    throw_shape(op, "input must have 2 or 3 dimensions, got ", input.dim(), "; view() it as [steps, n, in]");
  const bool single = input.dim() == 2;
  const Tensor x = single ? input.unsqueeze(1) : batch_first ? input.transpose(0, 1) : input;
  const auto with_batch = [&](const Tensor& t) { return single && t.defined() ? t.unsqueeze(1) : t; };
  const Tensor h = with_batch(h0);
  if (h.dim() == 3 && h.size(1) != x.size(1))
    throw_shape(op, "Expected hidden[0] size (", num_layers * (bidirectional ? 2 : 1), ", ", x.size(1), ", ", h.size(2),
                "), got ", h0.sizes(), "; give a state for each row of the batch");
  const Tensor no_sizes = empty({0}, kLong);
  States s = layers(op, cell, x.reshape({-1, x.size(2)}), no_sizes, h, with_batch(c0), params, has_biases, num_layers,
                    dropout, train, bidirectional);
  s.all = s.all.reshape({x.size(0), x.size(1), s.all.size(1)});
  if (single) return {s.all.squeeze(1), s.h.squeeze(1), s.c.defined() ? s.c.squeeze(1) : s.c};
  if (batch_first) s.all = s.all.transpose(0, 1);
  return s;
} catch (const Error&) {
  throw_as(op);
}
static States packed(const char* op, Cell cell, const Tensor& data, const Tensor& batch_sizes, const Tensor& h0,
                     const Tensor& c0, const std::vector<Tensor>& params, bool has_biases, std::int64_t num_layers,
                     double dropout, bool train, bool bidirectional) try {
  if (data.dim() != 2)
    throw_shape(op, "input must have 2 dimensions, got ", data.dim(), "; give the rows of all steps");
  if (batch_sizes.dim() != 1 || batch_sizes.dtype() != kLong || batch_sizes.numel() == 0)
    throw_shape(op, "batch_sizes should be a 1D int64 tensor of one or more steps, but got sizes ", batch_sizes.sizes(),
                " of ", batch_sizes.dtype(), "; use pack_padded_sequence");
  const Tensor sizes = batch_sizes.contiguous();
  const auto* rows = sizes.data_ptr<std::int64_t>();
  std::int64_t total = 0;
  for (std::int64_t t = 0; t < sizes.numel(); ++t) {
    if (rows[t] < 1 || rows[t] > data.size(0) || (t > 0 && rows[t] > rows[t - 1]))
      throw_value(op, "batch_sizes should be positive and in decreasing order, but got ", rows[t], " at step ", t,
                  "; sort the sequences by their length");
    total += rows[t];
  }
  if (total != data.size(0))
    throw_shape(op, "batch_sizes sum to ", total, ", but data has ", data.size(0), " rows; use pack_padded_sequence");
  if (h0.dim() != 3 || h0.size(1) != rows[0])
    throw_shape(op, "Expected hidden[0] of ", rows[0], " sequences, got ", h0.sizes(), "; give a state for each");
  return layers(op, cell, data, sizes, h0, c0, params, has_biases, num_layers, dropout, train, bidirectional);
} catch (const Error&) {
  throw_as(op);
}

static void check_pair(const char* op, const std::vector<Tensor>& hx) {
  if (hx.size() != 2) throw_shape(op, "expects two hidden states, but got ", hx.size(), "; give {h, c}");
}
std::tuple<Tensor, Tensor, Tensor> lstm(const Tensor& x, const std::vector<Tensor>& hx,
                                        const std::vector<Tensor>& params, bool has_biases, std::int64_t num_layers,
                                        double dropout, bool train, bool bidirectional, bool batch_first) {
  check_pair("lstm", hx);
  const States s = batched("lstm", Cell::Lstm, x, hx[0], hx[1], params, has_biases, num_layers, dropout, train,
                           bidirectional, batch_first);
  return {s.all, s.h, s.c};
}
std::tuple<Tensor, Tensor, Tensor> lstm(const Tensor& data, const Tensor& batch_sizes, const std::vector<Tensor>& hx,
                                        const std::vector<Tensor>& params, bool has_biases, std::int64_t num_layers,
                                        double dropout, bool train, bool bidirectional) {
  check_pair("lstm", hx);
  const States s = packed("lstm", Cell::Lstm, data, batch_sizes, hx[0], hx[1], params, has_biases, num_layers, dropout,
                          train, bidirectional);
  return {s.all, s.h, s.c};
}

#define TAPEGRAD_RNN(fn, kind)                                                                                         \
  std::tuple<Tensor, Tensor> fn(const Tensor& x, const Tensor& hx, const std::vector<Tensor>& params, bool has_biases, \
                                std::int64_t num_layers, double dropout, bool train, bool bidirectional,               \
                                bool batch_first) {                                                                    \
    const States s =                                                                                                   \
        batched(#fn, kind, x, hx, {}, params, has_biases, num_layers, dropout, train, bidirectional, batch_first);     \
    return {s.all, s.h};                                                                                               \
  }                                                                                                                    \
  std::tuple<Tensor, Tensor> fn(const Tensor& data, const Tensor& batch_sizes, const Tensor& hx,                       \
                                const std::vector<Tensor>& params, bool has_biases, std::int64_t num_layers,           \
                                double dropout, bool train, bool bidirectional) {                                      \
    const States s =                                                                                                   \
        packed(#fn, kind, data, batch_sizes, hx, {}, params, has_biases, num_layers, dropout, train, bidirectional);   \
    return {s.all, s.h};                                                                                               \
  }                                                                                                                    \
  static_assert(true)
TAPEGRAD_RNN(gru, Cell::Gru);
TAPEGRAD_RNN(rnn_tanh, Cell::Tanh);
TAPEGRAD_RNN(rnn_relu, Cell::Relu);

// --- cells: layers of one step
static States cell(const char* op, Cell kind, const Tensor& x, const Tensor& h, const Tensor& c, const Tensor& w_ih,
                   const Tensor& w_hh, const Tensor& b_ih, const Tensor& b_hh) try {
  if (x.dim() != 1 && x.dim() != 2)
    throw_shape(op, "Expected input to be 1-D or 2-D but received ", x.dim(), "-D tensor; view() it as [n, in]");
  const bool single = x.dim() == 1;
  const auto with_batch = [&](const Tensor& t) { return single && t.defined() ? t.unsqueeze(0) : t; };
  const Tensor rows = with_batch(x), h0 = with_batch(h), c0 = with_batch(c);
  if (h0.dim() != 2 || h0.size(0) != rows.size(0))
    throw_shape(op, "Input batch size ", rows.size(0), " doesn't match hidden batch size ", h.sizes(),
                "; give a state for each row");
  const Tensor no_sizes = empty({0}, kLong);
  const std::vector<Tensor> params = {w_ih, w_hh, b_ih, b_hh};
  const States s = layers(op, kind, rows, no_sizes, h0.unsqueeze(0), c0.defined() ? c0.unsqueeze(0) : c0, params, true,
                          1, 0, false, false);
  const Tensor next = s.c.defined() ? s.c.squeeze(0) : s.c;
  return {single ? s.all.squeeze(0) : s.all, {}, single && next.defined() ? next.squeeze(0) : next};
} catch (const Error&) {
  throw_as(op);
}
std::tuple<Tensor, Tensor> lstm_cell(const Tensor& x, const std::vector<Tensor>& hx, const Tensor& w_ih,
                                     const Tensor& w_hh, const Tensor& b_ih, const Tensor& b_hh) {
  check_pair("lstm_cell", hx);
  const States s = cell("lstm_cell", Cell::Lstm, x, hx[0], hx[1], w_ih, w_hh, b_ih, b_hh);
  return {s.all, s.c};
}
#define TAPEGRAD_CELL(fn, kind)                                                                            \
  Tensor fn(const Tensor& x, const Tensor& hx, const Tensor& w_ih, const Tensor& w_hh, const Tensor& b_ih, \
            const Tensor& b_hh) {                                                                          \
    return cell(#fn, kind, x, hx, {}, w_ih, w_hh, b_ih, b_hh).all;                                         \
  }
TAPEGRAD_CELL(gru_cell, Cell::Gru)
TAPEGRAD_CELL(rnn_tanh_cell, Cell::Tanh)
TAPEGRAD_CELL(rnn_relu_cell, Cell::Relu)

}  // namespace tapegrad
