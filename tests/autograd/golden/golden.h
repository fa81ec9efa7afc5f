// What PyTorch computes: the cases of ops_golden.txt (ops_golden.py has the format), and our call for each of them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "../oracle.h"

namespace tapegrad::test::golden {

// A line of numbers. Where the line has no shape (w, grad) it is that of the tensor it belongs to.
struct Line {
  std::string dtype;  // real, f32, f64, long, bool
  Shape shape;
  std::vector<double> numbers;
  bool leaf = false;
};

struct Output {
  Line value;
  std::optional<Line> cotangent;
};

// The words that a call takes beside its tensors.
class Args {
 public:
  Args() = default;
  explicit Args(std::vector<std::string> words) : words_(std::move(words)) {}
  std::size_t size() const { return words_.size(); }
  const std::string& word(std::size_t k) const { return words_.at(k); }
  bool flag(std::size_t k) const { return word(k) == "true"; }
  std::int64_t integer(std::size_t k) const;
  OptInt optional_integer(std::size_t k) const;
  double number(std::size_t k) const;
  Scalar scalar(std::size_t k) const;  // an integer where it is written as one
  OptScalar optional_scalar(std::size_t k) const;
  std::optional<double> optional_number(std::size_t k) const;
  std::vector<std::int64_t> integers(std::size_t k) const;
  Reduction reduction(std::size_t k) const;
  Dtype dtype(std::size_t k) const;

 private:
  std::vector<std::string> words_;
};

struct GoldenCase {
  std::string op, variant, label;
  Args args;
  std::vector<Line> inputs;
  std::vector<Output> outputs;
  std::vector<Line> gradients;  // of the leaves; none where no output has a gradient

  std::string name() const { return op + " " + variant + " | " + label; }
};

// The cases of one operation, or of all.
std::vector<GoldenCase> cases_of(const std::string& op);
std::vector<GoldenCase> all_cases();
// Only the names: "op variant | label".
std::vector<std::string> case_names();

Dtype dtype_of(const std::string& word, Dtype real);

// --- our side
using Call = Tensors (*)(const Tensors& x, const Args& a);

// Calls are added where they are written: const Calls kViews({{"t -", ...}, ...});
struct Calls {
  explicit Calls(const std::map<std::string, Call>& some);
};
const std::map<std::string, Call>& calls();  // by "op variant"
std::set<std::string> operations();          // that have a call

// --- how near to PyTorch (correctness.md)
enum class Closeness : std::uint8_t {
  Exact,     // the same numbers, in f32 too: copies, views, comparisons and what only adds a few exact numbers
  Ulps,      // elementwise: each value within 16 eps of itself, twice the table's worst: ours and PyTorch's may add up
  MoreUlps,  // within 64 eps in f64: PyTorch's 1 + erf(x) and 1 + tanh(z) lose the rest where x < 0
  Scale      // within 1e-12, or 64 eps in f32, of the tensor's largest element
};
Closeness closeness(const std::string& op);

// --- where we mean to differ
struct Disagreement {
  std::string name;  // that of the case
  std::string what;  // "out 0", "grad 1"
  std::vector<double> ours;
  std::string reason;
};
const std::vector<Disagreement>& disagreements();

}  // namespace tapegrad::test::golden
