// What typeid calls a class, as people write it.
#pragma once

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace tapegrad::core {

inline std::string readable(const char* mangled) {
  const std::unique_ptr<char, void (*)(void*)> plain(abi::__cxa_demangle(mangled, nullptr, nullptr, nullptr),
                                                     &std::free);
  return plain != nullptr ? plain.get() : mangled;
}

// "Cube", without the namespaces around and the arguments of a template.
inline std::string class_name(const char* mangled) {
  const std::string name = readable(mangled);
  const std::size_t end = name.find('<'), colons = name.substr(0, end).rfind("::");
  const std::size_t begin = colons == std::string::npos ? 0 : colons + 2;
  return name.substr(begin, end == std::string::npos ? end : end - begin);
}

}  // namespace tapegrad::core
