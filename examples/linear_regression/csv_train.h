#pragma once

#include "options.h"

// Trains on a person's own table. Returns the exit code: 1 where it diverged, 130 where Ctrl-C ended it; the
// last whole epoch's weights are then printed and saved. Throws InputError before anything is
// trained or written.
int train_on_csv(const Options& options);
