// State that is a few numbers with names.
#pragma once

#include <tapegrad/autograd/state_dict.h>
#include <tapegrad/optim/options.h>

namespace tapegrad::optim::detail {

using Numbers = std::vector<std::pair<const char*, OptionRef>>;

// Each as a 0-dim f64 tensor.
StateDict state_of(const Numbers& numbers);
// What sets them to those of the state; Error where one is missing or unexpected.
std::function<void()> prepare(const Numbers& numbers, const StateDict& state, const char* who);

}  // namespace tapegrad::optim::detail
