// Cases of the sweep: how many there are and what each does is the same for tapegrad and for libtorch, as both are
// compiled from cases.h.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace bench {

using Step = std::function<void()>;

struct Case {
  std::string name;
  std::function<Step()> prepare;  // makes the tensors; what it returns is timed
};

std::vector<Case> tapegrad_cases();
std::vector<Case> libtorch_cases();

}  // namespace bench
