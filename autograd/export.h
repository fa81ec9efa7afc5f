#pragma once

// Every header of tapegrad includes this one first of all.
#if __cplusplus < 202002L
#error "tapegrad needs C++20: compile with -std=c++20, or link tapegrad::tapegrad with CMake, which asks for it"
#include <the compiler stops here>  // which nothing but a missing file makes it do
#endif

// The version, of which CMakeLists.txt reads these three; docs/versions.md says what may change between two of them.
#define TAPEGRAD_VERSION_MAJOR 0
#define TAPEGRAD_VERSION_MINOR 2
#define TAPEGRAD_VERSION_PATCH 0

/// Marks what goes with the next minor version: TAPEGRAD_DEPRECATED("use relu()") Tensor rectify(const Tensor& x);
#define TAPEGRAD_DEPRECATED(what_to_use) [[deprecated(what_to_use)]]

// TAPEGRAD_EXPORT marks what a shared tapegrad shows to its users. In a static library it says nothing, so that a
// plug-in which links tapegrad into itself keeps it hidden. The build defines TAPEGRAD_SHARED for the library and,
// through CMake and pkg-config, for those who use it.
#if defined(TAPEGRAD_SHARED)
#define TAPEGRAD_EXPORT __attribute__((visibility("default")))
#else
#define TAPEGRAD_EXPORT
#endif
