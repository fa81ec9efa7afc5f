// Attention and the transformer.
#include "parity.h"

using torch::nn::MultiheadAttention;
using torch::nn::MultiheadAttentionOptions;
using torch::nn::Transformer;
using torch::nn::TransformerDecoderLayer;
using torch::nn::TransformerDecoderLayerOptions;
using torch::nn::TransformerEncoder;
using torch::nn::TransformerEncoderLayer;
using torch::nn::TransformerEncoderLayerOptions;
using torch::nn::TransformerEncoderOptions;
using torch::nn::TransformerOptions;

TEST(ParityAttention, DrawsParametersAsLibtorch) {
  torch::manual_seed(0);
  MultiheadAttention m(4, 2);
  EXPECT_TRUE(same(m->in_proj_weight[0], torch::tensor({0.2224F, 0.5085F, -0.1260F, 0.4582F}), 1e-3));
  EXPECT_TRUE(same(m->out_proj->weight[0], torch::tensor({-0.0037F, 0.2682F, -0.4115F, -0.3680F}), 2e-2));
  EXPECT_EQ(m->in_proj_bias.abs().sum().item<float>(), 0);
}

TEST(ParityAttention, NamesParametersAsLibtorch) {
  MultiheadAttention m(MultiheadAttentionOptions(4, 2).kdim(3).vdim(5).add_bias_kv(true));
  const std::vector<std::string> keys = {"q_proj_weight", "k_proj_weight", "v_proj_weight",   "in_proj_bias",
                                         "bias_k",        "bias_v",        "out_proj.weight", "out_proj.bias"};
  EXPECT_EQ(m->named_parameters().keys(), keys);
  EXPECT_EQ(sizes(m->v_proj_weight), (std::vector<int64_t>{4, 5}));
}

TEST(ParityAttention, GivesOutputAndWeights) {
  torch::manual_seed(1);
  MultiheadAttention m(4, 2);
  const torch::Tensor q = torch::randn({2, 3, 4}), k = torch::randn({5, 3, 4});
  const auto output = m->forward(q, k, k);
  EXPECT_EQ(sizes(std::get<0>(output)), (std::vector<int64_t>{2, 3, 4}));
  EXPECT_TRUE(same(std::get<1>(output).sum(-1), torch::ones({3, 2})));
  const auto bare = m->forward(q, k, k, torch::Tensor(), /*need_weights=*/false);
  EXPECT_FALSE(std::get<1>(bare).defined());
  EXPECT_TRUE(same(std::get<0>(bare), std::get<0>(output)));
  const auto each = m->forward(q, k, k, torch::Tensor(), true, torch::Tensor(), /*average_attn_weights=*/false);
  EXPECT_EQ(sizes(std::get<1>(each)), (std::vector<int64_t>{3, 2, 2, 5}));
}

TEST(ParityAttention, HidesKeys) {
  torch::manual_seed(2);
  MultiheadAttention m(4, 2);
  const torch::Tensor x = torch::randn({3, 1, 4});
  const torch::Tensor later = Transformer::Impl::generate_square_subsequent_mask(3);
  const torch::Tensor causal = std::get<1>(m->forward(x, x, x, torch::Tensor(), true, later));
  EXPECT_EQ(causal[0][0][0].item<float>(), 1);
  EXPECT_EQ(causal[0].triu(1).sum().item<float>(), 0);
  const torch::Tensor padding = torch::tensor({0, 1, 0}, torch::kLong).to(torch::kBool).unsqueeze(0);
  const torch::Tensor w = std::get<1>(m->forward(x, x, x, padding));
  EXPECT_EQ(w.select(2, 1).abs().sum().item<float>(), 0);
}

TEST(ParityAttention, FunctionTakesTheParameters) {
  torch::manual_seed(3);
  MultiheadAttention m(4, 2);
  const torch::Tensor x = torch::randn({3, 2, 4});
  const auto options = torch::nn::functional::MultiheadAttentionForwardFuncOptions(
      4, 2, m->in_proj_weight, m->in_proj_bias, torch::Tensor(), torch::Tensor(), false, 0, m->out_proj->weight,
      m->out_proj->bias);
  const auto output = torch::nn::functional::multi_head_attention_forward(x, x, x, options);
  EXPECT_TRUE(same(std::get<0>(output), std::get<0>(m->forward(x, x, x))));
}

