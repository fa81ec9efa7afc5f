// A file is: the header's length N as 8 bytes, little-endian; N bytes of JSON; the tensors' bytes. The header maps
// "__metadata__" to strings, and each tensor's name to {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}.
#include <tapegrad/autograd/safetensors.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <iterator>
#include <nlohmann/json.hpp>

#include "autograd/core/text.h"
#include "autograd/io/file.h"
#include "autograd/io/file_kind.h"

namespace tapegrad {

namespace {

using detail::AtomicFile;
using detail::InFile;
using detail::shown;
using nlohmann::json;
static_assert(std::endian::native == std::endian::little, "the bytes of a file are those in memory");

constexpr std::uint64_t kLongestHeader = 100'000'000;
constexpr const char* kMetadata = "__metadata__";
// Our own entry of the metadata: the sum of all fingerprints. A damaged name or an empty tensor's damaged shape would
// still be a good file.
constexpr const char* kOwnKey = "tapegrad.header";
constexpr const char* kDtypeNames[kDtypeEnd] = {"BOOL", "U8",  "", "I8",   "",    "I16", "",   "I32",
                                                "I64",  "F16", "", "BF16", "F32", "",    "F64"};  // by Dtype
constexpr const char* kFields[] = {"dtype", "shape", "data_offsets"};

struct Entry {
  std::uint64_t at = 0;  // byte of the file where its name ends
  std::array<bool, 3> has{};
  std::string dtype_name{};
  Dtype dtype{};
  std::array<std::uint64_t, kMaxRank> sizes{};
  std::array<std::uint64_t, 2> offsets{};
  std::size_t rank = 0, n_offsets = 0;
  Tensor tensor{};

