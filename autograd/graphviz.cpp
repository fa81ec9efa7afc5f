#include <tapegrad/autograd/graphviz.h>

#include <string_view>
#include <unordered_map>

#include "autograd/core/class_name.h"
#include "autograd/core/node.h"
#include "autograd/core/text.h"

namespace tapegrad::autograd {

using core::Node;

namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string label(const std::string& name, IntList sizes) {
  std::string text = quoted(name.empty() ? core::text(sizes) : name + '\n' + core::text(sizes));
  for (std::size_t at; (at = text.find('\n')) != text.npos;) text.replace(at, 1, "\\n");
  return text;
}

class Drawing {
 public:
  explicit Drawing(const StateDict& names) {
    for (const auto& [name, tensor] : names) {
      if (tensor.defined()) names_.emplace(tensor.impl()->node.load(), name);
    }
  }

  void add_output(const Tensor& x, std::size_t index) {
    Node* n = x.defined() ? x.impl()->node.load() : nullptr;
    if (n == nullptr || !x.requires_grad()) {
      core::throw_autograd("make_dot", "element ", index,
                           " of tensors does not require grad and does not have a grad_fn",
                           "; give what was computed from parameters");
    }
    if (n->flags.has(core::kReleased)) core::throw_freed("make_dot");
    const std::string end = core::joined("out", index);
    out_ += core::joined("  ", end, " [label=", label("", x.sizes()), ", style=filled, fillcolor=palegreen];\n");
    edges_ += core::joined("  n", number_of(n), " -> ", end, ";\n");
    // Without recursion: a graph may be a chain of millions.
    while (!waiting_.empty()) {
      Node* next = waiting_.back();
      waiting_.pop_back();
      draw(next);
    }
  }

  std::string text() const { return "digraph {\n  node [shape=box, fontname=monospace];\n" + out_ + edges_ + "}\n"; }

 private:
  static bool is_function_output(const Node* n) { return std::string_view(n->op->name) == "Function.output"; }

  // Of a Function's output the function's.
  std::size_t number_of(Node* n) {
    const IntList sizes = n->size_list();
    if (is_function_output(n) && n->edges()[0] != nullptr) n = n->edges()[0];
    const auto [at, is_new] = numbers_.emplace(n, Seen{numbers_.size(), sizes});
    if (is_new) waiting_.push_back(n);
    return at->second.number;
  }

  void draw(Node* n) {
    const Seen seen = numbers_.at(n);
    const bool is_function = n->extra != nullptr && n->extra->function != nullptr;
    const auto named = names_.find(n);
    std::string name = named != names_.end() ? named->second : "";
    if (!n->is_leaf())
      name = is_function ? core::class_name(core::function_class(*n->extra->function)) : core::called(n->op->name);
    out_ += core::joined("  n", seen.number, " [label=", label(name, seen.sizes),
                         n->is_leaf()                    ? ", style=filled, fillcolor=lightblue"
                         : n->flags.has(core::kReleased) ? ", style=dashed"
                                                         : "",
                         "];\n");
    for (unsigned k = 0; k < n->n_in; ++k) {
      Node* edge = n->edges()[k];
      if (edge != nullptr) edges_ += core::joined("  n", number_of(edge), " -> n", seen.number, ";\n");
    }
  }

  struct Seen {
    std::size_t number;
    IntList sizes;
  };
  std::unordered_map<const Node*, std::string> names_;
  std::unordered_map<const Node*, Seen> numbers_;
  std::vector<Node*> waiting_;
  std::string out_, edges_;
};

}  // namespace

std::string make_dot(const tensor_list& outputs, const StateDict& names) {
  Drawing drawing(names);
  for (std::size_t k = 0; k < outputs.size(); ++k) drawing.add_output(outputs[k], k);
  return drawing.text();
}

}  // namespace tapegrad::autograd
