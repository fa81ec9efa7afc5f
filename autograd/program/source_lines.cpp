#include <algorithm>
#include <bit>
#include <cctype>

#include "autograd/program/source_writer.h"

namespace tapegrad::program {

using core::joined;
using core::literal;
using core::TensorImpl;

namespace {

// The expression with its names replaced; numbers stay, which may have an e in them.
std::string with_names(const std::string& expression, const auto& replace) {
  const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  std::string out;
  for (std::size_t i = 0; i < expression.size();) {
    if (!in_name(expression[i])) {
      out += expression[i++];
      continue;
    }
    const std::size_t begin = i;
    const bool is_number = std::isdigit(static_cast<unsigned char>(expression[i])) != 0;
    while (i < expression.size() &&
           (in_name(expression[i]) ||
            (is_number && (expression[i] == '.' || (expression[i] == '-' && expression[i - 1] == 'e')))))
      ++i;
    const std::string word = expression.substr(begin, i - begin);
    out += is_number ? word : replace(word);
  }
  return out;
}

}  // namespace

void SourceWriter::refuse() const {
  core::throw_autograd("write_source", "'", line_->call.op->name,
                       "' cannot be written as C++; leave it out of the captured function, or replay it");
}

void SourceWriter::write_line(const Line& l) {
  line_ = &l;
  now_ = l.call;
  operands_.clear();
  for (const int in : l.in) operands_.push_back(p_.impls_[as_index(in)]);
  now_.in = operands_.data();
  now_.out = p_.impls_[as_index(l.out)];
  now_.attrs = {l.attrs.data(), l.call.attrs.count};
  call_ = &now_;
  if (now_.op->source == nullptr) refuse();
  now_.op->source(*this);
  if (group_.n == 0) ++unit_;
}

void SourceWriter::each(const char* expression, int to) {
  if (expression == nullptr) refuse();
  const int target = to < 0 ? line_->out : line_->in[as_index(to)];
  const TensorImpl* out = impl_of(target);
  if (out->numel == 0) return;
  std::set<int> used;
  with_names(expression, [&](const std::string& name) {
    if (const int k = operand(name); k >= 0) used.insert(k);
    return name;
  });
  std::vector<int> operands;
  for (const int k : used) operands.push_back(line_->in[as_index(k)]);
  const bool is_flat = core::is_contiguous(out) && std::all_of(operands.begin(), operands.end(), [&](int slot) {
                         const TensorImpl* t = impl_of(slot);
                         return t->numel == 1 || (core::is_contiguous(t) && t->numel == out->numel);
                       });
  if (!is_flat) return write_loops(expression, target);
  join(out->numel, operands, target);
  const int root = root_of(target);
  const std::string value = joined("(", type_of(out->dtype), ")(", replaced(expression, "e"), ");");
  if (!line_->in_place && root_at(root).kind == RootKind::kValue) {
    group_.statements.push_back({joined("const ", type_of(out->dtype), " t", root, " = ", value)});
    group_.statements.push_back({"", target});
    group_.made.insert(target);
  } else {
    group_.statements.push_back({joined(place(target, "e"), " = ", value)});
  }
  group_.written[root] = target;
}

void SourceWriter::sum(const char* term, kernels::Shape3 shape, std::int64_t divisor) {
  const std::string out_type = type(-1), by = divisor == 1 ? "" : joined(" / ", divisor);
  if (shape.outer == 1 && shape.inner == 1 && shape.n > 0) {
    join(shape.n, line_->in, line_->out);
    const int root = root_of(line_->out);
    group_.written[root] = line_->out;
    group_.sums.push_back({joined("s", root), out_type, joined(place(line_->out, "0"), " = "), by + ";"});
    group_.statements.push_back({joined("s", root, "@ += ", replaced(term, "e"), ";")});
    return;
  }
  const std::string out = flat(-1, shape.inner == 1 ? "o" : joined("o * ", shape.inner, " + i"));
  const std::string inner = joined("for (int i = 0; i < ", shape.inner, "; ++i) ");
  const std::string each_row = joined("for (int r = 0; r < ", shape.n, "; ++r) ");
  loop("o", shape.outer);
  if (shape.inner == 1) {
    line(out_type + " sum = 0;");
    line(joined(each_row, "sum += ", replaced(term, joined("o * ", shape.n, " + r")), ";"));
    line(joined(out, " = sum", by, ";"));
  } else {
    line(joined(inner, out, " = 0;"));
    line(joined(each_row, inner, out, " += ", replaced(term, joined("(o * ", shape.n, " + r) * ", shape.inner, " + i")),
                ";"));
    if (divisor != 1) line(joined(inner, out, " = ", out, by, ";"));
  }
  line("}");
}

void SourceWriter::line(const std::string& text) {
  flush();
  add(text);
}

std::string SourceWriter::at(int k, std::initializer_list<std::string> index) {
  flush();
  const TensorImpl* t = impl_of(slot_of(k));
  std::string sum;
  int d = t->rank - static_cast<int>(index.size());
  for (const std::string& i : index) {
    if (d >= 0 && t->strides()[d] != 0 && t->sizes()[d] != 1)
      sum += joined(sum.empty() ? "" : " + ", i, t->strides()[d] == 1 ? "" : joined(" * ", t->strides()[d]));
    ++d;
  }
  return place(slot_of(k), sum.empty() ? "0" : sum);
}
std::string SourceWriter::flat(int k, const std::string& index) {
  flush();
  return place(slot_of(k), index);
}
std::string SourceWriter::type(int k) { return type_of(impl_of(slot_of(k))->dtype); }

std::string SourceWriter::variable(const void* key, const char* name, double value) {
  const auto [found, is_new] = names_.try_emplace({key, name}, "");
  std::string& unique = found->second;
  if (!is_new) return unique;
  const bool is_public = *name != '_';
  unique = is_public ? joined(options_.function, "_", name) : joined(name + 1, "_");
  if (const int n = ++times_[unique]; n > 1 || !is_public) unique += std::to_string(n);
  (is_public ? public_variables_ : variables_) += joined("double ", unique, " = ", literal(value), ";\n");
  return unique;
}

// What a group reads of what it has written must be the same elements, and what it writes must not be read as others.
void SourceWriter::join(std::int64_t n, const std::vector<int>& operands, int target) {
  const auto fits_as = [&](int slot) {
    const auto w = group_.written.find(root_of(slot));
    return w == group_.written.end() || (w->second == slot && impl_of(slot)->numel == n);
  };
  bool fits = group_.n == n && fits_as(target) && !group_.made.contains(target) &&
              std::all_of(operands.begin(), operands.end(), fits_as);
  for (const auto& [slot, times] : group_.read)
    fits = fits && (root_of(slot) != root_of(target) || (slot == target && impl_of(slot)->numel == n));
  if (!fits) flush();
  group_.n = n;
  for (const int slot : operands) ++group_.read[slot];
}

void SourceWriter::flush() {
  if (group_.n == 0) return;
  const Group g = std::exchange(group_, {});
  const std::int64_t lanes = !g.sums.empty() && g.n >= core::kSourceLanes ? core::kSourceLanes : 1;
  const auto body = [&](const std::string& lane) {
    for (const Statement& s : g.statements) {
      if (s.kept >= 0) {
        const auto here = g.read.find(s.kept);
        if (reads_[root_of(s.kept)] > (here == g.read.end() ? 0 : here->second))
          add(joined(place(s.kept, "e"), " = t", root_of(s.kept), ";"));
      } else {
        const std::size_t sum = s.text.find('@');
        add(sum == std::string::npos ? s.text : std::string(s.text).replace(sum, 1, lane));
      }
    }
  };
  const auto looped = [&](const std::string& head, const std::string& lane) {
    add(head);
    body(lane);
    add("}");
  };
  add("{");
  for (const Sum& s : g.sums) add(joined(s.type, " ", s.name, lanes == 1 ? " = 0;" : joined("[", lanes, "] = {0};")));
  if (g.n == 1) {
    add("const int e = 0;");
    body("");
  } else if (lanes == 1) {
    looped(joined("for (int e = 0; e < ", g.n, "; ++e) {"), "");
  } else {
    const std::int64_t whole = g.n / lanes * lanes;
    add(joined("for (int i = 0; i < ", whole, "; i += ", lanes, ")"));
    looped(joined("for (int k = 0, e = i; k < ", lanes, "; ++k, ++e) {"), "[k]");
    if (whole < g.n) looped(joined("for (int k = 0, e = ", whole, "; e < ", g.n, "; ++k, ++e) {"), "[k]");
  }
  for (const Sum& s : g.sums) add(joined(s.to, lanes == 1 ? s.name : joined("sum_(", s.name, ")"), s.by));
  add("}");
  ++unit_;
}

// Operands that are broadcast, or lie in another order.
void SourceWriter::write_loops(const std::string& expression, int target) {
  flush();
  const TensorImpl* out = impl_of(target);
  const auto index = [&](const TensorImpl* t) {
    std::string sum;
    for (int d = 0; d < t->rank; ++d)
      if (t->sizes()[d] != 1 && t->strides()[d] != 0)
        sum += joined(sum.empty() ? "" : " + ", "i", d + out->rank - t->rank, " * ", t->strides()[d]);
    return sum.empty() ? std::string("0") : sum;
  };
  int depth = 0;
  for (int d = 0; d < out->rank; ++d) {
    if (out->sizes()[d] == 1) continue;
    loop(joined("i", d).c_str(), out->sizes()[d]);
    ++depth;
  }
  const std::string value = with_names(expression, [&](const std::string& name) {
    const int k = operand(name);
    return element(name, k < 0 ? "" : index(impl_of(line_->in[as_index(k)])));
  });
  add(joined(place(target, index(out)), " = (", type_of(out->dtype), ")(", value, ");"));
  while (depth-- > 0) add("}");
}

std::string SourceWriter::replaced(const std::string& expression, const std::string& index) {
  return with_names(expression, [&](const std::string& name) { return element(name, index); });
}

int SourceWriter::operand(const std::string& name) const {
  const int k = name.size() == 1 ? name[0] - 'a' : -1;
  return k >= 0 && k < static_cast<int>(line_->in.size()) ? k : -1;
}

// What a name of an expression stands for.
std::string SourceWriter::element(const std::string& name, const std::string& index) {
  const Dtype dtype = now_.n_in > 0 ? now_.in[0]->dtype : now_.out->dtype;
  if (name == "T") return type_of(dtype);
  if (name == "p0" || name == "p1") {
    const std::int64_t word = now_.attrs[name[1] - '0'];
    if (!is_floating_point(dtype)) return std::to_string(word);
    return joined(type_of(dtype), "(", literal(std::bit_cast<double>(word)), ")");
  }
  const int k = operand(name);
  if (k < 0) return name;
  const int slot = line_->in[as_index(k)];
  const TensorImpl* t = impl_of(slot);
  if (group_.made.contains(slot)) return joined("t", root_of(slot));
  if (t->numel != 1) return place(slot, index);
  if (!is_known(root_of(slot)) || root_at(root_of(slot)).is_written) return place(slot, "0");
  const Slot& s = slot_at(slot);
  const std::string value = number(t->dtype, known_bytes(s.root) + (s.offset - first_byte(s.root)), 0);
  return value[0] == '-' ? "(" + value + ")" : value;
}

std::string SourceWriter::place(int slot, const std::string& index) {
  const Slot& s = slot_at(slot);
  used_.try_emplace(s.root, Use{unit_, unit_}).first->second.last = unit_;
  const std::int64_t offset = (s.offset - first_byte(s.root)) / static_cast<std::int64_t>(item_size(s.dtype));
  return joined(name(s.root), "[", offset == 0 ? "" : joined(offset, " + "), index, "]");
}

void SourceWriter::add(const std::string& text) {
  const auto times = [&](char c) { return static_cast<int>(std::count(text.begin(), text.end(), c)); };
  const int depth = text.front() == '}' ? depth_ - 1 : depth_;
  body_ += std::string(2 * as_index(depth), ' ') + text + "\n";
  depth_ += times('{') - times('}');
}

}  // namespace tapegrad::program
