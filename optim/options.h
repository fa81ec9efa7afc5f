// The options of a parameter group: one declaration gives designated initialisers, libtorch's setters and what a
// checkpoint keeps.
//
//   struct MyFields {
//     double lr = 0.1;
//     bool nesterov = false;
//   };
//   struct MyOptions : optim::OptionsWith<MyOptions, MyFields> {
//     using OptionsWith::OptionsWith;
//     TAPEGRAD_OPTIONS(lr, nesterov)
//   };
//
// MyOptions({.nesterov = true}), MyOptions().lr(0.5), and the keys "lr" and "nesterov" in state_dict().
#pragma once

#include <memory>
#include <tuple>
#include <variant>

#include <tapegrad/autograd/option.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::optim {

/// One option, to be read or changed: a number, a count or a flag.
using OptionRef = std::variant<double*, std::int64_t*, bool*>;

/// The options of a group. Those of an optimiser derive from OptionsWith, or from OptimizerCloneableOptions<Derived>.
class TAPEGRAD_EXPORT OptimizerOptions {
 public:
  virtual ~OptimizerOptions() = default;
  virtual std::unique_ptr<OptimizerOptions> clone() const = 0;
  virtual double get_lr() const = 0;
  virtual void set_lr(double lr) = 0;
  /// Throws ValueError, with PyTorch's sentence, when a value is out of range.
  virtual void check() const {}
  using Visitor = std::function<void(const char* name, OptionRef value)>;
  /// Calls fn(name, value) for each option, by PyTorch's name; what fn writes to the value is the option's from then
  /// on. These are the options that a checkpoint keeps: lr alone, unless overridden.
  virtual void visit(const Visitor& fn);

 protected:
  OptimizerOptions() = default;
  OptimizerOptions(const OptimizerOptions&) = default;
  OptimizerOptions& operator=(const OptimizerOptions&) = default;
  using Names = const char* const (&)[3];  // of the option, and of its parts where it is a pair
  static void visit_option(const Visitor& fn, Names names, double& value);
  static void visit_option(const Visitor& fn, Names names, std::int64_t& value);
  static void visit_option(const Visitor& fn, Names names, bool& value);
  static void visit_option(const Visitor& fn, Names names, std::tuple<double, double>& pair);
  /// check() for options as most are: betas in [0, 1), any other number (lr, eps, weight_decay ...) at least 0.
  void check_ranges() const;
};

/// What clones options, and reads and sets their lr().
template <class Derived>
class OptimizerCloneableOptions : public OptimizerOptions {
 public:
  std::unique_ptr<OptimizerOptions> clone() const override {
    return std::unique_ptr<OptimizerOptions>(new Derived(static_cast<const Derived&>(*this)));
  }
  double get_lr() const override { return static_cast<const Derived*>(this)->lr(); }
  void set_lr(double lr) override { static_cast<Derived*>(this)->lr(lr); }
};

/// Options whose values stand in a struct, so that designated initialisers work wherever the options do.
template <class Derived, class OwnFields>
class OptionsWith : public OptimizerCloneableOptions<Derived>, public OptionsOf<OwnFields> {
 public:
  using OptionsOf<OwnFields>::OptionsOf;
  using typename OptionsOf<OwnFields>::Fields;
  OptionsWith() = default;
  OptionsWith(double rate) { this->Fields::lr = rate; }
};

}  // namespace tapegrad::optim

/// TAPEGRAD_OPTIONS(lr, momentum ...), in a class that derives from OptionsWith: a setter and a getter for each field,
/// as TAPEGRAD_SETTER makes them, and visit() over all of them in this order.
#define TAPEGRAD_OPTIONS(...)                                                        \
  TAPEGRAD_FOR_EACH(TAPEGRAD_SETTER, __VA_ARGS__)                                    \
  void visit(const ::tapegrad::optim::OptimizerOptions::Visitor& visitor) override { \
    TAPEGRAD_FOR_EACH(TAPEGRAD_VISIT_OPTION, __VA_ARGS__)                            \
  }
#define TAPEGRAD_VISIT_OPTION(name) this->visit_option(visitor, {#name, #name ".0", #name ".1"}, Fields::name);
