// Runs side by side: what their logs have under one name.
#pragma once

#include <tapegrad/data/run_log.h>

#include <string>
#include <vector>

struct Run {
  std::string name;
  tapegrad::data::RunRecord record;
};

// A curve of several runs; null where a run has none.
struct Comparison {
  std::string name;
  std::vector<const tapegrad::data::RunCurve*> of_run;
};

// Okabe and Ito's colours, which most people can tell apart.
inline constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444"};
inline const char* colour_of(std::size_t run) { return kColours[run % std::size(kColours)]; }

// Reads each log. A run is called as its file, without the ending, or by its path where files have one name.
std::vector<Run> read_runs(const std::vector<std::string>& paths);
// In the order in which the names come.
std::vector<Comparison> compare(const std::vector<Run>& runs);
// Whether a picture of it wants a logarithmic scale: all is positive, over more than two powers of ten.
bool is_logarithmic(const Comparison& comparison);
// "0.1235"
std::string shown(double value);
std::string shown(const tapegrad::data::RunValue& value);
