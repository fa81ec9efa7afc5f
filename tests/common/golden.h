// Reads the files that the torch_golden.py scripts write: lines of a name and numbers.
#pragma once

#include <gtest/gtest.h>
#include <tapegrad/autograd/tensor.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace golden {

using Numbers = std::vector<double>;
using File = std::map<std::string, Numbers>;

// path: below tests/
inline File read(const std::string& path) {
  File file;
  std::ifstream in(std::filesystem::path(TAPEGRAD_TEST_SOURCE_DIR) / "tests" / path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name, word;
    words >> name;
    while (words >> word) file[name].push_back(std::stod(word));
  }
  return file;
}

// The elements of several tensors, one after the other.
inline Numbers elements(const std::vector<tapegrad::Tensor>& tensors) {
  Numbers all;
  for (const auto& t : tensors) {
    const Numbers some = t.detach().to_vector<double>();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

// |got - want| <= tolerance * the largest |want|
inline void expect_near(const Numbers& got, const Numbers& want, double tolerance) {
  ASSERT_FALSE(want.empty()) << "no such line in the golden file";
  ASSERT_EQ(got.size(), want.size());
  double scale = 0;
  for (double v : want) scale = std::max(scale, std::abs(v));
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], tolerance * scale) << "element " << i;
}

}  // namespace golden
