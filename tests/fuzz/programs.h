// A session of fuzz_programs: f64 variables beside dual numbers, and operations on both.
//
// Each leaf moves along two directions at once, a and b. One run of the dual numbers gives the value of every variable,
// its derivatives along a and b, and the mixed second one: the gradients of the tape, multiplied by the directions,
// must give the same.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "check.h"

namespace tapegrad::fuzz {

struct Var {
  Tensor t;
  Array a;
  int bytes = 0;         // variables with the same number may share bytes
  bool is_view = false;  // certainly
  bool owns = false;     // certainly: it may be changed in place
  bool cut = false;      // detached, or perhaps a copy, or a view of such: it need not go out of date
};

class Program {
 public:
  Program(const std::uint8_t* data, std::size_t size) : in(data, size) {}
  void run();

  Bytes in;

  const Var& any();
  const Var& any_of_rank(std::size_t rank);  // of this rank, where there is one
  const Var& any_owner();                    // that may be changed in place, where there is one
  // A variable that broadcasts against x, where there is one.
  const Var& any_like(const Array& x);

  // What a step gives: tensors that own their bytes; new bytes, which it may show through a view; views; any of these.
  enum class Makes { Copies, Fresh, Views, Unsure };
  // Runs both sides; the results become variables.
  void step(const std::string& what, const std::vector<const Var*>& inputs, Makes makes,
            const std::function<Arrays()>& model, const std::function<Tensors()>& library);
  // The same of an operation on v that writes into it.
  void step_in_place(const std::string& what, Var v, const std::vector<const Var*>& inputs,
                     const std::function<Array()>& model, const std::function<Tensor()>& library);
  // v cloned, and a variable of its own.
  Var own_copy(const Var& v);
  bool recording() const { return !no_grad_; }

 private:
  struct Leaf {
    Tensor t;
    Array a;
  };
  void make_leaves();
  void one_step();
  bool tame(Arrays& out);
  void push(Var v);
  int new_bytes();
  void check_all() const;
  void differentiate();
  void check_product(const std::string& what, const Tensors& grads, bool along_a, Real factor, Real want) const;

  std::vector<Var> vars_;
  std::vector<Leaf> leaves_;
  std::vector<bool> read_;  // by number of bytes: some node may have saved them
  bool may_be_changed_ = false;
  bool no_grad_ = false;
  Real largest_ = 1;
  Log log_;
};

using Step = void (*)(Program&);
extern const std::vector<Step> kMathSteps, kShapeSteps, kPlaceSteps, kInPlaceSteps, kLayerSteps;

}  // namespace tapegrad::fuzz
