#include <tapegrad/nn/layer.h>

#include <ostream>

#include "autograd/core/text.h"

namespace tapegrad::nn::detail {

void throw_as(const char* function) { core::throw_as(function); }

static constinit bool prints_as_torch = false;
bool print_as_torch() noexcept { return prints_as_torch = true; }
std::string prefix() { return prints_as_torch ? "torch::nn::" : "nn::"; }

void print_layer(std::ostream& out, const Module& layer, const std::string& arguments) {
  std::string name = layer.name();
  if (name.starts_with("tapegrad::nn::")) name.replace(0, 14, prefix());  // else name() has done it
  if (name.ends_with("Impl")) name.resize(name.size() - 4);
  out << name << "(" << arguments << ")";
}

void add_argument(std::string& list, const std::string& name, const std::string& value) {
  list += (list.empty() ? "" : ", ") + name + "=" + value;
}
void add_argument(std::string& list, const std::string& name, bool value) {
  if (value || name != "inplace") add_argument(list, name, flag(value));
}
void add_argument(std::string& list, const std::string& name, std::int64_t value) {
  add_argument(list, name, std::to_string(value));
}
void add_argument(std::string& list, const std::string& name, double value) { add_argument(list, name, number(value)); }

void add_argument(std::string& list, const std::string& name, IntList value) {
  add_argument(list, name, core::text(value));
}
std::string number(double value) { return core::text(value); }

}  // namespace tapegrad::nn::detail
