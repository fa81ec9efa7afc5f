#include "examples/report/page.h"

#include <algorithm>
#include <cmath>

#include "examples/report/chart.h"

using namespace tapegrad;

namespace {

constexpr const char* kStyle = R"(<style>
body { font: 15px/1.45 system-ui, 'DejaVu Sans', sans-serif; color: #222; margin: 2rem auto; max-width: 1020px; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
.runs span { margin-right: 1.4rem; white-space: nowrap; }
.dot { display: inline-block; width: .75em; height: .75em; border-radius: 50%; margin-right: .4em; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); gap: 1.2rem 1.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: .2rem; } figcaption small { font-weight: 400; color: #777; }
svg { width: 100%; height: auto; display: block; }
.curve { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .grid { stroke: #e4e4e4; }
svg text { font-size: 11px; fill: #555; } .up { text-anchor: end; } .across { text-anchor: middle; }
table { border-collapse: collapse; display: block; overflow-x: auto; } th, td { padding: .25rem .9rem .25rem 0; text-align: left; border-bottom: 1px solid #e8e8e8; }
td { font-variant-numeric: tabular-nums; } td small { color: #777; } .differs td { background: #fff6da; }
</style>
)";

std::string dot(std::size_t run) {
  return std::string("<i class=\"dot\" style=\"background:") + colour_of(run) + "\"></i>";
}

std::string heads(const std::vector<Run>& runs) {
  std::string out = "<tr><th></th>";
  for (std::size_t k = 0; k < runs.size(); ++k) out += "<th>" + dot(k) + escaped(runs[k].name) + "</th>";
  return out + "</tr>\n";
}

// Its last value, and the least and the greatest with their steps.
std::string numbers(const data::RunCurve* curve) {
  if (curve == nullptr) return "<td></td>";
  std::size_t low = 0, high = 0;
  for (std::size_t k = 0; k < curve->values.size(); ++k) {
    if (std::isnan(curve->values[low]) || curve->values[k] < curve->values[low]) low = k;
    if (std::isnan(curve->values[high]) || curve->values[k] > curve->values[high]) high = k;
  }
  const auto at = [&](const char* what, std::size_t k) {
    return std::string(what) + " " + shown(curve->values[k]) + " at " + std::to_string(curve->steps[k]);
  };
  return "<td>" + shown(curve->values.back()) + "<br><small>" + at("least", low) + "<br>" + at("most", high) +
         "</small></td>";
}

std::string option_rows(const std::vector<Run>& runs) {
  std::vector<std::string> names;
  for (const Run& run : runs) {
    for (const auto& [name, value] : run.record.options)
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::string out;
  for (const std::string& name : names) {
    std::vector<std::string> cells;
    for (const Run& run : runs) {
      const auto& options = run.record.options;
      const auto found = std::find_if(options.begin(), options.end(), [&](const auto& o) { return o.first == name; });
      cells.push_back(found == options.end() ? "" : escaped(shown(found->second)));
    }
    const bool same = std::all_of(cells.begin(), cells.end(), [&](const std::string& c) { return c == cells[0]; });
    out += std::string(same ? "<tr>" : "<tr class=\"differs\">") + "<th>" + escaped(name) + "</th>";
    for (const std::string& cell : cells) out += "<td>" + cell + "</td>";
    out += "</tr>\n";
  }
  return out;
}

}  // namespace

std::string page(const std::string& title, const std::vector<Run>& runs) {
  const std::vector<Comparison> comparisons = compare(runs);
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escaped(title) +
                    "</title>\n<meta name=\"viewport\" content=\"width=device-width\">\n" + kStyle +
                    "</head><body>\n<h1>" + escaped(title) + "</h1>\n<p class=\"runs\">";
  for (std::size_t k = 0; k < runs.size(); ++k) {
    out +=
        "<span>" + dot(k) + escaped(runs[k].name) + " <small>" + escaped(runs[k].record.started) + "</small></span>\n";
  }
  out += "</p>\n<div class=\"charts\">\n";
  for (const Comparison& c : comparisons) {
    out += "<figure><figcaption>" + escaped(c.name) + (is_logarithmic(c) ? " <small>logarithmic</small>" : "") +
           "</figcaption>\n" + chart(c) + "</figure>\n";
  }
  out += "</div>\n<h2>Numbers</h2>\n<table>\n" + heads(runs);
  for (const Comparison& c : comparisons) {
    out += "<tr><th>" + escaped(c.name) + "</th>";
    for (const auto* curve : c.of_run) out += numbers(curve);
    out += "</tr>\n";
  }
  out += "</table>\n";
  const std::string options = option_rows(runs);
  if (!options.empty()) out += "<h2>Options</h2>\n<table>\n" + heads(runs) + options + "</table>\n";
  return out + "</body></html>\n";
}
