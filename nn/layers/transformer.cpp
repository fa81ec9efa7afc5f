#include <tapegrad/nn/layers/transformer.h>

#include <limits>
#include <ostream>

#include "autograd/core/text.h"

namespace tapegrad::nn {

TransformerActivation::TransformerActivation(init::Nonlinearity nonlinearity)
    : function([](const Tensor& x) { return tapegrad::relu(x); }) {
  if (nonlinearity != init::Nonlinearity::ReLU)
    core::throw_value("Transformer", "activation should be relu/gelu; give kReLU, kGELU or a function");
}
TransformerActivation::TransformerActivation(GELUActivation)
    : function([](const Tensor& x) { return tapegrad::gelu(x); }) {}

namespace detail {

void print_class(std::ostream& out, const Module& layer) {
  std::string name = layer.name();
  if (name.starts_with("tapegrad::nn::")) name.replace(0, 14, prefix());
  out << name;
}

template <class Derived, int kAttentions>
TransformerLayer<Derived, kAttentions>::TransformerLayer(const TransformerEncoderLayerOptions& layer_options)
    : Composite<Derived, TransformerEncoderLayerOptions>(layer_options) {
  constexpr bool kDecodes = kAttentions == 2;
  const TransformerEncoderLayerOptions& o = this->options;
  const auto add = [&](const char* name, auto module) { return this->register_module(name, std::move(module)); };
  const auto norm = [&] { return LayerNorm(LayerNormOptions({o.d_model()})); };
  const MultiheadAttentionOptions attention = MultiheadAttentionOptions(o.d_model(), o.nhead()).dropout(o.dropout());
  self_attn = add("self_attn", MultiheadAttention(attention));
  if (kDecodes) multihead_attn = add("multihead_attn", MultiheadAttention(attention));
  linear1 = add("linear1", Linear(o.d_model(), o.dim_feedforward()));
  dropout = add("dropout", Dropout(o.dropout()));
  linear2 = add("linear2", Linear(o.dim_feedforward(), o.d_model()));
  norm1 = add("norm1", norm());
  norm2 = add("norm2", norm());
  if (kDecodes) norm3 = add("norm3", norm());
  dropout1 = add("dropout1", Dropout(o.dropout()));
  dropout2 = add("dropout2", Dropout(o.dropout()));
  if (kDecodes) dropout3 = add("dropout3", Dropout(o.dropout()));
}
template <class Derived, int kAttentions>
void TransformerLayer<Derived, kAttentions>::reset_parameters() {
  for (const MultiheadAttention& attention : {self_attn, multihead_attn})
    if (attention) attention->_reset_parameters();
  linear1->reset_parameters();
  linear2->reset_parameters();
  for (const LayerNorm& norm : {norm1, norm2, norm3})
    if (norm) norm->reset_parameters();
}
template <class Derived, int kAttentions>
Tensor TransformerLayer<Derived, kAttentions>::feed_forward(const Tensor& x) {
  return linear2(dropout(this->options.activation()(linear1(x))));
}
template struct TransformerLayer<TransformerEncoderLayerImpl, 1>;
template struct TransformerLayer<TransformerDecoderLayerImpl, 2>;

template <class Derived, class Options>
TransformerStack<Derived, Options>::TransformerStack(const Options& stack_options)
    : Composite<Derived, Options>(stack_options) {
  const Options& o = this->options;
  const LayerHolder* layer;
  if constexpr (std::is_same_v<Derived, TransformerEncoderImpl>) {
    layer = &o.encoder_layer();
  } else {
    layer = &o.decoder_layer();
  }
  this->register_module("layers", layers);
  for (std::int64_t i = 0; i < o.num_layers(); ++i) layers->push_back(nn::clone(*layer));
  if (o.norm().is_empty()) return;
  norm = o.norm().clone();
  this->register_module("norm", norm.ptr());
}
template <class Derived, class Options>
void TransformerStack<Derived, Options>::reset_parameters() {
  for (const auto& layer : *layers) layer->template as<LayerHolder>()->reset_parameters();
}
template <class Derived, class Options>
Tensor TransformerStack<Derived, Options>::through(Tensor x, const auto&... args) const {
  for (const auto& layer : *layers) x = detail::call(*layer->template as<LayerHolder>(), x, args...);
  return norm.is_empty() ? x : norm.forward(x);
}
template struct TransformerStack<TransformerEncoderImpl, TransformerEncoderOptions>;
template struct TransformerStack<TransformerDecoderImpl, TransformerDecoderOptions>;

}  // namespace detail

static Tensor attended(MultiheadAttention& attention, const Tensor& query, const Tensor& key, const Tensor& mask,
                       const Tensor& padding) {
  return std::get<0>(attention(query, key, key, padding, /*need_weights=*/false, mask));
}

Tensor TransformerEncoderLayerImpl::forward(const Tensor& src, const Tensor& src_mask,
                                            const Tensor& src_key_padding_mask) {
  const Tensor x = norm1(src + dropout1(attended(self_attn, src, src, src_mask, src_key_padding_mask)));
  return norm2(x + dropout2(feed_forward(x)));
}

Tensor TransformerDecoderLayerImpl::forward(const Tensor& tgt, const Tensor& memory, const Tensor& tgt_mask,
                                            const Tensor& memory_mask, const Tensor& tgt_key_padding_mask,
                                            const Tensor& memory_key_padding_mask) {
  Tensor x = norm1(tgt + dropout1(attended(self_attn, tgt, tgt, tgt_mask, tgt_key_padding_mask)));
  x = norm2(x + dropout2(attended(multihead_attn, x, memory, memory_mask, memory_key_padding_mask)));
  return norm3(x + dropout3(feed_forward(x)));
}

Tensor TransformerEncoderImpl::forward(const Tensor& src, const Tensor& src_mask, const Tensor& src_key_padding_mask) {
  return through(src, src_mask, src_key_padding_mask);
}

Tensor TransformerDecoderImpl::forward(const Tensor& tgt, const Tensor& memory, const Tensor& tgt_mask,
                                       const Tensor& memory_mask, const Tensor& tgt_key_padding_mask,
                                       const Tensor& memory_key_padding_mask) {
  return through(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);
}

TransformerImpl::TransformerImpl(const TransformerOptions& transformer_options) : Composite(transformer_options) {
  const TransformerOptions& o = options;
  const TransformerEncoderLayerOptions layer(
      {o.d_model(), o.nhead(), o.dim_feedforward(), o.dropout(), o.activation()});
  const AnyModule norm(LayerNorm(LayerNormOptions({o.d_model()})));
  const auto stack = [&]<class Stack, class StackOptions>(const AnyModule& custom, std::int64_t n) {
    return custom.is_empty() ? AnyModule(Stack(StackOptions(layer, n).norm(norm))) : custom.clone();
  };
  encoder = stack.operator()<TransformerEncoder, TransformerEncoderOptions>(o.custom_encoder(), o.num_encoder_layers());
  decoder = stack.operator()<TransformerDecoder, TransformerDecoderOptions>(o.custom_decoder(), o.num_decoder_layers());
  register_module("encoder", encoder.ptr());
  register_module("decoder", decoder.ptr());
  reset_parameters();
}
void TransformerImpl::reset_parameters() {
  for (const Tensor& p : parameters())
    if (p.dim() > 1) init::xavier_uniform_(p);
}

Tensor TransformerImpl::forward(const Tensor& src, const Tensor& tgt, const Tensor& src_mask, const Tensor& tgt_mask,
                                const Tensor& memory_mask, const Tensor& src_key_padding_mask,
                                const Tensor& tgt_key_padding_mask, const Tensor& memory_key_padding_mask) {
  if (src.dim() != 3 || tgt.dim() != 3) {
    core::throw_shape("Transformer", "src and tgt should have 3 dimensions, but got ", src.dim(), " and ", tgt.dim(),
                      "; give [steps, n, d_model]");
  }
  if (src.size(1) != tgt.size(1)) {
    core::throw_shape("Transformer", "src and tgt should have equal batch size (at dim 1), but got ", src.size(1),
                      " and ", tgt.size(1), "; give as many of both");
  }
  if (src.size(2) != options.d_model() || tgt.size(2) != options.d_model()) {
    core::throw_shape("Transformer", "src and tgt should have same feature size as d_model (at dim 2), but got ",
                      src.size(2), " and ", tgt.size(2), " while d_model is ", options.d_model(),
                      "; give [steps, n, d_model]");
  }
  const Tensor memory = encoder.forward(src, src_mask, src_key_padding_mask);
  return decoder.forward(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);
}

Tensor TransformerImpl::generate_square_subsequent_mask(std::int64_t size) {
  if (size < 0) {
    core::throw_value("generate_square_subsequent_mask",
                      "Input size must be non-negative to generate a valid square subsequent mask, but got ", size,
                      "; give the number of steps");
  }
  return full({size, size}, -std::numeric_limits<float>::infinity(), kFloat).triu(1);
}

}  // namespace tapegrad::nn
