#include "problem.h"

#include "model_file.h"

#include <cmath>
#include <filesystem>

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
  data::Table table = data::read_csv(options.csv);
  if (table.rows < 2) throw InputError(options.csv + ": there must be two rows or more, to train and to test on");
  if (table.columns.size() < 2) throw InputError(options.csv + ": there is no column beside the target");
  check_numbers(table, options);
  return table;
}

// A path that cannot be written should not be found out after the training.
void check_save(const Options& options) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path path = options.save, folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, ignored)) throw InputError("--save: there is no folder " + folder.string());
  if (fs::is_directory(path, ignored)) throw InputError("--save: " + options.save + " is a folder");
  if (fs::equivalent(path, options.csv, ignored)) throw InputError("--save: that is the table to train on");
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
  problem.rows.x_train = problem.standardizer.transform(problem.rows.x_train);
  problem.rows.x_test = problem.standardizer.transform(problem.rows.x_test);
  if (!options.save.empty()) check_save(options);
  if (!options.load.empty()) check_load(options, problem.features);
  return problem;
} catch (const Error& error) {
  throw InputError(error.what());
}
