// The errors tapegrad throws. Every message reads "<op>: <what is wrong, with the shapes>; <what to do>".
// std::bad_alloc passes through unchanged. Nothing has been changed when one of these is thrown.
#pragma once

#include <stdexcept>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

/// The root: catch this to catch everything that tapegrad itself reports.
struct TAPEGRAD_EXPORT Error : std::runtime_error {
  using std::runtime_error::runtime_error;
  const char* what_without_backtrace() const noexcept { return what(); }  ///< libtorch's name: there is no backtrace
};

/// A number, word or option that is out of its range.
struct TAPEGRAD_EXPORT ValueError : Error {
  using Error::Error;
};

/// Sizes, ranks or strides that do not fit together.
struct TAPEGRAD_EXPORT ShapeError : Error {
  using Error::Error;
};

/// A dtype that an operation does not take, or dtypes that do not fit together.
struct TAPEGRAD_EXPORT DtypeError : Error {
  using Error::Error;
};

/// An index, a dimension or a class label out of range.
struct TAPEGRAD_EXPORT IndexError : Error {
  using Error::Error;
};

/// Misuse of the tape: a second backward, an in-place change of a leaf, a gradient that cannot exist.
struct TAPEGRAD_EXPORT AutogradError : Error {
  using Error::Error;
};

/// Text or bytes that do not follow their format (CSV, safetensors, .npy).
struct TAPEGRAD_EXPORT FormatError : Error {
  using Error::Error;
};

/// A file that cannot be opened, read, written or renamed.
struct TAPEGRAD_EXPORT IoError : Error {
  using Error::Error;
};

namespace detail {

// False, and only where a template is used: for the static_assert of what it does not take.
template <class...>
inline constexpr bool kNever = false;

}  // namespace detail

}  // namespace tapegrad
