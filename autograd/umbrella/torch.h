// For programs written against libtorch: replace <torch/torch.h> by this header, and torch:: is tapegrad.
//
// Only this header defines macros without the prefix TAPEGRAD_, each unless it is there already.
#pragma once

#include <sstream>

#include <tapegrad/tapegrad.h>

namespace tapegrad {

using DeviceType = Device;
// No tensor lives there: cuda::is_available() is false, and who asks for it gets an Error.
inline constexpr Device kCUDA = static_cast<Device>(1);
using std::nullopt;
using std::optional;

namespace nn::init {
using FanModeType = FanMode;
using NonlinearityType = Nonlinearity;
}  // namespace nn::init

namespace cuda {
inline bool is_available() noexcept { return false; }
inline int device_count() noexcept { return 0; }
}  // namespace cuda

namespace detail {
template <class... Args>
[[noreturn]] void throw_check(const char* condition, const Args&... args) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  if constexpr (sizeof...(args) == 0) {
    text << "Expected " << condition << " to be true, but got false.";
  } else {
    (text << ... << args);
  }
  throw Error(text.str());
}
}  // namespace detail

}  // namespace tapegrad

namespace torch = tapegrad;

#ifndef TORCH_MODULE
#define TORCH_MODULE(Name) TAPEGRAD_MODULE(Name)
#endif
#ifndef TORCH_MODULE_IMPL
#define TORCH_MODULE_IMPL(Name, ImplType) TAPEGRAD_MODULE_IMPL(Name, ImplType)
#endif
#ifndef TORCH_CHECK
#define TORCH_CHECK(condition, ...) \
  ((condition) ? (void)0 : ::tapegrad::detail::throw_check(#condition __VA_OPT__(, ) __VA_ARGS__))
#endif
#ifndef AT_ASSERT
#define AT_ASSERT(...) TORCH_CHECK(__VA_ARGS__)
#endif
