// f16 and bf16 as their bits: stored and converted, never computed with.
#pragma once

#include <bit>
#include <cstdint>

namespace tapegrad::kernels {

// IEEE binary16: 5 bits of exponent, 10 of fraction.
struct Half {
  std::uint16_t bits;

  Half() = default;
  // Rounded to nearest, ties to even; infinity from 65520 on.
  explicit Half(float v) noexcept {
    const auto all = std::bit_cast<std::uint32_t>(v), sign = all >> 16 & 0x8000U;
    std::uint32_t a = all & 0x7fff'ffffU;
    if (a >= 0x4780'0000U) {  // 2^16
      a = a > 0x7f80'0000U ? 0x7e00U : 0x7c00U;
    } else if (a < 0x3880'0000U) {  // below 2^-14 the unit is 2^-24, that of the floats from 0.5 on
      a = std::bit_cast<std::uint32_t>(std::bit_cast<float>(a) + 0.5F) - 0x3f00'0000U;
    } else {
      a = (a + 0xfffU + (a >> 13 & 1U) - 0x3800'0000U) >> 13;
    }
    bits = static_cast<std::uint16_t>(sign | a);
  }
  explicit operator float() const noexcept {
    const std::uint32_t sign = (bits & 0x8000U) << 16, a = (bits & 0x7fffU) << 13;
    if (a >= 0x0f80'0000U) return std::bit_cast<float>(sign | 0x7f80'0000U | a);  // infinity, NaN
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(std::bit_cast<float>(a) * 0x1p112F));
  }
};

// The upper half of an f32.
struct BFloat16 {
  std::uint16_t bits;

  BFloat16() = default;
  // Rounded to nearest, ties to even.
  explicit BFloat16(float v) noexcept {
    const auto all = std::bit_cast<std::uint32_t>(v);
    const std::uint32_t rounded = v == v ? all + 0x7fffU + (all >> 16 & 1U) : all | 0x40'0000U;
    bits = static_cast<std::uint16_t>(rounded >> 16);
  }
  explicit operator float() const noexcept { return std::bit_cast<float>(std::uint32_t{bits} << 16); }
};

}  // namespace tapegrad::kernels
