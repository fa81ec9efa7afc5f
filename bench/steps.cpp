// Training steps with tapegrad, through its torch.h.
#include <tapegrad/torch.h>

#include "bench/training_steps.h"

void bench::set_threads(int n) { torch::set_num_threads(n); }

TAPEGRAD_BENCH_STEPS("tapegrad");
