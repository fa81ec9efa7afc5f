// What a file looks like by its first bytes: said by readers that are given a file of another kind.
#pragma once

#include <string>
#include <string_view>

namespace tapegrad::detail {

inline constexpr std::size_t kKindBytes = 512;  // of a file, from its beginning

struct FileKind {
  std::string_view name = {};    // "a gzip file"; empty where it is not known
  std::string_view advice = {};  // what to do with it
};

inline constexpr FileKind kEmptyFile = {"an empty file", "write or fetch it again"},
                          kNpyFile = {"a NumPy array (.npy)", "read it with data::load_npy()"},
                          kNpzFile = {"arrays of NumPy (.npz)", "read them with data::load_npz()"},
                          kSafetensorsFile = {"a safetensors file", "read it with load() or load_safetensors()"},
                          kTextFile = {"plain text", "read a table of numbers with data::read_csv()"};

FileKind kind_of(std::string_view first_bytes);

// "; it looks like a gzip file; unpack it with gunzip" behind what a reader of `own` files says; empty where the bytes
// are of that kind or of none that is known.
std::string looks_like_other(std::string_view first_bytes, const FileKind& own);

}  // namespace tapegrad::detail
