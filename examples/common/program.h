// What a small example's main() does: reads the command line, runs, says what went wrong.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "examples/common/output.h"

namespace examples {

// define(app) adds the options; run() gives the exit code. 2 for a command line that is wrong, 1 for an exception.
template <class Define, class Run>
int run_program(const char* name, const char* purpose, int argc, char** argv, const Define& define, const Run& run) {
  hold_standard_streams();
  try {
    CLI::App app(purpose, name);
    define(app);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (app.exit(error) != 0) return 2;
      finish_output();
      return 0;
    }
    const int code = run();
    finish_output();
    return code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", name, error.what());
    return 1;
  }
}

}  // namespace examples
