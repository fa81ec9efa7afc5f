#pragma once

#include <string>
#include <string_view>

namespace tapegrad::data::detail {

// Replaces or creates a file: a kill at any moment leaves the old one or the new one whole. Written to a temporary file
// in the same directory, flushed to the disk, renamed. A symbolic link is followed, an existing file keeps its mode.
// IoError where a step fails or the path is something else than a file: the old file stays, the temporary one goes.
void write_file_atomically(const std::string& path, std::string_view bytes);

}  // namespace tapegrad::data::detail
