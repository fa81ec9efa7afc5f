#include <torch/torch.h>

#include "bench/sweep/cases.h"

std::vector<bench::Case> bench::libtorch_cases() { return all_cases(); }
