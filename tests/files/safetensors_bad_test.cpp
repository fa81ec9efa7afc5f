// Files that are wrong, by hand and class by class in the order in which the reader checks; then every truncation and
// every flipped bit of a good one.
#include <tapegrad/autograd/safetensors.h>

#include <cctype>

#include "tests/common/files.h"

namespace tapegrad {
namespace {

using files_test::little_endian;
using files_test::safetensors;

class BadSafetensors : public files_test::Files {
 protected:
  // FormatError "load_safetensors: PATH: byte N: ...", with `part` in it.
  void expect_refused(const std::string& bytes, const std::string& part) {
    files_test::write(path_, bytes);
    ++count_;
    SCOPED_TRACE(bytes.size() > 8 ? bytes.substr(8, 200) : bytes);
    try {
      load_safetensors(path_);
      ADD_FAILURE() << "it was read";
    } catch (const FormatError& e) {
      const std::string text = e.what(), start = "load_safetensors: " + path_ + ": byte ";
      EXPECT_EQ(text.substr(0, start.size()), start);
      EXPECT_TRUE(text.size() > start.size() && std::isdigit(text[start.size()]) != 0) << text;
      EXPECT_NE(text.find(part), std::string::npos) << text;
      EXPECT_LT(text.size(), start.size() + 300) << text;
    }
  }
  void expect_header_refused(const std::string& header, const std::string& part, std::size_t data_bytes = 0) {
    expect_refused(safetensors(header, std::string(data_bytes, '\0')), part);
  }
  // A tensor "a" of F32 with that shape and those offsets.
  void expect_tensor_refused(const std::string& shape, const std::string& offsets, const std::string& part,
                             std::size_t data_bytes = 0) {
    expect_header_refused(R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}", part,
                          data_bytes);
  }
  int count_ = 0;
};

TEST_F(BadSafetensors, LengthOfTheHeader) {
  expect_refused("", "byte 0: a safetensors file begins with the 8 bytes");
  expect_refused("\x02", "byte 1: ");
  expect_refused(std::string("\x02\0\0\0\0\0\0", 7), "byte 7: ");
  expect_refused(little_endian(2), "byte 0: the header has 2 bytes");
  expect_refused(little_endian(2) + "{", "byte 0: the header has 2 bytes");
  expect_refused(little_endian(3) + "{}", "more than the file");
  expect_refused(little_endian(100'000'001) + "{}", "byte 0: the header has 100000001 bytes");
  expect_refused(little_endian(std::uint64_t{1} << 63) + "{}", "the header has 9223372036854775808 bytes");
  expect_refused(little_endian(~std::uint64_t{0}) + "{}", "the header has 18446744073709551615 bytes");
  expect_refused(little_endian(~std::uint64_t{0} - 7) + "{}", "the header has 18446744073709551608 bytes");
  EXPECT_EQ(count_, 10);
}

TEST_F(BadSafetensors, FirstByteOfTheHeader) {
  expect_header_refused("", "byte 8: the header must begin with {");
  for (const char* header : {" {}", "[]", "\"a\"", "5", "null", "\xef\xbb\xbf{}", "\n{}", "}{"}) {
    expect_header_refused(header, "byte 8: the header must begin with {");
  }
  EXPECT_EQ(count_, 9);
}

TEST_F(BadSafetensors, TextThatIsNotUtf8) {
  // A byte alone, a sequence cut short, overlong forms, a surrogate, past U+10FFFF; in names, metadata and outside.
  for (const char* bad : {"\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc0\xaf", "\xe0\x80\xaf",
                          "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    const std::string text = bad;
    expect_header_refused("{\"" + text + R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})", "UTF-8");
    expect_header_refused(R"({"__metadata__":{"a":")" + text + "\"}}", "UTF-8");
    expect_header_refused("{" + text + "}", "not valid JSON");
  }
  EXPECT_EQ(count_, 30);
}

