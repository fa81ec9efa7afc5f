#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

struct Options {
  std::string plot;  // the folder for pictures; empty: none
  std::string csv;   // empty: the main job
  std::string target;
  char delimiter = ',';
  std::string save;
  std::string load;      // a model to begin with, or to predict with
  bool predict = false;  // for the rows of csv
  double lr = 0.1;
  int epochs = 100;
  std::int64_t batch_size = 32;  // 0: all rows
  double momentum = 0.0;
  std::int64_t seed = 0;
  double test_size = 0.2;
};

// What was asked for cannot be done: main() says so and returns 2.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// False where all is said (--help). Throws InputError.
bool parse(int argc, char** argv, Options& options);
