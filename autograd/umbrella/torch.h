// For programs written against libtorch: replace <torch/torch.h> by this header, and torch::, at:: and c10:: are
// tapegrad. docs/from-libtorch.md says what each of libtorch's names is here.
//
// Only this header defines macros without the prefix TAPEGRAD_, each unless it is there already, and includes standard
// headers for the programs that count on libtorch for them. Modules print "torch::nn::" in a program that includes it.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cmath>
#include <complex>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <queue>
#include <random>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tapegrad/tapegrad.h>

namespace tapegrad {

inline constexpr DeviceType kCUDA = DeviceType::CUDA, kMPS = DeviceType::MPS;
using nn::ExpandingArray;
using nn::ExpandingArrayWithOptionalElem;
using std::nullopt;
using std::optional;
using std::string;

template <class T>
using OptionalArrayRef = std::optional<ArrayRef<T>>;
using OptionalIntArrayRef = OptionalArrayRef<std::int64_t>;
template <class T>
ArrayRef<T> makeArrayRef(const T* data, std::size_t size) noexcept {
  return {data, size};
}
template <class Container>
auto makeArrayRef(const Container& container) noexcept {
  const std::span all(container);
  return makeArrayRef(all.data(), all.size());
}

/// [first, last) or [0, last) as a range: for (auto i : c10::irange(n)).
template <class T>
struct IntegerRange {
  struct Iterator {
    T value;
    constexpr T operator*() const noexcept { return value; }
    constexpr Iterator& operator++() noexcept { return ++value, *this; }
    friend constexpr bool operator==(Iterator, Iterator) noexcept = default;
  };
  constexpr Iterator begin() const noexcept { return {first}; }
  constexpr Iterator end() const noexcept { return {last < first ? first : last}; }
  T first, last;
};
template <class T>
constexpr IntegerRange<T> irange(T last) noexcept {
  return {T{}, last};
}
template <class T, class U>
constexpr IntegerRange<U> irange(T first, U last) noexcept {
  return {static_cast<U>(first), last};
}

/// Its arguments written one after the other.
template <class... Args>
std::string str(const Args&... args) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  ((text << args), ...);
  return text.str();
}

namespace nn::init {
using FanModeType = FanMode;
using NonlinearityType = Nonlinearity;
}  // namespace nn::init

// No tensor lives on another device.
namespace cuda {
inline bool is_available() noexcept { return false; }
inline bool cudnn_is_available() noexcept { return false; }
inline std::size_t device_count() noexcept { return 0; }
inline void manual_seed(std::uint64_t) noexcept {}
inline void manual_seed_all(std::uint64_t) noexcept {}
inline void synchronize(std::int64_t = -1) noexcept {}
}  // namespace cuda
namespace mps {
inline bool is_available() noexcept { return false; }
}  // namespace mps
inline bool hasCUDA() noexcept { return false; }
/// Switches of libraries that are not here. What the strictest of them ask for always holds: the same bits each time.
struct Context {
  void setBenchmarkCuDNN(bool) noexcept {}
  void setDeterministicCuDNN(bool) noexcept {}
  void setUserEnabledCuDNN(bool) noexcept {}
  void setAllowTF32CuDNN(bool) noexcept {}
  void setAllowTF32CuBLAS(bool) noexcept {}
  void setDeterministicAlgorithms(bool, bool = false) noexcept {}
  bool deterministicAlgorithms() const noexcept { return true; }
  static bool hasCUDA() noexcept { return false; }
};
inline Context& globalContext() noexcept {
  static Context context;
  return context;
}

struct GradMode {
  static bool is_enabled() noexcept { return is_grad_enabled(); }
  static void set_enabled(bool on) noexcept { set_grad_enabled(on); }
};
/// Without a tape, as NoGradGuard.
struct InferenceMode : AutoGradMode {
  explicit InferenceMode(bool on = true) : AutoGradMode(!on) {}
};

namespace detail {
inline const bool kPrintsAsTorch = nn::detail::print_as_torch();

template <class... Args>
[[noreturn]] void throw_check(const char* condition, const Args&... args) {
  std::string text = str(args...);
  if (sizeof...(args) == 0) text = str("Expected ", condition, " to be true, but got false.");
  throw Error(text);
}
}  // namespace detail

}  // namespace tapegrad

// Namespaces, not aliases, so that programs may open them too.
namespace at {
using namespace ::tapegrad;
}
namespace c10 {
using namespace ::tapegrad;
}
namespace torch {
using namespace ::tapegrad;
}

#ifndef TORCH_MODULE
#define TORCH_MODULE(Name) TAPEGRAD_MODULE(Name)
#endif
#ifndef TORCH_MODULE_IMPL
#define TORCH_MODULE_IMPL(Name, ImplType) TAPEGRAD_MODULE_IMPL(Name, ImplType)
#endif
#ifndef TORCH_ARG
#define TORCH_ARG(Type, name) TAPEGRAD_OPTION(Type, name)
#endif
// The defaults of forward() itself are used.
#ifndef FORWARD_HAS_DEFAULT_ARGS
#define FORWARD_HAS_DEFAULT_ARGS(...)
#endif
#ifndef TORCH_CHECK
#define TORCH_CHECK(condition, ...) \
  ((condition) ? (void)0 : ::tapegrad::detail::throw_check(#condition __VA_OPT__(, ) __VA_ARGS__))
#endif
#ifndef TORCH_INTERNAL_ASSERT
#define TORCH_INTERNAL_ASSERT(...) TORCH_CHECK(__VA_ARGS__)
#endif
#ifndef AT_ASSERT
#define AT_ASSERT(...) TORCH_CHECK(__VA_ARGS__)
#endif
