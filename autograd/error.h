// The errors tapegrad throws. Every message reads "<op>: <what is wrong, with the shapes>; <what to do>".
// std::bad_alloc passes through unchanged. Nothing has been changed when one of these is thrown.
#pragma once

#include <stdexcept>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

// The root: catch this to catch everything that tapegrad itself reports.
class TAPEGRAD_EXPORT Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Sizes, ranks or strides that do not fit together.
class TAPEGRAD_EXPORT ShapeError : public Error {
 public:
  using Error::Error;
};

// A dtype that an operation does not take, or dtypes that do not fit together.
class TAPEGRAD_EXPORT DtypeError : public Error {
 public:
  using Error::Error;
};

// An index, a dimension or a class label out of range.
class TAPEGRAD_EXPORT IndexError : public Error {
 public:
  using Error::Error;
};

// Misuse of the tape: a second backward, an in-place change of a leaf, a gradient that cannot exist.
class TAPEGRAD_EXPORT AutogradError : public Error {
 public:
  using Error::Error;
};

// Text or bytes that do not follow their format (CSV, safetensors, .npy).
class TAPEGRAD_EXPORT FormatError : public Error {
 public:
  using Error::Error;
};

// A file that cannot be opened, read, written or renamed.
class TAPEGRAD_EXPORT IoError : public Error {
 public:
  using Error::Error;
};

}  // namespace tapegrad
