// What of a state does not fit, all of it in one error.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <tapegrad/autograd/state_dict.h>

namespace tapegrad::detail {

class KeyReport {
 public:
  explicit KeyReport(const StateDict& state) : state_(state) {}
  // The tensor of that key; null where it is missing (noted where it is required), undefined or of other sizes (noted).
  const Tensor* find(const std::string& key, IntList sizes, bool required = true);
  // Of those that find() was not asked for.
  std::vector<std::string> unexpected() const;
  const std::vector<std::string>& missing() const noexcept { return missing_; }
  void note(const std::string& sentence) { sentences_ += "\n\t" + sentence; }
  // Error in PyTorch's words, naming each key; nothing where all fit. Missing and unexpected ones count if strict.
  void check(const std::string& who, bool strict = true) const;

 private:
  const StateDict& state_;
  std::set<std::string> known_;
  std::vector<std::string> missing_;
  std::string sentences_;
};

}  // namespace tapegrad::detail
