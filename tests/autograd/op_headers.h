// What the public headers say of the operations: every declaration with its comment.
//
// A declaration's comment stands behind it or above it (`//`: all of it is the text, and what follows `grad: ` the
// gradient), or above it as `///`: the first paragraph is the text; the gradient goes from `grad: ` to the end of its
// sentence, that is to the next line that starts with a capital letter or is empty. `grad: none` says that there is
// none.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace tapegrad::test {

struct Declaration {
  std::string name;      // add, operator+, linalg::solve
  std::string spelling;  // x.add(other, alpha = 1)
  std::string section;   // the last "// --- " before it, or the first sentence of its header
  std::string text = {}, gradient = {};
  bool method = false;
};

// autograd/ops.h, the headers that give tensors among those it includes, and every autograd/ops_*.h; as paths from the
// top of the sources.
std::vector<std::string> operation_headers();
std::vector<Declaration> declarations_in(const std::string& text);
// Of all these headers.
std::vector<Declaration> declarations();

// The file at this path from the top of the sources.
std::string source_text(const std::string& path);

}  // namespace tapegrad::test