TEST(ParityAttention, PrintsAsLibtorch) {
  const std::string attention =
      "torch::nn::MultiheadAttention(\n    (out_proj): torch::nn::Linear(in_features=4, out_features=4, bias=true)\n  "
      ")\n";
  EXPECT_EQ(text(TransformerDecoderLayer(TransformerDecoderLayerOptions(4, 2).dim_feedforward(8))),
            "torch::nn::TransformerDecoderLayerImpl(\n"
            "  (self_attn): " +
                attention + "  (multihead_attn): " + attention +
                "  (linear1): torch::nn::Linear(in_features=4, out_features=8, bias=true)\n"
                "  (dropout): torch::nn::Dropout(p=0.1, inplace=false)\n"
                "  (linear2): torch::nn::Linear(in_features=8, out_features=4, bias=true)\n"
                "  (norm1): torch::nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
                "  (norm2): torch::nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
                "  (norm3): torch::nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
                "  (dropout1): torch::nn::Dropout(p=0.1, inplace=false)\n"
                "  (dropout2): torch::nn::Dropout(p=0.1, inplace=false)\n"
                "  (dropout3): torch::nn::Dropout(p=0.1, inplace=false)\n"
                ")");
}

TEST(ParityAttention, LayerIsItsParts) {
  torch::manual_seed(4);
  TransformerEncoderLayer m(
      TransformerEncoderLayerOptions(4, 2).dim_feedforward(8).dropout(0).activation(torch::kGELU));
  const torch::Tensor x = torch::randn({3, 2, 4});
  const torch::Tensor a = m->norm1(x + std::get<0>(m->self_attn->forward(x, x, x)));
  EXPECT_TRUE(same(m(x), m->norm2(a + m->linear2(torch::gelu(m->linear1(a)))), 1e-4));
}

TEST(ParityAttention, ActivationMayBeAFunction) {
  torch::manual_seed(5);
  TransformerEncoderLayer m(TransformerEncoderLayerOptions(4, 2).dropout(0).activation(torch::kReLU));
  const torch::Tensor x = torch::randn({3, 2, 4});
  const torch::Tensor y = m(x);
  m->options.activation([](const torch::Tensor& t) { return torch::relu(t); });
  EXPECT_TRUE(same(m(x), y));
}

TEST(ParityAttention, DecoderLayerTakesMemory) {
  torch::manual_seed(6);
  TransformerDecoderLayer m(TransformerDecoderLayerOptions(4, 2).dim_feedforward(8));
  m->eval();
  torch::Tensor memory = torch::randn({5, 2, 4}).requires_grad_();
  const torch::Tensor y = m(torch::randn({3, 2, 4}), memory);
  EXPECT_EQ(sizes(y), (std::vector<int64_t>{3, 2, 4}));
  y.square().sum().backward();
  EXPECT_GT(memory.grad().abs().sum().item<float>(), 0);
}

TEST(ParityAttention, StacksClones) {
  TransformerEncoderLayer layer(TransformerEncoderLayerOptions(4, 2).dim_feedforward(8).dropout(0));
  TransformerEncoder m(TransformerEncoderOptions(layer, 2).norm(
      torch::nn::AnyModule(torch::nn::LayerNorm(torch::nn::LayerNormOptions({4})))));
  EXPECT_EQ(m->layers->size(), 2U);
  const torch::Tensor x = torch::randn({3, 2, 4});
  EXPECT_TRUE(same(m(x), m->norm.forward(layer(layer(x))), 1e-4));
  EXPECT_EQ(m->parameters().size(), 26U);
}

TEST(ParityAttention, TransformerHasEncoderAndDecoder) {
  torch::manual_seed(7);
  Transformer m(TransformerOptions(4, 2, 1, 2).dim_feedforward(8).dropout(0));
  EXPECT_EQ(m->named_parameters().keys()[0], "encoder.layers.0.self_attn.in_proj_weight");
  EXPECT_EQ(m->named_parameters().keys().back(), "decoder.norm.bias");
  const torch::Tensor y = m(torch::randn({5, 2, 4}), torch::randn({3, 2, 4}));
  EXPECT_EQ(sizes(y), (std::vector<int64_t>{3, 2, 4}));
  const auto copy = std::dynamic_pointer_cast<torch::nn::TransformerImpl>(m->clone());
  const torch::Tensor src = torch::randn({5, 2, 4});
  EXPECT_TRUE(same(copy->forward(src, src), m(src, src)));
}

TEST(ParityAttention, RefusesOtherSizes) {
  EXPECT_THROW(MultiheadAttention(5, 2), c10::Error);
  MultiheadAttention attention(4, 2);
  const torch::Tensor x = torch::zeros({3, 2, 4});
  EXPECT_THROW(attention->forward(torch::zeros({3, 2, 5}), x, x), c10::Error);
  EXPECT_THROW(attention->forward(x, x, x, torch::zeros({3, 2}, torch::kBool)), c10::Error);
  Transformer m(TransformerOptions(4, 2, 1, 1));
  EXPECT_THROW(m(torch::zeros({2, 4}), torch::zeros({2, 4})), c10::Error);
  EXPECT_THROW(m(torch::zeros({2, 3, 4}), torch::zeros({2, 2, 4})), c10::Error);
  EXPECT_THROW(m(torch::zeros({2, 3, 5}), torch::zeros({2, 3, 4})), c10::Error);
  EXPECT_THROW(Transformer::Impl::generate_square_subsequent_mask(-1), c10::Error);
}
