#include "autograd/ops/product_source.h"

#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

void ops::write_product(Source& s, int a, int b, int bias, bool b_transposed, bool a_transposed) {
  const Call& c = s.call();
  const int a_inner = a_transposed ? 0 : 1, b_inner = b_transposed ? 1 : 0;
  const std::int64_t k = c.in[a]->sizes()[a_inner], whole = k / kSourceLanes * kSourceLanes;
  const auto term = [&](const std::string& l) {
    return joined(a_transposed ? s.at(a, {l, "i"}) : s.at(a, {"i", l}), " * ",
                  b_transposed ? s.at(b, {"j", l}) : s.at(b, {l, "j"}));
  };
  const std::string out = s.at(-1, {"i", "j"}), first = bias < 0 ? "0" : s.at(bias, {"j"}), type = s.type(-1);
  const auto columns = [&](const std::string& body) {
    s.line(joined("for (int j = 0; j < ", c.out->sizes()[1], "; ++j) ", out, body, ";"));
  };
  s.loop("i", c.out->sizes()[0]);
  if (k <= 8) {
    std::string sum = bias < 0 && k > 0 ? "" : first;
    for (std::int64_t l = 0; l < k; ++l) sum += (sum.empty() ? "" : " + ") + term(std::to_string(l));
    columns(" = " + sum);
  } else if (k >= kSourceLanes && c.in[a]->strides()[a_inner] == 1 && c.in[b]->strides()[b_inner] == 1) {
    s.loop("j", c.out->sizes()[1]);
    s.line(joined(type, " sum[", kSourceLanes, "] = {0};"));
    s.line(joined("for (int l = 0; l < ", whole, "; l += ", kSourceLanes, ")"));
    s.line(joined("  for (int e = 0; e < ", kSourceLanes, "; ++e) sum[e] += ", term("(l + e)"), ";"));
    if (whole < k)
      s.line(joined("for (int l = ", whole, "; l < ", k, "; ++l) sum[l - ", whole, "] += ", term("l"), ";"));
    s.line(joined(out, " = ", first, " + sum_(sum);"));
    s.line("}");
  } else {
    columns(" = " + first);
    s.loop("l", k);
    columns(" += " + term("l"));
    s.line("}");
  }
  s.line("}");
}

}  // namespace tapegrad
