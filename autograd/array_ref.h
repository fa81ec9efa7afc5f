// ArrayRef: a view of elements that somebody else owns.
#pragma once

#include <algorithm>
#include <concepts>
#include <span>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad {

/// A view of elements that somebody else owns: written {1, 2}, a vector, or one element. Take it as an argument, do not
/// keep it.
template <class T>
class ArrayRef : public std::span<const T> {
 public:
  using std::span<const T>::span;
  ArrayRef(const std::vector<T>& v) noexcept : std::span<const T>(v) {}
  ArrayRef(std::initializer_list<T> list) noexcept : std::span<const T>(list.begin(), list.size()) {}
  ArrayRef(const T& one) noexcept : std::span<const T>(&one, 1) {}
  ArrayRef(IntList list) noexcept requires std::same_as<T, std::int64_t>
      : std::span<const T>(list.data(), list.size()) {}
  operator IntList() const noexcept requires std::same_as<T, std::int64_t> { return {this->data(), this->size()}; }
  std::vector<T> vec() const { return {this->begin(), this->end()}; }
  bool equals(ArrayRef o) const { return std::equal(this->begin(), this->end(), o.begin(), o.end()); }
};

}  // namespace tapegrad
