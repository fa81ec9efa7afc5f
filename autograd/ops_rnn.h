// Recurrent layers and cells. x is [steps, n, in] (or [n, steps, in] with batch_first, or [steps, in]); parameters as
// PyTorch orders them: for each layer and direction w_ih [k h, in], w_hh [k h, h] and, where has_biases, b_ih, b_hh
// [k h]; k is 4 of an lstm (input, forget, cell, output), 3 of a gru (reset, update, new), else 1. A second direction
// reads the steps backwards, and the outputs of both stand side by side. dropout, while training, is between layers.
#pragma once

#include <tuple>
#include <vector>

#include <tapegrad/autograd/ops_create.h>

namespace tapegrad {

/// The states h of the last layer at each step, [steps, n, directions h], and h and c after the last one, [layers
/// directions, n, h]; hx is {h, c} before the first. A fifth parameter of each (a third without biases), w_hr [p, h],
/// makes h' a projection of so many numbers: it is w_hr sigmoid(o) tanh(c') then, and w_hh [4 h, p]. c' = sigmoid(f) c
/// + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c'). grad: through all steps.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor, Tensor> lstm(const Tensor& x, const std::vector<Tensor>& hx,
                                                        const std::vector<Tensor>& params, bool has_biases,
                                                        std::int64_t num_layers, double dropout, bool train,
                                                        bool bidirectional, bool batch_first);
/// The same of packed sequences: data [rows, in] has the rows of the first step, then those of the second ...,
/// batch_sizes (int64, descending) how many each step has.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor, Tensor> lstm(const Tensor& data, const Tensor& batch_sizes,
                                                        const std::vector<Tensor>& hx,
                                                        const std::vector<Tensor>& params, bool has_biases,
                                                        std::int64_t num_layers, double dropout, bool train,
                                                        bool bidirectional);

/// h' = (1 - z) n + z h with r and z the sigmoids of their gates and n = tanh(x_n + r h_n). grad: through all steps.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> gru(const Tensor& x, const Tensor& hx, const std::vector<Tensor>& params,
                                               bool has_biases, std::int64_t num_layers, double dropout, bool train,
                                               bool bidirectional, bool batch_first);
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> gru(const Tensor& data, const Tensor& batch_sizes, const Tensor& hx,
                                               const std::vector<Tensor>& params, bool has_biases,
                                               std::int64_t num_layers, double dropout, bool train, bool bidirectional);

/// h' = tanh(w_ih x + b_ih + w_hh h + b_hh). grad: through all steps.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> rnn_tanh(const Tensor& x, const Tensor& hx,
                                                    const std::vector<Tensor>& params, bool has_biases,
                                                    std::int64_t num_layers, double dropout, bool train,
                                                    bool bidirectional, bool batch_first);
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> rnn_tanh(const Tensor& data, const Tensor& batch_sizes, const Tensor& hx,
                                                    const std::vector<Tensor>& params, bool has_biases,
                                                    std::int64_t num_layers, double dropout, bool train,
                                                    bool bidirectional);

/// The same with relu. grad: through all steps.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> rnn_relu(const Tensor& x, const Tensor& hx,
                                                    const std::vector<Tensor>& params, bool has_biases,
                                                    std::int64_t num_layers, double dropout, bool train,
                                                    bool bidirectional, bool batch_first);
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> rnn_relu(const Tensor& data, const Tensor& batch_sizes, const Tensor& hx,
                                                    const std::vector<Tensor>& params, bool has_biases,
                                                    std::int64_t num_layers, double dropout, bool train,
                                                    bool bidirectional);

/// One step of an lstm, which gives h and c: x [n, in], states [n, h]; b_ih and b_hh may be undefined. grad: of its
/// formula.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> lstm_cell(const Tensor& x, const std::vector<Tensor>& hx, const Tensor& w_ih,
                                                     const Tensor& w_hh, const Tensor& b_ih = undefined(),
                                                     const Tensor& b_hh = undefined());

/// One step of a gru: x [n, in], h [n, h]; b_ih and b_hh may be undefined. grad: of its formula.
TAPEGRAD_EXPORT Tensor gru_cell(const Tensor& x, const Tensor& hx, const Tensor& w_ih, const Tensor& w_hh,
                                const Tensor& b_ih = undefined(), const Tensor& b_hh = undefined());

/// One step with tanh: x [n, in], h [n, h]; b_ih and b_hh may be undefined. grad: of its formula.
TAPEGRAD_EXPORT Tensor rnn_tanh_cell(const Tensor& x, const Tensor& hx, const Tensor& w_ih, const Tensor& w_hh,
                                     const Tensor& b_ih = undefined(), const Tensor& b_hh = undefined());

/// One step with relu: x [n, in], h [n, h]; b_ih and b_hh may be undefined. grad: of its formula.
TAPEGRAD_EXPORT Tensor rnn_relu_cell(const Tensor& x, const Tensor& hx, const Tensor& w_ih, const Tensor& w_hh,
                                     const Tensor& b_ih = undefined(), const Tensor& b_hh = undefined());

}  // namespace tapegrad
