// One line through the points, found in four ways.
#pragma once

#include <tapegrad/tapegrad.h>

#include <cstdint>
#include <string>
#include <vector>

// Same rows, same batches and same learning rate for every way.
struct Recipe {
  double lr = 0.1;
  int epochs = 10;
  std::int64_t batch_size = 32;
  std::uint64_t seed = 0;
};

struct Line {
  double slope, intercept;
};

struct Fit {
  std::string name;
  std::vector<Line> path;  // where it started, then the line after each step
  const Line& line() const { return path.back(); }
};

inline constexpr Line kStart = {-10.0, 9.0};  // of (a) and (b)

// Each takes x and y [n, 1] and keeps their dtype. `progress` may be null.
Fit fit_from_scratch(const tapegrad::Tensor& x, const tapegrad::Tensor& y, const Recipe& recipe,
                     tapegrad::data::Progress* progress = nullptr);
Fit fit_module(const tapegrad::Tensor& x, const tapegrad::Tensor& y, const Recipe& recipe,
               tapegrad::data::Progress* progress = nullptr);
Fit fit_linear(const tapegrad::Tensor& x, const tapegrad::Tensor& y, const Recipe& recipe,
               tapegrad::data::Progress* progress = nullptr);
Fit fit_closed_form(const tapegrad::Tensor& x, const tapegrad::Tensor& y);

// The mean squared error of a line.
double mse(const Line& line, const tapegrad::Tensor& x, const tapegrad::Tensor& y);
