// One named option of an options class, spelled as libtorch spells them:
//
//   struct MyOptions {
//     TAPEGRAD_OPTION(double, momentum) = 0;
//   };
//
// gives options.momentum(0.9), which returns options, and options.momentum(), which reads (and may be assigned). What
// follows it in the class is private.
//
// Where the values stand in a struct of their own, designated initialisers work beside that, wherever the options do:
//
//   struct MyFields {
//     double momentum = 0;
//   };
//   struct MyOptions : OptionsOf<MyFields> {
//     using OptionsOf::OptionsOf;
//     TAPEGRAD_SETTER(momentum)
//   };
//
// MyOptions().momentum(0.9), MyOptions({.momentum = 0.9}), and My module({.momentum = 0.9}).
#pragma once

#include <tapegrad/autograd/export.h>

namespace tapegrad {

template <class OwnFields>
struct OptionsOf : OwnFields {
  using Fields = OwnFields;
  OptionsOf() = default;
  OptionsOf(const Fields& fields) : Fields(fields) {}
};

}  // namespace tapegrad

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

#define TAPEGRAD_SETTER(name)                                                  \
  auto name(const decltype(Fields::name)& value)->decltype(*this) {            \
    Fields::name = value;                                                      \
    return *this;                                                              \
  }                                                                            \
  const decltype(Fields::name)& name() const noexcept { return Fields::name; } \
  decltype(Fields::name)& name() noexcept { return Fields::name; }
