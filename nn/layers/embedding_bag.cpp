#include <tapegrad/nn/layers/embedding_bag.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

static const char* mode_name(EmbeddingBagMode mode) {
  return mode == EmbeddingBagMode::Sum ? "kSum" : mode == EmbeddingBagMode::Mean ? "kMean" : "kMax";
}

EmbeddingBagChoice::EmbeddingBagChoice(Reduction mode) {
  if (mode == kNone)
    core::throw_value("embedding_bag", "mode has to be one of sum, mean or max; give kSum, kMean or kMax");
  value = mode == kSum ? EmbeddingBagMode::Sum : EmbeddingBagMode::Mean;
}

// The indices as a vector, and for each the bag that it is in.
namespace {
struct Bags {
  Tensor indices, weights, bag;
  std::int64_t count;
};
}  // namespace

static Bags bags_of(const Tensor& indices, const EmbeddingBagFuncOptions& o) {
  const Tensor& weights = o.per_sample_weights();
  if (indices.dim() == 2) {
    if (o.offsets().defined()) {
      core::throw_shape("embedding_bag",
                        "If input is 2D, then offsets has to be null, as input is treated is a mini-batch of fixed "
                        "length sequences; leave out the offsets");
    }
    return {indices.reshape({-1}), weights.defined() ? weights.reshape({-1}) : weights,
            arange(indices.size(0)).repeat_interleave(indices.size(1)), indices.size(0)};
  }
  if (indices.dim() != 1) {
    core::throw_shape("embedding_bag", "input has to be 1D or 2D Tensor, but got Tensor of dimension ", indices.dim(),
                      "; give bags as rows, or a vector and offsets");
  }
  if (!o.offsets().defined() || o.offsets().dim() != 1 || o.offsets().numel() == 0) {
    core::throw_shape("embedding_bag", "offsets has to be a 1D Tensor", o.offsets().defined() ? "" : " but got null",
                      "; say where each bag starts");
  }
  const Tensor offsets = o.offsets().to(kLong);
  const std::int64_t n = indices.size(0), first = offsets[0].item<std::int64_t>();
  if (first != 0) {
    core::throw_value(
        "embedding_bag",
        "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. "
        "However, got ",
        first, "; let the first bag start at 0");
  }
  if (offsets.diff().lt(0).any().item<bool>() || offsets[-1].item<std::int64_t>() > n) {
    core::throw_value("embedding_bag", "offsets[-1] can not be greater than input's length({", n,
                      "}), nor one less than the one before, but got offsets[-1] of {",
                      offsets[-1].item<std::int64_t>(), "}; give ascending places");
  }
  const std::int64_t count = offsets.size(0) - (o.include_last_offset() ? 1 : 0);
  return {indices, weights, searchsorted(offsets.narrow(0, 0, count), arange(n), false, true) - 1, count};
}

Tensor functional::embedding_bag(const Tensor& indices, const Tensor& weight,
                                 const EmbeddingBagFuncOptions& options) try {
  const EmbeddingBagMode mode = options.mode().value;
  if (const Tensor& w = options.per_sample_weights(); w.defined()) {
    if (w.sizes() != indices.sizes()) {
      core::throw_shape("embedding_bag", "If per_sample_weights (", w.sizes(),
                        ") is not null, then it must have the same shape as the input (", indices.sizes(),
                        "); give a weight for each index");
    }
    if (mode != EmbeddingBagMode::Sum) {
      core::throw_value("embedding_bag",
                        "per_sample_weights was not null. per_sample_weights is only supported for mode='kSum' (got "
                        "mode='",
                        mode_name(mode), "'); use kSum");
    }
  }
  if (mode == EmbeddingBagMode::Max && options.scale_grad_by_freq()) {
    core::throw_value("embedding_bag",
                      "max mode does not support scaling the gradient by the frequency; leave out one of the two");
  }
  Bags b = bags_of(indices, options);
  if (const auto padding = detail::padding_row(options.padding_idx(), weight.size(0))) {
    const Tensor counts = b.indices.ne(*padding);
    b.indices = b.indices.masked_select(counts);
    b.bag = b.bag.masked_select(counts);
    if (b.weights.defined()) b.weights = b.weights.masked_select(counts);
  }
  Tensor rows = detail::embedding_rows(b.indices, weight, options.max_norm(), options.norm_type(),
                                       options.scale_grad_by_freq(), options.sparse());
  const Tensor none = zeros({b.count, weight.size(1)}, weight.dtype()), sizes = bincount(b.bag, undefined(), b.count);
  if (mode == EmbeddingBagMode::Max) {
    std::vector<Tensor> most{none.narrow(0, 0, 0)};
    std::int64_t start = 0;
    for (const std::int64_t size : sizes.to_vector<std::int64_t>()) {
      most.push_back(size == 0 ? none.narrow(0, 0, 1) : std::get<0>(rows.narrow(0, start, size).max(0, true)));
      start += size;
    }
    return cat(most);
  }
  if (b.weights.defined()) rows = rows * b.weights.unsqueeze(1);
  const Tensor sums = none.index_add(0, b.bag, rows);
  return mode == EmbeddingBagMode::Sum ? sums : sums / sizes.clamp_min(1).unsqueeze(1);
} catch (const Error&) {
  core::throw_as("embedding_bag");
}

EmbeddingBagImpl::EmbeddingBagImpl(const EmbeddingBagOptions& bag_options) : Layer(bag_options) {
  const Tensor rows = detail::embedding_weight(options._weight(), options.num_embeddings(), options.embedding_dim());
  options.padding_idx(detail::padding_row(options.padding_idx(), options.num_embeddings()));
  weight = register_parameter("weight", rows);
  if (!options._weight().defined()) reset_parameters();
}
void EmbeddingBagImpl::reset_parameters() { detail::reset_embedding(weight, options.padding_idx()); }

Tensor EmbeddingBagImpl::forward(const Tensor& indices, const Tensor& offsets, const Tensor& per_sample_weights) {
  return functional::embedding_bag(
      indices, weight,
      EmbeddingBagFuncOptions({offsets, options.max_norm(), options.norm_type(), options.scale_grad_by_freq(),
                               options.mode(), options.sparse(), per_sample_weights, options.include_last_offset(),
                               options.padding_idx()}));
}

std::string EmbeddingBagImpl::arguments() const {
  std::string list = detail::embedding_arguments(options, false);
  const EmbeddingBagMode mode = options.mode().value;
  if (mode != EmbeddingBagMode::Mean) detail::add_argument(list, "mode", std::string(mode_name(mode)));
  if (options.include_last_offset()) detail::add_argument(list, "include_last_offset", true);
  if (options.padding_idx()) detail::add_argument(list, "padding_idx", *options.padding_idx());
  return list;
}

EmbeddingBag EmbeddingBag::from_pretrained(const Tensor& rows, const EmbeddingBagFromPretrainedOptions& o) {
  if (rows.dim() != 2) {
    core::throw_shape("from_pretrained", "Embeddings parameter is expected to be 2-dimensional, but got sizes ",
                      rows.sizes(), "; give a row for each index");
  }
  EmbeddingBag made(
      EmbeddingBagOptions({rows.size(0), rows.size(1), o.max_norm(), o.norm_type(), o.scale_grad_by_freq(), o.mode(),
                           o.sparse(), rows, o.include_last_offset(), o.padding_idx()}));
  made->weight.set_requires_grad(!o.freeze());
  return made;
}

}  // namespace tapegrad::nn
