// EmbeddingBag: the sum, mean or maximum of rows of an embedding, for each of several bags of indices.
#pragma once

#include <tapegrad/nn/layers/embedding.h>

namespace tapegrad {
namespace nn {

/// kSum, kMean or kMax: what becomes of the rows of a bag.
enum class EmbeddingBagMode : std::uint8_t { Sum, Mean, Max };
struct EmbeddingBagChoice {
  EmbeddingBagMode value = EmbeddingBagMode::Mean;
  constexpr EmbeddingBagChoice() = default;
  constexpr EmbeddingBagChoice(EmbeddingBagMode mode) : value(mode) {}
  /// ValueError for kNone.
  TAPEGRAD_EXPORT EmbeddingBagChoice(Reduction mode);
};

struct EmbeddingBagFuncFields {
  Tensor offsets = {};  ///< where each bag starts in a vector of indices, int64, the first at 0
  std::optional<double> max_norm = {};
  double norm_type = 2;
  bool scale_grad_by_freq = false;  ///< not with kMax
  EmbeddingBagChoice mode = {};
  bool sparse = false;
  Tensor per_sample_weights = {};    ///< by which each row is multiplied, of the indices' sizes; with kSum only
  bool include_last_offset = false;  ///< the last offset is the number of indices, and starts no bag
  std::optional<std::int64_t> padding_idx = {};  ///< indices that do not count
};
struct EmbeddingBagFuncOptions : OptionsOf<EmbeddingBagFuncFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(offsets, max_norm, norm_type, scale_grad_by_freq, mode, sparse, per_sample_weights,
                   include_last_offset, padding_idx)
};

struct EmbeddingBagFields {
  std::int64_t num_embeddings = -1;  ///< must be given
  std::int64_t embedding_dim = -1;   ///< must be given
  std::optional<double> max_norm = {};
  double norm_type = 2;
  bool scale_grad_by_freq = false;
  EmbeddingBagChoice mode = {};
  bool sparse = false;
  Tensor _weight = {};
  bool include_last_offset = false;
  std::optional<std::int64_t> padding_idx = {};
};
struct EmbeddingBagOptions : OptionsOf<EmbeddingBagFields> {
  using OptionsOf::OptionsOf;
  EmbeddingBagOptions(std::int64_t num_embeddings, std::int64_t embedding_dim)
      : OptionsOf({num_embeddings, embedding_dim}) {}
  TAPEGRAD_SETTERS(num_embeddings, embedding_dim, max_norm, norm_type, scale_grad_by_freq, mode, sparse, _weight,
                   include_last_offset, padding_idx)
};

struct EmbeddingBagFromPretrainedFields {
  bool freeze = true;
  std::optional<double> max_norm = {};
  double norm_type = 2;
  bool scale_grad_by_freq = false;
  EmbeddingBagChoice mode = {};
  bool sparse = false;
  bool include_last_offset = false;
  std::optional<std::int64_t> padding_idx = {};
};
struct EmbeddingBagFromPretrainedOptions : OptionsOf<EmbeddingBagFromPretrainedFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(freeze, max_norm, norm_type, scale_grad_by_freq, mode, sparse, include_last_offset, padding_idx)
};

namespace functional {
using EmbeddingBagFuncOptions = nn::EmbeddingBagFuncOptions;
/// For each bag of indices the sum, mean or maximum of its rows of weight [n, d], 0 for an empty bag: [bags, d]. The
/// indices are a matrix, of which each row is a bag, or a vector, with offsets.
TAPEGRAD_EXPORT Tensor embedding_bag(const Tensor& indices, const Tensor& weight,
                                     const EmbeddingBagFuncOptions& options = {});
}  // namespace functional

/// Its weight is that of an Embedding.
struct TAPEGRAD_EXPORT EmbeddingBagImpl : Layer<EmbeddingBagImpl, EmbeddingBagOptions> {
  EmbeddingBagImpl(std::int64_t num_embeddings, std::int64_t embedding_dim)
      : EmbeddingBagImpl(EmbeddingBagOptions(num_embeddings, embedding_dim)) {}
  explicit EmbeddingBagImpl(const EmbeddingBagOptions& bag_options);
  Tensor forward(const Tensor& indices, const Tensor& offsets = {}, const Tensor& per_sample_weights = {});
  /// Draws the initial values again.
  void reset_parameters();
  std::string arguments() const override;

  Parameter weight;
};
class EmbeddingBag : public ModuleHolder<EmbeddingBagImpl> {
 public:
  using ModuleHolder::ModuleHolder;
  using Impl [[maybe_unused]] = EmbeddingBagImpl;
  /// An EmbeddingBag of these rows [n, d], which it shares.
  TAPEGRAD_EXPORT static EmbeddingBag from_pretrained(const Tensor& rows,
                                                      const EmbeddingBagFromPretrainedOptions& options = {});
};

}  // namespace nn

inline constexpr nn::EmbeddingBagMode kMax = nn::EmbeddingBagMode::Max;

}  // namespace tapegrad
