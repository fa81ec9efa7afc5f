#include <unistd.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "examples/common/gnuplot.h"
#include "plots.h"

using namespace tapegrad;
using examples::Gnuplot;

namespace {

constexpr int kWidth = 880, kHeight = 400;
constexpr double kLevels[] = {6400, 3200, 1600, 800, 400, 200, 100, 50};
constexpr const char* kColors =
    "array colors = ['#f7fbff', '#e3eef9', '#cde0f1', '#a8cfe6', '#79b5da', '#4a97c9', '#2474b5', '#0d509c', "
    "'#08306b']\n";
constexpr double kMarkAngle = 3.55;

// The lines whose training loss is `level`: an ellipse, as with d the difference to the best line
//   loss = best loss + (d_intercept + mean(x) d_slope)^2 + var(x) d_slope^2.
struct Contours {
  explicit Contours(const data::Split& rows)
      : best(fit_closed_form(rows.x_train, rows.y_train).line()),
        best_loss(mse(best, rows.x_train, rows.y_train)),
        mean(rows.x_train.mean().item<double>()),
        deviation((rows.x_train - mean).square().mean().sqrt().item<double>()) {}

  Line at(double level, double angle) const {
    const double radius = std::sqrt(level - best_loss);
    const double d_slope = radius * std::cos(angle) / deviation;
    return {best.slope + d_slope, best.intercept + radius * std::sin(angle) - mean * d_slope};
  }

  Line best;
  double best_loss, mean, deviation;
};

std::vector<double> nth(const std::vector<Line>& path, double Line::*member) {
  std::vector<double> values;
  values.reserve(path.size());
  for (const Line& line : path) values.push_back(line.*member);
  return values;
}

void write_data(Gnuplot& script, const data::Split& rows, const Fit& fit) {
  std::vector<double> losses;
  for (const Line& line : fit.path) losses.push_back(mse(line, rows.x_train, rows.y_train));
  const auto slopes = nth(fit.path, &Line::slope), intercepts = nth(fit.path, &Line::intercept);
  script.data("path", {slopes, intercepts});
  script.array("slope", slopes);
  script.array("intercept", intercepts);
  script.array("loss", losses);
  script.data("train", {rows.x_train.to_vector<double>(), rows.y_train.to_vector<double>()});
  const Contours contours(rows);
  int i = 0;
  std::vector<Line> marks;
  for (double level : kLevels) {
    std::vector<Line> contour;
    for (int degree = 0; degree <= 360; degree += 2) contour.push_back(contours.at(level, degree * 3.14159265 / 180));
    script.data("contour" + std::to_string(++i), {nth(contour, &Line::slope), nth(contour, &Line::intercept)});
    marks.push_back(contours.at(level, kMarkAngle));
  }
  script.data("marks",
              {nth(marks, &Line::slope), nth(marks, &Line::intercept), {std::begin(kLevels), std::end(kLevels)}});
}

// Each frame is an anti-aliased PNG; a second pass puts them into one GIF.
void write_frames(Gnuplot& script, std::size_t steps, std::size_t steps_an_epoch) {
  script << "steps = " << steps << "\nsteps_an_epoch = " << steps_an_epoch << "\n"
         << R"gp(
unset key
do for [step = 0:steps] {
  a = slope[step + 1]
  b = intercept[step + 1]
  epoch = step == 0 ? 0 : (step - 1) / steps_an_epoch + 1
  set output frames . sprintf('/%03d.png', step)
  set multiplot
  set lmargin at screen 0.075; set rmargin at screen 0.49; set bmargin at screen 0.155; set tmargin at screen 0.885
  set title sprintf('Training MSE: step %d of %d, epoch %d', step, steps, epoch)
  set xrange [-20:100]; set yrange [-40:40]
  set xlabel 'slope' offset 0,0.4; set ylabel 'intercept' offset 1.2,0; set xtics 20; set ytics 20
  unset grid
  set object 1 rectangle from graph 0,0 to graph 1,1 fillcolor rgb colors[1] fillstyle solid noborder behind
  plot \
    $contour1 with filledcurves closed fillcolor rgb colors[2], \
    $contour2 with filledcurves closed fillcolor rgb colors[3], \
    $contour3 with filledcurves closed fillcolor rgb colors[4], \
    $contour4 with filledcurves closed fillcolor rgb colors[5], \
    $contour5 with filledcurves closed fillcolor rgb colors[6], \
    $contour6 with filledcurves closed fillcolor rgb colors[7], \
    $contour7 with filledcurves closed fillcolor rgb colors[8], \
    $contour8 with filledcurves closed fillcolor rgb colors[9], \
    $marks using 1:2:(sprintf('%d', $3)):($3 > 300 ? 0x1b2a3a : 0xffffff) every 2::1 with labels font ',8' textcolor rgb variable, \
    $path every ::0::step with linespoints pt 7 ps 0.5 lc rgb '#e0560a' lw 2.2, \
    $path every ::step::step with points pt 7 ps 1.5 lc rgb '#ffffff', \
    $path every ::step::step with points pt 7 ps 1.1 lc rgb '#e0560a'
  unset object 1
  set lmargin at screen 0.58; set rmargin at screen 0.985
  set title sprintf('y = %.2f x %s %.2f,  MSE %.1f', a, b < 0 ? '-' : '+', abs(b), loss[step + 1])
  set xrange [-2.9:2.5]; set yrange [-170:155]
  set xlabel 'x'; set ylabel 'y' offset 1.6,0; set xtics 1; set ytics 50
  set grid lc rgb '#e4e4e4' lt 1 lw 1
  plot $train with points pt 7 ps 0.75 lc rgb '#2474b5', a * x + b with lines lc rgb '#e0560a' lw 2.6
  unset multiplot
}
unset output
)gp";
}

