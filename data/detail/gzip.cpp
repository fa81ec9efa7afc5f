#include "data/detail/gzip.h"

#include <cstring>

#include "autograd/core/text.h"
#include "data/detail/inflate.h"

namespace tapegrad::data::detail {

using tapegrad::detail::InFile;

namespace {

constexpr std::uint8_t kHasCrc = 2, kHasExtra = 4, kHasName = 8, kHasComment = 16, kReserved = 0xe0;
constexpr std::size_t kHead = 10, kTail = 8;  // bytes
constexpr std::uint64_t kMostPacked = 1032;   // bytes in one, by deflate

std::uint32_t little_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// Where the deflated stream begins: behind a head of fixed size and what its flags say.
std::size_t stream_start(const InFile& file, std::string_view all) {
  const auto flags = static_cast<std::uint8_t>(all[3]);
  if (all[2] != 8) file.fail(2, "it is packed in another way than by deflate");
  if ((flags & kReserved) != 0) file.fail(3, "it has flags that gzip does not know");
  std::size_t at = kHead;
  if ((flags & kHasExtra) != 0) at += at + 2 <= all.size() ? 2 + little_endian(all, at, 2) : all.size();
  for (const std::uint8_t text : {kHasName, kHasComment}) {
    if ((flags & text) != 0) at = at < all.size() ? all.find('\0', at) : all.npos;
    if (at == all.npos) file.fail(all.size(), "the file ends in its head");
    if ((flags & text) != 0) ++at;
  }
  if ((flags & kHasCrc) != 0) at += 2;
  if (at + kTail > all.size()) file.fail(all.size(), "the file ends in its head");
  return at;
}

}  // namespace

InFile unpacked(const char* op, const std::string& path) {
  InFile file(op, path);
  const std::string head = file.head();
  if (head.size() < kHead + kTail || std::memcmp(head.data(), "\x1f\x8b", 2) != 0) return file;
  const std::string all = file.read_all();
  const std::size_t start = stream_start(file, all), end = all.size() - kTail;
  const std::uint32_t size = little_endian(all, end + 4, 4);
  if (size > (end - start) * kMostPacked)
    file.fail(end + 4, core::joined("it cannot hold ", size, " bytes: it is damaged, or has 4 GiB or more"));
  std::string bytes(size, '\0');
  const char* wrong = inflate(std::string_view(all).substr(start, end - start), bytes.data(), bytes.size());
  if (wrong != nullptr) file.fail(start, wrong);
  if (crc32(bytes) != little_endian(all, end, 4)) file.fail(end, "its checksum is another one");
  return InFile::of_bytes(core::joined(op, ": ", path, ": unpacked, "), std::move(bytes));
}

}  // namespace tapegrad::data::detail
