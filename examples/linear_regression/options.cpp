#include "options.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace {

const std::string kAbout =
    "Fits a line in four ways: from scratch, a Module, nn::Linear, closed form. With --csv, trains a linear "
    "regression\n"
    "on a table of numbers instead and compares it with closed-form least squares; predict applies what it saved.";

void describe(CLI::App& app, Options& o) {
  app.add_option("--plot", o.plot, "draw pictures into this folder (needs gnuplot)")->type_name("DIR");
  auto* csv = app.add_option("--csv", o.csv, "a table of numbers, its first line the names")->type_name("FILE");
  auto* target = app.add_option("--target", o.target, "the column to predict")->type_name("COLUMN");
  csv->needs(target);
  const auto add = [&](const char* name, auto& value, const char* text, const char* type) {
    return app.add_option(name, value, text)->type_name(type)->capture_default_str()->needs(csv);
  };
  target->needs(csv);
  add("--lr", o.lr, "learning rate", "RATE");
  add("--epochs", o.epochs, "passes over the training rows", "N")->check(CLI::Range(1, 1'000'000'000));
  add("--batch-size", o.batch_size, "rows a step; 0: all", "N")->check(CLI::NonNegativeNumber);
  add("--momentum", o.momentum, "of SGD", "M")->check(CLI::Range(0.0, 0.9999999));
  add("--seed", o.seed, "of the split and the batches", "N")->check(CLI::Range(0LL, 4294967295LL));
  add("--test-size", o.test_size, "share of the rows to test on", "SHARE");
  add("--delimiter", o.delimiter, "between the fields of the table", "CHARACTER");
  add("--save", o.save, "write the model: .safetensors, or else CSV (name,value)", "FILE");
  add("--load", o.load, "begin with the model of a .safetensors file", "FILE");

  auto* predict = app.add_subcommand("predict", "Prints what a saved model predicts for the rows of a table");
  predict->add_option("--load", o.load, "the model, as --save wrote it")->type_name("FILE")->required();
  predict->add_option("--csv", o.csv, "the rows; columns are found by name")->type_name("FILE")->required();
  predict->add_option("--delimiter", o.delimiter, "between the fields of the rows")->type_name("CHARACTER");
  predict->callback([&o] { o.predict = true; });
}

void check(const Options& o) {
  if (!(o.lr > 0.0 && o.lr <= 1e300)) throw InputError("--lr: the learning rate must be a positive number");
  if (!(o.test_size > 0.0 && o.test_size < 1.0)) throw InputError("--test-size: a share lies between 0 and 1");
}

}  // namespace

bool parse(int argc, char** argv, Options& options) {
  CLI::App app(kAbout, "linear_regression");
  describe(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::printf("%s", app.help().c_str());
    return false;
  } catch (const CLI::ParseError& error) {
    throw InputError(error.what());
  }
  check(options);
  return true;
}
