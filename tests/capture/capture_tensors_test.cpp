// What goes into a captured function, what comes out, and what it finds outside.
#include "tests/capture/twins.h"

#include <atomic>
#include <thread>

namespace tapegrad::tests {
namespace {

TEST(Capture, TakesItsOutputAsNextInput) {
  const Tensor w = randn({3, 3});
  const auto body = [&](const Tensor& h) { return h.matmul(w).tanh(); };
  auto step = capture(body);
  for (int start = 0; start < 2; ++start) {
    Tensor want = randn({2, 3});
    Tensor got = want.clone();
    for (int i = 0; i < 10; ++i) {
      want = body(want);
      got = step(got);
      ASSERT_TRUE(same_bytes(want, got));
    }
  }
  EXPECT_EQ(step.stats().replayed, 17);
}

TEST(Capture, TakesNumbersAsKindsOfCalls) {
  auto step = capture([](const Tensor& x, double by) { return x.mul(by); }, {.programs = 2});
  const Tensor x = randn({4});
  for (int round = 0; round < 3; ++round)
    for (int by = 0; by < 4; ++by)
      for (int i = 0; i < 5; ++i) ASSERT_TRUE(same_bytes(step(x, by * 0.5), x.mul(by * 0.5)));
  EXPECT_EQ(step.stats().programs, 2);
  EXPECT_GT(step.stats().replayed, 10);
}

TEST(Capture, SeesWhatIsReboundBetweenCalls) {
  Training eager, other;
  auto step = captured(other);
  expect_twins(eager, other, step, 6);
  Tensor w = randn({3});
  auto product = capture([&](const Tensor& x) { return x.mul(w); });
  const Tensor x = randn({3});
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(same_bytes(product(x), x.mul(w)));
    w = w.mul(0.5);
  }
  EXPECT_GT(product.stats().replayed, 6);
}

struct Scale : nn::Module {
  Tensor weight = register_parameter("weight", ones({4}));
  Tensor forward(const Tensor& x) { return x.mul(weight); }
};

TEST(Capture, SeesANewParameter) {
  Scale scale;
  auto forward = capture([&](const Tensor& x) { return scale.forward(x); });
  const Tensor x = randn({4});
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(same_bytes(forward(x), x.mul(scale.weight)));
    scale.weight = full({4}, 2.0 + round).requires_grad_();
  }
  EXPECT_GT(forward.stats().replayed, 6);
}

TEST(Capture, DividesByTheLabelsOfThisBatch) {
  const auto body = [](const Tensor& x, const Tensor& y) {
    return nll_loss(x.log_softmax(1), y, {}, Reduction::Mean, 1);
  };
  auto step = capture(body);
  const Tensor x = randn({4, 3});
  for (const auto& labels :
       {std::vector<std::int64_t>{0, 1, 2, 2}, {1, 1, 1, 0}, {0, 0, 0, 0}, {2, 1, 1, 0}, {0, 2, 2, 1}, {1, 0, 0, 1}}) {
    const Tensor y = tensor(labels);
    EXPECT_TRUE(same_bytes(body(x, y), step(x, y)));
  }
  EXPECT_EQ(step.stats().replayed, 3);
}

TEST(Capture, KnowsWhichArgumentsAreOne) {
  const auto body = [](const Tensor& x, const Tensor& y) { return x.mul(2).add(y); };
  auto step = capture(body);
  const Tensor a = randn({3}), b = randn({3});
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(same_bytes(body(a, a), step(a, a)));
    EXPECT_TRUE(same_bytes(body(a, b), step(a, b)));
    EXPECT_TRUE(same_bytes(body(b, b), step(b, b)));
  }
  EXPECT_GT(step.stats().replayed, 6);
  const Tensor w = randn({3});
  auto with_closure = capture([&](const Tensor& x) { return x.mul(w); });
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(same_bytes(with_closure(w), w.mul(w)));
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(same_bytes(with_closure(a), a.mul(w)));
  EXPECT_GT(with_closure.stats().replayed, 4);
  const Tensor p = randn({3}).requires_grad_();
  auto backward = capture([&](const Tensor& x) {
    p.zero_grad();
    x.mul(p).sum().backward();
  });
  for (int i = 0; i < 6; ++i) {
    backward(p);
    EXPECT_TRUE(same_bytes(p.grad(), p.detach().mul(2)));
  }
  for (int i = 0; i < 6; ++i) {
    backward(a);
    EXPECT_TRUE(same_bytes(p.grad(), a));
  }
}

