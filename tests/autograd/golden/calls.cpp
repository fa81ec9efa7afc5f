// All calls, and how near to PyTorch each operation comes.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

std::map<std::string, Call>& table() {
  static std::map<std::string, Call> all;
  return all;
}

}  // namespace

Calls::Calls(const std::map<std::string, Call>& some) { table().insert(some.begin(), some.end()); }

const std::map<std::string, Call>& calls() { return table(); }

std::set<std::string> operations() {
  std::set<std::string> names;
  for (const auto& [key, call] : calls()) names.insert(key.substr(0, key.find(' ')));
  return names;
}

Closeness closeness(const std::string& op) {
  // Cotangents are multiples of 2^-10 below 1: a few of them add up exactly.
  static const std::set<std::string> exact = {
      "add",          "sub",         "neg",        "operator+",   "operator-",    "where",       "abs",
      "sign",         "relu",        "relu_",      "hardtanh",    "clone",        "contiguous",  "clamp",
      "clamp_",       "clamp_min",   "clamp_max",  "eq",          "ne",           "lt",          "le",
      "gt",           "ge",          "operator==", "operator!=",  "operator<",    "operator<=",  "operator>",
      "operator>=",   "isnan",       "equal",      "allclose",    "copy_",        "fill_",       "zero_",
      "masked_fill_", "argmax",      "argmin",     "all",         "any",          "sum",         "cumsum",
      "transpose",    "t",           "permute",    "view",        "view_as",      "reshape",     "flatten",
      "squeeze",      "unsqueeze",   "expand",     "expand_as",   "narrow",       "select",      "slice",
      "diagonal",     "split",       "chunk",      "unbind",      "to",           "cat",         "stack",
      "repeat",       "flip",        "tril",       "triu",        "pad",          "one_hot",     "index",
      "index_put_",   "gather",      "scatter",    "scatter_",    "index_select", "index_add",   "scatter_add",
      "scatter_add_", "add_",        "sub_",       "masked_fill", "maximum",      "minimum",     "floor",
      "ceil",         "round",       "trunc",      "fmod",        "floor_divide", "logical_and", "logical_or",
      "logical_xor",  "logical_not", "operator!",  "bitwise_and", "bitwise_or",   "bitwise_xor", "bitwise_not",
      "operator&",    "operator|",   "operator^",  "operator~",   "isinf",        "isfinite",    "isclose",
      "nan_to_num"};
  static const std::set<std::string> ulps = {
      "mul",        "div",     "operator*", "operator/", "mul_",   "div_",      "pow",       "exp",        "expm1",
      "log",        "log1p",   "sqrt",      "rsqrt",     "sin",    "cos",       "erf",       "reciprocal", "square",
      "tanh",       "sigmoid", "softplus",  "silu",      "elu",    "max",       "min",       "amax",       "amin",
      "leaky_relu", "tan",     "asin",      "acos",      "atan",   "atan2",     "sinh",      "cosh",       "exp2",
      "log2",       "log10",   "xlogy",     "erfc",      "erfinv", "remainder", "operator%", "log_sigmoid"};
  if (op == "gelu") return Closeness::MoreUlps;
  return exact.count(op) == 1 ? Closeness::Exact : ulps.count(op) == 1 ? Closeness::Ulps : Closeness::Scale;
}

}  // namespace tapegrad::test::golden
