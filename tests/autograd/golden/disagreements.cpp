// Where we mean to differ from PyTorch: what ours gives instead, and why.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

constexpr char kNanStays[] = "A NaN is answered by a NaN; PyTorch gives it sign 0";
constexpr char kNanExp[] = "The slope of a NaN is NaN, as exp's; PyTorch takes it for a positive number";
constexpr char kNanTies[] =
    "NaN is the extreme and NaNs share the gradient; PyTorch finds no equal element and divides by 0";
constexpr char kNanAbs[] = "The slope of |NaN| is NaN; PyTorch gives it sign 0";
constexpr char kNanWins[] = "The gradient goes to the NaN that wins, and two share it; PyTorch sends all of it to both";
constexpr char kFloor[] = "Our floor of p (1 - p) is 1e-12 in f64; PyTorch's is 1e-12 rounded to a float";
constexpr char kDigits[] = "Ours keeps its digits in a tail or near 0; PyTorch subtracts nearly equal numbers";
constexpr char kAtInfinity[] = "The limit at an infinity; PyTorch multiplies infinity by 0";
constexpr char kClamped[] =
    "The slope of a NaN is 0, as clamp's in PyTorch and here; PyTorch's hardtanh differs from its clamp";
constexpr char kOverwritten[] = "What is overwritten gets no gradient; PyTorch gives it that of what stands there";
constexpr char kLogInF64[] =
    "The logarithm is taken in the result's f64; PyTorch takes that of an f32 or integer base in f32";
constexpr char kIeeePow[] = "As IEEE 754's pow at -0 and -infinity; PyTorch takes sqrt and rsqrt for these exponents";
constexpr char kProduct[] =
    "The product of the other elements, which are finite; PyTorch divides the whole product by the element";
constexpr char kSoftplus[] = "log(1 + exp(x)) everywhere; PyTorch gives x itself above a threshold of 20";
constexpr char kSingularDet[] =
    "The determinant of a singular matrix has the cofactors as gradient; PyTorch multiplies an inverse by 0";
constexpr char kInfiniteVar[] =
    "The variance of an infinity is NaN and so is its gradient; PyTorch has infinities there";

}  // namespace

