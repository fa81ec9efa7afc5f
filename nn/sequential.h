// Sequential: modules, each fed with what the one before it gives. Functional: a function as a module.
//
//   nn::Sequential net{nn::Linear(2, 3), nn::ReLU(), nn::Functional(tapegrad::tanh), nn::Linear(3, 1)};
//   nn::Sequential named({{"fc1", nn::Linear(2, 3)}, {"act", nn::ReLU()}});
//   Tensor y = net->forward(x);
//
// Within braces layers are made, and draw their random numbers, in the order written; within parentheses C++ leaves the
// order to the compiler.
#pragma once

#include <tapegrad/nn/any_module.h>
#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

namespace detail {

[[noreturn]] TAPEGRAD_EXPORT void throw_result(const std::type_info& got, const std::type_info& wanted);
template <class Result>
Result result_of(AnyValue value) {
  if (Result* result = value.try_get<Result>()) return std::move(*result);
  throw_result(value.type_info(), typeid(Result));
}

}  // namespace detail

/// Modules in a row, each fed with what the one before it gives, of any type. They are registered under the names
/// given, or as "0", "1" ...
class TAPEGRAD_EXPORT SequentialImpl : public Cloneable<SequentialImpl> {
 public:
  SequentialImpl() = default;
  SequentialImpl(const SequentialImpl&);
  SequentialImpl& operator=(const SequentialImpl&);
  template <class First, class... Rest>
  requires(!std::same_as<std::remove_cvref_t<First>, SequentialImpl> &&
           !std::same_as<std::remove_cvref_t<First>,
                         OrderedDict<std::string, AnyModule>>) explicit SequentialImpl(First&& first, Rest&&... rest) {
    push_back(std::forward<First>(first));
    (push_back(std::forward<Rest>(rest)), ...);
  }
  SequentialImpl(std::initializer_list<NamedAnyModule> modules);
  explicit SequentialImpl(const OrderedDict<std::string, AnyModule>& modules);

  /// What the last module gives: forward(x), forward<std::tuple<Tensor, Tensor>>(x, y). Error when there is no module,
  /// or where a module does not take what the one before it gives.
  template <class Result = Tensor, class... Args>
  Result forward(Args&&... args) {
    if constexpr (std::same_as<Result, Tensor> && sizeof...(Args) == 1 &&
                  (std::convertible_to<Args&&, const Tensor&> && ...)) {
      return forward_tensor(std::forward<Args>(args)...);
    } else {
      std::array<AnyValue, sizeof...(Args)> values{AnyValue(std::forward<Args>(args))...};
      return detail::result_of<Result>(any_forward_of(values));
    }
  }
  /// The same of values, to one of any type.
  AnyValue any_forward_of(std::span<AnyValue> values);

  /// Appends a module, a holder of one or a std::shared_ptr to one, under its number or a name. Error where the name is
  /// taken.
  template <class M>
  void push_back(M&& module) {
    add(std::to_string(size()), AnyModule(std::forward<M>(module)));
  }
  template <class M>
  void push_back(const std::string& name, M&& module) {
    add(name, AnyModule(std::forward<M>(module)));
  }
  /// Appends the modules of another container.
  template <class Container>
  void extend(const Container& container) {
    for (const auto& module : container) push_back(module);
  }

  std::size_t size() const noexcept { return modules_.size(); }
  bool is_empty() const noexcept { return modules_.empty(); }
  auto begin() noexcept { return modules_.begin(); }
  auto end() noexcept { return modules_.end(); }
  auto begin() const noexcept { return modules_.begin(); }
  auto end() const noexcept { return modules_.end(); }
  /// The module at a place, as M where one is named. IndexError past the end; Error where the module is no M.
  std::shared_ptr<Module> operator[](std::size_t index) const { return ptr(index); }
  std::shared_ptr<Module> ptr(std::size_t index) const { return checked(index).ptr(); }
  template <class M>
  std::shared_ptr<M> ptr(std::size_t index) const {
    return checked(index).ptr<M>();
  }
  template <class M>
  M& at(std::size_t index) const {
    return checked(index).get<M>();
  }

  void pretty_print(std::ostream& out) const override;

 private:
  Tensor forward_tensor(const Tensor& x);
  void add(const std::string& name, AnyModule module);
  const AnyModule& checked(std::size_t index) const;

  std::vector<AnyModule> modules_;
  bool maps_tensors_ = true;  // each module takes a tensor and gives one
};

/// A holder of a SequentialImpl: nn::Sequential net{nn::Linear(2, 3), nn::ReLU()}.
struct Sequential : ModuleHolder<SequentialImpl> {
  using ModuleHolder<SequentialImpl>::ModuleHolder;
  Sequential() = default;
  TAPEGRAD_EXPORT Sequential(std::initializer_list<NamedAnyModule> modules);
};

/// A function as a module: Functional(fn) calls fn(x), Functional(fn, a, b) calls fn(x, a, b). ValueError where fn is
/// an empty std::function.
class TAPEGRAD_EXPORT FunctionalImpl : public Layer<FunctionalImpl> {
 public:
  using Function = std::function<Tensor(const Tensor&)>;
  template <class F, class... Args>
  explicit FunctionalImpl(F function, Args... args) {
    if constexpr (std::is_constructible_v<bool, const F&> && !std::is_empty_v<F>)
      if (!static_cast<bool>(function))
        throw ValueError("Functional: the function is empty; give it something to call");
    if constexpr (std::is_invocable_r_v<Tensor, F&, const Tensor&, Args&...>) {
      function_ = [=](const Tensor& x) mutable -> Tensor { return function(x, args...); };
    } else {
      static_assert(tapegrad::detail::kNever<F>,
                    "nn::Functional(f, a, b) calls f(x, a, b), which must make a Tensor; where f has arguments by "
                    "default, give them or write a lambda: [](const Tensor& x) { return gelu(x); }");
    }
  }
  Tensor forward(const Tensor& x) { return function_(x); }

 private:
  Function function_;
};
/// A holder of a FunctionalImpl.
class Functional : public ModuleHolder<FunctionalImpl> {
 public:
  using ModuleHolder<FunctionalImpl>::ModuleHolder;
  using Impl = FunctionalImpl;
  /// Of the functions of one name, the one that makes a Tensor of a Tensor: Functional(tapegrad::sum).
  TAPEGRAD_EXPORT explicit Functional(Tensor (*function)(const Tensor&));
};

}  // namespace tapegrad::nn
