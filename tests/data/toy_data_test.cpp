#include <tapegrad/data/synthetic.h>

#include <gtest/gtest.h>
#include <tapegrad/autograd/random.h>

#include <cmath>
#include <limits>

#include "fnv.h"
#include "tests/common/expect_error.h"
#include "toy_golden.h"

namespace tapegrad {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// off: how far the last bits may be from NumPy's, whose sines and products are its own.
void expect_data(const data::Classification& made, std::int64_t n, const toy_golden::Data& g, double off) {
  EXPECT_EQ(made.x.sizes(), IntList({n, g.features}));
  EXPECT_EQ(made.y.sizes(), IntList({n}));
  EXPECT_EQ(made.y.dtype(), kLong);
  EXPECT_EQ(fnv(made.y.to_vector<std::int64_t>()), g.y);
  const auto x = made.x.to_vector<double>();
  for (std::size_t i = 0; i < g.x_begin.size(); ++i) EXPECT_NEAR(x[i], g.x_begin[i], off) << "element " << i;
  const auto columns = static_cast<std::size_t>(g.features);
  for (std::size_t column = 0; column < columns; ++column) {
    long double sum = 0, limit = 0;  // of a sum that NumPy rounds
    for (std::size_t i = column, number = 1; i < x.size(); i += columns, ++number) {
      sum += static_cast<long double>(number) * x[i];
      limit += static_cast<long double>(number) * (off + 16 * std::numeric_limits<double>::epsilon() * std::abs(x[i]));
    }
    EXPECT_NEAR(static_cast<double>(sum), g.x_sums.at(column), static_cast<double>(limit)) << "column " << column;
  }
}

TEST(MakeMoonsAndCircles, GiveScikitLearnsNumbers) {
  for (const toy_golden::Curves& g : toy_golden::curves) {
    SCOPED_TRACE(testing::Message() << g.n << " rows, random_state " << g.seed);
    expect_data(data::make_moons({g.n, g.shuffle, g.noise, g.seed, kDouble}), g.n, g.moons, 2e-15);
    expect_data(data::make_circles({g.n, g.shuffle, g.noise, g.seed, 0.4, kDouble}), g.n, g.circles, 2e-15);
  }
}

TEST(MakeBlobs, GivesScikitLearnsBits) {
  for (const toy_golden::Blobs& g : toy_golden::blobs) {
    SCOPED_TRACE(testing::Message() << g.n << " rows, random_state " << g.seed);
    Tensor at;
    data::BlobCenters centers = g.centers;
    if (!g.points.empty()) centers = tensor(g.points, kDouble).reshape({g.centers, -1});
    const auto made = data::make_blobs({.n_samples = g.n,
                                        .n_features = g.features,
                                        .centers = centers,
                                        .cluster_std = g.deviations,
                                        .center_box = {g.low, g.high},
                                        .shuffle = g.shuffle,
                                        .random_state = g.seed,
                                        .return_centers = &at,
                                        .dtype = kDouble});
    expect_data(made, g.n, g.data, 0);
    EXPECT_EQ(fnv(made.x.to_vector<double>()), g.x);
    EXPECT_EQ(at.sizes(), IntList({g.centers, g.features}));
    EXPECT_EQ(at.to_vector<double>(), g.at);
  }
}

TEST(MakeClassification, GivesScikitLearnsNumbers) {
  for (const toy_golden::Classification& g : toy_golden::classifications) {
    SCOPED_TRACE(testing::Message() << g.n << " rows, random_state " << g.seed);
    const auto made = data::make_classification({.n_samples = g.n,
                                                 .n_features = g.features,
                                                 .n_informative = g.informative,
                                                 .n_redundant = g.redundant,
                                                 .n_repeated = g.repeated,
                                                 .n_classes = g.classes,
                                                 .n_clusters_per_class = g.clusters,
                                                 .weights = g.weights,
                                                 .flip_y = g.flip_y,
                                                 .class_sep = g.class_sep,
                                                 .hypercube = g.hypercube,
                                                 .shift = g.shift,
                                                 .scale = g.scale,
                                                 .shuffle = g.shuffle,
                                                 .random_state = g.seed,
                                                 .dtype = kDouble});
    // Sums of sums of at most 33 products of numbers below 5, times a scale below 101.
    expect_data(made, g.n, g.data, g.scale ? 1e-13 : 1e-11);
  }
}

TEST(ToyData, RoundsToFloatByDefault) {
  EXPECT_TRUE(data::make_moons({.random_state = 1})
                  .x.equal(data::make_moons({.random_state = 1, .dtype = kDouble}).x.to(kFloat)));
  const auto [x, y] = data::make_classification({.random_state = 1});
  EXPECT_EQ(x.dtype(), kFloat);
  EXPECT_TRUE(x.is_contiguous());
  EXPECT_FALSE(x.requires_grad());
  EXPECT_EQ(data::make_blobs().x.sizes(), IntList({100, 2}));
  EXPECT_EQ(data::make_circles().x.dtype(), kFloat);
}

TEST(ToyData, IsDrawnFromTheLibrarysGeneratorWithoutARandomState) {
  const auto made = [] { return data::make_blobs({.n_samples = 3}).x; };
  manual_seed(1);
  const Tensor first = made(), second = made();
  manual_seed(1);
  EXPECT_TRUE(made().equal(first));
  EXPECT_FALSE(second.equal(first));
}

TEST(ToyData, RefusesWhatCannotBeMade) {
  EXPECT_THROW(data::make_moons({.n_samples = 0}), ValueError);
  EXPECT_THROW(data::make_moons({.noise = kNan}), ValueError);
  EXPECT_THROW(data::make_moons({.random_state = -1}), ValueError);
  EXPECT_THROW(data::make_moons({.dtype = kLong}), DtypeError);
  EXPECT_THROW(data::make_circles({.noise = -1}), ValueError);
  for (const double factor : {-0.1, 1.0, kNan}) {
    expect_error<ValueError>([&] { data::make_circles({.factor = factor}); }, "'factor' has to be between 0 and 1");
  }
  EXPECT_THROW(data::make_blobs({.n_features = 0}), ValueError);
  EXPECT_THROW(data::make_blobs({.centers = 0}), ValueError);
  EXPECT_THROW(data::make_blobs({.cluster_std = {-1}}), ValueError);
  EXPECT_THROW(data::make_blobs({.centers = ones({3})}), ShapeError);
  EXPECT_THROW(data::make_blobs({.centers = ones({0, 3})}), ShapeError);
  for (const std::vector<double>& deviations : {std::vector<double>{}, {1.0, 2.0}}) {
    expect_error<ValueError>([&] { data::make_blobs({.cluster_std = deviations}); },
                             "Length of `clusters_std` not consistent with number of centers. Got centers = 3");
  }
}

TEST(MakeClassification, RefusesWhatCannotBeMade) {
  constexpr std::int64_t kLarge = std::numeric_limits<std::int64_t>::max();
  EXPECT_THROW(data::make_classification({.n_informative = 0}), ValueError);
  EXPECT_THROW(data::make_classification({.n_repeated = -1}), ValueError);
  EXPECT_THROW(data::make_classification({.dtype = kBool}), DtypeError);
  for (const std::int64_t many : {std::int64_t{4}, kLarge - 1}) {
    expect_error<ValueError>(
        [&] { data::make_classification({.n_features = 7, .n_redundant = many, .n_repeated = 2}); },
        "Number of informative, redundant and repeated features must sum to less than");
    expect_error<ValueError>([&] { data::make_classification({.n_classes = many + 1}); },
                             "must be smaller or equal 2**n_informative(2)");
  }
  expect_error<ValueError>(
      [] {
        data::make_classification({.weights = {0.1, 0.1, 0.8}});
      },
      "Weights specified but incompatible with number of classes");
  for (const std::vector<double>& weights : {std::vector<double>{-0.5, 1.0}, {0.5, kNan}, {2.0}}) {
    expect_error<ValueError>([&] { data::make_classification({.weights = weights}); }, "a weight is ");
  }
  expect_error<ValueError>([] { data::make_classification({.weights = {0.7, 0.7}}); }, "sum to more than 1");
}

}  // namespace
}  // namespace tapegrad
