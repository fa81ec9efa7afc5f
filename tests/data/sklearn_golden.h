// Written by sklearn_golden.py: do not edit.
#pragma once

#include <cstdint>
#include <vector>

namespace sklearn_golden {

struct Regression {
  struct {
    std::int64_t n, features, informative, targets;
    double bias, noise;
    bool shuffle;
    std::int64_t seed;
  } options;
  std::uint64_t x, coef, y;  // y 0: compare y_begin only
  std::vector<double> y_begin;
};

struct Split {
  std::int64_t n;
  double size;
  bool size_is_rows;
  std::int64_t seed, n_test;
  std::uint64_t train, test;
  std::vector<std::int64_t> test_begin;
};

struct Stratified {
  std::vector<std::int64_t> labels;
  double size;
  bool size_is_rows;
  std::int64_t seed;
  std::uint64_t train, test;
  std::vector<std::int64_t> test_begin;
};

struct Folds {
  std::int64_t n_splits, seed;                  // seed -1: no shuffle
  std::vector<std::int64_t> plain, stratified;  // the fold in which each row tests; empty: refused
};

// clang-format off
inline const std::vector<Regression> regressions = {
    {{100, 1, 10, 1, 0x0.0p+0, 0x1.4000000000000p+2, true, 2}, 0xad7fc2852323f5f2u, 0x777a13a83dbb4c74u, 0x47582dc7737292d5u, {-0x1.8f21027c315f3p+5, 0x1.3489d862db9fdp+6, 0x1.76ed1fec56ea3p+6}},
    {{100, 1, 10, 1, 0x0.0p+0, 0x0.0p+0, true, 0}, 0x919e69cb594433b1u, 0x36d4f1aa48d728afu, 0x5310d07dd003bf5au, {0x1.58455affa7dc9p+2, 0x1.2d038d5510f98p+4, 0x1.020e4557420d6p+5}},
    {{3, 1, 1, 1, 0x1.8000000000000p+0, 0x0.0p+0, false, 42}, 0x3f5b55a229e64328u, 0xe93d683348647184u, 0x540f0e1fe1523b4eu, {0x1.27fd44fc680c8p+3, -0x1.507a01709d4c0p-1, 0x1.735d606adac87p+3}},
    {{101, 1, 10, 2, -0x1.a000000000000p+1, 0x1.4000000000000p+4, true, 7}, 0x4de07159bb173bbu, 0xdaa2f93000b58459u, 0xc376ac53aa3f62b9u, {0x1.fd4cfa9647e00p-1, -0x1.e0f714f2c5056p+5, -0x1.0ec09e69bffc0p+6}},
    {{1000, 1, 10, 1, 0x1.0000000000000p-1, 0x1.0000000000000p+0, false, 4294967295}, 0x56915390669e1c04u, 0x9479d766e5c072e6u, 0x9af7cf59a54e86f9u, {0x1.43ead81d93736p+4, 0x1.3aa11fd5f7101p+4, -0x1.012f8624ace6dp+5}},
    {{64, 7, 1, 1, 0x0.0p+0, 0x1.0000000000000p+1, true, 12345}, 0x65370035ba87609bu, 0xb6e5a745d4e2ec07u, 0x89e88997cb8e2903u, {0x1.c556146077388p+4, 0x1.15de8fe736277p+5, -0x1.c29832f4ce562p+4}},
    {{50, 4, 0, 2, 0x1.0000000000000p+0, 0x1.0000000000000p-1, true, 5}, 0x5d626b59092eaac7u, 0xb9b23f3a46fd0825u, 0x2f800ba15d4abc61u, {0x1.775e248616182p+0, 0x1.1b243c47b9bc6p+0, 0x1.d5696416d8489p-1}},
    {{200, 12, 10, 1, 0x0.0p+0, 0x1.4000000000000p+2, true, 1}, 0x3f8d1a852de8d5d6u, 0xa54afe20d63302f4u, 0u, {0x1.e93d4dc79b88fp+5, 0x1.e27cfb30f1d47p+4, -0x1.ad17c2eda9839p+7}},
    {{33, 5, 3, 3, -0x1.0000000000000p+0, 0x1.999999999999ap-4, true, 99}, 0x25db9e746e64d103u, 0x9fffe54146ba80ddu, 0u, {-0x1.72a92471ad53bp+4, 0x1.8261252f0a624p+7, -0x1.34aa8f9ed230ap+2}},
    {{40, 30, 40, 2, 0x1.0000000000000p+1, 0x0.0p+0, false, 3}, 0x2cdd0b79a977f3cbu, 0xc68b4e589e6e3cb7u, 0u, {-0x1.9b1d67bd72478p+7, 0x1.8ea349f23b68cp+6, -0x1.5e82b19487f83p+9}},
};

inline const std::vector<Split> splits = {
    {100, 0x1.999999999999ap-3, false, 0, 20, 0xe235f85d311fedeeu, 0x1766daa5cc98954eu, {26, 86, 2, 55, 75}},
    {10, 0x1.0000000000000p-2, false, 42, 3, 0xd2766d0c978a8f88u, 0xb211ed1b7a87f69u, {8, 1, 5}},
    {7, 0x1.8000000000000p+1, true, 1, 3, 0x5bc7647ea1a4d707u, 0x778bfac6544ed3a0u, {6, 2, 1}},
    {442, 0x1.999999999999ap-3, false, 0, 89, 0x7cdc1a1f70fc48b2u, 0xba4cf877b4f9a2bfu, {362, 249, 271, 435, 400}},
    {5, 0x1.0000000000000p-1, false, 4294967295, 3, 0xc92bf62e665bb684u, 0x9835851ff77f6140u, {4, 1, 0}},
    {2, 0x1.47ae147ae147bp-7, false, 9, 1, 0xa8c7f832281a39c5u, 0x89cd31291d2aefa4u, {1}},
    {3000, 0x1.54fdf3b645a1dp-2, false, 123, 999, 0xeff9423a9cedbe8fu, 0xedd3991d76726747u, {1690, 1798, 417, 1599, 1206}},
};

inline const std::vector<Stratified> stratified = {
    {{0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0}, 0x1.0000000000000p-2, false, 0, 0x4356d53243d1088au, 0xa1f08efcff64a70au, {38, 1, 0, 49, 4}},
    {{3, 1, 3, 2, 0, 1, 2, 1, 0, 0, 2, 3}, 0x1.4000000000000p+2, true, 1, 0xcaae577dc432040eu, 0xa3291cef44466aeeu, {7, 2, 3, 8, 5}},
    {{0, 0, 1, 1, 0, 2, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 2}, 0x1.3333333333333p-2, false, 2, 0x58fee5c0ca2c6ed3u, 0x7f064535538cebc3u, {10, 3, 5, 11, 14}},
    {{1, 1, 2, 2, 0, 2, 0, 1, 0, 2, 1, 0, 0, 1, 0, 1, 2, 2, 0, 2, 1}, 0x1.0000000000000p-1, false, 42, 0x16ebe2553ceb63b6u, 0x2613c179313705e2u, {8, 20, 15, 16, 18}},
    {{0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 0x1.999999999999ap-4, false, 3, 0xb5d6199e1793d9c6u, 0x7809c8cf08d27a02u, {25, 22, 63, 80, 4}},
    {{0, 0, 1, 1}, 0x1.0000000000000p+1, true, 4294967295, 0xd71e358174147ca6u, 0x7717980363c8e066u, {1, 2}},
    {{4, 3, 3, 4, 2, 3, 0, 4, 4, 3, 2, 1, 4, 2, 3, 2, 2, 4, 1, 3, 3, 3, 2, 0, 1, 3, 1, 4, 3, 3, 4, 0, 4, 4, 3, 1, 4, 0, 4, 4, 3, 2, 0, 3, 2, 4, 2, 4, 4, 2, 2, 1, 0, 3, 3, 2, 4, 3, 0, 3, 2, 1, 1, 2, 4, 4, 1, 1, 1, 4, 3, 1, 0, 0, 2, 4, 0, 2, 4, 0, 2, 1, 4}, 0x1.54fdf3b645a1dp-2, false, 7, 0x5a7e387c4f3430ffu, 0xcbe342d95ab358acu, {76, 78, 65, 37, 60}},
    {{0, 1, 0, 1, 0, 0, 0, 0, 2, 0, 2, 1, 2, 1, 2, 2, 2, 0, 1, 0, 0, 2, 2, 1, 0, 0, 0, 2, 2, 0, 0, 0, 0, 0, 1, 2, 2, 1, 1, 1, 2, 2, 1, 1, 2, 2, 0, 2, 1, 0, 0, 1, 0, 1, 0, 2, 2, 0, 2, 1, 1, 2, 2, 2, 0, 2, 1, 2, 1, 1, 1, 1, 0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0, 0, 1, 1, 1, 0, 1, 2, 2, 1, 0, 0}, 0x1.4000000000000p+3, true, 5, 0x17d4aa3471eabac5u, 0x873ad36b204ba805u, {39, 87, 69, 12, 41}},
};

inline const std::vector<std::int64_t> fold_labels = {5, 1, 1, 0, 5, 5, 1, 0, 0, 0, 5, 1, 1};
inline const std::vector<Folds> folds = {
    {3, -1, {0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}, {0, 0, 1, 0, 0, 1, 1, 0, 1, 2, 2, 2, 2}},
    {13, -1, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {}},
    {3, 0, {2, 1, 0, 2, 0, 2, 0, 1, 1, 1, 0, 0, 2}, {1, 0, 1, 2, 2, 0, 1, 0, 1, 0, 0, 2, 2}},
    {2, 42, {0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1}, {0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0}},
    {5, 7, {1, 1, 0, 3, 4, 1, 3, 2, 0, 4, 0, 2, 2}, {2, 2, 1, 4, 1, 0, 0, 1, 0, 2, 3, 4, 3}},
};

inline const std::vector<double> unscaled = {0x1.0000000000000p+0, 0x1.999999999999ap-4, 0x1.7d78400000000p+26, 0x1.0000000000000p+1, 0x1.999999999999ap-4, 0x1.7d78404000000p+26, 0x1.0000000000000p+2, 0x1.999999999999ap-4, 0x1.7d78408000000p+26, 0x1.0000000000000p+3, 0x1.999999999999ap-4, 0x1.7d78410000000p+26, -0x1.8000000000000p+1, 0x1.999999999999ap-4, 0x1.7d783f4000000p+26};
inline const std::vector<double> scaler_mean = {0x1.3333333333333p+1, 0x1.999999999999ap-4, 0x1.7d78403333333p+26};
inline const std::vector<double> scaler_scale = {0x1.ce385429035dap+1, 0x1.0000000000000p+0, 0x1.2857679c21a31p+1};
inline const std::vector<double> scaled = {-0x1.8cffb183079a5p-2, 0x0.0p+0, -0x1.61d72b635af46p-2, -0x1.c5b681ba51d4dp-4, 0x0.0p+0, 0x1.61d72bd1ee31fp-4, 0x1.c5b681ba51d50p-2, 0x0.0p+0, 0x1.096160a62906bp-1, 0x1.8cffb183079a5p+0, 0x0.0p+0, 0x1.61d72b7effc3cp+0, -0x1.7ed1fd75350bbp+0, 0x0.0p+0, -0x1.a42f839ab79dcp+0};
// clang-format on

}  // namespace sklearn_golden
