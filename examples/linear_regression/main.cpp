// Linear regression end to end: --help says what can be asked for.
#include <cstdio>
#include <exception>

#include "csv_train.h"
#include "examples/common/output.h"
#include "main_job.h"
#include "model_file.h"
#include "options.h"

namespace {

int run(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) return 0;
  if (options.predict) return predict(options);
  return options.csv.empty() ? run_main_job(options) : train_on_csv(options);
}

}  // namespace

// 0: done; 1: the run failed (it diverged, a picture, a file or the results could not be written); 2: the input or an
// option is bad; 130: interrupted.
int main(int argc, char** argv) {
  examples::hold_standard_streams();
  try {
    const int code = run(argc, argv);
    examples::finish_output();
    return code;
  } catch (const InputError& error) {
    std::fprintf(stderr, "linear_regression: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "linear_regression: %s\n", error.what());
    return 1;
  }
}
