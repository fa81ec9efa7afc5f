// A variational autoencoder of handwritten digits, 8 x 8 points each. One net tells which eight numbers may stand for a
// digit, another draws the digit that such numbers stand for; from numbers drawn at random it draws digits that nobody
// wrote. Source: D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", 2014.
#include <tapegrad/tapegrad.h>

#include <cstdio>

#include "examples/common/digits_picture.h"
#include "examples/common/gnuplot.h"
#include "examples/common/interrupt.h"
#include "examples/common/program.h"
#include "examples/common/run_log.h"

using namespace tapegrad;

namespace {

constexpr int kEpochs = 200;
constexpr std::int64_t kNumbers = 8, kRows = 4, kColumns = 12;

struct VAEImpl : nn::Module {
  nn::Sequential encoder = register_module(
      "encoder", nn::Sequential(nn::Flatten(), nn::Linear(64, 128), nn::ReLU(), nn::Linear(128, 2 * kNumbers)));
  nn::Sequential decoder =
      register_module("decoder", nn::Sequential(nn::Linear(kNumbers, 128), nn::ReLU(), nn::Linear(128, 64)));

  // Which numbers may stand for an image, [n, 8].
  distributions::Normal numbers(const Tensor& images) {
    const auto parts = encoder->forward(images).chunk(2, 1);
    return {parts[0], (0.5 * parts[1]).exp(), /*validate_args=*/false};
  }
  Tensor draw(const Tensor& z) { return decoder->forward(z).sigmoid(); }

  // The negative evidence lower bound, in nats a digit: how badly the digit is drawn again, and how far its numbers are
  // from any numbers.
  Tensor loss(const Tensor& images) {
    const auto z = numbers(images);
    const Tensor drawn = nn::functional::binary_cross_entropy_with_logits(
        decoder->forward(z.rsample()), images.flatten(1),
        nn::functional::BinaryCrossEntropyWithLogitsFuncOptions().reduction(kSum));
    return (drawn + kl_divergence(z, distributions::Normal(0.0, 1.0)).sum()) / images.size(0);
  }
};
TAPEGRAD_MODULE(VAE);

double loss_of(VAE& model, const Tensor& images) {
  const NoGradGuard no_grad;
  return model->loss(images).item<double>();
}

// False where Ctrl-C ended it.
bool train(VAE& model, const data::MNIST& known, const data::MNIST& held_out, examples::Log& log) {
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.002));
  auto loader =
      data::make_data_loader(data::TensorDataset(known.images(), known.targets()), {.batch_size = 32, .shuffle = true});
  log.begin({{"lr", 0.002}, {"numbers", kNumbers}});
  const examples::Interrupt interrupt;
  data::Progress progress(kEpochs, {.label = "train", .samples = known.images().size(0)});
  for (int epoch = 1; epoch <= kEpochs; ++epoch) {
    double sum = 0;
    for (auto& batch : loader) {
      if (examples::Interrupt::seen()) return false;
      optimizer.zero_grad();
      auto loss = model->loss(batch.data);
      loss.backward();
      optimizer.step();
      sum += loss.item<double>() * static_cast<double>(batch.data.size(0));
    }
    const double loss = sum / static_cast<double>(known.images().size(0)), test = loss_of(model, held_out.images());
    log.add(epoch, {{"loss", loss}, {"test_loss", test}});
    progress.set("loss", loss);
    progress.set("test loss", test);
    progress.step();
  }
  return true;
}

// Above digits that were held out, each over how it is drawn again, then such that nobody wrote.
void draw(const std::filesystem::path& folder, VAE& model, const Tensor& images) {
  if (!examples::ready_to_draw(folder)) return;
  const NoGradGuard no_grad;
  const Tensor some = images.narrow(0, 0, kColumns);
  const Tensor again = model->draw(model->numbers(some).loc()),
               fresh = model->draw(randn({kRows * kColumns, kNumbers}));
  const examples::DigitsPicture picture(cat({some.flatten(1), again, zeros_like(again), fresh}), kColumns, 0);
  examples::Gnuplot script;
  script.png(folder / "vae.png", 760, 500);
  script << examples::Gnuplot::kStyle << picture.kStyle;
  script.data("points", {picture.x, picture.y, picture.gray});
  script << "set title 'Digits held out, the same drawn again, and digits that nobody wrote'\n"
         << picture.kPlot << "\n";
  script.run();
  std::printf("pictures: vae.png in %s\n", folder.string().c_str());
}

int run(const std::string& folder, const std::string& plot_folder, examples::Log& log) {
  manual_seed(0);
  const data::MNIST known(folder), held_out(folder, data::MNIST::Mode::kTest);
  VAE model;
  if (!train(model, known, held_out, log)) return examples::Interrupt::exit_code();
  std::printf("result vae train_loss=%.3f test_loss=%.3f\n", loss_of(model, known.images()),
              loss_of(model, held_out.images()));
  if (!plot_folder.empty()) draw(plot_folder, model, held_out.images());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder = "examples/data/digits", plot_folder;
  examples::Log log;
  const auto define = [&](CLI::App& app) {
    app.add_option("--data", folder, "where the digits are, in MNIST's files")->type_name("DIR")->capture_default_str();
    app.add_option("--plot", plot_folder, "draw digits into this folder (needs gnuplot)")->type_name("DIR");
    log.define(app);
  };
  return examples::run_program("vae", "Learns to draw handwritten digits.", argc, argv, define,
                               [&] { return run(folder, plot_folder, log); });
}
