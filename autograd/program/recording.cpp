#include "autograd/program/recording.h"

#include <algorithm>

#include "autograd/core/node.h"
#include "autograd/core/text.h"

namespace tapegrad::program {

using core::joined;

core::Node* leaf_node(const core::TensorImpl* t) noexcept {
  core::Node* n = t->node.load(std::memory_order_acquire);
  return n != nullptr && n->is_leaf() ? n : nullptr;
}

void Outside::note() noexcept {
  head = head_of(impl());
  storage = impl()->storage;
  data = impl()->data;
  handles = handles_of(impl()) - returned;
  returned = 0;
}

std::string text(const Recording& r, int slot) {
  const Slot& s = r.slots[static_cast<std::size_t>(slot)];
  const Root& root = r.root_of(slot);
  bool returned = false;
  for (const Result& result : r.results)
    returned |= result.slot >= 0 && r.slots[static_cast<std::size_t>(result.slot)].root == s.root;
  bool is_grad = root.kind == RootKind::kGrad;
  for (const Grad& g : r.grads) is_grad |= g.slot >= 0 && r.slots[static_cast<std::size_t>(g.slot)].root == s.root;
  const char letter = root.kind == RootKind::kInput      ? 'x'
                      : root.kind == RootKind::kOutside  ? 'w'
                      : returned                         ? 'o'
                      : is_grad                          ? 'g'
                      : root.kind == RootKind::kConstant ? 'c'
                                                         : 'v';
  std::string out = joined(std::string(1, letter), s.root, IntList(s.sizes));
  if (s.offset != 0) out += joined("+", s.offset);
  return out;
}

std::string text(const Recording& r, const Line& line) {
  std::string out = joined(text(r, line.out), line.in_place ? " <- " : " = ", line.call.op->name, "(");
  const char* comma = "";
  for (std::size_t k = 0; k < line.in.size(); ++k) {
    if (line.in_place && k == 0) continue;
    out += joined(comma, text(r, line.in[k]));
    comma = ", ";
  }
  return out + ")";
}

std::string dot(const Recording& r) {
  std::string boxes, arrows;
  std::vector<std::string> holder(r.roots.size());  // of each run of bytes: the box whose result it has by then
  const auto box_of = [&](int slot) {
    std::string& box = holder[static_cast<std::size_t>(r.slots[static_cast<std::size_t>(slot)].root)];
    if (!box.empty()) return box;
    box = joined("r", r.slots[static_cast<std::size_t>(slot)].root);
    boxes += joined("  ", box, " [label=\"", text(r, slot), "\", style=filled, fillcolor=",
                    r.root_of(slot).kind == RootKind::kInput ? "lightyellow" : "lightblue", "];\n");
    return box;
  };
  for (std::size_t k = 0; k < r.lines.size(); ++k) {
    const Line& line = r.lines[k];
    const std::string box = joined("l", k);
    for (const int in : line.in) arrows += joined("  ", box_of(in), " -> ", box, ";\n");
    boxes += joined("  ", box, " [label=\"", line.call.op->name, "\\n", text(r, line.out), "\"];\n");
    holder[static_cast<std::size_t>(r.slots[static_cast<std::size_t>(line.out)].root)] = box;
  }
  for (std::size_t k = 0; k < r.results.size(); ++k) {
    if (r.results[k].slot < 0) continue;
    boxes += joined("  out", k, " [label=\"", text(r, r.results[k].slot), "\", style=filled, fillcolor=palegreen];\n");
    arrows += joined("  ", box_of(r.results[k].slot), " -> out", k, ";\n");
  }
  return "digraph {\n  node [shape=box, fontname=monospace];\n" + boxes + arrows + "}\n";
}

std::string difference(const Recording& a, const Recording& b) {
  const auto same_line = [&](const Line& x, const Line& y) {
    return x.call.op == y.call.op && x.attrs == y.attrs && x.in == y.in && x.out == y.out && x.in_place == y.in_place;
  };
  for (std::size_t k = 0; k < std::min(a.lines.size(), b.lines.size()); ++k) {
    const Line &x = a.lines[k], &y = b.lines[k];
    if (x.call.op != y.call.op) return joined("line ", k, " was ", text(a, x), " and then ", text(b, y));
    bool same = same_line(x, y);
    for (std::size_t i = 0; same && i <= x.in.size(); ++i) {
      const auto slot = static_cast<std::size_t>(i < x.in.size() ? x.in[i] : x.out);
      same = a.slots[slot] == b.slots[slot];
      const auto root = static_cast<std::size_t>(a.slots[slot].root);
      const Root &p = a.roots[root], &q = b.roots[root];
      same = same && p.kind == q.kind && p.index == q.index && p.image == q.image;
    }
    if (same) continue;
    // A number is a line of its own: it is told which one works with it.
    const auto reads = [&](const Line& l) { return std::find(l.in.begin(), l.in.end(), y.out) != l.in.end(); };
    const auto reader = y.in.empty() ? std::find_if(b.lines.begin(), b.lines.end(), reads) : b.lines.end();
    return joined("line ", k, ", ", text(b, y), reader == b.lines.end() ? "" : " for " + text(b, *reader),
                  ", works with another number or tensor than the time before");
  }
  if (a.lines.size() != b.lines.size())
    return joined("it took ", a.lines.size(), " operations and then ", b.lines.size());
  bool same = a.outside.size() == b.outside.size() && a.results == b.results && a.grads == b.grads &&
              a.pins == b.pins && a.lengths == b.lengths;
  for (std::size_t k = 0; same && k < a.outside.size(); ++k) same = a.outside[k].impl() == b.outside[k].impl();
  for (std::size_t k = 0; same && k < a.results.size(); ++k) {
    const int slot = a.results[k].slot;
    same = slot < 0 || (a.slots[static_cast<std::size_t>(slot)] == b.slots[static_cast<std::size_t>(slot)] &&
                        a.root_of(slot).image == b.root_of(slot).image);
  }
  return same ? "" : "it returned, or left as .grad, other tensors than the time before";
}

}  // namespace tapegrad::program
