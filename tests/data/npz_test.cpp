#include <tapegrad/data/npy.h>
#include <tapegrad/testing.h>

#include <cmath>
#include <limits>

#include "npz_golden.h"
#include "tests/common/files.h"

namespace tapegrad {
namespace {

using npz_golden::bytes_of;

StateDict read(const std::string& bytes) { return data::load_npz(files_test::MemoryFile(bytes).path()); }

std::string refusal(const std::string& bytes) {
  try {
    read(bytes);
  } catch (const FormatError& e) {
    return e.what();
  }
  return "it was read";
}

// The k-th place of `what` in `bytes` with other bytes.
std::string with(std::string bytes, const std::string& what, std::size_t k, std::size_t offset,
                 const std::string& other) {
  std::size_t at = bytes.find(what);
  while (k-- > 0) at = bytes.find(what, at + 1);
  EXPECT_NE(at, std::string::npos);
  return bytes.replace(at + offset, other.size(), other);
}

const std::string kLocal("PK\3\4"), kDirectory("PK\1\2"), kEnd("PK\5\6");

void expect_small(const StateDict& arrays) {
  EXPECT_EQ(arrays.keys(), (std::vector<std::string>{"x", "y", "a/b"}));
  EXPECT_TENSOR_EQ(arrays["x"], tensor({{0, 1, 2}, {3, 4, 5}}, kFloat));
  EXPECT_TENSOR_EQ(arrays["y"], tensor({1, 0}, kBool));
  EXPECT_TENSOR_EQ(arrays["a/b"], tensor(-7, kShort));
}

void expect_packed(const StateDict& arrays, bool with_steps = true) {
  const Tensor i = arange(500);
  EXPECT_TENSOR_EQ(arrays["squares"], (i * i) % 97);
  EXPECT_EQ(arrays["none"].sizes(), IntList({0, 3}));
  EXPECT_EQ(arrays["noise"].sizes(), IntList({600}));
  EXPECT_EQ(arrays["noise"].to(kLong).sum().item<std::int64_t>(), 76313);
  if (with_steps) {
    EXPECT_TENSOR_EQ(arrays["steps"], (floor(arange(70000).to(kDouble) / 64).to(kLong) * 37 % 256).to(kByte));
  }
}

TEST(Npz, ReadsWhatNumPyWrites) {
  expect_small(read(bytes_of(npz_golden::stored)));
  expect_small(read(bytes_of(npz_golden::small)));
  expect_packed(read(bytes_of(npz_golden::packed)));
  expect_packed(read(bytes_of(npz_golden::fast)));
  expect_packed(read(bytes_of(npz_golden::unpacked)), false);
  EXPECT_TRUE(read(bytes_of(npz_golden::empty)).empty());
}

TEST(Npz, ReadsIntegersAndHalves) {
  for (const char* hex : {npz_golden::typed, npz_golden::typed_small}) {
    const StateDict arrays = read(bytes_of(hex));
    EXPECT_EQ(arrays.keys(), (std::vector<std::string>{"i4", "i1", "f2"}));
    EXPECT_TENSOR_EQ(arrays["i4"], tensor({{-2147483648, -1, 0}, {1, 65537, 2147483647}}, kInt));
    EXPECT_TENSOR_EQ(arrays["i1"], tensor({{-128, -1, 0}, {1, 64, 127}}, kChar));
    const Tensor f2 = arrays["f2"];
    EXPECT_EQ(f2.dtype(), kHalf);
    const double inf = std::numeric_limits<double>::infinity();
    // 0.1 to 11 bits is 1638 / 2^14.
    EXPECT_TENSOR_EQ(f2.slice(0, 0, 8).to(kDouble), tensor({1.5, -65504.0, std::ldexp(1.0, -14), std::ldexp(1.0, -24),
                                                            std::ldexp(1638.0, -14), -0.0, inf, -inf},
                                                           kDouble));
    EXPECT_TRUE(std::signbit(f2.to(kDouble)[5].item<double>()));
    EXPECT_TRUE(std::isnan(f2[8].item<double>()));
    // And as a program takes them in.
    EXPECT_TENSOR_EQ(arrays["i4"].to(kDouble).sum(0), tensor({-2147483647.0, 65536.0, 2147483647.0}, kDouble));
    EXPECT_TENSOR_EQ(arrays["i1"].to(kFloat).sum(), tensor(63, kFloat));
  }
}

TEST(Npz, RefusesEveryFileThatIsCutShortOrTooLong) {
  for (const char* hex : {npz_golden::stored, npz_golden::packed, npz_golden::unpacked, npz_golden::empty}) {
    const std::string bytes = bytes_of(hex);
    const std::size_t step = bytes.size() > 2000 ? 3 : 1;
    for (std::size_t n = 0; n < bytes.size(); n += step) EXPECT_NE(refusal(bytes.substr(0, n)), "it was read") << n;
    EXPECT_NE(refusal(bytes + '\0').find("bytes behind the archive"), std::string::npos);
    EXPECT_NE(refusal('\0' + bytes).find("byte 0: it does not begin with PK"), std::string::npos);
  }
}

// What is read and does not count: versions, times, attributes. All else is refused or makes the same arrays.
TEST(Npz, NeverReadsOtherArraysWhereABitIsWrong) {
  for (const char* hex : {npz_golden::stored, npz_golden::small, npz_golden::packed, npz_golden::unpacked}) {
    const std::string bytes = bytes_of(hex);
    const StateDict right = read(bytes);
    const std::size_t step = bytes.size() > 2000 ? 13 : 3;
    std::size_t n_read = 0;
    for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += step) {
      std::string wrong = bytes;
      wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ 1 << bit % 8);
      try {
        const StateDict got = read(wrong);
        ++n_read;
        ASSERT_EQ(got.keys(), right.keys()) << bit;
        for (const auto& [name, x] : right) ASSERT_TRUE(got[name].equal(x)) << bit;
      } catch (const FormatError&) {
      }
    }
    EXPECT_LT(n_read, 8 * bytes.size() / step / 4);
  }
}

