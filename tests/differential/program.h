// A program as plain data, and the machine that runs it. Two libraries implement the machine from one source
// (machine.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace differential {

enum class Dtype { Bool, Long, Float, Double };

// What a result is: computed elementwise, computed from many elements, elements moved, a view, a view or a copy by
// layout, x itself written in place.
enum class Kind { Elementwise, Reduction, Moved, View, Maybe, Write, Step };

enum class Op {
#define OP(name, kind, ...) name,
#include "operations.h"
#undef OP
  // Steps, which machine.h writes out.
  Leaf,
  Drop,
  GradMode,
  RetainGrad,
  Hook,
  RemoveHook,
  ZeroGrad,
  GradOf,
  SetGrad,
  Backward,
  Grad,
};

struct OpText {
  Kind kind;
  const char* source;  // empty: a step
};
const OpText& text_of(Op op);

// Registers are numbers that are given once. What an argument means, its letter in operations.h says.
struct Instruction {
  Op op = Op::Drop;
  int x = -1, y = -1, z = -1, i = -1, m = -1;  // registers
  std::int64_t d = 0, e = 0, j = 0, l = 1;     // dims, an index, a length
  double a = 0, b = 0;
  bool k = false;
  std::vector<std::int64_t> list;
  std::vector<int> out;
  // Leaf: list is its sizes, k whether it requires grad.
  Dtype dtype = Dtype::Double;
  std::vector<double> values;
  // Backward, Grad. Seeds: one a root, kNoSeed, kRamp or a register; k: create_graph, j: retain_graph or -1.
  std::vector<int> roots, seeds, inputs;
  bool allow_unused = true;
};
inline constexpr int kNoSeed = -2, kRamp = -1;

using Program = std::vector<Instruction>;

// The registers that an instruction reads.
std::vector<int> read_by(const Instruction& in);
// As C++ that both libraries compile.
std::string source_of(const Program& program);

struct State {
  bool defined = false;
  const void* identity = nullptr;  // the tensor behind the handle
  const void* bytes = nullptr;     // its storage: libtorch alone says it
  Dtype dtype = Dtype::Double;
  std::vector<std::int64_t> sizes, strides;
  bool requires_grad = false, leaf = false, view = false;  // view: libtorch alone says it
  std::int64_t version = 0;
  std::vector<double> values;  // in logical order
  std::shared_ptr<State> grad;
};

enum class Threw { No, Index, Autograd, Other, Foreign };
const char* name(Threw t);

struct Outcome {
  Threw threw = Threw::No;
  std::string message;
  std::vector<std::pair<int, State>> hooks;  // what hooks saw: number of the hook, gradient
};

class Machine {
 public:
  virtual ~Machine() = default;
  virtual Outcome run(const Instruction& in) = 0;
  virtual State observe(int reg) const = 0;
  // Writes elements without the library's knowledge: both machines go on from the same bits.
  virtual void write(int reg, bool its_grad, const std::vector<double>& values) = 0;
};

std::unique_ptr<Machine> tapegrad_machine();
// What a captured function that runs the program does otherwise than the program as it is, in seven calls; empty:
// nothing. `replayed`: whether it was captured at all, or refused.
std::string captured_otherwise(const Program& program, bool& replayed);
// copies: every tensor that is saved for the backward pass is saved as a copy, so that a write to it does not matter.
std::unique_ptr<Machine> libtorch_machine(bool copies = false);

}  // namespace differential
