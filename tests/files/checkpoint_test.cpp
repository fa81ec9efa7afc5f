// 100 steps, and 50 steps, a checkpoint, a new process and 50 more: the same bits.
#include <sys/wait.h>
#include <tapegrad/tapegrad.h>
#include <tapegrad/testing.h>

#include <cmath>
#include <fstream>

#include "tests/common/files.h"
#include "tests/common/this_program.h"

namespace tapegrad {
namespace {

struct Net : nn::Module {
  nn::Linear fc1 = register_module("fc1", nn::Linear(3, 8));
  nn::Linear fc2 = register_module("fc2", nn::Linear(8, 1));
  nn::Buffer seen = register_buffer("seen", tensor(0));
  Tensor forward(const Tensor& x) {
    seen.add_(1);
    const Tensor h = fc1(x).tanh();
    return fc2(h * (rand_like(h) < 0.8));  // the generator is drawn from in every step
  }
};

// Draws, too: by itself or in workers.
struct Noisy {
  data::TensorDataset rows;
  data::RowCount size() const { return rows.size(); }
  data::Example<> get_batch(const Tensor& indices) const {
    data::Example<> batch = rows.get_batch(indices);
    batch.data += rand_like(batch.data);
    return batch;
  }
};
using Loader = data::DataLoader<Noisy>;

Loader make_loader(const std::string& kind) {
  const Tensor x = linspace(-1, 1, 23 * 3).view({23, 3});
  return data::make_data_loader(
      Noisy{data::TensorDataset(x, x.square().sum(1, true).sin())},
      {.batch_size = 4, .shuffle = true, .workers = kind == "workers" ? 2 : 0});  // 6 batches, the last one short
}

std::unique_ptr<optim::Optimizer> make_optimizer(const std::string& kind, Net& net) {
  // Two groups, one with options of its own.
  const auto make = [&]<class O>(auto options, auto own) -> std::unique_ptr<optim::Optimizer> {
    std::vector<optim::OptimizerParamGroup> groups;
    groups.emplace_back(net.fc1->parameters());
    groups.emplace_back(net.fc2->parameters(), own);
    return std::make_unique<O>(std::move(groups), options);
  };
  if (kind == "sgd" || kind == "workers") {
    return make.operator()<optim::SGD>(optim::SGDOptions(0.05).momentum(0.9).nesterov(true),
                                       optim::SGDOptions(0.02).momentum(0.8).dampening(0.1).weight_decay(1e-3));
  }
  if (kind == "adam") {
    return make.operator()<optim::Adam>(optim::AdamOptions(1e-2),
                                        optim::AdamOptions(3e-3).betas({0.8, 0.99}).amsgrad(true));
  }
  return make.operator()<optim::AdamW>(optim::AdamWOptions(1e-2), optim::AdamWOptions(3e-3).weight_decay(0.1));
}

struct Training {
  Net net;
  std::unique_ptr<optim::Optimizer> optimizer;
  optim::ExponentialLR scheduler{*optimizer, {.gamma = 0.99}};
  optim::WeightAverage ema{net.parameters(), {.decay = 0.9}};
  Loader loader;
  std::int64_t step = 0;
  Checkpoint checkpoint{{"model", net}, {"optimizer", optimizer}, {"scheduler", scheduler},
                        {"ema", ema},   {"loader", loader},       {"generator", default_generator()},
                        {"step", step}};

  explicit Training(const std::string& kind) : optimizer(make_optimizer(kind, net)), loader(make_loader(kind)) {}

