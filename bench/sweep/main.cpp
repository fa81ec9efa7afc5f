// Single operations beside libtorch: each case is timed in both in turn, in slices of a few milliseconds of the
// thread's own time, on one thread. Prints the cases that take longer than libtorch's, worst first, and a summary.
// usage: sweep [PART OF A NAME]   which then prints every case that has it; "" is part of all
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "bench/sweep/case.h"

namespace {

using bench::Case;
using bench::Step;

double now() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

double ns_each(const Step& step, int times) {
  const double begin = now();
  for (int i = 0; i < times; ++i) step();
  return (now() - begin) / times;
}

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

struct Result {
  std::string name;
  double ours, theirs, ratio;  // medians: ns, ns, and that of the slices' ratios
};

constexpr double kSlice = 1e6;  // ns

// How often the step is run in a slice.
int times_of(const Step& step) {
  for (int i = 0; i < 3; ++i) step();
  return static_cast<int>(std::clamp(kSlice / ns_each(step, 3), 1.0, 1e5));
}

Result measure(const Case& ours, const Case& theirs) {
  const Step a = ours.prepare(), b = theirs.prepare();
  const int a_times = times_of(a), b_times = times_of(b);
  std::vector<double> a_ns, b_ns, ratios;
  for (int slice = 0; slice < 15; ++slice) {
    a_ns.push_back(ns_each(a, a_times));
    b_ns.push_back(ns_each(b, b_times));
    ratios.push_back(a_ns.back() / b_ns.back());
  }
  return {ours.name, median(a_ns), median(b_ns), median(ratios)};
}

}  // namespace

int main(int argc, char** argv) {
  // Else libtorch gets its larger tensors from the system, and gives them back, each time.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  const std::vector<Case> ours = bench::tapegrad_cases(), theirs = bench::libtorch_cases();
  std::vector<Result> results;
  for (std::size_t i = 0; i < ours.size(); ++i)
    if (argc < 2 || ours[i].name.find(argv[1]) != std::string::npos) results.push_back(measure(ours[i], theirs[i]));
  if (results.empty()) return 1;
  std::sort(results.begin(), results.end(), [](const Result& a, const Result& b) { return a.ratio > b.ratio; });
  const auto above = [&](double ratio) {
    return std::count_if(results.begin(), results.end(), [=](const Result& r) { return r.ratio > ratio; });
  };
  std::printf("| ours / libtorch | ours, us | libtorch, us | case |\n|---|---|---|---|\n");
  for (const Result& r : results)
    if (argc > 1 || r.ratio > 1)
      std::printf("| %.2f | %.4g | %.4g | %s |\n", r.ratio, r.ours / 1e3, r.theirs / 1e3, r.name.c_str());
  const double all = static_cast<double>(results.size());
  std::printf("\n%zu cases: above 1.25 %td, above 1.0 %td (%.1f %%), median %.3f\n", results.size(), above(1.25),
              above(1), 100 * static_cast<double>(above(1)) / all, results[results.size() / 2].ratio);
}
