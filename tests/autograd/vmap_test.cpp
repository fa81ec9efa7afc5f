// vmap beyond one operation: gradients of samples, gradients through it, whole rows of a Jacobian, what it refuses.
#include <tapegrad/autograd/vmap.h>
#include <tapegrad/testing.h>

#include "tests/common/expect_error.h"

namespace tapegrad::autograd::functional {
namespace {

Tensor doubles(const TensorData& data) { return tensor(data, kDouble); }

TEST(Vmap, CallsTheFunctionOnceWithTheSizesOfASample) {
  int calls = 0;
  const auto dot = vmap([&](const Tensor& a, const Tensor& b) {
    ++calls;
    EXPECT_EQ(a.sizes(), IntList({3}));
    EXPECT_EQ(a.numel(), 3);
    return a.dot(b);
  });
  const Tensor x = randn({5, 3}, kDouble), y = randn({5, 3}, kDouble);
  auto batched = dot;
  EXPECT_TENSOR_NEAR(batched(x, y), (x * y).sum(1), 1e-14);
  EXPECT_EQ(calls, 1);
}

TEST(Vmap, TakesAndGivesBatchesAlongAnyDim) {
  const Tensor x = randn({2, 5, 3}, kDouble), w = randn({3}, kDouble);
  auto scaled =
      vmap([](const Tensor& t, const Tensor& v) { return t * v; }, {.in_dims = {1, std::nullopt}, .out_dims = {-1}});
  const Tensor got = scaled(x, w);
  EXPECT_EQ(got.sizes(), IntList({2, 3, 5}));
  EXPECT_TENSOR_EQ(got, (x * w).permute({0, 2, 1}));
  // What does not depend on the samples is given for each.
  auto constant = vmap([&](const Tensor&) { return w; });
  EXPECT_TENSOR_EQ(constant(randn({4, 2}, kDouble)), w.expand({4, 3}));
}

TEST(Vmap, GivesEachSamplesGradient) {
  manual_seed(1);
  const Tensor w1 = randn({8, 4}, kDouble).requires_grad_(), b1 = randn({8}, kDouble).requires_grad_(),
               w2 = randn({1, 8}, kDouble).requires_grad_();
  const Tensor x = randn({6, 4}, kDouble), y = randn({6, 1}, kDouble);
  const auto loss = [&](const Tensor& in, const Tensor& target) {
    return mse_loss(linear(linear(in, w1, b1).tanh(), w2), target);
  };
  auto per_sample = vmap([&](const Tensor& in, const Tensor& target) {
    return grad({loss(in, target)}, {w1, b1, w2});
  });
  const tensor_list got = per_sample(x, y);
  for (std::int64_t i = 0; i < 6; ++i) {
    const tensor_list want = grad({loss(x[i], y[i])}, {w1, b1, w2});
    for (std::size_t k = 0; k < want.size(); ++k) EXPECT_TENSOR_NEAR(got[k][i], want[k], 1e-13);
  }
  EXPECT_FALSE(w1.grad().defined());
}

TEST(Vmap, IsDifferentiatedFromOutside) {
  const Tensor w = doubles({2.0, -1.0}).requires_grad_(), x = randn({4, 2}, kDouble).requires_grad_();
  auto f = vmap([&](const Tensor& t) { return (t * w).sin().sum(); });
  const Tensor direct = (x * w).sin().sum(1);
  const Tensor v = randn({4}, kDouble);
  const tensor_list got = grad({f(x)}, {w, x}, {v}, true, true), want = grad({direct}, {w, x}, {v}, true, true);
  for (std::size_t k = 0; k < 2; ++k) EXPECT_TENSOR_NEAR(got[k].detach(), want[k].detach(), 1e-13);
  // and once more
  const tensor_list second = grad({got[0].square().sum()}, {w, x}), again = grad({want[0].square().sum()}, {w, x});
  for (std::size_t k = 0; k < 2; ++k) EXPECT_TENSOR_NEAR(second[k], again[k], 1e-12);
}

TEST(Vmap, AddsUpWhatSharedTensorsEarnInGrad) {
  const Tensor w = doubles({2.0}).requires_grad_();
  const Tensor twice = w * 2;  // made outside, where there are no samples
  auto f = vmap([&](const Tensor& t) { return (t * twice).sum(); });
  f(doubles({{1.0}, {2.0}, {3.0}})).sum().backward();
  EXPECT_TENSOR_EQ(w.grad(), doubles({12.0}));
}

TEST(Vmap, MayStandInsideAnother) {
  const Tensor x = randn({3, 4, 2}, kDouble);
  auto outer =
      vmap([](const Tensor& rows) { return vmap([](const Tensor& row) { return row.square().sum(); })(rows); });
  EXPECT_TENSOR_NEAR(outer(x), x.square().sum(2), 1e-14);
}

TEST(Vmap, HoldsSecondDerivativesOfSamples) {
  const Tensor x = randn({5, 3}, kDouble);
  auto hessians = vmap([](const Tensor& t) { return hessian([](const Tensor& s) { return s.pow(3).sum(); }, t); });
  const Tensor got = hessians(x);
  EXPECT_EQ(got.sizes(), IntList({5, 3, 3}));
  for (std::int64_t i = 0; i < 5; ++i) EXPECT_TENSOR_NEAR(got[i], diag(x[i] * 6), 1e-13);
}

TEST(Vmap, WritesInPlaceIntoBatches) {
  const Tensor x = randn({4, 3}, kDouble).requires_grad_();
  auto f = vmap([](const Tensor& t) {
    Tensor y = t * 2;
    y.add_(1).mul_(t);
    y[0] = 5.0;
    return y;
  });
  const Tensor got = f(x);
  Tensor want = (x * 2 + 1) * x;
  EXPECT_TENSOR_EQ(got.detach().select(1, 0), full({4}, 5.0, kDouble));
  EXPECT_TENSOR_NEAR(got.detach().narrow(1, 1, 2), want.detach().narrow(1, 1, 2), 1e-14);
  const Tensor g = grad({got.sum()}, {x})[0];
  Tensor expected = (x.detach() * 4 + 1);
  expected.select(1, 0).zero_();
  EXPECT_TENSOR_NEAR(g, expected, 1e-13);
}

TEST(Vmap, OfNoSamplesGivesNone) {
  auto f = vmap([](const Tensor& t) { return t.matmul(t.unsqueeze(1)).exp(); });
  EXPECT_EQ(f(zeros({0, 3}, kDouble)).sizes(), IntList({0, 1}));
  auto sorted = vmap([](const Tensor& t) { return std::get<0>(t.sort()); });
  EXPECT_EQ(sorted(zeros({0, 3}, kDouble)).sizes(), IntList({0, 3}));
}

TEST(Vmap, RunsAFunctionOfTheUsers) {
  struct Cube : Function<Cube> {
    static Tensor forward(AutogradContext* ctx, const Tensor& x) {
      ctx->save_for_backward({x});
      return x * x * x;
    }
    static tensor_list backward(AutogradContext* ctx, tensor_list g) {
      const Tensor x = ctx->get_saved_variables()[0];
      return {g[0] * x * x * 3};
    }
  };
  const Tensor x = randn({4, 3}, kDouble).requires_grad_();
  auto f = vmap([](const Tensor& t) { return Cube::apply(t).sum(); });
  EXPECT_TENSOR_NEAR(grad({f(x).sum()}, {x})[0], x.detach().square() * 3, 1e-13);
}

TEST(Vmap, RefusesWhatKnowsNoBatch) {
  const Tensor x = randn({4, 3}, kDouble);
  const auto refused = [&](auto fn, const char* why) { expect_error<AutogradError>([&] { vmap(fn)(x); }, why); };
  refused([](const Tensor& t) { return t.sum().item<double>() > 0 ? t : -t; },
          "item: reads a value, but in vmap it is given a whole batch; return the tensor and do it outside");
  refused([](const Tensor& t) { return t + rand({3}, kDouble); }, "draws random numbers");
  refused(
      [](const Tensor& t) {
        Tensor y = zeros({3}, kDouble);
        y.add_(t);
        return y;
      },
      "add_: would write a sample of each element of a batch into one tensor");
  const Tensor w = ones({3}, kDouble).requires_grad_();
  refused(
      [&](const Tensor& t) {
        (t * w).sum().backward();
        return t;
      },
      "backward: adds up gradients in .grad");
  EXPECT_FALSE(w.grad().defined());
  expect_error<ValueError>(
      [&] {
        vmap([](const Tensor& a, const Tensor&) { return a; })(x, ones({3, 3}, kDouble));
      },
      "Expected all tensors to have the same size in the mapped dimension, got sizes 4 and 3");
  expect_error<ValueError>([&] { vmap([](const Tensor& a) { return a; }, {.in_dims = {2}})(x); }, "Got in_dim=2");
  expect_error<ValueError>([&] { vmap([](const Tensor& a) { return a; }, {.in_dims = {std::nullopt}})(x); },
                           "no argument");
  expect_error<ValueError>(
      [&] {
        vmap([](const Tensor& a) { return a; }, {.in_dims = {0, 0}})(x);
      },
      "in_dims has 2 entries");
  expect_error<ValueError>(
      [&] {
        vmap([](const Tensor& a) { return a; }, {.out_dims = {0, 0}})(x);
      },
      "out_dims has 2 entries");
}

TEST(Vmap, ChecksShapesAndDtypesAsOfASample) {
  const Tensor x = randn({3, 3}, kDouble), w = randn({2, 3}, kDouble);
  const auto refused = [](auto fn, const Tensor& t) { EXPECT_THROW(vmap(fn)(t), Error); };
  refused([&](const Tensor& t) { return w.mm(t); }, x);
  refused([](const Tensor& t) { return t.dot(ones({1}, kDouble)); }, x);
  refused([](const Tensor& t) { return t.mm(ones({2, 3}, kDouble)); }, randn({3, 2, 1}, kDouble));
  refused([](const Tensor& t) { return t.bmm(ones({5, 3, 3}, kDouble)); }, randn({3, 1, 2, 3}, kDouble));
  refused(
      [](const Tensor& t) {
        return linear(ones({1, 3}, kDouble), t, ones({1}, kDouble));
      },
      randn({3, 2, 3}, kDouble));
  refused([](const Tensor& t) { return t.dot(t); }, arange(6).view({2, 3}));
  expect_error<ShapeError>([&] { vmap([](const Tensor& t) { return t + ones({7}, kDouble); })(x); }, "[3]");
}

// An earlier run's samples are added up also while another run is under way.
TEST(Vmap, TellsRunsApart) {
  const Tensor w = doubles({2.0}).requires_grad_(), x = doubles({{1.0}, {10.0}, {100.0}});
  const Tensor y = vmap([&](const Tensor& t) { return (t * w).sum(); })(x);
  const Tensor got =
      vmap([&](const Tensor& t) { return grad({y.sum()}, {w}, {}, true)[0] * t; })(doubles({{1.0}, {2.0}}));
  EXPECT_TENSOR_EQ(got, doubles({{111.0}, {222.0}}));
  vmap([&](const Tensor& t) {
    y.sum().backward({}, true);
    return t;
  })(x);
  EXPECT_TENSOR_EQ(w.grad(), doubles({111.0}));
}

// A gradient that is no batch, for what is one, is that of each sample.
TEST(Vmap, CountsTheSameGradientOnceASample) {
  struct Three : Function<Three> {
    static Tensor forward(AutogradContext*, const Tensor& x) { return x * 2; }
    static tensor_list backward(AutogradContext*, const tensor_list& g) { return {full(g[0].sizes(), 3.0, kDouble)}; }
  };
  const Tensor w = doubles({2.0}).requires_grad_(), x = doubles({{1.0}, {2.0}, {3.0}});
  vmap([&](const Tensor& t) { return Three::apply(w + t).sum(); })(x).sum().backward();
  EXPECT_TENSOR_EQ(w.grad(), doubles({9.0}));
  w.zero_grad();
  vmap([&](const Tensor& t) {
    Tensor y = w * t;
    y.register_hook([](const Tensor& g) { return ones_like(g); });
    return (y * 5).sum();
  })(x)
      .sum()
      .backward();
  EXPECT_TENSOR_EQ(w.grad(), doubles({6.0}));
}

TEST(Vmap, DifferentiatesGradientsOfSamples) {
  const Tensor w = randn({3}, kDouble).requires_grad_(), x = randn({4, 3}, kDouble);
  const auto penalty = [&](const Tensor& t) {
    const Tensor u = t.detach().requires_grad_();
    return grad({(u * w).tanh().sum()}, {u}, {}, true, true)[0].square().sum();
  };
  vmap(penalty)(x).sum().backward();
  const Tensor got = w.grad().clone();
  w.zero_grad();
  for (std::int64_t i = 0; i < 4; ++i) penalty(x[i]).backward();
  EXPECT_TENSOR_NEAR(got, w.grad(), 1e-13);
}

TEST(Vmap, GivesGradientsThatMayBeWritten) {
  const Tensor b = zeros({2}, kDouble).requires_grad_();
  Tensor g = vmap([&](const Tensor& t) { return grad({(t + b).sum()}, {b})[0]; })(randn({4, 2}, kDouble));
  g.add_(1);
  EXPECT_TENSOR_EQ(g, full({4, 2}, 2.0, kDouble));
}

TEST(Vmap, MakesBatchesLikeBatches) {
  const Tensor x = randn({4, 3}, kDouble);
  const Tensor got = vmap([](const Tensor& t) {
    Tensor y = zeros_like(t);
    y[0] = t[1];
    return y + ones_like(t);
  })(x);
  EXPECT_TENSOR_EQ(got.select(1, 0), x.select(1, 1) + 1);
  const Tensor p = doubles({2.0, 3.0, 0.5, 1.0});
  const auto power = [](const Tensor& t, const Tensor& e) { return t.abs().pow(e).sum(); };
  const Tensor leaf = x.clone().requires_grad_();
  const Tensor direct = x.clone().requires_grad_();
  vmap(power)(leaf, p).sum().backward();
  direct.abs().pow(p.unsqueeze(1)).sum().backward();
  EXPECT_TENSOR_NEAR(leaf.grad(), direct.grad(), 1e-12);
}

TEST(Vmap, RunsACapturedFunctionAsItIs) {
  auto twice = capture([](const Tensor& t) { return t.sin() * 2; });
  const Tensor x = randn({4, 3}, kDouble);
  for (int call = 0; call < 6; ++call)
    EXPECT_TENSOR_EQ(vmap([&](const Tensor& t) { return twice(t); })(x), x.sin() * 2);
}

TEST(Vmap, RefusesToRetainOneGradientForMany) {
  const Tensor w = ones({3}, kDouble).requires_grad_(), y = w * 2;
  y.retain_grad();
  expect_error<AutogradError>(
      [&] {
        vmap([&](const Tensor& t) { return grad({(y * t).sum()}, {w}, {}, true)[0]; })(ones({4, 3}, kDouble));
      },
      "retain_grad: keeps one gradient");
  y.sum().backward();
  EXPECT_TENSOR_EQ(y.grad(), ones({3}, kDouble));
}

TEST(Vmap, RefusesTensorsThatOutliveIt) {
  Tensor kept;
  vmap([&](const Tensor& t) {
    kept = t;
    return t;
  })(ones({4, 3}, kDouble));
  expect_error<AutogradError>([&] { kept + 1; }, "is used after that function has ended; return it from the function");
  expect_error<AutogradError>([&] { kept.add_(1); }, "");
  expect_error<AutogradError>([&] { kept.to_vector<double>(); }, "");
  expect_error<AutogradError>(
      [&] {
        vmap([&](const Tensor& t) { return t + kept; })(ones({5, 3}, kDouble));
      },
      "is used after that function");
}

TEST(Vmap, IsSeenByAnomalyMode) {
  const DetectAnomalyGuard on;
  const Tensor x = doubles({{1.0, 2.0}, {-1.0, 4.0}}).requires_grad_();
  auto root = vmap([](const Tensor& t) { return t.sqrt().sum(); });
  expect_error<AutogradError>([&] { root(x); }, "returned nan values");
  EXPECT_TENSOR_NEAR(root(x.abs()), x.detach().abs().sqrt().sum(1), 1e-14);
}

// A Function that reads its gradient knows one row alone: the rows are then made one after the other.
TEST(Vmap, LeavesJacobiansOfWhatReadsValuesToRows) {
  struct Reader : Function<Reader> {
    static Tensor forward(AutogradContext*, const Tensor& x) { return x * 2; }
    static tensor_list backward(AutogradContext*, tensor_list g) {
      return {g[0].sum().item<double>() == 0 ? g[0] : g[0] * 2};
    }
  };
  const Tensor x = doubles({1.0, 2.0, 3.0});
  EXPECT_TENSOR_EQ(jacobian([](const Tensor& t) { return Reader::apply(t); }, x), eye(3, kDouble) * 2);
}

// Also where the Function catches the refusal, or a hook is to see each row.
TEST(Vmap, LeavesJacobiansAsTheyWereForWhoLooks) {
  struct Catcher : Function<Catcher> {
    static Tensor forward(AutogradContext*, const Tensor& x) { return x * 2; }
    static tensor_list backward(AutogradContext*, tensor_list g) {
      try {
        g[0].sum().item<double>();
      } catch (const Error&) {
        return {g[0] * 5};
      }
      return {g[0] * 2};
    }
  };
  const Tensor x = doubles({1.0, 2.0, 3.0});
  EXPECT_TENSOR_EQ(jacobian([](const Tensor& t) { return Catcher::apply(t); }, x), eye(3, kDouble) * 2);
  int calls = 0;
  jacobian(
      [&](const Tensor& t) {
        const Tensor y = t * 2;
        y.register_hook([&](const Tensor& g) {
          ++calls;
          EXPECT_EQ(g.sum().item<double>(), 1);
        });
        return y;
      },
      x);
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace tapegrad::autograd::functional
