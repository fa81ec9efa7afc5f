#include "examples/report/runs.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>

using namespace tapegrad;

std::vector<Run> read_runs(const std::vector<std::string>& paths) {
  std::vector<Run> runs;
  const auto stem = [](const std::string& path) { return std::filesystem::path(path).stem().string(); };
  for (const std::string& path : paths) {
    const auto same = std::count_if(paths.begin(), paths.end(), [&](const auto& p) { return stem(p) == stem(path); });
    runs.push_back({same > 1 ? path : stem(path), data::read_run_log(path)});
  }
  return runs;
}

std::vector<Comparison> compare(const std::vector<Run>& runs) {
  std::vector<Comparison> all;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    for (const data::RunCurve& curve : runs[k].record.curves) {
      auto found = std::find_if(all.begin(), all.end(), [&](const Comparison& c) { return c.name == curve.name; });
      if (found == all.end())
        found = all.insert(found, {curve.name, std::vector<const data::RunCurve*>(runs.size(), nullptr)});
      if (!curve.steps.empty()) found->of_run[k] = &curve;
    }
  }
  return all;
}

bool is_logarithmic(const Comparison& comparison) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const data::RunCurve* curve : comparison.of_run) {
    if (curve == nullptr) continue;
    for (const double value : curve->values) {
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
  }
  return least > 0 && most > 100 * least;
}

std::string shown(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", value);
  return text;
}

std::string shown(const data::RunValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const double* number = std::get_if<double>(&value)) return shown(*number);
  return std::get<std::string>(value);
}
