// The FNV-1a hash of a vector's bytes, as sklearn_golden.py writes it.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

template <class T>
std::uint64_t fnv(const std::vector<T>& values) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const T& value : values) {
    unsigned char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    for (unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3u;
  }
  return hash;
}
