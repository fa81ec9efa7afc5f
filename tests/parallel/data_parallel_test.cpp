// DistributedDataParallel against one process that has all rows.
#include <tapegrad/nn/parallel/data_parallel.h>

#include "tests/parallel/net.h"

namespace tapegrad::test {
namespace {

using nn::parallel::DistributedDataParallel;

int rank() { return group().rank(); }
int size() { return group().size(); }

void expect_close(Net& a, Net& b, double tolerance) {
  for (const auto& item : a.named_parameters()) {
    const Tensor other = b.named_parameters()[item.key()];
    const double scale = other.abs().max().item<double>();
    EXPECT_LE((item.value() - other).abs().max().item<double>(), tolerance * scale) << item.key();
  }
}

TEST(DataParallel, TakesOverParametersAndBuffersOfRank0) {
  Net net = make_net(Net::kNorm, static_cast<std::uint64_t>(1 + rank()));
  {
    const NoGradGuard no_grad;
    net.norm->running_mean.fill_(rank() + 7);
  }
  DistributedDataParallel model(net, group());
  Net of_rank_0 = make_net(Net::kNorm, 1);
  EXPECT_EQ(bytes(net.a->weight), bytes(of_rank_0.a->weight));
  EXPECT_EQ(net.norm->running_mean[0].item<int>(), 7);
}

TEST(DataParallel, StepsAreThoseOfOneProcessWithAllRows) {
  for (const Case& c : kCases) {
    if (c.kind == Net::kNorm && size() > 1) continue;  // its statistics are those of a rank's rows
    for (const std::int64_t bucket : {1 << 20, 64}) {
      Net net = make_net(c.kind), whole = make_net(c.kind);
      DistributedDataParallel model(net, group(), {.bucket_bytes = bucket});
      const auto optimizer = c.make(model->parameters()), alone = c.make(whole.parameters());
      for (int step = 0; step < 5; ++step) {
        const Batch batch = batch_of_step(step);
        optimizer->zero_grad();
        loss_of(net, rows_of(batch, kRows / size() * rank(), kRows / size())).backward();
        alone->zero_grad();
        loss_of(whole, batch).backward();
        for (const auto& item : net.named_parameters()) {
          const Tensor &grad = item.value().grad(), &other = whole.named_parameters()[item.key()].grad();
          ASSERT_EQ(grad.defined(), other.defined()) << item.key();
          if (!grad.defined()) continue;
          EXPECT_LE((grad - other).abs().max().item<double>(), 1e-6 * (1e-1 + other.abs().max().item<double>()))
              << c.name;
        }
        {  // so that steps are compared one by one, and Adam does not divide rounding by rounding
          const NoGradGuard no_grad;
          for (const auto& item : net.named_parameters()) {
            const Tensor& grad = item.value().grad();
            if (grad.defined()) whole.named_parameters()[item.key()].mutable_grad().copy_(grad);
          }
        }
        optimizer->step();
        alone->step();
      }
      expect_close(net, whole, 1e-6);
      EXPECT_FALSE(net.unused->weight.grad().defined());
      EXPECT_EQ(model.step(), 5);
    }
  }
}

TEST(DataParallel, RanksHaveTheSameBitsAfterEachStep) {
  Net net = make_net(Net::kLstm);
  DistributedDataParallel model(net, group(), {.bucket_bytes = 1000, .check_every = 1});
  const auto optimizer = adam(model->parameters());
  for (int step = 0; step < 10; ++step) {
    optimizer->zero_grad();
    loss_of(net, rows_of(batch_of_step(step), kRows / size() * rank(), kRows / size())).backward();
    optimizer->step();
  }
  for (const Tensor& p : net.parameters())
    for (const Tensor& other : group().all_gather(p)) EXPECT_EQ(bytes(p), bytes(other));
}

TEST(DataParallel, AParameterThatOneRankAloneUsesHasItsShareOfTheGradient) {
  Net net = make_net(Net::kPlain);
  DistributedDataParallel model(net, group());
  for (int step = 0; step < 3; ++step) {
    net.zero_grad();
    Tensor loss = net.a(ones({1, 5})).sum();
    if (rank() == size() - 1) loss = loss + net.unused(ones({1, 2})).sum();
    loss.backward();
    EXPECT_EQ(net.unused->bias.grad().to_vector<float>(), std::vector<float>(2, 1.0f / static_cast<float>(size())));
    EXPECT_EQ(net.a->bias.grad()[0].item<float>(), 1.0f);
    EXPECT_FALSE(net.b->weight.grad().defined());
  }
}

TEST(DataParallel, ALeafOfManyUsesIsSentOnceItIsWhole) {
  struct Shared : nn::Module {
    nn::Parameter w = register_parameter("w", ones({3})), v = register_parameter("v", ones({3}));
  } net;
  DistributedDataParallel model(net, group(), {.bucket_bytes = 4});
  for (int step = 0; step < 3; ++step) {
    net.zero_grad();
    Tensor y = net.w * (rank() + 1);
    for (int i = 0; i < 5; ++i) y = y * net.v + net.w;
    (y.sum() + net.w.sum()).backward();
    const float mean = static_cast<float>(size() + 1) / 2;
    EXPECT_EQ(net.w.grad()[0].item<float>(), mean + 6);
    EXPECT_EQ(net.v.grad()[0].item<float>(), 5 * mean + 10);
  }
}

TEST(DataParallel, HooksSeeARanksOwnGradientBeforeItIsAveraged) {
  Net net = make_net(Net::kPlain);
  int calls = 0;
  net.a->bias.register_hook([&](const Tensor& g) {
    ++calls;
    return g * 0 + (rank() + 1);
  });
  DistributedDataParallel model(net, group());
  net.a(ones({1, 5})).sum().backward();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(net.a->bias.grad()[0].item<float>(), static_cast<float>(size() + 1) / 2);
}

TEST(DataParallel, NoSyncAccumulatesAndTheNextPassAveragesAll) {
  Net net = make_net(Net::kPlain);
  DistributedDataParallel model(net, group());
  const auto local = [&](float factor) { return net.a(ones({1, 5})).sum() * (factor * static_cast<float>(rank())); };
  {
    const auto guard = model.no_sync();
    local(1).backward();
    net.unused(ones({1, 2})).sum().backward();
  }
  EXPECT_EQ(net.a->bias.grad()[0].item<float>(), static_cast<float>(rank()));
  local(2).backward();
  const float mean = static_cast<float>(size() - 1) / 2;
  EXPECT_EQ(net.a->bias.grad()[0].item<float>(), 3 * mean);
  EXPECT_EQ(net.unused->bias.grad()[0].item<float>(), 1);
  local(1).backward();  // adds to what is averaged already
  EXPECT_EQ(net.a->bias.grad()[0].item<float>(), 4 * mean);
  EXPECT_EQ(model.step(), 2);
}

TEST(DataParallel, GradientsOfUnevenBatchesAreTheMeanOverRows) {
  Net net = make_net(Net::kPlain), whole = make_net(Net::kPlain);
  DistributedDataParallel model(net, group());
  const Batch all = batch_of_step(0);
  loss_of(whole, all).backward();
  // Rank 0 has the rows that the others do not have: 2 r for rank r, none for the last of several.
  std::vector<std::int64_t> rows(static_cast<std::size_t>(size()));
  for (int r = 1; r + 1 < size(); ++r) rows[static_cast<std::size_t>(r)] = 2 * r;
  rows[0] = kRows;
  for (std::size_t r = 1; r < rows.size(); ++r) rows[0] -= rows[r];
  std::int64_t from = 0;
  for (int r = 0; r < rank(); ++r) from += rows[static_cast<std::size_t>(r)];
  int steps = 0;
  for (std::int64_t mine = rows[static_cast<std::size_t>(rank())]; model.join(mine); mine = 0) {
    ++steps;
    if (mine > 0) {
      loss_of(net, rows_of(all, from, mine)).backward();
    } else {
      model.backward();
    }
  }
  EXPECT_EQ(steps, 1);
  EXPECT_THROW(model.join(-1), ValueError);
  for (const auto& item : whole.named_parameters()) {
    const Tensor& grad = net.named_parameters()[item.key()].grad();
    ASSERT_EQ(grad.defined(), item.value().grad().defined());
    if (!grad.defined()) continue;
    EXPECT_LE((grad - item.value().grad()).abs().max().item<double>(), 1e-6) << item.key();
  }
}

TEST(DataParallel, TakesHoldersAndPointersToo) {
  nn::Sequential net{nn::Linear(2, 2), nn::ReLU()};
  DistributedDataParallel model(net, group());
  model(ones({1, 2})).sum().backward();
  EXPECT_EQ(model->parameters().size(), 2U);
  const auto pointer = std::make_shared<Net>(Net::kPlain);
  DistributedDataParallel other(pointer, group());
  EXPECT_EQ(other.forward(ones({1, 5})).size(1), 3);
}

TEST(DataParallel, IsRefusedWithinACapturedFunction) {
  Net net = make_net(Net::kPlain);
  DistributedDataParallel model(net, group());
  auto step = capture([&](const Tensor& x) {
    net.zero_grad();
    const Tensor loss = net.forward(x).sum();
    loss.backward();
    return loss;
  });
  const Tensor x = ones({1, 5});
  try {
    for (int i = 0; i < 4; ++i) step(x);
    FAIL() << "nothing was thrown";
  } catch (const AutogradError& e) {
    EXPECT_NE(std::string(e.what()).find("all_reduce"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace tapegrad::test
