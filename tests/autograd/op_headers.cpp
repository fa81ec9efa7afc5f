#include "op_headers.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tapegrad::test {
namespace {

bool starts(const std::string& s, const std::string& with) { return s.rfind(with, 0) == 0; }

std::string trimmed(const std::string& s) {
  const std::size_t first = s.find_first_not_of(' ');
  return first == std::string::npos ? "" : s.substr(first, s.find_last_not_of(' ') - first + 1);
}

void append(std::string& to, const std::string& more) {
  if (!more.empty()) to += (to.empty() ? "" : " ") + more;
}

// "const Tensor& x, std::int64_t dim = 0" as {"x", "dim = 0"}.
std::vector<std::string> parameters(const std::string& list) {
  std::vector<std::string> out;
  std::string piece;
  int depth = 0;
  for (const char c : list + ",") {
    depth += c == '<' || c == '{' || c == '(' ? 1 : c == '>' || c == '}' || c == ')' ? -1 : 0;
    if (c != ',' || depth > 0) {
      piece += c;
      continue;
    }
    const std::size_t equals = piece.find('=');
    const std::string before = trimmed(piece.substr(0, equals));
    std::string shown = before.substr(before.find_last_of(" &") + 1);
    if (equals != std::string::npos) shown += " = " + trimmed(piece.substr(equals + 1));
    for (const char* noise : {"std::nullopt", "undefined()"})
      if (const std::size_t at = shown.find(noise); at != std::string::npos)
        shown.replace(at, std::string::npos, "none");
    if (!shown.empty()) out.push_back(shown);
    piece.clear();
  }
  return out;
}

// The lines above a declaration, without their slashes.
struct Comment {
  std::vector<std::string> lines = {};
  bool documents = false;  // `///`

  void add(const std::string& line) {
    const std::size_t slashes = std::min(line.find_first_not_of('/'), line.size());
    documents = slashes > 2;
    lines.push_back(trimmed(line.substr(slashes)));
  }
  void fill(Declaration& d) const {
    bool in_text = true, in_gradient = false;
    for (const std::string& line : lines) {
      const bool ends = documents && (line.empty() || starts(line, "```"));
      const std::size_t at = in_gradient ? std::string::npos : line.find("grad: ");
      if (documents && (ends || std::isupper(static_cast<unsigned char>(line[0])) != 0)) in_gradient = false;
      if (in_gradient) append(d.gradient, line);
      if (ends || !d.gradient.empty()) in_text = false;
      if (in_text) append(d.text, trimmed(line.substr(0, at)));
      if (at == std::string::npos) continue;
      d.gradient = trimmed(line.substr(at + 6));
      in_gradient = true;
    }
    while (!d.text.empty() && d.text.back() == ';') d.text.pop_back();
    if (documents && !d.text.empty() && d.text.back() == '.') d.text.pop_back();
    if (documents && !d.gradient.empty() && d.gradient.back() == '.') d.gradient.pop_back();
    if (d.gradient == "none") d.gradient.clear();
  }
};

// The place behind the parenthesis that closes the one at `open`.
std::size_t closed(const std::string& s, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < s.size(); ++i) {
    depth += s[i] == '(' ? 1 : s[i] == ')' ? -1 : 0;
    if (depth == 0) return i;
  }
  return s.size();
}

// Whether the line declares a function of what an operation gives.
bool declares(const std::string& line) {
  for (const char* type : {"Tensor ", "Tensor& ", "TensorItem ", "bool ", "std::tuple<Tensor", "std::vector<Tensor>"})
    if (starts(line, type)) return line.find('(') != std::string::npos;
  return false;
}

std::string first_sentence(const std::string& header) {
  std::istringstream lines(header);
  std::string text, line;
  while (std::getline(lines, line) && starts(line, "//"))
    append(text, trimmed(line.substr(std::min(line.find_first_not_of('/'), line.size()))));
  return text.substr(0, std::min(text.find(". "), std::min(text.find(": "), text.find_last_not_of('.') + 1)));
}

}  // namespace

std::string source_text(const std::string& path) {
  std::ifstream file(std::filesystem::path(TAPEGRAD_TEST_SOURCE_DIR) / path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> operation_headers() {
  std::vector<std::string> all = {"autograd/ops.h"};
  const auto add = [&](const std::string& path) {
    const bool gives_tensors = source_text(path).find("TAPEGRAD_EXPORT Tensor") != std::string::npos;
    if (std::count(all.begin(), all.end(), path) == 0 && gives_tensors) all.push_back(path);
  };
  std::istringstream lines(source_text("autograd/ops.h"));
  const std::string include = "#include <tapegrad/";
  for (std::string line; std::getline(lines, line);)
    if (starts(line, include + "autograd/") && line.find("/tensor.h>") == std::string::npos)  // that is no operation
      add(line.substr(include.size(), line.find('>') - include.size()));
  std::set<std::string> families;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(TAPEGRAD_TEST_SOURCE_DIR) / "autograd"))
    if (starts(file.path().filename().string(), "ops_")) families.insert("autograd/" + file.path().filename().string());
  for (const std::string& path : families) add(path);
  return all;
}

std::vector<Declaration> declarations_in(const std::string& header) {
  std::vector<Declaration> all;
  std::string section = first_sentence(header);
  std::istringstream lines(header);
  Comment comment;
  bool in_struct = false, in_macro = false;
  std::string space;  // "linalg::" in namespace tapegrad::linalg
  for (std::string line; std::getline(lines, line);) {
    const bool of_macro = in_macro || starts(line, "#define");
    in_macro = of_macro && !line.empty() && line.back() == '\\';
    line = trimmed(line);
    if (starts(line, "// --- ")) {
      section = line.substr(7);
      continue;
    }
    if (starts(line, "//")) {
      comment.add(line);
      continue;
    }
    if (const std::string own = "namespace tapegrad"; starts(line, own))
      space = line.size() > own.size() + 4 ? line.substr(own.size() + 2, line.size() - own.size() - 4) + "::" : "";
    if (starts(line, "struct ") && line.back() == '{') in_struct = true;
    if (line == "};") in_struct = false;
    if (const std::string macro = "TAPEGRAD_OPERATOR("; starts(line, macro))
      all.push_back({"operator" + line.substr(macro.size(), line.find(')') - macro.size()), "", section});
    for (const char* prefix : {"TAPEGRAD_EXPORT ", "inline ", "const "})
      if (starts(line, prefix)) line = line.substr(std::string(prefix).size());
    if (of_macro || !declares(line)) {
      comment = {};
      continue;
    }
    for (std::string more; line.find(';') == std::string::npos && std::getline(lines, more);)
      line += " " + trimmed(more);
    if (const std::size_t slashes = line.find("//"); slashes != std::string::npos) {
      comment.add(line.substr(slashes));
      line = trimmed(line.substr(0, slashes));
    }
    const std::size_t open = line.find('('), start = line.find_last_of(" &", open) + 1;
    Declaration d{space + line.substr(start, open - start), "", section};
    d.method = in_struct;
    for (const std::string& p : parameters(line.substr(open + 1, closed(line, open) - open - 1)))
      d.spelling += (d.spelling.empty() ? "" : ", ") + p;
    d.spelling = (d.method ? "x." : "") + d.name + "(" + d.spelling + ")";
    comment.fill(d);
    comment = {};
    all.push_back(std::move(d));
  }
  return all;
}

std::vector<Declaration> declarations() {
  std::vector<Declaration> all;
  for (const std::string& path : operation_headers())
    for (Declaration& d : declarations_in(source_text(path))) all.push_back(std::move(d));
  return all;
}

}  // namespace tapegrad::test
