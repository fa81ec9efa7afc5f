#include <algorithm>
#include <cstdio>

#include "examples/common/gnuplot.h"
#include "plots.h"
#include "stability.h"

using namespace tapegrad;
using examples::Gnuplot;

namespace {

constexpr int kEpochs = 50;
constexpr double kRates[] = {0.1, 0.6, 0.8};

std::vector<double> losses_by_step(double lr, const data::Split& rows) {
  Recipe recipe;
  recipe.lr = lr;
  recipe.epochs = kEpochs;
  std::vector<double> losses;
  for (const Line& line : fit_module(rows.x_train, rows.y_train, recipe).path) {
    losses.push_back(mse(line, rows.x_train, rows.y_train));
  }
  return losses;
}

// The limit of each batch that the runs saw.
std::vector<double> batch_limits(const data::Split& rows) {
  const Recipe recipe;
  manual_seed(recipe.seed);
  auto loader = data::make_data_loader(data::TensorDataset(rows.x_train, rows.y_train),
                                       {.batch_size = recipe.batch_size, .shuffle = true});
  std::vector<double> limits;
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    for (auto& batch : loader) limits.push_back(stability_limit(batch.data));
  }
  return limits;
}

double percent_below(const std::vector<double>& limits, double lr) {
  const auto below = std::count_if(limits.begin(), limits.end(), [lr](double limit) { return limit < lr; });
  return 100.0 * static_cast<double>(below) / static_cast<double>(limits.size());
}

}  // namespace

void draw_learning_rates(const std::filesystem::path& folder, const Tensor& all_x, const data::Split& rows) {
  std::vector<double> limits = batch_limits(rows);
  std::sort(limits.begin(), limits.end());
  std::vector<double> share(limits.size());
  for (std::size_t i = 0; i < share.size(); ++i) {
    share[i] = 100.0 * static_cast<double>(i + 1) / static_cast<double>(share.size());
  }
  const std::vector<double> low = losses_by_step(kRates[0], rows), middle = losses_by_step(kRates[1], rows),
                            high = losses_by_step(kRates[2], rows);
  std::vector<double> epoch(low.size());
  for (std::size_t i = 0; i < epoch.size(); ++i) {
    epoch[i] = kEpochs * static_cast<double>(i) / static_cast<double>(epoch.size() - 1);
  }
  Gnuplot script;
  script.png(folder / "learning_rate.png", 880, 440);
  script << Gnuplot::kStyle;
  script.data("loss", {epoch, low, middle, high});
  script.data("limits", {limits, share});
  const double all = stability_limit(all_x), train = stability_limit(rows.x_train);
  script.data("all", {{all, all}, {0, 100}});
  script.data("train", {{train, train}, {0, 100}});
  script << "all = " << all << "\ntrain = " << train << "\nunstable_06 = " << percent_below(limits, kRates[1])
         << "\nbatches = " << limits.size() << "\nunstable_08 = " << percent_below(limits, kRates[2]) << "\n";
  script << R"gp(
set multiplot
set lmargin at screen 0.08; set rmargin at screen 0.485; set bmargin at screen 0.14; set tmargin at screen 0.905
set title 'Training loss after each step, batches of 32'
set logscale y; set yrange [18:*]; set xrange [0:50]
set xlabel 'epoch'; set ylabel 'mean squared error' offset 0.8,0
set key top right
plot $loss using 1:4 with lines ls 2 lw 1.6 title 'lr 0.8', $loss using 1:3 with lines ls 3 lw 1.6 title 'lr 0.6', \
  $loss using 1:2 with lines ls 1 lw 2.4 title 'lr 0.1'
unset logscale
set lmargin at screen 0.575; set rmargin at screen 0.98
set title 'Share of batches whose 2 / λ_{max} is below lr'
set xrange [0:1.1]; set yrange [0:100]; set xtics 0.2; set format y '%.0f %%'
set xlabel 'learning rate'; unset ylabel
set arrow 1 from 0.1,0 to 0.1,100 nohead ls 1 lw 2
set arrow 2 from 0.6,0 to 0.6,100 nohead ls 3 lw 2
set arrow 3 from 0.8,0 to 0.8,100 nohead ls 2 lw 2
set label 1 '0.1' at 0.1,95 offset 0.5,0 textcolor ls 1
set label 2 '0.6' at 0.6,95 offset -0.5,0 right textcolor ls 3
set label 3 '0.8' at 0.8,95 offset -0.5,0 right textcolor ls 2
set label 4 sprintf('%.0f %%', unstable_06) at 0.6,unstable_06 offset -0.9,0.7 right textcolor ls 3 point ls 3 ps 1.2
set label 5 sprintf('%.0f %%', unstable_08) at 0.8,unstable_08 offset -0.9,0.2 right textcolor ls 2 point ls 2 ps 1.2
set key at 0.585,70 right samplen 1.5 spacing 1.3 font ',9' title '2 / λ_{max} of'
plot $limits using 1:2 with steps lc rgb '#333333' lw 2.2 title sprintf('%d batches', batches), \
  $all with lines ls 4 lw 2 title sprintf('all rows: %.3f', all), \
  $train with lines ls 4 lw 2 dt 3 title sprintf('training: %.3f', train)
unset multiplot
)gp";
  script.run();
}
