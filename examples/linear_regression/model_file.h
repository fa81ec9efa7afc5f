// The trained line in a safetensors file, and what it says of new rows.
#pragma once

#include <tapegrad/tapegrad.h>

#include <string>
#include <utility>
#include <vector>

#include "options.h"

struct LinearModel {
  std::vector<std::string> features;
  std::string target;
  tapegrad::nn::Linear linear;  // f64, in the table's own units
};

// A .safetensors file that torch.nn.Linear(n, 1) can load, the columns' names in its metadata; for another name a CSV
// of names and values. `values` are the intercept, then each column's name and coefficient.
void save_model(const std::string& path, const std::vector<std::pair<std::string, double>>& values,
                const std::string& target);
// Throws InputError for a file that does not hold one.
LinearModel load_model(const std::string& path);
// Prints a prediction for each row of options.csv, whose columns are found by their names. Returns the exit code.
int predict(const Options& options);
