#include <tapegrad/autograd/threads.h>

#include <string>

#include <tapegrad/autograd/error.h>

#include "autograd/kernels/parallel.h"

namespace tapegrad {

int get_num_threads() noexcept { return kernels::num_threads(); }

void set_num_threads(int n) {
  if (n < 1) {
    throw ValueError("set_num_threads: Expected positive number of threads, but got " + std::to_string(n) +
                     "; give 1 or more");
  }
  kernels::set_num_threads(n);
}

}  // namespace tapegrad
