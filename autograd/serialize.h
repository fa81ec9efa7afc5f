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
  static_assert(
      kNever<T>,
      "saved and loaded are modules, optimisers, loaders, Checkpoints (or holders of or pointers to them), "
      "Tensors and StateDicts; in a Checkpoint also Generators, strings and variables of a number's type: put "
      "anything else into tensors");
}

// What is saved: x, or what the holder or pointer x shows.
template <class T>
decltype(auto) part(T& x) {
  if constexpr (std::derived_from<T, Tensor>) {
    return static_cast<const Tensor&>(x);
  } else if constexpr (HasState<T> || std::same_as<T, Generator> || std::is_arithmetic_v<T> ||
                       std::same_as<T, std::string>) {
    return (x);
  } else if constexpr (requires { *x; }) {
    return part(*x);
  } else {
    refuse<std::remove_const_t<T>>();
    return (x);
  }
}

TAPEGRAD_EXPORT StateDict listed(const std::vector<Tensor>& tensors);  // by "0", "1" ...
TAPEGRAD_EXPORT std::vector<Tensor> list_of(const StateDict& state, const std::string& source);
TAPEGRAD_EXPORT Tensor only_tensor(const StateDict& state, const std::string& source);

// The state of a part of a checkpoint; what puts it in place (Module::prepare_load).
TAPEGRAD_EXPORT StateDict get(Generator& generator);
TAPEGRAD_EXPORT StateDict get(const Tensor& x);
TAPEGRAD_EXPORT StateDict get(const Scalar& number);
TAPEGRAD_EXPORT StateDict get(const std::string& text);
TAPEGRAD_EXPORT std::function<void()> prepare(Generator& generator, const StateDict& state);
TAPEGRAD_EXPORT std::function<void()> prepare(const Tensor& x, const StateDict& state);
TAPEGRAD_EXPORT std::function<void()> prepare(std::string& text, const StateDict& state);
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

template <class T>
StateDict state_to_save(const T& x) {
  if constexpr (std::derived_from<T, Tensor>) {
    return {{"tensor", x}};
  } else if constexpr (std::same_as<T, std::vector<Tensor>>) {
    return listed(x);
  } else if constexpr (std::derived_from<T, StateDict>) {
    return x;
  } else if constexpr (requires { part(x).state_dict(); }) {
    return part(x).state_dict();
  } else {
    refuse<T>();
  }
}
// read() gives what stands in `source`.
template <class T, class Read>
void take_state(T& x, const std::string& source, Read read) {
  if constexpr (std::derived_from<T, Tensor>) {
    x = only_tensor(read(), source);
  } else if constexpr (std::same_as<T, std::vector<Tensor>>) {
    x = list_of(read(), source);
  } else if constexpr (std::same_as<T, StateDict>) {
    x = read();
  } else if constexpr (requires(const StateDict& state) { part(x).prepare_load(state); }) {
    part(x).prepare_load(read())();
  } else {
    refuse<std::remove_cvref_t<T>>();
  }
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
/// A part is a module, optimiser, scheduler, data loader, Standardizer, LabelEncoder or whatever else has state_dict()
/// and prepare_load() (or a holder of or pointer to one), Generator, Tensor or variable of a number's or bool's type,
/// or string (its bytes); it must outlive the checkpoint. Its keys are "model.fc1.weight"; a tensor's or number's is
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

/// Writes a tensor, a vector of them, a StateDict, or the state_dict() of a module, optimiser, loader or Checkpoint to
/// a safetensors file. Throws what save_safetensors() throws. The metadata says {"format": "pt"}, as Python's libraries
/// expect of PyTorch's names.
template <class T>
void save(const T& x, const std::string& path) {
  save_safetensors(detail::state_to_save(x), path, {{"format", "pt"}});
}
/// The same to a stream.
template <class T>
void save(const T& x, std::ostream& stream) {
  save_safetensors(detail::state_to_save(x), stream, {{"format", "pt"}});
}

/// Reads what save() wrote. Error for a device other than the CPU. A Tensor shows a new tensor afterwards (the file
/// must hold one alone), an nn::Parameter takes over its value, a StateDict is what the file holds. Throws what
/// load_safetensors() and load_state_dict() throw; x is as it was then.
template <class T>
void load(T&& x, const std::string& path, Device device = kCPU) {
  detail::require_cpu("load", device);
  detail::take_state(x, path, [&] { return load_safetensors(path); });
}
/// The same from a stream, from where it stands to its end.
template <class T>
void load(T&& x, std::istream& stream, Device device = kCPU) {
  detail::require_cpu("load", device);
  detail::take_state(x, "the stream", [&] { return load_safetensors(stream); });
}

}  // namespace tapegrad
