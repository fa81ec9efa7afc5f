#include <tapegrad/nn/summary.h>

#include <algorithm>
#include <ostream>
#include <unordered_map>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/op.h"
#include "autograd/core/recorder.h"
#include "autograd/core/text.h"

namespace tapegrad::nn {

namespace {

using Sizes = std::vector<std::int64_t>;

// "Conv2d" of tapegrad::nn::Conv2dImpl.
std::string type_of(const Module& module) {
  std::string name = module.name();
  const std::size_t end = name.find('<'), colons = name.substr(0, end).rfind("::");
  if (colons != std::string::npos) name = name.substr(colons + 2);
  if (name.ends_with("Impl")) name.resize(name.size() - 4);
  return name;
}

std::int64_t bytes_of(const std::vector<Tensor>& tensors) {
  std::int64_t bytes = 0;
  for (const Tensor& x : tensors) bytes += static_cast<std::int64_t>(x.nbytes());
  return bytes;
}

}  // namespace

struct detail::Summarizer::State final : core::Watcher {
  struct Entry {
    ModuleSummary row;
    Module* module = nullptr;
    std::optional<unsigned> hook{};
    bool was_training = false;
    bool is_hooked = false;  // a hook has seen its output
    std::int64_t bytes = 0;
  };

  // What can fail comes first: the destructor undoes the rest.
  explicit State(Module& model) {
    core::require_unrecorded("summary", "looks at each call", "call it outside of the function");
    if (core::context().watcher != nullptr)
      core::throw_autograd("summary", "this thread is being watched already; stop() the profile first");
    add(model, type_of(model), 0);
  }
  void begin() {
    for (std::size_t k = 0; k < entries.size(); ++k) {
      Entry& e = entries[k];
      for (const Tensor& x : e.module->parameters(false)) owner[x.impl()->storage] = k;
      e.hook = e.module->register_forward_hook([this, k](Module&, const auto&, std::vector<Tensor>& outputs) {
        entries[k].is_hooked = true;
        if (!outputs.empty()) note(entries[k], outputs[0].sizes().vec(), bytes_of(outputs));
      });
    }
    entries[0].module->eval();
    core::Context& ctx = core::context();
    ctx.watcher = this;
    ctx.watch.set(core::kWatchRuns);
  }
  ~State() {
    core::Context& ctx = core::context();
    if (ctx.watcher == this) {
      ctx.watcher = nullptr;
      ctx.watch.clear(core::kWatchRuns);
    }
    for (const Entry& e : entries) {  // parents first: train() passes a mode on
      if (e.hook) e.module->remove_forward_hook(*e.hook);
      if (e.module->is_training() != e.was_training) e.module->train(e.was_training);
    }
  }

  void add(Module& module, const std::string& name, int depth) {
    if (std::any_of(entries.begin(), entries.end(), [&](const Entry& e) { return e.module == &module; })) return;
    Entry e;
    e.row.name = name;
    e.row.type = type_of(module);
    e.row.depth = depth;
    for (const Tensor& x : module.parameters(false)) e.row.parameters += x.numel();
    e.module = &module;
    e.was_training = module.is_training();
    entries.push_back(std::move(e));
    for (const auto& [child_name, child] : module.named_children()) add(*child, child_name, depth + 1);
  }
  static void note(Entry& e, Sizes sizes, std::int64_t bytes) {
    e.row.output = std::move(sizes);
    e.bytes = bytes;
  }
  void see_run(const core::Call& c, bool, std::chrono::nanoseconds) noexcept override {
    if (c.op->flags.has(core::kViewOp)) return;
    for (int k = 0; k < c.n_in; ++k) {
      const auto found = owner.find(c.in[k]->storage);
      if (found == owner.end() || entries[found->second].is_hooked) continue;
      try {
        note(entries[found->second], c.out->size_list().vec(),
             c.out->numel * static_cast<std::int64_t>(item_size(c.out->dtype)));
      } catch (const std::bad_alloc&) {  // it stays unknown
      }
    }
  }

  std::vector<Entry> entries;
  std::unordered_map<const core::Storage*, std::size_t> owner;  // of parameters
  NoGradGuard no_grad;
};

detail::Summarizer::Summarizer(Module& model) : state_(std::make_unique<State>(model)) { state_->begin(); }
detail::Summarizer::~Summarizer() = default;

Summary detail::Summarizer::finish(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  Summary s;
  if (!outputs.empty()) State::note(state_->entries[0], outputs[0].sizes().vec(), bytes_of(outputs));
  for (State::Entry& e : state_->entries) {
    if (e.module->named_children().is_empty()) s.output_bytes += e.bytes;
    s.modules.push_back(std::move(e.row));
  }
  s.input_bytes = bytes_of(inputs);
  for (const Tensor& x : state_->entries[0].module->parameters()) {
    s.parameters += x.numel();
    if (x.requires_grad()) s.trainable += x.numel();
    s.parameter_bytes += static_cast<std::int64_t>(x.nbytes());
  }
  return s;
}

namespace {

// "12,345"
std::string with_commas(std::int64_t n) {
  std::string text = std::to_string(n);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string megabytes(std::int64_t bytes) {
  const std::int64_t hundredths = (bytes + 5000) / 10000;
  return core::joined(hundredths / 100, ".", hundredths % 100 / 10, hundredths % 10);
}

// How many columns a UTF-8 text takes.
std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Summary& s) {
  std::vector<std::array<std::string, 3>> rows{{"Layer (type (name):depth-idx)", "Output Shape", "Param #"}};
  std::vector<int> index(1, 0);
  for (std::size_t k = 0; k < s.modules.size(); ++k) {
    const ModuleSummary& m = s.modules[k];
    const auto depth = static_cast<std::size_t>(m.depth);
    index.resize(std::max(index.size(), depth + 1));
    ++index[depth];
    std::string tree;
    for (std::size_t d = 1; d <= depth; ++d) tree += d < depth ? "│    " : "├─";
    if (k > 0 && (k + 1 == s.modules.size() || s.modules[k + 1].depth < m.depth)) tree.replace(tree.size() - 6, 3, "└");
    rows.push_back({tree + m.type + (k > 0 ? core::joined(" (", m.name, "): ", depth, "-", index[depth]) : ""),
                    m.output ? core::text(*m.output) : "--", m.parameters > 0 ? with_commas(m.parameters) : "--"});
  }
  std::size_t widths[3] = {};
  for (const auto& row : rows)
    for (std::size_t c = 0; c < 3; ++c) widths[c] = std::max(widths[c], columns(row[c]) + (c < 2 ? 4 : 0));
  const std::string line(std::max<std::size_t>(widths[0] + widths[1] + widths[2], 50), '=');
  out << line << '\n';
  for (std::size_t k = 0; k < rows.size(); ++k) {
    for (std::size_t c = 0; c < 2; ++c) out << rows[k][c] << std::string(widths[c] - columns(rows[k][c]), ' ');
    out << rows[k][2] << '\n' << (k == 0 ? line + "\n" : "");
  }
  return out << line << "\nTotal params: " << with_commas(s.parameters)
             << "\nTrainable params: " << with_commas(s.trainable)
             << "\nNon-trainable params: " << with_commas(s.parameters - s.trainable) << '\n'
             << line << "\nInput size (MB): " << megabytes(s.input_bytes)
             << "\nForward pass size (MB): " << megabytes(s.output_bytes)
             << "\nParams size (MB): " << megabytes(s.parameter_bytes) << '\n'
             << line;
}

}  // namespace tapegrad::nn
