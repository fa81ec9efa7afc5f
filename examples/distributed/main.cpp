// The net of examples/digits on several machines:
//
//   mpirun -n 2 distributed         ends with the same hash of the parameters on any number of ranks
//   mpirun -n 2 distributed --fast  averages gradients while backward runs; equal up to rounding
#include <tapegrad/nn/parallel/data_parallel.h>
#include <tapegrad/nn/parallel/mpi_group.h>
#include <tapegrad/tapegrad.h>

#include <cinttypes>
#include <cstdio>

#include "examples/common/digits_net.h"
#include "examples/common/program.h"

using namespace tapegrad;
using nn::parallel::DistributedDataParallel;
using nn::parallel::MpiGroup;

namespace {

constexpr std::int64_t kBatch = 64;  // rows of all ranks together

// One epoch; the mean loss of its last batch, over all ranks.
double epoch_of_shards(DistributedDataParallel<nn::Sequential>& model, optim::Optimizer& optimizer,
                       const data::MNIST& digits) {
  auto loader = data::make_data_loader(data::TensorDataset(digits.images(), digits.targets()),
                                       {.batch_size = kBatch, .shuffle = true});  // alike on all ranks
  nn::CrossEntropyLoss loss_fn;
  double last = 0;
  for (auto& batch : loader) {
    optimizer.zero_grad();
    last = model.backward(batch, [&](const auto& shard) { return loss_fn(model->forward(shard.data), shard.target); })
               .template item<double>();
    optimizer.step();
  }
  return last;
}

double fast_epoch(DistributedDataParallel<nn::Sequential>& model, optim::Optimizer& optimizer,
                  const data::MNIST& digits, std::size_t epoch) {
  nn::parallel::ProcessGroup& group = model.group();
  const auto size = static_cast<std::size_t>(group.size()), rank = static_cast<std::size_t>(group.rank());
  data::samplers::DistributedRandomSampler sampler(static_cast<std::size_t>(digits.images().size(0)), size, rank);
  sampler.set_epoch(epoch);
  auto loader = data::make_data_loader(data::TensorDataset(digits.images(), digits.targets()), sampler,
                                       {.batch_size = kBatch / group.size()});
  nn::CrossEntropyLoss loss_fn;
  Tensor loss;
  for (auto& batch : loader) {
    optimizer.zero_grad();
    loss = loss_fn(model->forward(batch.data), batch.target);
    loss.backward();
    optimizer.step();
  }
  loss = loss.detach();
  group.all_reduce(loss, nn::parallel::ReduceOp::kMean);
  return loss.item<double>();
}

int run(MpiGroup& group, const std::string& folder, int epochs, bool fast) {
  manual_seed(0);
  const data::MNIST known(folder), held_out(folder, data::MNIST::Mode::kTest);
  nn::Sequential net = examples::make_digits_net();
  DistributedDataParallel model(net, group);
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.003));
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    model->train();
    const double loss = fast ? fast_epoch(model, optimizer, known, static_cast<std::size_t>(epoch))
                             : epoch_of_shards(model, optimizer, known);
    if (group.rank() == 0) std::printf("rank 0 of %d: epoch %d, loss %.4f\n", group.size(), epoch, loss);
  }
  model.check_parameters();
  if (group.rank() == 0) {
    std::printf("result distributed test_accuracy=%.4f hash=%016" PRIx64 "\n", examples::accuracy(net, held_out),
                model.hash());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  MpiGroup group(argc, argv);
  std::string folder = "examples/data/digits";
  int epochs = 5;
  bool fast = false;
  const auto define = [&](CLI::App& app) {
    app.add_option("--data", folder, "where the digits are, in MNIST's files")->type_name("DIR")->capture_default_str();
    app.add_option("--epochs", epochs, "how often to go through them")->capture_default_str();
    app.add_flag("--fast", fast, "average gradients while backward runs");
  };
  return examples::run_program("distributed", "Tells handwritten digits apart, trained by several programs.", argc,
                               argv, define, [&] { return run(group, folder, epochs, fast); });
}
