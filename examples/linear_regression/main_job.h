#pragma once

#include "options.h"

// Four ways side by side on the data of the mission, with what others reach on the same rows. Returns the exit code.
int run_main_job(const Options& options);
