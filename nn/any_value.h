// AnyValue: a value of any type that can be copied.
#pragma once

#include <any>
#include <typeinfo>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::nn {

namespace detail {
[[noreturn]] TAPEGRAD_EXPORT void throw_cast(const std::type_info& from, const std::type_info& to);
}  // namespace detail

/// A value of any type that can be copied: what a module of any signature takes and gives. What derives from Tensor is
/// kept as a Tensor, which takes no memory.
class AnyValue {
 public:
  template <class T>
  requires(!std::same_as<std::remove_cvref_t<T>, AnyValue>) explicit AnyValue(T&& value) {
    using Kept = std::conditional_t<std::derived_from<std::remove_cvref_t<T>, Tensor>, Tensor, std::decay_t<T>>;
    value_.emplace<Kept>(std::forward<T>(value));
  }

  /// The value where it is a T; else null.
  template <class T>
  T* try_get() noexcept {
    return std::any_cast<T>(&value_);
  }
  /// The value. Error where it is no T.
  template <class T>
  T get() {
    if (T* value = try_get<T>()) return *value;
    detail::throw_cast(type_info(), typeid(T));
  }
  const std::type_info& type_info() const noexcept { return value_.type(); }

 private:
  std::any value_;
};

}  // namespace tapegrad::nn
