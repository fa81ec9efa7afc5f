// Zip: for each entry a local header, its name and bytes; then the directory, which says the same again, and its end.
// Read in one go, and refused unless all of it is so: nothing before, between or behind them.
#include <limits>

#include <tapegrad/data/npy.h>

#include "autograd/core/text.h"
#include "autograd/io/file_kind.h"
#include "data/detail/inflate.h"
#include "data/detail/npy.h"

namespace tapegrad::data {

using tapegrad::detail::InFile, tapegrad::detail::shown;

namespace {

constexpr std::uint64_t kInExtra = 0xffffffff;  // a number of 32 bits that stands, as 64, among the extra fields

// Little-endian.
std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

struct Entry {
  std::uint64_t start, flags, method, crc, packed, size;
  std::string name{};
  bool operator==(const Entry&) const = default;
};

struct Zip {
  InFile& file;
  std::uint64_t at = 0;

  std::string take(std::uint64_t bytes) {
    if (bytes > file.size() - at) file.fail(file.size(), "the file ends too early");
    std::string out(bytes, '\0');
    file.read(out.data(), bytes);
    at += bytes;
    return out;
  }

  // Behind its signature: a local header, or one in the directory, which has two bytes more before and more behind.
  Entry entry(bool in_directory) {
    const std::uint64_t start = at - 4;
    const std::string head = take(in_directory ? 42 : 26), fields = head.substr(in_directory ? 2 : 0);
    Entry e{in_directory ? number(head, 38, 4) : start,
            number(fields, 2, 2),
            number(fields, 4, 2),
            number(fields, 10, 4),
            number(fields, 14, 4),
            number(fields, 18, 4)};
    e.name = take(number(fields, 22, 2));
    std::string extra = take(number(fields, 24, 2));
    if (in_directory) take(number(head, 28, 2));  // a comment
    for (; extra.size() >= 4; extra.erase(0, 4 + number(extra, 2, 2))) {
      if (number(extra, 2, 2) > extra.size() - 4) file.fail(start, "an extra field is longer than all of them");
      std::size_t next = 4;
      for (std::uint64_t* value : {&e.size, &e.packed, &e.start}) {
        if (number(extra, 0, 2) != 1 || *value != kInExtra || next + 8 > 4 + number(extra, 2, 2)) continue;
        *value = number(extra, next, 8);
        next += 8;
      }
    }
    return e;
  }

  std::string unpacked(const Entry& e) {
    const std::uint64_t start = at;
    const auto fail = [&](const std::string& what) { file.fail(start, shown(e.name) + ": " + what); };
    if ((e.flags & 1) != 0) fail("it is encrypted; decrypt it first");
    if ((e.flags & 8) != 0) fail("its size stands behind it, as in archives that are written to a pipe; write a file");
    if (e.method != 0 && e.method != 8)
      fail(core::joined("it is packed by method ", e.method, "; 0 (stored) and 8 (deflated) can be read"));
    std::string bytes = take(e.packed);
    if (e.method == 8) {
      // Deflating makes 258 bytes of two bits at most.
      if (e.size / 1032 > e.packed) fail(core::joined("it cannot unpack to ", e.size, " bytes"));
      std::string all(e.size, '\0');
      if (const char* const wrong = detail::inflate(bytes, all.data(), all.size())) fail(wrong);
      bytes = std::move(all);
    }
    if (bytes.size() != e.size) fail("its two sizes differ, though it is not packed");
    if (detail::crc32(bytes) != e.crc) fail("its CRC-32 is not that of its bytes");
    return bytes;
  }
};

}  // namespace

StateDict load_npz(const std::string& path) {
  InFile file("load_npz", path);
  if (const std::string head = file.head(); !head.starts_with("PK\3\4") && !head.starts_with("PK\5\6")) {
    file.fail(0, "it does not begin with PK: no .npz file" +
                     tapegrad::detail::looks_like_other(head, tapegrad::detail::kNpzFile));
  }
  Zip zip{file};
  StateDict arrays("Array");
  std::vector<Entry> entries;
  std::string signature;
  while ((signature = zip.take(4)) == "PK\3\4") {
    const Entry& e = entries.emplace_back(zip.entry(false));
    const std::string name = e.name.substr(0, e.name.size() - std::min<std::size_t>(e.name.size(), 4));
    if (e.name != name + ".npy") file.fail(e.start, shown(e.name) + " is no array, whose name ends in .npy");
    if (arrays.contains(name)) file.fail(e.start, shown(e.name) + " is there twice");
    InFile array = InFile::of_bytes("load_npz: " + path + ": " + shown(e.name) + ": ", zip.unpacked(e));
    arrays.insert(name, detail::read_npy(array));
  }

  const std::uint64_t directory = zip.at - 4;
  for (const Entry& e : entries) {
    const std::uint64_t start = zip.at - 4;
    if (signature != "PK\1\2" || zip.entry(true) != e)
      file.fail(start, "the directory does not say of " + shown(e.name) + " what stands before it");
    signature = zip.take(4);
  }
  // Where a number is too long for its place, it stands in a record before.
  const std::uint64_t all[] = {entries.size(), entries.size(), zip.at - 4 - directory, directory};
  const std::uint64_t end = zip.at - 4;
  bool fits = true, is_long = signature == "PK\6\6";
  if (is_long) {
    const std::string record = zip.take(52), locator = zip.take(20);
    for (std::size_t i = 0; i < 4; ++i) fits = fits && number(record, 20 + 8 * i, 8) == all[i];
    fits = fits && locator.starts_with("PK\6\7") && number(locator, 8, 8) == end;
    signature = zip.take(4);
  }
  const std::string record = zip.take(18);
  fits = fits && number(record, 0, 4) == 0;  // of one disk
  std::size_t at = 4;
  for (const std::uint64_t wanted : all) {
    const std::size_t width = at < 8 ? 2 : 4;
    const std::uint64_t value = number(record, at, width), most = width == 2 ? 0xffff : kInExtra;
    fits = fits && (value == wanted || (is_long && value == most));
    at += width;
  }
  if (signature != "PK\5\6" || !fits) file.fail(end, "the end of the directory does not say what stands before it");
  if (zip.at + number(record, 16, 2) != file.size()) file.fail(zip.at, "bytes behind the archive");
  return arrays;
}

}  // namespace tapegrad::data
