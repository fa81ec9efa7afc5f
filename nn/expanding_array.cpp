#include <tapegrad/nn/expanding_array.h>

#include "autograd/core/text.h"

namespace tapegrad {

void detail::throw_expanding(std::size_t expected, std::size_t got) {
  core::throw_shape("ExpandingArray", "Expected ", expected, " values, but instead got ", got,
                    "; give that many, or one number for all");
}

}  // namespace tapegrad
