#include "autograd/core/source.h"

#include <charconv>
#include <cmath>

namespace tapegrad::core {

static std::string shortest(auto v) {
  if (std::isnan(v)) return "NAN";
  if (std::isinf(v)) return v < 0 ? "-INFINITY" : "INFINITY";
  char text[32];
  std::string out(text, std::to_chars(text, text + sizeof text, v).ptr);
  return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}
std::string literal(double v) { return shortest(v); }
std::string literal(float v) { return shortest(v); }

}  // namespace tapegrad::core
