// Tables of numbers in text files.
#pragma once

#include <string_view>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data {

struct TAPEGRAD_EXPORT Table {
  std::vector<std::string> columns;
  std::int64_t rows = 0;
  std::vector<double> values;  // row-major [rows, columns.size()]

  std::int64_t column(std::string_view name) const;  // its position; IndexError, naming those there are
  Tensor tensor(Dtype dtype = kFloat) const;         // [rows, columns.size()]; ShapeError for other numbers of values
  /// x [rows, columns.size() - 1] and y [rows, 1]: the named column and all the others, in order.
  std::pair<Tensor, Tensor> split_target(std::string_view target, Dtype dtype = kFloat) const;
};

struct CsvOptions {
  char delimiter = ',';
  bool header = true;  // the first row names the columns; without it they are called "1", "2" ...
};

/// Reads a table of numbers (RFC 4180; the locale plays no part).
/// - Lines end in LF or CRLF, the last one may lack it; blank lines at the end and a UTF-8 byte order mark are skipped.
///   A field may stand in double quotes, a quote inside written twice; blanks around its text are dropped.
/// - Numbers are 12, -1.5, +3, .5, 1e-3, nan, inf, infinity (any case), rounded to the nearest double. Text, an empty
///   field, 0x10, and what a double cannot hold (1e999, 1e-999) are errors.
/// - Column names must not be empty, repeat or have control characters (line ends in quotes aside), and every row has
/// as
///   many fields as the first.
/// FormatError naming file, line and column, or what the file looks like where it is none of text in UTF-8 or Latin-1
/// (UTF-16, .xlsx, .gz, JSON ...) or begins with Excel's "sep=;"; IoError where the file, which may be a pipe, cannot
/// be read.
TAPEGRAD_EXPORT Table read_csv(const std::string& path, const CsvOptions& options = {});

/// A header "name,value" and a row for each, numbers in the shortest form that reads back to the same double. A kill at
/// any moment leaves the old file or the new one. IoError.
TAPEGRAD_EXPORT void write_csv(const std::string& path,
                               const std::vector<std::pair<std::string, double>>& named_values);

}  // namespace tapegrad::data
