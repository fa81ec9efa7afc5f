#include <tapegrad/data/csv.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <unordered_map>

#include "autograd/core/text.h"
#include "autograd/io/file.h"
#include "autograd/io/file_kind.h"

namespace tapegrad::data {

namespace {

using tapegrad::detail::InFile;
using tapegrad::detail::shown;

[[noreturn]] void no_column(const std::string& start, const std::string& column,
                            const std::vector<std::string>& columns) {
  constexpr std::size_t kShown = 20;
  std::string there;
  for (std::size_t i = 0; i < std::min(columns.size(), kShown); ++i) there += (i == 0 ? "" : ", ") + columns[i];
  if (columns.size() > kShown) there += " and " + std::to_string(columns.size() - kShown) + " more";
  throw IndexError(start + ": there is no column " + column + "; the columns are " + there);
}

void check(const char* op, const CsvOptions& options) {
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r')
    core::throw_value(op, "a quote or a line end cannot be the delimiter; give another character");
  if ((options.decimal != '.' && options.decimal != ',') || options.decimal == options.delimiter) {
    core::throw_value(op, "decimals cannot be written with ", std::string(1, options.decimal),
                      " where the delimiter is ", std::string(1, options.delimiter),
                      "; give a point or a comma, and another delimiter");
  }
}

// Where the fields of one of the file's columns go.
struct Place {
  enum { kNowhere, kNumbers, kText } kind = kNowhere;
  std::size_t at = 0;
};

struct Reader {
  const std::string& path;
  std::string_view text;
  const CsvOptions& options;
  Table table{};
  std::vector<std::string> header{};                     // the file's columns
  std::unordered_map<std::string, std::size_t> names{};  // where they are
  std::vector<Place> places{};
  std::size_t pos = 0, field = 0;  // field counts from 1
  std::int64_t line = 1, field_line = 1;
  bool more_fields = false;

  Table read() {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    while (!text.empty() && (text.back() == '\n' || is_blank(text.back()))) text.remove_suffix(1);
    if (text.empty()) throw FormatError("read_csv: " + path + ": the file is empty; give one with a header and rows");
    check_kind();

    do {
      ++field;
      const std::string content = next_field();
      add_column(options.header ? content : std::to_string(field));
    } while (more_fields);
    if (!options.header) pos = 0, line = 1;  // read again, as a row
    place_columns();
    for (; pos < text.size(); ++table.rows) {
      table.values.resize(table.values.size() + table.columns.size());
      field = 0;
      do {
        ++field;
        store(next_field());
      } while (more_fields);
      if (const std::size_t width = header.size(); field != width) {
        const std::size_t count = std::exchange(field, std::min(field, width) + 1);  // the first to miss or too many
        fail("the row has " + std::to_string(count) + " fields, the table " + std::to_string(width) +
             other_delimiter());
      }
    }
    return std::move(table);
  }

  void check_kind() const {
    const std::string other = tapegrad::detail::looks_like_other(text, tapegrad::detail::kTextFile);
    if (!other.empty()) throw FormatError("read_csv: " + path + ": not a table in text" + other);

    // What Excel writes above a table, "sep=;", quoted or not.
    const std::string_view first = first_line();
    const std::size_t at = first.find('=');
    if (first.size() != at + 2 || (first.substr(0, at) != "sep" && first.substr(0, at) != "SEP")) return;
    throw FormatError("read_csv: " + path + ": line 1: " + shown(first) + " names the delimiter for Excel; remove " +
                      "the line and pass " + shown(first.substr(at + 1)) + " as the delimiter");
  }

  // Without quotes around the whole and the CR of a CRLF.
  std::string_view first_line() const {
    std::string_view first = text.substr(0, text.find('\n'));
    if (first.ends_with('\r')) first.remove_suffix(1);
    const bool quoted = first.size() > 2 && first.front() == '"' && first.back() == '"';
    return quoted ? first.substr(1, first.size() - 2) : first;
  }

  // What may be wrong with all fields.
  std::string other_delimiter() const {
    const std::string_view first = first_line();
    const std::size_t at = first.find_first_of(",;\t|");
    if (at == first.npos || first.find(options.delimiter) != first.npos) return "";
    return std::string("; the delimiter seems to be ") + (first[at] == '\t' ? "a tab" : shown(first.substr(at, 1))) +
           ": pass that one";
  }

  // The CR of a CRLF is blank too.
  bool is_blank(char c) const { return (c == ' ' || c == '\t' || c == '\r') && c != options.delimiter; }
  bool at_field_end() const { return pos == text.size() || text[pos] == '\n' || text[pos] == options.delimiter; }
  void skip_blanks() {
    while (pos < text.size() && is_blank(text[pos])) ++pos;
  }

