// Handwritten digits, 8 x 8 points each, told apart by a small convolutional net.
#include <tapegrad/tapegrad.h>

#include <cstdio>

#include "examples/common/digits_net.h"
#include "examples/common/interrupt.h"
#include "examples/common/program.h"
#include "plot.h"

using namespace tapegrad;

namespace {

constexpr int kEpochs = 15;

// False where Ctrl-C ended it.
bool train(nn::Sequential& net, const data::MNIST& digits) {
  optim::Adam optimizer(net->parameters(), optim::AdamOptions(0.003));
  nn::CrossEntropyLoss loss_fn;
  auto loader = data::make_data_loader(data::TensorDataset(digits.images(), digits.targets()),
                                       {.batch_size = 32, .shuffle = true});
  const examples::Interrupt interrupt;
  data::Progress progress(kEpochs, {.label = "train", .samples = digits.images().size(0)});
  net->train();
  for (int epoch = 1; epoch <= kEpochs; ++epoch) {
    double sum = 0;
    for (auto& batch : loader) {
      if (examples::Interrupt::seen()) return false;
      optimizer.zero_grad();
      auto loss = loss_fn(net->forward(batch.data), batch.target);
      loss.backward();
      optimizer.step();
      sum += loss.item<double>() * static_cast<double>(batch.data.size(0));
    }
    progress.set("loss", sum / static_cast<double>(digits.images().size(0)));
    progress.step();
  }
  return true;
}

int run(const std::string& folder, const std::string& plot_folder) {
  manual_seed(0);
  const data::MNIST known(folder), held_out(folder, data::MNIST::Mode::kTest);
  nn::Sequential net = examples::make_digits_net();
  if (!train(net, known)) return examples::Interrupt::exit_code();
  std::printf("result digits train_accuracy=%.4f test_accuracy=%.4f\n", examples::accuracy(net, known),
              examples::accuracy(net, held_out));
  if (!plot_folder.empty()) draw_digits(plot_folder, net, held_out);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder = "examples/data/digits", plot_folder;
  const auto define = [&](CLI::App& app) {
    app.add_option("--data", folder, "where the digits are, in MNIST's files")->type_name("DIR")->capture_default_str();
    app.add_option("--plot", plot_folder, "draw what is held out into this folder (needs gnuplot)")->type_name("DIR");
  };
  return examples::run_program("digits", "Tells handwritten digits apart with a small convolutional net.", argc, argv,
                               define, [&] { return run(folder, plot_folder); });
}
