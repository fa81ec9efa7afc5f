// Sizes as text, for messages.
#pragma once

#include <string>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::core {

// "[2, 3]"
std::string text(IntList list);

}  // namespace tapegrad::core
