// save(x, path) and load(x, path), as in libtorch, for tensors, modules, optimisers and checkpoints of several parts.
// The files are safetensors files (safetensors.h).
#pragma once

#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/safetensors.h>

namespace tapegrad {

namespace detail {

// Says in one sentence, once a type, that it cannot be saved or loaded.
template <class T>
void refuse() {
  static_assert(kNever<T>,
                "saved and loaded are modules, optimisers, loaders, Checkpoints (or holders of or pointers to them), "
                "Tensors and StateDicts; in a Checkpoint also Generators and variables of a number's type: put "
                "anything else into tensors");
}

// What is saved: x, or what the holder or pointer x shows.
template <class T>
decltype(auto) part(T& x) {
  if constexpr (std::derived_from<T, Tensor>) {
    return static_cast<const Tensor&>(x);
  } else if constexpr (HasState<T> || std::same_as<T, Generator> || std::is_arithmetic_v<T>) {
    return (x);
  } else if constexpr (requires { *x; }) {
    return part(*x);
  } else {
    refuse<std::remove_const_t<T>>();
    return (x);
  }
}

TAPEGRAD_EXPORT void save_tensor(const Tensor& x, const std::string& path);
TAPEGRAD_EXPORT Tensor load_tensor(const std::string& path);

// The state of a part of a checkpoint; what puts it in place (Module::prepare_load).
TAPEGRAD_EXPORT StateDict get(Generator& generator);
TAPEGRAD_EXPORT StateDict get(const Tensor& x);
TAPEGRAD_EXPORT StateDict get(const Scalar& number);
TAPEGRAD_EXPORT std::function<void()> prepare(Generator& generator, const StateDict& state);
TAPEGRAD_EXPORT std::function<void()> prepare(const Tensor& x, const StateDict& state);
TAPEGRAD_EXPORT Tensor number_of(const StateDict& state);
template <class T>
requires std::is_arithmetic_v<T> std::function<void()> prepare(T& number, const StateDict& state) {
  return [&number, value = number_of(state).item<T>()] { number = value; };
}
template <HasState T>
StateDict get(T& x) {
  return x.state_dict();
}
template <HasState T>
std::function<void()> prepare(T& x, const StateDict& state) {
  return x.prepare_load(state);
}

}  // namespace detail

/// What a training run needs to go on as if it had never stopped, in one file:
///
///     std::int64_t epoch = 0;
///     Checkpoint run{{"model", model}, {"optimizer", optimizer}, {"generator", default_generator()},
///                    {"loader", loader}, {"epoch", epoch}};
///     save(run, "run.safetensors");
///     load(run, "run.safetensors");
///
/// A part is a module, optimiser, data loader (or a holder of or pointer to one), Generator, Tensor or variable of a
/// number's or bool's type; it must outlive the checkpoint. Its keys are "model.fc1.weight"; a tensor's or number's is
/// its name. load() changes all parts, or throws and changes none.
class TAPEGRAD_EXPORT Checkpoint {
 public:
  struct Part {
    template <class T>
    Part(std::string part_name, T&& x) : name(std::move(part_name)) {
      if constexpr (!std::is_lvalue_reference_v<T>) {
        static_assert(detail::kNever<T>,
                      "a part of a Checkpoint is a variable that load() can set; give the value a name first: "
                      "double best = 0.5; Checkpoint run{{\"best\", best}}");
      } else if constexpr (requires { detail::get(detail::part(x)); }) {
        get = [&x] { return detail::get(detail::part(x)); };
        prepare = [&x](const StateDict& state) { return detail::prepare(detail::part(x), state); };
      } else {
        detail::refuse<std::remove_cvref_t<T>>();
      }
    }
    std::string name;
    std::function<StateDict()> get;
    std::function<std::function<void()>(const StateDict&)> prepare;
  };

  /// Error for a name that is empty, has a dot or comes twice.
  Checkpoint(std::initializer_list<Part> parts);
  StateDict state_dict() const;
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  std::function<void()> prepare_load(const StateDict& state);

 private:
  std::vector<Part> parts_;
};

/// Writes a tensor, a StateDict, or the state_dict() of a module, optimiser, loader or Checkpoint to a safetensors
/// file. Throws what save_safetensors() throws. The metadata says {"format": "pt"}, as Python's libraries expect of
/// PyTorch's names.
template <class T>
void save(const T& x, const std::string& path) {
  if constexpr (std::derived_from<T, Tensor>) {
    detail::save_tensor(x, path);
  } else if constexpr (std::derived_from<T, StateDict>) {
    save_safetensors(x, path, {{"format", "pt"}});
  } else if constexpr (requires { detail::part(x).state_dict(); }) {
    save_safetensors(detail::part(x).state_dict(), path, {{"format", "pt"}});
  } else {
    detail::refuse<T>();
  }
}

/// Reads what save() wrote. A Tensor shows a new tensor afterwards (the file must hold one alone), an nn::Parameter
/// takes over its value, a StateDict is what the file holds. Throws what load_safetensors() and load_state_dict()
/// throw; x is as it was then.
template <class T>
void load(T&& x, const std::string& path) {
  if constexpr (std::derived_from<std::remove_reference_t<T>, Tensor>) {
    x = detail::load_tensor(path);
  } else if constexpr (std::same_as<std::remove_reference_t<T>, StateDict>) {
    x = load_safetensors(path);
  } else if constexpr (requires(const StateDict& state) { detail::part(x).prepare_load(state); }) {
    detail::part(x).prepare_load(load_safetensors(path))();
  } else {
    detail::refuse<std::remove_cvref_t<T>>();
  }
}

}  // namespace tapegrad
