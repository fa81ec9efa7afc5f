#include "autograd/io/file_kind.h"

#include <algorithm>

namespace tapegrad::detail {

namespace {

struct Magic {
  std::string_view bytes;
  FileKind kind;
};

using namespace std::string_view_literals;

constexpr FileKind kUtf16 = {"text in UTF-16", "convert it with iconv -f UTF-16 -t UTF-8"},
                   kUtf32 = {"text in UTF-32", "convert it with iconv -f UTF-32 -t UTF-8"};

constexpr Magic kMagics[] = {
    {"\x93NUMPY"sv, kNpyFile},
    {"\x1f\x8b"sv, {"a gzip file", "unpack it with gunzip"}},
    {"BZh91AY&SY"sv, {"a bzip2 file", "unpack it with bunzip2"}},
    {"\xfd"
     "7zXZ\0"sv,
     {"an xz file", "unpack it with unxz"}},
    {"\x28\xb5\x2f\xfd"sv, {"a Zstandard file", "unpack it with unzstd"}},
    {"7z\xbc\xaf\x27\x1c"sv, {"a 7z archive", "unpack it first"}},
    {"\x89PNG\r\n\x1a\n"sv, {"a PNG picture", "decode it into numbers first"}},
    {"\xff\xd8\xff"sv, {"a JPEG picture", "decode it into numbers first"}},
    {"%PDF-"sv, {"a PDF document", "save its table as CSV"}},
    {"\x89HDF\r\n\x1a\n"sv, {"an HDF5 file", "save its arrays in Python, with numpy.save"}},
    {"PAR1\x15"sv, {"a Parquet file", "save its table as CSV"}},
    {"ARROW1\0\0"sv, {"an Arrow or Feather file", "save its table as CSV"}},
    {"SQLite format 3\0"sv, {"an SQLite database", "export its table as CSV"}},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, {"an old Office document (.xls)", "save its sheet as CSV"}},
    {"version https://git-lfs"sv, {"a Git LFS pointer in place of the file", "fetch the file with git lfs pull"}},
    {"\xff\xfe\0\0"sv, kUtf32},
    {"\0\0\xfe\xff"sv, kUtf32},
    {"\xff\xfe"sv, kUtf16},
    {"\xfe\xff"sv, kUtf16},
};

// By the name of its first member: 2 bytes of length at 26, the name at 30.
FileKind zip_kind(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
  const std::string_view name =
      bytes.size() < 30 ? std::string_view() : bytes.substr(30, byte(26) | std::size_t{byte(27)} << 8);
  if (name.ends_with(".npy")) return kNpzFile;
  if (name.ends_with("data.pkl")) {
    return {"a PyTorch file (.pt)", "write it anew in Python, with safetensors.torch.save_file"};
  }
  if (name == "[Content_Types].xml" || name.starts_with("_rels/") || name.starts_with("xl/")) {
    return {"an Excel workbook (.xlsx)", "save its sheet as CSV"};
  }
  if (name == "mimetype") return {"an OpenDocument (.ods)", "save its sheet as CSV"};
  return {"a zip archive", "unpack it first"};
}

// Eight bytes of length, small, and the JSON that begins the header.
bool is_safetensors(std::string_view bytes) {
  return bytes.size() > 8 && bytes[8] == '{' && bytes.substr(4, 4) == "\0\0\0\0"sv &&
         static_cast<unsigned char>(bytes[3]) < 6;
}

// Latin letters in either half of each pair of bytes.
bool is_utf16_without_mark(std::string_view bytes) {
  if (bytes.size() < 6) return false;
  const auto all = [&](std::size_t first) {
    for (std::size_t i = first; i < 6; i += 2) {
      if (bytes[i] < '\t' || bytes[i] == 0x7f || bytes[i ^ 1] != '\0') return false;
    }
    return true;
  };
  return all(0) || all(1);
}

// No control characters, and mostly ASCII.
bool is_text(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  const auto is_control = [](char c) { return (c >= 0 && c < ' ' && (c < '\t' || c > '\r')) || c == 0x7f; };
  const auto beyond_ascii = std::count_if(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) != 0; });
  return std::none_of(bytes.begin(), bytes.end(), is_control) &&
         4 * static_cast<std::size_t>(beyond_ascii) <= bytes.size();
}

FileKind text_kind(std::string_view text) {
  const auto skip = [&] { text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size())); };
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  skip();
  std::string start(text.substr(0, 9));
  for (char& c : start) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (start == "<!doctype" || start.starts_with("<html")) {
    return {"a web page (HTML)", "fetch the file itself: its address gives a page, or asks to log in"};
  }
  if (start.starts_with("<?xml")) return {"XML", "save its table as CSV"};
  const char opening = text.empty() ? '\0' : text.front();
  if (opening != '{' && opening != '[') return kTextFile;
  text.remove_prefix(1);
  skip();
  const char next = text.empty() ? '\0' : text.front();
  const bool json = opening == '{' ? next == '"' || next == '}' : next == '{' || next == '[';
  return json ? FileKind{"JSON", "an index (.index.json) names the .safetensors files to read; save a table as CSV"}
              : kTextFile;
}

}  // namespace

FileKind kind_of(std::string_view first_bytes) {
  const std::string_view bytes = first_bytes.substr(0, kKindBytes);
  if (bytes.empty()) return kEmptyFile;
  if (is_safetensors(bytes)) return kSafetensorsFile;
  if (bytes.starts_with("PK\3\4")) return zip_kind(bytes);
  for (const Magic& magic : kMagics) {
    if (bytes.starts_with(magic.bytes)) return magic.kind;
  }
  if (bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5) {
    return {"a pickle of Python (.pkl, an old .pt)", "save its arrays in Python, with numpy.save or safetensors"};
  }
  if (is_utf16_without_mark(bytes)) return kUtf16;
  return is_text(bytes) ? text_kind(bytes) : FileKind{};
}

std::string looks_like_other(std::string_view first_bytes, const FileKind& own) {
  const FileKind kind = kind_of(first_bytes);
  if (kind.name.empty() || kind.name == own.name) return "";
  return "; it looks like " + std::string(kind.name) + "; " + std::string(kind.advice);
}

}  // namespace tapegrad::detail
