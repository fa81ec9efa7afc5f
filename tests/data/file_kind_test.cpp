// Files of another kind than the reader's are refused, and named.
#include <tapegrad/autograd/serialize.h>
#include <tapegrad/data/csv.h>
#include <tapegrad/data/npy.h>
#include <tapegrad/nn/layers/linear.h>

#include <gtest/gtest.h>

#include <cstdint>

#include "tests/common/folder.h"

namespace tapegrad {
namespace {

struct Kind {
  std::string bytes, name, advice;
};

std::string zip(const std::string& member) {
  std::string out("PK\3\4\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0", 26);
  out += static_cast<char>(member.size());
  return out + std::string(3, '\0') + member + std::string("\0\x93NUMPY\n,;", 10);
}

std::string utf16(const std::string& ascii, bool big) {
  std::string out;
  for (const char c : ascii) (out += big ? '\0' : c) += big ? c : '\0';
  return out;
}

const std::string kLfs =
    "version https://git-lfs.github.com/spec/v1\noid "
    "sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

const std::vector<Kind>& kinds() {
  using namespace std::string_literals;
  static const std::vector<Kind> all = {
      {zip("[Content_Types].xml"), "an Excel workbook (.xlsx)", "as CSV"},
      {zip("xl/workbook.xml"), "an Excel workbook (.xlsx)", "as CSV"},
      {zip("mimetype"), "an OpenDocument (.ods)", "as CSV"},
      {zip("arr_0.npy"), "arrays of NumPy (.npz)", "data::load_npz()"},
      {zip("archive/data.pkl"), "a PyTorch file (.pt)", "safetensors.torch.save_file"},
      {zip("data.csv"), "a zip archive", "unpack"},
      {"PK\3\4", "a zip archive", "unpack"},
      {"\x1f\x8b\x08\0\0\0\0\0\0\3K\xd4\xd1\n,"s, "a gzip file", "gunzip"},
      {"BZh91AY&SY\xe0\0"s, "a bzip2 file", "bunzip2"},
      {"\xfd\x37zXZ\0\0\4"s, "an xz file", "unxz"},
      {"\x28\xb5\x2f\xfd\4\0"s, "a Zstandard file", "unzstd"},
      {"7z\xbc\xaf\x27\x1c\0\4"s, "a 7z archive", "unpack"},
      {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s, "a PNG picture", "decode"},
      {"\xff\xd8\xff\xe0\0\x10JFIF"s, "a JPEG picture", "decode"},
      {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document", "CSV"},
      {"\x89HDF\r\n\x1a\n\0\0"s, "an HDF5 file", "numpy.save"},
      {"PAR1\x15\4\x15"s, "a Parquet file", "CSV"},
      {"ARROW1\0\0\xff"s, "an Arrow or Feather file", "CSV"},
      {"SQLite format 3\0\x10\0"s, "an SQLite database", "CSV"},
      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0"s, "an old Office document (.xls)", "CSV"},
      {"\x80\2}q\0X\1\0\0\0aq\1K\1s."s, "a pickle of Python", "safetensors"},
      {"\x80\4\x95\x0b\0\0\0\0\0\0\0"s, "a pickle of Python", "safetensors"},
      {"\xff\xfe" + utf16("a,b\n1,2\n", false), "text in UTF-16", "iconv -f UTF-16 -t UTF-8"},
      {"\xfe\xff" + utf16("a,b\n1,2\n", true), "text in UTF-16", "iconv"},
      {utf16("a,b\n1,2\n", false), "text in UTF-16", "iconv"},
      {utf16("a,b\n1,2\n", true), "text in UTF-16", "iconv"},
      {"\xff\xfe\0\0a\0\0\0"s, "text in UTF-32", "iconv -f UTF-32 -t UTF-8"},
      {"\0\0\xfe\xff\0\0\0a"s, "text in UTF-32", "iconv"},
      {kLfs, "a Git LFS pointer in place of the file", "git lfs pull"},
      {"\n<!DOCTYPE html>\n<html>", "a web page (HTML)", "fetch the file itself"},
      {"\xef\xbb\xbf<HTML><head>", "a web page (HTML)", "fetch"},
      {"<?xml version=\"1.0\"?>\n<Workbook>", "XML", "CSV"},
      {"{\n  \"metadata\": {\"total_size\": 12345}}\n", "JSON", "index"},
      {"[{\"a\": 1, \"b\": 2}]\n", "JSON", "CSV"},
  };
  return all;
}

const std::string kNpyOne("\x93NUMPY\1\0\x10\0{'descr': '<f4'}\n", 27);
const std::string kSafetensorsNone("\2\0\0\0\0\0\0\0{}", 10);

class FileKind : public test::InFolder {
 protected:
  template <class Read>
  std::string refusal(const std::string& bytes, const Read& read) const {
    test::write(folder_ / "file", bytes);
    try {
      read((folder_ / "file").string());
    } catch (const FormatError& error) {
      return error.what();
    }
    return "it was read";
  }
  std::string csv(const std::string& bytes) const {
    return refusal(bytes, [](const std::string& path) { data::read_csv(path); });
  }
  std::string npy(const std::string& bytes) const {
    return refusal(bytes, [](const std::string& path) { data::load_npy(path); });
  }
  std::string safetensors(const std::string& bytes) const {
    return refusal(bytes, [](const std::string& path) { return load_safetensors(path); });
  }

  static void expect_named(const std::string& message, const std::string& start, const Kind& kind) {
    EXPECT_NE(message.find(start), std::string::npos) << message;
    const std::size_t name = message.find("; it looks like " + kind.name);
    EXPECT_NE(name, std::string::npos) << message << " lacks: " << kind.name;
    EXPECT_NE(message.find("; ", name + 2), std::string::npos) << message;
    EXPECT_NE(message.find(kind.advice, std::min(name, message.size())), std::string::npos) << message;
  }
};

TEST_F(FileKind, IsNamedWhereATableIsRead) {
  for (const Kind& kind : kinds()) expect_named(csv(kind.bytes), "file: not a table in text; ", kind);
  expect_named(csv(kNpyOne), "not a table", {"", "a NumPy array (.npy)", "data::load_npy()"});
  expect_named(csv(kSafetensorsNone), "not a table", {"", "a safetensors file", "load_safetensors()"});
  for (const bool header : {true, false}) {
    test::write(folder_ / "file", "\x1f\x8b\x08");
    EXPECT_THROW(data::read_csv(folder_ / "file", {.header = header}), FormatError);
  }
}

TEST_F(FileKind, IsNamedWhereAnArrayIsRead) {
  for (const Kind& kind : kinds()) expect_named(npy(kind.bytes), "byte 0: it does not begin with ", kind);
  expect_named(npy("a,b\n1,2\n"), "byte 0", {"", "plain text", "data::read_csv()"});
  expect_named(npy(kSafetensorsNone), "byte 0", {"", "a safetensors file", "load_safetensors()"});
  expect_named(npy(""), "byte 0", {"", "an empty file", "fetch it again"});
  EXPECT_EQ(npy("\1\2\3\4").find("looks like"), std::string::npos);
  EXPECT_EQ(npy(kNpyOne).find("looks like"), std::string::npos);
}

TEST_F(FileKind, IsNamedWhereTensorsAreRead) {
  for (const Kind& kind : kinds()) expect_named(safetensors(kind.bytes), "byte ", kind);
  expect_named(safetensors("a,b\n1,2\n3,4\n"), "byte 0: not a safetensors file; ", {"", "plain text", "read_csv()"});
  expect_named(safetensors(kNpyOne), "byte 0: not a safetensors file; ", {"", "a NumPy array (.npy)", "load_npy()"});
  expect_named(safetensors(kLfs), "byte 0: not a safetensors file; ", {"", "a Git LFS pointer", "git lfs pull"});
  expect_named(safetensors(""), "byte 0: ", {"", "an empty file", "fetch it again"});
}

TEST_F(FileKind, IsNamedByEveryLoad) {
  const auto expect_lfs = [&](const auto& load_it) {
    EXPECT_NE(refusal(kLfs, load_it).find("not a safetensors file; it looks like a Git LFS pointer"),
              std::string::npos);
  };
  Tensor x = tensor(1.0F);
  nn::Linear linear(2, 1);
  std::int64_t number = 3;
  expect_lfs([&](const std::string& path) { load(x, path); });
  expect_lfs([&](const std::string& path) { load(linear, path); });
  expect_lfs([&](const std::string& path) { load(Checkpoint{{"number", number}, {"x", x}}, path); });
  EXPECT_EQ(x.item<float>(), 1.0F);
  EXPECT_EQ(number, 3);
}

TEST_F(FileKind, OfATruncatedSafetensorsFileIsItsOwn) {
  const std::string whole = [&] {
    save_safetensors({{"a", ones({3})}}, (folder_ / "whole").string());
    return test::read(folder_ / "whole");
  }();
  for (std::size_t size = 2; size < whole.size(); ++size) {  // one byte alone is a letter
    EXPECT_EQ(safetensors(whole.substr(0, size)).find("looks like"), std::string::npos) << size;
  }
}

TEST_F(FileKind, OfTextWithUncommonNamesIsATable) {
  for (const char* header : {"gr\xf6\xdf"
                             "e,y",
                             "gr\xc3\xb6\xc3\x9f"
                             "e,y",
                             "[time],[value]", "{a},b", "\xef\xbb\xbfPAR1,PAR2",
                             "\xe5\xb9\xb4\xe9\xbd\xa2,\xe8\xba\xab\xe9\x95\xb7", "PK,BZh", "<x>,<y>", "%PDF,7z"}) {
    test::write(folder_ / "file", header + std::string("\n1,2\n"));
    EXPECT_EQ(data::read_csv(folder_ / "file").values, (std::vector<double>{1, 2})) << header;
  }
}

}  // namespace
}  // namespace tapegrad
