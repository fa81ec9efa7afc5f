// The table of differences: what stands first is asked first.
#include <string>

#include "tests/differential/cases.h"

namespace differential {

std::vector<Difference>& differences() {
  static std::vector<Difference> all = [] {
    std::vector<Difference> table = differences_of_values();
    for (Difference& d : differences_of_tape()) table.push_back(d);
    return table;
  }();
  return all;
}

void hit(const char* name) {
  for (Difference& d : differences())
    if (d.name == std::string(name)) ++d.hits;
}

Difference* find_difference(const Case& c) {
  for (Difference& d : differences())
    if (d.is != nullptr && d.is(c)) {
      ++d.hits;
      return &d;
    }
  return nullptr;
}

}  // namespace differential
