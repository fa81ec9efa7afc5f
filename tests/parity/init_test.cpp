// Initial values, and what takes no images: recurrent layers, containers, losses.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;
namespace init = torch::nn::init;
using torch::Tensor;

using Names = std::vector<std::string>;

namespace {

double largest(const Tensor& x) { return x.abs().max().item<double>(); }
double deviation(const Tensor& x) { return x.std().item<double>(); }

// What `first` and `second` draw, each from the same seed.
template <class First, class Second>
testing::AssertionResult alike(const First& first, const Second& second) {
  torch::manual_seed(7);
  const Tensor expected = first();
  torch::manual_seed(7);
  return same(second(), expected);
}

// --- initial values

TEST(Init, GivesBackWhatItFills) {
  Tensor w = torch::empty({2, 3}, torch::requires_grad());
  for (const Tensor& filled : {init::constant_(w, 2.5), init::ones_(w), init::uniform_(w), init::zeros_(w)}) {
    EXPECT_EQ(filled.data_ptr(), w.data_ptr());
    EXPECT_TRUE(filled.is_leaf());
    EXPECT_TRUE(filled.requires_grad());
  }
  EXPECT_TRUE(same(w.detach(), torch::zeros({2, 3})));
  EXPECT_TRUE(same(init::constant_(torch::empty({2}, torch::kLong), 3), torch::tensor({3, 3})));
  EXPECT_TRUE(same(init::ones_(torch::empty({}, torch::kDouble)), torch::ones({}, torch::kDouble)));
}

TEST(Init, EyeOfOtherShapes) {
  EXPECT_TRUE(same(init::eye_(torch::full({3, 2}, 7.0)), torch::tensor({{1.0, 0.0}, {0.0, 1.0}, {0.0, 0.0}})));
  EXPECT_THROW(init::eye_(torch::empty({3})), c10::Error);
  EXPECT_THROW(init::eye_(torch::empty({3, 3, 3})), c10::Error);
}

TEST(Init, DiracKeepsWhatIsConvolved) {
  const Tensor x = torch::arange(32, torch::kFloat).view({1, 2, 4, 4});
  const Tensor w = init::dirac_(torch::empty({3, 2, 3, 3}));
  const Tensor y = torch::conv2d(x, w, {}, 1, 1);
  EXPECT_TRUE(same(y.narrow(1, 0, 2), x));
  EXPECT_EQ(largest(y.select(1, 2)), 0);
  EXPECT_EQ(init::dirac_(torch::empty({1, 1, 4}))[0][0][2].item<float>(), 1);
  EXPECT_EQ(init::dirac_(torch::empty({2, 2, 1, 3, 5}))[1][1][0][1][2].item<float>(), 1);
  EXPECT_THROW(init::dirac_(torch::empty({1, 1, 1, 1, 1, 1})), c10::Error);
}

TEST(Init, OrthogonalColumnsAndKernels) {
  const Tensor tall = init::orthogonal_(torch::empty({5, 3}, torch::kDouble));
  EXPECT_TRUE(torch::allclose(tall.t().matmul(tall), torch::eye(3, torch::kDouble), 1e-5, 1e-6));
  const Tensor kernels = init::orthogonal_(torch::empty({4, 2, 3, 3}, torch::kDouble), 0.5).view({4, 18});
  EXPECT_TRUE(torch::allclose(kernels.matmul(kernels.t()), 0.25 * torch::eye(4, torch::kDouble), 1e-5, 1e-6));
  EXPECT_THROW(init::orthogonal_(torch::empty({4})), c10::Error);
}

TEST(Init, SparseRoundsItsZerosUp) {
  torch::manual_seed(1);
  const Tensor w = init::sparse_(torch::empty({7, 50}), 0.5, 2);
  EXPECT_TRUE(same(w.eq(0).sum(0), torch::full({50}, 4, torch::kLong)));
  EXPECT_NEAR(deviation(w.masked_select(w.ne(0))), 2, 0.4);
  EXPECT_THROW(init::sparse_(torch::empty({4}), 0.5), c10::Error);
  EXPECT_THROW(init::sparse_(torch::empty({4, 4, 4}), 0.5), c10::Error);
}

TEST(Init, UniformAndNormalHaveTheirMoments) {
  torch::manual_seed(2);
  const Tensor w = init::uniform_(torch::empty({100, 100}), -3, 1);
  EXPECT_GE(w.min().item<float>(), -3);
  EXPECT_LT(w.max().item<float>(), 1);
  EXPECT_NEAR(w.mean().item<float>(), -1, 0.05);
  EXPECT_NEAR(deviation(w), 4 / std::sqrt(12.0), 0.05);
  init::normal_(w, 5, 0.5);
  EXPECT_NEAR(w.mean().item<float>(), 5, 0.05);
  EXPECT_NEAR(deviation(w), 0.5, 0.05);
}

TEST(Init, XavierCountsBothFans) {
  torch::manual_seed(3);
  const double bound = 2 * std::sqrt(6.0 / (20 * 9 + 40 * 9));
  const double uniform = largest(init::xavier_uniform_(torch::empty({40, 20, 3, 3}), 2));
  EXPECT_LE(uniform, bound + 1e-6);
  EXPECT_GE(uniform, 0.99 * bound);
  EXPECT_NEAR(deviation(init::xavier_normal_(torch::empty({300, 100}))), std::sqrt(2.0 / 400), 1e-3);
}

TEST(Init, KaimingCountsOneFan) {
  torch::manual_seed(4);
  const Tensor w = torch::empty({200, 50});
  EXPECT_NEAR(largest(init::kaiming_uniform_(w)), std::sqrt(6.0 / 50), 1e-3);
  EXPECT_NEAR(largest(init::kaiming_uniform_(w, 0, torch::kFanOut)), std::sqrt(6.0 / 200), 1e-3);
  EXPECT_NEAR(largest(init::kaiming_uniform_(w, std::sqrt(5.0))), std::sqrt(1.0 / 50), 1e-3);
  EXPECT_NEAR(largest(init::kaiming_uniform_(w, 9, torch::kFanIn, torch::kReLU)), std::sqrt(6.0 / 50), 1e-3);
  EXPECT_NEAR(deviation(init::kaiming_normal_(w)), std::sqrt(2.0 / 50), 5e-3);
  EXPECT_NEAR(deviation(init::kaiming_normal_(w, 0, torch::kFanOut, torch::kTanh)), 5.0 / 3 / std::sqrt(200), 5e-3);
}

TEST(Init, GainsOfNonlinearities) {
  EXPECT_EQ(init::calculate_gain(torch::kLinear), 1);
  EXPECT_EQ(init::calculate_gain(torch::kSigmoid), 1);
  EXPECT_DOUBLE_EQ(init::calculate_gain(torch::kReLU), std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(init::calculate_gain(torch::kLeakyReLU), std::sqrt(2 / (1 + 1e-4)));
  EXPECT_DOUBLE_EQ(init::calculate_gain(torch::kLeakyReLU, 0.5), std::sqrt(1.6));
}

TEST(Init, CountsFans) {
  using Fans = std::tuple<int64_t, int64_t>;
  EXPECT_EQ(init::_calculate_fan_in_and_fan_out(torch::empty({3, 5})), Fans(5, 3));
  EXPECT_EQ(init::_calculate_fan_in_and_fan_out(torch::empty({3, 5, 2})), Fans(10, 6));
  EXPECT_EQ(init::_calculate_fan_in_and_fan_out(torch::empty({3, 5, 2, 4})), Fans(40, 24));
  EXPECT_THROW(init::_calculate_fan_in_and_fan_out(torch::empty({3})), c10::Error);
}

TEST(Init, RefusesTooFewDims) {
  EXPECT_THROW(init::xavier_uniform_(torch::empty({3})), c10::Error);
  EXPECT_THROW(init::kaiming_uniform_(torch::empty({3})), c10::Error);
  EXPECT_THROW(init::kaiming_normal_(torch::empty({})), c10::Error);
  EXPECT_THROW(init::dirac_(torch::empty({3})), c10::Error);
}

TEST(Init, ScalesWhatTheGeneratorDraws) {
  const auto fresh = [] { return torch::empty({20, 30}); };
  const double bound = std::sqrt(6.0 / 50), spread = std::sqrt(2.0 / 30);
  EXPECT_TRUE(alike([&] { return fresh().uniform_(-bound, bound); }, [&] { return init::xavier_uniform_(fresh()); }));
  EXPECT_TRUE(alike([&] { return fresh().normal_(0, spread); }, [&] { return init::kaiming_normal_(fresh()); }));
  EXPECT_TRUE(alike([&] { return torch::randn({20, 30}); }, [&] { return init::normal_(fresh()); }));
}

TEST(Init, OfLayers) {
  const auto uniform = [](torch::IntArrayRef sizes, double bound) {
    return torch::empty(sizes).uniform_(-bound, bound);
  };
  EXPECT_TRUE(alike([&] { return uniform({3, 4}, 0.5); }, [] { return nn::Linear(4, 3)->weight.detach(); }));
  EXPECT_TRUE(alike([&] { return uniform({5, 4, 2, 2}, 0.25); }, [] { return nn::Conv2d(4, 5, 2)->weight.detach(); }));
  EXPECT_TRUE(alike([&] { return uniform({3, 4, 2}, 0.5); }, [] { return nn::Bilinear(4, 2, 3)->weight.detach(); }));
  EXPECT_TRUE(alike([&] { return uniform({4, 2}, 0.5); }, [] { return nn::RNN(2, 4)->parameters()[0].detach(); }));
  EXPECT_TRUE(alike([] { return torch::randn({3, 2}); }, [] { return nn::EmbeddingBag(3, 2)->weight.detach(); }));
}

TEST(Init, DrawsTheSameNumbers) {
  torch::manual_seed(0);
  EXPECT_TRUE(
      same(init::xavier_uniform_(torch::empty({2, 1})).view(-1), torch::tensor({-0.010588F, 0.7586458F}), 1e-4));
  torch::manual_seed(0);
  EXPECT_TRUE(
      same(init::kaiming_normal_(torch::empty({2, 1})).view(-1), torch::tensor({2.1792976F, -0.4149711F}), 1e-4));
  torch::manual_seed(0);
  EXPECT_TRUE(
      same(init::sparse_(torch::empty({3, 1}), 0.3, 1).view(-1), torch::tensor({1.5409961F, 0.0F, -2.1787894F}), 1e-4));
}

// --- recurrent layers

TEST(RNNCell, IsTanhOfItsSums) {
  nn::RNNCell cell(2, 3);
  const Tensor x = torch::randn({4, 2}), h = torch::randn({4, 3});
  const Tensor sums = F::linear(x, cell->weight_ih, cell->bias_ih) + F::linear(h, cell->weight_hh, cell->bias_hh);
  EXPECT_TRUE(torch::allclose(cell->forward(x, h), sums.tanh(), 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(cell->forward(x), cell->forward(x, torch::zeros({4, 3}))));
  EXPECT_THROW(cell->forward(h), c10::Error);
  EXPECT_THROW(cell->forward(x, torch::zeros({3, 3})), c10::Error);
}

TEST(LSTMCell, HasFourGates) {
  nn::LSTMCell cell(2, 3);
  const Tensor x = torch::randn({4, 2}), h = torch::randn({4, 3}), c = torch::randn({4, 3});
  const auto gates =
      (F::linear(x, cell->weight_ih, cell->bias_ih) + F::linear(h, cell->weight_hh, cell->bias_hh)).chunk(4, 1);
  const Tensor next = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh();
  const auto state = cell->forward(x, std::make_tuple(h, c));
  EXPECT_TRUE(torch::allclose(std::get<1>(state), next, 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(std::get<0>(state), gates[3].sigmoid() * next.tanh(), 1e-5, 1e-6));
}

TEST(GRUCell, HasThreeGates) {
  nn::GRUCell cell(nn::GRUCellOptions(2, 3).bias(false));
  const Tensor x = torch::randn({4, 2}), h = torch::randn({4, 3});
  const auto from_x = F::linear(x, cell->weight_ih).chunk(3, 1), from_h = F::linear(h, cell->weight_hh).chunk(3, 1);
  const Tensor reset = (from_x[0] + from_h[0]).sigmoid(), update = (from_x[1] + from_h[1]).sigmoid();
  const Tensor fresh = (from_x[2] + reset * from_h[2]).tanh();
  EXPECT_TRUE(torch::allclose(cell->forward(x, h), (1 - update) * fresh + update * h, 1e-5, 1e-6));
}

TEST(RNN, WithReluIsTwoSteps) {
  nn::RNN rnn(nn::RNNOptions(2, 3).nonlinearity(torch::kReLU).bias(false));
  const auto p = rnn->parameters();
  const Tensor x = torch::randn({2, 4, 2}), first = F::linear(x[0], p[0]).relu();
  const Tensor second = (F::linear(x[1], p[0]) + F::linear(first, p[1])).relu();
  const auto output = rnn->forward(x);
  EXPECT_TRUE(torch::allclose(std::get<0>(output), torch::stack({first, second}), 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(std::get<1>(output), second.unsqueeze(0), 1e-5, 1e-6));
}

TEST(LSTM, StatesOfBothDirections) {
  nn::LSTM lstm(nn::LSTMOptions(2, 3).num_layers(2).bidirectional(true));
  const auto output = lstm->forward(torch::randn({5, 4, 2}));
  const Tensor y = std::get<0>(output), h = std::get<0>(std::get<1>(output)), c = std::get<1>(std::get<1>(output));
  EXPECT_EQ(sizes(y), (std::vector<int64_t>{5, 4, 6}));
  EXPECT_EQ(sizes(h), (std::vector<int64_t>{4, 4, 3}));
  EXPECT_EQ(sizes(c), sizes(h));
  EXPECT_TRUE(same(y[4].narrow(1, 0, 3), h[2]));
  EXPECT_TRUE(same(y[0].narrow(1, 3, 3), h[3]));
}

TEST(GRU, TakesBatchesFirst) {
  torch::manual_seed(6);
  nn::GRU batches(nn::GRUOptions(2, 3).batch_first(true));
  torch::manual_seed(6);
  nn::GRU steps(2, 3);
  const Tensor x = torch::randn({4, 5, 2}), h = torch::randn({1, 4, 3});
  const auto a = batches->forward(x, h), b = steps->forward(x.transpose(0, 1), h);
  EXPECT_TRUE(torch::allclose(std::get<0>(a), std::get<0>(b).transpose(0, 1), 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(std::get<1>(a), std::get<1>(b), 1e-5, 1e-6));
}

// --- containers

TEST(ModuleDict, IsUpdated) {
  torch::OrderedDict<std::string, std::shared_ptr<nn::Module>> ordered;
  ordered.insert("fc", nn::Linear(1, 2).ptr());
  ordered.insert("act", nn::ReLU().ptr());
  nn::ModuleDict dict(ordered), other;
  other->update(std::vector<std::pair<std::string, std::shared_ptr<nn::Module>>>{
      {"fc", nn::Linear(3, 4).ptr()}, {"norm", nn::LayerNorm(nn::LayerNormOptions({4})).ptr()}});
  dict->update(*other);
  EXPECT_EQ(dict->keys(), (Names{"fc", "act", "norm"}));
  EXPECT_EQ(dict->named_parameters().keys(), (Names{"fc.weight", "fc.bias", "norm.weight", "norm.bias"}));
  EXPECT_EQ(dict->values()[0], other["fc"]);
  EXPECT_EQ(dict->items()[2].first, "norm");
  EXPECT_EQ(dict->at<nn::LinearImpl>("fc").options.in_features(), 3);
  EXPECT_EQ(dict->pop("act")->name(), "torch::nn::ReLUImpl");
  EXPECT_THROW(dict->pop("act"), c10::Error);
  EXPECT_THROW(dict["act"], c10::Error);
  dict->clear();
  EXPECT_TRUE(dict->empty());
}

TEST(ModuleList, InsertsAndExtends) {
  nn::ModuleList list(nn::Linear(1, 2)), tail(nn::Tanh(), nn::Linear(4, 5));
  list->extend(*tail);
  list->insert(1, nn::Linear(2, 3));
  EXPECT_EQ(list->size(), 4U);
  EXPECT_EQ(list->named_children().keys(), (Names{"0", "1", "2", "3"}));
  EXPECT_EQ(sizes(list->named_parameters()["1.weight"]), (std::vector<int64_t>{3, 2}));
  EXPECT_EQ(list->ptr(3), tail[1]);
  EXPECT_THROW(list->ptr(4), c10::Error);
  EXPECT_THROW(list->insert(5, nn::Tanh()), c10::Error);
  auto copy = std::dynamic_pointer_cast<nn::ModuleListImpl>(list->clone());
  EXPECT_NE(copy->ptr(3), list->ptr(3));
  EXPECT_TRUE(same(copy->parameters()[4], list->parameters()[4]));
}

TEST(ParameterList, IsExtended) {
  nn::ParameterList list(torch::ones({1}));
  list->extend(std::vector<Tensor>{torch::ones({2}), torch::ones({3}, torch::requires_grad())});
  list->append(torch::ones({4}));
  std::vector<int64_t> counts;
  for (const auto& pair : *list) counts.push_back(pair.value().numel());
  EXPECT_EQ(counts, (std::vector<int64_t>{1, 2, 3, 4}));
  EXPECT_EQ(list->named_parameters().keys(), (Names{"0", "1", "2", "3"}));
  EXPECT_FALSE(list->at(1).requires_grad());
  EXPECT_TRUE(list->at(2).requires_grad());
  EXPECT_THROW(list->at(4), c10::Error);
}

TEST(ParameterDict, IsEmptied) {
  nn::ParameterDict dict;
  dict->insert("a", torch::ones({1}));
  dict->insert("b", torch::ones({2}, torch::requires_grad()));
  EXPECT_THROW(dict->insert("a", torch::ones({1})), c10::Error);
  EXPECT_EQ(dict->keys(), (Names{"a", "b"}));
  EXPECT_EQ(dict->get("b").numel(), 2);
  EXPECT_FALSE(dict->get("a").requires_grad());
  EXPECT_EQ(dict->values()[0].numel(), 1);
  EXPECT_EQ(dict->pop("a").numel(), 1);
  EXPECT_THROW(dict->pop("a"), c10::Error);
  EXPECT_EQ(dict->size(), 1U);
  dict->clear();
  EXPECT_TRUE(dict->empty());
}

TEST(Sequential, IsExtended) {
  nn::Sequential net(nn::Linear(2, 3)), tail(nn::ReLU(), nn::Linear(3, 1));
  net->extend(*tail);
  net->extend(std::vector<std::shared_ptr<nn::TanhImpl>>{nn::Tanh().ptr()});
  EXPECT_EQ(net->size(), 4U);
  EXPECT_EQ(net->ptr(2), tail->ptr(1));
  EXPECT_EQ(net->named_parameters().keys(), (Names{"0.weight", "0.bias", "2.weight", "2.bias"}));
  const Tensor x = torch::ones({5, 2});
  EXPECT_TRUE(same(net->forward(x), tail->forward(net->at<nn::LinearImpl>(0).forward(x)).tanh()));
  EXPECT_THROW(net->ptr(4), c10::Error);
  EXPECT_THROW(net->push_back("2", nn::ReLU()), c10::Error);
}

TEST(Module, ReachesAllOfANestedModel) {
  nn::Sequential row(nn::Linear(2, 3), nn::BatchNorm1d(3));
  nn::ModuleList net(row, nn::Dropout());
  net->eval();
  for (const auto& module : net->modules()) EXPECT_FALSE(module->is_training());
  net->train();
  net->to(torch::kDouble);
  row->forward(torch::randn({4, 2}, torch::kDouble)).sum().backward();
  net->zero_grad(/*set_to_none=*/false);
  for (const auto& p : net->parameters()) EXPECT_EQ(largest(p.grad()), 0);
  EXPECT_EQ(net->named_buffers().keys(), (Names{"0.1.running_mean", "0.1.running_var", "0.1.num_batches_tracked"}));
  EXPECT_EQ(net->buffers()[0].scalar_type(), torch::kDouble);
  Names names;
  net->apply([&](const std::shared_ptr<nn::Module>& module) { names.push_back(module->name()); });
  EXPECT_EQ(names, (Names{"torch::nn::ModuleListImpl", "torch::nn::SequentialImpl", "torch::nn::LinearImpl",
                          "torch::nn::BatchNorm1dImpl", "torch::nn::DropoutImpl"}));
}

// --- losses

Tensor logits() { return torch::tensor({{1.0, 2.0, 3.0}, {0.5, 0.0, -2.0}}, torch::kDouble).requires_grad_(); }

TEST(Softmin, AndLogSoftmaxHaveGradients) {
  Tensor x = logits();
  EXPECT_TRUE(same(nn::Softmin(1)(x), torch::softmax(-x, 1)));
  nn::LogSoftmax(1)(x).select(1, 0).sum().backward();
  EXPECT_TRUE(same(x.grad(), torch::tensor({1.0, 0.0, 0.0}, torch::kDouble) - torch::softmax(x, 1)));
}

TEST(CrossEntropyLoss, SmoothsLabelsOrTakesProbabilities) {
  Tensor x = logits();
  const Tensor y = torch::tensor({2, 0}), hot = torch::one_hot(y, 3).to(torch::kDouble);
  const Tensor smooth = 0.7 * hot + 0.1, expected = -(smooth * x.log_softmax(1)).sum(1).mean();
  EXPECT_TRUE(same(nn::CrossEntropyLoss(nn::CrossEntropyLossOptions().label_smoothing(0.3))(x, y), expected));
  const Tensor loss = nn::CrossEntropyLoss()(x, smooth);
  EXPECT_TRUE(same(loss, expected));
  loss.backward();
  EXPECT_TRUE(same(x.grad(), (x.softmax(1) - smooth) / 2));
}

TEST(NLLLoss, TakesImages) {
  Tensor x = torch::arange(8, torch::kDouble).view({1, 2, 2, 2}).requires_grad_();
  const Tensor loss = nn::NLLLoss()(x, torch::tensor({0, 1, 1, 0}).view({1, 2, 2}));
  EXPECT_EQ(loss.item<double>(), -3.5);
  loss.backward();
  const Tensor expected = torch::tensor({-0.25, 0.0, 0.0, -0.25, 0.0, -0.25, -0.25, 0.0}, torch::kDouble);
  EXPECT_TRUE(same(x.grad().view(-1), expected));
}

TEST(BCEWithLogitsLoss, WeighsWhatIsPositive) {
  Tensor x = logits();
  const Tensor y = torch::tensor({{1.0, 0.0, 1.0}, {0.0, 1.0, 0.25}}, torch::kDouble);
  const Tensor weight = torch::tensor({1.0, 2.0, 3.0}, torch::kDouble), p = x.sigmoid();
  const Tensor expected = -weight * y * p.log() - (1 - y) * (1 - p).log();
  const auto options = nn::BCEWithLogitsLossOptions().pos_weight(weight).reduction(torch::kNone);
  EXPECT_TRUE(same(nn::BCEWithLogitsLoss(options)(x, y), expected));
  nn::BCEWithLogitsLoss weighted(nn::BCEWithLogitsLossOptions(options).weight(weight).reduction(torch::kSum));
  const Tensor loss = weighted(x, y);
  EXPECT_TRUE(same(loss, (weight * expected).sum()));
  loss.backward();
  EXPECT_TRUE(same(x.grad(), (weight * ((1 - y) * p - weight * y * (1 - p))).detach()));
}

TEST(L1Loss, AndItsLikeHaveGradients) {
  const Tensor y = torch::zeros({4}, torch::kDouble);
  const auto gradient = [&](auto loss) {
    Tensor x = torch::tensor({-3.0, -0.5, 0.0, 2.0}, torch::kDouble).requires_grad_();
    loss(x, y).backward();
    return x.grad() * 4;
  };
  EXPECT_TRUE(same(gradient(nn::L1Loss()), torch::tensor({-1.0, -1.0, 0.0, 1.0}, torch::kDouble)));
  EXPECT_TRUE(same(gradient(nn::MSELoss()), torch::tensor({-6.0, -1.0, 0.0, 4.0}, torch::kDouble)));
  EXPECT_TRUE(same(gradient(nn::SmoothL1Loss()), torch::tensor({-1.0, -0.5, 0.0, 1.0}, torch::kDouble)));
}

}  // namespace
