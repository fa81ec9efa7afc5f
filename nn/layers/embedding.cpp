#include <tapegrad/nn/layers/embedding.h>

#include <algorithm>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/nn/init.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

namespace detail {

std::optional<std::int64_t> padding_row(std::optional<std::int64_t> padding_idx, std::int64_t rows) {
  if (!padding_idx) return padding_idx;
  if (*padding_idx >= rows || *padding_idx < -rows) {
    core::throw_index("embedding", "Padding_idx must be within num_embeddings, but got ", *padding_idx, " for ", rows,
                      " rows; give the index of a row");
  }
  return *padding_idx + (*padding_idx < 0 ? rows : 0);
}

static void shorten(const Tensor& weight, const Tensor& indices, double max_norm, double p) {
  const NoGradGuard no_grad;
  const Tensor used = std::get<0>(_unique(indices));
  const Tensor rows = weight.index_select(0, used), norm = rows.norm(p, 1, true).to(kDouble);
  const Tensor scale = where(norm.gt(max_norm), max_norm / (norm + 1e-7), 1).to(weight.dtype());
  weight.index_put_({used}, rows * scale);
}

Tensor embedding_rows(const Tensor& indices, const Tensor& weight, std::optional<double> max_norm, double norm_type,
                      bool scale_grad_by_freq, bool sparse) {
  if (sparse) core::throw_value("embedding", "there are no sparse gradients; leave out sparse");
  if (weight.dim() != 2) {
    core::throw_shape("embedding", "'weight' must be 2-D, but got sizes ", weight.sizes(),
                      "; give a row for each index");
  }
  if (indices.dtype() != kLong && indices.dtype() != kInt) {
    core::throw_dtype("embedding",
                      "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; "
                      "but got ",
                      indices.dtype(), "; convert with to(kLong)");
  }
  const Tensor flat = indices.reshape({-1}).to(kLong);
  if (max_norm) shorten(weight, flat, *max_norm, norm_type);
  Tensor rows = weight.index_select(0, flat);
  if (scale_grad_by_freq && rows.requires_grad()) {
    const Tensor counts = bincount(flat).index_select(0, flat).to(rows.dtype()).unsqueeze(1);
    rows.register_hook([counts](const Tensor& g) { return g / counts; });
  }
  return rows;
}

Tensor embedding_weight(const Tensor& given, std::int64_t num_embeddings, std::int64_t embedding_dim) {
  if (num_embeddings < 0 || embedding_dim < 0) {
    core::throw_shape("Embedding", "Trying to create tensor with negative dimension: num_embeddings ", num_embeddings,
                      ", embedding_dim ", embedding_dim, "; give both, 0 or more");
  }
  if (!given.defined()) return empty({num_embeddings, embedding_dim});
  if (given.sizes() != IntList({num_embeddings, embedding_dim})) {
    core::throw_shape("Embedding", "Shape of _weight does not match num_embeddings and embedding_dim: it has sizes ",
                      given.sizes(), "; give sizes [", num_embeddings, ", ", embedding_dim, "]");
  }
  return given;
}

void reset_embedding(const Tensor& weight, std::optional<std::int64_t> padding_idx) {
  const NoGradGuard no_grad;
  init::normal_(weight);
  if (padding_idx) weight[*padding_idx].fill_(0);
}

}  // namespace detail

Tensor functional::embedding(const Tensor& indices, const Tensor& weight, const EmbeddingFuncOptions& options) try {
  const auto padding = detail::padding_row(options.padding_idx(), weight.size(0));
  Tensor rows = detail::embedding_rows(indices, weight, options.max_norm(), options.norm_type(),
                                       options.scale_grad_by_freq(), options.sparse());
  if (padding && rows.requires_grad()) rows = where(indices.reshape({-1, 1}).eq(*padding), rows.detach(), rows);
  std::int64_t sizes[kMaxRank + 1];
  *std::copy(indices.sizes().begin(), indices.sizes().end(), sizes) = weight.size(1);
  return rows.view({sizes, static_cast<std::size_t>(indices.dim()) + 1});
} catch (const Error&) {
  core::throw_as("embedding");
}

EmbeddingImpl::EmbeddingImpl(const EmbeddingOptions& embedding_options) : Layer(embedding_options) {
  const Tensor rows = detail::embedding_weight(options._weight(), options.num_embeddings(), options.embedding_dim());
  options.padding_idx(detail::padding_row(options.padding_idx(), options.num_embeddings()));
  weight = register_parameter("weight", rows);
  if (!options._weight().defined()) reset_parameters();
}
void EmbeddingImpl::reset_parameters() { detail::reset_embedding(weight, options.padding_idx()); }

Tensor EmbeddingImpl::forward(const Tensor& indices) {
  return functional::embedding(indices, weight,
                               EmbeddingFuncOptions({options.padding_idx(), options.max_norm(), options.norm_type(),
                                                     options.scale_grad_by_freq(), options.sparse()}));
}
std::string EmbeddingImpl::arguments() const { return detail::embedding_arguments(options, true); }

Embedding Embedding::from_pretrained(const Tensor& rows, const EmbeddingFromPretrainedOptions& options) {
  if (rows.dim() != 2) {
    core::throw_shape("from_pretrained", "Embeddings parameter is expected to be 2-dimensional, but got sizes ",
                      rows.sizes(), "; give a row for each index");
  }
  Embedding made(EmbeddingOptions({rows.size(0), rows.size(1), options.padding_idx(), options.max_norm(),
                                   options.norm_type(), options.scale_grad_by_freq(), options.sparse(), rows}));
  made->weight.set_requires_grad(!options.freeze());
  return made;
}

}  // namespace tapegrad::nn
