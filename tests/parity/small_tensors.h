// What calls that throw are made with.
#pragma once

#include "tests/parity/parity.h"

// Of these sizes.
template <class... Size>
torch::Tensor ones(Size... sizes) {
  return torch::ones({static_cast<int64_t>(sizes)...});
}
template <class... Class>
torch::Tensor classes(Class... numbers) {
  return torch::tensor({static_cast<int64_t>(numbers)...});
}
