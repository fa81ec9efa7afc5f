// Our calls: recurrent layers and cells.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

Tensors from(const Tensors& x, std::size_t first) { return {x.begin() + static_cast<std::ptrdiff_t>(first), x.end()}; }

#define RNN(op)                                                                                                  \
  {#op " -",                                                                                                     \
   [](const Tensors& x, const Args& a) -> Tensors {                                                              \
     const auto [y, h] = op(x[0], x[1], from(x, 2), true, a.integer(0), 0, true, a.flag(1), a.flag(2));          \
     return {y, h};                                                                                              \
   }},                                                                                                           \
  {                                                                                                              \
#op "_cell -",                                                                                               \
        [](const Tensors& x, const Args&) -> Tensors { return {op##_cell(x[0], x[1], x[2], x[3], x[4], x[5])}; } \
  }
const Calls kCalls({
    {"lstm -",
     [](const Tensors& x, const Args& a) -> Tensors {
       const auto [y, h, c] = lstm(x[0], {x[1], x[2]}, from(x, 3), true, a.integer(0), 0, true, a.flag(1), a.flag(2));
       return {y, h, c};
     }},
    {"lstm projected",
     [](const Tensors& x, const Args& a) -> Tensors {
       const Tensors params = from(x, 3);
       const bool biases = static_cast<std::int64_t>(params.size()) == 5 * a.integer(0) * (a.flag(1) ? 2 : 1);
       const auto [y, h, c] = lstm(x[0], {x[1], x[2]}, params, biases, a.integer(0), 0, true, a.flag(1), a.flag(2));
       return {y, h, c};
     }},
    {"lstm packed",
     [](const Tensors& x, const Args& a) -> Tensors {
       const auto [y, h, c] = lstm(x[0], x[1], {x[2], x[3]}, from(x, 4), true, a.integer(0), 0, true, a.flag(1));
       return {y, h, c};
     }},
    {"lstm_cell -",
     [](const Tensors& x, const Args&) -> Tensors {
       const auto [h, c] = lstm_cell(x[0], {x[1], x[2]}, x[3], x[4], x[5], x[6]);
       return {h, c};
     }},
    RNN(gru),
    RNN(rnn_tanh),
    RNN(rnn_relu),
});

}  // namespace
}  // namespace tapegrad::test::golden
