// capture: a function of tensors, written down while it runs and then replayed: nothing recorded, nothing allocated.
//
//   auto step = capture([&](const Tensor& x, const Tensor& y) {
//     optimizer.zero_grad();
//     auto loss = mse_loss(model.forward(x), y);
//     loss.backward();
//     optimizer.step();
//     return loss;
//   });
//   for (auto& batch : loader) total += step(batch.data, batch.target).item<float>();
//
// The first call of a kind (sizes, dtypes, what requires grad ...) runs the function as it is. The second and the third
// do too, and are written down and compared. From the fourth on the operations that were written down run again, with
// the same results to the bit; the function itself is not called. When something that they depend on has changed, the
// function runs again. docs/capture.md says what is seen, what is refused, and what you have to see to.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad {

/// How a function is captured.
struct CaptureOptions {
  /// How many programs are kept; the one that was not used for longest goes.
  std::size_t programs = 8;
  /// Whether a function that cannot be captured runs as it is from then on, with one warning, in place of an error.
  bool fallback = false;
  /// Every so many calls that would be replayed, the function runs, is written down and compared; 0: never.
  std::size_t check_every = 0;
};

/// What the calls of a captured function were.
struct CaptureStats {
  std::size_t run = 0;       ///< as they are
  std::size_t recorded = 0;  ///< as they are, and written down
  std::size_t replayed = 0;
  std::size_t programs = 0;  ///< that are kept
  std::string why;           ///< the last call that was not replayed was not
};

/// How a captured function is written out as C++.
struct SourceOptions {
  /// The function's name, and with "_lr" behind it the learning rate's.
  std::string function = "step";
  /// Where not empty: the path of a C header that gets the parameters and all else that is known beforehand; the source
  /// includes it by its name.
  std::string weights = {};
};

namespace program {

class Capture;

/// One call of a captured function, of whatever type. The destructor ends it.
struct TAPEGRAD_EXPORT CaptureCall {
  CaptureCall() = default;
  CaptureCall(const CaptureCall&) = delete;
  CaptureCall& operator=(const CaptureCall&) = delete;
  ~CaptureCall() {
    if (capture != nullptr) leave();
  }
  void leave() noexcept;
  /// The function has returned these; `passed` are let go.
  void finish(const std::vector<Tensor>& returned, const std::vector<std::size_t>& lengths);

  Capture* capture = nullptr;                   ///< null: the function shall run as it is
  const std::vector<Tensor>* passed = nullptr;  ///< the function shall run with these; null: it was replayed
  const Tensor* const* results = nullptr;       ///< of the replay
  const std::size_t* lengths = nullptr;         ///< of the lists among them
};

/// What is shared by captured functions of all types.
class TAPEGRAD_EXPORT CaptureHandle {
 public:
  explicit CaptureHandle(CaptureOptions options);
  ~CaptureHandle();
  CaptureHandle(CaptureHandle&&) noexcept;
  CaptureHandle& operator=(CaptureHandle&&) noexcept;

  void enter(CaptureCall& call, std::span<const Tensor* const> arguments, std::span<const std::int64_t> numbers);
  std::string text() const;
  std::string dot() const;
  void write_source(const std::string& path, const SourceOptions& options, const std::vector<Tensor>& arguments,
                    const std::function<std::vector<Tensor>()>& call) const;
  CaptureStats stats() const;
  void forget();

 private:
  std::unique_ptr<Capture> capture_;
};

/// Its address stands for the types of the arguments.
template <class... A>
inline constexpr char kSignature = 0;

template <class T>
inline constexpr bool kIsTensor = std::is_base_of_v<Tensor, T>;
template <class T>
inline constexpr bool kIsList = std::is_same_v<T, std::vector<Tensor>>;
template <class T>
inline constexpr bool kIsNumber = std::is_arithmetic_v<T> || std::is_enum_v<T>;

template <class T>
std::int64_t word_of(T v) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    return std::bit_cast<std::int64_t>(static_cast<double>(v));
  } else {
    return static_cast<std::int64_t>(v);  // of a whole number or an enumerator
  }
}

