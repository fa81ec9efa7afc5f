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
//     bool nesterov = false;
//   };
//   struct MyOptions : OptionsOf<MyFields> {
//     using OptionsOf::OptionsOf;
//     TAPEGRAD_SETTERS(momentum, nesterov)
//   };
//
// MyOptions().momentum(0.9), MyOptions({.momentum = 0.9}), My module({.momentum = 0.9}), and
// options.each_option(fn), which calls fn("momentum", options.momentum()) and so on.
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

/// A setter and a getter for each of the fields, and each_option(), which names them.
#define TAPEGRAD_SETTERS(...)                            \
  TAPEGRAD_FOR_EACH(TAPEGRAD_SETTER, __VA_ARGS__)        \
  template <class F>                                     \
  void each_option(F&& fn) const {                       \
    TAPEGRAD_FOR_EACH(TAPEGRAD_CALL_OPTION, __VA_ARGS__) \
  }
#define TAPEGRAD_CALL_OPTION(name) fn(#name, this->name());

/// TAPEGRAD_FOR_EACH(m, a, b ...) is m(a) m(b) ..., of at most 16.
#define TAPEGRAD_FOR_EACH(m, ...) __VA_OPT__(TAPEGRAD_SCAN_16(TAPEGRAD_NEXT(m, __VA_ARGS__)))
#define TAPEGRAD_NEXT(m, first, ...) m(first) __VA_OPT__(TAPEGRAD_NEXT_LATER TAPEGRAD_NOTHING()()(m, __VA_ARGS__))
#define TAPEGRAD_NEXT_LATER() TAPEGRAD_NEXT
#define TAPEGRAD_NOTHING()
#define TAPEGRAD_SCAN_16(...) TAPEGRAD_SCAN_4(TAPEGRAD_SCAN_4(TAPEGRAD_SCAN_4(TAPEGRAD_SCAN_4(__VA_ARGS__))))
#define TAPEGRAD_SCAN_4(...) TAPEGRAD_SCAN(TAPEGRAD_SCAN(TAPEGRAD_SCAN(TAPEGRAD_SCAN(__VA_ARGS__))))
#define TAPEGRAD_SCAN(...) __VA_ARGS__
