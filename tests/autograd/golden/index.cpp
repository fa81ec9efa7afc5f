// Our calls: t[...] and t[...] = value.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

// "1" "-1" "1:3" "::2" "..." "None" "@2" (the third tensor)
TensorIndex one_index(const std::string& word, const Tensors& x) {
  if (word == "...") return indexing::Ellipsis;
  if (word == "None") return indexing::None;
  if (word[0] == '@') return x.at(std::stoul(word.substr(1)));
  if (word.find(':') == std::string::npos) return std::stoll(word);
  OptInt parts[3];
  std::size_t k = 0;
  std::string number;
  for (const char c : word + ":") {
    if (c != ':') {
      number += c;
      continue;
    }
    if (!number.empty()) parts[k] = std::stoll(number);
    number.clear();
    ++k;
  }
  return indexing::Slice(parts[0], parts[1], parts[2]);
}

std::vector<TensorIndex> indices(const Tensors& x, const Args& a, std::size_t from) {
  std::vector<TensorIndex> all;
  for (std::size_t k = from; k < a.size(); ++k) all.push_back(one_index(a.word(k), x));
  return all;
}

const Calls kCalls({
    {"index view", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].index(indices(x, a, 0))}; }},
    {"index -", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].index(indices(x, a, 0))}; }},
    {"index_put_ -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {x[0].clone().index_put_(indices(x, a, 1), x[1], a.flag(0))};
     }},
    {"index_put_ scalar",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {x[0].clone().index_put_(indices(x, a, 1), a.scalar(0))};
     }},
});

}  // namespace
}  // namespace tapegrad::test::golden