  IntList shape() const { return {reinterpret_cast<const std::int64_t*>(sizes.data()), rank}; }
};

// FNV-1a of a tensor's name, dtype and shape. Two texts that differ in one byte have different ones for certain.
std::uint64_t fingerprint(const std::string& name, Dtype dtype, IntList sizes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name + '\0' + kDtypeNames[static_cast<std::size_t>(dtype)] + core::text(sizes)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

// An iterator over the header that counts the bytes which the parser has taken, for messages.
struct Cursor : std::iterator_traits<const char*> {
  using iterator_category = std::input_iterator_tag;

  const char* next;
  std::uint64_t* taken;

  reference operator*() const { return *next; }
  Cursor& operator++() { return ++next, ++*taken, *this; }
  bool operator==(const Cursor& other) const { return next == other.next; }
};

// Takes the parser's events as they come, because a tree of the header would take many times its bytes. Each event is
// checked against the place where it comes; a bad one throws, so the functions that the parser calls return true.
struct HeaderReader {
  // How many objects and arrays are open. At kHeader keys are names of tensors, or "__metadata__"; at kItem keys are
  // fields of the tensor `entry`, or strings of the metadata where entry is null; kList is a shape or data_offsets.
  static constexpr int kHeader = 1, kItem = 2, kList = 3;

  const InFile& file;
  std::uint64_t taken = 0;  // of the header
  std::map<std::string, Entry> entries{};
  Metadata metadata{};
  bool has_metadata = false;
  int depth = 0;
  Entry* entry = nullptr;
  std::string metadata_key{};
  std::size_t field = 0;  // its place in kFields

  std::uint64_t at() const { return 8 + taken - 1; }  // the byte that was taken last
  [[noreturn]] void fail(const std::string& what) const { file.fail(at(), what); }
  [[noreturn]] void misplaced(const char* what) const {
    fail(std::string(what) + " stands where the format has none; see docs/files.md");
  }

  // --- what nlohmann calls
  bool null() { misplaced("null"); }
  bool boolean(bool) { misplaced("true or false"); }
  bool number_integer(json::number_integer_t) { misplaced("a negative number"); }
  bool number_float(json::number_float_t, const std::string&) { misplaced("a number that is no plain integer"); }
  bool binary(json::binary_t&) { misplaced("binary data"); }
  bool number_unsigned(json::number_unsigned_t value) {
    if (depth != kList) misplaced("a number");
    if (field == 1 && entry->rank == kMaxRank) fail("the tensor has more than 8 dims; no tensor of this library has");
    if (field == 2 && entry->n_offsets == 2) fail("data_offsets are two numbers");
    (field == 1 ? entry->sizes[entry->rank++] : entry->offsets[entry->n_offsets++]) = value;
    return true;
  }
  bool string(std::string& value) {
    if (depth != kItem || (entry != nullptr && field != 0)) misplaced("a string");
    (entry != nullptr ? entry->dtype_name : metadata[metadata_key]).swap(value);
    return true;
  }
  bool start_object(std::size_t) {
    if (depth > kHeader) misplaced("an object");
    ++depth;
    return true;
  }
  bool end_object() {
    if (--depth != kHeader || entry == nullptr) return true;
    const auto lacking = std::find(entry->has.begin(), entry->has.end(), false) - entry->has.begin();
    if (lacking < 3) fail("a tensor lacks its " + std::string(kFields[lacking]));
    return true;
  }
  bool key(std::string& name) {
    if (depth == kHeader && name == kMetadata) {
      if (std::exchange(has_metadata, true)) fail("the key \"__metadata__\" comes twice");
      entry = nullptr;
    } else if (depth == kHeader) {
      const auto [place, is_new] = entries.try_emplace(name);
      if (!is_new) fail("the key " + shown(name) + " comes twice");
      entry = &place->second;
      entry->at = at();
    } else if (entry == nullptr) {
      if (!metadata.try_emplace(name).second) fail("the key " + shown(name) + " comes twice in __metadata__");
      metadata_key = name;
    } else {
      field = static_cast<std::size_t>(std::find(kFields, std::end(kFields), name) - kFields);
      if (field == 3) fail("a tensor has dtype, shape and data_offsets, but here is the key " + shown(name));
      if (std::exchange(entry->has[field], true)) fail("the key " + shown(name) + " comes twice");
    }
    return true;
  }
  bool start_array(std::size_t) {
    if (depth != kItem || entry == nullptr || field == 0) misplaced("an array");
    ++depth;
    return true;
  }
  bool end_array() {
    if (--depth == kItem && field == 2 && entry->n_offsets != 2) fail("data_offsets are two numbers");
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) {
    const std::string_view what = error.what();  // ".. syntax error while parsing .. - why; last read: '..'"
    const std::size_t why = what.find(" - "), from = why == what.npos ? 0 : why + 3;
    fail("the header is not valid JSON: " + std::string(what.substr(from, what.find("; last read") - from)));
  }
};

std::uint64_t read_header(InFile& file, HeaderReader& reader) {
  std::uint64_t size = 0;
  const auto other = [&] { return detail::looks_like_other(file.head(), detail::kSafetensorsFile); };
  if (file.size() < 8) {
    file.fail(file.size(), "a safetensors file begins with the 8 bytes of its header's size" + other());
  }
  file.read(&size, 8);
  if (size > kLongestHeader || size > file.size() - 8) {
    if (const std::string kind = other(); !kind.empty()) file.fail(0, "not a safetensors file" + kind);
    file.fail(0, "the header has " + std::to_string(size) +
                     " bytes, more than the file or than 100,000,000; it was cut short, or is no safetensors file");
  }
  std::string text(size, '\0');
  file.read(text.data(), size);
  if (!text.starts_with('{')) file.fail(8, "the header must begin with {" + other());
  // The parser takes a zero byte for the end.
  if (const std::size_t zero = text.find('\0'); zero != text.npos) file.fail(8 + zero, "the header has a zero byte");
  const char* begin = text.data();
  json::sax_parse(Cursor{{}, begin, &reader.taken}, Cursor{{}, begin + size, &reader.taken}, &reader);
  return 8 + size;
}

// Throws unless one tensor is as it must be, before memory is taken for it.
void check(const InFile& file, const std::string& name, Entry& e) {
  const auto fail = [&](const std::string& what) { file.fail(e.at, "tensor " + shown(name) + " " + what); };
  const auto* const dtype = std::find_if(std::begin(kAllDtypes), std::end(kAllDtypes), [&](Dtype d) {
    return e.dtype_name == kDtypeNames[static_cast<std::size_t>(d)];
  });
  if (dtype == std::end(kAllDtypes)) {
    fail("has the dtype " + shown(e.dtype_name) +
         "; F64, F32, F16, BF16, I64, I32, I16, I8, U8 and BOOL can be read: convert it first");
  }
  e.dtype = *dtype;
  const std::uint64_t bytes = file.tensor_bytes(e.at, e.dtype, e.shape());
  if (e.offsets[0] > e.offsets[1] || e.offsets[1] - e.offsets[0] != bytes) {
    fail("has " + std::to_string(bytes) + " bytes by dtype and shape, other than by its data_offsets");
  }
}

// The entries as they lie in the file, which they must fill without a gap or an overlap.
std::vector<std::pair<const std::string, Entry>*> in_file_order(const InFile& file, HeaderReader& reader,
                                                                std::uint64_t data) {
  std::vector<std::pair<const std::string, Entry>*> order;
  order.reserve(reader.entries.size());
  std::uint64_t sum = 0;
  for (auto& item : reader.entries) {
    check(file, item.first, item.second);
    sum += fingerprint(item.first, item.second.dtype, item.second.shape());
    order.push_back(&item);
  }
  if (const auto own = reader.metadata.extract(kOwnKey); own && own.mapped() != std::to_string(sum)) {
    file.fail(8,
              "the header was damaged: its tensors are not those of its own \"tapegrad.header\"; whoever changes a "
              "file's tensors leaves that entry of __metadata__ out");
  }
  std::sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->second.offsets < b->second.offsets; });
  std::uint64_t end = 0;
  for (const auto* item : order) {
    if (item->second.offsets[0] != end) {
      file.fail(item->second.at, "tensor " + shown(item->first) + " should begin at data offset " +
                                     std::to_string(end) + ", behind the one before it");
    }
    end = item->second.offsets[1];
  }
  if (const std::uint64_t there = file.size() - data; end != there) {
    file.fail(data + std::min(end, there), "the tensors have " + std::to_string(end) + " bytes, the file has " +
                                               std::to_string(there) + " for them");
  }
  return order;
}

std::string quoted(const std::string& text) {
  try {
    return json(text).dump();
  } catch (const json::exception&) {
    throw Error("save_safetensors: " + shown(text) + " is not UTF-8; give names and metadata in UTF-8");
  }
}

}  // namespace