  [[noreturn]] void fail(const std::string& what) const {
    const bool named = options.header && field <= header.size();
    const std::string column = std::to_string(field) + (named ? " (" + shown(header[field - 1]) + ")" : "");
    throw FormatError("read_csv: " + path + ": line " + std::to_string(field_line) + ", column " + column + ": " +
                      what + (what.find("; ") != what.npos ? "" : "; mend the table there"));
  }

  // The next field without its quotes and outer blanks; moves past the delimiter or line end behind it.
  std::string next_field() {
    skip_blanks();
    field_line = line;
    std::string out;
    if (text.substr(pos).starts_with('"')) {
      for (++pos;; ++pos) {
        if (pos == text.size()) fail("a quoted field is never closed");
        if (text[pos] == '"' && !text.substr(++pos).starts_with('"')) break;
        if (text[pos] == '\n') ++line;
        if (!out.empty() || !is_blank(text[pos])) out += text[pos];
      }
      skip_blanks();
      if (!at_field_end()) fail("text after a closing quote");
    }
    while (!at_field_end()) out += text[pos++];
    while (!out.empty() && is_blank(out.back())) out.pop_back();

    more_fields = pos < text.size() && text[pos] != '\n';
    if (pos < text.size() && text[pos++] == '\n') ++line;
    return out;
  }

  void add_column(const std::string& name) {
    if (name.empty()) fail("the column name is empty");
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (name[i] == '\r' && name.substr(i + 1, 1) != "\n") {
        fail("a line ends in CR alone; convert the file's line ends to LF");
      }
      if ((name[i] >= 0 && name[i] < ' ' && (name[i] < '\t' || name[i] > '\r')) || name[i] == 0x7f) {
        fail("the name " + shown(name) + " has a control character; is it a table in text?");
      }
    }
    if (const auto [same, is_new] = names.try_emplace(name, header.size()); !is_new)
      fail("the name " + shown(name) + " is also that of column " + std::to_string(same->second + 1));
    header.push_back(name);
  }

  std::size_t place(const CsvColumn& column, Place to) {
    const auto found = column.number ? names.end() : names.find(column.name);
    const std::size_t at = column.number          ? static_cast<std::size_t>(*column.number - 1)
                           : found == names.end() ? header.size()
                                                  : found->second;
    if (at >= header.size())
      no_column("read_csv: " + path, column.number ? std::to_string(*column.number) : shown(column.name), header);
    if (std::exchange(places[at], to).kind != Place::kNowhere)
      throw ValueError("read_csv: the column " + shown(header[at]) + " is named twice; name it once");
    return at;
  }

  void place_columns() {
    places.resize(header.size());
    for (const CsvColumn& column : options.text) {
      const std::size_t at = place(column, {Place::kText, table.text.size()});
      table.text.insert(header[at], {});
    }
    for (const CsvColumn& column : options.columns)
      table.columns.push_back(header[place(column, {Place::kNumbers, table.columns.size()})]);
    for (std::size_t at = 0; options.columns.empty() && at < header.size(); ++at) {
      if (places[at].kind != Place::kNowhere) continue;
      places[at] = {Place::kNumbers, table.columns.size()};
      table.columns.push_back(header[at]);
    }
  }

  void store(std::string content) {
    const Place to = field <= places.size() ? places[field - 1] : Place{};
    if (to.kind == Place::kNumbers) table.values[table.values.size() - table.columns.size() + to.at] = number(content);
    if (to.kind != Place::kText) return;
    if (content.empty() && !is_missing(content)) fail("the field is empty; write a text, or have \"\" in na_values");
    table.text[to.at].value().push_back(std::move(content));
  }

  bool is_missing(std::string_view content) const {
    return std::find(options.na_values.begin(), options.na_values.end(), content) != options.na_values.end();
  }

