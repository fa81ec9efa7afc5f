// Every operation's gradients: against dual numbers over the reference (1e-12), against Ridders differences of the
// library's own forward (1e-9), in f32, and once more for the gradient of the gradient. No absolute tolerances.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <tapegrad/autograd/grad.h>

#include "ops_test.h"

namespace tapegrad::test {
namespace {

bool nonempty(const Case& c) { return small_differentiable(c) && !is_empty(c); }
bool has_nonempty(const Sample& s) { return any_case(s, nonempty); }

std::vector<std::size_t> differentiable_inputs(const Case& c) {
  std::vector<std::size_t> out;
  for (std::size_t k = 0; k < c.inputs.size(); ++k)
    if (c.inputs[k].domain.differentiable) out.push_back(k);
  return out;
}

using Columns = std::vector<std::vector<Real>>;  // [element of the input][element of the output]

// d(out)/d(in[k]) of the reference, column by column.
Columns jacobian(const Case& c, Arrays in, std::size_t k) {
  Columns out;
  for (Dual& x : in[k].v) {
    x.a = 1;
    std::vector<Real> column;
    for (const Dual& y : c.reference(in).v) column.push_back(y.a);
    out.push_back(std::move(column));
    x.a = 0;
  }
  return out;
}

Real dot(const std::vector<Real>& w, const std::vector<Real>& column) {
  Real s = 0;
  for (std::size_t i = 0; i < w.size(); ++i)
    if (w[i] != 0 && column[i] != 0) s += w[i] * column[i];
  return s;
}

// Whether the whole Jacobian is looked at; else random directions.
bool whole(const Case& c, const Array& out) {
  std::size_t n = 0;
  for (const Input& i : c.inputs) n += static_cast<std::size_t>(count(i.shape));
  return n * out.size() <= 1U << 16;
}

// Unit vectors where there are few (the whole Jacobian), and two random directions.
Arrays cotangents(const std::string& seed, const Shape& shape) {
  Arrays out;
  const std::size_t n = static_cast<std::size_t>(count(shape));
  const std::size_t step = n <= 64 ? 1 : n / 8;
  for (std::size_t i = 0; i < n; i += step) {
    out.emplace_back(shape);
    out.back().v[i] = 1;
  }
  out.push_back(draw_cotangent(seed + "/1", shape));
  out.push_back(draw_cotangent(seed + "/2", shape));
  return out;
}

class GradientOf : public OpTest {
 protected:
  // <w, J v> by dual numbers is <J^T w, v> by the library.
  void expect_directions(const Case& c, Arrays in, const Tensor& out, const Tensors& x) const {
    const std::vector<std::size_t> wrt = differentiable_inputs(c);
    for (int round = 0; round < 8; ++round) {
      const std::string name = seed(c) + "/" + std::to_string(round);
      const Array w = draw_cotangent(name, shape_of(out));
      const Tensors g = vjp(out, x, to_tensor(w, kDouble), /*retain=*/true);
      Real got = 0, scale = 0;
      for (std::size_t k = 0; k < wrt.size(); ++k) {
        const Array v = draw_cotangent(name + "/" + std::to_string(k), in[wrt[k]].shape);
        const std::vector<Real> gk = values_or_zeros(g[k], v.size());
        for (std::size_t i = 0; i < v.size(); ++i) {
          in[wrt[k]].v[i].a = v.v[i].v;
          got += gk[i] * v.v[i].v;
          scale += std::abs(gk[i] * v.v[i].v);
        }
      }
      Real expected = 0;
      const Array y = c.reference(in);
      for (std::size_t i = 0; i < y.size(); ++i) expected += w.v[i].v * y.v[i].a;
      EXPECT_LE(std::abs(got - expected), 1e-12L * scale) << got << ", expected " << expected;
    }
  }
};

TEST_P(GradientOf, MatchesDualNumbers) {
  each(nonempty, [&](const Case& c) {
    const Arrays in = inputs(c);
    const Tensors x = to_tensors(c, in, kDouble);
    const Tensor out = c.fn(x);
    const std::vector<std::size_t> wrt = differentiable_inputs(c);
    if (!whole(c, to_array(out))) return expect_directions(c, in, out, x);
    std::vector<Columns> want;
    for (const std::size_t k : wrt) want.push_back(jacobian(c, in, k));
    for (const Array& w : cotangents(seed(c), shape_of(out))) {
      const Tensors got = vjp(out, x, to_tensor(w, kDouble), /*retain=*/true);
      for (std::size_t k = 0; k < wrt.size(); ++k) {
        SCOPED_TRACE("input " + std::to_string(wrt[k]));
        std::vector<Real> expected;
        for (const std::vector<Real>& column : want[k]) expected.push_back(dot(values(w), column));
        if (got[k].defined()) {
          ASSERT_EQ(shape_of(got[k]), shape_of(x[wrt[k]]));
          ASSERT_EQ(got[k].dtype(), kDouble);
          ASSERT_FALSE(got[k].requires_grad());
        }
        ASSERT_TRUE(near(values_or_zeros(got[k], expected.size()), expected, 1e-12L));
      }
    }
  });
}

TEST_P(GradientOf, MatchesRiddersDifferences) {
  each(nonempty, [&](const Case& c) {
    const Arrays in = inputs(c, Grid::Exact);
    const Tensors x = to_tensors(c, in, kDouble);
    const Tensor out = c.fn(x);
    const Arrays ws = cotangents(seed(c), shape_of(out));
    const std::vector<std::size_t> wrt = differentiable_inputs(c);
    std::vector<Tensors> analytic;
    for (const Array& w : ws) analytic.push_back(vjp(out, x, to_tensor(w, kDouble), /*retain=*/true));
    const NoGradGuard guard;
    for (std::size_t k = 0; k < wrt.size(); ++k) {
      const std::size_t n = in[wrt[k]].size();
      const std::size_t few = run_all_shapes() ? 128 : 40;
      const std::size_t step = n <= few ? 1 : n / 16;
      for (std::size_t i = 0; i < n; i += step) {
        const double at = static_cast<double>(in[wrt[k]].v[i].v);
        double* element = x[wrt[k]].data_ptr<double>() + i;
        const Derivative numeric = ridders(
            [&](double t) {
              *element = at + t;
              return values(c.fn(x));
            },
            0.05 * std::max(1.0, std::abs(at)));
        *element = at;
        for (std::size_t j = 0; j < ws.size(); ++j) {
          const std::vector<Real> g = values_or_zeros(analytic[j][k], n);
          const Real expected = dot(values(ws[j]), numeric.value);
          ASSERT_LE(std::abs(g[i] - expected), 1e-9L * largest(g))
              << "input " << wrt[k] << " element " << i << " cotangent " << j << ": analytic " << g[i] << ", numeric "
              << expected << ", its own estimate " << largest(numeric.error);
        }
      }
    }
  });
}

TEST_P(GradientOf, InFloatIsThatOfDouble) {
  each(nonempty, [&](const Case& c) {
    const Arrays in = rounded_to(c, inputs(c), kFloat);
    const Tensors x = to_tensors(c, in, kFloat);
    const Tensor out = c.fn(x);
    if (!whole(c, to_array(out))) return;
    const Array w = draw_cotangent(seed(c), shape_of(out), Grid::Exact);
    const Tensors got = vjp(out, x, to_tensor(w, out.dtype()));
    const std::vector<std::size_t> wrt = differentiable_inputs(c);
    for (std::size_t k = 0; k < wrt.size(); ++k) {
      SCOPED_TRACE("input " + std::to_string(wrt[k]));
      const std::size_t n = in[wrt[k]].size();
      std::vector<Real> expected;
      Real scale = 0;  // the largest element of abs(J)^T abs(w)
      for (const std::vector<Real>& column : jacobian(c, in, wrt[k])) {
        expected.push_back(dot(values(w), column));
        Real sum = 0;
        for (std::size_t j = 0; j < column.size(); ++j) sum += std::abs(column[j] * w.v[j].v);
        scale = std::max(scale, sum);
      }
      if (got[k].defined()) {
        ASSERT_EQ(got[k].dtype(), kFloat);
        ASSERT_EQ(shape_of(got[k]), shape_of(x[wrt[k]]));
      }
      const std::vector<Real> g = values_or_zeros(got[k], n);
      // Four times the value's limit; broadcasting adds up as many terms as it repeats an element.
      const Real terms = std::max<Real>(1, static_cast<Real>(out.numel()) / static_cast<Real>(n));
      const Real factor = 4 * std::max<Real>(1, static_cast<Real>(c.accuracy.f32)) + 2 * std::log2(terms);
      for (std::size_t i = 0; i < n; ++i)
        ASSERT_LE(std::abs(g[i] - expected[i]), factor * epsilon(kFloat) * scale)
            << "element " << i << ": " << g[i] << ", expected " << expected[i];
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Ops, GradientOf, ops(has_nonempty), op_name);

// For L = <w, f(x)>, g = dL/dx and S = <u, g>: dS/dx is the Hessian of L times u, and dS/dw is the Jacobian times u.
class SecondOrderOf : public OpTest {
 protected:
  struct Second {
    Tensors x, g, hu;  // hu: for each input that requires grad
    Tensor ju;
  };
  static Second run(const Case& c, const Arrays& in, const Array& w, const Arrays& u, bool retain = false) {
    Second s;
    s.x = to_tensors(c, in, kDouble);
    const Tensor wt = to_tensor(w, kDouble, true);
    s.g = vjp(c.fn(s.x), s.x, wt, /*retain=*/true, /*create=*/true);
    return again(std::move(s), wt, u, retain);
  }
  static Second again(Second s, const Tensor& w, const Arrays& u, bool retain) {
    Tensors outputs, seeds, wrt;
    for (std::size_t k = 0; k < s.g.size(); ++k)
      if (s.g[k].defined() && s.g[k].requires_grad()) {
        outputs.push_back(s.g[k]);
        seeds.push_back(to_tensor(u[k], kDouble));
      }
    for (const Tensor& x : s.x)
      if (x.requires_grad()) wrt.push_back(x);
    wrt.push_back(w);
    s.hu = Tensors(wrt.size());
    if (!outputs.empty()) s.hu = autograd::grad(outputs, wrt, seeds, retain, false, /*allow_unused=*/true);
    s.ju = s.hu.back();
    s.hu.pop_back();
    return s;
  }
  // One direction for each differentiable input.
  static Arrays directions(const Case& c, const std::string& seed, Grid grid = Grid::Free) {
    Arrays out;
    for (const std::size_t k : differentiable_inputs(c))
      out.push_back(draw_cotangent(seed + "/" + std::to_string(k), c.inputs[k].shape, grid));
    return out;
  }
};

TEST_P(SecondOrderOf, MatchesDualNumbers) {
  each(nonempty, [&](const Case& c) {
    Arrays in = inputs(c);
    const std::vector<std::size_t> wrt = differentiable_inputs(c);
    const Arrays u = directions(c, seed(c));
    const Array w = draw_cotangent(seed(c), c.reference(in).shape);
    const Second got = run(c, in, w, u);
    for (std::size_t k = 0; k < wrt.size(); ++k)
      for (std::size_t i = 0; i < u[k].size(); ++i) in[wrt[k]].v[i].b = u[k].v[i].v;
    std::vector<Real> ju;
    for (const Dual& y : c.reference(in).v) ju.push_back(y.b);
    EXPECT_TRUE(near(values_or_zeros(got.ju, ju.size()), ju, 1e-12L)) << "by the cotangent";
    if (!whole(c, w)) return;
    for (std::size_t k = 0; k < wrt.size(); ++k) {
      std::vector<Real> hu;
      for (Dual& x : in[wrt[k]].v) {
        x.a = 1;
        Real s = 0;
        const Array y = c.reference(in);
        for (std::size_t j = 0; j < y.size(); ++j) s += w.v[j].v * y.v[j].ab;
        hu.push_back(s);
        x.a = 0;
      }
      EXPECT_TRUE(near(values_or_zeros(got.hu[k], hu.size()), hu, 1e-10L)) << "by input " << wrt[k];
    }
  });
}

TEST_P(SecondOrderOf, MatchesRiddersDifferencesOfTheGradient) {
  each(nonempty, [&](const Case& c) {
    const Arrays in = inputs(c, Grid::Exact);
    const std::vector<std::size_t> wrt = differentiable_inputs(c);
    const Arrays u = directions(c, seed(c), Grid::Exact);
    const Array w = draw_cotangent(seed(c), c.reference(in).shape);
    const Second got = run(c, in, w, u);
    const Tensor wt = to_tensor(w, kDouble);
    const Derivative numeric = ridders(
        [&](double t) {
          Arrays moved = in;
          for (std::size_t k = 0; k < wrt.size(); ++k)
            for (std::size_t i = 0; i < u[k].size(); ++i) moved[wrt[k]].v[i].v += static_cast<Real>(t) * u[k].v[i].v;
          const Tensors x = to_tensors(c, moved, kDouble);
          const Tensors g = vjp(c.fn(x), x, wt);
          std::vector<Real> all;
          for (std::size_t k = 0; k < wrt.size(); ++k) {
            const std::vector<Real> one = values_or_zeros(g[k], in[wrt[k]].size());
            all.insert(all.end(), one.begin(), one.end());
          }
          return all;
        },
        0.05);
    std::size_t at = 0;
    for (std::size_t k = 0; k < wrt.size(); ++k) {
      const std::size_t n = in[wrt[k]].size();
      const std::vector<Real> hu = values_or_zeros(got.hu[k], n);
      for (std::size_t i = 0; i < n; ++i, ++at)
        ASSERT_LE(std::abs(hu[i] - numeric.value[at]), 1e-9L * largest(hu))
            << "input " << wrt[k] << " element " << i << ": analytic " << hu[i] << ", numeric " << numeric.value[at]
            << ", its own estimate " << numeric.error[at];
    }
  });
}

TEST_P(SecondOrderOf, IsSymmetric) {
  each(nonempty, [&](const Case& c) {
    const Arrays in = inputs(c), u = directions(c, seed(c) + "/u"), v = directions(c, seed(c) + "/v");
    const Array w = draw_cotangent(seed(c), c.reference(in).shape);
    const Second first = run(c, in, w, u), second = run(c, in, w, v);
    Real vhu = 0, uhv = 0, scale = 0;
    for (std::size_t k = 0; k < u.size(); ++k) {
      const std::vector<Real> hu = values_or_zeros(first.hu[k], u[k].size());
      const std::vector<Real> hv = values_or_zeros(second.hu[k], v[k].size());
      for (std::size_t i = 0; i < hu.size(); ++i) {
        vhu += v[k].v[i].v * hu[i];
        uhv += u[k].v[i].v * hv[i];
        scale += std::abs(v[k].v[i].v * hu[i]);
      }
    }
    EXPECT_LE(std::abs(vhu - uhv), 1e-12L * scale) << vhu << " and " << uhv;
  });
}

INSTANTIATE_TEST_SUITE_P(Ops, SecondOrderOf, ops(has_nonempty), op_name);

}  // namespace
}  // namespace tapegrad::test
