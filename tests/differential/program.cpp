#include "tests/differential/program.h"

#include <cctype>
#include <cmath>
#include <limits>
#include <sstream>

namespace differential {

namespace {

constexpr OpText kTexts[] = {
#define OP(name, kind, ...) {Kind::kind, #__VA_ARGS__},
#include "operations.h"
#undef OP
};

std::string number(double v) {
  if (std::isnan(v)) return "NAN";
  if (std::isinf(v)) return v > 0 ? "INFINITY" : "-INFINITY";
  std::ostringstream out;
  out.precision(std::numeric_limits<double>::max_digits10);
  out << v;
  std::string s = out.str();
  return s.find_first_of(".e") == std::string::npos ? s + ".0" : s;
}

template <class T, class F>
std::string list_of(const std::vector<T>& all, F text) {
  std::string out = "{";
  for (std::size_t k = 0; k < all.size(); ++k) out += (k > 0 ? ", " : "") + text(all[k]);
  return out + "}";
}

std::string reg(int r) { return r < 0 ? "Tensor()" : "r" + std::to_string(r); }
std::string whole(std::int64_t v) { return std::to_string(v); }
std::string flag(bool b) { return b ? "true" : "false"; }

std::string argument(const std::string& letter, const Instruction& in) {
  switch (letter[0]) {
    case 'x':
    case 'g':
    case 'n':
      return reg(in.x);
    case 'y':
    case 'v':
    case 'w':
    case 'f':
    case 'c':
      return reg(in.y);
    case 'z':
      return reg(in.z);
    case 'i':
      return reg(in.i);
    case 'm':
      return reg(in.m);
    case 'd':
      return whole(in.d);
    case 'e':
      return whole(in.e);
    case 'j':
      return whole(in.j);
    case 'l':
      return whole(in.l);
    case 'a':
      return number(in.a);
    case 'k':
      return flag(in.k);
    case 'h':
      return whole(in.l % 3);
    default:
      return list_of(in.list, whole);
  }
}

// The source of an operation with its arguments in their places.
std::string operation(const Instruction& in) {
  const std::string s = text_of(in.op).source;
  std::string out;
  for (std::size_t k = 0; k < s.size();) {
    std::size_t end = k;
    while (end < s.size() && (std::isalnum(s[end]) != 0 || s[end] == '_')) ++end;
    if (end == k) {
      out += s[k++];
      continue;
    }
    const std::string word = s.substr(k, end - k);
    const bool free = k == 0 || (s[k - 1] != '.' && s[k - 1] != ':' && s[k - 1] != '"');
    if (s.compare(end, 2, "::") == 0 && (word == "lib" || word == "adapt")) {
      end += 2;
    } else {
      out += free && (word == "i0" || (word.size() == 1 && std::islower(word[0]) != 0)) ? argument(word, in) : word;
    }
    k = end;
  }
  return out;
}

std::string leaf(const Instruction& in) {
  static const char* const dtypes[] = {"kBool", "kLong", "kFloat", "kDouble"};
  const auto text = [&](double v) { return in.dtype == Dtype::Long ? whole(static_cast<std::int64_t>(v)) : number(v); };
  return "tensor(std::vector<double>" + list_of(in.values, text) + ").to(" + dtypes[static_cast<int>(in.dtype)] +
         ").view(" + list_of(in.list, whole) + ")" + (in.k ? ".requires_grad_()" : "");
}

std::string seed(int s, int root) {
  return s == kNoSeed ? "Tensor()" : s == kRamp ? "ramp_like(" + reg(root) + ")" : reg(s);
}

std::string gradients(const Instruction& in) {
  std::vector<std::string> seeds;
  for (std::size_t k = 0; k < in.seeds.size(); ++k) seeds.push_back(seed(in.seeds[k], in.roots[k]));
  const std::string retain = in.j < 0 ? "{}" : flag(in.j > 0);
  const std::string before = list_of(in.roots, reg) + ", ",
                    given = list_of(seeds, [](const std::string&s) { return s; });
  const std::string rest = given + ", " + retain + ", " + flag(in.k);
  if (in.op == Op::Backward) return "autograd::backward(" + before + rest + ", " + list_of(in.inputs, reg) + ")";
  std::string out = "const auto g" + whole(in.out[0]) + " = autograd::grad(" + before + list_of(in.inputs, reg) + ", " +
                    rest + ", " + flag(in.allow_unused) + ");";
  for (std::size_t k = 0; k < in.out.size(); ++k)
    out += " Tensor r" + whole(in.out[k]) + " = g" + whole(in.out[0]) + "[" + std::to_string(k) + "];";
  return out.substr(0, out.size() - 1);
}

std::string statement(const Instruction& in) {
  switch (in.op) {
    case Op::Leaf:
      return leaf(in);
    case Op::Drop:
      return reg(in.x) + " = Tensor()";
    case Op::GradMode:
      return "set_grad_enabled(" + flag(in.k) + ")";
    case Op::RetainGrad:
      return reg(in.x) + ".retain_grad()";
    case Op::Hook: {
      const std::string name = reg(in.x) + ".register_hook(";
      return name + (in.j == 0   ? "[](const Tensor&) { return Tensor(); })"
                     : in.j == 1 ? "[](const Tensor& g) { return g * 2; })"
                                 : "[](const Tensor& g) { return g * g; })");
    }
    case Op::RemoveHook:
      return "remove the last hook";
    case Op::ZeroGrad:
      return "zero_grad(" + reg(in.x) + ", " + flag(in.k) + ")";
    case Op::GradOf:
      return reg(in.x) + ".mutable_grad()";
    case Op::SetGrad:
      return reg(in.x) + ".mutable_grad() = " + reg(in.y);
    case Op::Backward:
    case Op::Grad:
      return gradients(in);
    default:
      return operation(in);
  }
}

}  // namespace

const OpText& text_of(Op op) {
  static constexpr OpText step{Kind::Step, ""};
  const auto k = static_cast<std::size_t>(op);
  return k < std::size(kTexts) ? kTexts[k] : step;
}

const char* name(Threw t) {
  static const char* const names[] = {"nothing", "an IndexError", "an AutogradError", "an Error", "what is no Error"};
  return names[static_cast<int>(t)];
}

std::vector<int> read_by(const Instruction& in) {
  std::vector<int> all;
  for (const int r : {in.x, in.y, in.z, in.i, in.m})
    if (r >= 0) all.push_back(r);
  for (const auto* list : {&in.roots, &in.seeds, &in.inputs})
    for (const int r : *list)
      if (r >= 0) all.push_back(r);
  return all;
}

std::string source_of(const Program& program) {
  std::string out;
  for (const Instruction& in : program)
    out +=
        "  " + (in.out.empty() || in.op == Op::Grad ? "" : "Tensor " + reg(in.out[0]) + " = ") + statement(in) + ";\n";
  return out;
}

}  // namespace differential
