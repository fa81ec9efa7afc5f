// A captured training step does what the step does, to the bit, whatever changes between its calls.
#include "tests/capture/twins.h"

#include <sstream>

#include "tests/common/expect_error.h"

namespace tapegrad::tests {
namespace {

TEST(Capture, GivesTheBytesOfAThousandSteps) {
  Training eager, other;
  auto step = captured(other);
  expect_twins(eager, other, step, 1000);
  EXPECT_EQ(step.stats().recorded, 3);
  EXPECT_EQ(step.stats().replayed, 997);
}

template <class Optimizer>
void expect_same_with(std::function<Optimizer(const std::vector<Tensor>&)> make) {
  Training<Optimizer> eager(make), other(make);
  auto step = captured(other);
  expect_twins(eager, other, step, 30);
  EXPECT_EQ(step.stats().replayed, 27);
}

TEST(Capture, FollowsEveryOptimizer) {
  using P = const std::vector<Tensor>&;
  expect_same_with<optim::SGD>([](P p) { return optim::SGD(p, {.lr = 0.05, .momentum = 0.9, .nesterov = true}); });
  expect_same_with<optim::Adam>([](P p) { return optim::Adam(p, {.lr = 0.01, .amsgrad = true}); });
  expect_same_with<optim::AdamW>([](P p) { return optim::AdamW(p, {.lr = 0.01}); });
  expect_same_with<optim::RMSprop>(
      [](P p) { return optim::RMSprop(p, {.lr = 0.01, .momentum = 0.5, .centered = true}); });
  expect_same_with<optim::Adagrad>([](P p) { return optim::Adagrad(p, {.lr = 0.01}); });
  expect_same_with<optim::Adadelta>([](P p) { return optim::Adadelta(p); });
  expect_same_with<optim::Adamax>([](P p) { return optim::Adamax(p); });
  expect_same_with<optim::NAdam>([](P p) { return optim::NAdam(p); });
  expect_same_with<optim::RAdam>([](P p) { return optim::RAdam(p); });
  expect_same_with<optim::Lion>([](P p) { return optim::Lion(p); });
}

TEST(Capture, GivesALastPartialBatchAProgramOfItsOwn) {
  Training eager, other;
  auto step = captured(other);
  for (int epoch = 0; epoch < 6; ++epoch) {
    expect_twins(eager, other, step, 5, 6);
    expect_twins(eager, other, step, 1, 3);
  }
  EXPECT_EQ(step.stats().programs, 2);
  EXPECT_EQ(step.stats().recorded, 6);
}

// Saved between replays, loaded into a run that has its own program and into one that has none.
TEST(Capture, GoesOnFromACheckpoint) {
  using Adam = Training<optim::Adam>;
  Adam eager, other, late, fresh;
  const auto parts = [](Adam& t) {
    return Checkpoint{{"model", t.model}, {"optimizer", t.optimizer}, {"generator", default_generator()}};
  };
  auto step = captured(other), late_step = captured(late), fresh_step = captured(fresh);
  expect_twins(eager, other, step, 10);
  std::stringstream file, again;
  save(parts(other), file);
  again << file.str();
  for (int i = 0; i < 6; ++i) late_step(randn({6, 4}), randn({6, 2}));
  Checkpoint into_late = parts(late), into_fresh = parts(fresh);
  load(into_late, file);
  load(into_fresh, again);
  Adam* const resumed[] = {&late, &fresh};
  for (int i = 0; i < 8; ++i) {
    const Tensor x = randn({6, 4}), y = randn({6, 2});
    const Tensor want = eager(x, y);
    EXPECT_TRUE(same_bytes(want, step(x, y)));
    EXPECT_TRUE(same_bytes(want, late_step(x, y)));
    EXPECT_TRUE(same_bytes(want, fresh_step(x, y)));
    for (const Adam* t : resumed) EXPECT_TRUE(same_bytes(eager.state(), t->state())) << i;
  }
  EXPECT_GT(late_step.stats().replayed, 8);
  EXPECT_GT(fresh_step.stats().replayed, 3);
}

TEST(Capture, ReadsTheLearningRateOfEachStep) {
  Training<optim::Adam> eager, other;
  auto step = captured(other);
  optim::StepLR a(eager.optimizer, 2, 0.5), b(other.optimizer, 2, 0.5);
  for (int i = 0; i < 20; ++i) {
    expect_twins(eager, other, step, 1);
    a.step();
    b.step();
  }
  eager.optimizer.set_lr(0.3);
  other.optimizer.set_lr(0.3);
  expect_twins(eager, other, step, 3);
  EXPECT_EQ(step.stats().programs, 1);
  EXPECT_EQ(step.stats().recorded, 3);
}

TEST(Capture, MakesTheStateThatNewOptionsNeed) {
  Training eager, other;
  auto step = captured(other);
  expect_twins(eager, other, step, 6);
  for (Training<>* t : {&eager, &other})
    static_cast<optim::SGDOptions&>(t->optimizer.param_groups()[0].options()).momentum(0.9);
  expect_twins(eager, other, step, 8);
  EXPECT_GT(step.stats().replayed, 6);
}

TEST(Capture, KeepsResultsApartThatAreKept) {
  Training eager, other;
  auto step = captured(other);
  std::vector<Tensor> want, got, grads;
  for (int i = 0; i < 12; ++i) {
    const Batch b = batch(6);
    want.push_back(eager(b.x, b.y));
    got.push_back(step(b.x, b.y));
    grads.push_back(other.model->parameters()[0].grad());
    want.push_back(eager.model->parameters()[0].grad());
  }
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_TRUE(same_bytes(want[2 * i], got[i]));
    EXPECT_TRUE(same_bytes(want[2 * i + 1], grads[i]));
  }
  EXPECT_EQ(step.stats().replayed, 9);
}

TEST(Capture, DrawsNewMasksFromTheSameStream) {
  const auto net = [] { return nn::Sequential(nn::Linear(4, 8), nn::Dropout(0.5), nn::Linear(8, 2)); };
  manual_seed(1);
  Training<optim::SGD> eager([](const std::vector<Tensor>& p) { return optim::SGD(p, 0.1); }, net());
  manual_seed(1);
  Training<optim::SGD> other([](const std::vector<Tensor>& p) { return optim::SGD(p, 0.1); }, net());
  auto step = captured(other);
  const Batch b = batch(6);
  std::vector<Tensor> want, got;
  manual_seed(7);
  for (int i = 0; i < 10; ++i) want.push_back(eager(b.x, b.y));
  const Tensor stands = default_generator().get_state();
  manual_seed(7);
  for (int i = 0; i < 10; ++i) got.push_back(step(b.x, b.y));
  EXPECT_TRUE(same_bytes(want, got));
  EXPECT_TRUE(same_bytes(stands, default_generator().get_state()));
  EXPECT_TRUE(same_bytes(eager.state(), other.state()));
  EXPECT_EQ(step.stats().replayed, 7);
}

TEST(Capture, SeesTrainAndEval) {
  nn::Sequential net(nn::Linear(4, 8), nn::BatchNorm1d(8), nn::Dropout(0.5), nn::Linear(8, 2));
  const nn::Sequential twin = nn::clone(net);
  auto forward = capture([&](const Tensor& x) { return net->forward(x); });
  nn::Sequential eager = twin;
  for (int i = 0; i < 30; ++i) {
    if (i % 5 == 0) (i % 10 == 0 ? net->train() : net->eval());
    if (i % 5 == 0) (i % 10 == 0 ? eager->train() : eager->eval());
    const Tensor x = randn({6, 4});
    const Tensor stands = default_generator().get_state();
    const Tensor want = eager->forward(x);
    default_generator().set_state(stands);
    ASSERT_TRUE(same_bytes(want, forward(x))) << i;
    ASSERT_TRUE(same_bytes(eager->buffers(), net->buffers())) << i;
  }
  EXPECT_EQ(forward.stats().programs, 2);
  EXPECT_GT(forward.stats().replayed, 15);
}

TEST(Capture, FollowsWhatIsWrittenAndCastBetweenCalls) {
  Training eager, other;
  auto step = captured(other);
  expect_twins(eager, other, step, 6);
  const auto state = nn::clone(eager.model)->state_dict();
  eager.model->load_state_dict(state);
  other.model->load_state_dict(state);
  expect_twins(eager, other, step, 4);
  for (Training<>* t : {&eager, &other}) {
    const NoGradGuard no_grad;
    t->model->parameters()[0].mul_(0.5);
  }
  expect_twins(eager, other, step, 4);
  eager.model->to(kDouble);
  other.model->to(kDouble);
  for (int i = 0; i < 6; ++i) {
    const Batch b = batch(6, kDouble);
    ASSERT_TRUE(same_bytes(eager(b.x, b.y), step(b.x, b.y)));
    ASSERT_TRUE(same_bytes(eager.state(), other.state()));
  }
  EXPECT_EQ(step.stats().replayed, 14);
}

TEST(Capture, MayTurnTrainingOnAndOffInside) {
  nn::Sequential net(nn::Linear(4, 8), nn::Dropout(0.5), nn::Linear(8, 2));
  const auto body = [&](const Tensor& x) {
    net->eval();
    const Tensor plain = net->forward(x);
    net->train();
    return plain.add(net->forward(x)).detach();
  };
  auto step = capture(body);
  for (int i = 0; i < 8; ++i) {
    const Tensor x = randn({3, 4});
    const Generator before = default_generator();
    const Tensor want = body(x);
    default_generator() = before;
    ASSERT_TRUE(same_bytes(want, step(x))) << i;
  }
  for (int i = 0; i < 5; ++i) step(randn({3, 4}));
  EXPECT_EQ(step.stats().programs, 1);
  EXPECT_GE(step.stats().replayed, 3);
}

TEST(Capture, SeesAGroupThatIsReplaced) {
  Training eager, other;
  auto step = captured(other);
  expect_twins(eager, other, step, 6);
  for (Training<>* t : {&eager, &other})
    t->optimizer.param_groups()[0] = optim::OptimizerParamGroup(t->model->parameters(), optim::SGDOptions(0.3));
  expect_twins(eager, other, step, 6);
  EXPECT_THROW(optim::SGD({ones({2}, kBFloat16).requires_grad_()}, 0.1), DtypeError);
}

TEST(Capture, LeavesFrozenParametersAlone) {
  Training eager, other;
  auto step = captured(other);
  expect_twins(eager, other, step, 6);
  for (Training<>* t : {&eager, &other})
    for (const Tensor& p : t->model[0]->parameters()) p.requires_grad_(false).zero_grad();
  const Tensor before = other.model->parameters()[0].detach().clone();
  expect_twins(eager, other, step, 8);
  EXPECT_TRUE(same_bytes(before, other.model->parameters()[0].detach()));
  EXPECT_FALSE(other.model->parameters()[0].grad().defined());
  EXPECT_GT(step.stats().replayed, 6);
}

TEST(Capture, AccumulatesGradients) {
  Training eager, other;
  const auto body = [](Training<>& t, const Tensor& x, const Tensor& y) {
    const Tensor loss = mse_loss(t.model->forward(x), y);
    loss.backward();
    return loss;
  };
  auto step = capture([&](const Tensor& x, const Tensor& y) { return body(other, x, y); });
  for (int i = 0; i < 30; ++i) {
    const Batch b = batch(6);
    ASSERT_TRUE(same_bytes(body(eager, b.x, b.y), step(b.x, b.y))) << i;
    ASSERT_TRUE(same_bytes(eager.state(), other.state())) << i;
    if (i % 3 != 2) continue;
    for (Training<>* t : {&eager, &other}) {
      t->optimizer.step();
      t->optimizer.zero_grad();
    }
    ASSERT_TRUE(same_bytes(eager.state(), other.state())) << i;
  }
  EXPECT_EQ(step.stats().programs, 2);
  EXPECT_EQ(step.stats().recorded, 5);
}

TEST(Capture, ZeroesGradientsInPlace) {
  Training eager, other;
  const auto body = [](Training<>& t, const Tensor& x, const Tensor& y) {
    t.optimizer.zero_grad(/*set_to_none=*/false);
    const Tensor loss = mse_loss(t.model->forward(x), y);
    loss.backward();
    t.optimizer.step();
    return loss;
  };
  auto step = capture([&](const Tensor& x, const Tensor& y) { return body(other, x, y); });
  for (int i = 0; i < 10; ++i) {
    const Batch b = batch(6);
    ASSERT_TRUE(same_bytes(body(eager, b.x, b.y), step(b.x, b.y))) << i;
    ASSERT_TRUE(same_bytes(eager.state(), other.state())) << i;
  }
  EXPECT_GT(step.stats().replayed, 5);
}

TEST(Capture, InterleavesWithAnother) {
  Training eager, other;
  auto step = captured(other);
  auto evaluate = capture([&](const Tensor& x) {
    const NoGradGuard no_grad;
    return other.model->forward(x);
  });
  auto outer = capture([&](const Tensor& x) { return evaluate(x).mul(2); });
  for (int i = 0; i < 12; ++i) {
    expect_twins(eager, other, step, 1);
    const Tensor x = randn({2, 4});
    const Tensor want = eager.model->forward(x).detach();
    ASSERT_TRUE(same_bytes(want, evaluate(x)));
    ASSERT_TRUE(same_bytes(want.mul(2), outer(x)));
  }
  EXPECT_GT(step.stats().replayed, 3);
  EXPECT_GT(evaluate.stats().replayed, 3);
  EXPECT_GT(outer.stats().replayed, 3);
}

TEST(Capture, RefusesParametersThatMayBeAssignedTo) {
  Training training, other;
  const Tensor x = randn({6, 4}), y = randn({6, 2});
  auto step = capture([&] { return training(x, y); });
  for (int i = 0; i < 5; ++i) step();
  EXPECT_GT(step.stats().replayed, 0);
  const auto replayed = step.stats().replayed;
  auto& group = training.optimizer.param_groups()[0];
  EXPECT_FALSE(std::as_const(group).params().empty());
  step();
  EXPECT_EQ(step.stats().replayed, replayed + 1);
  group.params() = other.model->parameters();
  expect_error<AutogradError>([&] { step(); }, "std::as_const(group).params()");
  // As it is, it steps those that are there now.
  const Tensor before = other.model->parameters()[0].detach().clone();
  for (const Tensor& p : other.model->parameters()) p.mutable_grad() = ones_like(p);
  training.optimizer.step();
  EXPECT_FALSE(same_bytes(before, other.model->parameters()[0].detach()));
}

}  // namespace
}  // namespace tapegrad::tests
