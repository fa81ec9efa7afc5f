#include "plot.h"

#include <cstdio>

#include "examples/common/gnuplot.h"

using namespace tapegrad;
using examples::Gnuplot;

namespace {

constexpr std::int64_t kRows = 6, kColumns = 12, kCell = 10;  // a digit and a point of space around it

}  // namespace

void draw_digits(const std::filesystem::path& folder, nn::Sequential& net, const data::MNIST& digits) {
  if (!examples::ready_to_draw(folder)) return;
  NoGradGuard no_grad;
  net->eval();
  const Tensor taken = net->forward(digits.images()).argmax(1);
  // The mistakes first, then the others as they come.
  const Tensor order = taken.eq(digits.targets()).to(kLong).argsort(0).narrow(0, 0, kRows * kColumns);
  const Tensor images = digits.images().index_select(0, order), answers = taken.index_select(0, order);
  const Tensor truths = digits.targets().index_select(0, order);

  std::vector<double> x, y, gray, at_x, at_y, answer, is_wrong;
  for (std::int64_t k = 0; k < kRows * kColumns; ++k) {
    const double left = static_cast<double>(k % kColumns * kCell),
                 top = -static_cast<double>(k / kColumns * (kCell + 2));
    for (std::int64_t i = 0; i < 64; ++i) {
      x.push_back(left + static_cast<double>(i % 8));
      y.push_back(top - static_cast<double>(i / 8));
      gray.push_back(255 * (1 - images[k].reshape({-1})[i].item<double>()));
    }
    at_x.push_back(left + 3.5);
    at_y.push_back(top - 9.3);
    answer.push_back(answers[k].item<double>());
    is_wrong.push_back(answers[k].item<std::int64_t>() == truths[k].item<std::int64_t>() ? 0 : 1);
  }
  Gnuplot script;
  script.png(folder / "digits.png", 760, 500);
  script << Gnuplot::kStyle;
  script.data("points", {x, y, gray});
  script.data("answers", {at_x, at_y, answer, is_wrong});
  script << R"gp(
set title 'Digits that the net has not seen, and what it takes them for (mistakes in red)'
unset border; unset tics; unset grid; unset key
set size ratio -1
set style fill solid 1 noborder
plot $points using 1:2:(0.5):(0.5):(int($3) * 65793) with boxxyerror lc rgb variable, \
  $answers using 1:2:(sprintf('%d', $3)):(int($4) ? 0xd62728 : 0x006d2c) with labels tc rgb variable font ',11'
)gp";
  script.run();
  std::printf("pictures: digits.png in %s\n", folder.string().c_str());
}
