// Layers and small nets of the sweep, in libtorch's spelling: each layer's operation forward and with gradients, and
// whole training steps. Included by cases.h.

namespace bench {
namespace {

void add_convolutions(Cases& c) {
  struct Conv {
    const char* name;
    std::int64_t n, in, size, out, kernel, stride, padding;
  };
  const Conv all[] = {{"LeNet's first", 64, 1, 28, 6, 5, 1, 2},    {"LeNet's second", 64, 6, 14, 16, 5, 1, 0},
                      {"ResNet's 3 x 3", 2, 64, 56, 64, 3, 1, 1},  {"ResNet's 3 x 3", 2, 256, 14, 256, 3, 1, 1},
                      {"ResNet's 3 x 3", 2, 512, 7, 512, 3, 1, 1}, {"strided", 2, 64, 56, 128, 3, 2, 1},
                      {"1 x 1", 2, 256, 14, 256, 1, 1, 0},         {"of one image", 1, 16, 32, 16, 3, 1, 1}};
  for (const Conv& k : all) {
    const std::string name =
        std::string("conv2d ") + k.name + " " + text({k.n, k.in, k.size, k.size}) + " to " + std::to_string(k.out);
    c.add(name, {{k.n, k.in, k.size, k.size}, {k.out, k.in, k.kernel, k.kernel}, {k.out}}, true,
          [=](Tensors& x) { return torch::conv2d(x[0], x[1], x[2], k.stride, k.padding); });
  }
  c.add("conv1d [32,16,100] to 32", {{32, 16, 100}, {32, 16, 5}, {32}}, true,
        [](Tensors& x) { return torch::conv1d(x[0], x[1], x[2]); });
  c.add("conv_transpose2d [16,32,8,8] to 16, stride 2", {{16, 32, 8, 8}, {32, 16, 4, 4}, {16}}, true,
        [](Tensors& x) { return torch::conv_transpose2d(x[0], x[1], x[2], 2, 1); });
}

void add_pools(Cases& c) {
  for (const Sizes& sizes : {Sizes{64, 6, 28, 28}, Sizes{64, 16, 10, 10}, Sizes{4, 64, 56, 56}}) {
    c.unary("max_pool2d(2) " + text(sizes), sizes, [](const Tensor& x) { return torch::max_pool2d(x, 2); });
    c.unary("avg_pool2d(2) " + text(sizes), sizes, [](const Tensor& x) { return torch::avg_pool2d(x, 2); });
    c.unary("adaptive_avg_pool2d(1) " + text(sizes), sizes, [](const Tensor& x) {
      return torch::adaptive_avg_pool2d(x, {1, 1});
    });
  }
}

void add_norms(Cases& c) {
  for (const Sizes& sizes : {Sizes{64, 128}, Sizes{64, 16, 14, 14}, Sizes{8, 64, 28, 28}}) {
    const std::int64_t n = sizes[1];
    c.add("batch_norm " + text(sizes), {sizes, {n}, {n}}, true,
          [](Tensors& x) { return torch::batch_norm(x[0], x[1], x[2], {}, {}, true, 0.1, 1e-5, false); });
    c.add("group_norm(4) " + text(sizes), {sizes, {n}, {n}}, true,
          [](Tensors& x) { return torch::group_norm(x[0], 4, x[1], x[2]); });
  }
  for (const Sizes& sizes : {Sizes{32, 64}, Sizes{32, 16, 64}, Sizes{8, 128, 512}}) {
    c.add("layer_norm " + text(sizes), {sizes, {sizes.back()}, {sizes.back()}}, true,
          [=](Tensors& x) { return torch::layer_norm(x[0], {x[0].size(-1)}, x[1], x[2]); });
  }
}

// A training step of a net with some parameters: loss(net, x) is made anew, optimised by SGD.
template <class Net, class Loss>
void add_step(Cases& c, const std::string& name, Net (*make)(), Loss loss) {
  c.list.push_back({name, [=]() -> Step {
                      torch::manual_seed(0);
                      Net net = make();
                      auto optimizer = std::make_shared<torch::optim::SGD>(net->parameters(), 1e-4);
                      return [=]() mutable {
                        optimizer->zero_grad();
                        loss(net).backward();
                        optimizer->step();
                      };
                    }});
}

torch::nn::Sequential lenet() {
  using namespace torch::nn;
  return Sequential(Conv2d(Conv2dOptions(1, 6, 5).padding(2)), ReLU(), MaxPool2d(2), Conv2d(6, 16, 5), ReLU(),
                    MaxPool2d(2), Flatten(), Linear(400, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10));
}
torch::nn::LSTM small_lstm() { return torch::nn::LSTM(torch::nn::LSTMOptions(64, 64)); }
torch::nn::LSTM two_lstms() { return torch::nn::LSTM(torch::nn::LSTMOptions(32, 64).num_layers(2)); }
torch::nn::GRU small_gru() { return torch::nn::GRU(torch::nn::GRUOptions(64, 64)); }
torch::nn::MultiheadAttention attention() {
  return torch::nn::MultiheadAttention(torch::nn::MultiheadAttentionOptions(64, 4));
}
torch::nn::TransformerEncoder transformer() {
  const auto layer = torch::nn::TransformerEncoderLayerOptions(64, 4).dim_feedforward(256).dropout(0);
  return torch::nn::TransformerEncoder(
      torch::nn::TransformerEncoderOptions(torch::nn::TransformerEncoderLayer(layer), 2));
}

void add_nets(Cases& c) {
  add_step(c, "step of LeNet, 64 images of 28 x 28", lenet,
           [x = some({64, 1, 28, 28}), y = classes(64, 10)](torch::nn::Sequential& net) {
             return F::cross_entropy(net->forward(x), y);
           });
  add_step(c, "step of an LSTM, 64 to 64, 16 steps of 32", small_lstm,
           [x = some({16, 32, 64})](torch::nn::LSTM& net) { return std::get<0>(net->forward(x)).square().mean(); });
  add_step(c, "step of a 2-layer LSTM, 32 to 64, 20 steps of 32", two_lstms,
           [x = some({20, 32, 32})](torch::nn::LSTM& net) { return std::get<0>(net->forward(x)).square().mean(); });
  add_step(c, "step of a GRU, 64 to 64, 16 steps of 32", small_gru,
           [x = some({16, 32, 64})](torch::nn::GRU& net) { return std::get<0>(net->forward(x)).square().mean(); });
  add_step(c, "step of attention, 4 heads of 16, 32 places of 16", attention,
           [x = some({32, 16, 64})](torch::nn::MultiheadAttention& net) {
             return std::get<0>(net->forward(x, x, x)).square().mean();
           });
  add_step(c, "step of a 2-layer transformer of width 64, 32 places of 16", transformer,
           [x = some({32, 16, 64})](torch::nn::TransformerEncoder& net) { return net->forward(x).square().mean(); });
}

}  // namespace
}  // namespace bench
