// Tables of numbers and labels in text files.
//
//   const data::Table table = data::read_csv("flowers.csv", {.text = {"species"}, .na_values = {"", "NA"}});
//   data::LabelEncoder encoder;
//   Tensor x = table.tensor(), y = encoder.fit_transform(table.text["species"]);
#pragma once

#include <string_view>

#include <tapegrad/autograd/ordered_dict.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data {

/// A column by its name, or by its number, from 1 on.
struct CsvColumn {
  CsvColumn(const char* column) : name(column) {}
  CsvColumn(std::string column) : name(std::move(column)) {}
  CsvColumn(std::integral auto column) : number(static_cast<std::int64_t>(column)) {}
  std::string name{};
  std::optional<std::int64_t> number{};
};

struct CsvOptions {
  char delimiter = ',';
  bool header = true;                    ///< the first row names the columns; without it they are called "1", "2" ...
  char decimal = '.';                    ///< or ','
  std::vector<CsvColumn> columns{};      ///< those to read as numbers, in this order; unset: all that are not text
  std::vector<CsvColumn> text{};         ///< those to read as text
  std::vector<std::string> na_values{};  ///< what stands for a missing number and is read as NaN: {"", "NA"}
};

struct TAPEGRAD_EXPORT Table {
  std::vector<std::string> columns;
  std::int64_t rows = 0;
  std::vector<double> values;                                         ///< row-major [rows, columns.size()]
  OrderedDict<std::string, std::vector<std::string>> text{"Column"};  ///< columns of text by name, a text a row

  /// x [rows, columns], or [rows] of one column, with these names. ShapeError for another number of columns.
  static Table of(std::vector<std::string> columns, const Tensor& x);
  /// Writes the table, columns of text last, as read_csv() reads it back with these options (delimiter, header,
  /// decimal):
  ///
  ///   data::Table::of({"target", "predicted"}, cat({y, model.forward(x)}, 1)).to_csv("predictions.csv");
  ///
  /// ShapeError where columns have other lengths. A kill leaves the old file or the new one. IoError.
  void to_csv(const std::string& path, const CsvOptions& options = {}) const;
  std::int64_t column(std::string_view name) const;  ///< its position; IndexError, naming those there are
  Tensor tensor(Dtype dtype = kFloat) const;         ///< [rows, columns.size()]; ShapeError for other numbers of values
  /// x [rows, columns.size() - 1] and y [rows, 1]: the named column and all the others, in order.
  std::pair<Tensor, Tensor> split_target(std::string_view target, Dtype dtype = kFloat) const;
};

/// Reads a table of numbers, and of text in the columns of that name (RFC 4180; the locale plays no part).
/// - Lines end in LF or CRLF, the last one may lack it; blank lines at the end and a UTF-8 byte order mark are skipped.
///   A field may stand in double quotes, a quote inside written twice; blanks around its text are dropped.
/// - Numbers are 12, -1.5, +3, .5, 1e-3, nan, inf, infinity (any case), rounded to the nearest double. Text, an empty
///   field, 0x10, and what a double cannot hold (1e999, 1e-999) are errors unless `na_values` names them. In a column
///   of text all fields are text; an empty one is an error unless `na_values` has it.
/// - Column names must not be empty, repeat or have control characters (line ends in quotes aside), and every row has
///   as many fields as the first. What is in columns that are not read does not matter.
/// IndexError for a column that is not there, ValueError for one that is named twice or characters that cannot be told
/// apart. FormatError naming file, line and column, or what the file looks like where it is none of text in UTF-8 or
/// Latin-1 (UTF-16, .xlsx, .gz, JSON ...) or begins with Excel's "sep=;"; IoError where the file, which may be a pipe,
/// cannot be read.
TAPEGRAD_EXPORT Table read_csv(const std::string& path, const CsvOptions& options = {});

/// A header "name,value" and a row for each, numbers in the shortest form that reads back to the same double. A kill at
/// any moment leaves the old file or the new one. IoError.
TAPEGRAD_EXPORT void write_csv(const std::string& path,
                               const std::vector<std::pair<std::string, double>>& named_values);

}  // namespace tapegrad::data
