// The elementwise functions as C++ source, for captured functions that are written out.
#pragma once

#include "autograd/kernels/loop.h"

namespace tapegrad::kernels {

// An expression of elements a, b, c of type T and parameters p0, p1; null where there is none. exp_, tanh_ and
// sigmoid_ are those of kSourceFunctions.
const char* source_of(Fn fn) noexcept;

// And sum_, of the lanes of a sum. They need nothing but <cmath>, and compilers make vectors of their loops.
extern const char* const kSourceFunctions;

}  // namespace tapegrad::kernels
