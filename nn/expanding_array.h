// ExpandingArray: a number for each of D dims, written once where they are alike.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <string>

#include <tapegrad/autograd/dtype.h>
#include <tapegrad/autograd/error.h>

namespace tapegrad::nn {

/// D values, as a kernel's sizes: one number, which then counts for each dim, or D of them, as a list, a vector, an
/// array, an IntList. ValueError where they are not D.
///
///     ExpandingArray<2> kernel = 3;       // [3, 3]
///     ExpandingArray<2> other = {3, 2};
///     std::int64_t height = (*other)[0];  // a std::array
template <std::size_t D, class T = std::int64_t>
class ExpandingArray {
 public:
  template <class Value>
  requires std::is_convertible_v<const Value&, T> ExpandingArray(const Value& value) {
    values_.fill(static_cast<T>(value));
  }
  ExpandingArray(std::initializer_list<T> values) { take(values); }
  template <class Values>
  requires(!std::is_convertible_v<const Values&, T>) && requires(const Values& v) {
    { *v.begin() } -> std::convertible_to<T>;
    v.size();
  }
  ExpandingArray(const Values& values) { take(values); }

  std::array<T, D>& operator*() noexcept { return values_; }
  const std::array<T, D>& operator*() const noexcept { return values_; }
  std::array<T, D>* operator->() noexcept { return &values_; }
  const std::array<T, D>* operator->() const noexcept { return &values_; }
  operator IntList() const noexcept requires std::same_as<T, std::int64_t> { return {values_.data(), D}; }
  T& operator[](std::size_t i) noexcept { return values_[i]; }
  const T& operator[](std::size_t i) const noexcept { return values_[i]; }
  std::size_t size() const noexcept { return D; }
  friend bool operator==(const ExpandingArray&, const ExpandingArray&) = default;

 private:
  template <class Values>
  void take(const Values& values) {
    if (values.size() != D)
      throw ValueError("ExpandingArray: Expected " + std::to_string(D) + " values, but instead got " +
                       std::to_string(values.size()) + "; give one for each dim, or one number for all");
    std::size_t i = 0;
    for (const auto& value : values) values_[i++] = static_cast<T>(value);
  }

  std::array<T, D> values_;
};

/// The same of sizes that may be std::nullopt.
template <std::size_t D, class T = std::int64_t>
using ExpandingArrayWithOptionalElem = ExpandingArray<D, std::optional<T>>;

/// Prints "[3, 2]"; the value alone where D is 1; "None" for std::nullopt.
template <class Traits, std::size_t D, class T>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const ExpandingArray<D, T>& array) {
  const char* before = D == 1 ? "" : "[";
  for (const T& value : *array) {
    out << before;
    if constexpr (requires { value.has_value(); }) {
      value.has_value() ? out << *value : out << "None";
    } else {
      out << value;
    }
    before = ", ";
  }
  return out << (D == 1 ? "" : "]");
}

}  // namespace tapegrad::nn
