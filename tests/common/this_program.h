// The program that runs, to be started once more.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace tapegrad::test {

// What a program for another processor runs in; empty: it runs by itself. Set by ctest.
inline std::string emulator() {
  const char* name = std::getenv("TAPEGRAD_TEST_EMULATOR");
  return name == nullptr ? "" : name;
}

// For a shell.
inline std::string this_program() {
  const std::string self = "'" + std::filesystem::read_symlink("/proc/self/exe").string() + "'";
  return emulator().empty() ? self : emulator() + " " + self;
}

}  // namespace tapegrad::test
