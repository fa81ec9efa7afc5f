#pragma once

#include "autograd/io/file.h"

namespace tapegrad::data::detail {

// A file that is one .npy, from its first byte to its last.
Tensor read_npy(tapegrad::detail::InFile& file);

}  // namespace tapegrad::data::detail
