// MultiheadAttention: several attentions beside each other, each on its own projection of query, key and value.
#pragma once

#include <tuple>

#include <tapegrad/nn/layers/linear.h>

namespace tapegrad::nn {

struct MultiheadAttentionFields {
  std::int64_t embed_dim = -1;  ///< must be given
  std::int64_t num_heads = -1;  ///< must be given, divides embed_dim
  double dropout = 0;           ///< of the weights, while training
  bool bias = true;
  bool add_bias_kv = false;    ///< one more key and value, which are learned
  bool add_zero_attn = false;  ///< one more key and value, which are 0
  std::int64_t kdim = -1;      ///< the features of key and of value; -1: embed_dim
  std::int64_t vdim = -1;
};
/// MultiheadAttentionOptions(embed_dim, num_heads).dropout(0.1)
struct MultiheadAttentionOptions : OptionsOf<MultiheadAttentionFields> {
  using OptionsOf::OptionsOf;
  MultiheadAttentionOptions(std::int64_t embed_dim, std::int64_t num_heads)
      : OptionsOf({.embed_dim = embed_dim, .num_heads = num_heads, .kdim = embed_dim, .vdim = embed_dim}) {}
  TAPEGRAD_SETTERS(embed_dim, num_heads, dropout, bias, add_bias_kv, add_zero_attn, kdim, vdim)
};

namespace functional {

struct MultiheadAttentionForwardFuncFields {
  std::int64_t embed_dim_to_check, num_heads;
  Tensor in_proj_weight, in_proj_bias;  ///< those of query, key and value, one below the other
  Tensor bias_k, bias_v;
  bool add_zero_attn;
  double dropout_p;
  Tensor out_proj_weight, out_proj_bias;
  bool training = true;
  Tensor key_padding_mask = {};
  bool need_weights = true;
  Tensor attn_mask = {};
  bool use_separate_proj_weight = false;  ///< the three that follow, in the place of in_proj_weight
  Tensor q_proj_weight = {}, k_proj_weight = {}, v_proj_weight = {};
  Tensor static_k = {}, static_v = {};  ///< [n num_heads, s, d], in the place of what is projected
  bool average_attn_weights = true;
};
struct MultiheadAttentionForwardFuncOptions : OptionsOf<MultiheadAttentionForwardFuncFields> {
  using OptionsOf::OptionsOf;
  MultiheadAttentionForwardFuncOptions(std::int64_t embed_dim_to_check, std::int64_t num_heads,
                                       const Tensor& in_proj_weight, const Tensor& in_proj_bias, const Tensor& bias_k,
                                       const Tensor& bias_v, bool add_zero_attn, double dropout_p,
                                       const Tensor& out_proj_weight, const Tensor& out_proj_bias)
      : OptionsOf({embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn,
                   dropout_p, out_proj_weight, out_proj_bias}) {}
  TAPEGRAD_FOR_EACH(TAPEGRAD_SETTER, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v,
                    add_zero_attn, dropout_p, out_proj_weight, out_proj_bias)
  TAPEGRAD_FOR_EACH(TAPEGRAD_SETTER, training, key_padding_mask, need_weights, attn_mask, use_separate_proj_weight,
                    q_proj_weight, k_proj_weight, v_proj_weight, static_k, static_v, average_attn_weights)
};

/// As MultiheadAttention says, with the parameters in the options.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> multi_head_attention_forward(
    const Tensor& query, const Tensor& key, const Tensor& value, const MultiheadAttentionForwardFuncOptions& options);

}  // namespace functional

/// Attention of num_heads heads, each on embed_dim / num_heads of the features. Parameters as PyTorch draws them:
/// in_proj_weight [3 embed_dim, embed_dim], or q_proj_weight, k_proj_weight and v_proj_weight where kdim or vdim
/// differ, in_proj_bias, out_proj, bias_k and bias_v. ValueError unless num_heads divides embed_dim. Source: Vaswani et
/// al., "Attention Is All You Need", 2017.
struct TAPEGRAD_EXPORT MultiheadAttentionImpl : Layer<MultiheadAttentionImpl, MultiheadAttentionOptions> {
  MultiheadAttentionImpl(std::int64_t embed_dim, std::int64_t num_heads)
      : MultiheadAttentionImpl(MultiheadAttentionOptions(embed_dim, num_heads)) {}
  explicit MultiheadAttentionImpl(const MultiheadAttentionOptions& attention_options);

  /// query [l, n, embed_dim], key [s, n, kdim] and value [s, n, vdim], or all without n, give y [l, n, embed_dim] and
  /// the weights [n, l, s], of all heads [n, num_heads, l, s] unless averaged, undefined unless they are needed.
  /// key_padding_mask [n, s] and attn_mask [l, s] or [n num_heads, l, s] hide keys: booleans where they are true,
  /// numbers as they are added. ShapeError for other sizes, DtypeError for masks of int64.
  std::tuple<Tensor, Tensor> forward(const Tensor& query, const Tensor& key, const Tensor& value,
                                     const Tensor& key_padding_mask = {}, bool need_weights = true,
                                     const Tensor& attn_mask = {}, bool average_attn_weights = true);
  /// Draws the initial values again, out_proj's weight excepted.
  void _reset_parameters();
  void pretty_print(std::ostream& out) const override;

  bool _qkv_same_embed_dim;
  Parameter in_proj_weight, in_proj_bias;  ///< undefined where not used, as all of these
  Parameter bias_k, bias_v;
  Linear out_proj{nullptr};
  Parameter q_proj_weight, k_proj_weight, v_proj_weight;
  std::int64_t head_dim;
};
TAPEGRAD_MODULE(MultiheadAttention);

}  // namespace tapegrad::nn
