// A number on its own, and the options of a new tensor.
#pragma once

#include <concepts>
#include <limits>
#include <optional>

#include <tapegrad/autograd/device.h>
#include <tapegrad/autograd/dtype.h>

namespace tapegrad {

namespace core {
// Error: the number does not fit the integer type of these digits.
[[noreturn]] TAPEGRAD_EXPORT void throw_overflow(double value, int digits, bool is_signed);
}  // namespace core

/// One number with its kind: floating point, integer or bool. Written as a plain C++ number.
///
/// As an integer it is cut off towards 0; Error where the integer type cannot hold it (NaN and infinity among these).
/// As a float it is rounded, to infinity where it is too large.
class Scalar {
 public:
  constexpr Scalar() noexcept : Scalar(0) {}
  template <class T>
  requires std::is_arithmetic_v<T>
  constexpr Scalar(T v) noexcept(std::is_floating_point_v<T> || std::numeric_limits<T>::digits < 64)
      : kind_(std::same_as<T, bool>         ? kBool
              : std::is_floating_point_v<T> ? kDouble
                                            : kLong),
        double_(static_cast<double>(v)),
        int_(std::is_floating_point_v<T> ? 0 : static_cast<std::int64_t>(v)) {
    if constexpr (std::is_integral_v<T> && std::numeric_limits<T>::digits == 64)
      if (int_ < 0) core::throw_overflow(double_, 63, true);
  }

  constexpr bool is_floating_point() const noexcept { return kind_ == kDouble; }
  /// 0.5, 3, true
  TAPEGRAD_EXPORT friend std::ostream& operator<<(std::ostream& out, const Scalar& x);
  /// kDouble, kLong or kBool.
  constexpr Dtype kind() const noexcept { return kind_; }
  constexpr double to_double() const noexcept { return double_; }
  constexpr std::int64_t to_long() const { return to<std::int64_t>(); }
  /// libtorch's names.
  constexpr bool isFloatingPoint() const noexcept { return is_floating_point(); }
  constexpr bool isIntegral(bool include_bool) const noexcept {
    return kind_ == kLong || (include_bool && kind_ == kBool);
  }
  constexpr bool isBoolean() const noexcept { return kind_ == kBool; }
  constexpr float toFloat() const { return to<float>(); }
  constexpr double toDouble() const { return double_; }
  constexpr int toInt() const { return to<int>(); }
  constexpr std::int64_t toLong() const { return to_long(); }
  constexpr bool toBool() const { return to<bool>(); }
  template <class T>
  constexpr T to() const {
    if constexpr (std::same_as<T, bool>) {
      return kind_ == kDouble ? double_ != 0 : int_ != 0;
    } else if constexpr (std::is_integral_v<T>) {
      using Limits = std::numeric_limits<T>;
      constexpr auto kMiddle = Limits::max() / 2 + 1;  // max itself may round up as a double
      constexpr double kLow = static_cast<double>(Limits::min()), kEnd = 2.0 * static_cast<double>(kMiddle);
      const bool fits = kind_ == kDouble ? (double_ >= kLow || double_ > kLow - 1) && double_ < kEnd
                                         : static_cast<std::int64_t>(static_cast<T>(int_)) == int_ &&
                                               (int_ < 0) == (static_cast<T>(int_) < T{});
      if (!fits) core::throw_overflow(double_, Limits::digits, Limits::is_signed);
      return static_cast<T>(
          kind_ == kDouble ? static_cast<std::conditional_t<Limits::is_signed, std::int64_t, std::uint64_t>>(double_)
                           : int_);
    } else {  // an integer that is rounded once
      return kind_ == kLong && sizeof(T) != sizeof(double) ? static_cast<T>(int_) : static_cast<T>(double_);
    }
  }

 private:
  Dtype kind_;
  double double_;
  std::int64_t int_;
};

/// dtype and requires_grad of a new tensor: TensorOptions().dtype(kDouble).requires_grad(true), or just kDouble.
/// Without a dtype it is the operation that decides.
class TensorOptions {
 public:
  constexpr TensorOptions() noexcept = default;
  constexpr TensorOptions(Dtype d) noexcept : dtype_(d) {}
  constexpr TensorOptions(TypeMeta d) noexcept : dtype_(d.toScalarType()) {}
  TensorOptions(Device device) : TensorOptions(TensorOptions().device(device)) {}
  TensorOptions(DeviceType device) : TensorOptions(Device(device)) {}
  constexpr TensorOptions dtype(Dtype d) const noexcept { return {d, requires_grad_}; }
  constexpr TensorOptions requires_grad(bool on) const noexcept { return {dtype_, on}; }
  /// Error for a device other than the CPU.
  TensorOptions device(Device device) const {
    detail::require_cpu("TensorOptions", device);
    return *this;
  }
  TensorOptions device(DeviceType type, std::int8_t index) const { return device(Device(type, index)); }
  constexpr TensorOptions pinned_memory(bool /*on*/) const noexcept { return *this; }  ///< of use to GPUs alone
  /// kFloat where no dtype is set.
  constexpr TypeMeta dtype() const noexcept { return TypeMeta(dtype_or(kFloat)); }
  constexpr bool requires_grad() const noexcept { return requires_grad_; }
  constexpr Device device() const noexcept { return kCPU; }
  constexpr bool has_dtype() const noexcept { return dtype_.has_value(); }
  constexpr Dtype dtype_or(Dtype fallback) const noexcept { return dtype_.value_or(fallback); }

 private:
  constexpr TensorOptions(std::optional<Dtype> d, bool grad) noexcept : dtype_(d), requires_grad_(grad) {}

  std::optional<Dtype> dtype_;
  bool requires_grad_ = false;
};

inline constexpr TensorOptions dtype(Dtype d) noexcept { return TensorOptions(d); }
inline constexpr TensorOptions requires_grad(bool on = true) noexcept { return TensorOptions().requires_grad(on); }
inline TensorOptions device(Device device) { return {device}; }

using OptScalar = std::optional<Scalar>;
using OptInt = std::optional<std::int64_t>;

}  // namespace tapegrad
