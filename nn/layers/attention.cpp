#include <tapegrad/nn/layers/attention.h>

#include <cmath>
#include <limits>
#include <ostream>

#include <tapegrad/nn/init.h>
#include <tapegrad/nn/layers/dropout.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

namespace functional {

static constexpr char kName[] = "multi_head_attention_forward";

// x with one more index of 0 along dim.
static Tensor with_zero(const Tensor& x, std::int64_t dim) {
  std::vector<std::int64_t> sizes = x.sizes().vec();
  sizes[static_cast<std::size_t>(dim)] = 1;
  return cat({x, zeros(sizes, x.dtype())}, dim);
}

// The mask as numbers that are added to products of this dtype; `extra` more keys are seen.
static Tensor added(Tensor mask, Dtype dtype, std::int64_t extra) {
  for (; extra > 0; --extra) mask = with_zero(mask, mask.dim() - 1);
  if (mask.is_floating_point()) return mask;
  return zeros(mask.sizes(), dtype).masked_fill(mask.to(kBool), -std::numeric_limits<double>::infinity());
}

static void check_mask(const char* name, const Tensor& mask, IntList sizes) {
  if (mask.dtype() != kBool && mask.dtype() != kByte && !mask.is_floating_point()) {
    core::throw_dtype(kName, "Only float, byte, and bool types are supported for ", name, ", not ", mask.dtype(),
                      "; use to(kBool)");
  }
  if (mask.sizes() != sizes) {
    core::throw_shape(kName, "The shape of the ", mask.dim(), "D ", name, " is ", mask.sizes(), ", but should be ",
                      sizes, "; give one for each key");
  }
}

static void check(const Tensor& query, const Tensor& key, const Tensor& value,
                  const MultiheadAttentionForwardFuncOptions& o) {
  if (query.dim() != 3 || key.dim() != 3 || value.dim() != 3) {
    core::throw_shape(kName, "query, key and value should be unbatched 2D or batched 3D tensors but received ",
                      query.dim(), "-D, ", key.dim(), "-D and ", value.dim(), "-D; give [steps, n, features]");
  }
  const std::int64_t e = query.size(2), heads = o.num_heads();
  if (e != o.embed_dim_to_check()) {
    core::throw_shape(kName, "was expecting embedding dimension of ", o.embed_dim_to_check(), ", but got ", e,
                      "; give query [steps, n, embed_dim]");
  }
  if (heads < 1 || e % heads != 0) {
    core::throw_value(kName, "embed_dim must be divisible by num_heads, but got ", e, " and ", heads,
                      "; give a number that divides it");
  }
  if (key.size(0) != value.size(0) || key.size(1) != value.size(1) || key.size(1) != query.size(1)) {
    core::throw_shape(kName, "key shape ", key.sizes(), " does not match value shape ", value.sizes(),
                      " or query's batch of ", query.size(1), "; give a value for each key, in as many batches");
  }
  if (o.bias_k().defined() && (o.static_k().defined() || o.static_v().defined()))
    core::throw_value(kName, "bias cannot be added to static key; leave one out");
  const std::int64_t l = query.size(0), n = query.size(1),
                     s = o.static_k().defined() ? o.static_k().size(1) : key.size(0);
  if (o.key_padding_mask().defined()) check_mask("key_padding_mask", o.key_padding_mask(), {n, s});
  if (!o.attn_mask().defined()) return;
  if (o.attn_mask().dim() == 3) return check_mask("attn_mask", o.attn_mask(), {n * heads, l, s});
  check_mask("attn_mask", o.attn_mask(), {l, s});
}

std::tuple<Tensor, Tensor> multi_head_attention_forward(const Tensor& query, const Tensor& key, const Tensor& value,
                                                        const MultiheadAttentionForwardFuncOptions& options) try {
  MultiheadAttentionForwardFuncOptions o = options;
  if (query.dim() == 2 && key.dim() == 2 && value.dim() == 2) {
    if (o.key_padding_mask().defined()) o.key_padding_mask(o.key_padding_mask().unsqueeze(0));
    auto [y, weights] = multi_head_attention_forward(query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1), o);
    if (weights.defined()) weights = weights.squeeze(0);
    return {y.squeeze(1), std::move(weights)};
  }
  check(query, key, value, o);
  const std::int64_t l = query.size(0), n = query.size(1), e = query.size(2), heads = o.num_heads(), d = e / heads;
  const Tensor separate[] = {o.q_proj_weight(), o.k_proj_weight(), o.v_proj_weight()};
  // What query, key or value has of the three that lie one below the other.
  const auto third = [e](const Tensor& all, std::int64_t i) { return all.defined() ? all.narrow(0, i * e, e) : all; };
  const auto split = [&](const Tensor& x) { return x.reshape({x.size(0), n, heads, d}).permute({1, 2, 0, 3}); };
  const auto projected = [&](const Tensor& x, std::int64_t i, const Tensor& more, const Tensor& fixed) {
    if (fixed.defined()) return fixed.reshape({n, heads, fixed.size(1), d});
    const Tensor weight = o.use_separate_proj_weight() ? separate[i] : third(o.in_proj_weight(), i);
    const Tensor y = tapegrad::linear(x, weight, third(o.in_proj_bias(), i));
    return split(more.defined() ? cat({y, more.expand({1, n, e})}) : y);
  };
  const Tensor q = projected(query, 0, {}, {});
  Tensor k = projected(key, 1, o.bias_k(), o.static_k()), v = projected(value, 2, o.bias_v(), o.static_v());
  if (o.add_zero_attn()) k = with_zero(k, 2), v = with_zero(v, 2);

