// SyncBatchNorm against BatchNorm over the rows of all ranks.
#include <tapegrad/nn/parallel/data_parallel.h>
#include <tapegrad/nn/parallel/sync_batch_norm.h>

#include "tests/parallel/net.h"

namespace tapegrad::test {
namespace {

using nn::parallel::DistributedDataParallel;
using nn::parallel::SyncBatchNorm;

template <class Norm>
struct NormNet : nn::Module {
  nn::Linear a = register_module("a", nn::Linear(5, 6));
  Norm norm;
  nn::Linear b = register_module("b", nn::Linear(6, 3));
  explicit NormNet(Norm n) : norm(register_module("norm", n)) {}
  Tensor forward(const Tensor& x) { return b(norm(a(x).tanh())); }
};

TEST(SyncBatchNorm, StepsAreThoseOfOneProcessWithAllRows) {
  manual_seed(3);
  NormNet whole(nn::BatchNorm1d(6));
  NormNet net(SyncBatchNorm(6, group()));
  net.load_state_dict(whole.state_dict());
  DistributedDataParallel model(net, group(), {.bucket_bytes = 16});
  optim::SGD optimizer(model->parameters(), 0.1), alone(whole.parameters(), 0.1);
  const std::int64_t rows = kRows / group().size();
  for (int step = 0; step < 4; ++step) {
    const Batch all = batch_of_step(step), own = rows_of(all, rows * group().rank(), rows);
    const auto train = [](auto& of, optim::SGD& by, const Batch& batch) {
      by.zero_grad();
      nn::functional::cross_entropy(of.forward(batch.data), batch.target).backward();
      by.step();
    };
    train(net, optimizer, own);
    train(whole, alone, all);
  }
  const auto state = whole.state_dict();
  for (const auto& item : net.state_dict()) {
    const Tensor difference = (item.value() - state[item.key()]).abs().to(kDouble);
    EXPECT_LE(difference.max().item<double>(), 2e-6) << item.key();
  }
  net.eval();
  whole.eval();
  const Tensor x = batch_of_step(9).data;
  EXPECT_LE((net.forward(x) - whole.forward(x)).abs().max().item<double>(), 1e-5);
}

TEST(SyncBatchNorm, CountsTheRowsThatRanksHave) {
  SyncBatchNorm norm(1, group());
  const Tensor x = full({1 + group().rank(), 1, 2}, static_cast<double>(group().rank()));
  norm(x);
  double n = 0, sum = 0;
  for (int r = 0; r < group().size(); ++r) {
    n += r + 1;
    sum += r * (r + 1);
  }
  EXPECT_NEAR(norm->running_mean.item<double>(), 0.1 * sum / n, 1e-6);
  EXPECT_THROW(norm(ones({2, 3})), ShapeError);
}

}  // namespace
}  // namespace tapegrad::test
