// How many threads one operation may use. Results have the same bits at any number.
#pragma once

#include <tapegrad/autograd/export.h>

namespace tapegrad {

/// The cores this process may run on, or TAPEGRAD_NUM_THREADS, until set_num_threads.
TAPEGRAD_EXPORT int get_num_threads() noexcept;

/// For every thread of the process, from its next operation on. Throws Error unless n >= 1.
TAPEGRAD_EXPORT void set_num_threads(int n);

}  // namespace tapegrad
