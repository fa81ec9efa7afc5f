// amax, amin.
#include "over_dims.h"

namespace tapegrad::test {
namespace {

const Register kAmax("amax", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 5.0}, {4.0, 2.0}}).amax(0));
  const Calls calls = {[](const Tensor& x, IntList d, bool k) { return amax(x, d, k); },
                       [](const Tensor& x, IntList d, bool k) { return x.amax(d, k); }};
  fill(s, "", calls, {}, {}, extreme<true>, nullptr, false);
  fill(s, "int64", calls, integers(-9, 10), {}, extreme<true>, nullptr, false);
  fill(s, "bool", calls, booleans(), {}, extreme<true>, nullptr, false);
  s.cases[0].spellings.push_back([](const Tensors& x) { return amax(x[0]); });
  const Fn all = kept([](const Tensor& x) { return amax(x); });
  const Fn dim = kept([](const Tensor& x) { return amax(x, -1, true); });
  s.edge({"ties split evenly", {{1, 3, 3, 0, 3, 3}}, {3}, {{0, .25, .25, 0, .25, .25}}, all})
      .edge({"ties over a dim split evenly", {{1, 3, 3, 0}}, {3}, {{0, .5, .5, 0}}, dim})
      .edge({"of infinities", {{-kInf, -kInf, -kInf, -kInf}}, {-kInf}, {{.25, .25, .25, .25}}, all})
      .edge({"the sign of 0 is no difference", {{0, -0.0}}, {0}, {{.5, .5}}, all})
      .edge({"NaN wins", {{1, kNan, 3, kInf}}, {kNan}, {{0, 1, 0, 0}}, all})
      .throws<IndexError>(kRange,
                          [] {
                            amax(of({2, 3}), 2);
                          })
      .throws<IndexError>(kBelow,
                          [] {
                            of({2, 3}).amax({0, -3});
                          })
      .throws<ShapeError>(kTwice,
                          [] {
                            amax(of({2, 3}), {0, -2});
                          })
      .throws<IndexError>("Expected reduction dim", [] { amax(of({0})); })
      .throws<IndexError>("Expected reduction dim 1 to have non-zero size",
                          [] {
                            amax(of({3, 0}), 1);
                          })
      .throws<IndexError>("Expected reduction dim 1 to have non-zero size",
                          [] {
                            amax(of({2, 0}), {0, 1});
                          })
      .throws<IndexError>("Expected reduction dim 2 to have non-zero size", [] {
        amax(of({3, 2, 0}), {0, 2});
      });
});

const Register kAmin("amin", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 5.0}, {4.0, 2.0}}).amin(0));
  const Calls calls = {[](const Tensor& x, IntList d, bool k) { return amin(x, d, k); },
                       [](const Tensor& x, IntList d, bool k) { return x.amin(d, k); }};
  fill(s, "", calls, {}, {}, extreme<false>, nullptr, false);
  fill(s, "int64", calls, integers(-9, 10), {}, extreme<false>, nullptr, false);
  fill(s, "bool", calls, booleans(), {}, extreme<false>, nullptr, false);
  s.cases[0].spellings.push_back([](const Tensors& x) { return amin(x[0]); });
  const Fn all = kept([](const Tensor& x) { return amin(x); });
  s.edge({"ties split evenly", {{1, 0, 0, 3}}, {0}, {{0, .5, .5, 0}}, all})
      .edge({"of infinities", {{kInf, kInf}}, {kInf}, {{.5, .5}}, all})
      .edge({"NaN wins", {{1, kNan, -kInf}}, {kNan}, {{0, 1, 0}}, all})
      .throws<IndexError>(kRange,
                          [] {
                            amin(of({2, 3}), {0, 2});
                          })
      .throws<ShapeError>(kTwice,
                          [] {
                            of({2, 3}).amin({1, 1});
                          })
      .throws<IndexError>("Expected reduction dim", [] { amin(of({0})); })
      .throws<IndexError>("Expected reduction dim 0 to have non-zero size", [] {
        amin(of({0, 3}), {0});
      });
});

}  // namespace
}  // namespace tapegrad::test
