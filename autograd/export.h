#pragma once

#if __cplusplus < 202002L
#error "tapegrad needs C++20: compile with -std=c++20 (GCC 12, Clang 14 or newer)"
#include <tapegrad/needs-cxx20>  // not there: ends the compilation here instead of a thousand lines later
#endif

// TAPEGRAD_EXPORT marks what a shared tapegrad shows to its users. In a static library it says nothing, so that a
// plug-in which links tapegrad into itself keeps it hidden. The build defines TAPEGRAD_SHARED for the library and,
// through CMake and pkg-config, for those who use it.
#if defined(TAPEGRAD_SHARED)
#define TAPEGRAD_EXPORT __attribute__((visibility("default")))
#else
#define TAPEGRAD_EXPORT
#endif
