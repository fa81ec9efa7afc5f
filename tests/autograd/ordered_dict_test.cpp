#include <gtest/gtest.h>
#include <tapegrad/autograd/ordered_dict.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

using Dict = OrderedDict<std::string, int>;

TEST(OrderedDict, KeepsTheOrderOfInsertion) {
  Dict d;
  d.insert("b", 1);
  d.insert("a", 2);
  d.insert("c", 3);
  EXPECT_EQ(d.keys(), (std::vector<std::string>{"b", "a", "c"}));
  EXPECT_EQ(d.values(), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(d.pairs()[1], (std::pair<std::string, int>("a", 2)));
  EXPECT_EQ(d.front().key(), "b");
  EXPECT_EQ(d.back().value(), 3);
}

TEST(OrderedDict, IsReadByNameByIndexAndByBinding) {
  Dict d{{"x", 4}, {"y", 5}};
  EXPECT_EQ(d["y"], 5);
  EXPECT_EQ(d[0].key(), "x");
  EXPECT_EQ(*d[1], 5);
  int sum = 0;
  for (auto& [key, value] : d) sum += ++value;
  EXPECT_EQ(sum, 11);
  EXPECT_EQ(*d.find("x"), 5);
  EXPECT_EQ(d.find("z"), nullptr);
}

TEST(OrderedDict, RefusesASecondKeyAndUnknownOnes) {
  Dict d("Parameter");
  d.insert("w", 1);
  expect_error<Error>([&] { d.insert("w", 2); }, "Parameter 'w' already defined");
  expect_error<IndexError>([&] { d["v"]; }, "Parameter 'v' is not defined");
  expect_error<IndexError>([&] { d[3]; }, "Index 3 is out of bounds");
  expect_error<IndexError>([&] { d.erase("v"); }, "Parameter 'v' doesn't exist");
  expect_error<IndexError>([&] { Dict().front(); }, "out of bounds");
  expect_error<IndexError>([&] { Dict().back(); }, "out of bounds");
  EXPECT_EQ(d["w"], 1);
}

TEST(OrderedDict, ErasesAndUpdates) {
  Dict d{{"a", 1}, {"b", 2}, {"c", 3}};
  d.erase("b");
  EXPECT_EQ(d["c"], 3);
  EXPECT_EQ(d.size(), 2u);
  d.update(Dict{{"b", 9}});
  EXPECT_EQ(d[2].value(), 9);
  d.clear();
  EXPECT_TRUE(d.is_empty());
}

}  // namespace
}  // namespace tapegrad