TEST_F(BadSafetensors, TextThatIsNoStrictJson) {
  for (const char* header : {"{",
                             "{\"",
                             "{\"a",
                             "{\"a\"",
                             "{\"a\":",
                             "{\"a\":{",
                             "{\"a\":{}",
                             "{,}",
                             "{\"a\" {}}",
                             "{a:{}}",
                             "{'a':{}}",
                             "{\"__metadata__\":{},}",
                             "{\"__metadata__\":{\"a\":\"b\",}}",
                             "{} {}",
                             "{}]",
                             "{}x",
                             "{}//c",
                             "{/*c*/}",
                             "{\"__metadata__\":{\"a\":\"\\x\"}}",
                             "{\"__metadata__\":{\"a\":\"\\u12\"}}",
                             "{\"__metadata__\":{\"a\":\"\\ud800\"}}",
                             "{\"__metadata__\":{\"a\":\"\\udc00\\ud800\"}}",
                             "{\"__metadata__\":{\"a\":\"\n\"}}",
                             "{\"__metadata__\":{\"a\":\"\x01\"}}",
                             "{\"__metadata__\":{\"a\":nan}}",
                             "{\"__metadata__\":{\"a\":+1}}",
                             "{\"__metadata__\":{\"a\":01}}",
                             "{\"__metadata__\":{\"a\":.5}}",
                             "{\"__metadata__\":{\"a\":1e999}}",
                             "{\"__metadata__\":{\"a\":True}}",
                             "{}\xc2\xa0"}) {
    expect_header_refused(header, "byte ");
  }
  expect_header_refused("{\"__metadata__\":{\"a\":\"\\x\"}}", "byte 31: the header is not valid JSON");
  expect_header_refused(std::string("{}\0", 3), "byte 10: the header has a zero byte");
  expect_header_refused(std::string("{}\0junk", 7), "zero byte");
  expect_header_refused(std::string("{\"__metadata__\":{\"a\":\"\0\"}}", 27), "zero byte");
  EXPECT_EQ(count_, 35);
}

TEST_F(BadSafetensors, ValuesWhereTheFormatHasNone) {
  const std::string deep(9, '['), deeper(100'000, '[');
  expect_header_refused("{\"a\":" + deep + std::string(9, ']') + "}", "byte 13: an array stands where");
  expect_header_refused("{\"a\":" + deeper, "an array stands where");
  expect_header_refused("{\"a\":{\"dtype\":{\"dtype\":{\"dtype\":{}}}}}", "an object stands where");
  for (const char* value : {"null", "true", "1", "-1", "1.5", "\"x\"", "[]"}) {
    expect_header_refused(std::string("{\"a\":") + value + "}", "stands where");
    expect_header_refused(std::string("{\"__metadata__\":") + value + "}", "stands where");
  }
  for (const char* value : {"null", "true", "1", "-1", "1.5", "{}", "[]", "[\"x\"]"}) {
    expect_header_refused(std::string("{\"__metadata__\":{\"k\":") + value + "}}", "stands where");
  }
  for (const char* value : {"null", "1", "[\"F32\"]", "{}"}) {
    expect_header_refused(std::string("{\"a\":{\"dtype\":") + value + "}}", "stands where");
  }
  for (const char* field : {"shape", "data_offsets"}) {
    for (const char* value : {"null", "1", "\"2\"", "{}", "[\"2\"]", "[null]", "[true]", "[[2]]", "[{}]"}) {
      expect_header_refused(std::string("{\"a\":{\"") + field + "\":" + value + "}}", "stands where");
    }
  }
  EXPECT_EQ(count_, 47);
}

TEST_F(BadSafetensors, KeysThatComeTwice) {
  const std::string a = R"({"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  expect_header_refused("{\"a\":" + a + ",\"a\":" + a + "}", "the key 'a' comes twice");
  expect_header_refused("{\"a\":" + a + ",\"\\u0061\":" + a + "}", "the key 'a' comes twice");
  expect_header_refused("{\"/\":" + a + ",\"\\/\":" + a + "}", "the key '/' comes twice");
  expect_header_refused("{\"\":" + a + ",\"\":" + a + "}", "comes twice");
  expect_header_refused(R"({"__metadata__":{},"__metadata__":{}})", "\"__metadata__\" comes twice");
  expect_header_refused(R"({"__metadata__":{},"\u005f_metadata__":{}})", "\"__metadata__\" comes twice");
  expect_header_refused(R"({"__metadata__":{"k":"1","k":"1"}})", "comes twice in __metadata__");
  expect_header_refused(R"({"__metadata__":{"k":"1","\u006b":"2"}})", "comes twice in __metadata__");
  expect_header_refused(R"({"a":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}})", "'dtype' comes");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[0],"shape":[0],"data_offsets":[0,0]}})", "'shape' comes");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"data_offset\u0073":[0,0]}})", "comes");
  EXPECT_EQ(count_, 11);
}

