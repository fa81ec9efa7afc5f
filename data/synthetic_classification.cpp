#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include <tapegrad/data/synthetic.h>

#include "data/detail/synthetic.h"

namespace tapegrad::data {

using detail::RandomState, detail::drawn;

namespace {

constexpr const char* kOp = "make_classification";

void check(const ClassificationOptions& o) {
  const auto number = [](std::int64_t v) { return static_cast<double>(v); };  // whose sums do not overflow
  detail::check_made(
      kOp,
      std::min({o.n_samples, o.n_features, o.n_informative, o.n_classes, o.n_clusters_per_class}) >= 1 &&
          std::min(o.n_redundant, o.n_repeated) >= 0,
      "n_samples, n_features, n_informative, n_classes and n_clusters_per_class must be 1 or more, n_redundant and "
      "n_repeated 0 or more",
      o.dtype);
  if (number(o.n_informative) + number(o.n_redundant) + number(o.n_repeated) > number(o.n_features)) {
    core::throw_value(kOp, "Number of informative, redundant and repeated features must sum to less than the number ",
                      "of total features; ", o.n_informative, " + ", o.n_redundant, " + ", o.n_repeated,
                      " need more than n_features = ", o.n_features);
  }
  if (number(o.n_informative) < std::log2(number(o.n_classes) * number(o.n_clusters_per_class))) {
    core::throw_value(kOp, "n_classes(", o.n_classes, ") * n_clusters_per_class(", o.n_clusters_per_class,
                      ") must be smaller or equal 2**n_informative(", o.n_informative,
                      "); give more informative features");
  }
}

// How many rows each cluster has.
std::vector<std::int64_t> sizes_of_clusters(const ClassificationOptions& o) {
  const auto classes = static_cast<std::size_t>(o.n_classes);
  std::vector<double> weights = o.weights;
  if (weights.empty()) weights.assign(classes, 1.0 / static_cast<double>(classes));
  if (weights.size() + 1 == classes)
    weights.push_back(std::max(0.0, 1.0 - std::accumulate(weights.begin(), weights.end(), 0.0)));
  if (weights.size() != classes)
    core::throw_value(kOp, "Weights specified but incompatible with number of classes; give ", classes);
  const double per_class = static_cast<double>(o.n_clusters_per_class), n = static_cast<double>(o.n_samples);
  std::vector<std::int64_t> sizes;
  std::int64_t left = o.n_samples;
  for (std::size_t k = 0; k < classes * static_cast<std::size_t>(o.n_clusters_per_class); ++k) {
    const double weight = weights[k % classes];
    if (!(weight >= 0 && weight <= 1))
      core::throw_value(kOp, "a weight is ", weight, "; give shares of the rows, from 0 to 1");
    left -= sizes.emplace_back(static_cast<std::int64_t>(n * weight / per_class));
  }
  if (left < 0) core::throw_value(kOp, "the weights sum to more than 1; give shares of the rows");
  for (std::size_t i = 0; left > 0; --left) ++sizes[i++ % sizes.size()];
  return sizes;
}

// Different numbers below 2^bits: scikit-learn's sample_without_replacement, which has three ways.
std::vector<std::int64_t> sample(std::int64_t bits, std::int64_t count, RandomState& random) {
  const std::int64_t all = std::int64_t{1} << bits;
  const double ratio = static_cast<double>(count) / static_cast<double>(all);
  std::vector<std::int64_t> out;
  if (ratio <= 0.01) {
    std::unordered_set<std::int64_t> taken;
    while (static_cast<std::int64_t>(out.size()) < count) {
      if (const std::int64_t draw = random.randint(all); taken.insert(draw).second) out.push_back(draw);
    }
    return out;
  }
  if (ratio < 0.99) return random.permutation(all).narrow(0, 0, count).to_vector<std::int64_t>();
  out.resize(static_cast<std::size_t>(count));
  std::iota(out.begin(), out.end(), 0);
  for (std::int64_t i = count; i < all; ++i) {
    if (const std::int64_t draw = random.randint(i + 1); draw < count) out[static_cast<std::size_t>(draw)] = i;
  }
  return out;
}

// `count` vertices of a cube, zeros and ones: numbers in binary, random bits before them where there are more dims.
Tensor vertices(std::int64_t count, std::int64_t dims, RandomState& random) {
  constexpr std::int64_t kBits = 30;
  const std::int64_t bits = std::min(dims, kBits);
  const Tensor more = drawn({count, dims - bits}, [&] { return static_cast<double>(random.randint(2)); });
  Tensor out = empty({count, bits}, kDouble);
  double* to = out.data_ptr<double>();
  for (const std::int64_t number : sample(bits, count, random)) {
    for (std::int64_t bit = bits; bit-- > 0;) *to++ = static_cast<double>(number >> bit & 1);
  }
  return cat({more, out}, 1);
}

}  // namespace

Classification make_classification(const ClassificationOptions& options) {
  check(options);
  const std::vector<std::int64_t> sizes = sizes_of_clusters(options);
  const std::int64_t n = options.n_samples, informative = options.n_informative, features = options.n_features;
  const auto clusters = static_cast<std::int64_t>(sizes.size());
  RandomState random(options.random_state);
  const auto uniform = [&] { return random.random_sample(); };
  const auto normal = [&] { return random.standard_normal(); };
  const auto symmetric = [&] { return 2 * random.random_sample() - 1; };

  Tensor centers = vertices(clusters, informative, random) * (2 * options.class_sep) - options.class_sep;
  if (!options.hypercube) {
    centers *= drawn({clusters, 1}, uniform);
    centers *= drawn({1, informative}, uniform);
  }
  const std::vector<Tensor> clouds = drawn({n, informative}, normal).split_with_sizes(sizes);
  std::vector<Tensor> rows, classes;
  for (std::int64_t k = 0; k < clusters; ++k) {
    const auto at = static_cast<std::size_t>(k);
    rows.push_back(clouds[at].matmul(drawn({informative, informative}, symmetric)) + centers[k]);
    classes.push_back(full({sizes[at]}, k % options.n_classes, kLong));
  }
  Tensor x = cat(rows), y = cat(classes);
  if (options.n_redundant > 0) x = cat({x, x.matmul(drawn({informative, options.n_redundant}, symmetric))}, 1);
  if (options.n_repeated > 0) {
    const auto last = static_cast<double>(x.size(1) - 1);
    x = cat({x, x.index_select(1, drawn({options.n_repeated}, [&] { return last * uniform() + 0.5; }).to(kLong))}, 1);
  }
  if (x.size(1) < features) x = cat({x, drawn({n, features - x.size(1)}, normal)}, 1);

  if (options.flip_y >= 0) {
    const Tensor flipped = drawn({n}, uniform) < options.flip_y;
    for (const std::int64_t row : flipped.nonzero().to_vector<std::int64_t>())
      y.data_ptr<std::int64_t>()[row] = random.randint(options.n_classes);
  }
  x += options.shift ? full({features}, *options.shift, kDouble) : drawn({features}, symmetric) * options.class_sep;
  x *= options.scale ? full({features}, *options.scale, kDouble) : drawn({features}, uniform) * 100 + 1;
  if (options.shuffle) {
    const Tensor order = random.permutation(n);
    x = x.index_select(0, order).index_select(1, random.permutation(features));
    y = y.index_select(0, order);
  }
  return {x.to(options.dtype), y};
}

}  // namespace tapegrad::data
