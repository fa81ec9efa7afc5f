// Makes a page of what RunLog has written: tapegrad-report run.jsonl other.jsonl
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "examples/common/gnuplot.h"
#include "examples/common/program.h"
#include "examples/report/page.h"

namespace {

// A picture of each curve, of the runs' colours.
void draw(const std::vector<Run>& runs, const std::filesystem::path& folder) {
  if (!examples::ready_to_draw(folder)) return;
  for (const Comparison& c : compare(runs)) {
    std::string name = c.name;
    for (char& letter : name)
      if (letter == '/' || letter == '.') letter = '_';
    examples::Gnuplot script;
    script << examples::Gnuplot::kStyle << "set datafile missing 'nan'\n";
    script.png(folder / (name + ".png"), 640, 400);
    std::string curves;
    for (std::size_t k = 0; k < runs.size(); ++k) {
      if (c.of_run[k] == nullptr) continue;
      const std::string block = "run" + std::to_string(k);
      script.data(block, {{c.of_run[k]->steps.begin(), c.of_run[k]->steps.end()}, c.of_run[k]->values});
      curves += (curves.empty() ? "plot $" : ", $") + block + " using 1:2 with lines lw 2.4 lc rgb '" + colour_of(k) +
                "' title " + examples::Gnuplot::quoted(runs[k].name) + " noenhanced";
    }
    if (curves.empty()) continue;
    script << "set xlabel 'step'\nset title " << examples::Gnuplot::quoted(c.name) << " noenhanced\n"
           << (is_logarithmic(c) ? "set logscale y\n" : "") << curves << "\n";
    script.run();
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> logs;
  std::string out = "report.html", pictures, title = "Runs";
  const auto define = [&](CLI::App& app) {
    app.add_option("logs", logs, "what RunLog has written")->required()->type_name("FILE");
    app.add_option("-o,--out", out, "the page")->type_name("FILE")->capture_default_str();
    app.add_option("--title", title, "its title")->type_name("TEXT")->capture_default_str();
    app.add_option("--png", pictures, "pictures of the curves into this folder, too (needs gnuplot)")->type_name("DIR");
  };
  return examples::run_program("tapegrad-report", "Curves, options and last numbers of runs, side by side.", argc, argv,
                               define, [&] {
                                 const std::vector<Run> runs = read_runs(logs);
                                 std::ofstream file(out, std::ios::binary);
                                 file << page(title, runs);
                                 if (!file.flush()) throw std::runtime_error(out + ": cannot be written");
                                 if (!pictures.empty()) draw(runs, pictures);
                                 std::printf("%s\n", out.c_str());
                                 return 0;
                               });
}
