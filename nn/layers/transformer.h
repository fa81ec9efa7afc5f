// The transformer: layers of attention and two linear maps, stacks of them as encoder and decoder, and both in one.
//
//   nn::Transformer model(nn::TransformerOptions(32, 4).num_encoder_layers(2).num_decoder_layers(2));
//   Tensor mask = nn::TransformerImpl::generate_square_subsequent_mask(7);
//   Tensor y = model(src, tgt, Tensor(), mask);  // src [steps, n, 32], tgt and y [7, n, 32]
//
// Masks are those of MultiheadAttention. Source: Vaswani et al., "Attention Is All You Need", 2017.
#pragma once

#include <functional>

#include <tapegrad/nn/any_module.h>
#include <tapegrad/nn/init.h>
#include <tapegrad/nn/layers/attention.h>
#include <tapegrad/nn/layers/dropout.h>
#include <tapegrad/nn/layers/norm.h>
#include <tapegrad/nn/module_list.h>

namespace tapegrad {
namespace nn {
struct GELUActivation {};
}  // namespace nn
inline constexpr nn::GELUActivation kGELU{};

namespace nn {

/// What stands between a layer's two linear maps: kReLU, kGELU or a function of a tensor. ValueError for another
/// nonlinearity.
struct TAPEGRAD_EXPORT TransformerActivation : std::function<Tensor(const Tensor&)> {
  using function::function;
  TransformerActivation(init::Nonlinearity nonlinearity);
  TransformerActivation(GELUActivation);
};
using activation_t = TransformerActivation;

struct TransformerLayerFields {
  std::int64_t d_model = -1;  ///< must be given: the features
  std::int64_t nhead = -1;    ///< must be given, divides d_model
  std::int64_t dim_feedforward = 2048;
  double dropout = 0.1;
  TransformerActivation activation = init::Nonlinearity::ReLU;
};
/// TransformerEncoderLayerOptions(d_model, nhead).dropout(0), of both kinds.
struct TransformerEncoderLayerOptions : OptionsOf<TransformerLayerFields> {
  using OptionsOf::OptionsOf;
  TransformerEncoderLayerOptions(std::int64_t d_model, std::int64_t nhead)
      : OptionsOf({.d_model = d_model, .nhead = nhead}) {}
  TAPEGRAD_SETTERS(d_model, nhead, dim_feedforward, dropout, activation)
};
using TransformerDecoderLayerOptions = TransformerEncoderLayerOptions;

namespace detail {

/// A layer made of layers, printed by the name of its class, as libtorch does: "nn::TransformerEncoderImpl".
TAPEGRAD_EXPORT void print_class(std::ostream& out, const Module& layer);
template <class Derived, class Options>
struct Composite : Layer<Derived, Options> {
  using Layer<Derived, Options>::Layer;
  void pretty_print(std::ostream& out) const override { print_class(out, *this); }
};

/// What the two layers share: the last norm has the number kNorms. ValueError as from MultiheadAttention and Dropout.
template <class Derived, int kAttentions>
struct TAPEGRAD_EXPORT TransformerLayer : Composite<Derived, TransformerEncoderLayerOptions> {
  TransformerLayer(std::int64_t d_model, std::int64_t nhead)
      : TransformerLayer(TransformerEncoderLayerOptions(d_model, nhead)) {}
  explicit TransformerLayer(const TransformerEncoderLayerOptions& layer_options);
  /// Draws the initial values again.
  void reset_parameters();

  MultiheadAttention self_attn{nullptr}, multihead_attn{nullptr};  ///< the second of a decoder's layer alone
  Linear linear1{nullptr};
  Dropout dropout{nullptr};
  Linear linear2{nullptr};
  LayerNorm norm1{nullptr}, norm2{nullptr}, norm3{nullptr};
  Dropout dropout1{nullptr}, dropout2{nullptr}, dropout3{nullptr};

