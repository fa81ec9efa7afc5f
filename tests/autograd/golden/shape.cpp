// Our calls: views, copies, joins, and elements that are picked and placed.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

const Calls kViews({
    {"transpose -",
     [](const Tensors& x, const Args& a) -> Tensors { return {transpose(x[0], a.integer(0), a.integer(1))}; }},
    {"t -", [](const Tensors& x, const Args&) -> Tensors { return {t(x[0])}; }},
    {"permute -", [](const Tensors& x, const Args& a) -> Tensors { return {permute(x[0], a.integers(0))}; }},
    {"view -", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].view(a.integers(0))}; }},
    {"view_as -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].view_as(x[1])}; }},
    {"reshape -", [](const Tensors& x, const Args& a) -> Tensors { return {reshape(x[0], a.integers(0))}; }},
    {"reshape transposed",
     [](const Tensors& x, const Args& a) -> Tensors { return {reshape(x[0].t(), a.integers(0))}; }},
    {"flatten -",
     [](const Tensors& x, const Args& a) -> Tensors { return {flatten(x[0], a.integer(0), a.integer(1))}; }},
    {"squeeze -", [](const Tensors& x, const Args&) -> Tensors { return {squeeze(x[0])}; }},
    {"squeeze dim", [](const Tensors& x, const Args& a) -> Tensors { return {squeeze(x[0], a.integer(0))}; }},
    {"unsqueeze -", [](const Tensors& x, const Args& a) -> Tensors { return {unsqueeze(x[0], a.integer(0))}; }},
    {"expand -", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].expand(a.integers(0))}; }},
    {"expand_as -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].expand_as(x[1])}; }},
    {"narrow -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {narrow(x[0], a.integer(0), a.integer(1), a.integer(2))};
     }},
    {"select -", [](const Tensors& x, const Args& a) -> Tensors { return {select(x[0], a.integer(0), a.integer(1))}; }},
    {"slice -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {slice(x[0], a.integer(0), a.optional_integer(1), a.optional_integer(2), a.integer(3))};
     }},
    {"diagonal -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {diagonal(x[0], a.integer(0), a.integer(1), a.integer(2))};
     }},
    {"split length", [](const Tensors& x, const Args& a) { return split(x[0], a.integer(0), a.integer(1)); }},
    {"split lengths", [](const Tensors& x, const Args& a) { return split(x[0], a.integers(0), a.integer(1)); }},
    {"chunk -", [](const Tensors& x, const Args& a) { return chunk(x[0], a.integer(0), a.integer(1)); }},
    {"unbind -", [](const Tensors& x, const Args& a) { return unbind(x[0], a.integer(0)); }},
});

const Calls kCopies({
    {"to dtype", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].to(a.dtype(0))}; }},
    {"to other", [](const Tensors& x, const Args&) -> Tensors { return {x[0].to(x[1])}; }},
    {"cat -", [](const Tensors& x, const Args& a) -> Tensors { return {cat(x, a.integer(0))}; }},
    {"stack -", [](const Tensors& x, const Args& a) -> Tensors { return {stack(x, a.integer(0))}; }},
    {"repeat -", [](const Tensors& x, const Args& a) -> Tensors { return {repeat(x[0], a.integers(0))}; }},
    {"flip -", [](const Tensors& x, const Args& a) -> Tensors { return {flip(x[0], a.integers(0))}; }},
    {"tril -", [](const Tensors& x, const Args& a) -> Tensors { return {tril(x[0], a.integer(0))}; }},
    {"triu -", [](const Tensors& x, const Args& a) -> Tensors { return {triu(x[0], a.integer(0))}; }},
    {"pad -", [](const Tensors& x, const Args& a) -> Tensors { return {pad(x[0], a.integers(0), a.scalar(1))}; }},
    {"one_hot -", [](const Tensors& x, const Args& a) -> Tensors { return {one_hot(x[0], a.integer(0))}; }},
});

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

const Calls kPicked({
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
    {"index_select -",
     [](const Tensors& x, const Args& a) -> Tensors { return {index_select(x[0], a.integer(0), x[1])}; }},
    {"index_add -",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {index_add(x[0], a.integer(0), x[1], x[2], a.scalar(1))};
     }},
    {"gather -", [](const Tensors& x, const Args& a) -> Tensors { return {gather(x[0], a.integer(0), x[1])}; }},
    {"scatter -", [](const Tensors& x, const Args& a) -> Tensors { return {scatter(x[0], a.integer(0), x[1], x[2])}; }},
    {"scatter scalar",
     [](const Tensors& x, const Args& a) -> Tensors { return {scatter(x[0], a.integer(0), x[1], a.scalar(1))}; }},
    {"scatter_add -",
     [](const Tensors& x, const Args& a) -> Tensors { return {scatter_add(x[0], a.integer(0), x[1], x[2])}; }},
    {"scatter_ -",
     [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().scatter_(a.integer(0), x[1], x[2])}; }},
    {"scatter_ scalar",
     [](const Tensors& x, const Args& a) -> Tensors {
       return {x[0].clone().scatter_(a.integer(0), x[1], a.scalar(1))};
     }},
    {"scatter_add_ -",
     [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().scatter_add_(a.integer(0), x[1], x[2])}; }},
    {"masked_fill -",
     [](const Tensors& x, const Args& a) -> Tensors { return {masked_fill(x[0], x[1], a.scalar(0))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
