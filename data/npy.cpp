// The format: "\x93NUMPY", two bytes of version, the header's length (2 bytes in version 1, else 4), the header, a
// Python dict {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }, and the elements.
#include <tapegrad/data/npy.h>

#include <algorithm>
#include <array>

#include "autograd/io/file_kind.h"
#include "data/detail/npy.h"

namespace tapegrad::data {

namespace {

using tapegrad::detail::InFile;
using tapegrad::detail::shown;

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr const char* kDescr[kDtypeEnd] = {"|b1", "|u1", "", "|i1", "",    "<i2", "",   "<i4",
                                           "<i8", "<f2", "", "",    "<f4", "",    "<f8"};  // by Dtype; none of bf16
constexpr const char* kKeys[] = {"descr", "fortran_order", "shape"};

// The header, by its grammar: nothing is evaluated.
struct HeaderParser {
  const InFile& file;
  std::string_view text;
  std::uint64_t start;  // of the text in the file
  std::size_t pos = 0;
  std::string_view descr{};
  bool fortran_order = false;
  std::vector<std::int64_t> shape{};

  [[noreturn]] void fail(const std::string& what) const { file.fail(start + pos, what); }
  void skip_blanks() { pos = std::min(text.find_first_not_of(" \t\r\n", pos), text.size()); }
  bool take(std::string_view token) {
    skip_blanks();
    const bool there = text.substr(pos).starts_with(token);
    if (there) pos += token.size();
    return there;
  }
  void need(std::string_view token) {
    if (!take(token)) fail("the header lacks a " + std::string(token) + " here");
  }

  std::string_view quoted(const char* what) {
    const char quote = take("'") ? '\'' : take("\"") ? '"' : '\0';
    const std::size_t end = text.find(quote, pos);
    if (quote == '\0' || end == text.npos) fail(std::string("expected ") + what + " in quotes");
    const std::string_view out = text.substr(pos, end - pos);
    pos = end + 1;
    return out;
  }

  std::int64_t size() {
    skip_blanks();
    const std::size_t end = std::min(text.find_first_not_of("0123456789", pos), text.size());
    const std::string_view digits = text.substr(pos, end - pos);
    if (digits.empty() || digits.size() > 18 || (digits.size() > 1 && digits[0] == '0')) {
      fail("a size is a number from 0 to 10^18 - 1");
    }
    std::int64_t value = 0;
    for (const char c : digits) value = 10 * value + (c - '0');
    pos = end;
    return value;
  }

  void tuple() {
    need("(");
    while (!take(")")) {
      if (shape.size() == kMaxRank) fail("the array has more than 8 dims");
      shape.push_back(size());
      if (take(",")) continue;
      if (shape.size() == 1) fail("a tuple of one size ends in a comma");
      return need(")");
    }
  }

  void parse() {
    std::array<bool, 3> has{};
    need("{");
    while (!take("}")) {
      const std::string_view key = quoted("a key");
      const auto at = static_cast<std::size_t>(std::find(kKeys, std::end(kKeys), key) - kKeys);
      if (at == 3 || std::exchange(has[at], true)) {
        fail("the keys are descr, fortran_order and shape, once each, but here is " + shown(key));
      }
      need(":");
      if (at == 0) descr = quoted("a dtype, not structured,");
      if (at == 1) fortran_order = take("True");
      if (at == 1 && !fortran_order) need("False");
      if (at == 2) tuple();
      if (take(",")) continue;
      need("}");
      break;
    }
    skip_blanks();
    if (pos < text.size()) fail("text behind the header's dict");
    if (has != std::array{true, true, true}) fail("the header lacks descr, fortran_order or shape");
  }
};

}  // namespace

Tensor detail::read_npy(InFile& file) {
  unsigned char head[12] = {};
  file.read(head, std::min<std::uint64_t>(file.size(), 8));
  const bool known = head[6] >= 1 && head[6] <= 3 && head[7] == 0;
  if (!std::equal(kMagic.begin(), kMagic.end(), reinterpret_cast<const char*>(head))) {
    file.fail(0, "it does not begin with \\x93NUMPY: no .npy file" +
                     tapegrad::detail::looks_like_other(file.head(), tapegrad::detail::kNpyFile));
  }
  if (!known) file.fail(6, "the version is not 1.0, 2.0 or 3.0");
  const std::uint64_t start = head[6] == 1 ? 10 : 12;
  if (file.size() < start) file.fail(file.size(), "the file ends in the header's length");
  file.read(head + 8, start - 8);
  const std::uint64_t length =
      head[8] | std::uint64_t{head[9]} << 8 | std::uint64_t{head[10]} << 16 | std::uint64_t{head[11]} << 24;
  if (length > 10'000 || length > file.size() - start) {
    file.fail(8, "the header has " + std::to_string(length) + " bytes, more than the file or than 10,000");
  }
  std::string text(length, '\0');
  file.read(text.data(), length);

  HeaderParser header{file, text, start};
  header.parse();
  const auto* const found = std::find_if(std::begin(kAllDtypes), std::end(kAllDtypes), [&](Dtype d) {
    return d != kBFloat16 && header.descr == kDescr[static_cast<std::size_t>(d)];
  });
  if (found == std::end(kAllDtypes)) {
    file.fail(start, "the dtype is " + shown(header.descr) +
                         "; <f8, <f4, <f2, <i8, <i4, <i2, |i1, |u1 and |b1 can be read: convert it first");
  }
  const Dtype dtype = *found;
  const std::uint64_t bytes = file.tensor_bytes(start, dtype, header.shape), there = file.size() - start - length;
  if (bytes != there) {
    file.fail(
        start + length + std::min(bytes, there),
        "the array has " + std::to_string(bytes) + " bytes by dtype and shape, the file " + std::to_string(there));
  }
  if (!header.fortran_order) return file.read_tensor(dtype, header.shape);
  std::reverse(header.shape.begin(), header.shape.end());
  const Tensor x = file.read_tensor(dtype, header.shape);
  std::vector<std::int64_t> dims;
  for (std::int64_t d = x.dim(); d-- > 0;) dims.push_back(d);
  return x.permute(dims).contiguous();
}

Tensor load_npy(const std::string& path) {
  InFile file("load_npy", path);
  return detail::read_npy(file);
}

void save_npy(const std::string& path, const Tensor& x) {
  if (!x.defined()) throw Error("save_npy: the tensor is undefined; there is nothing to write");
  if (x.dtype() == kBFloat16) throw DtypeError("save_npy: NumPy has no bfloat16; convert with to(kFloat) first");
  std::string header = "{'descr': '" + std::string(kDescr[static_cast<std::size_t>(x.scalar_type())]) +
                       "', 'fortran_order': False, 'shape': (";
  for (const std::int64_t size : x.sizes()) header += std::to_string(size) + (x.dim() == 1 ? "," : ", ");
  if (x.dim() > 1) header.resize(header.size() - 2);
  header += "), }";
  header.append(63 - (10 + header.size()) % 64, ' ') += '\n';
  const char length[] = {static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};

  tapegrad::detail::AtomicFile file("save_npy", path);
  file.write(std::string(kMagic) + '\1' + '\0' + std::string(length, 2) + header);
  file.write(x);
  file.commit();
}

}  // namespace tapegrad::data
