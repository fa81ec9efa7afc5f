// Initial values, written into a tensor in place (under no_grad) and returned. The random ones draw from this thread's
// default generator, as PyTorch's do.
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad {
namespace nn::init {

/// Which fan a kaiming initialisation keeps the variance of: that of the values going in, or of the gradients coming
/// back.
enum class FanMode : std::uint8_t { FanIn, FanOut };
/// What follows the layer that is initialised.
enum class Nonlinearity : std::uint8_t {
  Linear,
  Sigmoid,
  Tanh,
  ReLU,
  LeakyReLU,
  Conv1D,
  Conv2D,
  Conv3D,
  ConvTranspose1D,
  ConvTranspose2D,
  ConvTranspose3D
};

/// The factor by which a layer's weights grow so that the variance survives the nonlinearity: 5/3 for Tanh, sqrt(2) for
/// ReLU, sqrt(2 / (1 + param^2)) for LeakyReLU of that slope, 1 for all else.
TAPEGRAD_EXPORT double calculate_gain(Nonlinearity nonlinearity, double param = 0.01);

/// Fills x with numbers drawn from U(low, high).
TAPEGRAD_EXPORT Tensor uniform_(const Tensor& x, double low = 0, double high = 1);
/// Fills x with numbers drawn from N(mean, std^2).
TAPEGRAD_EXPORT Tensor normal_(const Tensor& x, double mean = 0, double std = 1);
/// Fills x with one value.
TAPEGRAD_EXPORT Tensor constant_(const Tensor& x, const Scalar& value);
/// Fills x with 1.
TAPEGRAD_EXPORT Tensor ones_(const Tensor& x);
/// Fills x with 0.
TAPEGRAD_EXPORT Tensor zeros_(const Tensor& x);

/// Fills a matrix with the identity: 1 on its diagonal, 0 elsewhere. ShapeError unless x has two dims.
TAPEGRAD_EXPORT Tensor eye_(const Tensor& x);
/// Fills a convolution's weight [out, in, ..] so that it copies: 1 at the middle of x[d][d], 0 elsewhere. ShapeError
/// unless x has three to five dims.
TAPEGRAD_EXPORT Tensor dirac_(const Tensor& x);
/// Draws x from N(mean, std^2) cut off at a and b, by the inverse of its distribution.
TAPEGRAD_EXPORT Tensor trunc_normal_(const Tensor& x, double mean = 0, double std = 1, double a = -2, double b = 2);
/// Fills a matrix from N(0, std^2), and in each column a part `sparsity` of its elements, by chance, with 0. ShapeError
/// unless x has two dims, ValueError unless sparsity is in [0, 1]. Source: Martens, "Deep learning via Hessian-free
/// optimization", 2010.
TAPEGRAD_EXPORT Tensor sparse_(const Tensor& x, double sparsity, double std = 0.01);
/// Fills x [n, ..], as a matrix of n rows, with gain times orthonormal rows, or columns where there are more rows: the
/// Q of normal numbers' Q R with a positive diagonal of R. ShapeError below two dims. Source: Saxe et al., "Exact
/// solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013.
TAPEGRAD_EXPORT Tensor orthogonal_(const Tensor& x, double gain = 1);

/// The fans of a weight [out, in, ...]: in and out, each times the product of the sizes that follow. ShapeError below
/// two dims, as from the four that follow, which stand on it.
TAPEGRAD_EXPORT std::tuple<std::int64_t, std::int64_t> _calculate_fan_in_and_fan_out(const Tensor& x);

/// Draws x from U(-sqrt(3) std, sqrt(3) std) with std = gain * sqrt(2 / (fan_in + fan_out)). Source: Glorot and Bengio,
/// Understanding the difficulty of training deep feedforward neural networks, 2010.
TAPEGRAD_EXPORT Tensor xavier_uniform_(const Tensor& x, double gain = 1);
/// The same from N(0, std^2).
TAPEGRAD_EXPORT Tensor xavier_normal_(const Tensor& x, double gain = 1);
/// Draws x from U(-sqrt(3) std, sqrt(3) std) with std = calculate_gain(nonlinearity, a) / sqrt(fan). A tensor without
/// elements stays as it is. Source: He et al., Delving deep into rectifiers, 2015.
TAPEGRAD_EXPORT Tensor kaiming_uniform_(const Tensor& x, double a = 0, FanMode mode = FanMode::FanIn,
                                        Nonlinearity nonlinearity = Nonlinearity::LeakyReLU);
/// The same from N(0, std^2).
TAPEGRAD_EXPORT Tensor kaiming_normal_(const Tensor& x, double a = 0, FanMode mode = FanMode::FanIn,
                                       Nonlinearity nonlinearity = Nonlinearity::LeakyReLU);

}  // namespace nn::init

inline constexpr nn::init::FanMode kFanIn = nn::init::FanMode::FanIn, kFanOut = nn::init::FanMode::FanOut;
inline constexpr nn::init::Nonlinearity kLinear = nn::init::Nonlinearity::Linear;
inline constexpr nn::init::Nonlinearity kSigmoid = nn::init::Nonlinearity::Sigmoid;
inline constexpr nn::init::Nonlinearity kTanh = nn::init::Nonlinearity::Tanh;
inline constexpr nn::init::Nonlinearity kReLU = nn::init::Nonlinearity::ReLU;
inline constexpr nn::init::Nonlinearity kLeakyReLU = nn::init::Nonlinearity::LeakyReLU;
inline constexpr nn::init::Nonlinearity kConv1D = nn::init::Nonlinearity::Conv1D;
inline constexpr nn::init::Nonlinearity kConv2D = nn::init::Nonlinearity::Conv2D;
inline constexpr nn::init::Nonlinearity kConv3D = nn::init::Nonlinearity::Conv3D;
inline constexpr nn::init::Nonlinearity kConvTranspose1D = nn::init::Nonlinearity::ConvTranspose1D;
inline constexpr nn::init::Nonlinearity kConvTranspose2D = nn::init::Nonlinearity::ConvTranspose2D;
inline constexpr nn::init::Nonlinearity kConvTranspose3D = nn::init::Nonlinearity::ConvTranspose3D;

}  // namespace tapegrad
