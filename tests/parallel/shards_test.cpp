// The mode with shards, whose bits are those of one process, and checkpoints of it.
#include <tapegrad/nn/parallel/data_parallel.h>
#include <tapegrad/nn/parallel/serialize.h>

#include <filesystem>

#include "tests/parallel/net.h"

namespace tapegrad::test {
namespace {

using nn::parallel::DistributedDataParallel;
using nn::parallel::SelfGroup;

int rank() { return group().rank(); }

// The net after five steps in the mode with shards, by any group.
std::string fixed(const Case& c, nn::parallel::ProcessGroup& of, int shards, double dropout, Net* out = nullptr) {
  Net net = make_net(c.kind);
  DistributedDataParallel model(net, of, {.shards = shards});
  const auto optimizer = c.make(model->parameters());
  manual_seed(5);
  std::string losses;
  for (int step = 0; step < 5; ++step) {
    const Generator before = default_generator();
    const Batch batch = batch_of_step(step);
    default_generator() = before;
    optimizer->zero_grad();
    const Tensor loss = model.backward(batch, [&](const Batch& shard) {
      const Tensor x = nn::functional::dropout(shard.data, nn::functional::DropoutFuncOptions().p(dropout));
      return nn::functional::cross_entropy(model.forward(x), shard.target);
    });
    losses += bytes(loss);
    optimizer->step();
  }
  if (out != nullptr) *out = net;
  return bits(net) + losses;
}

TEST(Shards, BitsAreThoseOfOneProcess) {
  for (const Case& c : kCases) {
    for (const int shards : {8, 1, 5}) {
      SelfGroup self;
      EXPECT_EQ(fixed(c, group(), shards, 0.3), fixed(c, self, shards, 0.3)) << c.name << ", " << shards;
    }
  }
}

TEST(Shards, AreMoreThanRowsOrFewerThanRanks) {
  SelfGroup self;
  EXPECT_EQ(fixed(kCases[0], group(), 50, 0), fixed(kCases[0], self, 50, 0));
  EXPECT_EQ(fixed(kCases[0], group(), 2, 0), fixed(kCases[0], self, 2, 0));
}

TEST(Shards, GradientsAreThoseOfTheWholeBatch) {
  Net net = make_net(Net::kLstm), whole = make_net(Net::kLstm);
  DistributedDataParallel model(net, group());
  const Batch all = batch_of_step(0);
  const Tensor expected = loss_of(whole, all);
  expected.backward();
  for (int times = 1; times <= 2; ++times) {  // it adds to .grad
    const Tensor loss = model.backward(all, [&](const Batch& shard) { return loss_of(net, shard); });
    EXPECT_NEAR(loss.item<double>(), expected.item<double>(), 1e-6);
    EXPECT_EQ(loss.dtype(), expected.dtype());
    for (const auto& item : whole.named_parameters()) {
      const Tensor& grad = net.named_parameters()[item.key()].grad();
      ASSERT_EQ(grad.defined(), item.value().grad().defined()) << item.key();
      if (!grad.defined()) continue;
      EXPECT_LE((grad - item.value().grad() * times).abs().max().item<double>(), 1e-6) << item.key();
    }
  }
}

TEST(Shards, RunningStatisticsAreTheMeanOfTheShards) {
  Net net = make_net(Net::kNorm);
  DistributedDataParallel model(net, group(), {.shards = 2});
  const Batch all = batch_of_step(0);
  Net halves[] = {make_net(Net::kNorm), make_net(Net::kNorm)};
  for (int i = 0; i < 2; ++i) loss_of(halves[i], rows_of(all, kRows / 2 * i, kRows / 2));
  model.backward(all, [&](const Batch& shard) { return loss_of(net, shard); });
  const Tensor mean = (halves[0].norm->running_mean + halves[1].norm->running_mean) / 2;
  EXPECT_LE((net.norm->running_mean - mean).abs().max().item<double>(), 1e-7);
  EXPECT_EQ(net.norm->num_batches_tracked.item<int>(), 1);
}

TEST(Shards, WhatIsThrownLeavesGradientsBuffersAndGeneratorAlike) {
  Net net = make_net(Net::kNorm);
  SelfGroup self;
  DistributedDataParallel model(net, self);
  const std::string before = bits(net);
  int calls = 0;
  EXPECT_THROW(model.backward(batch_of_step(0),
                              [&](const Batch& shard) -> Tensor {
                                if (++calls == 3) throw Error("no");
                                return loss_of(net, shard);
                              }),
               Error);
  EXPECT_EQ(bits(net), before);
  EXPECT_FALSE(net.a->weight.grad().defined());
  EXPECT_THROW(model.backward(Batch{zeros({0, 5}), zeros({0}, kLong)}, [&](const Batch& b) { return loss_of(net, b); }),
               ValueError);
  EXPECT_THROW(model.backward(zeros({16, 5}), [&](const Tensor& x) { return net.forward(x); }), ShapeError);
}

// Steps [from, to) of a run, from the checkpoint if there is one, with a checkpoint at the end.
std::string part_of_run(nn::parallel::ProcessGroup& of, int from, int to, const std::string& path) {
  Net net = make_net(Net::kNorm);
  DistributedDataParallel model(net, of);
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.01));
  std::int64_t step = 0;
  Checkpoint run{{"model", net}, {"optimizer", optimizer}, {"step", step}};
  if (from > 0) load(run, path);
  EXPECT_EQ(step, from);
  for (; step < to; ++step) {
    optimizer.zero_grad();
    model.backward(batch_of_step(static_cast<int>(step)), [&](const Batch& shard) { return loss_of(net, shard); });
    optimizer.step();
  }
  nn::parallel::save(run, path, of);
  return bits(net);
}

TEST(Checkpoint, ARunGoesOnWithAnotherNumberOfRanks) {
  const std::string path = testing::TempDir() + "parallel_checkpoint.safetensors",
                    own = testing::TempDir() + "parallel_" + std::to_string(rank()) + ".safetensors";
  SelfGroup self;
  const std::string expected = part_of_run(self, 0, 6, own);
  part_of_run(group(), 0, 3, path);
  std::filesystem::copy_file(path, own, std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(part_of_run(self, 3, 6, own), expected) << "from many ranks to one";
  EXPECT_EQ(part_of_run(group(), 3, 6, path), expected) << "on as many ranks";
  if (rank() == 0) part_of_run(self, 0, 3, path);
  group().barrier();
  EXPECT_EQ(part_of_run(group(), 3, 6, path), expected) << "from one rank to many";
  std::filesystem::remove(own);
  if (rank() == 0) std::filesystem::remove(path);
}

TEST(Checkpoint, AFailedWriteIsAnIoErrorOnEveryRank) {
  Net net = make_net(Net::kPlain);
  try {
    nn::parallel::save(net, "/nowhere/at/all.safetensors", group());
    FAIL() << "nothing was thrown";
  } catch (const IoError& e) {
    EXPECT_NE(std::string(e.what()).find("/nowhere/at/all"), std::string::npos) << e.what();
    EXPECT_EQ(std::string(e.what()).rfind("on rank 0: ", 0) == 0, rank() != 0);
  }
}

}  // namespace
}  // namespace tapegrad::test
