// The hooks of a module as a list, for what looks through them (nn/utils/weight_norm.h); forward_hooks.h calls them.
#pragma once

#include <tapegrad/nn/module.h>

namespace tapegrad::nn::detail {

/// With their numbers: never changed, but replaced.
struct ForwardHooks {
  std::vector<std::pair<unsigned, ForwardPreHook>> before;
  std::vector<std::pair<unsigned, ForwardHook>> after;
  unsigned next = 0;
};

}  // namespace tapegrad::nn::detail
