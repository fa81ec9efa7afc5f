// Our calls: pooling.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

Tensors both(const std::tuple<Tensor, Tensor>& t) { return {std::get<0>(t), std::get<1>(t)}; }

#define MAX_POOL(dims)                                                                                                \
  {"max_pool" #dims "d -",                                                                                            \
   [](const Tensors& x, const Args& a) -> Tensors {                                                                   \
     return {max_pool##dims##d(x[0], a.integers(0), a.integers(1), a.integers(2), a.integers(3), a.flag(4))};         \
   }},                                                                                                                \
      {"max_pool" #dims "d_with_indices -",                                                                           \
       [](const Tensors& x, const Args& a) -> Tensors {                                                               \
         return both(max_pool##dims##d_with_indices(x[0], a.integers(0), a.integers(1), a.integers(2), a.integers(3), \
                                                    a.flag(4)));                                                      \
       }},                                                                                                            \
      {"avg_pool" #dims "d -",                                                                                        \
       [](const Tensors& x, const Args& a) -> Tensors {                                                               \
         return {avg_pool##dims##d(x[0], a.integers(0), a.integers(1), a.integers(2), a.flag(3), a.flag(4))};         \
       }},                                                                                                            \
      {"adaptive_avg_pool" #dims "d -",                                                                               \
       [](const Tensors& x, const Args& a) -> Tensors { return {adaptive_avg_pool##dims##d(x[0], a.integers(0))}; }}, \
  {                                                                                                                   \
    "adaptive_max_pool" #dims "d -", [](const Tensors& x, const Args& a) -> Tensors {                                 \
      return both(adaptive_max_pool##dims##d(x[0], a.integers(0)));                                                   \
    }                                                                                                                 \
  }
const Calls kCalls({MAX_POOL(1), MAX_POOL(2), MAX_POOL(3)});

}  // namespace
}  // namespace tapegrad::test::golden