  Tensor scores = matmul(q.mul(1 / std::sqrt(static_cast<double>(d))), k.transpose(-2, -1));  // [n, heads, l, s]
  const std::int64_t s = k.size(2), extra = (o.bias_k().defined() ? 1 : 0) + (o.add_zero_attn() ? 1 : 0);
  if (o.attn_mask().defined()) {
    const Tensor mask = added(o.attn_mask(), scores.dtype(), extra);
    scores = scores.add(mask.dim() == 3 ? mask.reshape({n, heads, l, s}) : mask);
  }
  if (o.key_padding_mask().defined())
    scores = scores.add(added(o.key_padding_mask(), scores.dtype(), extra).reshape({n, 1, 1, s}));
  const Tensor weights = dropout(scores.softmax(-1), {{o.dropout_p(), o.training()}});
  const Tensor y = tapegrad::linear(matmul(weights, v).permute({2, 0, 1, 3}).reshape({l, n, e}), o.out_proj_weight(),
                                    o.out_proj_bias());
  if (!o.need_weights()) return {y, Tensor()};
  return {y, o.average_attn_weights() ? weights.mean(1) : weights};
} catch (const Error&) {
  core::throw_as(kName);
}

}  // namespace functional

MultiheadAttentionImpl::MultiheadAttentionImpl(const MultiheadAttentionOptions& attention_options)
    : Layer(attention_options) {
  const std::int64_t e = options.embed_dim(), heads = options.num_heads();
  if (e < 0 || heads < 1 || e % heads != 0) {
    core::throw_value("MultiheadAttention", "embed_dim must be divisible by num_heads, but got ", e, " and ", heads,
                      "; give a number that divides it");
  }
  head_dim = e / heads;
  if (options.kdim() < 0) options.kdim(e);
  if (options.vdim() < 0) options.vdim(e);
  _qkv_same_embed_dim = options.kdim() == e && options.vdim() == e;
  const auto make = [&](const char* name, bool used, std::initializer_list<std::int64_t> sizes) {
    return register_parameter(name, used ? tapegrad::empty(sizes) : Tensor(), used);
  };
  in_proj_weight = make("in_proj_weight", _qkv_same_embed_dim, {3 * e, e});
  q_proj_weight = make("q_proj_weight", !_qkv_same_embed_dim, {e, e});
  k_proj_weight = make("k_proj_weight", !_qkv_same_embed_dim, {e, options.kdim()});
  v_proj_weight = make("v_proj_weight", !_qkv_same_embed_dim, {e, options.vdim()});
  in_proj_bias = make("in_proj_bias", options.bias(), {3 * e});
  out_proj = register_module("out_proj", Linear(LinearOptions(e, e).bias(options.bias())));
  bias_k = make("bias_k", options.add_bias_kv(), {1, 1, e});
  bias_v = make("bias_v", options.add_bias_kv(), {1, 1, e});
  _reset_parameters();
}

void MultiheadAttentionImpl::pretty_print(std::ostream& out) const { out << detail::prefix() << "MultiheadAttention"; }

void MultiheadAttentionImpl::_reset_parameters() {
  for (const Tensor& w : {in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight})
    if (w.defined()) init::xavier_uniform_(w);
  if (in_proj_bias.defined()) {
    init::zeros_(in_proj_bias);
    init::zeros_(out_proj->bias);
  }
  for (const Tensor& b : {bias_k, bias_v})
    if (b.defined()) init::xavier_normal_(b);
}

std::tuple<Tensor, Tensor> MultiheadAttentionImpl::forward(const Tensor& query, const Tensor& key, const Tensor& value,
                                                           const Tensor& key_padding_mask, bool need_weights,
                                                           const Tensor& attn_mask, bool average_attn_weights) {
  return functional::multi_head_attention_forward(
      query, key, value,
      functional::MultiheadAttentionForwardFuncOptions(options.embed_dim(), options.num_heads(), in_proj_weight,
                                                       in_proj_bias, bias_k, bias_v, options.add_zero_attn(),
                                                       options.dropout(), out_proj->weight, out_proj->bias)
          .training(is_training())
          .key_padding_mask(key_padding_mask)
          .need_weights(need_weights)
          .attn_mask(attn_mask)
          .use_separate_proj_weight(!_qkv_same_embed_dim)
          .q_proj_weight(q_proj_weight)
          .k_proj_weight(k_proj_weight)
          .v_proj_weight(v_proj_weight)
          .average_attn_weights(average_attn_weights));
}

}  // namespace tapegrad::nn
