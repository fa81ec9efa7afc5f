#include <tapegrad/autograd/archive.h>

#include <algorithm>

#include "autograd/io/file.h"

namespace tapegrad::serialize {

void OutputArchive::write(const std::string& key, const Tensor& value, bool) { state_.insert(key, value); }
void OutputArchive::write(const StateDict& state) {
  StateDict next = state_;
  next.update(state);
  state_ = std::move(next);
}
void OutputArchive::write(const std::string& key, const OutputArchive& nested) {
  StateDict under;
  for (const auto& [name, value] : nested.state_) under.insert(key + "." + name, value);
  write(under);
}

void InputArchive::load_from(const std::string& path, Device device) {
  tapegrad::detail::require_cpu("load_from", device);
  state_ = load_safetensors(path);
}
void InputArchive::load_from(std::istream& stream, Device device) {
  tapegrad::detail::require_cpu("load_from", device);
  state_ = load_safetensors(stream);
}

bool InputArchive::try_read(const std::string& key, Tensor& value, bool) const {
  const Tensor* found = state_.find(key);
  if (found != nullptr) value = *found;
  return found != nullptr;
}
bool InputArchive::try_read(const std::string& key, InputArchive& nested) const {
  StateDict found;
  for (const auto& [name, value] : state_)
    if (name.starts_with(key + ".")) found.insert(name.substr(key.size() + 1), value);
  if (found.is_empty()) return false;
  nested.state_ = std::move(found);
  return true;
}

static void require(bool found, const std::string& key) {
  if (!found)
    throw Error("read: No such serialized entry " + tapegrad::detail::shown(key) + "; keys() names what there is");
}
void InputArchive::read(const std::string& key, Tensor& value, bool) const { require(try_read(key, value), key); }
void InputArchive::read(const std::string& key, InputArchive& nested) const { require(try_read(key, nested), key); }

std::vector<std::string> InputArchive::keys() const {
  std::vector<std::string> found;
  for (const auto& [name, value] : state_) {
    std::string first = name.substr(0, name.find('.'));
    if (std::find(found.begin(), found.end(), first) == found.end()) found.push_back(std::move(first));
  }
  return found;
}

}  // namespace tapegrad::serialize
