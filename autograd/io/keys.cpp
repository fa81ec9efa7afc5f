#include "autograd/io/keys.h"

#include "autograd/core/text.h"

namespace tapegrad::detail {

const Tensor* KeyReport::find(const std::string& key, IntList sizes, bool required) {
  known_.insert(key);
  const Tensor* value = state_.find(key);
  if (value == nullptr || !value->defined()) {
    if (required) missing_.push_back(key);
    return nullptr;
  }
  if (value->sizes() == sizes) return value;
  note("size mismatch for " + key + ": copying a param with shape " + core::text(value->sizes()) +
       " from checkpoint, the shape in current model is " + core::text(sizes) + ".");
  return nullptr;
}

std::vector<std::string> KeyReport::unexpected() const {
  std::vector<std::string> out;
  for (const auto& [key, value] : state_) {
    if (!known_.contains(key)) out.push_back(key);
  }
  return out;
}

void KeyReport::check(const std::string& who, bool strict) const {
  std::string text;
  const auto list = [&](const char* start, const std::vector<std::string>& keys) {
    if (keys.empty() || !strict) return;
    text += start;
    for (const std::string& key : keys) text += (&key == &keys.front() ? "\"" : ", \"") + key + "\"";
    text += ".";
  };
  list("\n\tMissing key(s) in state_dict: ", missing_);
  list("\n\tUnexpected key(s) in state_dict: ", unexpected());
  text += sentences_;
  if (text.empty()) return;
  if (text.back() == '.') text.pop_back();
  throw Error("load_state_dict: Error(s) in loading state_dict for " + who + ":" + text +
              "; give it the keys and sizes of its own state_dict()");
}

}  // namespace tapegrad::detail