void write_gif(Gnuplot& script, const std::filesystem::path& file) {
  script << "set terminal gif size " << kWidth << "," << kHeight << " animate delay 22 loop 0 optimize\nset output "
         << Gnuplot::quoted(file.string()) << "\n"
         << "unset border\nunset tics\nunset key\nset margins 0,0,0,0\n"
         << "set xrange [-0.5:" << kWidth - 0.5 << "]\nset yrange [-0.5:" << kHeight - 0.5 << "]\n"
         << "set style rectangle fillstyle solid noborder\n"
         // A GIF has 256 colours: these are taken before the shades of anti-aliased edges, under the first picture.
         << "do for [i = 1:9] { set object i rectangle from screen 0.5,0.5 to screen 0.51,0.51 fillcolor rgb colors[i] "
            "behind }\n"
         << "set object 10 rectangle from screen 0.5,0.5 to screen 0.51,0.51 fillcolor rgb '#e0560a' behind\n"
         << "do for [i = 0:steps] { plot frames . sprintf('/%03d.png', i) binary filetype=png with rgbimage }\nunset "
            "output\n";
}

// gnuplot gives all frames one delay: the last frame's is found from the end of the file. Its block is
// 21 f9 04, flags, delay in 1/100 s (low byte first), transparent colour, 00 (GIF89a, section 23).
void hold_last_frame(const std::filesystem::path& file, unsigned centiseconds) {
  std::fstream gif(file, std::ios::in | std::ios::out | std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(gif), {}};
  const std::size_t block = bytes.rfind("\x21\xf9\x04");
  if (block == std::string::npos) return;
  gif.clear();
  gif.seekp(static_cast<std::streamoff>(block + 4));
  gif.put(static_cast<char>(centiseconds & 0xff)).put(static_cast<char>(centiseconds >> 8));
}

// The folder of the frames, for as long as they are needed.
struct Frames {
  std::filesystem::path folder;
  ~Frames() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
};

}  // namespace

void draw_descent(const std::filesystem::path& folder, const data::Split& rows, const Fit& fit, int epochs) {
  const Frames frames{folder / (".frames-" + std::to_string(getpid()))};
  std::filesystem::create_directories(frames.folder);
  const std::size_t steps = fit.path.size() - 1;
  Gnuplot drawing;
  drawing.png(frames.folder / "000.png", kWidth, kHeight);
  drawing << Gnuplot::kStyle << kColors << "frames = " << Gnuplot::quoted(frames.folder.string()) << "\n";
  write_data(drawing, rows, fit);
  write_frames(drawing, steps, steps / static_cast<std::size_t>(epochs));
  drawing.run();

  Gnuplot animation;
  animation << kColors << "frames = " << Gnuplot::quoted(frames.folder.string()) << "\nsteps = " << steps << "\n";
  write_gif(animation, folder / "descent.gif");
  animation.run(true);
  hold_last_frame(folder / "descent.gif", 250);
}
