// Rows of digits for gnuplot.
#pragma once

#include <tapegrad/tapegrad.h>

#include <vector>

namespace examples {

// A point for each point of the images [n, .., 8, 8], of which so many stand side by side: where it is, and how dark on
// white (0 to 255). Image k begins at left(k), top(k); below each row there are `below` points of space.
struct DigitsPicture {
  static constexpr std::int64_t kCell = 10;  // a digit and the space around it

  DigitsPicture(const tapegrad::Tensor& images, std::int64_t side_by_side, std::int64_t below = 2)
      : columns(side_by_side), height(kCell + below) {
    const std::vector<double> shades = images.flatten().to_vector<double>();
    for (std::size_t i = 0; i < shades.size(); ++i) {
      const auto k = static_cast<std::int64_t>(i) / 64, point = static_cast<std::int64_t>(i) % 64;
      x.push_back(left(k) + static_cast<double>(point % 8));
      y.push_back(top(k) - static_cast<double>(point / 8));
      gray.push_back(255 * (1 - shades[i]));
    }
  }
  double left(std::int64_t k) const { return static_cast<double>(k % columns * kCell); }
  double top(std::int64_t k) const { return -static_cast<double>(k / columns * height); }

  // Of the data "points" that {x, y, gray} are.
  static constexpr const char* kPlot =
      "plot $points using 1:2:(0.5):(0.5):(int($3) * 65793) with boxxyerror lc rgb variable";
  static constexpr const char* kStyle = R"gp(
unset border; unset tics; unset grid; unset key
set size ratio -1
set style fill solid 1 noborder
)gp";

  std::int64_t columns, height;
  std::vector<double> x, y, gray;
};

}  // namespace examples
