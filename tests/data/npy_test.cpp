#include <tapegrad/data/npy.h>
#include <tapegrad/testing.h>

#include "tests/common/files.h"

namespace tapegrad {
namespace {

// A file of that version with that header.
std::string npy(const std::string& header, const std::string& data = "", int version = 1) {
  std::string out = "\x93NUMPY";
  out += static_cast<char>(version);
  out += '\0';
  return out + files_test::little_endian(header.size()).substr(0, version == 1 ? 2 : 4) + header + data;
}

const std::string kOne("\0\0\x80\x3f", 4);

class Npy : public files_test::Files {
 protected:
  void expect_refused(const std::string& bytes, const std::string& part) {
    files_test::write(path_, bytes);
    SCOPED_TRACE(bytes.substr(0, 200));
    try {
      data::load_npy(path_);
      ADD_FAILURE() << "it was read";
    } catch (const FormatError& e) {
      const std::string text = e.what(), start = "load_npy: " + path_ + ": byte ";
      EXPECT_EQ(text.substr(0, start.size()), start);
      EXPECT_NE(text.find(part), std::string::npos) << text;
    }
  }
  void expect_header_refused(const std::string& header, const std::string& part, std::size_t data_bytes = 4) {
    expect_refused(npy(header, std::string(data_bytes, '\0')), part);
  }
  Tensor read(const std::string& bytes) {
    files_test::write(path_, bytes);
    return data::load_npy(path_);
  }
};

TEST_F(Npy, ReadsWhatItWrote) {
  for (const Tensor& x :
       {tensor(1.5F), tensor({1.0, -0.0, 3.0}, kDouble), tensor({{1, 2, 3}, {4, 5, 6}}), tensor({1, 0}, kBool),
        zeros({0}), zeros({2, 0, 3}), arange(6).view({2, 3}).t(), ones({1, 1, 1, 1, 1, 1, 1, 2})}) {
    data::save_npy(path_, x);
    EXPECT_TENSOR_EQ(data::load_npy(path_), x);
    EXPECT_TRUE(data::load_npy(path_).is_contiguous());
  }
  expect_error<Error>([&] { data::save_npy(path_, Tensor()); }, "save_npy: the tensor is undefined");
}

TEST_F(Npy, KeepsEveryDtypeThatNumPyHas) {
  for (const Dtype d : kAllDtypes) {
    const Tensor x = arange(5).to(d);
    if (d == kBFloat16) {
      expect_error<DtypeError>([&] { data::save_npy(path_, x); }, "NumPy has no bfloat16");
    } else {
      data::save_npy(path_, x);
      EXPECT_EQ(data::load_npy(path_).dtype(), d);
      EXPECT_TENSOR_EQ(data::load_npy(path_).to(kDouble), x.to(kDouble));
    }
  }
}

TEST_F(Npy, WritesTheBytesOfNumPy) {
  data::save_npy(path_, tensor({1.0F}));
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
  EXPECT_EQ(files_test::read(path_), npy(header + std::string(117 - header.size(), ' ') + "\n", kOne));
  data::save_npy(path_, zeros({2, 3}, kBool));
  EXPECT_NE(files_test::read(path_).find("{'descr': '|b1', 'fortran_order': False, 'shape': (2, 3), }"),
            std::string::npos);
  EXPECT_EQ(files_test::read(path_).size(), 128U + 6U);
}

TEST_F(Npy, ReadsEveryVersionAndSpelling) {
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
  for (const int version : {1, 2, 3}) EXPECT_TENSOR_EQ(read(npy(header + "  \n", kOne, version)), tensor({1.0F}));
  EXPECT_TENSOR_EQ(read(npy("{\"shape\":(),\"fortran_order\":True,\"descr\":\"<f4\"}", kOne)), tensor(1.0F));
  EXPECT_TENSOR_EQ(read(npy("{'descr':'|b1','fortran_order':False,'shape':( 1 , 2 ,)}", std::string("\0\1", 2))),
                   tensor({{0, 1}}, kBool));
}

TEST_F(Npy, HonoursFortranOrder) {
  const Tensor x = arange(24).view({2, 3, 4});
  const Tensor columns = x.permute({2, 1, 0}).contiguous();
  const std::string bytes(static_cast<const char*>(columns.data_ptr()), 24 * 8);
  EXPECT_TENSOR_EQ(read(npy("{'descr': '<i8', 'fortran_order': True, 'shape': (2, 3, 4), }", bytes)), x);
}

TEST_F(Npy, RefusesTheBeginning) {
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", good = npy(header, kOne);
  for (std::size_t n = 0; n < good.size(); ++n) expect_refused(good.substr(0, n), "");
  expect_refused("", "byte 0: it does not begin");
  expect_refused("PK\3\4 a zip file", "byte 0: it does not begin");
  expect_refused(npy(header, kOne, 4), "byte 6: the version");
  expect_refused(npy(header, kOne, 0), "byte 6: the version");
  expect_refused(std::string("\x93NUMPY\1\1", 8) + std::string(100, ' '), "byte 6: the version");
  expect_refused(std::string("\x93NUMPY\2\0\x10\x27", 10), "ends in the header's length");
  expect_refused(npy(std::string(10'001, ' ')), "byte 8: the header has 10001 bytes");
  expect_refused(std::string("\x93NUMPY\2\0\xff\xff\xff\xff", 12), "byte 8: the header has 4294967295 bytes");
}

TEST_F(Npy, RefusesHeadersByTheirGrammar) {
  const std::string descr = "'descr': '<f4'", order = "'fortran_order': False", shape = "'shape': (1,)";
  const auto of = [](const std::string& a, const std::string& b, const std::string& c) {
    return "{" + a + ", " + b + ", " + c + "}";
  };
  expect_header_refused("", "byte 10: the header lacks a {");
  expect_header_refused("{}", "lacks descr, fortran_order or shape");
  expect_header_refused("{" + descr + ", " + order + "}", "lacks descr");
  expect_header_refused(of(descr, order, shape) + "x", "text behind");
  expect_header_refused(of(descr, order, shape).substr(0, 50), "");
  expect_header_refused(of(descr, order, shape + ", 'x': 1"), "here is 'x'");
  expect_header_refused(of(descr, order, shape + ", " + shape), "here is 'shape'");
  expect_header_refused(of(descr, order, descr), "here is 'descr'");
  expect_header_refused("{" + descr + " " + order + ", " + shape + "}", "lacks a }");
  expect_header_refused("{descr: '<f4'}", "expected a key in quotes");
  expect_header_refused("{'descr", "expected a key in quotes");
  expect_header_refused("{'descr' '<f4'}", "lacks a :");
  for (const char* bad : {"'fortran_order': 0", "'fortran_order': false", "'fortran_order': None",
                          "'fortran_order': 'True'", "'fortran_order': not True"}) {
    expect_header_refused(of(descr, bad, shape), "lacks a False here");
  }
  for (const char* bad : {"(-1,)",
                          "(1.0,)",
                          "(+1,)",
                          "(01,)",
                          "(1L,)",
                          "(0x1,)",
                          "(1e0,)",
                          "('1',)",
                          "(1,,)",
                          "(,)",
                          "(1 1)",
                          "(True,)",
                          "(1000000000000000000,)",
                          "(99999999999999999999,)",
                          "(1*1,)",
                          "((1),)",
                          "(1, 1",
                          "1",
                          "[1]",
                          "()()",
                          "(1)",
                          "(__import__('os').getpid(),)"}) {
    expect_header_refused(of(descr, order, std::string("'shape': ") + bad), "byte ");
  }
  expect_header_refused(of(descr, order, "'shape': (1,1,1,1,1,1,1,1,1)"), "more than 8 dims");
}

TEST_F(Npy, RefusesDtypesItHasNot) {
  for (const char* descr : {"|O", "|V8", ">f4", "=f4", "f4", "<u2", "<c8", "<U4", "<M8[ns]", ""}) {
    expect_header_refused(
        std::string("{'descr': '") + descr + "', 'fortran_order': False, 'shape': (1,)}",
        std::string("the dtype is '") + descr + "'; <f8, <f4, <f2, <i8, <i4, <i2, |i1, |u1 and |b1 can be read");
  }
  expect_header_refused("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "not structured");
}

TEST_F(Npy, RefusesShapesThatDoNotFit) {
  const auto of = [](const std::string& shape) {
    return "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}";
  };
  expect_header_refused(of("(1,)"), "4 bytes by dtype and shape, the file 5", 5);
  expect_header_refused(of("(1,)"), "4 bytes by dtype and shape, the file 3", 3);
  expect_header_refused(of("(0,)"), "0 bytes by dtype and shape, the file 4");
  expect_header_refused(of("(1000000000,)"), "4000000000 bytes by dtype and shape", 100);
  expect_header_refused(of("(4294967296, 4294967296)"), "more elements than 63 bits");
  expect_header_refused(of("(4294967296, 4294967296, 0)"), "more elements than 63 bits", 0);
  expect_header_refused(of("(0, 4294967296, 4294967296)"), "more elements than 63 bits", 0);
  expect_refused(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", "\1\2"), "a bool is 0 or 1");
  expect_error<IoError>([&] { data::load_npy(folder_.string()); }, "load_npy: ");
}

}  // namespace
}  // namespace tapegrad
