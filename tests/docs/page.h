// What a page of docs/ is run in: a folder of its own, from which its files are read and written.
#pragma once

#include <tapegrad/testing.h>

#include <filesystem>

#include "tests/common/folder.h"

namespace tapegrad::test {

class Page : public InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(folder_);
    manual_seed(0);
  }
  void TearDown() override {
    std::filesystem::current_path(before_);
    InFolder::TearDown();
  }

 private:
  std::filesystem::path before_;
};

}  // namespace tapegrad::test
