// A person's table, ready to train on.
#pragma once

#include <tapegrad/tapegrad.h>

#include <cstdint>
#include <string>
#include <vector>

#include "options.h"

struct Problem {
  std::vector<std::string> features;
  std::int64_t n_rows;
  tapegrad::data::Split rows;  // f64, x standardised by the training rows
  tapegrad::data::Standardizer standardizer;
};

// Reads options.csv, splits its rows and standardises the features. Throws InputError, naming file, line and column.
Problem load_problem(const Options& options);
