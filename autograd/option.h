// One named option of an options class, spelled as libtorch spells them:
//
//   struct SGDOptions {
//     TAPEGRAD_OPTION(double, momentum) = 0;
//   };
//
// gives options.momentum(0.9), which returns options, and options.momentum(), which reads (and may be assigned). What
// follows it in the class is private.
#pragma once

#include <tapegrad/autograd/export.h>

#define TAPEGRAD_OPTION(Type, name)                     \
 public:                                                \
  auto name(const Type& value)->decltype(*this) {       \
    name##_ = value;                                    \
    return *this;                                       \
  }                                                     \
  const Type& name() const noexcept { return name##_; } \
  Type& name() noexcept { return name##_; }             \
                                                        \
 private:                                               \
  Type name##_
