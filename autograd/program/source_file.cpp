#include <algorithm>
#include <cctype>
#include <limits>

#include "autograd/kernels/source.h"
#include "autograd/program/layout.h"
#include "autograd/program/source_writer.h"

namespace tapegrad::program {

using core::joined;
using core::literal;
using core::TensorImpl;

const char* type_of(Dtype d) {
  switch (d) {
    case kFloat:
      return "float";
    case kDouble:
      return "double";
    case kLong:
      return "long long";
    case kBool:
      return "bool";
    default:
      core::throw_dtype("write_source", "not implemented for '", d, "'; convert with to(kFloat)");
  }
}

template <class T>
static T element_of(const std::byte* data, std::int64_t k) {
  return reinterpret_cast<const T*>(data)[k];
}
std::string number(Dtype dtype, const std::byte* data, std::int64_t k) {
  switch (dtype) {
    case kFloat: {
      const std::string text = literal(element_of<float>(data, k));
      return std::isdigit(static_cast<unsigned char>(text.back())) != 0 ? text + "f" : text;
    }
    case kDouble:
      return literal(element_of<double>(data, k));
    case kLong:
      return std::to_string(element_of<std::int64_t>(data, k));
    default:
      return element_of<bool>(data, k) ? "true" : "false";
  }
}

// type name[n] = {...};, of one element where there is none
static std::string array(const std::string& name, Dtype dtype, const std::byte* data, std::int64_t n) {
  std::string out = joined(type_of(dtype), " ", name, "[", std::max<std::int64_t>(n, 1), "] = {", n == 0 ? "0" : "");
  for (std::int64_t k = 0; k < n; ++k)
    out += joined(k == 0 ? "" : k % 8 == 0 ? ",\n    " : ", ", number(dtype, data, k));
  return out + "};\n";
}

SourceWriter::Files SourceWriter::write() {
  count_reads();
  for (const Line* line : lines_) write_line(*line);
  flush();
  const std::string results = write_results();
  Files files;
  std::string known;
  for (const auto& [root, use] : used_) known += declaration(root);
  const std::string values = places();
  std::string& out = files.source;
  out = joined("// ", options_.function, ": ", lines_.size(),
               " operations, written out by tapegrad. C++11; it needs <cmath> alone and allocates nothing.\n"
               "#include <cmath>\n\n");
  if (!options_.weights.empty()) {
    files.weights = joined("/* What ", options_.function, " knows beforehand. */\n", known);
    out += joined("#include \"", options_.weights.substr(options_.weights.find_last_of('/') + 1), "\"\n\n");
    known.clear();
  }
  const std::string functions = options_.function + "_functions";  // not static, so that none that is unused is told
  out += joined("namespace ", functions, " {\n", kernels::kSourceFunctions, "}\nusing namespace ", functions, ";\n\n");
  out += "namespace {\n" + known + variables_ + values + "}  // namespace\n\n";
  out += public_variables_ + comment_ + signature_ + " {\n" + pointers_ + body_ + results + "}\n";
  return files;
}

std::string SourceWriter::test(const std::vector<Tensor>& arguments, const std::function<std::vector<Tensor>()>& call) {
  std::string given, out =
                         "\ntemplate <class T>\nstatic bool differs_(T got, T want) {\n"
                         "  if (got == want || (got != got && want != want)) return false;\n"
                         "  return !(std::fabs(double(got - want)) <= 1e-4 * (1 + std::fabs(double(want))));\n}\n"
                         "int main() {\n  int wrong = 0;\n";
  for (const int root : parameters_) {
    const Tensor& x = arguments[as_index(root_at(root).index)];
    out += "  static " + array(name(root), x.dtype(), x.impl()->data, elements(root));
    given += (given.empty() ? "" : ", ") + name(root);
  }
  const std::vector<Tensor> results = call();
  std::string compared;
  for (std::size_t k = 0; k < results.size(); ++k) {
    const Tensor want = results[k].detach().contiguous();
    const std::string y = joined("y", k), type = type_of(want.dtype());
    if (!gives_number_) {
      out += joined("  static ", type, " ", y, "[", std::max<std::int64_t>(want.numel(), 1), "];\n");
      given += (given.empty() ? "" : ", ") + y;
    }
    out += "  static const " + array("want_" + y, want.dtype(), want.impl()->data, want.numel());
    const std::string got = gives_number_ ? y : y + "[i]", right = "want_" + y + "[i]";
    compared += joined("  for (int i = 0; i < ", want.numel(), "; ++i) wrong += differs_(", got, ", ", right, ");\n");
  }
  const std::string number = gives_number_ ? joined("const ", type_of(results[0].dtype()), " y0 = ") : "";
  return out + "  " + number + options_.function + "(" + given + ");\n" + compared + "  return wrong;\n}\n";
}

// What runs, and who reads what it makes.
void SourceWriter::count_reads() {
  const Recording& r = recording();
  for (const Grad& g : r.grads)
    for (const Root& root : r.roots)
      if (g.effect == Grad::kSet && root.kind == RootKind::kGrad && root.index == g.outside)
        core::throw_autograd(
            "write_source",
            "a .grad that is read is then replaced by another tensor; zero_grad() inside, first of all");
  const std::vector<bool> needed = p_.find_needed();
  for (std::size_t k = 0; k < r.lines.size(); ++k) {
    if (!needed[k] || p_.runs_once(r.lines[k])) continue;
    lines_.push_back(&r.lines[k]);
    for (const int in : r.lines[k].in) ++reads_[root_of(in)];
  }
  for (const Result& result : r.results) {
    if (result.slot < 0) core::throw_autograd("write_source", "a result is undefined; return tensors");
    ++reads_[root_of(result.slot)];
  }
}

// A constant, or computed of constants alone.
bool SourceWriter::is_known(int root) const { return is_memory(root_at(root).kind) && p_.is_constant_[as_index(root)]; }

std::string SourceWriter::name(int root) const {
  const RootKind k = root_at(root).kind;
  const char letter = k == RootKind::kInput     ? 'x'
                      : k == RootKind::kOutside ? 'w'
                      : k == RootKind::kGrad    ? 'g'
                      : is_known(root)          ? 'c'
                                                : 'v';
  return joined(std::string(1, letter), root);
}

std::int64_t SourceWriter::first_byte(int root) const {
  std::int64_t first = root_at(root).kind == RootKind::kInput ? 0 : std::numeric_limits<std::int64_t>::max();
  for (const Slot& s : recording().slots)
    if (s.root == root) first = std::min(first, s.offset);
  return first;
}

// One of its slots that begins with its first byte; null: nothing uses it.
const TensorImpl* SourceWriter::first_of(int root) const {
  const TensorImpl* first = nullptr;
  for (std::size_t k = 0; k < recording().slots.size(); ++k) {
    const Slot& s = recording().slots[k];
    if (s.root != root) continue;
    if (first != nullptr && s.dtype != first->dtype)
      core::throw_autograd("write_source", "the same bytes are used as two dtypes; convert with to()");
    if (first == nullptr || s.offset == first_byte(root)) first = impl_of(static_cast<int>(k));
  }
  return first;
}

// Where they stand, from the first that is used.
const std::byte* SourceWriter::known_bytes(int root) const {
  const Root& r = root_at(root);
  if (r.kind == RootKind::kGrad) return p_.grad_of(r.index).impl()->data - r.shift + first_byte(root);
  return r.kind == RootKind::kConstant ? r.image.data() + first_byte(root) : first_of(root)->data;
}

std::int64_t SourceWriter::elements(int root) const {
  std::int64_t n = 0;
  for (const Slot& s : recording().slots) {
    if (s.root != root || std::count(s.sizes.begin(), s.sizes.end(), 0) > 0) continue;
    std::int64_t last = (s.offset - first_byte(root)) / static_cast<std::int64_t>(item_size(s.dtype));
    for (std::size_t d = 0; d < s.sizes.size(); ++d) last += (s.sizes[d] - 1) * s.strides[d];
    n = std::max(n, last + 1);
  }
  return n;
}

// The array of what is there before the function is called: parameters, state, constants.
std::string SourceWriter::declaration(int root) {
  const Root& r = root_at(root);
  if (r.kind == RootKind::kInput || (is_memory(r.kind) && !is_known(root))) return "";
  const TensorImpl* t = first_of(root);
  const std::byte* data = known_bytes(root);
  const std::int64_t n = elements(root);
  if (!is_known(root)) return "static " + array(name(root), t->dtype, data, n);
  if (!r.is_written) return "static const " + array(name(root), t->dtype, data, n);
  body_ = joined("  for (int e = 0; e < ", n, "; ++e) ", name(root), "[e] = ", name(root), "_[e];\n") + body_;
  return joined("static ", type_of(t->dtype), " ", name(root), "[", n, "];\n") + "static const " +
         array(name(root) + "_", t->dtype, data, n);
}

// Values lie where they are free, in an array a dtype; the function's pointers show where.
std::string SourceWriter::places() {
  std::string out;
  for (const Dtype dtype : {kFloat, kDouble, kLong, kBool}) {
    Layout layout;
    std::map<int, std::int64_t> offsets;
    for (const auto& [root, use] : used_) {
      if (!is_memory(root_at(root).kind) || is_known(root) || first_of(root)->dtype != dtype) continue;
      const std::size_t bytes = aligned(static_cast<std::size_t>(elements(root)) * item_size(dtype));
      layout.add({bytes, use.first, use.last, &offsets[root]});
    }
    if (offsets.empty()) continue;
    const std::string type = type_of(dtype), values = joined("values_", dtype == kLong ? "long" : type);
    out += joined("alignas(", kAlignment, ") ", type, " ", values, "[", layout.fit() / item_size(dtype), "];\n");
    for (const auto& [root, offset] : offsets)
      pointers_ += joined("  ", type, "* const ", name(root), " = ", values, " + ",
                          offset / static_cast<std::int64_t>(item_size(dtype)), ";\n");
  }
  return out;
}

// The signature, and what copies the results out.
std::string SourceWriter::write_results() {
  const Recording& r = recording();
  std::string arguments, described, copies;
  const auto add_argument = [&](const std::string& text) { arguments += (arguments.empty() ? "" : ", ") + text; };
  const auto describe = [&](const std::string& what, const std::vector<std::int64_t>& sizes) {
    described += joined(described.empty() ? "// " : ", ", what, " ", IntList(sizes));
  };
  for (int root = 0; root < static_cast<int>(r.roots.size()); ++root) {
    if (root_at(root).kind != RootKind::kInput || first_of(root) == nullptr) continue;
    parameters_.push_back(root);
    add_argument(joined(root_at(root).is_written ? "" : "const ", type_of(first_of(root)->dtype), "* ", name(root)));
    const auto whole = std::find_if(r.slots.begin(), r.slots.end(), [&](const Slot& s) { return s.root == root; });
    describe(name(root), whole->sizes);
  }
  gives_number_ = r.results.size() == 1 && impl_of(r.results[0].slot)->numel == 1;
  std::string type = "void";
  for (std::size_t k = 0; k < r.results.size(); ++k) {
    const TensorImpl* t = impl_of(r.results[k].slot);
    const std::string y = joined("y", k);
    describe(gives_number_ ? "gives" : y, slot_at(r.results[k].slot).sizes);
    if (gives_number_) {
      copies = joined("  return ", place(r.results[k].slot, "0"), ";\n");
      type = type_of(t->dtype);
      break;
    }
    add_argument(joined(type_of(t->dtype), "* ", y));
    std::string from = "0", indent = "  ";
    for (int d = 0; d < t->rank; ++d) {
      copies += joined(indent, "for (int i", d, " = 0; i", d, " < ", t->sizes()[d], "; ++i", d, ")\n");
      indent += "  ";
      from += joined(" + i", d, " * ", t->strides()[d]);
    }
    copies += joined(indent, "*", y, "++ = ", place(r.results[k].slot, from), ";\n");
  }
  comment_ = described.empty() ? "" : described + "\n";
  signature_ = joined(type, " ", options_.function, "(", arguments, ")");
  return copies;
}

}  // namespace tapegrad::program
