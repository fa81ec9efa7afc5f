// The same training steps with libtorch: the same source, another include.
#include <torch/torch.h>

#include "bench/training_steps.h"

// Debian's libtorch multiplies matrices with OpenBLAS, whose threads torch::set_num_threads does not reach. On two
// threads its steps are fastest where OpenBLAS has them alone: beside OpenMP's they wait for one another.
extern "C" void openblas_set_num_threads(int n) __attribute__((weak));
void bench::set_threads(int n) {
  torch::set_num_threads(openblas_set_num_threads != nullptr ? 1 : n);
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(n);
}

TAPEGRAD_BENCH_STEPS("libtorch");
