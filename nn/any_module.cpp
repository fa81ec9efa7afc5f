#include <tapegrad/nn/any_module.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

void detail::throw_cast(const std::type_info& from, const std::type_info& to) {
  throw Error("AnyValue: Attempted to cast AnyValue to " + readable(to.name()) + ", but its actual type is " +
              readable(from.name()) + "; name that type: forward<...>()");
}

void detail::throw_argument(std::size_t index, const std::type_info& got, const std::type_info& wanted) {
  throw Error(core::joined("AnyModule: Expected argument #", index, " to be of type ", readable(wanted.name()),
                           ", but received value of type ", readable(got.name()), "; convert it first"));
}

void detail::throw_count(const Module& module, std::size_t least, std::size_t most, std::size_t got) {
  const std::string expected = least == most ? std::to_string(most) + " argument(s)"
                                             : "at least " + std::to_string(least) + " argument(s) and at most " +
                                                   std::to_string(most) + " argument(s)";
  throw Error("AnyModule: " + readable(typeid(module).name()) + "'s forward() method expects " + expected +
              ", but received " + std::to_string(got) + "; give it those");
}

const Tensor& detail::tensor_argument(AnyValue& value) {
  const Tensor* tensor = value.try_get<Tensor>();
  if (tensor == nullptr) throw_argument(0, value.type_info(), typeid(Tensor));
  return *tensor;
}

void detail::throw_empty_any(const char* function) {
  throw Error(std::string("AnyModule: Cannot call ") + function + "() on an empty AnyModule; assign a module first");
}

AnyModule AnyModule::clone() const {
  AnyModule copy = *this;
  copy.module_ = ModuleHolder<Module>(ptr()->clone());
  return copy;
}

}  // namespace tapegrad::nn
