// What gives the same bits: broadcasting and expanding, any strides, in place and out of place, any subset of inputs
// that require grad, a second backward, scaled cotangents, any number of threads.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <set>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/threads.h>

#include "ops_test.h"

namespace tapegrad::test {
namespace {

struct Result {
  Tensor out;
  Tensors grads;
};

Result run(const Case& c, const Tensors& x, const Tensors& wrt, const std::string& seed, Grid grid = Grid::Free) {
  Result r{c.fn(x), {}};
  if (r.out.requires_grad()) {
    const Tensor w = to_tensor(draw_cotangent(seed, shape_of(r.out), grid), r.out.dtype());
    r.grads = vjp(r.out, wrt, w);
  }
  return r;
}

void expect_same(const Result& x, const Result& y) {
  EXPECT_TRUE(same_bits(x.out, y.out)) << "value";
  ASSERT_EQ(x.grads.size(), y.grads.size());
  for (std::size_t k = 0; k < x.grads.size(); ++k)
    EXPECT_TRUE(same_bits(x.grads[k], y.grads[k])) << "gradient of the differentiable input " << k;
}

// --- broadcasting

class BroadcastOf : public OpTest {};
bool broadcasting(const Case& c) { return c.broadcasts && is_small(c); }

TEST_P(BroadcastOf, IsExpandThenTheOperation) {
  each(broadcasting, [&](const Case& c) {
    for (const Dtype d : {kDouble, kFloat}) {
      const Tensors x = to_tensors(c, inputs(c), d);
      // Exact cotangents: an operation may scale a gradient before or after it is summed to the input's shape.
      const Result direct = run(c, x, x, seed(c), Grid::Exact);
      Tensors expanded, copied;
      for (const Tensor& t : x) {
        expanded.push_back(t.expand(direct.out.sizes()));
        copied.push_back(expanded.back().clone());
      }
      expect_same(run(c, expanded, x, seed(c), Grid::Exact), direct);
      expect_same(run(c, copied, x, seed(c), Grid::Exact), direct);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Ops, BroadcastOf, ops([](const Sample& s) { return any_case(s, broadcasting); }), op_name);

// --- strides

enum class Layout { Reversed, Stepped, Offset };
constexpr Layout kLayouts[] = {Layout::Reversed, Layout::Stepped, Layout::Offset};

template <class T>
Tensor laid_out(const Array& x, Layout layout, std::vector<std::shared_ptr<void>>& keep) {
  const std::size_t rank = x.shape.size();
  const std::int64_t step = layout == Layout::Stepped ? 3 : 1;
  std::vector<std::int64_t> strides(rank);
  std::int64_t total = step;
  for (std::size_t d = 0; d < rank; ++d) {
    const std::size_t at = layout == Layout::Reversed ? d : rank - 1 - d;
    strides[at] = total;
    total *= std::max<std::int64_t>(1, x.shape[at]);
  }
  const std::size_t offset = layout == Layout::Offset ? 3 : 0;
  const std::shared_ptr<T[]> buffer(new T[static_cast<std::size_t>(total) + offset]());
  keep.push_back(buffer);
  T* first = buffer.get() + offset;
  std::size_t k = 0;
  for_each(x.shape, [&](const Index& i) {
    std::int64_t at = 0;
    for (std::size_t d = 0; d < rank; ++d) at += i[d] * strides[d];
    first[at] = static_cast<T>(x.v[k++].v);
  });
  return from_blob(first, x.shape, strides, DtypeOf<T>::value);
}

Tensor laid_out(const Array& x, Dtype d, Layout layout, std::vector<std::shared_ptr<void>>& keep) {
  switch (d) {
    case kBool:
      return laid_out<bool>(x, layout, keep);
    case kLong:
      return laid_out<std::int64_t>(x, layout, keep);
    case kFloat:
      return laid_out<float>(x, layout, keep);
    default:
      return laid_out<double>(x, layout, keep);
  }
}

class StridesOf : public OpTest {};

TEST_P(StridesOf, DoNotMatter) {
  each(is_small, [&](const Case& c) {
    for (const Dtype d : {kDouble, kFloat}) {
      const Arrays in = inputs(c);
      const Tensors plain = to_tensors(c, in, d);
      const Result want = run(c, plain, plain, seed(c));
      for (const Layout layout : kLayouts) {
        SCOPED_TRACE("layout " + std::to_string(static_cast<int>(layout)) + " " + name(d));
        std::vector<std::shared_ptr<void>> keep;
        Tensors x;
        for (std::size_t k = 0; k < in.size(); ++k) {
          x.push_back(laid_out(in[k], plain[k].dtype(), layout, keep));
          if (plain[k].requires_grad()) x.back().requires_grad_();
        }
        expect_same(run(c, x, x, seed(c)), want);
      }
    }
  });
}

TEST_P(StridesOf, OfZeroAreLikeACopy) {
  each(is_small, [&](const Case& c) {
    const Tensors x = to_tensors(c, inputs(c), kDouble, std::vector<bool>(c.inputs.size(), false));
    Tensors expanded, copied;
    for (const Tensor& t : x) {
      const bool can = t.dim() > 0 && t.numel() > 0;
      expanded.push_back(can ? t.narrow(0, 0, 1).expand(t.sizes()) : t);
      copied.push_back(to_tensor(to_array(expanded.back()), t.dtype()));
    }
    EXPECT_TRUE(same_bits(c.fn(expanded), c.fn(copied)));
  });
}

INSTANTIATE_TEST_SUITE_P(Ops, StridesOf, ops([](const Sample& s) { return any_case(s, is_small); }), op_name);

// --- in place

class InPlaceOf : public OpTest {};
bool in_place(const Case& c) {
  if (!c.in_place || !is_small(c)) return false;
  if (!c.broadcasts) return true;
  Shape shape;
  for (const Input& i : c.inputs) shape = broadcast(shape, i.shape);
  return shape == c.inputs[0].shape;
}

TEST_P(InPlaceOf, IsTheSameAsOutOfPlace) {
  each(in_place, [&](const Case& c) {
    for (const Dtype d : {kDouble, kFloat}) {
      const Tensors x = to_tensors(c, inputs(c), d);
      Tensors copy = x;
      copy[0] = x[0].clone();
      const Result want = run(c, copy, x, seed(c));
      Tensors changed = x;
      changed[0] = x[0].clone();
      const std::int64_t before = changed[0].version();
      const Tensor out = c.in_place(changed);
      EXPECT_TRUE(out.is_same(changed[0]));
      EXPECT_EQ(out.version(), before + 1);
      Result got{out, {}};
      if (want.out.requires_grad())
        got.grads = vjp(out, x, to_tensor(draw_cotangent(seed(c), shape_of(out)), out.dtype()));
      expect_same(got, want);
    }
  });
}

TEST_P(InPlaceOf, IsRefusedOnALeafThatRequiresGrad) {
  each(in_place, [&](const Case& c) {
    if (!is_differentiable(c)) return;  // integers never require it
    const Arrays in = inputs(c);
    const Tensors x = to_tensors(c, in, kDouble);
    for (const bool view : {false, true}) {
      Tensors changed = x;
      if (view) changed[0] = x[0].view(x[0].sizes());
      try {
        c.in_place(changed);
        ADD_FAILURE() << "nothing was thrown";
      } catch (const AutogradError& e) {
        EXPECT_NE(std::string(e.what()).find(std::string(view ? "a view of a leaf" : "a leaf") +
                                             " Variable that requires grad is being used in an in-place operation"),
                  std::string::npos)
            << e.what();
      }
    }
    EXPECT_EQ(x[0].version(), 0);
    EXPECT_EQ(values(x[0]), values(in[0]));
  });
}

INSTANTIATE_TEST_SUITE_P(Ops, InPlaceOf, ops([](const Sample& s) { return any_case(s, in_place); }), op_name);

// --- the result's own bytes

class ResultOf : public OpTest {};

// Operations that give x itself, or a view of it.
bool makes_views(const Sample& s) {
  static const std::set<std::string> names = {"chunk",  "contiguous", "diagonal",  "einsum",  "expand",  "flatten",
                                              "index",  "movedim",    "narrow",    "permute", "reshape", "select",
                                              "slice",  "split",      "squeeze",   "t",       "to",      "transpose",
                                              "unbind", "unfold",     "unsqueeze", "view"};
  return names.count(s.name) != 0;
}
bool makes_results(const Sample& s) { return any_case(s, is_small) && !makes_views(s); }

TEST_P(ResultOf, IsNotSeenByTheInputsWhenItChanges) {
  each(is_small, [&](const Case& c) {
    const Arrays in = inputs(c);
    const Tensors x = to_tensors(c, in, kDouble, std::vector<bool>(in.size(), false));
    c.fn(x).zero_();
    for (std::size_t k = 0; k < x.size(); ++k) EXPECT_EQ(values(x[k]), values(in[k])) << "input " << k;
  });
}

INSTANTIATE_TEST_SUITE_P(Ops, ResultOf, ops(makes_results), op_name);

// --- gradients

class GradientBitsOf : public OpTest {};
bool small_gradient(const Case& c) { return small_differentiable(c); }

TEST_P(GradientBitsOf, AreTheSameForEverySubsetOfInputs) {
  each(small_gradient, [&](const Case& c) {
    const Arrays in = inputs(c);
    const Tensors all = to_tensors(c, in, kDouble);
    const Tensor out = c.fn(all);
    const Tensor w = to_tensor(draw_cotangent(seed(c), shape_of(out)), kDouble);
    out.backward(w);
    // Of many inputs: none, all, each alone, and all but each.
    const std::size_t n = in.size();
    std::vector<unsigned> subsets;
    for (unsigned mask = 0; mask < 1U << std::min<std::size_t>(n, 8); ++mask) subsets.push_back(mask);
    if (n > 8) {
      const unsigned whole = (1U << n) - 1;
      subsets = {0, whole};
      for (std::size_t k = 0; k < n; ++k) subsets.insert(subsets.end(), {1U << k, whole & ~(1U << k)});
    }
    for (const unsigned mask : subsets) {
      std::vector<bool> wants;
      for (std::size_t k = 0; k < in.size(); ++k) wants.push_back((mask >> k & 1U) != 0);
      const Tensors x = to_tensors(c, in, kDouble, wants);
      const Tensor y = c.fn(x);
      bool any = false;
      for (const Tensor& t : x) any = any || t.requires_grad();
      EXPECT_EQ(y.requires_grad(), any);
      EXPECT_TRUE(same_bits(y.detach(), out.detach()));
      if (!any) continue;
      y.backward(w);
      for (std::size_t k = 0; k < in.size(); ++k)
        EXPECT_TRUE(same_bits(x[k].grad(), x[k].requires_grad() ? all[k].grad() : Tensor()))
            << "subset " << mask << " input " << k;
    }
  });
}

TEST_P(GradientBitsOf, ScaleWithPowersOfTwoAndAddUp) {
  each(small_gradient, [&](const Case& c) {
    const Tensors x = to_tensors(c, inputs(c), kDouble);
    const Tensor out = c.fn(x);
    const Array u = draw_cotangent(seed(c) + "/u", shape_of(out)), v = draw_cotangent(seed(c) + "/v", shape_of(out));
    const auto pull = [&](Real p, Real q) {
      Array w = u;
      for (std::size_t i = 0; i < w.size(); ++i) w.v[i].v = p * u.v[i].v + q * v.v[i].v;
      return vjp(out, x, to_tensor(w, kDouble), /*retain=*/true);
    };
    const Tensors gu = pull(1, 0), gv = pull(0, 1), sum = pull(1, 1), zero = pull(0, 0);
    for (const Real scale : {8.0L, 0.03125L}) {
      const Tensors scaled = pull(scale, 0);
      for (std::size_t k = 0; k < gu.size(); ++k) {
        std::vector<Real> want = values_or_zeros(gu[k], 0);
        for (Real& g : want) g *= scale;
        EXPECT_EQ(values_or_zeros(scaled[k], 0), want) << "input " << k << " times " << scale;
      }
    }
    for (std::size_t k = 0; k < gu.size(); ++k) {
      if (!gu[k].defined()) continue;
      const std::vector<Real> p = values(gu[k]), q = values(gv[k]), s = values(sum[k]), z = values(zero[k]);
      const Real limit = 16 * epsilon(kDouble) * (largest(p) + largest(q));
      for (std::size_t i = 0; i < p.size(); ++i) {
        EXPECT_LE(std::abs(s[i] - (p[i] + q[i])), limit) << "input " << k << " element " << i;
        EXPECT_EQ(z[i], 0) << "input " << k << " element " << i;
      }
    }
  });
}

TEST_P(GradientBitsOf, AreTheSameEveryTime) {
  each(small_gradient, [&](const Case& c) {
    const Tensors x = to_tensors(c, inputs(c), kFloat);
    const Tensor out = c.fn(x);
    const Tensor w = to_tensor(draw_cotangent(seed(c), shape_of(out)), out.dtype());
    const Tensors first = vjp(out, x, w, /*retain=*/true), second = vjp(out, x, w);
    expect_same({out, second}, {out, first});
    expect_same(run(c, x, x, seed(c)), {out, first});
  });
}

INSTANTIATE_TEST_SUITE_P(Ops, GradientBitsOf, ops(has_gradient), op_name);

// --- threads

class ThreadsOf : public OpTest {
 protected:
  void TearDown() override { set_num_threads(before_); }
  int before_ = get_num_threads();
};
bool large(const Case& c) { return c.large; }

TEST_P(ThreadsOf, GiveTheSameBitsInAnyNumber) {
  each(large, [&](const Case& c) {
    for (const Dtype d : {kFloat, kDouble}) {
      const Tensors x = to_tensors(c, inputs(c), d);
      set_num_threads(1);
      const Result want = run(c, x, x, seed(c));
      for (const int n : {2, 3, 4, 7}) {
        SCOPED_TRACE(std::to_string(n) + " threads, " + name(d));
        set_num_threads(n);
        expect_same(run(c, x, x, seed(c)), want);
      }
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Ops, ThreadsOf, ops([](const Sample& s) { return any_case(s, large); }), op_name);

}  // namespace
}  // namespace tapegrad::test
