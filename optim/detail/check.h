// Ranges of options, with PyTorch's sentences.
#pragma once

#include <sstream>

#include <tapegrad/autograd/error.h>

namespace tapegrad::optim::detail {

inline void check(bool in_range, const char* sentence, double value) {
  if (in_range) return;
  std::ostringstream text;
  text << "Optimizer: " << sentence << value << "; give it a value in range";
  throw Error(text.str());
}

}  // namespace tapegrad::optim::detail
