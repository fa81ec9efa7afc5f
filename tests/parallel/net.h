// What the tests train.
#pragma once

#include "tests/parallel/group.h"

namespace tapegrad::test {

constexpr std::int64_t kRows = 24;  // of a global batch: 1, 2, 3 and 4 ranks have as many each

struct Net : nn::Module {
  nn::Linear a = register_module("a", nn::Linear(5, 40));
  nn::BatchNorm1d norm{nullptr};
  nn::LSTM lstm{nullptr};
  nn::Linear b = register_module("b", nn::Linear(40, 3));
  nn::Linear unused = register_module("unused", nn::Linear(2, 2));
  enum Kind { kPlain, kNorm, kLstm };

  explicit Net(Kind kind) {
    if (kind == kNorm) norm = register_module("norm", nn::BatchNorm1d(40));
    if (kind == kLstm) lstm = register_module("lstm", nn::LSTM(nn::LSTMOptions(8, 8).batch_first(true)));
  }
  Tensor forward(const Tensor& x) {
    Tensor h = a(x).tanh();
    if (norm) h = norm(h);
    if (lstm) h = std::get<0>(lstm(h.reshape({x.size(0), 5, 8}))).reshape({x.size(0), 40});
    return b(h);
  }
};

struct Batch {
  Tensor data, target;
};

inline Batch batch_of_step(int step) {
  manual_seed(static_cast<std::uint64_t>(100 + step));
  return {randn({kRows, 5}), randint(0, 3, {kRows})};
}

inline Tensor loss_of(Net& net, const Batch& batch) {
  return nn::functional::cross_entropy(net.forward(batch.data), batch.target);
}

inline Batch rows_of(const Batch& batch, std::int64_t from, std::int64_t n) {
  return {batch.data.narrow(0, from, n), batch.target.narrow(0, from, n)};
}

using MakeOptimizer = std::unique_ptr<optim::Optimizer> (*)(std::vector<Tensor>);
inline std::unique_ptr<optim::Optimizer> sgd(std::vector<Tensor> p) {
  return std::make_unique<optim::SGD>(std::move(p), optim::SGDOptions(0.1).momentum(0.9));
}
inline std::unique_ptr<optim::Optimizer> adam(std::vector<Tensor> p) {
  return std::make_unique<optim::Adam>(std::move(p), optim::AdamOptions(0.01));
}
inline std::unique_ptr<optim::Optimizer> adamw(std::vector<Tensor> p) {
  return std::make_unique<optim::AdamW>(std::move(p), optim::AdamWOptions(0.01));
}

struct Case {
  const char* name;
  Net::Kind kind;
  MakeOptimizer make;
};
inline const Case kCases[] = {{"sgd", Net::kPlain, sgd},
                              {"adam", Net::kPlain, adam},
                              {"adamw", Net::kPlain, adamw},
                              {"batch norm", Net::kNorm, sgd},
                              {"lstm", Net::kLstm, sgd}};

inline Net make_net(Net::Kind kind, std::uint64_t seed = 1) {
  manual_seed(seed);
  return Net(kind);
}

inline std::string bits(const nn::Module& net) {
  std::string all;
  for (const auto& item : net.state_dict()) all += bytes(item.value());
  return all;
}

}  // namespace tapegrad::test
