// Embedding: a row of numbers for each of a finite number of things.
#pragma once

#include <optional>

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct EmbeddingFuncFields {
  std::optional<std::int64_t> padding_idx = {};  ///< this row gets no gradient; a negative one counts from the end
  std::optional<double> max_norm = {};  ///< rows that are looked up are first shortened to this norm, in weight
  double norm_type = 2;                 ///< the p of that norm
  bool scale_grad_by_freq = false;      ///< the gradient of a row is divided by how often it is looked up in the call
  bool sparse = false;                  ///< ValueError: gradients are dense
};
struct EmbeddingFuncOptions : OptionsOf<EmbeddingFuncFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
};

struct EmbeddingFields {
  std::int64_t num_embeddings = -1;  ///< must be given
  std::int64_t embedding_dim = -1;   ///< must be given
  std::optional<std::int64_t> padding_idx = {};
  std::optional<double> max_norm = {};
  double norm_type = 2;
  bool scale_grad_by_freq = false;
  bool sparse = false;
  Tensor _weight = {};  ///< the rows, where they are not to be drawn
};
/// EmbeddingOptions(num_embeddings, embedding_dim).padding_idx(0)
struct EmbeddingOptions : OptionsOf<EmbeddingFields> {
  using OptionsOf::OptionsOf;
  EmbeddingOptions(std::int64_t num_embeddings, std::int64_t embedding_dim)
      : OptionsOf({num_embeddings, embedding_dim}) {}
  TAPEGRAD_SETTERS(num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, _weight)
};

struct EmbeddingFromPretrainedFields {
  bool freeze = true;  ///< the rows are not trained
  std::optional<std::int64_t> padding_idx = {};
  std::optional<double> max_norm = {};
  double norm_type = 2;
  bool scale_grad_by_freq = false;
  bool sparse = false;
};
struct EmbeddingFromPretrainedOptions : OptionsOf<EmbeddingFromPretrainedFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(freeze, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
};

namespace functional {
using EmbeddingFuncOptions = nn::EmbeddingFuncOptions;
/// The rows weight[indices], [.., d], of indices [..], int64 or int32, and weight [n, d]. IndexError for an index that
/// is not one of 0 .. n - 1, and for such a padding_idx.
TAPEGRAD_EXPORT Tensor embedding(const Tensor& indices, const Tensor& weight, const EmbeddingFuncOptions& options = {});
}  // namespace functional

/// A weight [num_embeddings, embedding_dim], drawn from N(0, 1) as PyTorch draws it, 0 in the row padding_idx.
struct TAPEGRAD_EXPORT EmbeddingImpl : Layer<EmbeddingImpl, EmbeddingOptions> {
  EmbeddingImpl(std::int64_t num_embeddings, std::int64_t embedding_dim)
      : EmbeddingImpl(EmbeddingOptions(num_embeddings, embedding_dim)) {}
  /// ShapeError for a negative size, and where _weight has other sizes; IndexError for a padding_idx outside.
  explicit EmbeddingImpl(const EmbeddingOptions& embedding_options);
  Tensor forward(const Tensor& indices);
  /// Draws the initial values again.
  void reset_parameters();
  std::string arguments() const override;

  Parameter weight;
};
class Embedding : public ModuleHolder<EmbeddingImpl> {
 public:
  using ModuleHolder::ModuleHolder;
  using Impl [[maybe_unused]] = EmbeddingImpl;
  /// An Embedding of these rows [n, d], which it shares. ShapeError unless there are two dims.
  TAPEGRAD_EXPORT static Embedding from_pretrained(const Tensor& rows,
                                                   const EmbeddingFromPretrainedOptions& options = {});
};

namespace detail {

// What Embedding and EmbeddingBag share.

/// The padding_idx as an index from the start. IndexError where there is no such row.
TAPEGRAD_EXPORT std::optional<std::int64_t> padding_row(std::optional<std::int64_t> padding_idx, std::int64_t rows);
/// weight[indices] of a vector of indices, under the options, of which padding_idx is not looked at.
TAPEGRAD_EXPORT Tensor embedding_rows(const Tensor& indices, const Tensor& weight, std::optional<double> max_norm,
                                      double norm_type, bool scale_grad_by_freq, bool sparse);
/// The initial weight: _weight where that is given, else not set.
TAPEGRAD_EXPORT Tensor embedding_weight(const Tensor& given, std::int64_t num_embeddings, std::int64_t embedding_dim);
/// Draws it.
TAPEGRAD_EXPORT void reset_embedding(const Tensor& weight, std::optional<std::int64_t> padding_idx);
/// "num_embeddings=3, embedding_dim=4", and max_norm, norm_type, scale_grad_by_freq and sparse where they are set.
template <class Options>
std::string embedding_arguments(const Options& o, bool padding_first) {
  std::string list;
  add_argument(list, "num_embeddings", o.num_embeddings());
  add_argument(list, "embedding_dim", o.embedding_dim());
  if (padding_first && o.padding_idx()) add_argument(list, "padding_idx", *o.padding_idx());
  if (o.max_norm()) add_argument(list, "max_norm", *o.max_norm());
  if (o.norm_type() != 2) add_argument(list, "norm_type", o.norm_type());
  if (o.scale_grad_by_freq()) add_argument(list, "scale_grad_by_freq", true);
  if (o.sparse()) add_argument(list, "sparse", true);
  return list;
}

}  // namespace detail

}  // namespace tapegrad::nn