/// The tensors of a result, in order, and the lengths of its lists.
struct TAPEGRAD_EXPORT Gather {
  std::vector<Tensor> tensors;
  std::vector<std::size_t> lengths;

  void operator()(const Tensor& t) { tensors.push_back(t); }
  void operator()(const std::vector<Tensor>& list);
  template <class... T>
  void operator()(const std::tuple<T...>& t) {
    std::apply([this](const auto&... part) { ((*this)(part), ...); }, t);
  }
  template <class A, class B>
  void operator()(const std::pair<A, B>& p) {
    (*this)(p.first);
    (*this)(p.second);
  }
  template <std::size_t N>
  void operator()(const std::array<Tensor, N>& list) {
    for (const Tensor& t : list) (*this)(t);
  }
};

/// A result of type R made of them again.
template <class R>
struct Scatter {
  static_assert(kIsTensor<R>,
                "a captured function returns tensors, std::vector, array, pair or tuple of them, or void");
  static R make(CaptureCall& from) { return **from.results++; }
};
template <>
struct Scatter<std::vector<Tensor>> {
  static std::vector<Tensor> make(CaptureCall& from) {
    std::vector<Tensor> list;
    for (std::size_t n = *from.lengths++; n > 0; --n) list.push_back(**from.results++);
    return list;
  }
};
template <class... T>
struct Scatter<std::tuple<T...>> {
  static std::tuple<T...> make(CaptureCall& from) { return {Scatter<T>::make(from)...}; }
};
template <class A, class B>
struct Scatter<std::pair<A, B>> {
  static std::pair<A, B> make(CaptureCall& from) { return {Scatter<A>::make(from), Scatter<B>::make(from)}; }
};
template <std::size_t N>
struct Scatter<std::array<Tensor, N>> {
  static std::array<Tensor, N> make(CaptureCall& from) {
    std::array<Tensor, N> list;
    for (Tensor& t : list) t = **from.results++;
    return list;
  }
};

}  // namespace program

/// A captured function: call it as the function itself. Arguments are tensors, std::vector<Tensor>, numbers and enums
/// (of which each value is another kind of call). Results are tensors, std::vector, array, pair or tuple of them, or
/// nothing; they have no history. AutogradError when the function does what a replay could not follow
/// (docs/capture.md).
template <class F>
class Captured {
 public:
  Captured(F fn, CaptureOptions options) : fn_(std::move(fn)), handle_(options) {}

  template <class... A>
  auto operator()(const A&... arguments) {
    using Returned = std::decay_t<std::invoke_result_t<F&, const A&...>>;
    using R = std::conditional_t<program::kIsTensor<Returned>, Tensor, Returned>;
    static_assert(((program::kIsTensor<A> || program::kIsList<A> || program::kIsNumber<A>)&&...),
                  "a captured function takes tensors, std::vector<Tensor>, numbers and enums");
    constexpr std::size_t kTensors = (0 + ... + (program::kIsTensor<A> ? 1 : 0));
    constexpr std::size_t kOthers = sizeof...(A) - kTensors;
    std::array<std::int64_t, kOthers + 1> numbers{};
    numbers[kOthers] = reinterpret_cast<std::intptr_t>(&program::kSignature<A...>);
    if constexpr ((program::kIsList<A> || ...)) {
      std::vector<const Tensor*> tensors;
      fill(tensors, numbers, arguments...);
      return call<R>(tensors, numbers, arguments...);
    } else {
      Fixed<kTensors> tensors;
      fill(tensors, numbers, arguments...);
      return call<R>({tensors.data.data(), kTensors}, numbers, arguments...);
    }
  }

