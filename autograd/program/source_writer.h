// SourceWriter: a program as one file of C++11 that needs nothing but <cmath>. What is known stands in arrays, what is
// computed in one function. source_lines.cpp writes the operations, source_file.cpp what is around them.
#pragma once

#include <functional>
#include <map>
#include <set>

#include <tapegrad/autograd/capture.h>

#include "autograd/core/source.h"
#include "autograd/program/program.h"

namespace tapegrad::program {

class SourceWriter final : public core::Source {
 public:
  SourceWriter(const Program& program, const SourceOptions& options) : p_(program), options_(options) {}

  struct Files {
    std::string source, weights;
  };
  // AutogradError for what cannot be written.
  Files write();
  // A main() that calls the function with these arguments, and gives how many elements differ from what `call` gives.
  std::string test(const std::vector<Tensor>& arguments, const std::function<std::vector<Tensor>()>& call);

  void each(const char* expression, int to) override;
  void sum(const char* term, kernels::Shape3 shape, std::int64_t divisor) override;
  void line(const std::string& text) override;
  std::string at(int k, std::initializer_list<std::string> index) override;
  std::string flat(int k, const std::string& index) override;
  std::string type(int k) override;
  std::string variable(const void* key, const char* name, double value) override;

 private:
  // Text, with @ for the lane of a sum; or the slot of a value that is kept where others than the group read it.
  struct Statement {
    std::string text;
    int kept = -1;
  };
  struct Sum {
    std::string name, type, to, by;
  };
  // Statements over as many elements each: they become one loop.
  struct Group {
    std::int64_t n = 0;
    std::vector<Statement> statements;
    std::vector<Sum> sums;
    std::set<int> made;          // slots of values, which stand in variables
    std::map<int, int> written;  // roots, and as which slot
    std::map<int, int> read;     // slots, and how often
  };
  // The first and the last unit, an operation or a group, that uses a root.
  struct Use {
    std::size_t first, last;
  };

  // source_lines.cpp
  [[noreturn]] void refuse() const;
  void write_line(const Line& line);
  void join(std::int64_t n, const std::vector<int>& operands, int target);
  void flush();
  void write_loops(const std::string& expression, int target);
  std::string element(const std::string& name, const std::string& index);
  std::string replaced(const std::string& expression, const std::string& index);
  int slot_of(int k) const { return k < 0 ? line_->out : line_->in[as_index(k)]; }
  int operand(const std::string& name) const;
  std::string place(int slot, const std::string& index);  // of an element
  void add(const std::string& text);

  // source_file.cpp
  void count_reads();
  std::string declaration(int root);
  std::string places();
  std::string write_results();
  bool is_known(int root) const;
  std::string name(int root) const;
  const core::TensorImpl* first_of(int root) const;
  const std::byte* known_bytes(int root) const;
  std::int64_t first_byte(int root) const;
  std::int64_t elements(int root) const;

  static std::size_t as_index(int k) noexcept { return static_cast<std::size_t>(k); }
  const Recording& recording() const noexcept { return p_.recording(); }
  const Root& root_at(int root) const noexcept { return recording().roots[as_index(root)]; }
  const Slot& slot_at(int slot) const noexcept { return recording().slots[as_index(slot)]; }
  int root_of(int slot) const noexcept { return slot_at(slot).root; }
  const core::TensorImpl* impl_of(int slot) const noexcept { return p_.impls_[as_index(slot)]; }

  const Program& p_;
  const SourceOptions& options_;
  std::vector<const Line*> lines_;
  std::map<int, int> reads_;  // of roots, by lines and results
  std::map<int, Use> used_;   // roots that lie in memory
  std::size_t unit_ = 1;

  const Line* line_ = nullptr;
  core::Call now_{};
  std::vector<core::TensorImpl*> operands_;
  Group group_;
  int depth_ = 1;
  std::map<std::pair<const void*, std::string>, std::string> names_;
  std::map<std::string, int> times_;  // that a name was given
  std::vector<int> parameters_;       // roots of the arguments
  bool gives_number_ = false;
  std::string body_, pointers_, variables_, public_variables_, comment_, signature_;
};

// "float"; DtypeError for what C++ has no type for.
const char* type_of(Dtype d);
// An element, as it stands in C++.
std::string number(Dtype dtype, const std::byte* data, std::int64_t k);

}  // namespace tapegrad::program
