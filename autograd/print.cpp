// Printing, in the layout of libtorch's operator<<, with a point and without grouping in every locale.
#include <cmath>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "autograd/core/shape.h"

namespace tapegrad {

namespace {

// How the numbers of one tensor are written: a common scale, width and style.
struct Format {
  double scale = 1;
  int width = 0;
  std::ios_base::fmtflags style{};
  int precision = 6;
};

Format format_of(const std::vector<double>& v) {
  bool whole = true;
  double low = HUGE_VAL;
  double high = 0;
  for (const double x : v) {
    if (!std::isfinite(x)) continue;
    whole &= x == std::ceil(x);
    low = std::min(low, std::abs(x));
    high = std::max(high, std::abs(x));
  }
  const auto digits = [](double a) { return a == 0 ? 1 : static_cast<int>(std::floor(std::log10(a))) + 1; };
  const int min = low > high ? 1 : digits(low);
  const int max = digits(high);
  if (whole) {
    if (max > 9) return {1, 11, std::ios_base::scientific, 4};
    return {1, max + 1, {}, 6};
  }
  if (max - min > 4) return {1, std::abs(max) > 99 || std::abs(min) > 99 ? 12 : 11, std::ios_base::scientific, 4};
  if (max > 5 || max < 0) return {std::pow(10.0, max - 1), 7, std::ios_base::fixed, 4};
  return {1, max == 0 ? 7 : max + 6, std::ios_base::fixed, 4};
}

// Writes the scale, where there is one, and sets the style of the numbers that follow.
void begin(std::ostream& out, const Format& f) {
  out.unsetf(std::ios_base::floatfield);
  out << std::setprecision(f.precision);
  if (f.scale != 1) out << f.scale << " *\n";
  out.setf(f.style, std::ios_base::floatfield);
}

constexpr int kLine = 80;

void print_matrix(std::ostream& out, const double* v, std::int64_t rows, std::int64_t cols, int indent) {
  const Format f = format_of({v, v + rows * cols});
  const std::string space(static_cast<std::size_t>(indent), ' ');
  const std::int64_t per_line = std::max((kLine - indent) / (f.width + 1), 1);
  out << space;
  for (std::int64_t first = 0; first < cols; first += per_line) {
    const std::int64_t last = std::min(first + per_line, cols) - 1;
    if (per_line < cols) {
      if (first != 0) out << '\n';
      out << "Columns " << first + 1 << " to " << last + 1 << space;
    }
    begin(out, f);
    if (f.scale != 1) out << space;
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = first; c <= last; ++c)
        out << std::setw(f.width) << v[r * cols + c] / f.scale << (c != last ? ' ' : '\n');
      if (r != rows - 1) out << space << (f.scale != 1 ? " " : "");
    }
  }
}

// Every matrix of a tensor of three or more dims, the first index running fastest.
void print_matrices(std::ostream& out, const std::vector<double>& v, IntList sizes) {
  const std::size_t lead = sizes.size() - 2;
  const std::int64_t rows = sizes[lead];
  const std::int64_t cols = sizes[lead + 1];
  std::vector<std::int64_t> index(lead, 0);
  for (bool first = true;; first = false) {
    if (!first) out << '\n';
    out << '(';
    std::int64_t at = 0;
    for (std::size_t d = 0; d < lead; ++d) {
      at = at * sizes[d] + index[d];
      out << index[d] + 1 << ',';
    }
    out << ".,.) = \n";
    print_matrix(out, v.data() + at * rows * cols, rows, cols, 1);
    std::size_t d = 0;
    while (d < lead && ++index[d] == sizes[d]) index[d++] = 0;
    if (d == lead) return;
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Scalar& x) {
  if (x.kind() == kBool) return stream << (x.to<bool>() ? "true" : "false");
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.flags(stream.flags());
  out.precision(stream.precision());
  x.is_floating_point() ? out << x.to_double() : out << x.to_long();
  return stream << out.str();
}

std::ostream& operator<<(std::ostream& stream, const Tensor& x) {
  if (!x.defined()) return stream << "[ Tensor (undefined) ]";
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.flags(stream.flags());
  const std::vector<double> v = x.detach().to_vector<double>();
  const IntList sizes = x.sizes();
  if (x.dim() == 0) {
    begin(out, {});
    out << v[0] << '\n';
  } else if (!v.empty() && x.dim() == 1) {
    const Format f = format_of(v);
    begin(out, f);
    for (const double a : v) out << std::setw(f.width) << a / f.scale << '\n';
  } else if (!v.empty() && x.dim() == 2) {
    print_matrix(out, v.data(), sizes[0], sizes[1], 0);
  } else if (!v.empty()) {
    print_matrices(out, v, sizes);
  }
  out << "[ CPU" << name(x.dtype()) << "Type{" << core::text(sizes, ",") << "} ]";
  const std::string text = out.str();
  stream.width(0);
  return stream.write(text.data(), static_cast<std::streamsize>(text.size()));
}

std::string Tensor::str() const {
  std::ostringstream out;
  out << *this;
  return out.str();
}

}  // namespace tapegrad
