// Element types, the C++ types behind them, and lists of sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <type_traits>
#include <vector>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

/// The order is that of type promotion: the larger wins, but uint8 and int8 give int16, and f16 and bf16 give f32.
///
/// Kernels compute in bool (one byte, 0 or 1), int64, f32 and f64. The others, which have odd values here, are narrow:
/// stored, copied, indexed and converted. Arithmetic on narrow integers is done in int64 and wraps around to PyTorch's
/// dtype; arithmetic on f16 and bf16 throws DtypeError.
enum class Dtype : std::uint8_t {
  Bool = 0,
  Byte = 1,
  Char = 3,
  Short = 5,
  Int = 7,
  Long = 8,
  Half = 9,
  BFloat16 = 11,
  Float = 12,
  Double = 14
};
using ScalarType = Dtype;

inline constexpr Dtype kBool = Dtype::Bool;  ///< bool, a byte
/// std::uint8_t, narrow
inline constexpr Dtype kByte = Dtype::Byte, kUInt8 = Dtype::Byte, kU8 = Dtype::Byte;
/// std::int8_t, narrow
inline constexpr Dtype kChar = Dtype::Char, kInt8 = Dtype::Char, kI8 = Dtype::Char;
/// std::int16_t, narrow
inline constexpr Dtype kShort = Dtype::Short, kInt16 = Dtype::Short, kI16 = Dtype::Short;
/// std::int32_t, narrow
inline constexpr Dtype kInt = Dtype::Int, kInt32 = Dtype::Int, kI32 = Dtype::Int;
/// std::int64_t: indices and labels
inline constexpr Dtype kLong = Dtype::Long, kInt64 = Dtype::Long, kI64 = Dtype::Long;
/// f16, narrow
inline constexpr Dtype kHalf = Dtype::Half, kFloat16 = Dtype::Half, kF16 = Dtype::Half;
/// bf16, narrow
inline constexpr Dtype kBFloat16 = Dtype::BFloat16;
/// float, what new tensors have
inline constexpr Dtype kFloat = Dtype::Float, kFloat32 = Dtype::Float, kF32 = Dtype::Float;
/// double
inline constexpr Dtype kDouble = Dtype::Double, kFloat64 = Dtype::Double, kF64 = Dtype::Double;

/// Every dtype, in the order of promotion.
inline constexpr Dtype kAllDtypes[] = {kBool, kByte, kChar, kShort, kInt, kLong, kHalf, kBFloat16, kFloat, kDouble};
inline constexpr std::size_t kDtypeEnd = 15;  ///< above every value

/// The bytes of an element.
constexpr std::size_t item_size(Dtype d) noexcept {
  // A hexadecimal digit a value: the logarithm of its bytes.
  return std::size_t{1} << (0x0302'1013'2010'0000U >> (4 * static_cast<unsigned>(d)) & 3U);
}
/// Whether its elements are floating-point numbers.
constexpr bool is_floating_point(Dtype d) noexcept { return d >= Dtype::Half; }
/// Whether it is stored and converted, but not computed in.
constexpr bool is_narrow(Dtype d) noexcept { return (static_cast<unsigned>(d) & 1U) != 0; }
/// The dtype that tensors of both give.
constexpr Dtype promote_types(Dtype a, Dtype b) noexcept {
  const Dtype low = a < b ? a : b, high = a < b ? b : a;
  if (low == kByte && high == kChar) return kShort;
  return low == kHalf && high == kBFloat16 ? kFloat : high;
}
/// "Float", "Double", "Long", "Bool" ...: PyTorch's names in messages.
TAPEGRAD_EXPORT const char* name(Dtype d) noexcept;
TAPEGRAD_EXPORT std::ostream& operator<<(std::ostream& out, Dtype d);

/// What dtype() gives: a Dtype, under the name that libtorch gives it there.
class TypeMeta {
 public:
  explicit constexpr TypeMeta(Dtype dtype) noexcept : dtype_(dtype) {}
  constexpr operator Dtype() const noexcept { return dtype_; }
  constexpr Dtype toScalarType() const noexcept { return dtype_; }
  constexpr std::size_t itemsize() const noexcept { return item_size(dtype_); }

 private:
  Dtype dtype_;
};

template <class T>
struct DtypeOf;
template <>
struct DtypeOf<float> : std::integral_constant<Dtype, kFloat> {};
template <>
struct DtypeOf<double> : std::integral_constant<Dtype, kDouble> {};
template <>
struct DtypeOf<bool> : std::integral_constant<Dtype, kBool> {};
template <>
struct DtypeOf<std::int64_t> : std::integral_constant<Dtype, kLong> {};
template <>
struct DtypeOf<std::int32_t> : std::integral_constant<Dtype, kInt> {};
template <>
struct DtypeOf<std::int16_t> : std::integral_constant<Dtype, kShort> {};
template <>
struct DtypeOf<std::int8_t> : std::integral_constant<Dtype, kChar> {};
template <>
struct DtypeOf<std::uint8_t> : std::integral_constant<Dtype, kByte> {};

/// The largest number of dimensions of a tensor.
inline constexpr int kMaxRank = 8;

/// A view of sizes, strides or dims: written {2, 3}, a std::vector<int64_t>, or one number. It does not own what it
/// shows: take it as an argument, do not keep it.
class IntList {
 public:
  constexpr IntList() noexcept = default;
  constexpr IntList(const std::int64_t* data, std::size_t size) noexcept : data_(data), size_(size) {}
  IntList(const std::vector<std::int64_t>& v) noexcept : data_(v.data()), size_(v.size()) {}
  constexpr IntList(std::initializer_list<std::int64_t> list) noexcept : size_(list.size()) { data_ = list.begin(); }
  constexpr IntList(const std::int64_t& one) noexcept : data_(&one), size_(1) {}

  constexpr const std::int64_t* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr const std::int64_t* begin() const noexcept { return data_; }
  constexpr const std::int64_t* end() const noexcept { return data_ + size_; }
  constexpr std::int64_t operator[](std::size_t i) const noexcept { return data_[i]; }
  TAPEGRAD_EXPORT std::int64_t at(std::size_t i) const;  ///< IndexError out of range
  constexpr std::int64_t front() const noexcept { return data_[0]; }
  constexpr std::int64_t back() const noexcept { return data_[size_ - 1]; }
  constexpr IntList slice(std::size_t n, std::size_t m) const noexcept { return {data_ + n, m}; }  ///< m from n on
  constexpr IntList slice(std::size_t n) const noexcept { return slice(n, size_ - n); }
  constexpr bool equals(IntList o) const noexcept { return *this == o; }
  std::vector<std::int64_t> vec() const { return {begin(), end()}; }

  friend constexpr bool operator==(IntList a, IntList b) noexcept {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i)
      if (a.data_[i] != b.data_[i]) return false;
    return true;
  }

 private:
  const std::int64_t* data_ = nullptr;
  std::size_t size_ = 0;
};

using IntArrayRef = IntList;

/// Prints "[2, 3]".
TAPEGRAD_EXPORT std::ostream& operator<<(std::ostream& out, IntList list);

}  // namespace tapegrad
