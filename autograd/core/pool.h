// Blocks of memory for handles, records and elements: free lists a thread, refilled from one shared list.
//
// A size belongs to a class: steps of 16 bytes to 512, then four classes a doubling to 64 MiB; larger blocks come from
// and return to the system. Each thread keeps at most two batches a class; full batches go through one locked list
// that keeps at most kSharedBytes, the newest. Under AddressSanitizer every block is the system's own, so that a use
// after free is caught.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace tapegrad::core {

inline constexpr std::uint8_t kSmallClasses = 32;  // up to 512 bytes
inline constexpr std::uint8_t kPoolClasses = kSmallClasses + 17 * 4;
inline constexpr std::uint8_t kUnpooled = kPoolClasses;  // a class whose lists stay empty

constexpr std::uint8_t size_class(std::size_t bytes) noexcept {
  if (bytes <= 512) [[likely]]
    return static_cast<std::uint8_t>(bytes == 0 ? 0 : (bytes - 1) / 16);
  if (bytes > (std::size_t{1} << 26)) return kUnpooled;
  const auto top = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;  // 2^top < bytes <= 2^(top + 1)
  return static_cast<std::uint8_t>(32 + (top - 9) * 4 + (((bytes - 1) >> (top - 2)) & 3));
}

constexpr std::size_t class_bytes(std::uint8_t c) noexcept {
  if (c < 32) return (std::size_t{c} + 1) * 16;
  const std::size_t top = 9 + (std::size_t{c} - 32) / 4;
  return (std::size_t{1} << top) + ((std::size_t{c} - 32) % 4 + 1) * (std::size_t{1} << (top - 2));
}

}  // namespace tapegrad::core
