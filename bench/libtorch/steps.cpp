// The same training steps with libtorch: the same source, another include.
#include <torch/torch.h>

#include "bench/training_steps.h"

TAPEGRAD_BENCH_STEPS("libtorch");
