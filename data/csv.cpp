#include <tapegrad/data/csv.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <system_error>

#include "autograd/detail/file.h"

namespace tapegrad::data {

namespace {

using tapegrad::detail::shown;

std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  std::string bytes;
  std::size_t used = 0;
  while (file && used == bytes.size()) {
    bytes.resize(used + std::max<std::size_t>(used / 2, 65536));
    used += std::fread(bytes.data() + used, 1, bytes.size() - used, file.get());
  }
  if (!file || std::ferror(file.get()) != 0) {
    throw IoError("read_csv: " + path + ": " + std::generic_category().message(errno));
  }
  bytes.resize(used);
  return bytes;
}

struct Reader {
  const std::string& path;
  std::string_view text;
  const CsvOptions& options;
  Table table{};
  std::size_t pos = 0, field = 0;  // field counts from 1
  std::int64_t line = 1, field_line = 1;
  bool more_fields = false;

  Table read() {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    while (!text.empty() && (text.back() == '\n' || is_blank(text.back()))) text.remove_suffix(1);
    if (text.empty()) throw FormatError("read_csv: " + path + ": the file is empty");

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
        fail("the row has " + std::to_string(count) + " fields, the table " + std::to_string(width));
      }
      table.rows += header ? 0 : 1;
    }
    return std::move(table);
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
                      what);
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
    const auto same = std::find(table.columns.begin(), table.columns.end(), name);
    if (same != table.columns.end()) {
      fail("the name " + shown(name) + " is also that of column " + std::to_string(same - table.columns.begin() + 1));
    }
    table.columns.push_back(name);
  }

  double number(std::string_view content) const {
    if (content.empty()) fail("the field is empty; write nan for a missing value");
    const bool plus = content.size() > 1 && content[0] == '+' && content[1] != '-';  // from_chars takes none
    const char* const content_end = content.data() + content.size();
    double value = 0.0;
    const auto [end, error] = std::from_chars(content.data() + (plus ? 1 : 0), content_end, value);
    if (error == std::errc::invalid_argument || end != content_end) fail(shown(content) + " is not a number");
    if (error != std::errc()) fail(shown(content) + " is out of the range of a double");
    return value;
  }
};

}  // namespace

std::int64_t Table::column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found != columns.end()) return found - columns.begin();
  std::string there;
  for (const std::string& other : columns) there += (there.empty() ? "" : ", ") + other;
  throw IndexError("column: there is no column " + shown(name) + "; the columns are " + there);
}

Tensor Table::tensor(Dtype dtype) const {
  const auto width = static_cast<std::int64_t>(columns.size());
  return from_blob(const_cast<double*>(values.data()), {rows, width}, kDouble).clone().to(dtype);
}

std::pair<Tensor, Tensor> Table::split_target(std::string_view target, Dtype dtype) const {
  const std::int64_t y = column(target);
  const Tensor all = tensor(dtype);
  return {cat({all.slice(1, 0, y), all.slice(1, y + 1)}, 1), all.narrow(1, y, 1).clone()};
}

Table read_csv(const std::string& path, const CsvOptions& options) {
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r') {
    throw Error("read_csv: a quote or a line end cannot be the delimiter");
  }
  const std::string text = read_file(path);
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