TEST_F(BadSafetensors, KeysOfATensor) {
  expect_header_refused(R"({"a":{}})", "a tensor lacks its dtype");
  expect_header_refused(R"({"a":{"shape":[0],"data_offsets":[0,0]}})", "lacks its dtype");
  expect_header_refused(R"({"a":{"dtype":"F32","data_offsets":[0,0]}})", "lacks its shape");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[0]}})", "lacks its data_offsets");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":"y"}})", "here is the key 'x'");
  expect_header_refused(R"({"a":{"Dtype":"F32","shape":[0],"data_offsets":[0,0]}})", "here is the key 'Dtype'");
  expect_header_refused(R"({"a":{"":"F32","shape":[0],"data_offsets":[0,0]}})", "here is the key ''");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"b":{}})", "lacks its dtype");
  EXPECT_EQ(count_, 8);
}

TEST_F(BadSafetensors, NumbersThatAreNoPlainIntegers) {
  for (const char* n : {"-1", "-0", "1.0", "1e0", "0.0", "1E2", "18446744073709551616", "1e400"}) {
    const std::string number = n;
    expect_tensor_refused("[" + number + "]", "[0,4]", "byte ", 4);
    expect_tensor_refused("[1]", "[0," + number + "]", "byte ", 4);
    expect_tensor_refused("[1]", "[" + number + ",4]", "byte ", 4);
  }
  for (const char* offsets : {"[]", "[0]", "[0,4,4]", "[0,4,8,12]"}) {
    expect_tensor_refused("[1]", offsets, "data_offsets are two numbers", 4);
  }
  expect_tensor_refused("[1,1,1,1,1,1,1,1,1]", "[0,4]", "more than 8 dims", 4);
  EXPECT_EQ(count_, 29);
}

TEST_F(BadSafetensors, Dtypes) {
  for (const char* dtype : {"F8_E4M3", "F8_E5M2", "U16", "U32", "U64", "C64", "f32", "F32 ", "", "FLOAT"}) {
    expect_header_refused(std::string(R"({"w":{"dtype":")") + dtype + R"(","shape":[0],"data_offsets":[0,0]}})",
                          std::string("tensor 'w' has the dtype '") + dtype +
                              "'; F64, F32, F16, BF16, I64, I32, I16, I8, U8 and BOOL can be read");
  }
  EXPECT_EQ(count_, 10);
}

TEST_F(BadSafetensors, ShapesAgainstOffsets) {
  expect_tensor_refused("[1]", "[0,3]", "has 4 bytes by dtype and shape", 3);
  expect_tensor_refused("[1]", "[0,5]", "has 4 bytes by dtype and shape", 5);
  expect_tensor_refused("[]", "[0,0]", "has 4 bytes by dtype and shape");
  expect_tensor_refused("[0]", "[0,4]", "has 0 bytes by dtype and shape", 4);
  expect_tensor_refused("[2,0]", "[0,8]", "has 0 bytes by dtype and shape", 8);
  expect_tensor_refused("[1]", "[4,0]", "other than by its data_offsets", 4);
  expect_tensor_refused("[0]", "[4,0]", "other than by its data_offsets", 4);
  expect_tensor_refused("[1]", "[18446744073709551615,3]", "other than by its data_offsets", 4);
  expect_tensor_refused("[4611686018427387904]", "[0,0]", "more elements than 63 bits");
  expect_tensor_refused("[2305843009213693952]", "[0,0]", "more elements than 63 bits");
  expect_tensor_refused("[18446744073709551615]", "[0,0]", "more elements than 63 bits");
  expect_tensor_refused("[9223372036854775808]", "[0,0]", "more elements than 63 bits");
  expect_tensor_refused("[4294967296,4294967296]", "[0,0]", "more elements than 63 bits");
  expect_tensor_refused("[0,4294967296,4294967296]", "[0,0]", "more elements than 63 bits");
  expect_tensor_refused("[4294967296,4294967296,0]", "[0,0]", "more elements than 63 bits");
  expect_tensor_refused("[0,18446744073709551615]", "[0,0]", "more elements than 63 bits");
  EXPECT_EQ(count_, 16);
}

TEST_F(BadSafetensors, PlacesOfTensors) {
  const auto entry = [](const char* name, int begin, int end) {
    return std::string("\"") + name + R"(":{"dtype":"F32","shape":[)" + std::to_string((end - begin) / 4) +
           "],\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(end) + "]}";
  };
  const std::string hole = "should begin at data offset ";
  expect_header_refused("{" + entry("a", 4, 8) + "}", hole + "0", 8);
  expect_header_refused("{" + entry("a", 0, 4) + "," + entry("b", 8, 12) + "}", hole + "4", 12);
  expect_header_refused("{" + entry("a", 0, 8) + "," + entry("b", 4, 12) + "}", "tensor 'b' " + hole + "8", 12);
  expect_header_refused("{" + entry("a", 0, 4) + "," + entry("b", 0, 4) + "}", hole + "4", 4);
  expect_header_refused("{" + entry("a", 0, 4) + "," + entry("b", 0, 4) + "}", hole + "4", 8);
  expect_header_refused("{" + entry("a", 0, 8) + "," + entry("b", 4, 8) + "}", hole + "8", 8);
  expect_header_refused("{" + entry("a", 0, 8) + "," + entry("e", 4, 4) + "}", hole, 8);
  expect_header_refused("{" + entry("e", 4, 4) + "}", hole + "0", 4);
  expect_header_refused("{" + entry("a", 0, 4) + "}", "the tensors have 4 bytes, the file has 5", 5);
  expect_header_refused("{" + entry("a", 0, 4) + "}", "the tensors have 4 bytes, the file has 3", 3);
  expect_header_refused("{" + entry("a", 0, 4) + "}", "the tensors have 4 bytes, the file has 0", 0);
  expect_header_refused("{}", "byte 10: the tensors have 0 bytes, the file has 1", 1);
  expect_header_refused("{" + entry("a", 0, 400'000'000) + "}", "the tensors have 400000000 bytes", 100);
  EXPECT_EQ(count_, 13);
}