TEST(Capture, RunsAsItIsWhereAnotherThreadReplays) {
  const Tensor w = randn({8, 8});
  const auto body = [&](const Tensor& x) { return x.matmul(w).tanh(); };
  auto step = capture(body);
  const Tensor x = randn({4, 8});
  const Tensor want = body(x);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i)
        if (!same_bytes(want, step(x))) ++wrong;
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Capture, TakesViewsInAndGivesThemOut) {
  const Tensor data = randn({10, 6});
  const auto body = [](const Tensor& x) { return x.mul(2).t(); };
  auto step = capture(body);
  for (int i = 0; i < 8; ++i) {
    const Tensor x = data.slice(0, i, i + 2);
    EXPECT_TRUE(same_bytes(body(x), step(x)));
    EXPECT_EQ(body(x).strides(), step(x).strides());
  }
  EXPECT_GT(step.stats().replayed, 8);
  auto transposed = capture(body);
  for (int i = 0; i < 6; ++i) {
    const Tensor x = data.slice(0, i, i + 2).t();
    EXPECT_TRUE(same_bytes(body(x), transposed(x)));
  }
  EXPECT_EQ(transposed.stats().replayed, 3);
  auto itself = capture([](const Tensor& x) { return x; });
  auto part = capture([](const Tensor& x) { return x.slice(0, 1, 3); });
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(same_bytes(itself(data.slice(0, i, i + 4)), data.slice(0, i, i + 4)));
    EXPECT_TRUE(same_bytes(part(data.slice(0, i, i + 4)), data.slice(0, i + 1, i + 3)));
  }
}

TEST(Capture, WritesInPlaceInside) {
  const auto body = [](const Tensor& x) {
    Tensor y = zeros({4, 4});
    y.slice(0, 0, 2).add_(x);
    y.slice(0, 1, 3).mul_(3);
    y.t().slice(0, 0, 1).sub_(x.sum());
    Tensor host = tensor({1.0, 2.0, 3.0, 4.0});
    host.add_(y.sum(0));
    return std::pair(y, host);
  };
  auto step = capture(body);
  for (int i = 0; i < 8; ++i) {
    const Tensor x = randn({2, 4});
    const auto want = body(x);
    const auto got = step(x);
    EXPECT_TRUE(same_bytes(want.first, got.first));
    EXPECT_TRUE(same_bytes(want.second, got.second));
  }
  EXPECT_EQ(step.stats().replayed, 5);
}

TEST(Capture, WritesItsArguments) {
  auto step = capture([](const Tensor& x) { x.add_(1); });
  for (int i = 0; i < 6; ++i) {
    const Tensor x = full({3}, i * 1.0);
    const std::int64_t version = x.version();
    step(x);
    EXPECT_TRUE(same_bytes(x, full({3}, i + 1.0)));
    EXPECT_EQ(x.version(), version + 1);
  }
  EXPECT_EQ(step.stats().replayed, 3);
}

