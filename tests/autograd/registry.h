// The op registry: one sample an operation. Writing a sample in registry/<family>.cpp buys the tests of value,
// gradient, second order, broadcasting, strides, in-place form, f32, subsets of inputs, linearity, threads, empty
// shapes, edge values and errors (ops_*_test.cpp), without writing any.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include <tapegrad/autograd/ops.h>
#include <tapegrad/autograd/tensor.h>

#include "array.h"
#include "tests/common/constants.h"

namespace tapegrad::test {

using Tensors = std::vector<Tensor>;
using Fn = std::function<Tensor(const Tensors&)>;

// What the elements of an input are drawn from. kDouble: floating point, run in f64 and in f32.
struct Domain {
  double low = -3, high = 3;  // integers: low .. high - 1
  Dtype dtype = kDouble;
  bool differentiable = true;
};
inline Domain integers(double low, double high) { return {low, high, kLong, false}; }
inline Domain booleans() { return {0, 2, kBool, false}; }
inline Domain constant(double low = -3, double high = 3) { return {low, high, kDouble, false}; }

struct Input {
  Shape shape;
  Domain domain = {};
};

// How far a value may be from the reference: so many units in its last place, or times eps * magnitude(inputs) where a
// magnitude is given (such as the sum of the absolute values of the terms).
struct Accuracy {
  double f32 = 0, f64 = 0;
  Reference magnitude = nullptr;
};
inline Accuracy exact() { return {}; }
inline Accuracy rounded() { return {0.5, 0.5}; }

// One call: its inputs, the call, the reference.
struct Case {
  std::string label = {};
  std::vector<Input> inputs = {};
  Fn fn = {};
  Reference reference = {};
  Accuracy accuracy = {};
  std::vector<double> kinks = {};    // points that the inputs keep away from
  std::optional<Dtype> result = {};  // where it is not the inputs' floating-point dtype
  std::vector<Fn> spellings = {};    // methods and operators that mean the same
  Fn in_place = nullptr;             // the same, written to the first input, which is returned
  bool broadcasts = false;           // the inputs may also be given expanded
  bool large = false;                // enough elements for several threads; only for that test
  bool full = false;                 // left out unless TAPEGRAD_TEST_FULL is set
};

// A row of the boundary table: one-dimensional inputs, the values and, where the op has them, the gradients of the sum.
struct Edge {
  std::string label;
  std::vector<std::vector<double>> inputs;
  std::vector<double> value;
  std::vector<std::vector<double>> gradients = {};
  Fn fn = nullptr;  // the sample's first call where not given
};

// A call that must throw exactly the class E (where E is Error: any of tapegrad's) with a text that contains `message`.
struct Failure {
  std::string label;
  std::function<void()> call;
  std::string class_name;
  bool (*is_class)(const std::exception&);
  std::string message;
};

// A line that docs/operations.md shows, and what it gives.
struct Example {
  const char* source;
  std::string (*result)();
};

struct Sample {
  std::string name;
  std::vector<std::string> functions;  // the declared names that this sample stands for
  std::vector<Case> cases;
  std::vector<Edge> edges;
  std::vector<Failure> failures;
  std::vector<Example> examples;

  // Cases of an elementwise op for all the standard shapes. One domain an input.
  Sample& elementwise(const Case& pattern, const std::vector<Domain>& domains,
                      const std::function<Dual(const Dual*)>& reference);
  Sample& add(Case c) {
    cases.push_back(std::move(c));
    return *this;
  }
  // The same call with a number of elements that several threads share.
  Sample& large(Case c) {
    c.label += " large";
    c.large = true;
    return add(std::move(c));
  }
  Sample& edge(Edge e) {
    edges.push_back(std::move(e));
    return *this;
  }
  template <class E>
  Sample& throws(std::string message, std::function<void()> call) {
    failures.push_back({message, std::move(call), typeid(E).name(),
                        [](const std::exception& e) {
                          return std::is_same_v<E, Error> ? dynamic_cast<const Error*>(&e) != nullptr
                                                          : typeid(e) == typeid(E);
                        },
                        message});
    return *this;
  }
};

// An example of sample s: TAPEGRAD_EXAMPLE(tensor({0.0, 1.0}).exp()); A name that the sample stands for is shown beside
// those that call it.
#define TAPEGRAD_EXAMPLE(...) \
  s.examples.push_back({#__VA_ARGS__, [] { return ::tapegrad::test::result_text(__VA_ARGS__); }})

// "[[1, 2], [3, 4]]"; of several tensors one after the other.
std::string result_text(const Tensor& x);
std::string result_text(const std::vector<Tensor>& all);
std::string result_text(const std::tuple<Tensor, Tensor>& both);
std::string result_text(const std::tuple<Tensor, Tensor, Tensor>& all);
std::string result_text(bool value);

// Adds a sample: const Register kExp("exp", [](Sample& s) { ... });
// name: letters, digits and _; it is also the declared function unless others are named. Where a case says what the
// same is in place, the sample stands for name_ too.
struct Register {
  Register(std::string name, void (*fill)(Sample&));
  Register(std::string name, std::vector<std::string> functions, void (*fill)(Sample&));
};

// All samples, by name.
const std::vector<Sample>& samples();
std::vector<const Sample*> samples_where(bool (*wanted)(const Sample&));
bool any_case(const Sample& s, bool (*wanted)(const Case&));

bool is_differentiable(const Case& c);
bool is_empty(const Case& c);  // an input without elements
bool is_small(const Case& c);  // not large, and of this run

// Whether TAPEGRAD_TEST_FULL is set.
bool run_all_shapes();

std::string shape_text(const Shape& shape);  // "(3,1)"

// The sentences of a dim that a 2-dim tensor has not, above and below, and of one given twice.
inline constexpr char kRange[] = "Dimension out of range (expected to be in range of [-2, 1], but got 2)";
inline constexpr char kBelow[] = "Dimension out of range (expected to be in range of [-2, 1], but got -3)";
inline constexpr char kTwice[] = "appears multiple times in the list of dims";

// A tensor of this shape and dtype, for calls that throw.
inline Tensor of(IntList shape, Dtype d = kFloat) { return zeros(shape, d); }

}  // namespace tapegrad::test
