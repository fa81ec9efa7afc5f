// gzip files of one member (RFC 1952).
#pragma once

#include "autograd/io/file.h"

namespace tapegrad::data::detail {

// The file itself, or where it begins as a gzip file what is packed in it. FormatError where it is damaged, has more
// than one member, or holds 4 GiB or more.
tapegrad::detail::InFile unpacked(const char* op, const std::string& path);

}  // namespace tapegrad::data::detail
