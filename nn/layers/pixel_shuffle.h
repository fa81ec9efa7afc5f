// PixelShuffle and PixelUnshuffle: channels as a finer image, and back.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct PixelShuffleFields {
  std::int64_t upscale_factor;  ///< must be given
};
struct PixelShuffleOptions : OptionsOf<PixelShuffleFields> {
  using OptionsOf::OptionsOf;
  PixelShuffleOptions(std::int64_t upscale_factor) : OptionsOf({upscale_factor}) {}
  TAPEGRAD_SETTERS(upscale_factor)
};

struct PixelUnshuffleFields {
  std::int64_t downscale_factor;  ///< must be given
};
struct PixelUnshuffleOptions : OptionsOf<PixelUnshuffleFields> {
  using OptionsOf::OptionsOf;
  PixelUnshuffleOptions(std::int64_t downscale_factor) : OptionsOf({downscale_factor}) {}
  TAPEGRAD_SETTERS(downscale_factor)
};

namespace functional {
/// x [.., c r r, h, w] as [.., c, h r, w r], of a factor r: each pixel's r r channels become a square. ShapeError where
/// the channels do not divide, ValueError unless r > 0. Source: Shi et al., "Real-Time Single Image and Video
/// Super-Resolution", 2016.
TAPEGRAD_EXPORT Tensor pixel_shuffle(const Tensor& x, const PixelShuffleOptions& options);
/// x [.., c, h r, w r] as [.., c r r, h, w].
TAPEGRAD_EXPORT Tensor pixel_unshuffle(const Tensor& x, const PixelUnshuffleOptions& options);
}  // namespace functional

TAPEGRAD_LAYER(PixelShuffle, functional::pixel_shuffle);
TAPEGRAD_LAYER(PixelUnshuffle, functional::pixel_unshuffle);

}  // namespace tapegrad::nn
