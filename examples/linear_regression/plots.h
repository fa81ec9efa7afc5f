// The pictures. Each throws std::runtime_error where gnuplot fails.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "four_ways.h"

// All pictures of the main job, or a note where gnuplot is not installed.
void draw_main_job(const std::filesystem::path& folder, const tapegrad::Tensor& all_x,
                   const tapegrad::data::Split& rows, const std::vector<Fit>& fits);

struct LossHistory {
  std::vector<double> train, test;  // after each epoch; the first before any
};

// fit.png: the data and the fitted line.
void draw_fit(const std::filesystem::path& folder, const tapegrad::data::Split& rows, const Fit& fit);
// loss.png: loss by epoch, for training and test rows. `floor` is the best that can be had on the training rows.
void draw_loss(const std::filesystem::path& folder, const std::string& title, const LossHistory& loss, double floor);
// descent.gif: the loss surface with the path of descent, and the moving line beside it.
void draw_descent(const std::filesystem::path& folder, const tapegrad::data::Split& rows, const Fit& fit, int epochs);
// learning_rate.png: what three learning rates do, and the limits that explain it.
void draw_learning_rates(const std::filesystem::path& folder, const tapegrad::Tensor& all_x,
                         const tapegrad::data::Split& rows);
