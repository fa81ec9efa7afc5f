// Made-up problems whose answer is known: scikit-learn's, by its names.
//
//   auto [x, y] = data::make_moons({.n_samples = 200, .noise = 0.1, .random_state = 0});
#pragma once

#include <tapegrad/autograd/tensor.h>

/// What scikit-learn 1.2.1 gives for the same random_state (unset: drawn from this thread's default generator),
/// computed in f64 and rounded to the dtype, kFloat or kDouble. Each says how far its f64 has scikit-learn's bits.
///
/// ValueError: sizes below 1, a standard deviation that is negative or NaN, a random_state outside [0, 2^32), and what
/// each adds. DtypeError: another dtype.
namespace tapegrad::data {

struct RegressionOptions {
  std::int64_t n_samples = 100;
  std::int64_t n_features = 1;
  std::int64_t n_informative = 10;  ///< features with a coefficient other than 0; at most n_features
  std::int64_t n_targets = 1;
  double bias = 0.0;
  double noise = 0.0;                          ///< the standard deviation of what is added to y
  bool shuffle = true;                         ///< mix rows and features
  std::optional<std::int64_t> random_state{};  //
  Tensor* coef = nullptr;                      ///< receives the true coefficients [n_features, n_targets]
  Dtype dtype = kFloat;                        ///< or kDouble
};

/// x [n_samples, n_features] and y [n_samples, n_targets], a column where scikit-learn gives one dim.
struct Regression {
  Tensor x;
  Tensor y;
};

/// Standard normal x, y = x @ coef + bias + noise, coef uniform on [0, 100). x and coef have scikit-learn's bits, y too
/// where one feature is informative (else up to the order in which NumPy's matrix product adds).
TAPEGRAD_EXPORT Regression make_regression(const RegressionOptions& options = {});

/// x [n_samples, n_features] and the classes y [n_samples], int64.
struct Classification {
  Tensor x;
  Tensor y;
};

struct MoonsOptions {
  std::int64_t n_samples = 100;  ///< of both classes; an odd one is of class 1
  bool shuffle = true;
  double noise = 0.0;  ///< the standard deviation of what is added to x
  std::optional<std::int64_t> random_state{};
  Dtype dtype = kFloat;
};

/// Two half circles of radius 1 that reach into each other: class 0 about (0, 0), upwards; class 1 about (1, 0.5),
/// downwards. Up to the last bits of sine and cosine.
TAPEGRAD_EXPORT Classification make_moons(const MoonsOptions& options = {});

struct CirclesOptions {
  std::int64_t n_samples = 100;  ///< of both classes; an odd one is of class 1
  bool shuffle = true;
  double noise = 0.0;  ///< the standard deviation of what is added to x
  std::optional<std::int64_t> random_state{};
  double factor = 0.8;  ///< the inner circle's radius, in [0, 1)
  Dtype dtype = kFloat;
};

/// Class 0 on the circle of radius 1, class 1 on one inside it. Up to the last bits of sine and cosine. ValueError for
/// another factor.
TAPEGRAD_EXPORT Classification make_circles(const CirclesOptions& options = {});

/// So many centers, drawn from the box, or these: [centers, features].
struct BlobCenters {
  BlobCenters(std::integral auto number) : count(static_cast<std::int64_t>(number)) {}
  BlobCenters(Tensor points) : at(std::move(points)) {}
  std::int64_t count = 0;
  Tensor at{};
};

struct BlobsOptions {
  std::int64_t n_samples = 100;  ///< of all classes, in equal parts; the first ones have what is left over
  std::int64_t n_features = 2;   ///< where centers are drawn
  BlobCenters centers = 3;
  std::vector<double> cluster_std = {1.0};  ///< of all of them, or one each
  std::pair<double, double> center_box = {-10.0, 10.0};
  bool shuffle = true;
  std::optional<std::int64_t> random_state{};
  Tensor* return_centers = nullptr;  ///< receives the centers
  Dtype dtype = kFloat;
};

/// Normal clouds about centers, each a class. In scikit-learn's bits. ShapeError for centers that are no table;
/// ValueError for another number of deviations than one or one a center.
TAPEGRAD_EXPORT Classification make_blobs(const BlobsOptions& options = {});

struct ClassificationOptions {
  std::int64_t n_samples = 100;
  std::int64_t n_features = 20;
  std::int64_t n_informative = 2;  ///< features that tell the classes apart
  std::int64_t n_redundant = 2;    ///< linear combinations of these
  std::int64_t n_repeated = 0;     ///< copies of any of both kinds; all others are noise
  std::int64_t n_classes = 2;
  std::int64_t n_clusters_per_class = 2;
  std::vector<double> weights{};  ///< each class's share of the rows; unset: equal. The last one may be left out
  double flip_y = 0.01;           ///< the share of rows whose class is drawn anew; below 0: none, and no numbers drawn
  double class_sep = 1.0;         ///< half the side of the hypercube
  bool hypercube = true;          ///< false: its vertices are moved towards its middle at random
  std::optional<double> shift =
      0.0;  ///< added to each feature; std::nullopt: drawn for each, in [-class_sep, class_sep)
  std::optional<double> scale = 1.0;  ///< by which it is multiplied then; std::nullopt: drawn for each, in [1, 101)
  bool shuffle = true;                ///< mix rows and features
  std::optional<std::int64_t> random_state{};
  Dtype dtype = kFloat;
};

/// Normal clouds, each stretched at random, about vertices of a hypercube: cluster k is of class k mod n_classes.
/// Without shuffle the features come in the order above. x up to the order in which NumPy's matrix product adds, y
/// exactly. ValueError where the features of all kinds are more than n_features, where there are more clusters than
/// vertices, and for weights that are negative, sum to more than 1 or are of another number than the classes.
TAPEGRAD_EXPORT Classification make_classification(const ClassificationOptions& options = {});

}  // namespace tapegrad::data