static SafetensorsFile load_from(InFile file) {
  HeaderReader reader{file};
  const std::uint64_t data = read_header(file, reader);
  for (auto* item : in_file_order(file, reader, data)) {
    item->second.tensor = file.read_tensor(item->second.dtype, item->second.shape());
  }
  SafetensorsFile out;
  out.metadata = std::move(reader.metadata);
  out.reserve(reader.entries.size());
  for (auto& [name, e] : reader.entries) out.insert(name, std::move(e.tensor));
  return out;
}
SafetensorsFile load_safetensors(const std::string& path) { return load_from(InFile("load_safetensors", path)); }
SafetensorsFile load_safetensors(std::istream& stream) { return load_from(InFile("load_safetensors", stream)); }

// Calls begin() when nothing but writing can fail any more, then write(bytes) with each piece.
static void save_to(const StateDict& tensors, const Metadata& metadata, auto begin, auto write) {
  std::vector<const StateDict::Item*> order;
  for (const auto& item : tensors) {
    if (!item->defined()) throw Error("save_safetensors: tensor " + shown(item.key()) + " is undefined; leave it out");
    if (item.key() == kMetadata) throw Error("save_safetensors: no tensor can be named __metadata__; rename it");
    order.push_back(&item);
  }
  // The largest alignment first, so that every tensor is aligned in the file.
  std::sort(order.begin(), order.end(), [](auto* a, auto* b) {
    const std::int64_t x = a->value().element_size(), y = b->value().element_size();
    return x != y ? x > y : a->key() < b->key();
  });

  std::string entries;
  std::uint64_t end = 0, sum = 0;
  for (const auto* item : order) {
    const Tensor& x = item->value();
    entries += "," + quoted(item->key()) + ":{\"dtype\":\"" + kDtypeNames[static_cast<std::size_t>(x.scalar_type())] +
               "\",\"shape\":[" + core::text(x.sizes(), ",") + "],\"data_offsets\":[" + std::to_string(end);
    end += static_cast<std::uint64_t>(x.numel() * x.element_size());
    entries += "," + std::to_string(end) + "]}";
    sum += fingerprint(item->key(), x.dtype(), x.sizes());
  }
  std::string header = "{\"__metadata__\":{\"" + std::string(kOwnKey) + "\":\"" + std::to_string(sum) + "\"";
  for (const auto& [key, value] : metadata) {
    if (key != kOwnKey) header += "," + quoted(key) + ":" + quoted(value);
  }
  header += "}" + entries + "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::uint64_t size = header.size();
  if (size > kLongestHeader) {
    throw Error("save_safetensors: names and metadata make a header of more than 100,000,000 bytes; shorten them");
  }

  begin();
  write(std::string_view(reinterpret_cast<const char*>(&size), 8));
  write(std::string_view(header));
  for (const auto* item : order) detail::write_elements(item->value(), write);
}

void save_safetensors(const StateDict& tensors, const std::string& path, const Metadata& metadata) {
  std::optional<AtomicFile> file;
  save_to(
      tensors, metadata, [&] { file.emplace("save_safetensors", path); },
      [&](std::string_view bytes) { file->write(bytes); });
  file->commit();
}
void save_safetensors(const StateDict& tensors, std::ostream& stream, const Metadata& metadata) {
  save_to(
      tensors, metadata, [] {},
      [&](std::string_view bytes) { stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size())); });
  if (!stream.flush()) throw IoError("save_safetensors: the stream cannot be written; look at its state");
}

}  // namespace tapegrad
