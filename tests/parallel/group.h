// The ranks that the test program runs on.
#pragma once

#include <gtest/gtest.h>
#include <tapegrad/nn/parallel/mpi_group.h>
#include <tapegrad/tapegrad.h>

namespace tapegrad::test {

nn::parallel::MpiGroup& group();

// The bytes of x.
inline std::string bytes(const Tensor& x) {
  const Tensor c = x.detach().contiguous();
  return {static_cast<const char*>(c.data_ptr()), c.nbytes()};
}

}  // namespace tapegrad::test
