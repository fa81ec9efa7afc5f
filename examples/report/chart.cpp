#include "examples/report/chart.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <locale>
#include <sstream>

namespace {

constexpr double kWidth = 460, kHeight = 270, kLeft = 62, kRight = 24, kTop = 10, kBottom = 34;
constexpr double kInner = kWidth - kLeft - kRight;
constexpr std::size_t kPoints = 400;  // of a curve

// Values along an axis, and where they lie: 0 to 1.
class Axis {
 public:
  explicit Axis(bool logarithmic) : logarithmic_(logarithmic) {}

  void include(double value) {
    if (!std::isfinite(value)) return;
    low_ = std::min(low_, scaled(value));
    high_ = std::max(high_, scaled(value));
  }
  // Room for what was included, also where that is one value.
  void finish() {
    if (low_ > high_) low_ = 0, high_ = 1;
    if (low_ == high_) low_ -= 0.5, high_ += 0.5;
  }
  double place(double value) const { return (scaled(value) - low_) / (high_ - low_); }
  // Round values within: steps of 1, 2 or 5 times a power of ten.
  std::vector<double> ticks(int about) const {
    const double step = round_step((high_ - low_) / about);
    std::vector<double> all;
    for (double at = std::ceil(low_ / step) * step; at <= high_ + step * 1e-9; at += step)
      all.push_back(logarithmic_ ? std::pow(10.0, at) : std::abs(at) < step * 1e-9 ? 0 : at);
    return all;
  }

 private:
  double scaled(double value) const { return logarithmic_ ? std::log10(value) : value; }
  double round_step(double step) const {
    const double power = std::pow(10.0, std::floor(std::log10(step)));
    const double digit = step / power;
    const double round = (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
    return logarithmic_ ? std::max(1.0, std::round(round)) : round;
  }

  bool logarithmic_;
  double low_ = std::numeric_limits<double>::infinity(), high_ = -low_;
};

// The points of a curve that are drawn: all, or the least and the greatest of each stretch.
std::vector<std::size_t> drawn(const tapegrad::data::RunCurve& curve) {
  std::vector<std::size_t> points;
  const std::size_t n = curve.values.size(), stretch = n <= kPoints ? 1 : 2 * n / kPoints + 1;
  for (std::size_t begin = 0; begin < n; begin += stretch) {
    const auto first = curve.values.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto [low, high] =
        std::minmax_element(first, curve.values.begin() + static_cast<std::ptrdiff_t>(std::min(n, begin + stretch)));
    const auto a = static_cast<std::size_t>(low - curve.values.begin()),
               b = static_cast<std::size_t>(high - curve.values.begin());
    points.push_back(std::min(a, b));
    if (a != b) points.push_back(std::max(a, b));
  }
  if (n > 0 && points.back() != n - 1) points.push_back(n - 1);
  return points;
}

}  // namespace

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string chart(const Comparison& comparison) {
  Axis across(false), up(is_logarithmic(comparison));
  for (const auto* curve : comparison.of_run) {
    if (curve == nullptr) continue;
    for (const std::int64_t step : curve->steps) across.include(static_cast<double>(step));
    for (const double value : curve->values) up.include(value);
  }
  across.finish();
  up.finish();
  const auto x = [&](double step) { return kLeft + kInner * across.place(step); };
  const auto y = [&](double value) { return kHeight - kBottom - (kHeight - kTop - kBottom) * up.place(value); };

  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.precision(6);
  out << "<svg viewBox=\"0 0 " << kWidth << ' ' << kHeight << "\" role=\"img\"><title>" << escaped(comparison.name)
      << "</title>\n";
  for (const double tick : up.ticks(5)) {
    out << "<line class=\"grid\" x1=\"" << kLeft << "\" x2=\"" << kWidth - kRight << "\" y1=\"" << y(tick) << "\" y2=\""
        << y(tick) << "\"/><text class=\"up\" x=\"" << kLeft - 6 << "\" y=\"" << y(tick) + 4 << "\">" << shown(tick)
        << "</text>\n";
  }
  for (const double tick : across.ticks(6)) {
    if (tick != std::round(tick)) continue;  // steps are whole
    out << "<text class=\"across\" x=\"" << x(tick) << "\" y=\"" << kHeight - kBottom + 16 << "\">" << shown(tick)
        << "</text>\n";
  }
  out << "<text class=\"across\" x=\"" << kLeft + kInner / 2 << "\" y=\"" << kHeight - 3 << "\">step</text>\n";
  for (std::size_t run = 0; run < comparison.of_run.size(); ++run) {
    const auto* curve = comparison.of_run[run];
    if (curve == nullptr) continue;
    out << "<path class=\"curve\" stroke=\"" << colour_of(run) << "\" d=\"";
    bool is_open = false;  // a line that a NaN has not ended
    for (const std::size_t k : drawn(*curve)) {
      if (std::isfinite(curve->values[k]))
        out << (is_open ? 'L' : 'M') << x(static_cast<double>(curve->steps[k])) << ' ' << y(curve->values[k]);
      is_open = std::isfinite(curve->values[k]);
    }
    out << "\"/>\n";
    const double last = curve->values.back();
    if (std::isfinite(last))
      out << "<circle r=\"3\" fill=\"" << colour_of(run) << "\" cx=\"" << x(static_cast<double>(curve->steps.back()))
          << "\" cy=\"" << y(last) << "\"/>\n";
  }
  out << "</svg>\n";
  return out.str();
}
