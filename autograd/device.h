// Where tensors live: on the CPU, the one device there is. Other devices can be named, so that programs which look for
// one compile; who asks for one gets an Error.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

/// How elements lie in memory: row by row, which Preserve keeps. ChannelsLast can be named; who asks for it gets an
/// Error.
enum class MemoryFormat : std::uint8_t { Contiguous, Preserve, ChannelsLast };

enum class DeviceType : std::int8_t { CPU, CUDA, MPS };
inline constexpr DeviceType kCPU = DeviceType::CPU;

class TAPEGRAD_EXPORT Device {
 public:
  constexpr Device(DeviceType type, std::int8_t index = -1) noexcept : type_(type), index_(index) {}
  /// "cpu", "cuda", "cuda:0", "mps". ValueError for anything else.
  Device(std::string_view text);
  Device(const char* text) : Device(std::string_view(text)) {}
  Device(const std::string& text) : Device(std::string_view(text)) {}

  constexpr DeviceType type() const noexcept { return type_; }
  constexpr std::int8_t index() const noexcept { return index_; }  ///< -1: none named
  constexpr bool has_index() const noexcept { return index_ != -1; }
  constexpr bool is_cpu() const noexcept { return type_ == kCPU; }
  constexpr bool is_cuda() const noexcept { return type_ == DeviceType::CUDA; }
  std::string str() const;  ///< as the constructor reads it
  friend constexpr bool operator==(Device, Device) noexcept = default;

 private:
  DeviceType type_;
  std::int8_t index_;
};

TAPEGRAD_EXPORT std::ostream& operator<<(std::ostream& out, Device device);

namespace detail {
// Error, in the name of op, unless it is the CPU.
TAPEGRAD_EXPORT void require_cpu(const char* op, Device device);
}  // namespace detail

}  // namespace tapegrad
