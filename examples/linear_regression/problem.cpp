#include "problem.h"

#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "model_file.h"

using namespace tapegrad;

namespace {

void check_numbers(const data::Table& table, const Options& options) {
  std::size_t header_lines = 1;  // a quoted name may hold line ends
  for (const std::string& name : table.columns) {
    for (char c : name) header_lines += c == '\n' ? 1 : 0;
  }
  const std::size_t width = table.columns.size();
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    if (std::isfinite(table.values[i])) continue;
    throw InputError(options.csv + ": line " + std::to_string(i / width + header_lines + 1) + ", column " +
                     std::to_string(i % width + 1) + " ('" + table.columns[i % width] +
                     "'): training needs numbers, here is nan or inf; drop the row or fill the value in");
  }
}

data::Table read_table(const Options& options) {
  data::Table table = data::read_csv(options.csv, {.delimiter = options.delimiter});
  if (table.rows < 2) throw InputError(options.csv + ": there must be two rows or more, to train and to test on");
  if (table.columns.size() < 2) throw InputError(options.csv + ": there is no column beside the target");
  check_numbers(table, options);
  return table;
}

// What cannot be written (a folder that takes no file, a name that is not UTF-8) should not be found out after the
// training: a model of zeros is written beside the path, and removed.
void try_save(const Options& options, const std::vector<std::string>& features) {
  namespace fs = std::filesystem;
  const fs::path path = options.save,
                 trial = path.parent_path() / (".linear_regression-" + std::to_string(getpid()) +
                                               (options.save.ends_with(".safetensors") ? ".safetensors" : ".csv"));
  std::vector<std::pair<std::string, double>> values = {{"intercept", 0.0}};
  for (const std::string& name : features) values.emplace_back(name, 0.0);
  try {
    save_model(trial.string(), values, options.target);
  } catch (const Error& error) {
    throw InputError("--save: " + options.save + " cannot be written: " + error.what());
  }
  fs::remove(trial);
}

void check_save(const Options& options, const std::vector<std::string>& features) {
  namespace fs = std::filesystem;
  std::error_code ignored, error;
  const fs::path path = options.save, folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, ignored)) throw InputError("--save: there is no folder " + folder.string());
  if (fs::is_directory(path, ignored)) throw InputError("--save: " + options.save + " is a folder");
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::none) throw InputError("--save: " + options.save + ": " + error.message());
  if (fs::exists(status) && !fs::is_regular_file(status)) throw InputError("--save: " + options.save + " is no file");
  if (fs::equivalent(path, options.csv, ignored)) throw InputError("--save: that is the table to train on");
  try_save(options, features);
}

void check_load(const Options& options, const std::vector<std::string>& features) {
  const LinearModel model = load_model(options.load);
  if (model.features == features && model.target == options.target) return;
  std::string columns;
  for (const std::string& name : model.features) columns += " '" + name + "'";
  throw InputError("--load: that model predicts '" + model.target + "' from the columns" + columns);
}

std::size_t target_column(const data::Table& table, const Options& options) {
  try {
    return static_cast<std::size_t>(table.column(options.target));
  } catch (const IndexError& error) {
    const std::string what = error.what();  // "column: there is no column 'x'; the columns are ..."
    throw InputError(options.csv + ": line 1: " + what.substr(what.find(' ') + 1));
  }
}

}  // namespace

Problem load_problem(const Options& options) try {
  const data::Table table = read_table(options);
  Problem problem;
  problem.features = table.columns;
  problem.features.erase(problem.features.begin() + static_cast<std::ptrdiff_t>(target_column(table, options)));
  problem.n_rows = table.rows;
  const auto [x, y] = table.split_target(options.target, kDouble);
  problem.rows = data::train_test_split(x, y, {.test_size = options.test_size, .random_state = options.seed});
  problem.standardizer.fit(problem.rows.x_train);
  // The mean of equal numbers is rounded: what it leaves of a constant column is no signal.
  const Tensor varies = problem.rows.x_train.ne(problem.rows.x_train[0]).any(0);
  problem.rows.x_train = problem.standardizer.transform(problem.rows.x_train) * varies;
  problem.rows.x_test = problem.standardizer.transform(problem.rows.x_test);
  if (!options.save.empty()) check_save(options, problem.features);
  if (!options.load.empty()) check_load(options, problem.features);
  return problem;
} catch (const Error& error) {
  throw InputError(error.what());
}
