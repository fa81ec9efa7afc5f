// What zip and gzip files are packed with.
#pragma once

#include <cstdint>
#include <string_view>

namespace tapegrad::data::detail {

// Unpacks a deflated stream (RFC 1951) into exactly `size` bytes. Null, or what is wrong with it. Nothing is read or
// written past the ends, whatever the stream says.
const char* inflate(std::string_view from, char* to, std::size_t size);

// CRC-32 of zip and gzip (RFC 1952).
std::uint32_t crc32(std::string_view bytes);

}  // namespace tapegrad::data::detail
