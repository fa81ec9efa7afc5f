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

// f32, f64, int64 and bool (one byte, 0 or 1). The order is that of type promotion: the larger wins.
enum class Dtype : std::uint8_t { Bool, Long, Float, Double };

inline constexpr Dtype kBool = Dtype::Bool;
inline constexpr Dtype kLong = Dtype::Long, kInt64 = Dtype::Long;
inline constexpr Dtype kFloat = Dtype::Float, kFloat32 = Dtype::Float;
inline constexpr Dtype kDouble = Dtype::Double, kFloat64 = Dtype::Double;

constexpr std::size_t item_size(Dtype d) noexcept {
  return std::size_t{1} << (0x3230U >> (4 * static_cast<unsigned>(d)) & 3U);  // 1, 8, 4, 8 bytes
}
constexpr bool is_floating_point(Dtype d) noexcept { return d >= Dtype::Float; }

// "Float", "Double", "Long", "Bool": PyTorch's names in messages.
TAPEGRAD_EXPORT const char* name(Dtype d) noexcept;
TAPEGRAD_EXPORT std::ostream& operator<<(std::ostream& out, Dtype d);

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

// The largest number of dimensions of a tensor.
inline constexpr int kMaxRank = 8;

// A view of sizes, strides or dims: written {2, 3}, a std::vector<int64_t>, or one number. It does not own what it
// shows: take it as an argument, do not keep it.
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

// Prints "[2, 3]".
TAPEGRAD_EXPORT std::ostream& operator<<(std::ostream& out, IntList list);

}  // namespace tapegrad
