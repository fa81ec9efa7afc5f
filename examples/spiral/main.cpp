// Three spiral arms told apart by a small network: the training loop is the one of the linear regression.
#include <tapegrad/tapegrad.h>

#include <cstdio>

#include "examples/common/interrupt.h"
#include "examples/common/program.h"
#include "plot.h"
#include "spiral.h"

using namespace tapegrad;

namespace {

constexpr int kEpochs = 200;

double accuracy(Net& model, const Tensor& x, const Tensor& y) {
  NoGradGuard no_grad;
  return model->forward(x).argmax(1).eq(y).to(kFloat).mean().item<double>();
}

// False where Ctrl-C ended it.
bool train(Net& model, const data::Split& rows) {
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.01));
  nn::CrossEntropyLoss loss_fn;
  auto loader =
      data::make_data_loader(data::TensorDataset(rows.x_train, rows.y_train), {.batch_size = 32, .shuffle = true});
  const examples::Interrupt interrupt;
  data::Progress progress(kEpochs, {.label = "train", .samples = rows.x_train.size(0)});
  for (int epoch = 1; epoch <= kEpochs; ++epoch) {
    for (auto& batch : loader) {
      if (examples::Interrupt::seen()) return false;
      optimizer.zero_grad();
      auto loss = loss_fn(model->forward(batch.data), batch.target);
      loss.backward();
      optimizer.step();
    }
    NoGradGuard no_grad;
    progress.set("loss", loss_fn(model->forward(rows.x_train), rows.y_train).item<double>());
    progress.step();
  }
  return true;
}

int run(const std::string& plot_folder) {
  manual_seed(0);
  const Spiral spiral = make_spiral(/*points_an_arm=*/150, /*noise=*/0.28);
  const auto rows = data::train_test_split(spiral.x, spiral.y, {.test_size = 0.2, .random_state = 0});
  Net model = make_net();
  if (!train(model, rows)) return examples::Interrupt::exit_code();
  std::printf("result spiral train_accuracy=%.4f test_accuracy=%.4f\n", accuracy(model, rows.x_train, rows.y_train),
              accuracy(model, rows.x_test, rows.y_test));
  if (!plot_folder.empty()) draw_regions(plot_folder, model, rows);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder;
  const auto define = [&](CLI::App& app) {
    app.add_option("--plot", folder, "draw the decision regions into this folder (needs gnuplot)")->type_name("DIR");
  };
  return examples::run_program("spiral", "Classifies the points of three spiral arms with a small network.", argc, argv,
                               define, [&] { return run(folder); });
}
