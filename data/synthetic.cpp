#include <tapegrad/data/synthetic.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "data/detail/synthetic.h"

namespace tapegrad::data {

using detail::RandomState, detail::check_made, detail::drawn;

Regression make_regression(const RegressionOptions& options) {
  const std::int64_t n = options.n_samples, features = options.n_features, targets = options.n_targets;
  check_made("make_regression",
             std::min({n, features, targets}) >= 1 && options.n_informative >= 0 && options.noise >= 0.0,
             "n_samples, n_features and n_targets must be 1 or more, n_informative and noise 0 or more", options.dtype);
  const std::int64_t informative = std::min(features, options.n_informative);
  RandomState random(options.random_state);

  Tensor x = drawn({n, features}, [&] { return random.standard_normal(); }), coef = zeros({features, targets}, kDouble);
  // The first features are the informative ones; the shuffle below mixes them with the others.
  std::generate_n(coef.data_ptr<double>(), informative * targets, [&] { return 100.0 * random.random_sample(); });
  Tensor y = x.matmul(coef) + options.bias;
  if (options.noise > 0.0) y += drawn(y.sizes(), [&] { return options.noise * random.standard_normal(); });
  if (options.shuffle) {
    const Tensor rows = random.permutation(n), columns = random.permutation(features);
    x = x.index_select(0, rows).index_select(1, columns);
    y = y.index_select(0, rows);
    coef = coef.index_select(0, columns);
  }
  if (options.coef != nullptr) *options.coef = coef.to(options.dtype);
  return {x.to(options.dtype), y.to(options.dtype)};
}

namespace {

// Half of the points on each of two curves, by point(k, of how many, on the second one).
Classification on_two_curves(const char* op, const auto& options, const auto& point) {
  const std::int64_t n = options.n_samples, first = n / 2;
  check_made(op, n >= 1 && options.noise >= 0.0, "n_samples must be 1 or more, noise 0 or more", options.dtype);
  RandomState random(options.random_state);
  Tensor x = empty({n, 2}, kDouble), y = arange(n).ge(first).to(kLong);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto [across, up] = i < first ? point(i, first, false) : point(i - first, n - first, true);
    x.data_ptr<double>()[2 * i] = across;
    x.data_ptr<double>()[2 * i + 1] = up;
  }
  if (options.shuffle) {
    const Tensor rows = random.permutation(n);
    x = x.index_select(0, rows);
    y = y.index_select(0, rows);
  }
  if (options.noise > 0.0) x += drawn({n, 2}, [&] { return options.noise * random.standard_normal(); });
  return {x.to(options.dtype), y};
}

}  // namespace

Classification make_moons(const MoonsOptions& options) {
  return on_two_curves("make_moons", options, [](std::int64_t k, std::int64_t n, bool inner) {
    constexpr double kPi = std::numbers::pi;
    const double angle = k == 0 ? 0 : k == n - 1 ? kPi : static_cast<double>(k) * (kPi / static_cast<double>(n - 1));
    const double across = std::cos(angle), up = std::sin(angle);
    return inner ? std::pair(1 - across, 1 - up - 0.5) : std::pair(across, up);
  });
}

Classification make_circles(const CirclesOptions& options) {
  if (!(options.factor >= 0 && options.factor < 1))
    core::throw_value("make_circles", "'factor' has to be between 0 and 1, got ", options.factor, "; give one below 1");
  return on_two_curves("make_circles", options, [&](std::int64_t k, std::int64_t n, bool inner) {
    const double angle = static_cast<double>(k) * (2 * std::numbers::pi / static_cast<double>(n));
    const double radius = inner ? options.factor : 1.0;
    return std::pair(std::cos(angle) * radius, std::sin(angle) * radius);
  });
}

Classification make_blobs(const BlobsOptions& options) {
  constexpr const char* kOp = "make_blobs";
  const bool is_drawn = !options.centers.at.defined();
  if (!is_drawn && (options.centers.at.dim() != 2 || options.centers.at.numel() == 0))
    core::throw_shape(kOp, "centers have sizes ", options.centers.at.sizes(), "; give them as [centers, features]");
  const std::int64_t count = is_drawn ? options.centers.count : options.centers.at.size(0);
  const std::int64_t n = options.n_samples, features = is_drawn ? options.n_features : options.centers.at.size(1);
  const std::vector<double>& deviations = options.cluster_std;
  check_made(kOp,
             std::min({n, features, count}) >= 1 &&
                 std::all_of(deviations.begin(), deviations.end(), [](double v) { return v >= 0; }),
             "n_samples, n_features and centers must be 1 or more, cluster_std 0 or more", options.dtype);
  if (deviations.size() != 1 && deviations.size() != static_cast<std::size_t>(count)) {
    core::throw_value(kOp, "Length of `clusters_std` not consistent with number of centers. Got centers = ", count,
                      " and ", deviations.size(), " deviations; give one, or one a center");
  }
  RandomState random(options.random_state);
  const auto [low, high] = options.center_box;
  const Tensor centers =
      is_drawn ? drawn({count, features},
                       [&, low = low, high = high] { return low + (high - low) * random.random_sample(); })
               : options.centers.at.detach().to(kDouble).contiguous();
  std::vector<Tensor> clouds, classes;
  for (std::int64_t c = 0; c < count; ++c) {
    const std::int64_t rows = n / count + (c < n % count ? 1 : 0);
    const double deviation = deviations[deviations.size() == 1 ? 0 : static_cast<std::size_t>(c)];
    clouds.push_back(drawn({rows, features}, [&] { return deviation * random.standard_normal(); }) + centers[c]);
    classes.push_back(full({rows}, c, kLong));
  }
  Tensor x = cat(clouds), y = cat(classes);
  if (options.shuffle) {
    const Tensor rows = random.permutation(n);
    x = x.index_select(0, rows);
    y = y.index_select(0, rows);
  }
  if (options.return_centers != nullptr) *options.return_centers = centers.to(options.dtype);
  return {x.to(options.dtype), y};
}

}  // namespace tapegrad::data