TEST_F(BadSafetensors, BoolsOtherThan0And1) {
  const std::string header = R"({"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}})";
  const std::string at = "byte " + std::to_string(8 + header.size() + 1) + ": a bool is 0 or 1";
  expect_refused(safetensors(header, std::string("\0\2\0", 3)), at);
  expect_refused(safetensors(header, std::string("\0\xff\0", 3)), at);
}

// What is left of a file, or what one wrong bit makes of it: refused, or the same names, shapes and dtypes.
class DamagedSafetensors : public files_test::Files {
 protected:
  void SetUp() override {
    Files::SetUp();
    good_.insert("fc.weight", tensor({{1.5F, -2.0F}, {0.0F, 3.0F}}));
    good_.insert("flag", tensor({1, 0, 1}, kBool));
    good_.insert("n", tensor({5, 6}, kLong));
    good_.insert("none", zeros({0, 2}));
    save_safetensors(good_, path_, {{"epoch", "3"}});
    bytes_ = files_test::read(path_);
  }
  // Whether the file was read; then it has what the good one has.
  bool reads(const std::string& bytes) {
    const files_test::MemoryFile damaged(bytes);
    try {
      const SafetensorsFile file = load_safetensors(damaged.path());
      EXPECT_EQ(file.keys(), good_.keys());
      for (const auto& [name, x] : good_) {
        EXPECT_EQ(file[name].sizes(), x.sizes());
        EXPECT_EQ(file[name].dtype(), x.dtype());
      }
      return true;
    } catch (const FormatError&) {
      return false;
    }
  }
  StateDict good_;
  std::string bytes_;
};

TEST_F(DamagedSafetensors, IsRefusedWhereverItIsCut) {
  for (std::size_t n = 0; n < bytes_.size(); ++n) EXPECT_FALSE(reads(bytes_.substr(0, n))) << n;
  EXPECT_FALSE(reads(bytes_ + '\0'));
  EXPECT_TRUE(reads(bytes_));
}

TEST_F(DamagedSafetensors, IsRefusedOrReadsAlikeWithOneBitWrong) {
  std::size_t n_read = 0;
  for (std::size_t at = 0; at < bytes_.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      SCOPED_TRACE("byte " + std::to_string(at) + ", bit " + std::to_string(bit));
      std::string bytes = bytes_;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      n_read += reads(bytes) ? 1U : 0U;
    }
  }
  EXPECT_GT(n_read, 256U);  // the bits of numbers at least
}

TEST_F(DamagedSafetensors, SaysThatTheNamesAreNotThoseWritten) {
  std::string bytes = bytes_;
  bytes.replace(bytes.find("fc.weight"), 2, "gc");
  files_test::write(path_, bytes);
  expect_error<FormatError>([&] { load_safetensors(path_); }, "byte 8: the header was damaged");
  bytes.replace(bytes.find("tapegrad.header"), 1, "T");  // nobody's
  files_test::write(path_, bytes);
  EXPECT_TRUE(load_safetensors(path_).contains("gc.weight"));
}

}  // namespace
}  // namespace tapegrad
