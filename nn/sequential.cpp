#include <tapegrad/nn/sequential.h>

#include <ostream>

namespace tapegrad::nn {

void detail::throw_result(const std::type_info& got, const std::type_info& wanted) {
  throw Error("Sequential: The type of the return value is " + readable(got.name()) + ", but you asked for type " +
              readable(wanted.name()) + "; name that type: forward<...>()");
}

SequentialImpl::SequentialImpl(const SequentialImpl&) = default;
SequentialImpl& SequentialImpl::operator=(const SequentialImpl&) = default;
SequentialImpl::SequentialImpl(std::initializer_list<NamedAnyModule> modules) {
  for (const NamedAnyModule& m : modules) push_back(m.name(), m.module());
}
SequentialImpl::SequentialImpl(const OrderedDict<std::string, AnyModule>& modules) {
  for (const auto& [name, module] : modules) push_back(name, module);
}
Sequential::Sequential(std::initializer_list<NamedAnyModule> modules)
    : ModuleHolder(std::make_shared<SequentialImpl>(modules)) {}
Functional::Functional(Tensor (*function)(const Tensor&)) : ModuleHolder(std::make_shared<FunctionalImpl>(function)) {}

static void check_not_empty(const SequentialImpl& modules) {
  if (modules.is_empty())
    throw Error("Sequential: Cannot call forward() on an empty Sequential; push_back a module first");
}

Tensor SequentialImpl::forward_tensor(const Tensor& x) {
  check_not_empty(*this);
  if (!maps_tensors_) {
    AnyValue value(x);
    return detail::result_of<Tensor>(any_forward_of({&value, 1}));
  }
  auto module = modules_.begin();
  Tensor y = module->forward(x);
  while (++module != modules_.end()) y = module->forward(y);
  return y;
}

AnyValue SequentialImpl::any_forward_of(std::span<AnyValue> values) {
  check_not_empty(*this);
  AnyValue value = modules_.front().any_forward_of(values);
  for (std::size_t i = 1; i < modules_.size(); ++i) value = modules_[i].any_forward(std::move(value));
  return value;
}

void SequentialImpl::add(const std::string& name, AnyModule module) {
  modules_.reserve(modules_.size() + 1);
  register_module(name, module.ptr());
  maps_tensors_ = maps_tensors_ && module.maps_tensor();
  modules_.push_back(std::move(module));
}

const AnyModule& SequentialImpl::checked(std::size_t index) const {
  if (index >= modules_.size()) {
    throw IndexError("Sequential: Index out of range: " + std::to_string(index) + " of " +
                     std::to_string(modules_.size()) + " modules; look at size() first");
  }
  return modules_[index];
}

void SequentialImpl::pretty_print(std::ostream& out) const { out << detail::prefix() << "Sequential"; }

}  // namespace tapegrad::nn