  /// The operations of the program that was used last, a line each, and the memory that it takes.
  std::string text() const { return handle_.text(); }
  /// The same as a graph, in Graphviz's language: a box for each operation, arguments in yellow, parameters and other
  /// tensors from outside in blue, what is returned in green. "" where there is no program yet.
  std::string dot() const { return handle_.dot(); }
  /// Writes the program that was used last as one C++11 function that needs `<cmath>` alone, with the parameters, the
  /// optimizer's state and the memory as arrays: for firmware, and for who may not link anything. It takes a pointer
  /// for each tensor argument, and gives a result of one element as its value, others through pointers that follow; it
  /// checks no values, and calls may not overlap. Results agree within rounding: sums are added in another order.
  /// AutogradError where there is no program yet, or it has an operation that cannot be written; IoError.
  ///
  ///     step.write_source("step.cpp", {.function = "train"});  // float train(const float* x0, const float* x1)
  ///
  /// With arguments it makes a call with them, and writes a main() behind the function that makes the same call and
  /// gives how many elements of its results are wrong.
  template <class... A>
  void write_source(const std::string& path, const SourceOptions& options = {}, const A&... arguments) {
    program::Gather given;
    [[maybe_unused]] const auto add = [&given](const auto& a) {
      if constexpr (!program::kIsNumber<std::decay_t<decltype(a)>>) given(a);
    };
    (add(arguments), ...);
    std::function<std::vector<Tensor>()> test;
    if constexpr (sizeof...(A) > 0)
      test = [&] {
        program::Gather results;
        if constexpr (std::is_void_v<decltype((*this)(arguments...))>) {
          (*this)(arguments...);
        } else {
          results((*this)(arguments...));
        }
        return results.tensors;
      };
    handle_.write_source(path, options, given.tensors, test);
  }
  CaptureStats stats() const { return handle_.stats(); }
  /// Lets go of all that was written down.
  void forget() { handle_.forget(); }

 private:
  template <std::size_t N>
  struct Fixed {
    std::array<const Tensor*, N + 1> data{};
    std::size_t n = 0;
    void push_back(const Tensor* t) { data[n++] = t; }
  };

  template <class... A>
  static void fill(auto& tensors, auto& numbers, const A&... arguments) {
    std::size_t n = 0;
    [[maybe_unused]] const auto add = [&](const auto& a) {
      using T = std::decay_t<decltype(a)>;
      if constexpr (program::kIsTensor<T>) {
        tensors.push_back(&a);
      } else if constexpr (program::kIsList<T>) {
        numbers[n++] = static_cast<std::int64_t>(a.size());
        for (const Tensor& t : a) tensors.push_back(&t);
      } else {
        numbers[n++] = program::word_of(a);
      }
    };
    (add(arguments), ...);
  }

  template <class R, class... A>
  R call(std::span<const Tensor* const> tensors, std::span<const std::int64_t> numbers, const A&... arguments) {
    program::CaptureCall call;
    handle_.enter(call, tensors, numbers);
    if (call.capture == nullptr) return fn_(arguments...);
    if (call.passed == nullptr) {
      if constexpr (std::is_void_v<R>) {
        return;
      } else {
        return program::Scatter<R>::make(call);
      }
    }
    std::size_t next = 0;
    const auto pass = [&](const auto& a) {
      using T = std::decay_t<decltype(a)>;
      if constexpr (program::kIsTensor<T>) {
        return (*call.passed)[next++];
      } else if constexpr (program::kIsList<T>) {
        const auto first = call.passed->begin() + static_cast<std::ptrdiff_t>(next);
        next += a.size();
        return T(first, first + static_cast<std::ptrdiff_t>(a.size()));
      } else {
        return a;
      }
    };
    const auto run = [&] {
      return std::apply(fn_, std::tuple<std::decay_t<decltype(pass(arguments))>...>{pass(arguments)...});
    };
    if constexpr (std::is_void_v<R>) {
      run();
      finish(call, program::Gather());
    } else {
      R result = run();
      finish(call, result);
      return result;
    }
  }

  // The function has done its work: where memory runs out now, that it is not written down is all.
  static void finish(program::CaptureCall& call, const auto& result) try {
    program::Gather gather;
    if constexpr (!std::is_same_v<std::decay_t<decltype(result)>, program::Gather>) gather(result);
    call.finish(gather.tensors, gather.lengths);
  } catch (const std::bad_alloc&) {
  }

  F fn_;
  program::CaptureHandle handle_;
};

/// fn, captured.
template <class F>
Captured<std::decay_t<F>> capture(F&& fn, CaptureOptions options = {}) {
  return {std::forward<F>(fn), options};
}

}  // namespace tapegrad