const std::vector<Disagreement>& disagreements() {
  static const std::vector<Disagreement> all = {
      {"abs - | edges", "grad 0", {0, 0, -0.546875, -0.2978515625, -0.419921875, -0.84375, kNan}, kNanStays},
      {"amax dims | NaN of all", "grad 0", {-0.3935546875, 0, 0, -0.3935546875}, kNanTies},
      {"amax dims | NaN", "grad 0", {0.4384765625, 0, 0, 0.98046875}, kNanTies},
      {"amin dims | NaN of all", "grad 0", {0.3095703125, 0, 0, 0.3095703125}, kNanTies},
      {"amin dims | NaN", "grad 0", {0.4013671875, 0, 0, 0.7197265625}, kNanTies},
      {"binary_cross_entropy - | p 0 and 1 none", "grad 0", {-0, -0, 830078125000, -638671875000, -0.6171875}, kFloor},
      {"binary_cross_entropy - | p 0 and 1 mean", "grad 0", {0, 0, -177539062500, 177539062500, 0.1775390625}, kFloor},
      {"binary_cross_entropy - | p 0 and 1 sum", "grad 0", {-0, -0, 263671875000, -263671875000, -0.263671875}, kFloor},
      {"binary_cross_entropy_with_logits - | small losses",
       "out 0",
       {4.248354255291589e-18, 9.357622968839737e-14},
       kDigits},
      {"elu - | edges",
       "grad 0",
       {-0.8974609375, 0.7919921875, -0.5341796875, 0.15771394011158515, 0.744140625, 0, kNan},
       kNanExp},
      {"elu - | tiny",
       "out 0",
       {0.000244140625, -0.00024411082510278348, 9.313225746154785e-10, -9.313225741817976e-10, 8.673617379884035e-19,
        -8.673617379884035e-19, 7.888609052210118e-31, -7.888609052210118e-31},
       kDigits},
      {"erfinv - | at the ends", "out 0", {kNan, kNan, 2.5939005131344874, -3.465505025803331}, kDigits},
      {"erfinv - | at the ends", "grad 0", {kNan, kNan, 561.2791352052033, -113075.74188092024}, kDigits},
      {"expm1 - | far left",
       "grad 0",
       {3.846417104662177e-08, 2.1566930746125706e-11, 3.2899852777795216e-18},
       kDigits},
      {"gelu - | edges", "out 0", {0, -0, 0.841344746068543, -0.15865525393145702, kInf, -0, kNan}, kAtInfinity},
      {"gelu - | edges",
       "grad 0",
       {0.29638671875, 0.26806640625, -0.5839747458636747, -0.039949117244681635, -0.427734375, -0, kNan},
       kAtInfinity},
      {"gelu - | left tail",
       "out 0",
       {-0.00012668496733247991, -5.919525870226174e-09, -4.976768459417405e-15},
       kDigits},
      {"gelu - | far left", "out 0", {-1.022200704086076e-56, -3.3369410845191545e-126, -0}, kDigits},
      {"gelu - | far left", "grad 0", {1.209035572933932e-55, 7.027534814741316e-125, 0}, kDigits},
      {"gelu form | edges of tanh",
       "out 0",
       {0, -0, 0.8411919906082768, -0.15880800939172324, kInf, -0, kNan},
       kAtInfinity},
      {"gelu form | edges of tanh",
       "grad 0",
       {-0.44384765625, -0.44091796875, 0.9623997229488888, 0.021713256319013396, 0.4482421875, -0, kNan},
       kAtInfinity},
      {"gelu form | tails of tanh",
       "out 0",
       {-7.024594819237266e-05, -8.43964670076229e-11, 3.9999297540518075, 5.9999999999156035},
       kDigits},
      {"hardtanh - | edges", "grad 0", {-0.365234375, 0.654296875, 0, 0, 0, 0, 0}, kClamped},
      {"index_put_ - | one place twice",
       "grad 1",
       {0, 0, 0, 0, -0.3037109375, -0.427734375, 0.5966796875, -0.603515625, 0.6962890625, -0.8037109375, 0.58203125,
        -0.9990234375},
       kOverwritten},
      {"l1_loss - | infinities and NaN none", "grad 0", {0.775390625, kNan, kNan}, kNanStays},
      {"l1_loss - | infinities and NaN none", "grad 1", {-0.775390625, kNan, kNan}, kNanStays},
      {"maximum - | NaN", "grad 0", {0.810546875, 0, -0.30859375, 0, -0.138671875}, kNanWins},
      {"maximum - | NaN", "grad 1", {0, -0.658203125, 0, -0.728515625, -0.138671875}, kNanWins},
      {"minimum - | NaN", "grad 0", {-0.9384765625, 0, -0.38671875, 0, -0.49658203125}, kNanWins},
      {"minimum - | NaN", "grad 1", {0, -0.2841796875, 0, -0.5380859375, -0.49658203125}, kNanWins},
      {"norm p | NaN, p 1.0", "grad 0", {0.404296875, kNan}, kNanStays},
      {"norm p | NaN, p inf", "grad 0", {0, kNan}, kNanAbs},
      {"norm p | NaN, p -inf", "grad 0", {0, kNan}, kNanAbs},
      {"pow - | (2,3)f32 (3)f64", "grad 1", {-21.70045804244549, -57.72389222708064, -15.662173958339}, kLogInF64},
      {"pow - | (2,3)long ()f64", "grad 0", {-116.67595327063881}, kLogInF64},
      {"pow scalar | edges to the 0.5", "out 0", {0, -0, 1, kNan, 1.5811388300841898, kInf, kInf, kNan}, kIeeePow},
      {"pow scalar | edges to the 0.5",
       "grad 0",
       {-kInf, -kInf, 0.458984375, kNan, 0.20628920673754664, -0, 0, kNan},
       kIeeePow},
      {"pow scalar | edges to the 1.5",
       "grad 0",
       {-0, -0, 1.24365234375, kNan, -1.0885770265716346, kInf, kInf, kNan},
       kIeeePow},
      {"pow scalar | edges to the -0.5", "out 0", {kInf, kInf, 1, kNan, 0.6324555320336759, 0, 0, kNan}, kIeeePow},
      {"prod - | NaN", "grad 0", {1.685546875, kNan}, kProduct},
      {"prod dim | NaN", "grad 0", {1.076171875, kNan, -1.83203125, kNan}, kProduct},
      {"linalg::det plain | singular",
       "grad 0",
       {-5.71484375, 2.857421875, 0, 4.08203125, -2.041015625, 0, -0.81640625, 0.408203125, 0},
       kSingularDet},
      {"prod - | infinity", "grad 0", {-1.126953125, -kInf}, kProduct},
      {"prod dim | infinity", "grad 0", {0.68359375, kInf, 1.359375, kInf}, kProduct},
      {"scatter - | one place twice", "grad 1", {0, 0.326171875, 0.892578125}, kOverwritten},
      {"scatter_ - | one place twice", "grad 1", {0, -0.7734375, -0.3349609375}, kOverwritten},
      {"sign - | edges", "out 0", {0, 0, 1, -1, 1, -1, kNan}, kNanStays},
      {"silu - | edges", "out 0", {0, -0, 0.7310585786300049, -0.2689414213699951, kInf, -0, kNan}, kAtInfinity},
      {"silu - | edges",
       "grad 0",
       {0.34130859375, 0.46923828125, -0.4402811218452564, 0.05233999092112141, -0.65625, 0, kNan},
       kAtInfinity},
      {"softplus - | far right", "out 0", {8.000335406372896, 16.00000011253517, 24.00000000003775}, kSoftplus},
      {"softplus - | far right", "grad 0", {-0.6716496866310928, 0.9404295816685927, 0.7382812499721289}, kSoftplus},
      {"var unbiased | of infinity True", "grad 0", {kNan, kNan}, kInfiniteVar},
      {"var unbiased | of infinity False", "grad 0", {kNan, kNan}, kInfiniteVar},
  };
  return all;
}

}  // namespace tapegrad::test::golden