TEST(Npz, SaysWhatIsWrong) {
  const std::string stored = bytes_of(npz_golden::stored), small = bytes_of(npz_golden::small);
  const auto expect_refused = [](const std::string& bytes, const std::string& part) {
    EXPECT_NE(refusal(bytes).find(part), std::string::npos) << refusal(bytes);
  };
  expect_refused("", "byte 0: it does not begin with PK: no .npz file");
  expect_refused("\x93NUMPY", "it looks like a NumPy array (.npy); read it with data::load_npy()");
  expect_refused(with(stored, kLocal, 0, 6, "\1"), "'x.npy': it is encrypted");
  expect_refused(with(stored, kLocal, 0, 6, std::string("\x08")), "'x.npy': its size stands behind it");
  expect_refused(with(stored, kLocal, 1, 8, "\x0c"), "'y.npy': it is packed by method 12; 0 (stored) and 8 (deflated)");
  expect_refused(with(stored, kLocal, 0, 14, "???"), "'x.npy': its CRC-32 is not that of its bytes");
  expect_refused(with(stored, "x.npy", 0, 0, "x.txt"), "'x.txt' is no array, whose name ends in .npy");
  expect_refused(with(stored, "y.npy", 0, 0, "x.npy"), "'x.npy' is there twice");
  expect_refused(with(stored, "y.npy", 1, 0, "z.npy"), "the directory does not say of 'y.npy' what stands before it");
  expect_refused(with(stored, kDirectory, 2, 42, "\1"), "the directory does not say of 'a/b.npy'");
  for (const std::size_t at : {8, 10, 12, 16})
    expect_refused(with(stored, kEnd, 0, at, "\x7f"), "the end of the directory");
  expect_refused(with(stored, kEnd, 0, 20, "\1"), "bytes behind the archive");
  expect_refused(with(small, "x.npy", 0, 25, "\7"), "'x.npy': a packed block is of no known kind");
}

// Newer versions of Python write all sizes as 64 bits, behind the name: "x.npy", 4 bytes, what it unpacks to, what it
// takes.
const std::string kLong(4, '\xff');

TEST(Npz, ReadsSizesOfSixtyFourBits) {
  for (const char* hex : {npz_golden::stored, npz_golden::small}) {
    const std::string bytes = bytes_of(hex);
    expect_small(read(with(with(bytes, kLocal, 0, 18, kLong + kLong), kLocal, 2, 18, kLong + kLong)));
    EXPECT_NE(refusal(with(with(bytes, kLocal, 0, 18, kLong), "x.npy", 0, 7, "\1")), "it was read");
  }
}

TEST(Npz, TakesNoMemoryForASizeThatCannotBe) {
  const std::string huge("\0\0\0\0\0\0\0\x10", 8);
  const std::string small = with(bytes_of(npz_golden::small), kLocal, 0, 22, kLong);
  EXPECT_NE(refusal(with(small, "x.npy", 0, 9, huge)).find("it cannot unpack to 1152921504606846976"),
            std::string::npos);
  const std::string stored = with(bytes_of(npz_golden::stored), kLocal, 0, 18, kLong);
  EXPECT_NE(refusal(with(stored, "x.npy", 0, 9, huge)).find("the file ends too early"), std::string::npos);
}

TEST(Npz, NamesTheArrayWhoseBytesAreWrong) {
  // An archive of one entry that is no .npy inside: its CRC-32 fits.
  const auto n = [](std::uint64_t v, std::size_t width) { return files_test::little_endian(v).substr(0, width); };
  const std::string content = "no array", name = "w.npy";
  const std::string fields = n(20, 2) + n(0, 8) + n(0xbd3f4d70, 4) + n(8, 4) + n(8, 4) + n(5, 2) + n(0, 2);
  const std::string local = kLocal + fields + name + content;
  const std::string directory = kDirectory + n(20, 2) + fields + n(0, 14) + name;
  const std::string bytes =
      local + directory + kEnd + n(0, 4) + n(1, 2) + n(1, 2) + n(directory.size(), 4) + n(local.size(), 4) + n(0, 2);
  EXPECT_NE(refusal(bytes).find(": 'w.npy': byte 0: it does not begin with \\x93NUMPY"), std::string::npos)
      << refusal(bytes);
}

// What stands for the sizes of archives beyond 4 GiB, or of more than 65,535 entries.
TEST(Npz, ReadsTheLongEndOfADirectory) {
  const std::string bytes = bytes_of(npz_golden::stored);
  const auto n = [](std::uint64_t v, std::size_t width) { return files_test::little_endian(v).substr(0, width); };
  const std::size_t end = bytes.find(kEnd), directory = bytes.find(kDirectory);
  const auto made = [&](std::uint64_t entries, std::uint64_t at) {
    return bytes.substr(0, end) + "PK\6\6" + n(44, 8) + std::string(12, '\0') + n(entries, 8) + n(entries, 8) +
           n(end - directory, 8) + n(directory, 8) + "PK\6\7" + n(0, 4) + n(at, 8) + n(1, 4) + kEnd + n(0, 4) +
           std::string(12, '\xff') + n(0, 2);
  };
  expect_small(read(made(3, end)));
  EXPECT_NE(refusal(made(4, end)).find("the end of the directory does not say"), std::string::npos);
  EXPECT_NE(refusal(made(3, end + 1)).find("the end of the directory does not say"), std::string::npos);
}

}  // namespace
}  // namespace tapegrad
