#include <tapegrad/torch.h>

#include "bench/sweep/cases.h"

std::vector<bench::Case> bench::tapegrad_cases() { return all_cases(); }
