// What nn::clone() has copied so far, in this thread: outside of it, empty.
#pragma once

#include <memory>
#include <unordered_map>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::nn {

class Module;

namespace detail {

// A tensor or a module (one of the two) that stands for an original, and whether a member has taken it over.
struct Clone {
  Tensor tensor;
  std::shared_ptr<Module> module;
  bool met = false;
};

// By the address of the original (its TensorImpl or Module).
struct CloneMap {
  std::unordered_map<const void*, Clone> clones;

  // Makes the copy where there is none yet.
  const Tensor& add(const Tensor& original);
  const std::shared_ptr<Module>& add(const std::shared_ptr<Module>& original);
};

// Of the running nn::clone(); null outside.
CloneMap* clone_map() noexcept;

// What a member that shows `original` shall show: the copy inside of nn::clone(), else original itself.
Tensor copy_of(const Tensor& original) noexcept;

}  // namespace detail
}  // namespace tapegrad::nn
