// Upsample: an image, a volume or a sequence in another size.
#pragma once

#include <optional>

#include <tapegrad/nn/init.h>
#include <tapegrad/nn/layer.h>

namespace tapegrad {
namespace nn {

/// The nearest element, by libtorch's rule or (NearestExact) by that of image libraries; weighted means of the two
/// nearest along each of one, two or three dims, or (Bicubic) of the four nearest along each of two; or (Area) means of
/// all that fall upon an element.
enum class InterpolateMode : std::uint8_t { Nearest, NearestExact, Linear, Bilinear, Trilinear, Bicubic, Area };
struct InterpolateChoice {
  InterpolateMode value = InterpolateMode::Nearest;
  constexpr InterpolateChoice() = default;
  constexpr InterpolateChoice(InterpolateMode mode) : value(mode) {}
  /// kLinear, which is the name of a nonlinearity, too. ValueError for any other.
  TAPEGRAD_EXPORT InterpolateChoice(init::Nonlinearity linear);
};

struct UpsampleFields {
  std::optional<std::vector<std::int64_t>> size = {};  ///< of the result behind n and c; this or scale_factor
  std::optional<std::vector<double>> scale_factor = {};
  InterpolateChoice mode = {};
  std::optional<bool> align_corners = {};  ///< the corners' elements lie upon each other, not the image's corners
};
struct UpsampleOptions : OptionsOf<UpsampleFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(size, scale_factor, mode, align_corners)
};

struct InterpolateFields {
  std::optional<std::vector<std::int64_t>> size = {};
  std::optional<std::vector<double>> scale_factor = {};
  InterpolateChoice mode = {};
  std::optional<bool> align_corners = {};
  std::optional<bool> recompute_scale_factor = {};  ///< the scale is that of the sizes, not the factor
  bool antialias = false;                           ///< ValueError
};

namespace functional {
struct InterpolateFuncOptions : OptionsOf<InterpolateFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)
};
/// x [n, c, ..] with its one, two or three last dims in another size: `size`, or floor(scale_factor size). ShapeError
/// where the mode is one for another number of dims.
TAPEGRAD_EXPORT Tensor interpolate(const Tensor& x, const InterpolateFuncOptions& options = {});
}  // namespace functional

struct TAPEGRAD_EXPORT UpsampleImpl : Layer<UpsampleImpl, UpsampleOptions> {
  explicit UpsampleImpl(const UpsampleOptions& upsample_options = {}) : Layer(upsample_options) {}
  Tensor forward(const Tensor& x);
  std::string arguments() const override;
};
TAPEGRAD_MODULE(Upsample);

}  // namespace nn

inline constexpr nn::InterpolateMode kNearest = nn::InterpolateMode::Nearest,
                                     kNearestExact = nn::InterpolateMode::NearestExact,
                                     kBilinear = nn::InterpolateMode::Bilinear,
                                     kTrilinear = nn::InterpolateMode::Trilinear,
                                     kBicubic = nn::InterpolateMode::Bicubic, kArea = nn::InterpolateMode::Area;

}  // namespace tapegrad
