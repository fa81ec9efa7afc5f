// What the tests of PyTorch's random streams have in common.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include <tapegrad/autograd/tensor.h>

#include "torch_golden.h"

namespace tapegrad::test {

template <class T, std::size_t n>
std::vector<T> all(const T (&values)[n]) {
  return {values, values + n};
}

template <class T>
void expect_same(const Tensor& x, const std::vector<T>& want) {
  EXPECT_EQ(x.dtype(), DtypeOf<T>::value);
  EXPECT_EQ(x.to_vector<T>(), want);
}

}  // namespace tapegrad::test
