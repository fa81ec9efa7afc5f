// scaled_dot_product_attention.
#include <tapegrad/autograd/ops_attention.h>

#include <cmath>

#include "../registry.h"

namespace tapegrad::test {
namespace {

enum class Mask { None, Added, Seen, Causal };

// Of q [b, l, d], k [b, s, d], v [b, s, e] and, where there is one, a mask [l, s].
Array attention(const Arrays& in, Mask mask) {
  const std::int64_t b = in[0].shape[0], l = in[0].shape[1], d = in[0].shape[2], s = in[1].shape[1], e = in[2].shape[2];
  Array y({b, l, e});
  for_each({b, l}, [&](const Index& at) {
    std::vector<Dual> seen;
    std::vector<std::int64_t> keys;
    for (std::int64_t j = 0; j < s; ++j) {
      if ((mask == Mask::Causal && j > at[1]) || (mask == Mask::Seen && in[3].at({at[1], j}).v == 0)) continue;
      Dual score;
      for (std::int64_t i = 0; i < d; ++i) score += in[0].at({at[0], at[1], i}) * in[1].at({at[0], j, i});
      score = score / Dual(std::sqrt(static_cast<Real>(d)));
      seen.push_back(mask == Mask::Added ? score + in[3].at({at[1], j}) : score);
      keys.push_back(j);
    }
    const std::vector<Dual> weights = log_softmax(seen);
    for (std::int64_t i = 0; i < e; ++i) {
      Dual sum;
      for (std::size_t j = 0; j < keys.size(); ++j) sum += exp(weights[j]) * in[2].at({at[0], keys[j], i});
      y.at({at[0], at[1], i}) = sum;
    }
  });
  return y;
}

const Register kAttention("scaled_dot_product_attention", [](Sample& s) {
  TAPEGRAD_EXAMPLE(scaled_dot_product_attention(ones({2, 1}), ones({2, 1}), tensor({{1.0}, {3.0}}), {}, 0, true));
  const auto add = [&](std::int64_t b, std::int64_t l, std::int64_t keys, std::int64_t d, std::int64_t e, Mask mask) {
    Case c{.label = std::to_string(b) + " of " + std::to_string(l) + " queries, " + std::to_string(keys) + " keys, " +
                    std::to_string(d) + " to " + std::to_string(e) + ", mask " + std::to_string(static_cast<int>(mask)),
           .inputs = {{{b, l, d}, {-1, 1}}, {{b, keys, d}, {-1, 1}}, {{b, keys, e}, {-1, 1}}},
           .fn =
               [=](const Tensors& x) {
                 return scaled_dot_product_attention(x[0], x[1], x[2], x.size() > 3 ? x[3] : Tensor(), 0,
                                                     mask == Mask::Causal);
               },
           .reference = [=](const Arrays& in) { return attention(in, mask); },
           .accuracy = {256, 256, [=](const Arrays& in) {
                          Array y = attention(in, mask);
                          for (Dual& v : y.v) v = Dual(3);
                          return y;
                        }}};
    if (mask == Mask::Added) c.inputs.push_back({{l, keys}, {-1, 1}});
    s.add(std::move(c));
  };
  for (const Mask mask : {Mask::None, Mask::Added, Mask::Causal}) {
    add(2, 3, 4, 2, 3, mask);
    add(1, 1, 2, 1, 1, mask);
    add(2, 5, 3, 4, 2, mask);
    add(0, 2, 3, 2, 2, mask);
    add(2, 0, 3, 2, 2, mask);
  }
  const auto of_line = [](const Tensor& mask, bool causal) {
    return [=](const Tensors& x) {
      const auto column = [&](std::size_t i) { return x[i].view({-1, 1}); };
      return scaled_dot_product_attention(column(0), column(1), column(2), mask, 0, causal).view({-1});
    };
  };
  const Tensor seen = tensor({1, 0, 1, 1}, kLong).view({2, 2}).to(kBool), none = zeros({2, 2}, kBool);
  s.edge(
       {"a key that is not seen", {{0, 0}, {1, 1}, {4, 6}}, {4, 5}, {{0, 0}, {0, 0}, {1.5, 0.5}}, of_line(seen, false)})
      .edge({"the first query sees one key",
             {{0, 0}, {1, 1}, {4, 6}},
             {4, 5},
             {{0, 0}, {0, 0}, {1.5, 0.5}},
             of_line(Tensor(), true)})
      .edge({"who sees none has NaN", {{0, 0}, {1, 1}, {4, 6}}, {kNan, kNan}, {}, of_line(none, false)})
      .edge({"large products do not overflow", {{1000}, {1000}, {2}}, {2}, {}, of_line(Tensor(), false)})
      .throws<ShapeError>("Expected query, key, and value to all be at least 2 dimensional, but got 1, 2 and 2",
                          [] {
                            scaled_dot_product_attention(of({3}), of({2, 3}), of({2, 3}));
                          })
      .throws<ValueError>("Explicit attn_mask should not be set when is_causal=true",
                          [] {
                            scaled_dot_product_attention(of({2, 3}), of({2, 3}), of({2, 3}), of({2, 2}), 0, true);
                          })
      .throws<ValueError>("dropout probability has to be between 0 and 1, but got 2",
                          [] {
                            scaled_dot_product_attention(of({2, 3}), of({2, 3}), of({2, 3}), Tensor(), 2);
                          })
      .throws<ShapeError>("scaled_dot_product_attention", [] {
        scaled_dot_product_attention(of({2, 3}), of({2, 4}), of({2, 4}));
      });
});

}  // namespace
}  // namespace tapegrad::test
