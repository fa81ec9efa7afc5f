// Which species is an iris? Logistic regression on a table whose labels are text, from the file to the predictions.
#include <tapegrad/tapegrad.h>

#include <cstdio>

#include "examples/common/interrupt.h"
#include "examples/common/program.h"
#include "examples/common/run_log.h"

using namespace tapegrad;

namespace {

constexpr int kEpochs = 100;
constexpr double kRate = 0.05;

// False where Ctrl-C ended it.
bool train(nn::Linear& model, const Tensor& x, const Tensor& y, examples::Log& log) {
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(kRate));
  nn::CrossEntropyLoss loss_fn;
  auto loader = data::make_data_loader(data::TensorDataset(x, y), {.batch_size = 16, .shuffle = true});
  log.begin({{"lr", kRate}, {"batch_size", 16}});
  const examples::Interrupt interrupt;
  data::Progress progress(kEpochs, {.label = "train", .samples = x.size(0)});
  for (int epoch = 1; epoch <= kEpochs; ++epoch) {
    double sum = 0;
    for (auto& batch : loader) {
      if (examples::Interrupt::seen()) return false;
      optimizer.zero_grad();
      auto loss = loss_fn(model->forward(batch.data), batch.target);
      loss.backward();
      optimizer.step();
      sum += loss.item<double>() * static_cast<double>(batch.data.size(0));
    }
    const double loss = sum / static_cast<double>(x.size(0));
    log.add(epoch, {{"loss", loss}});
    progress.set("loss", loss);
    progress.step();
  }
  return true;
}

int run(const std::string& csv, const std::string& target, const std::string& predictions, examples::Log& log) {
  manual_seed(0);
  data::Table table = data::read_csv(csv, {.text = {target}});
  data::LabelEncoder encoder;
  const Tensor labels = encoder.fit_transform(table.text[target]);
  auto [x_train, x_test, y_train, y_test] =
      data::train_test_split(table.tensor(), labels, {.test_size = 0.3, .random_state = 0, .stratify = labels});
  data::Standardizer scaler;
  scaler.fit(x_train);

  nn::Linear model(x_train.size(1), static_cast<std::int64_t>(encoder.classes().size()));
  if (!train(model, scaler.transform(x_train), y_train, log)) return examples::Interrupt::exit_code();

  const NoGradGuard no_grad;
  const auto predicted = [&](const Tensor& x) { return model->forward(scaler.transform(x)).argmax(1); };
  std::printf("result logistic_regression train_accuracy=%.4f test_accuracy=%.4f test_log_loss=%.4f\n",
              data::metrics::accuracy_score(y_train, predicted(x_train)),
              data::metrics::accuracy_score(y_test, predicted(x_test)),
              data::metrics::log_loss(y_test, softmax(model->forward(scaler.transform(x_test)), 1)));
  if (!predictions.empty()) {
    table.text.insert("predicted", encoder.inverse_transform(predicted(table.tensor())));
    table.to_csv(predictions);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string csv = "examples/data/iris.csv", target = "species", predictions;
  examples::Log log;
  const auto define = [&](CLI::App& app) {
    app.add_option("--csv", csv, "a table of numbers and one column of text")->type_name("FILE")->capture_default_str();
    app.add_option("--target", target, "that column")->type_name("NAME")->capture_default_str();
    app.add_option("--predictions", predictions, "write the table with a column more")->type_name("FILE");
    log.define(app);
  };
  return examples::run_program("logistic_regression", "Tells the classes of a table apart by logistic regression.",
                               argc, argv, define, [&] { return run(csv, target, predictions, log); });
}
