// ExpandingArray: one number for each of a layer's dims, which may be given as one for all.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad {

namespace detail {
/// Throws ShapeError.
[[noreturn]] TAPEGRAD_EXPORT void throw_expanding(std::size_t expected, std::size_t got);
}  // namespace detail

/// kSize numbers: ExpandingArray<2>(3) is 3 and 3, ExpandingArray<2>({3, 4}) is 3 and 4. ShapeError for another number
/// of them.
template <std::size_t kSize, class T = std::int64_t>
class ExpandingArray : public std::array<T, kSize> {
 public:
  ExpandingArray(T one) { this->fill(one); }
  ExpandingArray(std::initializer_list<T> list) : ExpandingArray(list.begin(), list.size()) {}
  ExpandingArray(const std::vector<T>& list) : ExpandingArray(list.data(), list.size()) {}
  ExpandingArray(IntList list) requires std::same_as<T, std::int64_t> : ExpandingArray(list.data(), list.size()) {}
  ExpandingArray(const std::array<T, kSize>& numbers) : std::array<T, kSize>(numbers) {}

  /// As libtorch has it: the numbers as an array.
  std::array<T, kSize>& operator*() { return *this; }
  const std::array<T, kSize>& operator*() const { return *this; }
  const std::array<T, kSize>* operator->() const { return this; }
  operator IntList() const requires std::same_as<T, std::int64_t> { return {this->data(), kSize}; }

 private:
  ExpandingArray(const T* first, std::size_t size) {
    if (size != kSize) detail::throw_expanding(kSize, size);
    std::copy(first, first + size, this->begin());
  }
};

}  // namespace tapegrad
