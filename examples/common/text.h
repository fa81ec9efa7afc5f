// What the examples that learn to write share: a text as numbers, the loop that trains on it, writing, and main().
#pragma once

#include <tapegrad/tapegrad.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "examples/common/interrupt.h"
#include "examples/common/program.h"

namespace examples {

constexpr std::int64_t kWindow = 64;  // characters that a model sees at once

// A text whose last tenth is held out. A character is its place in the alphabet.
class Text {
 public:
  explicit Text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    if (static_cast<std::int64_t>(all.size()) < 20 * kWindow) {
      throw std::runtime_error(path + ": no text of at least " + std::to_string(20 * kWindow) + " characters");
    }
    alphabet_ = all;
    std::sort(alphabet_.begin(), alphabet_.end());
    alphabet_.erase(std::unique(alphabet_.begin(), alphabet_.end()), alphabet_.end());
    known_ = encode(all.substr(0, all.size() / 10 * 9));
    held_out_ = encode(all.substr(all.size() / 10 * 9));
  }

  std::int64_t characters() const { return static_cast<std::int64_t>(alphabet_.size()); }
  const std::string& alphabet() const { return alphabet_; }
  const tapegrad::Tensor& known() const { return known_; }
  const tapegrad::Tensor& held_out() const { return held_out_; }

  // A character that the text has not is taken for the first that it has.
  tapegrad::Tensor encode(const std::string& text) const {
    std::vector<std::int64_t> places;
    for (const char c : text) {
      const std::size_t place = alphabet_.find(c);
      places.push_back(place == std::string::npos ? 0 : static_cast<std::int64_t>(place));
    }
    return tapegrad::tensor(places);
  }

 private:
  std::string alphabet_;
  tapegrad::Tensor known_, held_out_;
};

// Windows [n, kWindow + 1] of a text, one each `step` characters.
inline tapegrad::Tensor windows(const tapegrad::Tensor& text, std::int64_t step) {
  return text.unfold(0, kWindow + 1, step);
}

// How well each character of the windows is foretold by those before it: the cross entropy, in nats.
template <class Model>
tapegrad::Tensor loss_of(Model& model, const tapegrad::Tensor& rows) {
  const tapegrad::Tensor scores = model->forward(rows.narrow(1, 0, kWindow));
  return tapegrad::nn::functional::cross_entropy(scores.flatten(0, 1), rows.narrow(1, 1, kWindow).flatten());
}

// The same of the whole text, a character, in bits.
template <class Model>
double bits(Model& model, const tapegrad::Tensor& text) {
  tapegrad::NoGradGuard no_grad;
  return loss_of(model, windows(text, kWindow)).template item<double>() / std::log(2.0);
}

// False where Ctrl-C ended it.
template <class Model>
bool train_on_text(Model& model, const tapegrad::Tensor& text, int epochs, double lr) {
  using namespace tapegrad;
  const Tensor rows = windows(text, kWindow / 4).contiguous();
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(lr));
  auto loader = data::make_data_loader(data::TensorDataset(rows, rows), {.batch_size = 32, .shuffle = true});
  optim::CosineAnnealingLR scheduler(optimizer, epochs);
  const Interrupt interrupt;
  data::Progress progress(epochs, {.label = "train", .samples = rows.size(0)});
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double sum = 0;
    for (auto& batch : loader) {
      if (Interrupt::seen()) return false;
      optimizer.zero_grad();
      auto loss = loss_of(model, batch.data);
      loss.backward();
      nn::utils::clip_grad_norm_(model->parameters(), 1.0);
      optimizer.step();
      sum += loss.template item<double>() * static_cast<double>(batch.data.size(0));
    }
    scheduler.step();
    progress.set("loss", sum / static_cast<double>(rows.size(0)));
    progress.step();
  }
  return true;
}

// Goes on from `text`, a character at a time, each drawn as the model finds it likely; colder is more likely.
template <class Model>
std::string write_on(Model& model, const Text& known, std::string text, int length, double temperature) {
  tapegrad::NoGradGuard no_grad;
  for (int i = 0; i < length; ++i) {
    const std::string seen = text.size() > kWindow ? text.substr(text.size() - kWindow) : text;
    const tapegrad::Tensor scores = model->forward(known.encode(seen).unsqueeze(0)).select(1, -1).squeeze(0);
    const auto place = scores.div(temperature).softmax(0).multinomial(1).template item<std::int64_t>();
    text += known.alphabet()[static_cast<std::size_t>(place)];
  }
  return text;
}

// What main() does with a model that Model(characters) makes.
template <class Model>
int run_text_program(const char* name, const char* purpose, double lr, int argc, char** argv) {
  std::string path = "examples/data/constitution.txt";
  int epochs = 10;
  const auto define = [&](CLI::App& app) {
    app.add_option("--text", path, "what to learn")->type_name("FILE")->capture_default_str();
    app.add_option("--epochs", epochs, "how often to read it")->check(CLI::Range(1, 1000))->capture_default_str();
  };
  return run_program(name, purpose, argc, argv, define, [&] {
    tapegrad::manual_seed(0);
    const Text text(path);
    Model model(text.characters());
    if (!train_on_text(model, text.known(), epochs, lr)) return Interrupt::exit_code();
    std::printf("%s\n", write_on(model, text, "The Congress shall have ", 300, 0.6).c_str());
    std::printf("result %s train_bits=%.3f test_bits=%.3f\n", name, bits(model, text.known()),
                bits(model, text.held_out()));
    return 0;
  });
}

}  // namespace examples
