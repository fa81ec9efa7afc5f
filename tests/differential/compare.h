// Two machines in step: each instruction runs in both, and all that can be seen must agree.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "tests/differential/program.h"

namespace differential {

// A live register, as libtorch has it.
struct Known {
  State state;
  bool same_layout = true;          // the two libraries laid its elements out alike
  std::int64_t version_offset = 0;  // ours - theirs when it came to be
};

enum class Field { Threw, Defined, Dtype, Sizes, Strides, RequiresGrad, Leaf, Version, Values, Hooks };

struct Mismatch {
  Field field;
  int reg = -1;
  bool of_grad = false;  // of the .grad of reg
  std::string detail;
  bool ours_unchanged = false;  // the elements are what they were before
  bool zero = false;            // libtorch's are all 0
  bool constant = false;        // a gradient whose own gradients by all leaves are 0 where it has a history
  bool near = false;            // the values differ by no more than f32 rounds
  bool handed_on = false;       // libtorch's tensor stands under another number too, ours does not
};

// What an entry of the table of differences looks at.
struct Case {
  const Program& program;  // up to and with the instruction
  const Instruction& in;
  const Outcome &ours, &theirs;
  const std::map<int, Known>& known;             // before the instruction
  const std::map<int, const void*>& identities;  // libtorch's tensors of all registers so far, also of those dropped
  Mismatch mismatch;

  Kind kind() const { return text_of(in.op).kind; }
  bool only_ours_threw() const { return ours.threw != Threw::No && theirs.threw == Threw::No; }
  bool only_theirs_threw() const { return ours.threw == Threw::No && theirs.threw != Threw::No; }
  bool both_threw() const { return ours.threw != Threw::No && theirs.threw != Threw::No; }
  bool we_said(const char* part) const { return ours.message.find(part) != std::string::npos; }
  bool they_said(const char* part) const { return theirs.message.find(part) != std::string::npos; }
  // Of the register that the instruction calls x; none: a State that is not defined.
  const State& x() const { return state(in.x); }
  const State& y() const { return state(in.y); }
  const State& state(int reg) const;
  bool same_tensor(int a, int b) const;
  // What the mismatch is of.
  const State& changed() const {
    const State& s = state(mismatch.reg);
    return mismatch.of_grad && s.grad != nullptr ? *s.grad : s;
  }
};

struct Difference {
  const char* name;
  const char* reason;
  bool (*is)(const Case&);
  long hits = 0;
};
std::vector<Difference> differences_of_values();
std::vector<Difference> differences_of_tape();
std::vector<Difference>& differences();  // both
// Counts a hit; null: nothing that is meant.
Difference* find_difference(const Case& c);
// Counts a hit of a difference that keeps an instruction from running.
void hit(const char* name);

class Run {
 public:
  Run() : ours_(tapegrad_machine()), theirs_(libtorch_machine()) {}
  // False: the program ends here, with a finding or because the two may not be compared any longer.
  bool step(const Instruction& in);
  const std::map<int, Known>& known() const { return known_; }
  const Program& program() const { return program_; }
  const std::optional<Mismatch>& finding() const { return finding_; }
  bool recording() const { return recording_; }
  long checks() const { return checks_; }

 private:
  bool skipped(const Instruction& in) const;
  Outcome kept();
  bool agrees_retained() const;
  bool judge(const Instruction& in, const Outcome& a, const Outcome& b, Mismatch m);
  std::optional<Mismatch> compare(const Instruction& in, int reg, bool is_new);
  std::optional<Mismatch> compare_values(const Instruction& in, int reg, bool of_grad, const State& a, const State& b,
                                         double limit);
  double limit_of(const Instruction& in, bool of_gradient, const State& b) const;
  std::optional<Mismatch> compare_hooks(const Outcome& a, const Outcome& b) const;
  bool constant(int reg, bool of_grad) const;
  bool handed_on(int reg, const State& a, const State& b) const;
  void forget(const std::vector<int>& regs);

  std::unique_ptr<Machine> ours_, theirs_;
  std::map<int, Known> known_;
  std::map<int, const void*> identities_;
  Program program_;
  std::optional<Mismatch> finding_;
  double largest_ = 1;   // of all values seen
  bool single_ = false;  // something was computed in f32
  bool recording_ = true;
  long checks_ = 0;
};

// Of the finite elements.
inline double largest_in(const State& s) {
  double most = 0;
  for (const double v : s.values)
    if (std::isfinite(v)) most = std::max(most, std::abs(v));
  return most;
}

inline bool is_gradient_step(const Instruction& in) { return in.op == Op::Backward || in.op == Op::Grad; }

// The finding of a whole program, if any.
std::optional<Mismatch> run(const Program& program);
// The shortest program that still has a finding of that field at an instruction of the same kind.
Program shrunk(const Program& program, const Mismatch& finding);

}  // namespace differential
