// grid_sample and affine_grid: an image where a grid of places lies upon it.
#pragma once

#include <tapegrad/nn/layers/padding.h>
#include <tapegrad/nn/layers/upsample.h>

namespace tapegrad {
namespace nn {

/// What lies outside of an image: zeros (kZeros), the border's elements, or the image mirrored.
enum class GridPadding : std::uint8_t { Border, Reflection };
struct GridPaddingChoice {
  std::optional<GridPadding> value = {};  // none: zeros
  constexpr GridPaddingChoice() = default;
  constexpr GridPaddingChoice(GridPadding padding) : value(padding) {}
  /// kZeros, which is the name of a convolution's padding, too. ValueError for any other.
  TAPEGRAD_EXPORT GridPaddingChoice(PadMode zeros);
};

namespace functional {
struct GridSampleFuncFields {
  InterpolateChoice mode = InterpolateMode::Bilinear;  ///< kBilinear, kNearest, or of images kBicubic
  GridPaddingChoice padding_mode = {};
  std::optional<bool> align_corners = {};  ///< -1 and 1 are the centres of the corners' elements, not their edges
};
struct GridSampleFuncOptions : OptionsOf<GridSampleFuncFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(mode, padding_mode, align_corners)
};
/// x [n, c, h, w] at the places of grid [n, h', w', 2], each (along w, along h), from -1 to 1 across the image: [n, c,
/// h', w']; or of volumes, x [n, c, d, h, w] and grid [n, d', h', w', 3]. Differentiable by both. ShapeError where
/// sizes do not go together, ValueError for another mode.
TAPEGRAD_EXPORT Tensor grid_sample(const Tensor& x, const Tensor& grid, const GridSampleFuncOptions& options = {});
/// The grid [n, h, w, 2] of a result of `size` [n, c, h, w], its places mapped by theta [n, 2, 3]; or of [n, c, d, h,
/// w] by theta [n, 3, 4].
TAPEGRAD_EXPORT Tensor affine_grid(const Tensor& theta, IntList size, bool align_corners = false);
}  // namespace functional

namespace detail {
/// The weights of the four elements around a place, `t` behind the second, by cubic convolution.
TAPEGRAD_EXPORT std::array<Tensor, 4> cubic_weights(const Tensor& t);
}  // namespace detail

}  // namespace nn

inline constexpr nn::GridPadding kBorder = nn::GridPadding::Border, kReflection = nn::GridPadding::Reflection;

}  // namespace tapegrad
