#include <tapegrad/nn/layers/rnn.h>

#include <cmath>

#include "autograd/core/text.h"

namespace tapegrad::nn {

using utils::rnn::PackedSequence;

static void check_sizes(const char* layer, std::int64_t in, std::int64_t hidden) {
  if (in < 1 || hidden < 1)
    core::throw_value(layer, "input_size and hidden_size must be greater than zero, but got ", in, " and ", hidden,
                      "; give both");
}
static void draw(const std::vector<Tensor>& parameters, std::int64_t hidden) {
  const double bound = 1 / std::sqrt(static_cast<double>(hidden));
  for (const Tensor& p : parameters) init::uniform_(p, -bound, bound);
}
static Tensor reordered(const Tensor& state, const Tensor& order) {
  return order.defined() ? state.index_select(1, order) : state;
}

namespace detail {

template <class Derived, std::int64_t kGates>
RNNLayer<Derived, kGates>::RNNLayer(const RNNOptions& rnn_options) : Layer<Derived, RNNOptions>(rnn_options) {
  const RNNOptions& o = this->options;
  const std::int64_t h = o.hidden_size(), directions = o.bidirectional() ? 2 : 1;
  check_sizes("RNN", o.input_size(), h);
  if (o.num_layers() < 1)
    core::throw_value("RNN", "num_layers must be greater than zero, but got ", o.num_layers(), "; give 1 or more");
  if (!(o.dropout() >= 0 && o.dropout() <= 1))
    core::throw_value("RNN", "dropout should be a number in range [0, 1] representing the probability of an element ",
                      "being zeroed, but got ", o.dropout(), "; give a probability");
  if (kGates != 4 && o.proj_size() != 0)
    core::throw_value("RNN", "proj_size argument is only supported for LSTM, not RNN or GRU; leave it out");
  if (o.proj_size() < 0 || o.proj_size() >= h)
    core::throw_value("RNN", "proj_size has to be a positive integer, smaller than hidden_size or zero to disable ",
                      "projections, but got ", o.proj_size(), "; give less than ", h);
  for (std::int64_t layer = 0; layer < o.num_layers(); ++layer) {
    for (std::int64_t side = 0; side < directions; ++side) {
      const std::string end = "_l" + std::to_string(layer) + (side == 1 ? "_reverse" : "");
      const std::int64_t in = layer == 0 ? o.input_size() : state_size() * directions;
      const auto add = [&](const char* name, IntList sizes) {
        this->register_memberless_parameter(name + end, tapegrad::empty(sizes));
      };
      add("weight_ih", {kGates * h, in});
      add("weight_hh", {kGates * h, state_size()});
      if (o.bias()) add("bias_ih", {kGates * h});
      if (o.bias()) add("bias_hh", {kGates * h});
      if (o.proj_size() > 0) add("weight_hr", {o.proj_size(), h});
    }
  }
  reset_parameters();
}
template <class Derived, std::int64_t kGates>
void RNNLayer<Derived, kGates>::reset_parameters() {
  draw(all_weights(), this->options.hidden_size());
}
template <class Derived, std::int64_t kGates>
std::string RNNLayer<Derived, kGates>::arguments() const {
  const RNNOptions& o = this->options;
  std::string list;
  add_argument(list, "input_size", o.input_size());
  add_argument(list, "hidden_size", o.hidden_size());
  add_argument(list, "num_layers", o.num_layers());
  add_argument(list, "bias", o.bias());
  add_argument(list, "batch_first", o.batch_first());
  add_argument(list, "dropout", o.dropout());
  add_argument(list, "bidirectional", o.bidirectional());
  if (o.proj_size() > 0) add_argument(list, "proj_size", o.proj_size());
  return list;
}
template <class Derived, std::int64_t kGates>
Tensor RNNLayer<Derived, kGates>::initial(const Tensor& state, const Tensor& x, std::int64_t n,
                                          std::int64_t size) const {
  if (state.defined()) return state;
  const RNNOptions& o = this->options;
  const std::int64_t layers = o.num_layers() * (o.bidirectional() ? 2 : 1);
  const TensorOptions like = x.options().requires_grad(false);
  return n < 0 ? tapegrad::zeros({layers, size}, like) : tapegrad::zeros({layers, n, size}, like);
}
// The sequences of a batch; -1 of one alone.
static std::int64_t batch_of(const Tensor& x, bool batch_first) {
  return x.dim() == 3 ? x.size(batch_first ? 0 : 1) : -1;
}

// gru, rnn_relu or rnn_tanh, of a batch or of packed rows.
template <std::int64_t kGates, class... Args>
static std::tuple<Tensor, Tensor> run(const RNNOptions& o, const Args&... args) {
  if constexpr (kGates == 3) return tapegrad::gru(args...);
  return o.nonlinearity() == init::Nonlinearity::ReLU ? rnn_relu(args...) : rnn_tanh(args...);
}
template <class Derived, std::int64_t kGates>
std::tuple<Tensor, Tensor> OneState<Derived, kGates>::forward(const Tensor& x, Tensor hx) {
  const RNNOptions& o = this->options;
  return run<kGates>(o, x, this->initial(hx, x, batch_of(x, o.batch_first()), o.hidden_size()), this->all_weights(),
                     o.bias(), o.num_layers(), o.dropout(), this->is_training(), o.bidirectional(), o.batch_first());
}
template <class Derived, std::int64_t kGates>
std::tuple<PackedSequence, Tensor> OneState<Derived, kGates>::forward_with_packed_input(const PackedSequence& x,
                                                                                        Tensor hx) {
  const RNNOptions& o = this->options;
  const std::int64_t n = x.batch_sizes()[0].template item<std::int64_t>();
  const Tensor h0 = hx.defined() ? reordered(hx, x.sorted_indices()) : this->initial(hx, x.data(), n, o.hidden_size());
  const auto [y, h] = run<kGates>(o, x.data(), x.batch_sizes(), h0, this->all_weights(), o.bias(), o.num_layers(),
                                  o.dropout(), this->is_training(), o.bidirectional());
  return {PackedSequence(y, x.batch_sizes(), x.sorted_indices(), x.unsorted_indices()),
          reordered(h, x.unsorted_indices())};
}

template <class Derived, std::int64_t kGates>
RNNCellLayer<Derived, kGates>::RNNCellLayer(const RNNCellOptions& rnn_options)
    : Layer<Derived, RNNCellOptions>(rnn_options) {
  const RNNCellOptions& o = this->options;
  const std::int64_t h = o.hidden_size();
  check_sizes("RNNCell", o.input_size(), h);
  weight_ih = this->register_parameter("weight_ih", tapegrad::empty({kGates * h, o.input_size()}));
  weight_hh = this->register_parameter("weight_hh", tapegrad::empty({kGates * h, h}));
  const auto make = [&] { return o.bias() ? tapegrad::empty({kGates * h}) : Tensor(); };
  bias_ih = this->register_parameter("bias_ih", make(), o.bias());
  bias_hh = this->register_parameter("bias_hh", make(), o.bias());
  reset_parameters();
}
template <class Derived, std::int64_t kGates>
void RNNCellLayer<Derived, kGates>::reset_parameters() {
  draw(this->parameters(false), this->options.hidden_size());
}
template <class Derived, std::int64_t kGates>
std::string RNNCellLayer<Derived, kGates>::arguments() const {
  const RNNCellOptions& o = this->options;
  std::string list = std::to_string(o.input_size()) + ", " + std::to_string(o.hidden_size());
  if (!o.bias()) add_argument(list, "bias", false);
  if (kGates == 1 && o.nonlinearity() == init::Nonlinearity::ReLU)
    add_argument(list, "nonlinearity", std::string("kReLU"));
  return list;
}
template <class Derived, std::int64_t kGates>
Tensor RNNCellLayer<Derived, kGates>::initial(const Tensor& state, const Tensor& x) const {
  if (state.defined()) return state;
  const TensorOptions like = x.options().requires_grad(false);
  const std::int64_t h = this->options.hidden_size();
  return x.dim() == 1 ? tapegrad::zeros({h}, like) : tapegrad::zeros({x.size(0), h}, like);
}

template struct OneState<RNNImpl, 1>;
template struct OneState<GRUImpl, 3>;
template struct RNNLayer<RNNImpl, 1>;
template struct RNNLayer<GRUImpl, 3>;
template struct RNNLayer<LSTMImpl, 4>;
template struct RNNCellLayer<RNNCellImpl, 1>;
template struct RNNCellLayer<GRUCellImpl, 3>;
template struct RNNCellLayer<LSTMCellImpl, 4>;

}  // namespace detail

std::tuple<Tensor, LSTMImpl::State> LSTMImpl::forward(const Tensor& x, const std::optional<State>& hx) {
  const std::int64_t n = detail::batch_of(x, options.batch_first());
  const auto [h0, c0] = hx.value_or(State());
  const auto [y, h, c] = tapegrad::lstm(x, {initial(h0, x, n, state_size()), initial(c0, x, n, options.hidden_size())},
                                        all_weights(), options.bias(), options.num_layers(), options.dropout(),
                                        is_training(), options.bidirectional(), options.batch_first());
  return {y, {h, c}};
}
std::tuple<PackedSequence, LSTMImpl::State> LSTMImpl::forward_with_packed_input(const PackedSequence& x,
                                                                                const std::optional<State>& hx) {
  const std::int64_t n = x.batch_sizes()[0].item<std::int64_t>();
  const auto [h0, c0] = hx.value_or(State());
  const auto first = [&](const Tensor& t, std::int64_t size) {
    return t.defined() ? reordered(t, x.sorted_indices()) : initial(t, x.data(), n, size);
  };
  const auto [y, h, c] = tapegrad::lstm(
      x.data(), x.batch_sizes(), {first(h0, state_size()), first(c0, options.hidden_size())}, all_weights(),
      options.bias(), options.num_layers(), options.dropout(), is_training(), options.bidirectional());
  return {PackedSequence(y, x.batch_sizes(), x.sorted_indices(), x.unsorted_indices()),
          {reordered(h, x.unsorted_indices()), reordered(c, x.unsorted_indices())}};
}

Tensor RNNCellImpl::forward(const Tensor& x, const Tensor& hx) {
  const auto fn = options.nonlinearity() == init::Nonlinearity::ReLU ? rnn_relu_cell : rnn_tanh_cell;
  return fn(x, initial(hx, x), weight_ih, weight_hh, bias_ih, bias_hh);
}
Tensor GRUCellImpl::forward(const Tensor& x, const Tensor& hx) {
  return gru_cell(x, initial(hx, x), weight_ih, weight_hh, bias_ih, bias_hh);
}
std::tuple<Tensor, Tensor> LSTMCellImpl::forward(const Tensor& x, const std::optional<std::tuple<Tensor, Tensor>>& hx) {
  const auto [h, c] = hx.value_or(std::tuple<Tensor, Tensor>());
  return lstm_cell(x, {initial(h, x), initial(c, x)}, weight_ih, weight_hh, bias_ih, bias_hh);
}

}  // namespace tapegrad::nn
