#include "plots.h"

#include <cmath>
#include <cstdio>

#include "examples/common/gnuplot.h"

using namespace tapegrad;
using examples::Gnuplot;

namespace {

constexpr int kWidth = 840, kHeight = 440;

std::vector<double> column(const Tensor& x) { return x.to_vector<double>(); }

LossHistory history_of(const Fit& fit, const data::Split& rows, std::size_t epochs) {
  LossHistory loss;
  const std::size_t steps = (fit.path.size() - 1) / epochs;
  for (std::size_t i = 0; i < fit.path.size(); i += steps) {
    loss.train.push_back(mse(fit.path[i], rows.x_train, rows.y_train));
    loss.test.push_back(mse(fit.path[i], rows.x_test, rows.y_test));
  }
  return loss;
}

}  // namespace

void draw_fit(const std::filesystem::path& folder, const data::Split& rows, const Fit& fit) {
  Gnuplot script;
  script.png(folder / "fit.png", kWidth, kHeight);
  script << Gnuplot::kStyle;
  script.data("train", {column(rows.x_train), column(rows.y_train)});
  script.data("test", {column(rows.x_test), column(rows.y_test)});
  char title[96];
  std::snprintf(title, sizeof title, "y = %.2f x %c %.2f", fit.line().slope, fit.line().intercept < 0 ? '-' : '+',
                std::abs(fit.line().intercept));
  script << "set title 'The fitted line: " << title << "'\n"
         << "set key top left Left reverse\nset xlabel 'x'\nset ylabel 'y'\nset offsets 0.15, 0.15, 12, 12\n"
         << "slope = " << fit.line().slope << "\nintercept = " << fit.line().intercept << "\n"
         << "plot $train with points ls 1 ps 0.9 lc rgb '#7fb2d8' title '80 training rows', "
         << "$test with points ls 2 ps 1.1 title '20 test rows', "
         << "slope * x + intercept lw 2 lc rgb '#222222' title '10 epochs of SGD'\n";
  script.run();
}

void draw_loss(const std::filesystem::path& folder, const std::string& title, const LossHistory& loss, double floor) {
  std::vector<double> epochs(loss.train.size());
  for (std::size_t i = 0; i < epochs.size(); ++i) epochs[i] = static_cast<double>(i);
  Gnuplot script;
  script.png(folder / "loss.png", kWidth, kHeight);
  script << Gnuplot::kStyle;
  script.data("loss", {epochs, loss.train, loss.test});
  const char* marks = epochs.size() <= 60 ? "linespoints" : "lines";
  script << "set title " << Gnuplot::quoted(title) << " noenhanced\nset key top right\nset logscale y\n"
         << "set format y '%g'\nset xlabel 'epoch'\nset ylabel 'mean squared error'\n"
         << "set xrange [0:" << epochs.back() << "]\nset yrange [*:*]\nfloor = " << floor << "\n"
         << "plot floor ls 4 title sprintf('least squares on the training rows: %.4g', floor), "
         << "$loss using 1:2 with " << marks << " ls 1 title 'training rows', "
         << "$loss using 1:3 with " << marks << " ls 2 title 'test rows'\n";
  script.run();
}

void draw_main_job(const std::filesystem::path& folder, const Tensor& all_x, const data::Split& rows,
                   const std::vector<Fit>& fits) {
  if (!examples::ready_to_draw(folder)) return;
  const Fit &module = fits[1], &exact = fits.back();
  const int epochs = Recipe().epochs;
  draw_fit(folder, rows, module);
  draw_loss(folder, "Loss by epoch: batches of 32, learning rate 0.1",
            history_of(module, rows, static_cast<std::size_t>(epochs)), mse(exact.line(), rows.x_train, rows.y_train));
  draw_descent(folder, rows, module, epochs);
  draw_learning_rates(folder, all_x, rows);
  std::printf("pictures: fit.png loss.png descent.gif learning_rate.png in %s\n", folder.string().c_str());
}
