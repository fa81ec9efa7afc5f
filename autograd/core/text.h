// Error messages in parts: throw_shape("cat", "got sizes ", x.sizes(), " for tensor number ", k).
#pragma once

#include <concepts>
#include <string>

#include <tapegrad/autograd/dtype.h>
#include <tapegrad/autograd/error.h>

namespace tapegrad::core {

// "[2, 3]"; "2x3" with "x" between.
std::string text(IntList list);
std::string text(IntList list, const char* between);

// As printf's %g, with a point in every locale.
std::string text(double v, int digits = 6);

inline const char* part(const char* s) { return s; }
inline const std::string& part(const std::string& s) { return s; }
inline const char* part(Dtype d) { return name(d); }
inline std::string part(IntList list) { return text(list); }
std::string part(std::integral auto v) { return std::to_string(v); }
inline std::string part(std::floating_point auto v) { return text(static_cast<double>(v)); }

std::string joined(const auto&... parts) {
  std::string s;
  ((s += part(parts)), ...);
  return s;
}

// What the user called: an op's name up to a dot ("sum" of "sum.dim"), with "_" behind it where it works in place.
std::string called(const char* op, bool in_place = false);

template <class E>
[[noreturn, gnu::noinline]] void raise(const char* op, const std::string& what) {
  throw E(joined(called(op), ": ", what));
}
[[noreturn]] void throw_value(const char* op, const auto&... parts) { raise<ValueError>(op, joined(parts...)); }
[[noreturn]] void throw_shape(const char* op, const auto&... parts) { raise<ShapeError>(op, joined(parts...)); }
[[noreturn]] void throw_dtype(const char* op, const auto&... parts) { raise<DtypeError>(op, joined(parts...)); }
[[noreturn]] void throw_index(const char* op, const auto&... parts) { raise<IndexError>(op, joined(parts...)); }
[[noreturn]] void throw_autograd(const char* op, const auto&... parts) { raise<AutogradError>(op, joined(parts...)); }

// In a catch block: the same error under the name of what the user called, where that is made of other operations.
[[noreturn]] void throw_as(const char* op);

}  // namespace tapegrad::core
