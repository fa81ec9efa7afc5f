#include "autograd/kernels/source.h"

namespace tapegrad::kernels {

const char* source_of(Fn fn) noexcept {
  switch (fn) {
    case Fn::Add:
      return "a + b";
    case Fn::Sub:
      return "a - b";
    case Fn::Mul:
      return "a * b";
    case Fn::Div:
      return "a / b";
    case Fn::Neg:
      return "-a";
    case Fn::Abs:
      return "a < 0 ? -a : a + 0";
    case Fn::Square:
      return "a * a";
    case Fn::Sqrt:
      return "std::sqrt(a)";
    case Fn::Reciprocal:
      return "1 / a";
    case Fn::Rsqrt:
      return "1 / std::sqrt(a)";
    case Fn::AddScaled:
      return "a + p0 * b";
    case Fn::Floor:
      return "std::floor(a)";
    case Fn::Ceil:
      return "std::ceil(a)";
    case Fn::Round:
      return "std::nearbyint(a)";
    case Fn::Trunc:
      return "std::trunc(a)";
    case Fn::Lerp:
      return "c < T(0.5) ? a + c * (b - a) : b - (1 - c) * (b - a)";
    case Fn::Addcmul:
      return "a + p0 * b * c";
    case Fn::Addcdiv:
      return "a + p0 * b / c";
    case Fn::Max:
      return "a != a || a > b ? a : b";
    case Fn::Min:
      return "a != a || a < b ? a : b";
    case Fn::Sign:
      return "a > 0 ? T(1) : a < 0 ? T(-1) : a";
    case Fn::Clamp:
      return "a != a ? a : (a < p0 ? p0 : a) > p1 ? p1 : a < p0 ? p0 : a";
    case Fn::Relu:
      return "a <= 0 ? 0 : a";
    case Fn::ReluGrad:
      return "b <= 0 ? 0 : a";
    case Fn::LeakyRelu:
      return "a > 0 ? a : a * p0";
    case Fn::LeakyReluGrad:
      return "b > 0 ? a : a * p0";
    case Fn::SigmoidGrad:
      return "a * (b * (1 - b))";
    case Fn::TanhGrad:
      return "a * (1 - b * b)";
    case Fn::MaxGrad:
      return "b > c || (b != b && c == c) ? a : b == c || (b != b && c != c) ? a / 2 : 0";
    case Fn::MinGrad:
      return "b < c || (b != b && c == c) ? a : b == c || (b != b && c != c) ? a / 2 : 0";
    case Fn::ScaledDiff:
      return "a * p0 * (b - c)";
    case Fn::Exp:
      return "exp_(a)";
    case Fn::Exp2:
      return "std::exp2(a)";
    case Fn::Expm1:
      return "std::expm1(a)";
    case Fn::Log:
      return "std::log(a)";
    case Fn::Log1p:
      return "std::log1p(a)";
    case Fn::Log2:
      return "std::log2(a)";
    case Fn::Log10:
      return "std::log10(a)";
    case Fn::Sin:
      return "std::sin(a)";
    case Fn::Cos:
      return "std::cos(a)";
    case Fn::Tan:
      return "std::tan(a)";
    case Fn::Asin:
      return "std::asin(a)";
    case Fn::Acos:
      return "std::acos(a)";
    case Fn::Atan:
      return "std::atan(a)";
    case Fn::Atan2:
      return "std::atan2(a, b)";
    case Fn::Sinh:
      return "std::sinh(a)";
    case Fn::Cosh:
      return "std::cosh(a)";
    case Fn::Fmod:
      return "std::fmod(a, b)";
    case Fn::Erf:
      return "std::erf(a)";
    case Fn::Erfc:
      return "std::erfc(a)";
    case Fn::Lgamma:
      return "std::lgamma(a)";
    case Fn::NormalCdf:
      return "T(0.5) * std::erfc(a * T(-0.70710678118654752))";
    case Fn::Pow:
      return "std::pow(a, b)";
    case Fn::Sigmoid:
      return "sigmoid_(a)";
    case Fn::Tanh:
      return "tanh_(a)";
    case Fn::Softplus:
      return "(a > 0 ? a : 0) + std::log1p(exp_(a > 0 ? -a : a))";
    case Fn::LogSigmoid:
      return "(a < 0 ? a : 0) - std::log1p(exp_(a > 0 ? -a : a))";
    case Fn::Silu:
      return "a * sigmoid_(a)";
    case Fn::SiluGrad:
      return "a * (sigmoid_(b) * (1 + b * (1 - sigmoid_(b))))";
    case Fn::Gelu:
      return "a * (T(0.5) * std::erfc(a * T(-0.70710678118654752)))";
    case Fn::GeluGrad:
      return "a * (T(0.5) * std::erfc(b * T(-0.70710678118654752)) + b * (exp_(b * b * T(-0.5)) * "
             "T(0.3989422804014327)))";
    case Fn::GeluTanh:
      return "a * sigmoid_(a * (T(1.5957691216057308) + T(0.07135481627260025) * a * a))";
    case Fn::Elu:
      return "a > 0 ? a : p0 * std::expm1(a)";
    case Fn::EluGrad:
      return "b > 0 ? a : a * p0 * exp_(b)";
    case Fn::BceLogits:
      return "(a > 0 ? a : 0) - a * b + std::log1p(exp_(a > 0 ? -a : a))";
#define TAPEGRAD_COMPARISON(Name, n_inputs, result) \
  case Fn::Name:                                    \
    return #result;
#include "autograd/kernels/functions.inc"
    default:
      return nullptr;
  }
}

// exp(x) = 2^n exp(r), where adding 1.5 2^23 rounds x / log 2 to the nearest n and leaves it in the last bits. exp(r)
// is the series; (tanh(x) / x - 1) / x^2 up to 0.6 a polynomial in x^2 through Chebyshev points. Errors, in units of
// the last place: exp 1.1, tanh 1.3, sigmoid 2.5.
const char* const kSourceFunctions = R"(inline float exp_(float x) {
  union {
    float number;
    int bits;
  } n, power;
  const float z = x < -87.0f ? -87.0f : x > 88.72283f ? 88.72283f : x;
  const int high = x > 88.0f;
  n.number = z * 1.44269504f + 12582912.0f;
  const float rounded = n.number - 12582912.0f;
  const float r = (z - rounded * 0.693359375f) + rounded * 2.12194440e-4f;
  power.bits = (int)((unsigned)(n.bits - high) << 23) + 0x3f800000;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = (p * r * r + r) + 1;
  const float y = p * power.number * (high ? 2.0f : 1.0f);
  return x != x ? x : x > 88.72283f ? INFINITY : x < -87.0f ? 0.0f : y;
}
inline double exp_(double x) { return std::exp(x); }
inline float tanh_(float x) {
  const float y = x < 0 ? -x : x;
  const float t = 1 - 2 / (exp_(y + y) + 1);
  const float s = x * x;
  float p = -0.00841255374f + s * 0.0023735151f;
  p = p * s + 0.0217891076f;
  p = p * s - 0.0539616534f;
  p = p * s + 0.133333133f;
  p = p * s - 0.333333332f;
  return y < 0.6f ? x + x * s * p : x < 0 ? -t : x > 0 ? t : x;
}
inline double tanh_(double x) { return std::tanh(x); }
inline float sigmoid_(float x) { return 1 / (1 + exp_(-x)); }
inline double sigmoid_(double x) { return 1 / (1 + exp_(-x)); }
template <class T>
inline T sum_(const T* s) {
  return (((s[0] + s[8]) + (s[4] + s[12])) + ((s[2] + s[10]) + (s[6] + s[14]))) +
         (((s[1] + s[9]) + (s[5] + s[13])) + ((s[3] + s[11]) + (s[7] + s[15])));
}
)";

}  // namespace tapegrad::kernels
