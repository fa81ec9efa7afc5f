// What a model is made of, as a table:
//
//   std::cout << nn::summary(net, ones({64, 1, 28, 28}));
#pragma once

#include <tapegrad/nn/forward_hooks.h>

namespace tapegrad::nn {

/// A module in the summary of a model.
struct ModuleSummary {
  std::string name;  // "conv1", in its parent; of the model itself its class
  std::string type;  // "Conv2d"
  int depth = 0;
  std::optional<std::vector<std::int64_t>> output{};  // sizes of its first tensor; unset where no call was seen
  std::int64_t parameters = 0;                        // elements of those it registered itself
};

/// What summary() finds; operator<< prints the table.
struct Summary {
  std::vector<ModuleSummary> modules;  // the model, then what it registered, each with what is in it
  std::int64_t parameters = 0, trainable = 0;
  std::int64_t input_bytes = 0, parameter_bytes = 0, output_bytes = 0;  // outputs: of modules that have none in them
};
TAPEGRAD_EXPORT std::ostream& operator<<(std::ostream& out, const Summary& summary);

namespace detail {
// Sees the modules below a model from its construction to finish().
class TAPEGRAD_EXPORT Summarizer {
 public:
  explicit Summarizer(Module& model);
  ~Summarizer();
  Summarizer(const Summarizer&) = delete;
  Summary finish(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs);

 private:
  struct State;
  std::unique_ptr<State> state_;
};
}  // namespace detail

/// Calls model.forward(inputs...) once, as eval() has it and unrecorded, and says what each module in it gave and has:
/// name, type, sizes of its output, number of parameters, printed as torchinfo prints them. Modules called by a
/// holder's operator(), an AnyModule or a container are seen in any case; of one called by ->forward(x) the output is
/// that of the last operation that takes its own parameters, so of one without any nothing is known ("--"). Its mode is
/// as before afterwards, and so are buffers.
template <class M, class... Inputs>
Summary summary(M& model, const Inputs&... inputs) {
  if constexpr (std::derived_from<M, ModuleHolderBase>) {
    return summary(*model, inputs...);
  } else {
    detail::Summarizer summarizer(model);
    std::vector<Tensor> in, out;
    (detail::each_tensor(inputs, [&](const Tensor& x) { in.push_back(x); }), ...);
    const auto result = model.forward(inputs...);
    detail::each_tensor(result, [&](const Tensor& x) { out.push_back(x); });
    return summarizer.finish(in, out);
  }
}

}  // namespace tapegrad::nn
