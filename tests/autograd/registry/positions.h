// What indices of a dim are drawn from.
#pragma once

#include "../registry.h"

namespace tapegrad::test {

inline Domain positions(const Shape& x, std::int64_t dim) {
  return integers(0, x.empty() ? 1 : static_cast<double>(x[wrap(dim, x.size())]));
}

}  // namespace tapegrad::test
