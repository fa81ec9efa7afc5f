// Runs beside the run: what tells a difference that is meant from a fault.
#include <algorithm>
#include <iterator>

#include "tests/differential/compare.h"

namespace differential {

static Instruction retained(Instruction in) {
  if (is_gradient_step(in)) in.j = 1;
  return in;
}

// Where libtorch alone refuses a pass, for what it saved and we did not: another libtorch, which retains every graph
// and saves copies, runs the program so far and takes its place, so that our gradients are compared all the same.
Outcome Run::kept() {
  auto keeper = libtorch_machine(true);
  Outcome last;
  for (const Instruction& in : program_) last = keeper->run(retained(in));
  if (last.threw == Threw::No) theirs_ = std::move(keeper);
  return last;
}

// Where we alone refuse a pass, for what we have let go: with every graph retained the two agree.
bool Run::agrees_retained() const {
  if (std::all_of(program_.begin(), program_.end(),
                  [](const Instruction& in) { return !is_gradient_step(in) || in.j == 1; }))
    return false;  // it was
  Program all;
  std::transform(program_.begin(), program_.end(), std::back_inserter(all), retained);
  Run again;
  for (const Instruction& in : all)
    if (!again.step(in)) break;
  return !again.finding_;
}

// Asks each library that has a history for the gradients of the gradient, which is left out of all further comparison.
bool Run::constant(int reg, bool of_grad) const {
  constexpr int kScratch = 1 << 20;
  Instruction take, second;
  take.op = Op::GradOf;
  take.x = reg;
  take.out = {kScratch};
  second.op = Op::Grad;
  second.roots = {of_grad ? kScratch : reg};
  second.seeds = {kRamp};
  second.j = 1;
  for (const auto& [r, k] : known_)
    if (k.state.leaf && k.state.requires_grad) {
      second.inputs.push_back(r);
      second.out.push_back(kScratch + static_cast<int>(second.out.size()) + 1);
    }
  for (Machine* machine : {ours_.get(), theirs_.get()}) {
    if (of_grad) machine->run(take);
    if (machine->run(second).threw != Threw::No) continue;  // no history, or none that leads to a leaf
    for (const int out : second.out)
      if (const State s = machine->observe(out); largest_in(s) > limit_of({}, true, s)) return false;
  }
  return true;
}

}  // namespace differential
