#include <tapegrad/autograd/device.h>

#include <algorithm>
#include <ostream>

#include "autograd/core/text.h"

namespace tapegrad {

static constexpr std::string_view kDevices[] = {"cpu", "cuda", "mps"};  // by DeviceType

static Device parsed(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto* const name = std::find(kDevices, std::end(kDevices), text.substr(0, colon));
  const std::string_view digits = text.substr(std::min(colon + 1, text.size()));
  const bool numbered = colon < text.size();
  const bool number = !digits.empty() && digits.size() < 3 && digits.find_first_not_of("0123456789") == digits.npos;
  if (name == std::end(kDevices) || (numbered && !number))
    throw ValueError(
        core::joined("Device: Invalid device string: '", std::string(text), "'; write cpu, cuda, cuda:0 or mps"));
  return {static_cast<DeviceType>(name - kDevices),
          static_cast<std::int8_t>(numbered ? std::stoi(std::string(digits)) : -1)};
}
Device::Device(std::string_view text) : Device(parsed(text)) {}

std::string Device::str() const {
  std::string text(kDevices[static_cast<std::size_t>(type_)]);
  return has_index() ? text + ":" + std::to_string(index_) : text;
}

std::ostream& operator<<(std::ostream& out, Device device) { return out << device.str(); }

void detail::require_cpu(const char* op, Device device) {
  if (device.is_cpu()) return;
  throw Error(core::joined(op, ": tapegrad computes on the CPU, there is no device ", device.str(), "; use kCPU"));
}

}  // namespace tapegrad
