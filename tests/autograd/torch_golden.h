// Made by torch_golden.py with PyTorch 1.13.1. Do not edit.
// clang-format off
#pragma once

#include <cstdint>

namespace tapegrad::test::golden {

inline constexpr float kDefaultSeedRand[] = {
    0x1.11b5d80000000p-2f, 0x1.bebc080000000p-1f, 0x1.5755f40000000p-2f, 0x1.9cb0300000000p-2f};
inline constexpr float kRand[] = {
    0x1.fc2ab00000000p-2f, 0x1.89545e0000000p-1f, 0x1.6a67500000000p-4f, 0x1.0e66000000000p-3f, 0x1.3acd0c0000000p-2f,
    0x1.44a5f60000000p-1f, 0x1.f5db0c0000000p-2f, 0x1.caface0000000p-1f, 0x1.d290240000000p-2f, 0x1.43bda60000000p-1f,
    0x1.6544540000000p-2f, 0x1.9b5bc80000000p-2f, 0x1.6dc9000000000p-6f, 0x1.59d2b80000000p-3f, 0x1.2cf1180000000p-2f,
    0x1.097bb00000000p-1f, 0x1.6534b00000000p-1f, 0x1.999b180000000p-1f, 0x1.49c9d00000000p-3f, 0x1.210b040000000p-2f};
inline constexpr double kRandDouble[] = {
    0x1.f0aac97c4aa2fp-1, 0x1.6a675d821ccc0p-1, 0x1.d6687b744a5f6p-2, 0x1.d76c3d8e57d67p-1, 0x1.4a4099fa1ded3p-1,
    0x1.951156266d6f2p-1, 0x1.6dc9130ace95cp-3, 0x1.6788c1d097bb0p-2, 0x1.29a5845cccd8cp-1, 0x1.27274f4908582p-2,
    0x1.cfbcd9fd4944ep-2, 0x1.6a15deb7f22b8p-3, 0x1.6bcb0c91b16a2p-2, 0x1.3e6a5d6094219p-1, 0x1.ed69aacbf3090p-2,
    0x1.c36134bdd2f28p-2, 0x1.a10e6bc8a27a0p-2, 0x1.a4bcfd4207b14p-3, 0x1.547fe23ee074fp-1, 0x1.91dafdebe09c0p-1};
inline constexpr float kRandSeed2to32plus5[] = {
    0x1.a916c60000000p-1f, 0x1.0246700000000p-3f, 0x1.d09fde0000000p-1f, 0x1.a3cd7a0000000p-1f};
inline constexpr float kUniform[] = {
    0x1.2b54060000000p+1f, 0x1.3f5ed20000000p+2f, -0x1.a3290c0000000p+0f, -0x1.3673b00000000p+0f,
    0x1.fd4f340000000p-2f, 0x1.d754880000000p+1f, 0x1.23a2f60000000p+1f, 0x1.8f61ac0000000p+2f, 0x1.f13f580000000p+0f,
    0x1.d51e440000000p+1f, 0x1.cdad1a0000000p-1f, 0x1.6aafb80000000p+0f, -0x1.2423300000000p+1f,
    -0x1.b50e600000000p-1f, 0x1.762eaa0000000p-2f, 0x1.471d7c0000000p+1f, 0x1.1358360000000p+2f,
    0x1.5335060000000p+2f, -0x1.dc24140000000p-1f, 0x1.022b680000000p-2f};
inline constexpr double kUniformDouble[] = {
    0x1.bd50258f7af69p+2, 0x1.19adf9f69318ap+2, 0x1.fa9eaceb75488p+0, 0x1.9e8beb057b0d6p+2, 0x1.e4fd7751a8f22p+1,
    0x1.4dad20fed55f7p+2, -0x1.8465e195a8730p-1, 0x1.d8bab0d8e3afap-1, 0x1.958372a233505p+1, 0x1.3dbf4508115b4p-2,
    0x1.ea5c53596297ep+0, -0x1.8d6ab11fa1b60p-1, 0x1.ed7ddd4640e56p-1, 0x1.c823439b6911dp+1, 0x1.1958c82890330p+1,
    0x1.cc3cf08eb22f2p+0, 0x1.789326b90c096p+0, -0x1.fce6ad5e1a7fep-2, 0x1.fdf7b779431d1p+1, 0x1.49c2e57779be2p+2};
inline constexpr float kRandn3[] = {
    0x1.8a7eb80000000p+0f, -0x1.2c78a00000000p-2f, -0x1.16e2920000000p+1f};
inline constexpr float kRandn15[] = {
    0x1.8a7eb80000000p+0f, -0x1.2c78a00000000p-2f, -0x1.16e2920000000p+1f, 0x1.23096c0000000p-1f,
    -0x1.15a3420000000p+0f, -0x1.660a5a0000000p+0f, 0x1.9d06f40000000p-2f, 0x1.ad11ca0000000p-1f,
    -0x1.7042880000000p-1f, -0x1.9d06160000000p-2f, -0x1.317a300000000p-1f, 0x1.74cf8c0000000p-3f,
    -0x1.b69e0e0000000p-1f, 0x1.19c1320000000p+0f, -0x1.1239560000000p+0f};
inline constexpr double kRandn15Double[] = {
    0x1.8a7eb8902be3ap+0, -0x1.2c78a087c6feap-2, -0x1.16e2920a70ee5p+1, 0x1.23096ca3e350dp-1, -0x1.15a341987e136p+0,
    -0x1.660a590b74404p+0, 0x1.9d06f4be0cd62p-2, 0x1.ad11c99ad2d18p-1, -0x1.70428781da237p-1, -0x1.9d0615c28c56fp-2,
    -0x1.317a30b4235d8p-1, 0x1.74cf8b7023054p-3, -0x1.b69e0d630b475p-1, 0x1.19c131e7df150p+0, -0x1.123955c471384p+0};
inline constexpr float kRandn3Twice[] = {
    0x1.8a7eb80000000p+0f, -0x1.2c78a00000000p-2f, -0x1.16e2920000000p+1f, 0x1.23096c0000000p-1f,
    -0x1.15a3420000000p+0f, -0x1.660a5a0000000p+0f};
inline constexpr float kRandn16[] = {
    -0x1.20370a0000000p+0f, -0x1.2701140000000p+0f, -0x1.0097ac0000000p-2f, -0x1.bc4aba0000000p-2f,
    0x1.b28a2a0000000p-1f, 0x1.624f060000000p-1f, -0x1.4398da0000000p-2f, -0x1.0ebf820000000p+1f,
    0x1.4a02700000000p-2f, -0x1.4369e80000000p+0f, 0x1.6661fe0000000p-2f, 0x1.3b87760000000p-2f,
    0x1.eadeee0000000p-4f, 0x1.3cd7260000000p+0f, 0x1.1de51c0000000p+0f, -0x1.fa6cf80000000p-3f};
inline constexpr double kRandn16Double[] = {
    -0x1.27bb92e9262dcp+1, -0x1.7e35794939460p-2, -0x1.0f91ae8d685b6p+0, 0x1.ffbfb0ada994bp-1, -0x1.c49eece710105p-1,
    -0x1.468a3e5dc9291p+0, -0x1.3f174ac92d21fp-1, -0x1.bb9e3bd0377c5p-1, -0x1.4bae386384915p+0, 0x1.860cb8d864a6ep+0,
    0x1.4b6dacf0761e0p-2, 0x1.0244d8bac2a66p+1, 0x1.22c0028f12ffap+0, -0x1.3a14e53b15145p+0, 0x1.24683cd232da0p-4,
    0x1.5a213bee53bb6p-2};
inline constexpr float kRandn20[] = {
    -0x1.20370a0000000p+0f, -0x1.2701140000000p+0f, -0x1.0097ac0000000p-2f, -0x1.bc4aba0000000p-2f,
    0x1.329b160000000p-1f, -0x1.8e1ab60000000p+0f, -0x1.5d8d940000000p-2f, 0x1.da5e9c0000000p+0f,
    0x1.df54aa0000000p-2f, -0x1.42febe0000000p-3f, 0x1.7193b60000000p+0f, 0x1.106f420000000p-2f,
    0x1.63ad800000000p+0f, 0x1.961a000000000p+0f, 0x1.e481380000000p-1f, -0x1.aff6660000000p-1f,
    0x1.dd18600000000p-1f, 0x1.424e6e0000000p+0f, 0x1.00a3340000000p+1f, 0x1.b836740000000p-5f};
inline constexpr double kRandn20Double[] = {
    -0x1.27bb92e9262dcp+1, -0x1.7e35794939460p-2, -0x1.0f91ae8d685b6p+0, 0x1.ffbfb0ada994bp-1, -0x1.471a3c0e2f22ap-6,
    0x1.aeb1b572b6a04p-3, 0x1.6ae2402b7b62bp-3, -0x1.a9389d082941dp-1, 0x1.e8e503666016dp-3, 0x1.779107c3069d9p-1,
    -0x1.5266d8f957969p+0, 0x1.50977a45ee462p+0, -0x1.5fbef2bc4be3bp-1, 0x1.7cf270386ca66p+0, -0x1.cb2d8340fb171p-2,
    -0x1.c8318cc163de5p-1, 0x1.5986ed8e63e98p-1, 0x1.0bff5e8d733a2p+0, 0x1.3bff1c51bd9a4p-3, -0x1.7ff1c81c48b11p-1};
inline constexpr double kRandn100Double[] = {
    -0x1.bdf3141b77690p-3, 0x1.2c650f1ce0778p-3, 0x1.5691ccfd20441p-1, -0x1.073b469ed07e6p-1, -0x1.960229de370d5p+0,
    -0x1.7ed68209ad296p-1, 0x1.4eccbba94b3a9p-1, 0x1.d22bbb5693c20p-1, 0x1.2fb6ff40db677p-3, -0x1.9e26fd29fdfc3p-1,
    0x1.962930c53c680p+0, -0x1.63155a58a3bb4p-2, 0x1.18c463a5f0527p-1, 0x1.25951dfcd4802p+0, -0x1.fe30eee52c724p-4,
    0x1.1bcf5253b4f35p-1, -0x1.d7c36425cdc41p-2, 0x1.105ac960342d8p+0, -0x1.1ca01f71c2c89p+1, -0x1.e3c649fe18a24p-2,
    -0x1.58b00262894eap+0, -0x1.22fd442498a6ap-2, 0x1.57f36ae91fd8bp-3, 0x1.84201715d87bcp-1, 0x1.6d83249508f1bp-3,
    0x1.407234ade86a2p-1, 0x1.00f8a01c8dbfap+0, -0x1.c56b764e29580p-3, -0x1.2b0357cac1146p-1, -0x1.3998a41aaac51p+0,
    -0x1.1431260ac76f8p-2, 0x1.a11d054c8d713p-3, -0x1.651b0ba77d598p-4, -0x1.653d5fde89377p-2, -0x1.ad12531827a1ep-2,
    -0x1.aa33bcfdae257p+0, -0x1.658de9d7c56a2p-2, -0x1.8cb6ab04b9af6p-1, -0x1.668eb788cc691p-1, -0x1.e8b4f9faf05d3p+0,
    -0x1.ebf8eecea0edap-6, 0x1.28f65f980ed67p-2, 0x1.4f1f631de1ad8p-2, -0x1.148678a9918f0p+0, 0x1.13003b7d681a5p-1,
    0x1.9482513c6c299p-1, -0x1.d3f2fa0053a47p-1, -0x1.195c01f655be9p+0, -0x1.d78b1821ce293p-2, -0x1.867be65a70c9ep-3,
    -0x1.e68d8602d4599p-1, -0x1.f58d923ce17d2p-1, 0x1.1b43bdd165c75p+0, -0x1.8b8cca85f3a54p-1, 0x1.f64d1027c36cdp-1,
    0x1.6c3d97c15e07cp+0, 0x1.6860358629b09p-1, 0x1.443b5d9657829p-2, 0x1.2c87faaac40c8p+0, 0x1.824fb5d982e0cp-2,
    0x1.3972bc57d96f5p+0, 0x1.374b17acc85adp+0, 0x1.fcdf9f5ac21d3p-5, 0x1.9b81a57a57ee0p-1, -0x1.10728518c467ap-1,
    0x1.73ff58d2e42aap+0, 0x1.2d961df0348adp-3, 0x1.155d51b9b84cep+1, -0x1.805d3aed88de1p+0, -0x1.78074e981b669p-1,
    0x1.1edd513a5d53ap-1, 0x1.3e03065f0d5aep-1, -0x1.189f085897cb9p-1, -0x1.5c1f286d7b2fdp-3, -0x1.f4f7642ff15e8p-6,
    0x1.8f506fb056acfp+1, -0x1.32f930e9985ffp+0, -0x1.b684569a2f0b0p-7, 0x1.46d0ee2468bc5p-5, 0x1.b6fa56a2056bdp-5,
    0x1.a09d13aa2474bp+0, -0x1.f10c528b5855cp-3, -0x1.7046378408c19p+0, -0x1.0f553442ac2f8p+1, -0x1.a130e3b827c57p-1,
    0x1.2f0d22b9234a2p-1, -0x1.3f05469cc7018p+0, -0x1.ae37a60214d4ep+0, -0x1.9e95e85c9b668p+0, 0x1.7bbca9d831a9cp-1,
    0x1.a56bd9f5d308bp-2, -0x1.00011d97b11b7p-1, 0x1.f716edba81848p-2, 0x1.4823be3f73d42p-3, 0x1.b5a9955e3d216p-3,
    0x1.0908ccb0a4672p+0, 0x1.67b50470999b3p-1, -0x1.53fa4310ce3f1p-2, -0x1.08b17e42e9bb4p+1, -0x1.e87aee208decap-2};
inline constexpr double kRandn3After16[] = {
    0x1.8a7eb8902be3ap+0, -0x1.2c78a087c6feap-2, -0x1.16e2920a70ee5p+1, -0x1.c49eece710105p-1, -0x1.468a3e5dc9291p+0,
    -0x1.3f174ac92d21fp-1, -0x1.bb9e3bd0377c5p-1, -0x1.1a199214ba52ap+0, 0x1.d2b3af6c04b42p-3, -0x1.1e1e1af900756p-1,
    0x1.15b19ebecae95p-3, 0x1.22c0028f12ffap+0, -0x1.3a14e53b15145p+0, 0x1.24683cd232da0p-4, 0x1.5a213bee53bb6p-2,
    0x1.73b82a791246ep-1, 0x1.95c521da53018p-1, -0x1.e4103af7099e2p-1, -0x1.37be2137fe785p-1, 0x1.23096ca3e350dp-1,
    0x1.7b487141f6310p-2};
inline constexpr float kNormal[] = {
    0x1.e29fae0000000p+0f, 0x1.6d38760000000p+0f, 0x1.e91d6e0000000p-1f, 0x1.a4612e0000000p+0f, 0x1.3a97300000000p+0f};
inline constexpr double kNormal20Double[] = {
    0x1.d8446d16d9d24p-1, 0x1.681ca86b6c6bap+0, 0x1.3c1b945ca5e92p+0, 0x1.bff7f615b5329p+0, 0x1.7eb8e5c3f1d0ep+0,
    0x1.8d758dab95b50p+0, 0x1.8b5712015bdb1p+0, 0x1.4ad8ec5efad7cp+0, 0x1.8f47281b3300bp+0, 0x1.aef220f860d3bp+0,
    0x1.2b6649c1aa1a6p+0, 0x1.d425de917b918p+0, 0x1.540821a876839p+0, 0x1.df3c9c0e1b29ap+0, 0x1.634d27cbf04e9p+0,
    0x1.46f9ce67d3843p+0, 0x1.ab30ddb1cc7d3p+0, 0x1.c2ffd7a35cce8p+0, 0x1.89dff8e28decdp+0, 0x1.5001c6fc76e9ep+0};
inline constexpr float kNormalOfASlice[] = {
    0x1.8a7eb80000000p+0f, -0x1.2c78a00000000p-2f, -0x1.16e2920000000p+1f, 0x1.23096c0000000p-1f,
    -0x1.15a3420000000p+0f, -0x1.660a5a0000000p+0f, 0x1.9d06f40000000p-2f, 0x1.ad11ca0000000p-1f,
    -0x1.7042880000000p-1f, -0x1.9d06160000000p-2f, -0x1.317a300000000p-1f, 0x1.74cf8c0000000p-3f,
    -0x1.b69e0e0000000p-1f, 0x1.19c1320000000p+0f, -0x1.1239560000000p+0f, 0x1.f695940000000p-4f,
    -0x1.21f45e0000000p-1f, 0x1.7e11c40000000p-2f, -0x1.c8b39c0000000p-1f, -0x1.8254e20000000p+0f};
inline constexpr float kRandOfASlice[] = {
    0x1.fc2ab00000000p-2f, 0x1.89545e0000000p-1f, 0x1.6a67500000000p-4f, 0x1.0e66000000000p-3f, 0x1.3acd0c0000000p-2f,
    0x1.44a5f60000000p-1f, 0x1.f5db0c0000000p-2f, 0x1.caface0000000p-1f, 0x1.d290240000000p-2f, 0x1.43bda60000000p-1f,
    0x1.6544540000000p-2f, 0x1.9b5bc80000000p-2f, 0x1.6dc9000000000p-6f, 0x1.59d2b80000000p-3f, 0x1.2cf1180000000p-2f,
    0x1.097bb00000000p-1f, 0x1.6534b00000000p-1f, 0x1.999b180000000p-1f, 0x1.49c9d00000000p-3f, 0x1.210b040000000p-2f};
inline constexpr std::int64_t kRandperm1[] = {
    0};
inline constexpr std::int64_t kRandperm10[] = {
    4, 1, 7, 5, 3, 9, 0, 8, 6, 2};
inline constexpr std::int64_t kRandperm100[] = {
    45, 15, 90, 32, 35, 63, 17, 72, 79, 96, 48, 36, 16, 11, 23, 80, 22, 58, 3, 62, 50, 33, 66, 99, 43, 76, 7, 57, 81,
    82, 6, 10, 24, 52, 95, 73, 91, 21, 38, 31, 85, 59, 13, 69, 75, 70, 64, 8, 77, 34, 46, 39, 92, 0, 44, 98, 49, 9, 4,
    61, 12, 83, 28, 78, 40, 88, 54, 5, 26, 41, 89, 20, 84, 2, 1, 55, 19, 74, 25, 37, 42, 14, 30, 18, 67, 71, 68, 27,
    60, 51, 29, 56, 93, 47, 97, 94, 86, 87, 65, 53};
inline constexpr std::int64_t kRandint10[] = {
    4, 9, 3, 0, 3, 9, 7, 3, 7, 3, 1, 6, 6, 9, 8, 6, 6, 8, 4, 3};
inline constexpr std::int64_t kRandintNegative[] = {
    5, 2, -4, -2, 3, -2, -1, -5, 1, 3, 4, -1, -3, 0, 3, 1, 0, 5, 5, 5};
inline constexpr std::int64_t kRandintWide[] = {
    741280623151, 1605648895168, -808063970565, 841157541223, 41332891347, 1191356847858, -943614903721,
    -798620336680};
inline constexpr std::int64_t kRandint2to32[] = {
    2546248239, 3626093760, 3684848379, 3638918503, 2678185683, 1650906866, 1277901399, 243580376};
inline constexpr std::int64_t kRandintBelow2to32[] = {
    2357136044, 2546248239, 3071714933, 3626093760, 2588848963, 3684848379, 2340255427, 3638918503};
inline constexpr float kRandintFloat[] = {
    0x1.0000000000000p+2f, 0x1.2000000000000p+3f, 0x1.8000000000000p+1f, 0x0.0p+0f, 0x1.8000000000000p+1f};
inline constexpr double kNormalOfMeans5[] = {
    0x1.8a7eb8902be3ap+1, 0x1.a70ebef07202cp-2, -0x1.2dc52414e1dcap+1, 0x1.08c25b28f8d43p+2, 0x1.d4b97ccf03d94p+0};
inline constexpr double kNormalOfDeviations5[] = {
    0x1.8000000000000p+0, 0x1.6d3875f783901p+0, 0x1.a475b7d63c46cp-2, 0x1.ed2388bd753e5p+0, 0x1.a972f99e07b28p-2};
inline constexpr double kNormalOfBoth5[] = {
    0x0.0p+0, 0x1.da70ebef07203p-1, 0x1.d23adbeb1e236p-1, 0x1.b691c45eba9f2p+1, 0x1.752e5f33c0f65p+1};
inline constexpr double kNormalOfMeans20[] = {
    -0x1.27bb92e9262dcp+2, 0x1.03950d6d8d740p-2, -0x1.f235d1ad0b6c0p-4, 0x1.3fefec2b6a653p+2, 0x1.fae3970fc7437p+1,
    0x1.5aeb1b572b6a0p+2, 0x1.96ae2402b7b63p+2, 0x1.55b1d8bdf5af9p+2, 0x1.0f47281b3300bp+3, 0x1.4ef220f860d3bp+3,
    0x1.d6cc93835434cp+2, 0x1.b425de917b918p+3, 0x1.540821a876839p+3, 0x1.ff3c9c0e1b29ap+3, 0x1.a34d27cbf04e9p+3,
    0x1.a6f9ce67d3843p+3, 0x1.15986ed8e63eap+4, 0x1.317febd1ae674p+4, 0x1.24effc7146f67p+4, 0x1.1800e37e3b74fp+4};
inline constexpr double kNormalOfDeviations20[] = {
    0x1.8000000000000p+0, 0x1.681ca86b6c6bap+0, 0x1.f06e517297a4ap-1, 0x1.1ff3f1208fcbep+1, 0x1.7ae3970fc7437p+0,
    0x1.c34bc459ec890p+0, 0x1.c40a6c0827228p+0, 0x1.7dced31b7cce0p-5, 0x1.fa3940d99805bp+0, 0x1.9341945db3b8ap+1,
    -0x1.ce011e6f5af86p+0, 0x1.4768241013d04p+2, -0x1.1f3cd834e3ab0p-1, 0x1.9584fb2dd8473p+2, -0x1.1c7d2d8dbb430p-4,
    -0x1.d75ce7ea9b40ep+0, 0x1.0cc376c731f4cp+2, 0x1.7cbf54764a6dcp+2, 0x1.18dfbff6fd536p+1, -0x1.07ef1da196524p+1};
inline constexpr double kNormalOfBoth20[] = {
    0x0.0p+0, 0x1.d03950d6d8d74p-1, 0x1.783728b94bd25p+0, 0x1.dff3f1208fcbep+1, 0x1.fd71cb87e3a1cp+1,
    0x1.50d2f1167b224p+2, 0x1.91029b0209c8ap+2, 0x1.62fb9da636f9ap+2, 0x1.0f47281b3300bp+3, 0x1.54d065176cee2p+3,
    0x1.ac7fb8642941ep+2, 0x1.d3b4120809e82p+3, 0x1.3e0c327cb1c55p+3, 0x1.1d613ecb7611dp+4, 0x1.8dc705a4e4898p+3,
    0x1.75146302ac97ep+3, 0x1.2b30ddb1cc7d3p+4, 0x1.572fd51d929b7p+4, 0x1.2b1bf7fedfaa7p+4, 0x1.ee0438979a6b7p+3};
inline constexpr double kExponentialDouble[] = {
    0x1.c110d51dce0b1p+0, 0x1.3afa7ef3a5fc8p-1, 0x1.3ae70f39bed6dp-2, 0x1.447ec48a318b9p+0, 0x1.0923fdcf25fcbp-1,
    0x1.90edd2c3db6b8p-1, 0x1.92f30654a86e9p-4, 0x1.bade3db258fd1p-3};
inline constexpr float kRandomFloat[] = {
    0x1.fc28800000000p+22f, 0x1.8953300000000p+23f, 0x1.6a5be00000000p+20f, 0x1.0e5f400000000p+21f,
    0x1.3acaa40000000p+22f, 0x1.44a4400000000p+23f, 0x1.f5d8e00000000p+22f, 0x1.caf91e0000000p+23f};
inline constexpr double kRandomDouble[] = {
    0x1.f0aac97c4a5ccp+52, 0x1.6a675d821c708p+52, 0x1.d6687b7449c52p+51, 0x1.d76c3d8e5790cp+52, 0x1.4a4099fa1db70p+52,
    0x1.951156266d1c8p+52, 0x1.6dc9130acdb5cp+50, 0x1.6788c1d096d6cp+51};
inline constexpr std::int64_t kRandomLong[] = {
    900450186894289455, 3969543146641149120, 1895649597198586619, 827948490035658087, 7815051614634499795,
    2691271404617651954, 8072059273656089175, 7226936298635050456};
inline constexpr std::int64_t kRandomBool[] = {
    0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
inline constexpr std::int64_t kRandomTo[] = {
    44, 39, 33, 60, 63, 79, 27, 3};
inline constexpr double kRandomFromTo[] = {
    0x1.592a0c5df0000p+39, 0x1.d752396df4000p+38, 0x1.0f627b25dc000p+38, 0x1.87ac581428000p+39, 0x1.33b072f340000p+35,
    0x1.55f2c18580000p+36, 0x1.224fd8edf8000p+37, 0x1.18283d169c000p+38};
inline constexpr std::int64_t kBernoulli[] = {
    0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
inline constexpr std::int64_t kBernoulliDouble[] = {
    0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
inline constexpr std::int64_t kBernoulliNumber[] = {
    0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0};
inline constexpr std::int64_t kMultinomial[] = {
    2, 3, 5, 4, 0, 5, 1, 2, 3, 4};
inline constexpr std::int64_t kMultinomialOne[] = {
    5, 4};
inline constexpr std::int64_t kMultinomialAgain[] = {
    5, 3, 3, 5, 3, 3, 2, 2, 3, 2, 3, 2, 2, 3, 3, 3, 3, 2, 3, 3, 1, 3, 1, 2, 1, 2, 2, 3, 4, 1, 5, 3, 1, 1, 2, 5, 2, 2,
    4, 2};
inline constexpr std::int64_t kMultinomialDouble[] = {
    2, 3, 5, 4, 0, 5, 1, 2, 3, 4};
inline constexpr std::int64_t kMultinomialOneDouble[] = {
    5, 4};
inline constexpr std::int64_t kMultinomialAgainDouble[] = {
    5, 3, 3, 5, 3, 3, 2, 2, 3, 2, 3, 2, 2, 3, 3, 3, 3, 2, 3, 3, 1, 3, 1, 2, 1, 2, 2, 3, 4, 1, 5, 3, 1, 1, 2, 5, 2, 2,
    4, 2};
inline constexpr double kMixed[] = {
    0x1.313cc80000000p-3, 0x1.f23afc0000000p-2, 0x1.f8a8a00000000p-1, 0x1.638b6ed2afaa2p-2, 0x1.18fb7b995450dp-1,
    0x1.fcbcd2a3c0ddcp-1, 0x1.632f7b1846c0bp-3, -0x1.847c57b69450fp-4, 0x0.0p+0, 0x1.0000000000000p+0,
    0x1.0000000000000p+1, 0x1.8000000000000p+1, 0x1.0000000000000p+2, 0x1.4400000000000p+6, 0x1.0000000000000p+3,
    0x1.f000000000000p+5, 0x1.8fc03d6b5fdf2p+0, 0x1.ac41180000000p-1};

}  // namespace tapegrad::test::golden
