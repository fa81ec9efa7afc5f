// The numbers that no arithmetic reaches.
#pragma once

#include <limits>

namespace tapegrad::test {

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace tapegrad::test