  // on_step is called in the loop's body, behind each step.
  template <class F>
  void train(std::int64_t steps, F&& on_step) {
    while (step < steps) {
      for (auto& batch : loader) {
        optimizer->zero_grad();
        nn::MSELoss()(net.forward(batch.data), batch.target).backward();
        optimizer->step();
        scheduler.step();
        ema.update_parameters();
        if (++step % 30 == 0) optimizer->set_lr(optimizer->lr() / 2);
        on_step();
        if (step == steps) return;
      }
    }
  }
};

constexpr int kPoints[] = {1, 5, 6, 7, 12, 30, 50, 73, 96, 99};  // 6, 12, 30 and 96 are the last of their pass

class ExactResume : public files_test::Files, public ::testing::WithParamInterface<const char*> {};

// The new process begins with another seed, other weights and another learning rate than those of the file.
void resume(const std::string& kind, const std::string& path) {
  manual_seed(99);
  Training run(kind);
  run.optimizer->set_lr(7);
  load(run.checkpoint, path);
  run.train(100, [] {});
  save(run.checkpoint, path + ".end");
}

TEST_P(ExactResume, InANewProcess) {
  const std::string kind = GetParam();
  if (const char* path = std::getenv("TAPEGRAD_RESUME")) return resume(kind, path);
  manual_seed(3);
  Training whole(kind);
  whole.train(100, [&] {
    for (const int point : kPoints) {
      if (whole.step == point) save(whole.checkpoint, folder_ / std::to_string(point));
    }
  });
  save(whole.checkpoint, folder_ / "100");
  const std::string expected = files_test::read(folder_ / "100");
  ASSERT_FALSE(expected.empty());

  for (const int point : kPoints) {
    const std::string command = "TAPEGRAD_RESUME='" + (folder_ / std::to_string(point)).string() + "' " +
                                test::this_program() + " --gtest_filter=Of/ExactResume.InANewProcess/" + kind +
                                " >/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << point;
    EXPECT_TRUE(files_test::read(folder_ / (std::to_string(point) + ".end")) == expected) << "resumed at " << point;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, ExactResume, ::testing::Values("sgd", "adam", "adamw", "workers"),
                         [](const auto& tested) { return std::string(tested.param); });

class Checkpoints : public files_test::Files {
 protected:
  void SetUp() override {
    Files::SetUp();
    manual_seed(1);
  }
};

TEST_F(Checkpoints, HaveReadableKeys) {
  Training run("adam");
  run.train(1, [] {});
  save(run.checkpoint, path_);
  const SafetensorsFile file = load_safetensors(path_);
  for (const char* key :
       {"model.fc1.weight", "model.seen", "optimizer.param_groups.0.lr", "optimizer.param_groups.1.betas.0",
        "optimizer.param_groups.1.params", "optimizer.state.0.step", "optimizer.state.3.exp_avg_sq",
        "optimizer.state.3.max_exp_avg_sq", "generator", "loader.order", "loader.row", "step"}) {
    EXPECT_TRUE(file.contains(key)) << key;
  }
  EXPECT_FALSE(file.contains("optimizer.state.0.max_exp_avg_sq"));
  EXPECT_EQ(file.metadata, (Metadata{{"format", "pt"}}));
}

TEST_F(Checkpoints, AreLoadedWholeOrNotAtAll) {
  Training run("sgd");
  run.train(8, [] {});
  StateDict state;
  for (const auto& [key, value] : run.checkpoint.state_dict()) state.insert(key, value.detach().clone());
  run.train(20, [] {});
  save(run.checkpoint, path_);
  const std::string before = files_test::read(path_);
  const auto expect_refused = [&](const std::string& key, const Tensor& wrong, const std::string& part) {
    StateDict bad = state;
    if (bad.contains(key)) bad.erase(key);
    if (wrong.defined()) bad.insert(key, wrong);
    expect_error<Error>([&] { run.checkpoint.load_state_dict(bad); }, part);
    save(run.checkpoint, path_);
    EXPECT_TRUE(files_test::read(path_) == before) << key;
  };
  expect_refused("step", {},
                 "the state has none of its name; load a checkpoint that was saved with the same parts\nin the "
                 "checkpoint's part 'step'");
  expect_refused("step", tensor({1, 2}), "size mismatch");
  expect_refused("other.x", tensor(1), "the checkpoint has no part 'other'");
  expect_refused("model.fc2.bias", {}, "Missing key(s) in state_dict: \"fc2.bias\"");
  expect_refused("generator", zeros({628}), "Invalid mt19937 state");
  expect_refused("generator", full({628}, -1), "Invalid mt19937 state");
  expect_refused("loader.order", zeros({23}, kLong), "order holds each row once");
  expect_refused("loader.order", arange(22), "size mismatch for order");
  expect_refused("loader.order", zeros({0}, kLong), "row is how many of them are done");
  expect_refused("loader.row", tensor(24), "row is how many of them are done");
  expect_refused("loader.row", tensor(-1), "row is how many of them are done");
  expect_refused("optimizer.param_groups.1.lr", tensor(-1.0, kDouble), "Invalid learning rate: -1");
  expect_refused("optimizer.param_groups.0.dampening", {}, "\"param_groups.0.dampening\"");
  expect_refused("optimizer.param_groups.0.params", arange(3), "size mismatch for param_groups.0.params");
  expect_refused("optimizer.param_groups.2.lr", tensor(1.0), "Unexpected key(s) in state_dict: \"param_groups.2.lr\"");
  expect_refused("optimizer.state.1.momentum_buffer", {}, "\"state.1.momentum_buffer\"");
  expect_refused("optimizer.state.1.momentum_buffer", zeros({2}), "size mismatch for state.1.momentum_buffer");
  expect_refused("optimizer.state.1.step", {}, "\"state.1.step\"");
  expect_refused("optimizer.state.1.step", tensor(-1), "state.1.step is negative");
  run.checkpoint.load_state_dict(state);
  EXPECT_EQ(run.step, 8);
}

TEST_F(Checkpoints, TakePartsByTheirNames) {
  std::int64_t n = 5;
  Tensor t = tensor({1.0F, 2.0F});
  nn::Linear holder(1, 1);
  auto pointer = std::make_shared<Net>();
  Checkpoint all{{"n", n}, {"t", t}, {"holder", holder}, {"pointer", pointer}};
  save(all, path_);
  n = 0;
  t.zero_();
  load(all, path_);
  EXPECT_EQ(n, 5);
  EXPECT_TENSOR_EQ(t, tensor({1.0F, 2.0F}));
  for (const char* bad : {"", "a.b", "t"}) {
    expect_error<Error>([&] { Checkpoint({{bad, n}, {"t", t}}); }, "give each part a name of its own");
  }
}

TEST_F(Checkpoints, SaveAndLoadAsInLibtorch) {
  Tensor x = tensor({{1.5, -0.0}}, kDouble), y;
  save(x, path_);
  load(y, path_);
  EXPECT_TENSOR_EQ(x, y);

  Net net, same;
  save(net, path_);
  load(same, path_);
  EXPECT_TENSOR_EQ(same.fc1->weight, net.fc1->weight);
  EXPECT_EQ(load_safetensors(path_).keys().front(), "fc1.bias");
  expect_error<Error>([&] { load(y, path_); }, "holds 5 tensors, not one");
  EXPECT_TENSOR_EQ(x, y);

  nn::Linear holder(3, 8);
  save(net.fc1, path_);
  load(holder, path_);
  EXPECT_TENSOR_EQ(holder->weight, net.fc1->weight);
  auto pointer = std::make_shared<Net>();
  save(net, path_);
  load(pointer, path_);
  EXPECT_TENSOR_EQ(pointer->fc2->weight, net.fc2->weight);

  optim::SGD sgd(net.parameters(), optim::SGDOptions(0.1).momentum(0.9)), other(same.parameters(), 0.5);
  net.fc1->weight.mutable_grad() = ones({8, 3});
  sgd.step();
  save(sgd, path_);
  load(other, path_);
  EXPECT_EQ(other.lr(), 0.1);
  EXPECT_TENSOR_EQ(other.state(same.fc1->weight)[0].second, ones({8, 3}));
  EXPECT_TRUE(other.state(same.fc1->bias).empty());
  EXPECT_FALSE(other.state(same.fc1->weight)[0].second.is_same(sgd.state(net.fc1->weight)[0].second));

  struct Line : nn::Module {
    nn::Parameter slope = register_parameter("slope", tensor(1.0F));
  } line;
  save(tensor(4.0F), path_);
  load(line.slope, path_);
  EXPECT_EQ(line.parameters()[0].item<float>(), 4.0F);  // still the registered one
}

TEST_F(Checkpoints, PutTheGeneratorBack) {
  for (const int draws : {0, 1, 2, 623, 624, 1000}) {
    Generator a(7);
    for (int i = 0; i < draws; ++i) a.random32();
    if (draws % 2 == 0) a.normal();
    Generator b;
    b.set_state(a.get_state());
    EXPECT_EQ(b.seed(), 7U);
    for (int i = 0; i < 700; ++i) ASSERT_EQ(a.normal(), b.normal());
  }
}

TEST_F(Checkpoints, PutTheLoaderBack) {
  Loader a = make_loader("sgd"), b = make_loader("sgd");
  const auto rows_left = [](Loader& loader) {
    std::vector<double> rows;
    for (auto& batch : loader) {
      for (double v : batch.data.select(1, 0).to_vector<double>()) rows.push_back(v);
    }
    return rows;
  };
  b.load_state_dict(a.state_dict());  // no pass yet
  EXPECT_EQ(rows_left(b).size(), 23U);
  auto it = a.begin();
  ++it;
  const StateDict state = a.state_dict();  // two of six are done
  b.load_state_dict(state);
  EXPECT_TENSOR_EQ(b.state_dict()["row"], tensor(8));
  std::vector<double> left;
  manual_seed(4);
  for (++it; it != a.end(); ++it) {
    for (double v : it->data.select(1, 0).to_vector<double>()) left.push_back(v);
  }
  EXPECT_EQ(left.size(), 15U);
  manual_seed(4);
  EXPECT_EQ(rows_left(b), left);
  EXPECT_EQ(rows_left(b).size(), 23U);  // the next pass is whole
  EXPECT_TENSOR_EQ(a.state_dict()["row"], tensor(0));
  for (auto& batch : *a) static_cast<void>(batch);  // libtorch's spelling is counted too
  const Loader& constant = a;
  for (auto& batch : constant) static_cast<void>(batch);
}

TEST_F(Checkpoints, KeepNumbersOfEveryType) {
  double best = 0.1;
  float rate = 0.3f;
  bool done = true;
  int epoch = 7;
  std::size_t seen = 3'000'000'000;
  Checkpoint run{{"best", best}, {"rate", rate}, {"done", done}, {"epoch", epoch}, {"seen", seen}};
  save(run, path_);
  best = rate = 0;
  done = false;
  epoch = 0;
  seen = 0;
  load(run, path_);
  EXPECT_EQ(best, 0.1);
  EXPECT_EQ(rate, 0.3f);
  EXPECT_TRUE(done);
  EXPECT_EQ(epoch, 7);
  EXPECT_EQ(seen, 3'000'000'000U);
}

TEST_F(Checkpoints, OrAStateDictAloneAreSaved) {
  const nn::Linear fc(2, 3);
  save(fc->state_dict(), path_);
  StateDict state;
  load(state, path_);
  EXPECT_EQ(state.keys(), (std::vector<std::string>{"bias", "weight"}));
  EXPECT_TENSOR_EQ(state["weight"], fc->weight);
}

}  // namespace
}  // namespace tapegrad
