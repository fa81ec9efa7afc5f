// Training steps with tapegrad, through its torch.h.
#include <tapegrad/torch.h>

#include "bench/training_steps.h"

TAPEGRAD_BENCH_STEPS("tapegrad");