TEST(Capture, SeesArgumentsThatOverlap) {
  const Tensor outside = randn({3000});
  const auto body = [&](const Tensor& x, const Tensor& y) {
    x.add_(y).mul_(2);
    outside.slice(0, 0, 1500).add_(x);
  };
  auto step = capture(body);
  for (int i = 0; i < 5; ++i) step(randn({1500}), randn({1500}));
  const auto expect_same = [&](const auto& call_with) {
    Tensor data = randn({3000});
    const Tensor before = data.clone(), outside_before = outside.clone();
    call_with(body, data);
    const Tensor want = data.clone(), outside_want = outside.clone();
    data.copy_(before);
    outside.copy_(outside_before);
    call_with(step, data);
    EXPECT_TRUE(same_bytes(want, data));
    EXPECT_TRUE(same_bytes(outside_want, outside));
  };
  for (int i = 0; i < 5; ++i) {
    expect_same([](auto& f, const Tensor& d) { f(d.slice(0, 0, 1500), d.slice(0, 1, 1501)); });
    expect_same([&](auto& f, const Tensor& d) { f(outside.slice(0, 7, 1507), d.slice(0, 1, 1501)); });
  }
  for (std::int64_t i = 0; i < 8; ++i) {
    expect_same([=](auto& f, const Tensor& d) { f(d.slice(0, 0, 1500), d.slice(0, i, 1500 + i)); });
    expect_same([=](auto& f, const Tensor& d) { f(d.slice(0, i, 1500 + i), d.slice(0, 0, 1500)); });
    expect_same([&](auto& f, const Tensor&) { f(randn({1500}).zero_(), outside.slice(0, i, 1500 + i)); });
  }
  const std::size_t replayed = step.stats().replayed;
  step(randn({1500}), randn({1500}));
  EXPECT_EQ(step.stats().replayed, replayed + 1);
}

TEST(Capture, FollowsNewDataOfATensor) {
  const Tensor w = ones({2}), x = randn({2});
  auto step = capture([&](const Tensor& t) { return t.mul(w); });
  for (int i = 0; i < 5; ++i) step(x);
  w.set_data(full({2}, 7.0));
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(same_bytes(step(x), x.mul(7)));
  {
    const Tensor result = step(x);
    result.set_data(zeros({2}));
  }
  EXPECT_TRUE(same_bytes(step(x), x.mul(7)));
}

TEST(Capture, SeesGradientsOfParametersThatItOnlyClears) {
  const Tensor w = randn({3}).requires_grad_();
  optim::SGD optimizer({w}, 0.1);
  auto clear = capture([&] { optimizer.zero_grad(); });
  auto update = capture([&] { optimizer.step(); });
  for (int i = 0; i < 5; ++i) {
    clear();
    update();
  }
  for (int i = 0; i < 8; ++i) {
    const Tensor before = w.detach().clone();
    w.mul(2).sum().backward();
    update();
    EXPECT_TRUE(same_bytes(w.detach(), before.sub(full({3}, 2.0).mul(0.1))));
    clear();
    EXPECT_FALSE(w.grad().defined());
  }
}

TEST(Capture, TakesAGradientAsArgument) {
  const Tensor w = randn({3}).requires_grad_();
  auto step = capture([&](const Tensor& x, const Tensor& previous) {
    w.zero_grad();
    x.mul(w).sum().backward();
    return w.grad().sub(previous);
  });
  Tensor previous = randn({3});
  step(previous, previous);
  for (int i = 0; i < 8; ++i) {
    const Tensor x = randn({3});
    const Tensor want = x.sub(previous);
    EXPECT_TRUE(i == 0 || same_bytes(want, step(x, w.grad())));
    if (i == 0) step(x, previous);
    previous = x;
  }
}

TEST(Capture, SeesAnArgumentThatIsAlsoUpdated) {
  const Tensor w = randn({5000}).requires_grad_();
  optim::SGD optimizer({w}, 0.1);
  const auto body = [&](const Tensor& x) {
    optimizer.zero_grad();
    const Tensor a = x.mul(x);
    w.mul(w).sum().backward();
    optimizer.step();
    return std::pair(a, x.add(x));
  };
  auto step = capture(body);
  for (int i = 0; i < 5; ++i) step(randn({5000}));
  for (int i = 0; i < 6; ++i) {
    const Tensor before = w.detach().clone();
    const auto want = body(w.detach());
    {
      const NoGradGuard no_grad;
      w.copy_(before);
    }
    const auto got = step(w.detach());
    ASSERT_TRUE(same_bytes(want.first, got.first));
    ASSERT_TRUE(same_bytes(want.second, got.second));
  }
}

