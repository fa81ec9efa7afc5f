// Recurrent layers, RNN, LSTM and GRU, and their cells of one step.
//
//   nn::LSTM lstm(nn::LSTMOptions(8, 16).num_layers(2).batch_first(true));
//   auto [y, state] = lstm->forward(x);  // x [n, steps, 8], y [n, steps, 16], state {h, c}
#pragma once

#include <optional>
#include <tuple>

#include <tapegrad/nn/init.h>
#include <tapegrad/nn/layer.h>
#include <tapegrad/nn/utils/rnn.h>

namespace tapegrad::nn {

struct RNNFields {
  std::int64_t input_size = -1;   ///< must be given
  std::int64_t hidden_size = -1;  ///< must be given
  std::int64_t num_layers = 1;
  bool bias = true;
  bool batch_first = false;  ///< x and y are [n, steps, ..]
  double dropout = 0;        ///< between layers, while training
  bool bidirectional = false;
  init::Nonlinearity nonlinearity = init::Nonlinearity::Tanh;  ///< or kReLU; of an RNN alone
  std::int64_t proj_size = 0;  ///< of an LSTM alone: the size of h, which is a projection then; 0: that of c
};
/// LSTMOptions(input_size, hidden_size).num_layers(2), of each kind.
struct RNNOptions : OptionsOf<RNNFields> {
  using OptionsOf::OptionsOf;
  RNNOptions(std::int64_t input_size, std::int64_t hidden_size) : OptionsOf({input_size, hidden_size}) {}
  TAPEGRAD_SETTERS(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, nonlinearity,
                   proj_size)
};
using LSTMOptions = RNNOptions;
using GRUOptions = RNNOptions;

struct RNNCellFields {
  std::int64_t input_size = -1;   ///< must be given
  std::int64_t hidden_size = -1;  ///< must be given
  bool bias = true;
  init::Nonlinearity nonlinearity = init::Nonlinearity::Tanh;  ///< or kReLU; of an RNNCell alone
};
struct RNNCellOptions : OptionsOf<RNNCellFields> {
  using OptionsOf::OptionsOf;
  RNNCellOptions(std::int64_t input_size, std::int64_t hidden_size) : OptionsOf({input_size, hidden_size}) {}
  TAPEGRAD_SETTERS(input_size, hidden_size, bias, nonlinearity)
};
using LSTMCellOptions = RNNCellOptions;
using GRUCellOptions = RNNCellOptions;

namespace detail {

/// What the layers share: weight_ih_l0 [gates h, in], weight_hh_l0 [gates h, h], bias_ih_l0, bias_hh_l0 and so on for
/// each layer and direction (_reverse), all drawn from U(-1 / sqrt(h), 1 / sqrt(h)) in this order. Of an LSTM with a
/// proj_size p, weight_hh_l0 is [4 h, p] and weight_hr_l0 [p, h] follows. ValueError for sizes that are not positive,
/// and for a proj_size that is not below h.
template <class Derived, std::int64_t kGates>
struct TAPEGRAD_EXPORT RNNLayer : Layer<Derived, RNNOptions> {
  RNNLayer(std::int64_t input_size, std::int64_t hidden_size) : RNNLayer(RNNOptions(input_size, hidden_size)) {}
  explicit RNNLayer(const RNNOptions& rnn_options);
  /// Draws the initial values again.
  void reset_parameters();
  /// Does nothing: there is one place for each weight anyway.
  void flatten_parameters() const noexcept {}
  std::vector<Tensor> all_weights() const { return this->parameters(false); }
  std::string arguments() const override;

 protected:
  // The size of h.
  std::int64_t state_size() const {
    return this->options.proj_size() > 0 ? this->options.proj_size() : this->options.hidden_size();
  }
  // Zeros of that many states where none are given; in the order of packed rows.
  Tensor initial(const Tensor& state, const Tensor& x, std::int64_t n, std::int64_t size) const;
};
template <class Derived, std::int64_t kGates>
struct TAPEGRAD_EXPORT RNNCellLayer : Layer<Derived, RNNCellOptions> {
  RNNCellLayer(std::int64_t input_size, std::int64_t hidden_size)
      : RNNCellLayer(RNNCellOptions(input_size, hidden_size)) {}
  explicit RNNCellLayer(const RNNCellOptions& rnn_options);
  void reset_parameters();
  std::string arguments() const override;

  Parameter weight_ih, weight_hh;
  Parameter bias_ih, bias_hh;  ///< undefined without bias

 protected:
  Tensor initial(const Tensor& state, const Tensor& x) const;
};

/// Of those whose state is one tensor.
template <class Derived, std::int64_t kGates>
struct TAPEGRAD_EXPORT OneState : RNNLayer<Derived, kGates> {
  using RNNLayer<Derived, kGates>::RNNLayer;
  /// y, the last layer's states at each step, and h after the last one; hx [layers directions, n, h] before the first.
  std::tuple<Tensor, Tensor> forward(const Tensor& x, Tensor hx = {});
  std::tuple<utils::rnn::PackedSequence, Tensor> forward_with_packed_input(const utils::rnn::PackedSequence& x,
                                                                           Tensor hx = {});
};

}  // namespace detail

/// h' = tanh(..) or relu(..), as tapegrad::rnn_tanh says.
struct TAPEGRAD_EXPORT RNNImpl : detail::OneState<RNNImpl, 1> {
  using OneState::OneState;
};
TAPEGRAD_MODULE(RNN);
/// As tapegrad::gru says.
struct TAPEGRAD_EXPORT GRUImpl : detail::OneState<GRUImpl, 3> {
  using OneState::OneState;
};
TAPEGRAD_MODULE(GRU);
/// As tapegrad::lstm says; with projections (Source: H. Sak and others, 2014, "Long short-term memory based recurrent
/// neural network architectures for large vocabulary speech recognition") h is weight_hr sigmoid(o) tanh(c).
struct TAPEGRAD_EXPORT LSTMImpl : detail::RNNLayer<LSTMImpl, 4> {
  using RNNLayer::RNNLayer;
  using State = std::tuple<Tensor, Tensor>;  ///< h and c
  /// y, the last layer's h at each step, and {h, c} after the last one.
  std::tuple<Tensor, State> forward(const Tensor& x, const std::optional<State>& hx = std::nullopt);
  std::tuple<utils::rnn::PackedSequence, State> forward_with_packed_input(
      const utils::rnn::PackedSequence& x, const std::optional<State>& hx = std::nullopt);
};
TAPEGRAD_MODULE(LSTM);

/// One step each: x [n, in], states [n, h].
struct TAPEGRAD_EXPORT RNNCellImpl : detail::RNNCellLayer<RNNCellImpl, 1> {
  using RNNCellLayer::RNNCellLayer;
  Tensor forward(const Tensor& x, const Tensor& hx = {});
};
TAPEGRAD_MODULE(RNNCell);
struct TAPEGRAD_EXPORT GRUCellImpl : detail::RNNCellLayer<GRUCellImpl, 3> {
  using RNNCellLayer::RNNCellLayer;
  Tensor forward(const Tensor& x, const Tensor& hx = {});
};
TAPEGRAD_MODULE(GRUCell);
struct TAPEGRAD_EXPORT LSTMCellImpl : detail::RNNCellLayer<LSTMCellImpl, 4> {
  using RNNCellLayer::RNNCellLayer;
  std::tuple<Tensor, Tensor> forward(const Tensor& x,
                                     const std::optional<std::tuple<Tensor, Tensor>>& hx = std::nullopt);
};
TAPEGRAD_MODULE(LSTMCell);

}  // namespace tapegrad::nn