  double number(const std::string& content) const {
    if (is_missing(content)) return std::numeric_limits<double>::quiet_NaN();
    if (content.empty()) fail("the field is empty; write nan for a missing value, or have \"\" in na_values");
    std::string digits = content;
    if (options.decimal == ',') {
      if (content.find('.') != content.npos)
        fail(shown(content) + " is not a number; write decimals with a comma, or have a point as the decimal");
      std::replace(digits.begin(), digits.end(), ',', '.');
    }
    const bool plus = digits.size() > 1 && digits[0] == '+' && digits[1] != '-';  // from_chars takes none
    const char* const digits_end = digits.data() + digits.size();
    double value = 0.0;
    const auto [end, error] = std::from_chars(digits.data() + (plus ? 1 : 0), digits_end, value);
    if (error == std::errc::invalid_argument || end != digits_end) {
      const bool comma = options.delimiter != ',' && options.decimal == '.' && content.find(',') != content.npos;
      fail(shown(content) + " is not a number" +
           (comma ? "; write decimals with a point, or have a comma as the decimal" : other_delimiter()));
    }
    if (error != std::errc()) fail(shown(content) + " is out of the range of a double");
    return value;
  }
};

void append_text(std::string& out, std::string_view field, char delimiter) {
  const bool quoted = field.find_first_of(std::string("\"\r\n") + delimiter) != field.npos;
  if (quoted) out += '"';
  for (const char c : field) out.append(quoted && c == '"' ? 2 : 1, c);
  if (quoted) out += '"';
}

// In the shortest form that reads back.
void append_number(std::string& out, double value, char decimal = '.') {
  char digits[32];
  char* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  std::replace(digits, end, '.', decimal);
  out.append(digits, end);
}

void write(const char* op, const std::string& path, const std::string& text) {
  tapegrad::detail::AtomicFile file(op, path);
  file.write(text);
  file.commit();
}

void check_filled(const char* op, const Table& table) {
  const auto width = static_cast<std::int64_t>(table.columns.size());
  const auto count = static_cast<std::int64_t>(table.values.size()), rows = table.rows;
  if (rows < 0 || (width == 0 ? count != 0 : count % width != 0 || count / width != rows)) {
    core::throw_shape(op, "the table has ", count, " values for ", rows, " rows of ", width,
                      " columns; give each row a value a column");
  }
}

}  // namespace

Table Table::of(std::vector<std::string> columns, const Tensor& x) {
  const auto width = static_cast<std::int64_t>(columns.size());
  if (x.dim() < 1 || x.dim() > 2 || (x.dim() == 1 ? 1 : x.size(1)) != width)
    core::throw_shape("Table::of", width, " columns for sizes ", x.sizes(), "; give x as [rows, columns]");
  return {std::move(columns), x.size(0), x.to_vector<double>()};
}

std::int64_t Table::column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found != columns.end()) return found - columns.begin();
  no_column("column", shown(name), columns);
}

Tensor Table::tensor(Dtype dtype) const {
  check_filled("tensor", *this);
  const auto width = static_cast<std::int64_t>(columns.size());
  return from_blob(const_cast<double*>(values.data()), {rows, width}, kDouble).clone().to(dtype);
}

std::pair<Tensor, Tensor> Table::split_target(std::string_view target, Dtype dtype) const {
  const std::int64_t y = column(target);
  const Tensor all = tensor(dtype);
  return {cat({all.slice(1, 0, y), all.slice(1, y + 1)}, 1), all.narrow(1, y, 1).clone()};
}

Table read_csv(const std::string& path, const CsvOptions& options) {
  check("read_csv", options);
  const std::string text = InFile("read_csv", path, InFile::Takes::kStreamsToo).read_all();
  return Reader{path, text, options}.read();
}

void write_csv(const std::string& path, const std::vector<std::pair<std::string, double>>& named_values) {
  std::string out = "name,value\n";
  for (const auto& [name, value] : named_values) {
    append_text(out, name, ',');
    append_number(out += ',', value);
    out += '\n';
  }
  write("write_csv", path, out);
}

void Table::to_csv(const std::string& path, const CsvOptions& options) const {
  check("to_csv", options);
  check_filled("to_csv", *this);
  for (const auto& [name, fields] : text) {
    if (static_cast<std::int64_t>(fields.size()) != rows)
      core::throw_shape("to_csv", "the column ", shown(name), " has ", fields.size(), " texts for ", rows,
                        " rows; give each row one");
  }
  std::string out;
  const std::size_t width = columns.size(), all = width + text.size();
  const auto append_row = [&](const auto& append_field) {
    for (std::size_t c = 0; c < all; ++c) {
      append_field(c);
      out += c + 1 < all ? options.delimiter : '\n';
    }
  };
  if (options.header)
    append_row(
        [&](std::size_t c) { append_text(out, c < width ? columns[c] : text[c - width].key(), options.delimiter); });
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    append_row([&](std::size_t c) {
      if (c < width)
        append_number(out, values[row * width + c], options.decimal);
      else
        append_text(out, text[c - width].value()[row], options.delimiter);
    });
  }
  write("to_csv", path, out);
}

}  // namespace tapegrad::data
