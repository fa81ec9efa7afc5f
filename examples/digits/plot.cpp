#include "plot.h"

#include <cstdio>

#include "examples/common/digits_picture.h"
#include "examples/common/gnuplot.h"

using namespace tapegrad;
using examples::Gnuplot;

namespace {

constexpr std::int64_t kRows = 6, kColumns = 12;

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

  const examples::DigitsPicture picture(images, kColumns);
  std::vector<double> at_x, at_y, answer, is_wrong;
  for (std::int64_t k = 0; k < kRows * kColumns; ++k) {
    at_x.push_back(picture.left(k) + 3.5);
    at_y.push_back(picture.top(k) - 9.3);
    answer.push_back(answers[k].item<double>());
    is_wrong.push_back(answers[k].item<std::int64_t>() == truths[k].item<std::int64_t>() ? 0 : 1);
  }
  Gnuplot script;
  script.png(folder / "digits.png", 760, 500);
  script << Gnuplot::kStyle << picture.kStyle;
  script.data("points", {picture.x, picture.y, picture.gray});
  script.data("answers", {at_x, at_y, answer, is_wrong});
  script << "set title 'Digits that the net has not seen, and what it takes them for (mistakes in red)'\n"
         << picture.kPlot << R"gp(, \
  $answers using 1:2:(sprintf('%d', $3)):(int($4) ? 0xd62728 : 0x006d2c) with labels tc rgb variable font ',11'
)gp";
  script.run();
  std::printf("pictures: digits.png in %s\n", folder.string().c_str());
}
