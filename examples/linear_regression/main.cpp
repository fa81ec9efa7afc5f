// Linear regression end to end: --help says what can be asked for.
#include <cstdio>
#include <exception>

#include "csv_train.h"
#include "main_job.h"
#include "model_file.h"
#include "options.h"

// 0: done; 1: the run failed (it diverged, a picture or a file could not be written); 2: the input or an option is bad.
int main(int argc, char** argv) {
  try {
    Options options;
    if (!parse(argc, argv, options)) return 0;
    if (options.predict) return predict(options);
    return options.csv.empty() ? run_main_job(options) : train_on_csv(options);
  } catch (const InputError& error) {
    std::fprintf(stderr, "linear_regression: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "linear_regression: %s\n", error.what());
    return 1;
  }
}
