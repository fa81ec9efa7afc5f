// Files of named tensors in the format of Hugging Face's safetensors, which Python reads and writes too
// (docs/files.md).
#pragma once

#include <iosfwd>
#include <map>

#include <tapegrad/autograd/state_dict.h>

namespace tapegrad {

/// Strings by name.
using Metadata = std::map<std::string, std::string>;

/// What a file holds: tensors in the order of their names, and the strings of its "__metadata__".
struct SafetensorsFile : StateDict {
  Metadata metadata;
};

/// Writes tensors of any dtype (F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL), sizes and strides to a file. The
/// same dictionary makes the same bytes. A kill at any moment leaves the old file or the new one. Error for an
/// undefined tensor, the name
/// "__metadata__" and text that is not UTF-8; IoError where the system refuses. The old file is intact then.
TAPEGRAD_EXPORT void save_safetensors(const StateDict& tensors, const std::string& path, const Metadata& metadata = {});
/// The same bytes to a stream. IoError where it refuses some.
TAPEGRAD_EXPORT void save_safetensors(const StateDict& tensors, std::ostream& stream, const Metadata& metadata = {});

/// Reads a file. The header is checked whole before memory is taken for any tensor; each tensor's bytes are then read
/// into their place. FormatError, with the byte where the file goes wrong, for everything that the format does not
/// allow, tensors of other dtypes (named) or of more than 8 dims, bools other than 0 and 1, and files of another kind,
/// named where it is known (a Git LFS pointer, a .pt); IoError where the system refuses.
TAPEGRAD_EXPORT SafetensorsFile load_safetensors(const std::string& path);
/// Reads a stream from where it stands to its end.
TAPEGRAD_EXPORT SafetensorsFile load_safetensors(std::istream& stream);

}  // namespace tapegrad
