// MultiheadAttention and the transformer's layers, beside PyTorch's numbers: attention_golden.py says what is computed.
#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/gradcheck.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/nn/layers/transformer.h>
#include <tapegrad/nn/sequential.h>

#include <algorithm>
#include <limits>
#include <sstream>

#include "tests/common/expect_error.h"
#include "tests/common/golden.h"

namespace tapegrad {
namespace {

using namespace nn;
using Sizes = std::vector<std::vector<std::int64_t>>;
using Tensors = std::vector<Tensor>;

constexpr double kInf = std::numeric_limits<double>::infinity();

Tensor wave(IntList sizes, double step) {
  std::int64_t n = 1;
  for (const std::int64_t s : sizes) n *= s;
  return arange(n, kDouble).mul(step).sin().reshape(sizes);
}
Tensors waves(const Sizes& sizes) {
  Tensors x;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    x.push_back(wave(sizes[i], 0.37 + 0.1 * static_cast<double>(i)).requires_grad_());
  return x;
}
Tensor causal() { return TransformerImpl::generate_square_subsequent_mask(3).to(kDouble); }
Tensor padding() { return tensor({0, 0, 1, 0, 1, 1}, kLong).view({2, 3}).to(kBool); }

std::string printed(const auto& module) {
  std::ostringstream out;
  out << module;
  return out.str();
}

// call(layer, x) gives the outputs, which may be undefined. They, the gradients by x and those by the parameters are
// PyTorch's; by x they are the derivatives too; a clone, and another layer with its state, give the same bits.
template <class Make, class Call>
void expect_golden(const std::string& name, const Make& make, const Sizes& sizes, const Call& call) {
  SCOPED_TRACE(name);
  static const golden::File file = golden::read("nn/attention_golden.txt");
  manual_seed(0);
  auto layer = make();
  layer->to(kDouble);
  const Tensors x = waves(sizes);
  const auto run = [&](auto& m, const Tensors& in) {
    Tensors out = call(m, in);
    std::erase_if(out, [](const Tensor& t) { return !t.defined(); });
    return out;
  };
  const Tensors out = run(layer, x);
  golden::expect_near(golden::elements(out), file.at(name + "/out"), 1e-12);
  Tensor sum = zeros({}, kDouble);
  for (const Tensor& t : out) sum = sum + (t * wave(t.sizes(), 0.21)).sum();
  sum.backward();
  Tensors grads;
  for (const Tensor& t : x) grads.push_back(t.grad());
  golden::expect_near(golden::elements(grads), file.at(name + "/grad"), 1e-11);
  auto named = layer->named_parameters().pairs();
  std::sort(named.begin(), named.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  golden::Numbers squares;
  for (const auto& [key, p] : named) squares.push_back(p.grad().square().sum().template item<double>());
  golden::expect_near(squares, file.at(name + "/state"), 1e-10);

  EXPECT_TRUE(autograd::gradcheck([&](const Tensors& in) { return run(layer, in)[0]; }, waves(sizes)));
  auto copy = nn::clone(layer), loaded = make();
  loaded->to(kDouble);
  loaded->load_state_dict(layer->state_dict());
  for (auto* m : {&copy, &loaded}) EXPECT_TRUE(run(*m, x)[0].equal(out[0]));
  NoGradGuard no_grad;
  for (const Tensor& p : copy->parameters()) p.zero_();
  EXPECT_TRUE(run(layer, x)[0].equal(out[0]));
}
template <class Call>
void expect_attention(const std::string& name, const MultiheadAttentionOptions& options, const Sizes& sizes,
                      const Call& call) {
  expect_golden(
      name, [&] { return MultiheadAttention(options); }, sizes,
      [&](auto& m, const Tensors& x) {
        const auto [y, weights] = call(m, x);
        return Tensors{y, weights};
      });
}

const MultiheadAttentionOptions kPlain(4, 2);
const Sizes kThree = {{3, 2, 4}, {3, 2, 4}, {3, 2, 4}};

TEST(MultiheadAttention, HasPyTorchsNumbers) {
  expect_attention("self", kPlain, {{3, 2, 4}}, [](auto& m, const Tensors& x) { return m(x[0], x[0], x[0]); });
  expect_attention("cross", kPlain, {{2, 2, 4}, {3, 2, 4}, {3, 2, 4}},
                   [](auto& m, const Tensors& x) { return m(x[0], x[1], x[2]); });
  expect_attention("sizes", MultiheadAttentionOptions(4, 2).kdim(3).vdim(5), {{2, 2, 4}, {3, 2, 3}, {3, 2, 5}},
                   [](auto& m, const Tensors& x) { return m(x[0], x[1], x[2]); });
}
TEST(MultiheadAttention, MasksAsPyTorch) {
  expect_attention("causal", kPlain, {{3, 2, 4}},
                   [](auto& m, const Tensors& x) { return m(x[0], x[0], x[0], Tensor(), true, causal(), false); });
  for (const Dtype d : {kBool, kByte})
    expect_attention("causal_bool", kPlain, {{3, 2, 4}}, [&](auto& m, const Tensors& x) {
      return m(x[0], x[0], x[0], Tensor(), true, causal().lt(0).to(d));
    });
  expect_attention("padding", kPlain, kThree, [](auto& m, const Tensors& x) { return m(x[0], x[1], x[2], padding()); });
  expect_attention("both", MultiheadAttentionOptions(4, 2).bias(false), kThree, [](auto& m, const Tensors& x) {
    return m(x[0], x[1], x[2], padding(), true, wave({4, 3, 3}, 0.7));
  });
  expect_attention("bias_kv", MultiheadAttentionOptions(4, 2).add_bias_kv(true).add_zero_attn(true), kThree,
                   [](auto& m, const Tensors& x) { return m(x[0], x[1], x[2], padding(), false, causal()); });
}
TEST(MultiheadAttention, TakesOneSequence) {
  manual_seed(1);
  MultiheadAttention m(4, 2);
  const Tensor x = randn({3, 1, 4});
  const Tensor hidden = tensor({0, 0, 1}, kLong).to(kBool);
  const auto [y, w] = m(x, x, x, hidden.unsqueeze(0));
  const auto [one, of_one] = m(x.squeeze(1), x.squeeze(1), x.squeeze(1), hidden);
  EXPECT_TRUE(one.equal(y.squeeze(1)));
  EXPECT_TRUE(of_one.equal(w.squeeze(0)));
}
TEST(MultiheadAttention, TakesKeysAndValuesAsTheyAre) {
  manual_seed(1);
  MultiheadAttention m(4, 2);
  const Tensor x = randn({3, 2, 4}), keys = randn({4, 5, 2}), values = randn({4, 5, 2});
  functional::MultiheadAttentionForwardFuncOptions options(4, 2, m->in_proj_weight, m->in_proj_bias, Tensor(), Tensor(),
                                                           false, 0, eye(4), Tensor());
  const auto [y, w] = functional::multi_head_attention_forward(
      x, x, x, options.static_k(keys).static_v(values).average_attn_weights(false));
  EXPECT_EQ(w.sizes(), (IntList{2, 2, 3, 5}));
  EXPECT_TRUE(y.allclose(w.matmul(values.view({2, 2, 5, 2})).permute({2, 0, 1, 3}).reshape({3, 2, 4})));
}
TEST(MultiheadAttention, DropsWeightsWhileTraining) {
  manual_seed(2);
  MultiheadAttention m(MultiheadAttentionOptions(4, 2).dropout(0.5));
  const Tensor x = randn({8, 2, 4});
  EXPECT_GT(std::get<1>(m(x, x, x, Tensor(), true, Tensor(), false)).eq(0).sum().item<std::int64_t>(), 50);
  m->eval();
  EXPECT_EQ(std::get<1>(m(x, x, x, Tensor(), true, Tensor(), false)).eq(0).sum().item<std::int64_t>(), 0);
}
TEST(MultiheadAttention, NamesItsParametersAsPyTorch) {
  using Keys = std::vector<std::string>;
  EXPECT_EQ(MultiheadAttention(4, 2)->state_dict().keys(),
            (Keys{"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}));
  EXPECT_EQ(MultiheadAttention(MultiheadAttentionOptions(4, 2).kdim(3).add_bias_kv(true))->state_dict().keys(),
            (Keys{"q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias", "bias_k", "bias_v",
                  "out_proj.weight", "out_proj.bias"}));
  EXPECT_EQ(MultiheadAttention(MultiheadAttentionOptions(4, 2).bias(false))->state_dict().keys(),
            (Keys{"in_proj_weight", "out_proj.weight"}));
  EXPECT_EQ(MultiheadAttention({.embed_dim = 4, .num_heads = 2, .vdim = 3})->v_proj_weight.sizes(), (IntList{4, 3}));
}
TEST(MultiheadAttention, SaysWhatDoesNotFit) {
  MultiheadAttention m(4, 2);
  const Tensor x = zeros({3, 2, 4});
  const Tensor none;
  expect_error<ValueError>([] { MultiheadAttention(5, 2); },
                           "MultiheadAttention: embed_dim must be divisible by num_heads, but got 5 and 2; give ");
  expect_error<ShapeError>(
      [&] {
        m(zeros({3, 2, 5}), x, x);
      },
      "multi_head_attention_forward: was expecting embedding dimension of 4, but got 5; give ");
  expect_error<ShapeError>(
      [&] {
        m(x, x, zeros({2, 2, 4}));
      },
      "key shape [3, 2, 4] does not match value shape [2, 2, 4]");
  expect_error<ShapeError>(
      [&] {
        m(x, zeros({3, 4}), x);
      },
      "should be unbatched 2D or batched 3D tensors but received 3-D, 2-D and 3-D");
  expect_error<ShapeError>(
      [&] {
        m(x, x, x, none, true, zeros({3, 2}));
      },
      "The shape of the 2D attn_mask is [3, 2], but should be [3, 3]");
  expect_error<ShapeError>(
      [&] {
        m(x, x, x, none, true, zeros({2, 3, 3}));
      },
      "The shape of the 3D attn_mask is [2, 3, 3], but should be [4, 3, 3]");
  expect_error<ShapeError>(
      [&] {
        m(x, x, x, zeros({3, 2}, kBool));
      },
      "key_padding_mask is [3, 2], but should be [2, 3]");
  expect_error<DtypeError>(
      [&] {
        m(x, x, x, none, true, zeros({3, 3}, kLong));
      },
      "Only float, byte, and bool types are supported for attn_mask, not ");
}

TEST(Transformer, LayersHavePyTorchsNumbers) {
  const auto options = TransformerEncoderLayerOptions(4, 2).dim_feedforward(8).dropout(0);
  expect_golden(
      "encoder_layer",
      [&] { return TransformerEncoderLayer(TransformerEncoderLayerOptions(options).activation(kGELU)); }, {{3, 2, 4}},
      [](auto& m, const Tensors& x) { return Tensors{m(x[0], causal(), padding())}; });
  expect_golden(
      "decoder_layer",
      [&] {
        return TransformerDecoderLayer(
            TransformerDecoderLayerOptions(options).activation([](const Tensor& x) { return x.tanh(); }));
      },
      {{3, 2, 4}, {3, 2, 4}},
      [](auto& m, const Tensors& x) { return Tensors{m(x[0], x[1], causal(), Tensor(), Tensor(), padding())}; });
}
TEST(Transformer, HasPyTorchsNumbers) {
  expect_golden(
      "transformer", [] { return Transformer(TransformerOptions(4, 2, 2, 2).dim_feedforward(8).dropout(0)); },
      {{3, 2, 4}, {3, 2, 4}},
      [](auto& m, const Tensors& x) {
        return Tensors{m(x[0], x[1], Tensor(), causal(), Tensor(), padding(), Tensor(), padding())};
      });
}
TEST(Transformer, MaskHidesWhatComesLater) {
  EXPECT_TRUE(TransformerImpl::generate_square_subsequent_mask(3).equal(
      tensor({0.0, -kInf, -kInf, 0.0, 0.0, -kInf, 0.0, 0.0, 0.0}, kFloat).view({3, 3})));
  EXPECT_EQ(TransformerImpl::generate_square_subsequent_mask(0).numel(), 0);
  expect_error<ValueError>([] { TransformerImpl::generate_square_subsequent_mask(-1); },
                           "Input size must be non-negative");
}
TEST(Transformer, LayersOfAStackStartAlikeAndAreApart) {
  TransformerEncoderLayer layer(TransformerEncoderLayerOptions(4, 2).dim_feedforward(8));
  TransformerEncoder encoder(layer, 2);
  const auto p = encoder->named_parameters();
  EXPECT_TRUE(p["layers.0.linear1.weight"].equal(p["layers.1.linear1.weight"]));
  NoGradGuard no_grad;
  p["layers.0.linear1.weight"].zero_();
  EXPECT_FALSE(p["layers.1.linear1.weight"].eq(0).any().item<bool>());
  EXPECT_FALSE(layer->linear1->weight.eq(0).any().item<bool>());
  encoder->reset_parameters();
  EXPECT_FALSE(p["layers.0.linear1.weight"].equal(p["layers.1.linear1.weight"]));
}
TEST(Transformer, TakesOtherEncoders) {
  Linear linear(4, 4);
  TransformerEncoderLayer layer(TransformerEncoderLayerOptions(4, 2).dim_feedforward(8));
  Transformer m(
      TransformerOptions(4, 2, 1, 1)
          .dim_feedforward(8)
          .custom_encoder(AnyModule(TransformerEncoder(TransformerEncoderOptions(layer, 3).norm(AnyModule(linear))))));
  EXPECT_EQ(m->encoder.get<TransformerEncoder>()->layers->size(), 3u);
  EXPECT_TRUE(m->state_dict().contains("encoder.norm.weight"));
  EXPECT_EQ(m(zeros({5, 2, 4}), zeros({3, 2, 4})).sizes(), (IntList{3, 2, 4}));
}
TEST(Transformer, IsPrintedAsLibtorch) {
  EXPECT_EQ(printed(MultiheadAttention(4, 2)),
            "nn::MultiheadAttention(\n"
            "  (out_proj): nn::Linear(in_features=4, out_features=4, bias=true)\n"
            ")");
  EXPECT_EQ(printed(TransformerEncoder(TransformerEncoderLayer(4, 2), 1)),
            "nn::TransformerEncoderImpl(\n"
            "  (layers): nn::ModuleList(\n"
            "    (0): nn::TransformerEncoderLayerImpl(\n"
            "      (self_attn): nn::MultiheadAttention(\n"
            "        (out_proj): nn::Linear(in_features=4, out_features=4, bias=true)\n"
            "      )\n"
            "      (linear1): nn::Linear(in_features=4, out_features=2048, bias=true)\n"
            "      (dropout): nn::Dropout(p=0.1, inplace=false)\n"
            "      (linear2): nn::Linear(in_features=2048, out_features=4, bias=true)\n"
            "      (norm1): nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
            "      (norm2): nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
            "      (dropout1): nn::Dropout(p=0.1, inplace=false)\n"
            "      (dropout2): nn::Dropout(p=0.1, inplace=false)\n"
            "    )\n"
            "  )\n"
            ")");
}
TEST(Transformer, SaysWhatDoesNotFit) {
  Transformer m(TransformerOptions(4, 2, 1, 1).dim_feedforward(8));
  expect_error<ShapeError>(
      [&] {
        m(zeros({2, 4}), zeros({2, 4}));
      },
      "Transformer: src and tgt should have 3 dimensions, but got 2 and 2; give ");
  expect_error<ShapeError>(
      [&] {
        m(zeros({2, 3, 4}), zeros({2, 2, 4}));
      },
      "src and tgt should have equal batch size (at dim 1), but got 3 and 2");
  expect_error<ShapeError>(
      [&] {
        m(zeros({2, 3, 5}), zeros({2, 3, 4}));
      },
      "same feature size as d_model (at dim 2), but got 5 and 4 while d_model is 4");
  expect_error<ValueError>([] { TransformerEncoderLayer(TransformerEncoderLayerOptions(4, 2).activation(kTanh)); },
                           "activation should be relu/gelu");
  expect_error<ValueError>([] { TransformerEncoderLayer(4, 3); }, "embed_dim must be divisible by num_heads");
}

}  // namespace
}  // namespace tapegrad
