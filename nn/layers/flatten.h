// Flatten and Unflatten: several dims as one, and one as several.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct FlattenFields {
  std::int64_t start_dim = 1;
  std::int64_t end_dim = -1;
};
struct FlattenOptions : OptionsOf<FlattenFields> {
  using OptionsOf::OptionsOf;
  FlattenOptions(std::int64_t start_dim = 1, std::int64_t end_dim = -1) : OptionsOf({start_dim, end_dim}) {}
  TAPEGRAD_SETTERS(start_dim, end_dim)
};

/// Makes dims start_dim .. end_dim one: nn::Flatten() turns [n, c, h, w] into [n, c h w]. A view where x's bytes allow
/// it. IndexError where x has not these dims.
struct TAPEGRAD_EXPORT FlattenImpl : Layer<FlattenImpl, FlattenOptions> {
  using Layer::Layer;
  FlattenImpl(std::int64_t start_dim, std::int64_t end_dim) : Layer(FlattenOptions(start_dim, end_dim)) {}
  Tensor forward(const Tensor& x) { return x.flatten(options.start_dim(), options.end_dim()); }
  std::string arguments() const override { return detail::arguments(options); }
};
TAPEGRAD_MODULE(Flatten);

struct UnflattenFields {
  std::int64_t dim;                 ///< must be given
  std::vector<std::int64_t> sizes;  ///< must be given; one may be -1: what is left
};
struct UnflattenOptions : OptionsOf<UnflattenFields> {
  using OptionsOf::OptionsOf;
  UnflattenOptions(std::int64_t dim, std::vector<std::int64_t> sizes) : OptionsOf({dim, std::move(sizes)}) {}
  TAPEGRAD_SETTERS(dim, sizes)
};

/// Makes one dim several: nn::Unflatten({.dim = 1, .sizes = {2, -1}}) turns [n, 10] into [n, 2, 5]. A view of x.
/// ShapeError where the sizes do not multiply up to that of the dim, IndexError where x has no such dim.
struct TAPEGRAD_EXPORT UnflattenImpl : Layer<UnflattenImpl, UnflattenOptions> {
  using Layer::Layer;
  UnflattenImpl(std::int64_t dim, std::vector<std::int64_t> sizes) : Layer(UnflattenOptions(dim, std::move(sizes))) {}
  Tensor forward(const Tensor& x);
  std::string arguments() const override;
};
TAPEGRAD_MODULE(Unflatten);

}  // namespace tapegrad::nn
