#include <tapegrad/data/csv.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "autograd/io/file.h"
#include "autograd/io/file_kind.h"

namespace tapegrad::data {

namespace {

using tapegrad::detail::InFile;
using tapegrad::detail::shown;

struct Reader {
  const std::string& path;
  std::string_view text;
  const CsvOptions& options;
  Table table{};
  std::unordered_set<std::string> names{};  // of columns
  std::size_t pos = 0, field = 0;           // field counts from 1
  std::int64_t line = 1, field_line = 1;
  bool more_fields = false;

  Table read() {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    while (!text.empty() && (text.back() == '\n' || is_blank(text.back()))) text.remove_suffix(1);
    if (text.empty()) throw FormatError("read_csv: " + path + ": the file is empty; give one with a header and rows");
    check_kind();

    for (bool header = options.header; pos < text.size(); header = false) {
      field = 0;
      do {
        ++field;
        const std::string content = next_field();
        header ? add_column(content) : table.values.push_back(number(content));
      } while (more_fields);
      while (table.columns.size() < field && table.rows == 0 && !options.header) {
        table.columns.push_back(std::to_string(table.columns.size() + 1));
      }
      if (const std::size_t width = table.columns.size(); field != width) {
        const std::size_t count = std::exchange(field, std::min(field, width) + 1);  // the first to miss or too many
        fail("the row has " + std::to_string(count) + " fields, the table " + std::to_string(width) +
             other_delimiter());
      }
      table.rows += header ? 0 : 1;
    }
    return std::move(table);
  }

  void check_kind() const {
    const std::string other = tapegrad::detail::looks_like_other(text, tapegrad::detail::kTextFile);
    if (!other.empty()) throw FormatError("read_csv: " + path + ": not a table in text" + other);

    // What Excel writes above a table, "sep=;", quoted or not.
    const std::string_view first = first_line();
    const std::size_t at = first.find("=");
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
    const bool named = options.header && field <= table.columns.size();
    const std::string column = std::to_string(field) + (named ? " (" + shown(table.columns[field - 1]) + ")" : "");
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
    if (!names.insert(name).second) {
      const auto same = std::find(table.columns.begin(), table.columns.end(), name) - table.columns.begin();
      fail("the name " + shown(name) + " is also that of column " + std::to_string(same + 1));
    }
    table.columns.push_back(name);
  }

  double number(std::string_view content) const {
    if (content.empty()) fail("the field is empty; write nan for a missing value");
    const bool plus = content.size() > 1 && content[0] == '+' && content[1] != '-';  // from_chars takes none
    const char* const content_end = content.data() + content.size();
    double value = 0.0;
    const auto [end, error] = std::from_chars(content.data() + (plus ? 1 : 0), content_end, value);
    if (error == std::errc::invalid_argument || end != content_end) {
      const bool comma = options.delimiter != ',' && content.find(',') != content.npos;
      fail(shown(content) + " is not a number" + (comma ? "; write decimals with a point" : other_delimiter()));
    }
    if (error != std::errc()) fail(shown(content) + " is out of the range of a double");
    return value;
  }
};

}  // namespace

std::int64_t Table::column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found != columns.end()) return found - columns.begin();
  constexpr std::size_t kShown = 20;
  std::string there;
  for (std::size_t i = 0; i < std::min(columns.size(), kShown); ++i) there += (i == 0 ? "" : ", ") + columns[i];
  if (columns.size() > kShown) there += " and " + std::to_string(columns.size() - kShown) + " more";
  throw IndexError("column: there is no column " + shown(name) + "; the columns are " + there);
}

Tensor Table::tensor(Dtype dtype) const {
  const auto width = static_cast<std::int64_t>(columns.size()), count = static_cast<std::int64_t>(values.size());
  if (rows < 0 || (width == 0 ? count != 0 : count % width != 0 || count / width != rows)) {
    throw ShapeError("tensor: the table has " + std::to_string(count) + " values for " + std::to_string(rows) +
                     " rows of " + std::to_string(width) + " columns; give each row a value a column");
  }
  return from_blob(const_cast<double*>(values.data()), {rows, width}, kDouble).clone().to(dtype);
}

std::pair<Tensor, Tensor> Table::split_target(std::string_view target, Dtype dtype) const {
  const std::int64_t y = column(target);
  const Tensor all = tensor(dtype);
  return {cat({all.slice(1, 0, y), all.slice(1, y + 1)}, 1), all.narrow(1, y, 1).clone()};
}

Table read_csv(const std::string& path, const CsvOptions& options) {
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r') {
    throw ValueError("read_csv: a quote or a line end cannot be the delimiter; give another character");
  }
  const std::string text = InFile("read_csv", path, InFile::Takes::kStreamsToo).read_all();
  return Reader{path, text, options}.read();
}

void write_csv(const std::string& path, const std::vector<std::pair<std::string, double>>& named_values) {
  std::string out = "name,value\n";
  for (const auto& [name, value] : named_values) {
    const bool quoted = name.find_first_of(",\"\r\n") != std::string::npos;
    if (quoted) out += '"';
    for (char c : name) out.append(quoted && c == '"' ? 2 : 1, c);
    char digits[32];
    out.append(quoted ? "\"," : ",").append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr) += '\n';
  }
  tapegrad::detail::AtomicFile file("write_csv", path);
  file.write(out);
  file.commit();
}

}  // namespace tapegrad::data
