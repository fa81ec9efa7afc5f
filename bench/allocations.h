// Counts what this program takes from the heap, libraries included: malloc and its kin are replaced by allocations.cpp.
#pragma once

#include <cstdint>

namespace bench {

std::uint64_t allocations() noexcept;  // so far

}  // namespace bench
