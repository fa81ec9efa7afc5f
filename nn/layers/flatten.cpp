#include <tapegrad/nn/layers/flatten.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

Tensor UnflattenImpl::forward(const Tensor& x) {
  const std::int64_t size = x.size(options.dim()), dim = options.dim() + (options.dim() < 0 ? x.dim() : 0);
  std::int64_t product = 1;
  int inferred = 0;
  bool fits = true;
  for (const std::int64_t s : options.sizes()) {
    if (s == -1) {
      ++inferred;
    } else {
      fits = fits && s >= 0 && !__builtin_mul_overflow(product, s, &product);
    }
  }
  fits = fits && (inferred == 0 ? product == size : inferred == 1 && product != 0 && size % product == 0);
  if (!fits) {
    core::throw_shape("unflatten", "Provided sizes ", options.sizes(), " don't multiply up to the size of dim ", dim,
                      " (", size, ") in the input tensor; give sizes whose product that is, one of them may be -1");
  }
  std::vector<std::int64_t> sizes;
  for (std::int64_t d = 0; d < x.dim(); ++d) {
    if (d != dim) {
      sizes.push_back(x.size(d));
      continue;
    }
    for (const std::int64_t s : options.sizes()) sizes.push_back(s == -1 ? size / product : s);
  }
  return x.view(sizes);
}

std::string UnflattenImpl::arguments() const {
  std::string list = core::text(options.sizes());
  list.front() = '{';
  list.back() = '}';
  return "dim=" + std::to_string(options.dim()) + ", unflattened_size=" + list;
}

}  // namespace tapegrad::nn
