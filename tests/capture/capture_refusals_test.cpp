// What a replay could not follow is an error that says why, before or at the first call that shows it.
#include "tests/capture/twins.h"

#include <sstream>

#include "tests/common/expect_error.h"

namespace tapegrad::tests {
namespace {

TEST(Capture, RefusesToReadValuesInside) {
  Training training;
  double seen = 0;
  const auto throws = [&](const std::function<void(const Tensor&)>& read, const char* name) {
    auto step = capture([&](const Tensor& x) {
      Tensor y = x.mul(2);
      read(y);
      return y;
    });
    try {
      step(randn({3}));
      FAIL() << name;
    } catch (const AutogradError& e) {
      EXPECT_NE(std::string(e.what()).find("do it outside"), std::string::npos) << e.what();
      EXPECT_EQ(std::string(e.what()).find(name), 0) << e.what();
    }
  };
  throws([&](const Tensor& t) { seen += t.sum().item<double>(); }, "item");
  throws([&](const Tensor& t) { seen += *t.data_ptr<float>(); }, "data_ptr");
  throws([&](const Tensor& t) { seen += t.to_vector<float>()[0]; }, "data_ptr");
  throws([&](const Tensor& t) { std::ostringstream() << t; }, "data_ptr");
  throws([&](const Tensor&) { manual_seed(1); }, "manual_seed");
  throws([&](const Tensor&) { linalg::inv(eye(2)); }, "linalg::");
  // The next call works.
  bool reads = true;
  auto step = capture([&](const Tensor& x) {
    if (reads) seen += x.sum().item<double>();
    return x.mul(2);
  });
  EXPECT_THROW(step(ones({3})), AutogradError);
  reads = false;
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(same_bytes(step(ones({3})), full({3}, 2.0)));
  EXPECT_GT(step.stats().replayed, 1);
}

TEST(Capture, RefusesSchedulesInside) {
  Training training;
  optim::StepLR scheduler(training.optimizer, 1, 0.5);
  auto step = capture([&](const Tensor& x, const Tensor& y) {
    const Tensor loss = training(x, y);
    scheduler.step();
    return loss;
  });
  EXPECT_THROW(step(randn({6, 4}), randn({6, 2})), AutogradError);
  EXPECT_EQ(training.optimizer.lr(), 0.1);
  optim::WeightAverage average(training.model->parameters(), {.decay = 0.9});
  auto averaged = capture([&] { average.update_parameters(); });
  EXPECT_THROW(averaged(), AutogradError);
  auto set = capture([&] { training.optimizer.set_lr(0.2); });
  EXPECT_THROW(set(), AutogradError);
}

TEST(Capture, FindsANumberThatChanges) {
  int calls = 0;
  auto step = capture([&](const Tensor& x) { return x.mul(++calls); });
  const Tensor x = ones({3});
  step(x);
  step(x);
  try {
    step(x);
    FAIL();
  } catch (const AutogradError& e) {
    EXPECT_NE(std::string(e.what()).find("mul"), std::string::npos) << e.what();
  }
  auto scaled = capture([&](const Tensor& t, const Tensor& by) { return t.mul(by); });
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(same_bytes(scaled(x, full({}, i)), x.mul(i)));
  EXPECT_EQ(scaled.stats().replayed, 5);
}

TEST(Capture, FindsATensorThatEscapes) {
  Tensor kept;
  auto step = capture([&](const Tensor& x) {
    kept = x.mul(2);
    return x.add(1);
  });
  const auto run = [&](auto& f) {
    for (int i = 0; i < 4; ++i) f(ones({3}));
  };
  try {
    run(step);
    FAIL();
  } catch (const AutogradError& e) {
    EXPECT_NE(std::string(e.what()).find("still held outside"), std::string::npos) << e.what();
  }
  auto detached = capture([&](const Tensor& x) {
    const Tensor y = x.mul(2);
    kept = y.detach();
    return y;
  });
  EXPECT_THROW(run(detached), AutogradError);
  auto argument = capture([&](const Tensor& x) {
    kept = x;
    return x.add(1);
  });
  EXPECT_THROW(run(argument), AutogradError);
  ::testing::internal::CaptureStderr();
  auto as_it_is = capture(
      [&](const Tensor& x) {
        kept = x.mul(2);
        return x.add(1);
      },
      {.fallback = true});
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(same_bytes(as_it_is(full({3}, i * 1.0)), full({3}, i + 1.0)));
    EXPECT_TRUE(same_bytes(kept, full({3}, 2.0 * i)));
  }
  const std::string warning = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(warning.find("Warning"), warning.rfind("Warning")) << warning;
  EXPECT_NE(warning.find("still held outside"), std::string::npos) << warning;
  EXPECT_EQ(as_it_is.stats().replayed, 0);
}

TEST(Capture, RefusesStateThatIsReplaced) {
  Tensor h = zeros({3});
  auto step = capture([&](const Tensor& x) {
    h = h.add(x);
    return h;
  });
  EXPECT_THROW(
      {
        for (int i = 0; i < 4; ++i) step(ones({3}));
      },
      AutogradError);
  Tensor in_place = zeros({3});
  auto right = capture([&](const Tensor& x) { in_place.add_(x); });
  for (int i = 0; i < 8; ++i) right(ones({3}));
  EXPECT_TRUE(same_bytes(in_place, full({3}, 8.0)));
  EXPECT_EQ(right.stats().replayed, 5);
}

TEST(Capture, GradDoesNotLeaveOutAResult) {
  const Tensor w = ones({3}).requires_grad_();
  auto forward = capture([&](const Tensor& x) { return x.mul(w); });
  const Tensor x = ones({3});
  for (int i = 0; i < 5; ++i) {
    const Tensor loss = forward(x).mul(w).sum();
    EXPECT_THROW(autograd::grad({loss}, {w}), AutogradError);
    EXPECT_THROW(loss.backward(), AutogradError);
    const Tensor result = forward(x), newer = ones({3}).requires_grad_();
    EXPECT_TRUE(same_bytes(autograd::grad({result.mul(newer).sum()}, {newer})[0], ones({3})));
  }
}

TEST(Capture, RefusesAlsoWhereTheFunctionCatchesTheError) {
  auto step = capture([](const Tensor& x) {
    try {
      return x.mul(x.sum().item<float>());
    } catch (const AutogradError&) {
      return x.mul(2);
    }
  });
  for (int i = 0; i < 3; ++i) expect_error<AutogradError>([&] { step(ones({3})); }, "item: reads a value");
}

TEST(Capture, ReadsNumbersThatAreAlwaysTheSame) {
  const Tensor w = full({3}, 1.5).requires_grad_();
  const auto body = [&](const Tensor& x) {
    w.zero_grad();
    const Tensor loss = x.mul(w).pow(2.5).add(w.pow(3)).sum().mul(full({}, 2.0).item<double>());
    loss.backward();
    return loss;
  };
  auto step = capture(body);
  for (int i = 1; i < 8; ++i) {
    const Tensor x = full({3}, 0.5 * i);
    const Tensor want = body(x), grad = w.grad();
    EXPECT_TRUE(same_bytes(want, step(x)));
    EXPECT_TRUE(same_bytes(grad, w.grad()));
  }
  EXPECT_EQ(step.stats().replayed, 4);
  auto written = capture([](const Tensor& x) {
    const Tensor c = zeros({});
    c.add_(x.sum());
    return x.mul(c.item<double>());
  });
  EXPECT_THROW(
      {
        for (int i = 0; i < 4; ++i) written(ones({2}));
      },
      AutogradError);
}

TEST(Capture, ChecksValuesAgain) {
  namespace F = nn::functional;
  const Tensor x = randn({3, 4});
  auto gaussian = capture([&](const Tensor& v) { return F::gaussian_nll_loss(x, zeros({3, 4}), v); });
  auto margin = capture([&](const Tensor& y) { return F::multi_margin_loss(x, y); });
  auto margins = capture([&](const Tensor& y) { return F::multilabel_margin_loss(x, y); });
  const Tensor y = tensor({0, 3, 1}), ys = tensor({0, 3, -1, -1}).expand({3, 4});
  for (int i = 1; i < 7; ++i) {
    const Tensor v = full({3, 4}, 0.5 * i);
    EXPECT_TRUE(same_bytes(gaussian(v), F::gaussian_nll_loss(x, zeros({3, 4}), v)));
    EXPECT_TRUE(same_bytes(margin(y), F::multi_margin_loss(x, y)));
    EXPECT_TRUE(same_bytes(margins(ys), F::multilabel_margin_loss(x, ys)));
  }
  EXPECT_THROW(gaussian(full({3, 4}, -1.0)), ValueError);
  EXPECT_THROW(margin(y.add(1)), IndexError);
  EXPECT_THROW(margins(ys.sub(1)), IndexError);
  EXPECT_EQ(gaussian.stats().replayed + margin.stats().replayed + margins.stats().replayed, 9);
}

TEST(Capture, ClipsGradients) {
  Training<> eager, captured;
  const auto body = [](Training<>& t, const Tensor& x, const Tensor& y, double norm) {
    t.optimizer.zero_grad();
    const Tensor loss = mse_loss(t.model->forward(x), y);
    loss.backward();
    std::vector<Tensor> gradients;
    for (const Tensor& p : t.model->parameters()) gradients.push_back(p.grad());
    nn::utils::clip_grads_with_norm_(t.model->parameters(), norm, nn::utils::get_total_norm(gradients, 2, true));
    t.optimizer.step();
    return loss;
  };
  auto step = capture([&](const Tensor& x, const Tensor& y) { return body(captured, x, y, 0.1); });
  for (int i = 0; i < 10; ++i) {
    const Tensor x = randn({5, 4}), y = randn({5, 2});
    EXPECT_TRUE(same_bytes(body(eager, x, y, 0.1), step(x, y)));
    EXPECT_TRUE(same_bytes(eager.state(), captured.state()));
  }
  EXPECT_EQ(step.stats().replayed, 7);
  EXPECT_THROW(step(full({5, 4}, NAN), zeros({5, 2})), ValueError);
}

TEST(Capture, ThrowsForALabelOutOfRange) {
  nn::Sequential net = small_net();
  optim::SGD optimizer(net->parameters(), 0.1);
  auto step = capture([&](const Tensor& x, const Tensor& y) {
    optimizer.zero_grad();
    const Tensor loss = cross_entropy(net->forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  const Tensor x = randn({3, 4});
  for (int i = 0; i < 5; ++i) step(x, tensor({0, 1, 1}));
  const Tensor before = net->parameters()[0].detach().clone();
  EXPECT_THROW(step(x, tensor({0, 2, 1})), IndexError);
  EXPECT_TRUE(same_bytes(before, net->parameters()[0].detach()));
  EXPECT_FALSE(net->parameters()[0].grad().defined());
  for (int i = 0; i < 3; ++i) step(x, tensor({0, 1, 1}));
  EXPECT_EQ(step.stats().programs, 1);
  EXPECT_TRUE(net->parameters()[0].grad().defined());
}

TEST(Capture, ThrowsForAnIndexOutOfRange) {
  const Tensor table = randn({5, 2});
  const auto throws = [&](auto body, const Tensor& good, const Tensor& bad) {
    auto step = capture(body);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(same_bytes(body(good), step(good)));
    EXPECT_THROW(step(bad), IndexError);
    EXPECT_TRUE(same_bytes(body(good), step(good)));
    EXPECT_EQ(step.stats().replayed, 3);
  };
  throws([&](const Tensor& i) { return table.index_select(0, i); }, tensor({0, 4}), tensor({0, 5}));
  throws([&](const Tensor& i) { return table.gather(0, i); }, tensor({{0, 4}}), tensor({{0, 5}}));
  throws([&](const Tensor& i) { return nn::functional::embedding(i, table); }, tensor({0, 4}), tensor({0, 5}));
  throws([&](const Tensor& i) { return table.index({i}); }, tensor({0, -5}), tensor({0, -6}));
}

TEST(Capture, LeavesNoTraceOfAnExceptionInside) {
  Training eager, other;
  int calls = 0;
  auto step = capture([&](const Tensor& x, const Tensor& y) {
    const Tensor loss = other(x, y);
    if (++calls == 2 || calls == 4) throw std::runtime_error("stop");
    return loss;
  });
  for (int i = 0; i < 12; ++i) {
    const Batch b = batch(6);
    eager(b.x, b.y);
    try {
      step(b.x, b.y);
    } catch (const std::runtime_error&) {
    }
    ASSERT_TRUE(same_bytes(eager.state(), other.state())) << i;
  }
  EXPECT_EQ(step.stats().replayed, 7);
}

TEST(Capture, RefusesHooks) {
  Training eager, other;
  auto step = captured(other);
  expect_twins(eager, other, step, 6);
  int seen = 0;
  const Tensor p = other.model->parameters()[0];
  const unsigned id = p.register_hook([&](const Tensor&) { ++seen; });
  const Batch b = batch(6);
  EXPECT_THROW(step(b.x, b.y), AutogradError);
  EXPECT_EQ(seen, 0);
  p.remove_hook(id);
  eager.optimizer.zero_grad();
  expect_twins(eager, other, step, 6);
}

TEST(Capture, ThrowsWhereItsResultIsDifferentiated) {
  nn::Sequential net = small_net();
  auto forward = capture([&](const Tensor& x) { return net->forward(x); });
  for (int i = 0; i < 6; ++i) {
    const Tensor y = forward(randn({3, 4}));
    EXPECT_TRUE(y.requires_grad());
    try {
      y.sum().backward();
      FAIL();
    } catch (const AutogradError& e) {
      EXPECT_NE(std::string(e.what()).find("comes from a captured function"), std::string::npos) << e.what();
    }
  }
  EXPECT_EQ(forward.stats().replayed, 3);
}

TEST(Capture, LetsAnEarlierGraphSeeWhatItWrites) {
  const Tensor w = randn({3}).requires_grad_();
  auto step = capture([&](const Tensor& x) {
    const NoGradGuard no_grad;
    w.add_(x);
  });
  for (int i = 0; i < 5; ++i) {
    const Tensor graph = w.mul(w).sum();
    step(ones({3}));
    EXPECT_THROW(graph.backward(), AutogradError);
  }
  EXPECT_EQ(step.stats().replayed, 2);
}

TEST(Capture, ChecksEverySoOften) {
  double by = 1;
  auto step = capture([&](const Tensor& x) { return x.mul(by); }, {.check_every = 4});
  const Tensor x = ones({2});
  for (int i = 0; i < 20; ++i) step(x);
  EXPECT_GT(step.stats().recorded, 5);
  by = 2;
  EXPECT_THROW(
      {
        for (int i = 0; i < 5; ++i) step(x);
      },
      AutogradError);
}

TEST(Capture, RefusesAnArgumentWithAHistory) {
  const Tensor w = randn({3}).requires_grad_();
  auto step = capture([](const Tensor& x) { return x.mul(2); });
  EXPECT_THROW(step(w.mul(2)), AutogradError);
  EXPECT_TRUE(same_bytes(step(w.mul(2).detach()), w.detach().mul(4)));
}

// What it does after a check has failed depends on values, which replays could not follow.
TEST(Capture, RefusesWhereAnErrorOfValuesIsCaught) {
  const auto fn = [](const Tensor& x, const Tensor& y) {
    try {
      return x.remainder(y);
    } catch (const ValueError&) {
      return x;
    }
  };
  auto captured = capture(fn);
  const Tensor x = tensor({5, 7}), y = tensor({2, 0});
  expect_error<AutogradError>([&] { captured(x, y); },
                              "remainder: throws for the values it has, and the error is caught");
  auto allowed = capture(fn, {.fallback = true});
  for (int call = 0; call < 5; ++call) {
    EXPECT_TENSOR_EQ(allowed(x, y), x);
    EXPECT_TENSOR_EQ(allowed(x, tensor({2, 3})), tensor({1, 1}));
  }
  // What passes on is the function's own error, and the next call is as good as ever.
  auto passes = capture([](const Tensor& a, const Tensor& b) { return a.remainder(b); });
  EXPECT_THROW(passes(x, y), ValueError);
  for (int call = 0; call < 5; ++call) EXPECT_TENSOR_EQ(passes(x, tensor({2, 3})), tensor({1, 1}));
  EXPECT_THROW(passes(x, y), ValueError);
}

}  // namespace
}  // namespace tapegrad::tests
