// Made by distributions_golden.py with PyTorch 1.13.1. Do not edit.
// clang-format off
#pragma once

namespace tapegrad::test::golden {

inline constexpr double kNormalSample[] = {
    -0x1.cf7725d24c5b8p+0, -0x1.17e3579493946p+0, -0x1.2eb50ba839122p+0, 0x1.7fdfd856d4ca6p+0, -0x1.3893dd9ce2021p+0,
    0x1.50c15205823e1p+1, 0x1.5ab8900aded8bp-1, -0x1.352713a105284p+0, 0x1.5baaf0a332044p+1, 0x1.3bc883e1834ecp+0,
    -0x1.5499b63e55e5ap+0, 0x1.7c719bb472b4ap+2, -0x1.f999072820118p-1, -0x1.4186c7e3c9acdp-1, 0x1.4f3bbb1e875d6p-1,
    -0x1.90631982c7bcap-2, -0x1.a99e449c6705ap-1, 0x1.48ff86ea166bap+2, 0x1.4effc7146f669p-1, -0x1.2ffe390389162p+0,
    -0x1.5c819e2da1300p-3};
inline constexpr double kNormalRsample[] = {
    -0x1.cf7725d24c5b8p+0, -0x1.17e3579493946p+0, -0x1.2eb50ba839122p+0, 0x1.7fdfd856d4ca6p+0, -0x1.3893dd9ce2021p+0,
    0x1.50c15205823e1p+1, 0x1.5ab8900aded8bp-1, -0x1.352713a105284p+0, 0x1.5baaf0a332044p+1, 0x1.3bc883e1834ecp+0,
    -0x1.5499b63e55e5ap+0, 0x1.7c719bb472b4ap+2, -0x1.f999072820118p-1, -0x1.4186c7e3c9acdp-1, 0x1.4f3bbb1e875d6p-1,
    -0x1.90631982c7bcap-2, -0x1.a99e449c6705ap-1, 0x1.48ff86ea166bap+2, 0x1.4effc7146f669p-1, -0x1.2ffe390389162p+0,
    -0x1.5c819e2da1300p-3};
inline constexpr double kNormalLogProb[] = {
    -0x1.ff74df15a8144p-1, 0x1.de9286b1f6a54p-2, -0x1.423f1af6fb132p+1, -0x1.059fc72192fadp+1, -0x1.e216d794e095ap+2,
    -0x1.b4063768c22f9p+1};
inline constexpr double kNormalEntropy[] = {
    0x1.6b3f8e4325f5ap+0, 0x1.0b6bca704ad60p-5, 0x1.423f1af6fb132p+1};
inline constexpr double kNormalKl[] = {
    0x1.65c85fdf473dep-2, 0x1.757217f7d1cf8p+1, 0x1.7360ac2a97e7ap+1};
inline constexpr double kUniformSample[] = {
    0x1.f0aac97c4aa2fp-1, 0x1.d4cebb0439980p+0, 0x1.1d6687b744a5fp+1, 0x1.d76c3d8e57d67p-1, 0x1.948133f43bda6p+0,
    0x1.32a22ac4cdadep+1, 0x1.6dc9130ace95cp-3, 0x1.9e2307425eec0p-2, 0x1.2534b08b999b2p+1, 0x1.27274f4908582p-2,
    0x1.9f79b3fa9289cp-1, 0x1.0b50aef5bf916p+1, 0x1.6bcb0c91b16a2p-2, 0x1.7cd4bac128432p+0, 0x1.1ed69aacbf309p+1,
    0x1.c36134bdd2f28p-2, 0x1.421cd79144f40p-1, 0x1.0d25e7ea103d9p+1, 0x1.547fe23ee074fp-1, 0x1.11dafdebe09c0p+1,
    0x1.0d76a4f27cc0cp+1};
inline constexpr double kUniformLogProb[] = {
    0x0.0p+0, -0x1.62e42fefa39efp+0, 0x1.62e42fefa39efp-1, -__builtin_inf(), -0x1.62e42fefa39efp+0,
    0x1.62e42fefa39efp-1};
inline constexpr double kUniformEntropy[] = {
    0x0.0p+0, 0x1.62e42fefa39efp+0, -0x1.62e42fefa39efp-1};
inline constexpr double kUniformKl[] = {
    0x1.62e42fefa39efp-1, 0x1.c8ff7c79a9a22p-3, __builtin_inf()};
inline constexpr double kBernoulliSample[] = {
    0x0.0p+0, 0x0.0p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x0.0p+0,
    0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x0.0p+0,
    0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x0.0p+0, 0x0.0p+0,
    0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x0.0p+0, 0x0.0p+0, 0x0.0p+0, 0x1.0000000000000p+0,
    0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x0.0p+0, 0x0.0p+0, 0x0.0p+0, 0x1.0000000000000p+0,
    0x1.0000000000000p+0, 0x0.0p+0, 0x0.0p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+0};
inline constexpr double kBernoulliLogProb[] = {
    -0x1.fffffffffffffp-53, -0x1.62e42fefa39efp+0, -0x1.62e42fefa39efp-1, -0x1.fffffffffffffp-53,
    -0x1.62e42fefa39efp+0, -0x1.205966f2b4f12p+5, -0x1.269621134db94p-2, -0x1.62e42fefa39efp-1, -0x1.205966f2b4f12p+5,
    -0x1.269621134db94p-2};
inline constexpr double kBernoulliEntropy[] = {
    0x1.fffffffffffffp-53, 0x1.1fea645f0ef4fp-1, 0x1.62e42fefa39efp-1, 0x1.fffffffffffffp-53, 0x1.1fea645f0ef4fp-1};
inline constexpr double kBernoulliKl[] = {
    0x1.62e42fefa39edp-1, 0x1.0be72e4252a81p-3, __builtin_inf(), 0x0.0p+0, 0x1.193ea7aad030ap-1};
inline constexpr double kBernoulliByLogitsLogProb[] = {
    -0x1.8e070fc0456f3p-5, -0x1.62e42fefa39efp-1, -0x1.4a190f0e6368ap+1, -0x0.0p+0, -0x0.0p+0, -0x1.86381c3f0115cp+1,
    -0x1.62e42fefa39efp-1, -0x1.4321e1cc6d13bp-4, -0x1.4000000000000p+5, -0x1.4000000000000p+5};
inline constexpr double kBernoulliByLogitsEntropy[] = {
    0x1.86e436c6d54edp-3, 0x1.62e42fefa39efp-1, 0x1.12fae32a5c177p-2, 0x0.0p+0, 0x0.0p+0};
inline constexpr double kBernoulliByLogitsKl[] = {
    0x1.012b223dee4b2p-1, 0x0.0p+0, __builtin_inf(), 0x1.f63436db32743p-53, 0x1.269621134db90p-2};
inline constexpr double kCategoricalSample[] = {
    0x1.0000000000000p+1, 0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.0000000000000p+1, 0x1.0000000000000p+1,
    0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.0000000000000p+0,
    0x1.0000000000000p+1, 0x1.0000000000000p+0, 0x1.0000000000000p+0, 0x1.0000000000000p+1};
inline constexpr double kCategoricalLogProb[] = {
    -0x1.0a2b23f3bab73p+1, -0x1.62e42fefa39efp-1, -0x1.62e42fefa39efp+0, -0x1.205966f2b4f12p+5, -0x1.e148a1a2726cep-2,
    -0x1.62e42fefa39efp-1};
inline constexpr double kCategoricalEntropy[] = {
    0x1.ccee5c7472ed2p-1, 0x1.62e42fefa39efp-1};
inline constexpr double kCategoricalKl[] = {
    0x1.b0b65750e0d74p-5, 0x1.62e42fefa39efp-2};
inline constexpr double kCategoricalByLogitsLogProb[] = {
    -0x1.15bd83adaccd9p+1, -0x1.ad8b90bfbe8e8p+5, -0x1.95bd83adaccd9p+1, -0x1.62e42fefa39f0p-1, -0x1.5bd83adaccd90p-3,
    -0x1.62e42fefa39f0p-1};
inline constexpr double kCategoricalByLogitsEntropy[] = {
    0x1.0c6cac8a75b84p-1, 0x1.62e42fefa39f0p-1};
inline constexpr double kCategoricalByLogitsKl[] = {
    0x1.1bce34e315980p-2, 0x1.62e42fefa39eep-1};

}  // namespace tapegrad::test::golden
