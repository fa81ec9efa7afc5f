// StateDict: what modules, optimisers and data loaders give to be saved, and take back.
#pragma once

#include <concepts>
#include <functional>

#include <tapegrad/autograd/ordered_dict.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad {

/// Tensors by name, in the order in which they came; a file holds one (serialize.h).
using StateDict = OrderedDict<std::string, Tensor>;

namespace serialize {
class OutputArchive;  // archive.h
class InputArchive;
}  // namespace serialize

namespace detail {

/// A class that save(), load() and Checkpoint take. `x.state_dict()` gives its tensors. `x.prepare_load(state)` does
/// all that may throw and returns the function that then changes x, so that several objects can be loaded as one: all
/// of them change, or none.
template <class T>
concept HasState = requires(std::remove_const_t<T>& x, const StateDict& state) {
  { x.state_dict() } -> std::convertible_to<StateDict>;
  { x.prepare_load(state) } -> std::convertible_to<std::function<void()>>;
};

}  // namespace detail

}  // namespace tapegrad
