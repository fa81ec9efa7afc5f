// Program: a recording made ready to run again: memory planned, calls that point to it, nothing allocated.
#pragma once

#include <memory>
#include <span>

#include "autograd/program/recording.h"

namespace tapegrad::program {

class Program {
 public:
  explicit Program(Recording r);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  const Recording& recording() const noexcept { return r_; }
  // Whether it reads and writes the bytes outside that the function found in that run: set_data() gives others.
  bool points_to(const Recording& run) const noexcept;
  // Once the call that was written down has ended: how things stand outside, of which it is right.
  void note(std::uint32_t structure) noexcept;
  // Null: what it depends on is as it was; else what has changed.
  const char* change(const Tensor* const* inputs) noexcept;
  // Runs it: the results, which stay valid until the next run. Throws what checks of data throw, as the function would.
  const Tensor* const* run(const Tensor* const* inputs);
  std::string text() const;

 private:
  friend class SourceWriter;
  // Bytes that others see when a run has ended: those of results and of .grad. They are written again where nobody
  // else holds them any more.
  struct Escape {
    struct Shown {
      int slot;
      bool requires_grad;
      Tensor tensor;
      core::Node* node = nullptr;    // of the tensor, as it was made
      const Tensor* grad = nullptr;  // where it is a .grad
      core::Storage* storage = nullptr;
      std::byte* data = nullptr;
    };
    int root;
    std::vector<Shown> shown;
    Tensor base;
  };
  struct GradPlace {
    Tensor* grad;
    bool before;
    Grad::Effect effect;
    const Tensor* set = nullptr;
  };
  // A line as it runs: where it can be, as one loop over elements that lie one behind the other.
  struct Step {
    kernels::Loop loop = nullptr;
    core::TensorImpl* out = nullptr;
    const core::TensorImpl* in[kernels::kMaxInputs] = {};
    int buffers[1 + kernels::kMaxInputs] = {-1, -1, -1, -1};  // of a group, in place of out and in
    int group = -1;
    kernels::TotalSum total;           // of a sum in a group,
    std::unique_ptr<double[]> blocks;  // and room for its blocks'
    unsigned scalar = 0;
    bool bumps = false;  // a version outside
    bool checks = false;
    std::int64_t n = 0;
    core::Call call;
  };
  struct Image {
    std::byte* to;
    const std::vector<std::byte>* from;
    int escape = -1;  // to its bytes
  };

  // Steps over as many elements each, that run block by block; what they alone use stays in buffers of a block.
  struct Group {
    std::size_t first = 0, last = 0;
    std::int64_t n = 0;
  };
  // Lines that run together: one, or a group.
  using Unit = std::vector<int>;

  std::size_t at(int k) const noexcept { return static_cast<std::size_t>(k); }
  void add_escape(int slot, bool requires_grad);
  std::vector<bool> find_needed() const;
  void find_constants();
  std::vector<Unit> fuse(const std::vector<bool>& needed) const;
  bool joins(const std::vector<Unit>& units, std::size_t unit, int line) const;
  std::int64_t loop_length(const Line& line) const noexcept;
  std::int64_t sum_length(const Line& line, kernels::TotalSum& total) const noexcept;
  void place(const std::vector<Unit>& units);
  void make_impls();
  void bind_memory();
  void make_steps(const std::vector<Unit>& units);
  void make_group(const Unit& unit, std::size_t first, const std::vector<int>& uses);
  void run_group(const Group& g) const noexcept;
  void bind(int root, core::Storage* storage, std::byte* data) noexcept;
  bool has_same_inputs(const Tensor* const* inputs) const noexcept;
  bool has_aliases(const Tensor* const* inputs) const noexcept;
  bool escapes(std::size_t root) const noexcept;
  bool runs_once(const Line& line) const noexcept;
  bool is_ours(const Escape& e) const noexcept;
  bool is_argument(const Escape& e, const Tensor* const* inputs) const noexcept;
  void make(Escape& e);
  Tensor& grad_of(int outside) const noexcept;
  const Tensor& shown(int slot, bool requires_grad) const noexcept;
  void run_as_loop(Step& s, const Line& line) const noexcept;
  void run_steps();
  void show_views(const Tensor* const* inputs);

  Recording r_;
  core::Storage own_{0, 0};              // stands for that of what lies in memory_
  std::unique_ptr<std::byte[]> memory_;  // values and constants
  std::size_t bytes_ = 0, aligned_ = 0;
  std::unique_ptr<std::byte[]> objects_;  // one TensorImpl a slot
  std::vector<core::TensorImpl*> impls_;
  std::vector<std::vector<std::pair<core::TensorImpl*, std::int64_t>>> shows_;  // a root: its slots, and their offsets
  std::vector<core::TensorImpl*> operands_;
  std::vector<std::int64_t> words_;
  std::vector<Step> steps_;
  std::vector<Group> groups_;
  std::vector<const core::Call*> conditional_;  // that may not be current
  std::vector<int> inputs_, grad_roots_;        // roots, to be bound in each run
  std::vector<Image> images_;                   // of constants that are written
  std::vector<Escape> escapes_;
  std::vector<GradPlace> grads_;
  std::vector<bool> is_constant_;      // a root
  std::vector<std::int64_t> offsets_;  // of roots in memory_; -1: elsewhere
  std::vector<const Tensor*> results_;
  std::vector<Tensor> views_;  // results that show what is not the program's own
  // Where inputs_ lay in the run before; which are none while bytes that others see are new. Who lies where he lay then
  // shares bytes with whom he shared them.
  std::vector<std::pair<const core::Storage*, const std::byte*>> seen_;
  bool same_inputs_ = false;
  std::vector<std::size_t> pinned_;  // arguments
  bool draws_ = false;
  bool minds_aliases_ = false;  // it writes in place what arguments may show, too
  bool shows_views_ = false;
};

}  // namespace tapegrad::program
