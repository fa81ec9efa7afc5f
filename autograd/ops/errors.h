// Error messages in parts: throw_shape("cat", "got sizes ", x.sizes(), " for tensor number ", k).
#pragma once

#include <concepts>
#include <string>

#include "autograd/core/shape.h"

namespace tapegrad::ops {

inline const char* part(const char* s) { return s; }
inline const std::string& part(const std::string& s) { return s; }
inline const char* part(Dtype d) { return name(d); }
inline std::string part(IntList list) { return core::text(list); }
template <class T>
requires std::is_arithmetic_v<T> std::string part(T v) { return std::to_string(v); }

template <class... Parts>
std::string joined(const Parts&... parts) {
  std::string s;
  ((s += part(parts)), ...);
  return s;
}

template <class... Parts>
[[noreturn]] void throw_shape(const char* op, const Parts&... parts) {
  core::throw_shape(op, joined(parts...));
}
template <class... Parts>
[[noreturn]] void throw_dtype(const char* op, const Parts&... parts) {
  core::throw_dtype(op, joined(parts...));
}
template <class... Parts>
[[noreturn]] void throw_index(const char* op, const Parts&... parts) {
  core::throw_index(op, joined(parts...));
}

}  // namespace tapegrad::ops
