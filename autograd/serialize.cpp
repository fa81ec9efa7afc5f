#include <tapegrad/autograd/serialize.h>

#include <set>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/text.h"
#include "autograd/io/file.h"

namespace tapegrad {

namespace detail {

StateDict listed(const std::vector<Tensor>& tensors) {
  StateDict state;
  for (const Tensor& x : tensors) state.insert(std::to_string(state.size()), x);
  return state;
}
std::vector<Tensor> list_of(const StateDict& state, const std::string& source) {
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < state.size(); ++i) {
    const Tensor* x = state.find(std::to_string(i));
    if (x == nullptr)
      throw Error("load: " + source +
                  " holds no list of tensors, which are named 0, 1, 2 ...; "
                  "load_safetensors() gives what there is");
    tensors.push_back(*x);
  }
  return tensors;
}

Tensor only_tensor(const StateDict& state, const std::string& source) {
  if (state.size() == 1) return state.front().value();
  throw Error("load: " + source + " holds " + std::to_string(state.size()) +
              " tensors, not one; load_safetensors() gives them all");
}

StateDict get(Generator& generator) { return {{"", generator.get_state()}}; }
StateDict get(const Tensor& x) { return {{"", x}}; }
StateDict get(const std::string& text) {
  return {{"", tensor(std::vector<std::uint8_t>(text.begin(), text.end()), kByte)}};
}
StateDict get(const Scalar& number) { return {{"", full({}, number, number.kind())}}; }

namespace {

// The only value of a part.
const Tensor& value_of(const StateDict& state, IntList sizes) {
  const Tensor* value = state.find("");
  if (value == nullptr || state.size() > 1) {
    throw Error("load_state_dict: a Generator, tensor, number or string is one tensor, but the state has " +
                (value == nullptr ? "none of its name" : "also " + shown(state.keys()[1])) +
                "; load a checkpoint that was saved with the same parts");
  }
  if (value->sizes() == sizes) return *value;
  throw Error(core::joined("load_state_dict: size mismatch: copying a tensor with shape ", value->sizes(),
                           " from checkpoint, the shape in current model is ", sizes,
                           "; load a checkpoint of a part of these sizes"));
}

}  // namespace

std::function<void()> prepare(Generator& generator, const StateDict& state) {
  Generator next = generator;
  next.set_state(value_of(state, generator.get_state().sizes()));
  return [&generator, next] { generator = next; };
}

std::function<void()> prepare(const Tensor& x, const StateDict& state) {
  return [x, value = value_of(state, x.sizes()).to(x.dtype())] {
    const NoGradGuard no_grad;
    x.copy_(value);
  };
}

std::function<void()> prepare(std::string& text, const StateDict& state) {
  const Tensor* found = state.find("");
  const Tensor& bytes = value_of(state, {found == nullptr ? 0 : found->numel()});
  std::string next;
  for (const std::int64_t byte : bytes.to(kLong).to_vector<std::int64_t>()) next += static_cast<char>(byte);
  return [&text, next = std::move(next)]() mutable { text.swap(next); };
}

Tensor number_of(const StateDict& state) { return value_of(state, {}); }

}  // namespace detail

Checkpoint::Checkpoint(std::initializer_list<Part> parts) : parts_(parts) {
  std::set<std::string> seen;
  for (const Part& part : parts_) {
    if (!part.name.empty() && part.name.find('.') == std::string::npos && seen.insert(part.name).second) continue;
    throw Error("Checkpoint: the name " + detail::shown(part.name) +
                " is empty, has a dot or comes twice; give each part a name of its own");
  }
}

StateDict Checkpoint::state_dict() const {
  StateDict out;
  for (const Part& part : parts_) {
    for (const auto& [key, value] : part.get()) out.insert(part.name + (key.empty() ? "" : ".") + key, value);
  }
  return out;
}

std::function<void()> Checkpoint::prepare_load(const StateDict& state) {
  OrderedDict<std::string, StateDict> found;
  for (const Part& part : parts_) found.insert(part.name, StateDict());
  for (const auto& [key, value] : state) {
    const std::string name = key.substr(0, key.find('.'));
    if (!found.contains(name))
      throw Error("load_state_dict: the checkpoint has no part " + detail::shown(name) +
                  "; give it one, or leave the key out");
    found[name].insert(key == name ? "" : key.substr(name.size() + 1), value);
  }
  std::vector<std::function<void()>> steps;
  for (const Part& part : parts_) {
    try {
      steps.push_back(part.prepare(found[part.name]));
    } catch (const Error& error) {
      throw Error(error.what() + ("\nin the checkpoint's part " + detail::shown(part.name)));
    }
  }
  return [steps = std::move(steps)] {
    for (const auto& step : steps) step();
  };
}

}  // namespace tapegrad
