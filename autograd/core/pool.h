// Blocks of memory for handles, nodes and elements: free lists a thread, refilled from one shared list.
//
// A size belongs to a class: steps of 16 bytes to 512, then eight classes a doubling to 64 MiB, each with room for the
// header in front of a tensor's bytes, so that a power of two fits exactly; larger blocks come from and return to the
// system. Each thread keeps at most two batches a class; full batches go through one locked list
// that keeps at most kSharedBytes, the newest. Under AddressSanitizer every block is the system's own, so that a use
// after free is caught.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace tapegrad::core {

inline constexpr std::uint8_t kSmallClasses = 32;  // up to 512 bytes
inline constexpr std::uint8_t kPoolClasses = kSmallClasses + 17 * 8;
inline constexpr std::uint8_t kUnpooled = kPoolClasses;  // a class whose lists stay empty
inline constexpr std::size_t kHeaderRoom = 64;

constexpr std::uint8_t size_class(std::size_t bytes) noexcept {
  if (bytes <= 512) [[likely]]
    return static_cast<std::uint8_t>(bytes == 0 ? 0 : (bytes - 1) / 16);
  const std::size_t last = bytes <= 512 + kHeaderRoom ? 512 : bytes - kHeaderRoom - 1;
  if (last >= (std::size_t{1} << 26)) return kUnpooled;
  const auto top = static_cast<std::size_t>(std::bit_width(last)) - 1;  // 2^top <= last < 2^(top + 1)
  return static_cast<std::uint8_t>(kSmallClasses + (top - 9) * 8 + ((last >> (top - 3)) & 7));
}

constexpr std::size_t class_bytes(std::uint8_t c) noexcept {
  if (c < kSmallClasses) return (std::size_t{c} + 1) * 16;
  const std::size_t top = 9 + (std::size_t{c} - kSmallClasses) / 8;
  return (std::size_t{1} << top) + ((std::size_t{c} - kSmallClasses) % 8 + 1) * (std::size_t{1} << (top - 3)) +
         kHeaderRoom;
}

}  // namespace tapegrad::core
