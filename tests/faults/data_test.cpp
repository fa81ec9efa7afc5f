// Memory that runs out while data are made, split, scaled and dealt in batches.
#include <gtest/gtest.h>

#include <memory>

#include <tapegrad/autograd/ops.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/data/loader.h>
#include <tapegrad/data/split.h>
#include <tapegrad/data/standardize.h>
#include <tapegrad/data/synthetic.h>

#include "scenario.h"

namespace tapegrad::test {
namespace {

using Loader = data::DataLoader<data::TensorDataset>;

Loader make_loader(bool shuffle) {
  return data::make_data_loader(data::TensorDataset(arange(20).reshape({10, 2}), arange(10)),
                                {.batch_size = 3, .shuffle = shuffle});
}

struct Dealing {
  Loader loader;
  std::optional<Loader::Iterator> at;
  Tensor rows;
};

Scenario dealing(std::string name, bool shuffle, std::function<void(Dealing&)> prepare,
                 std::function<void(Dealing&)> run) {
  return {std::move(name), [=] {
            const auto d = std::make_shared<Dealing>(Dealing{make_loader(shuffle), std::nullopt, Tensor()});
            if (prepare) prepare(*d);
            return Attempt{[=] { run(*d); }, [=](Hash& h) { h(d->loader.state_dict())(d->rows); }};
          }};
}

void begin(Dealing& d) {
  d.at.emplace(d.loader.begin());
  d.rows = (*d.at)->data;
}

// Of another loader, half-way through its pass.
const StateDict& half_way() {
  static const StateDict state = [] {
    Loader other = make_loader(true);
    auto it = other.begin();
    ++it;
    return other.state_dict();
  }();
  return state;
}

TEST(FailingMemory, LeavesALoaderWhereItWas) {
  expect_survive_failing_memory({
      dealing("in order", false, nullptr, begin),
      dealing("shuffled", true, nullptr, begin),
      dealing(
          "going on", true, [](Dealing& d) { d.loader.load_state_dict(half_way()); }, begin),
      dealing("the next batch", true, begin,
              [](Dealing& d) {
                ++*d.at;
                d.rows = (*d.at)->data;
              }),
      dealing("loaded", true, begin, [](Dealing& d) { d.loader.load_state_dict(half_way()); }),
      dealing("a state", true, begin, [](Dealing& d) { d.loader.state_dict(); }),
  });
}

TEST(FailingMemory, LeavesDataAsTheyWere) {
  const auto making = [](std::string name, std::function<std::vector<Tensor>()> run) {
    return Scenario{std::move(name),
                    [run] {
                      const auto out = std::make_shared<std::vector<Tensor>>();
                      return Attempt{[=] {
                                       manual_seed(2);
                                       *out = run();
                                     },
                                     [=](Hash& h) { h(*out); }};
                    },
                    true};
  };
  expect_survive_failing_memory({
      making("a regression",
             [] {
               const data::Regression r = data::make_regression({.n_samples = 12, .n_features = 3, .noise = 0.5});
               return std::vector{r.x, r.y};
             }),
      making("a split",
             [] {
               const data::Split s = data::train_test_split(arange(20).reshape({10, 2}), arange(10));
               return std::vector{s.x_train, s.x_test, s.y_train, s.y_test};
             }),
  });
  const auto standardizer = [] {
    const auto s = std::make_shared<data::Standardizer>();
    s->fit(arange(6, kDouble).reshape({3, 2}));
    const auto out = std::make_shared<Tensor>();
    return Attempt{[=] {
                     const Tensor x = arange(6, kDouble).reshape({2, 3}).t();
                     s->fit(x);
                     *out = s->inverse_transform(s->transform(x) * 2);
                   },
                   [=](Hash& h) { h(*out); }};
  };
  expect_survive_failing_memory({{"a standardizer", standardizer}});
  expect_survive_failing_memory({{"a standardizer fitted again", [] {
                                    const auto s = std::make_shared<data::Standardizer>();
                                    s->fit(arange(6, kDouble).reshape({3, 2}));
                                    return Attempt{[=] {
                                                     s->fit(arange(6, kDouble).reshape({2, 3}).t());
                                                   },
                                                   [=](Hash& h) { h(s->mean())(s->scale()); }};
                                  }}});
}

}  // namespace
}  // namespace tapegrad::test
