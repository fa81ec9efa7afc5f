// Unfold and Fold: the windows of an image as columns, and columns added up to an image.
#pragma once

#include <tapegrad/nn/expanding_array.h>
#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct UnfoldFields {
  ExpandingArray<2> kernel_size;   ///< of a window; must be given
  ExpandingArray<2> dilation = 1;  ///< how far apart the elements of a window are
  ExpandingArray<2> padding = 0;   ///< zeros around the image
  ExpandingArray<2> stride = 1;    ///< how far apart the windows are
};
struct UnfoldOptions : OptionsOf<UnfoldFields> {
  UnfoldOptions(ExpandingArray<2> kernel_size) : OptionsOf({kernel_size}) {}
  template <std::same_as<UnfoldFields> F>  // a template, so that UnfoldOptions({2, 4}) is a kernel of 2 and 4
  UnfoldOptions(const F& fields) : OptionsOf(fields) {}
  TAPEGRAD_SETTERS(kernel_size, dilation, padding, stride)
};

struct FoldFields {
  ExpandingArray<2> output_size;  ///< of the image; must be given
  ExpandingArray<2> kernel_size;  ///< must be given
  ExpandingArray<2> dilation = 1;
  ExpandingArray<2> padding = 0;  ///< around the image, cut off
  ExpandingArray<2> stride = 1;
};
struct FoldOptions : OptionsOf<FoldFields> {
  using OptionsOf::OptionsOf;
  FoldOptions(ExpandingArray<2> output_size, ExpandingArray<2> kernel_size) : OptionsOf({output_size, kernel_size}) {}
  TAPEGRAD_SETTERS(output_size, kernel_size, dilation, padding, stride)
};

namespace functional {
/// The windows of images x [n, c, h, w], [n, c kh kw, windows]: a window's channels, rows and columns stand below one
/// another; windows run along the rows first. ShapeError for other x, and where no window fits.
TAPEGRAD_EXPORT Tensor unfold(const Tensor& x, const UnfoldOptions& options);
/// The images [n, c, h, w] that columns [n, c kh kw, windows] add up to: where windows overlap, the sum. A matrix gives
/// one image without n. ShapeError where the sizes do not fit.
TAPEGRAD_EXPORT Tensor fold(const Tensor& x, const FoldOptions& options);
}  // namespace functional

struct TAPEGRAD_EXPORT UnfoldImpl : FunctionLayer<UnfoldImpl, &functional::unfold> {
  using FunctionLayer::FunctionLayer;
  UnfoldImpl(ExpandingArray<2> kernel_size) : UnfoldImpl(UnfoldOptions(kernel_size)) {}
};
TAPEGRAD_MODULE(Unfold);

struct TAPEGRAD_EXPORT FoldImpl : FunctionLayer<FoldImpl, &functional::fold> {
  using FunctionLayer::FunctionLayer;
  FoldImpl(ExpandingArray<2> output_size, ExpandingArray<2> kernel_size)
      : FoldImpl(FoldOptions(output_size, kernel_size)) {}
};
TAPEGRAD_MODULE(Fold);

}  // namespace tapegrad::nn