 protected:
  Tensor feed_forward(const Tensor& x);
};

}  // namespace detail

/// x = norm1(src + self attention), then norm2(x + linear2(activation(linear1(x)))), with dropout before each sum and
/// within; src [s, n, d_model], src_mask [s, s], src_key_padding_mask [n, s].
struct TAPEGRAD_EXPORT TransformerEncoderLayerImpl : detail::TransformerLayer<TransformerEncoderLayerImpl, 1> {
  using TransformerLayer::TransformerLayer;
  Tensor forward(const Tensor& src, const Tensor& src_mask = {}, const Tensor& src_key_padding_mask = {});
};
TAPEGRAD_MODULE(TransformerEncoderLayer);

/// The same with attention to memory [s, n, d_model] and a norm of it in the middle; tgt [t, n, d_model], memory_mask
/// [t, s].
struct TAPEGRAD_EXPORT TransformerDecoderLayerImpl : detail::TransformerLayer<TransformerDecoderLayerImpl, 2> {
  using TransformerLayer::TransformerLayer;
  Tensor forward(const Tensor& tgt, const Tensor& memory, const Tensor& tgt_mask = {}, const Tensor& memory_mask = {},
                 const Tensor& tgt_key_padding_mask = {}, const Tensor& memory_key_padding_mask = {});
};
TAPEGRAD_MODULE(TransformerDecoderLayer);

struct TransformerEncoderFields {
  TransformerEncoderLayer encoder_layer{nullptr};  ///< must be given: what is cloned
  std::int64_t num_layers = 0;
  AnyModule norm = {};  ///< of the last layer's output
};
struct TAPEGRAD_EXPORT TransformerEncoderOptions : OptionsOf<TransformerEncoderFields> {
  using OptionsOf::OptionsOf;
  TransformerEncoderOptions(TransformerEncoderLayer encoder_layer, std::int64_t num_layers)
      : OptionsOf({std::move(encoder_layer), num_layers}) {}
  TransformerEncoderOptions(const TransformerEncoderLayerOptions& layer_options, std::int64_t num_layers)
      : TransformerEncoderOptions(TransformerEncoderLayer(layer_options), num_layers) {}
  TAPEGRAD_SETTERS(encoder_layer, num_layers, norm)
};
struct TransformerDecoderFields {
  TransformerDecoderLayer decoder_layer{nullptr};  ///< must be given: what is cloned
  std::int64_t num_layers = 0;
  AnyModule norm = {};
};
struct TAPEGRAD_EXPORT TransformerDecoderOptions : OptionsOf<TransformerDecoderFields> {
  using OptionsOf::OptionsOf;
  TransformerDecoderOptions(TransformerDecoderLayer decoder_layer, std::int64_t num_layers)
      : OptionsOf({std::move(decoder_layer), num_layers}) {}
  TransformerDecoderOptions(const TransformerDecoderLayerOptions& layer_options, std::int64_t num_layers)
      : TransformerDecoderOptions(TransformerDecoderLayer(layer_options), num_layers) {}
  TAPEGRAD_SETTERS(decoder_layer, num_layers, norm)
};

namespace detail {
/// num_layers clones of a layer, one after the other, and a norm. Error where there is no layer.
template <class Derived, class Options>
struct TAPEGRAD_EXPORT TransformerStack : Composite<Derived, Options> {
  using LayerHolder = std::conditional_t<std::is_same_v<Options, TransformerEncoderOptions>, TransformerEncoderLayer,
                                         TransformerDecoderLayer>;
  TransformerStack(LayerHolder layer, std::int64_t num_layers)
      : TransformerStack(Options(std::move(layer), num_layers)) {}
  explicit TransformerStack(const Options& stack_options);
  /// Draws the layers' initial values again.
  void reset_parameters();

  ModuleList layers;
  AnyModule norm;

 protected:
  Tensor through(Tensor x, const auto&... args) const;
};
}  // namespace detail

struct TAPEGRAD_EXPORT TransformerEncoderImpl
    : detail::TransformerStack<TransformerEncoderImpl, TransformerEncoderOptions> {
  using TransformerStack::TransformerStack;
  Tensor forward(const Tensor& src, const Tensor& src_mask = {}, const Tensor& src_key_padding_mask = {});
};
TAPEGRAD_MODULE(TransformerEncoder);

struct TAPEGRAD_EXPORT TransformerDecoderImpl
    : detail::TransformerStack<TransformerDecoderImpl, TransformerDecoderOptions> {
  using TransformerStack::TransformerStack;
  Tensor forward(const Tensor& tgt, const Tensor& memory, const Tensor& tgt_mask = {}, const Tensor& memory_mask = {},
                 const Tensor& tgt_key_padding_mask = {}, const Tensor& memory_key_padding_mask = {});
};
TAPEGRAD_MODULE(TransformerDecoder);

struct TransformerFields {
  std::int64_t d_model = 512, nhead = 8, num_encoder_layers = 6, num_decoder_layers = 6, dim_feedforward = 2048;
  double dropout = 0.1;
  TransformerActivation activation = init::Nonlinearity::ReLU;
  AnyModule custom_encoder = {};  ///< in the place of a TransformerEncoder, cloned
  AnyModule custom_decoder = {};
};
struct TransformerOptions : OptionsOf<TransformerFields> {
  using OptionsOf::OptionsOf;
  TransformerOptions(std::int64_t d_model, std::int64_t nhead) : OptionsOf({.d_model = d_model, .nhead = nhead}) {}
  TransformerOptions(std::int64_t d_model, std::int64_t nhead, std::int64_t num_encoder_layers,
                     std::int64_t num_decoder_layers)
      : OptionsOf({d_model, nhead, num_encoder_layers, num_decoder_layers}) {}
  TAPEGRAD_SETTERS(d_model, nhead, num_encoder_layers, num_decoder_layers, dim_feedforward, dropout, activation,
                   custom_encoder, custom_decoder)
};

/// An encoder of src [s, n, d_model], and a decoder of tgt [t, n, d_model] that sees what the encoder gives: [t, n,
/// d_model]. Matrices are drawn by xavier_uniform_.
struct TAPEGRAD_EXPORT TransformerImpl : detail::Composite<TransformerImpl, TransformerOptions> {
  explicit TransformerImpl(const TransformerOptions& transformer_options = {});
  /// ShapeError unless both have three dims, n and d_model.
  Tensor forward(const Tensor& src, const Tensor& tgt, const Tensor& src_mask = {}, const Tensor& tgt_mask = {},
                 const Tensor& memory_mask = {}, const Tensor& src_key_padding_mask = {},
                 const Tensor& tgt_key_padding_mask = {}, const Tensor& memory_key_padding_mask = {});
  /// Draws the initial values of all matrices again.
  void reset_parameters();
  /// [size, size]: 0 up to the diagonal, -inf above it, which hides what comes later. ValueError below 0.
  static Tensor generate_square_subsequent_mask(std::int64_t size);

  AnyModule encoder, decoder;
};
TAPEGRAD_MODULE(Transformer);

}  // namespace nn
}  // namespace tapegrad