TEST(Capture, TellsTypesOfArgumentsApart) {
  auto step = capture([](const auto& a, const auto& b) { return a * b; });
  const Tensor x = arange(3);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(step(x, 2).dtype(), kLong);
    EXPECT_EQ(step(x, 2.0).dtype(), kFloat);
  }
}

TEST(Capture, GivesNoHistoryToResultsThatShowParameters) {
  const Tensor w = randn({3, 2}).requires_grad_();
  auto step = capture([&] { return w.t(); });
  for (int i = 0; i < 6; ++i) {
    const Tensor t = step();
    EXPECT_TRUE(same_bytes(t.detach(), w.detach().t()));
    EXPECT_THROW(t.sum().backward(), AutogradError);
  }
}

TEST(Capture, HasSecondDerivatives) {
  const Tensor w = randn({8, 1}).requires_grad_(), v = randn({1, 8}).requires_grad_();
  const auto body = [&](const Tensor& at) {
    w.zero_grad();
    v.zero_grad();
    const Tensor x = at.detach().requires_grad_();
    const Tensor u = x.matmul(v).tanh().matmul(w);
    const Tensor du = autograd::grad({u.sum()}, {x}, {}, true, true)[0];
    const Tensor ddu = autograd::grad({du.sum()}, {x}, {}, true, true)[0];
    const Tensor loss = ddu.add(u).square().mean();
    loss.backward();
    return loss;
  };
  auto step = capture(body);
  for (int i = 0; i < 8; ++i) {
    const Tensor x = randn({5, 1});
    const Tensor want = body(x);
    const Tensor grads[] = {w.grad(), v.grad()};
    const Tensor got = step(x);
    ASSERT_TRUE(same_bytes(want, got));
    ASSERT_TRUE(same_bytes(grads[0], w.grad()));
    ASSERT_TRUE(same_bytes(grads[1], v.grad()));
  }
  EXPECT_EQ(step.stats().replayed, 5);
}

TEST(Capture, TakesAndGivesLists) {
  auto step = capture([](const std::vector<Tensor>& xs, int k) {
    std::vector<Tensor> out;
    for (const Tensor& x : xs) out.push_back(x.mul(k));
    return std::tuple(out, xs[0].sum(), std::array{xs[1], xs[0]});
  });
  for (int i = 0; i < 6; ++i) {
    const std::vector<Tensor> xs{randn({2}), randn({3})};
    const auto [list, sum, pair] = step(xs, 3);
    ASSERT_EQ(list.size(), 2);
    EXPECT_TRUE(same_bytes(list[1], xs[1].mul(3)));
    EXPECT_TRUE(same_bytes(sum, xs[0].sum()));
    EXPECT_TRUE(same_bytes(pair[0], xs[1]));
  }
  EXPECT_EQ(step.stats().replayed, 3);
}

TEST(Capture, RunsInAnyThread) {
  auto step = capture([] { return randn({4}); });
  for (int i = 0; i < 5; ++i) step();
  Tensor want, got;
  std::thread([&] {
    manual_seed(9);
    want = randn({4});
    manual_seed(9);
    got = step();
  }).join();
  EXPECT_TRUE(same_bytes(want, got));
  EXPECT_EQ(step.stats().replayed, 3);
}

TEST(Capture, OutlivesItsModel) {
  auto step = [] {
    Training<> training;
    const std::vector<Tensor> p = training.model->parameters();
    auto s = capture([p](const Tensor& x) { return x.matmul(p[0].t()); });
    for (int i = 0; i < 5; ++i) s(ones({2, 4}));
    return s;
  }();
  EXPECT_EQ(step(ones({2, 4})).sizes(), (IntList{2, 8}));
}

}  // namespace
}  // namespace tapegrad::tests
