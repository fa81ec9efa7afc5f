#include "plot.h"

#include <cstdio>

#include "examples/common/gnuplot.h"

using namespace tapegrad;
using examples::Gnuplot;

namespace {

constexpr std::int64_t kCells = 220;
constexpr double kEdge = 1.12;

// x, y, red, green, blue of each cell: the arms' colours, mixed as the network is in doubt.
Tensor color_plane(Net& model) {
  NoGradGuard no_grad;
  const Tensor axis = linspace(-kEdge, kEdge, kCells);
  const Tensor x = axis.view({1, kCells}).expand({kCells, kCells}).reshape({-1, 1});
  const Tensor y = axis.view({kCells, 1}).expand({kCells, kCells}).reshape({-1, 1});
  const Tensor colors = tensor({{158.0f, 202.0f, 225.0f}, {253.0f, 190.0f, 133.0f}, {161.0f, 217.0f, 155.0f}});
  return cat({x, y, model->forward(cat({x, y}, 1)).softmax(1).mm(colors)}, 1);
}

void add_rows(Gnuplot& script, const char* name, const Tensor& x, const Tensor& y) {
  script.data(name, {x.select(1, 0).to_vector<double>(), x.select(1, 1).to_vector<double>(), y.to_vector<double>()});
}

}  // namespace

void draw_regions(const std::filesystem::path& folder, Net& model, const data::Split& rows) {
  if (!examples::ready_to_draw(folder)) return;
  Gnuplot script;
  script.png(folder / "spiral.png", 600, 560);
  script << Gnuplot::kStyle;
  const Tensor plane = color_plane(model);
  script.data("plane", {plane.select(1, 0).to_vector<double>(), plane.select(1, 1).to_vector<double>(),
                        plane.select(1, 2).to_vector<double>(), plane.select(1, 3).to_vector<double>(),
                        plane.select(1, 4).to_vector<double>()});
  add_rows(script, "train", rows.x_train, rows.y_train);
  add_rows(script, "test", rows.x_test, rows.y_test);
  script << "edge = " << kEdge << R"gp(
array colors = [0x08519c, 0xa63603, 0x006d2c]
color_of(arm) = colors[int(arm) + 1]
set title 'Three spiral arms and what the network makes of the plane'
set size ratio -1
set xrange [-edge:edge]; set yrange [-edge:edge]
unset grid; set xtics 0.5; set ytics 0.5
set key outside bottom center horizontal
plot $plane using 1:2:3:4:5 with rgbimage notitle, \
  $train using 1:2:(color_of($3)) with points pt 7 ps 0.7 lc rgb variable notitle, \
  $test using 1:2 with points pt 7 ps 1.3 lc rgb '#ffffff' notitle, \
  $test using 1:2:(color_of($3)) with points pt 7 ps 0.95 lc rgb variable notitle, \
  NaN with points pt 7 ps 0.7 lc rgb '#555555' title 'training rows', \
  NaN with points pt 6 ps 1.1 lc rgb '#555555' title 'test rows (ringed)'
)gp";
  script.run();
  std::printf("pictures: spiral.png in %s\n", folder.string().c_str());
}
