// Columns of text, choice of columns, missing numbers, decimal commas, and tables written.
#include <tapegrad/data/csv.h>

#include <cmath>

#include <tapegrad/testing.h>

#include "tests/common/expect_error.h"
#include "tests/common/folder.h"

namespace tapegrad {
namespace {

using Names = std::vector<std::string>;
using Values = std::vector<double>;

class CsvText : public test::InFolder {
 protected:
  data::Table read(const std::string& bytes, const data::CsvOptions& options) const {
    test::write(path(), bytes);
    return data::read_csv(path(), options);
  }
  std::string written(const data::Table& table, const data::CsvOptions& options = {}) const {
    table.to_csv(path(), options);
    return test::read(path());
  }
  template <class E>
  void expect_refused(const std::string& bytes, const data::CsvOptions& options, const std::string& part) const {
    expect_error<E>([&] { read(bytes, options); }, "read_csv: " + path() + ": " + part);
  }
  std::string path() const { return (folder_ / "table.csv").string(); }
};

TEST_F(CsvText, KeepsColumnsOfTextBesideTheNumbers) {
  const data::Table table = read("a,kind,b,note\n1,x,2,\"u, v\"\n3, 4 ,5,NA\n", {.text = {"note", 2}});
  EXPECT_EQ(table.columns, (Names{"a", "b"}));
  EXPECT_EQ(table.values, (Values{1, 2, 3, 5}));
  EXPECT_EQ(table.rows, 2);
  EXPECT_EQ(table.text.keys(), (Names{"note", "kind"}));
  EXPECT_EQ(table.text["kind"], (Names{"x", "4"}));
  EXPECT_EQ(table.text["note"], (Names{"u, v", "NA"}));
  EXPECT_EQ(table.tensor().sizes(), IntList({2, 2}));
  expect_error<IndexError>([&] { table.text["a"]; }, "Column 'a' is not defined");
}

TEST_F(CsvText, ReadsChosenColumnsInTheirOrderAndNoOthers) {
  const std::string text = "a,b,c,d\n1,x,3,4\n5,,7,8\n";
  EXPECT_EQ(read(text, {.columns = {"d", 1}}).columns, (Names{"d", "a"}));
  EXPECT_EQ(read(text, {.columns = {"d", 1}}).values, (Values{4, 1, 8, 5}));
  EXPECT_EQ(read(text, {.columns = {"a"}, .text = {"c"}}).text["c"], (Names{"3", "7"}));
  EXPECT_EQ(read("1,x\n2,y\n", {.header = false, .columns = {"1"}, .text = {2}}).values, (Values{1, 2}));
  EXPECT_EQ(read("1,x\n2,y\n", {.header = false, .text = {2}}).text["2"], (Names{"x", "y"}));
  EXPECT_EQ(read("x\ny\n", {.header = false, .text = {1}}).tensor().sizes(), IntList({2, 0}));
  expect_refused<FormatError>("a,b\n1,\"x\n", {.columns = {"a"}}, "line 2, column 2 ('b'): a quoted field is never");
  expect_refused<FormatError>("a,b\n1,x,\n", {.columns = {"a"}}, "line 2, column 3: the row has 3 fields, the table 2");
}

TEST_F(CsvText, RefusesColumnsThatAreNotThereOrNamedTwice) {
  for (const data::CsvColumn& column :
       {data::CsvColumn("x"), data::CsvColumn(0), data::CsvColumn(3), data::CsvColumn(-1)}) {
    expect_refused<IndexError>("a,b\n1,2\n", {.columns = {column}}, "there is no column ");
    expect_refused<IndexError>("a,b\n1,2\n", {.text = {column}}, "there is no column ");
  }
  expect_refused<IndexError>("a,b\n1,2\n", {.columns = {"c"}}, "there is no column 'c'; the columns are a, b");
  expect_refused<IndexError>("1,2\n", {.header = false, .columns = {9}}, "there is no column 9; the columns are 1, 2");
  expect_error<ValueError>([&] { read("a,b\n1,2\n", {.columns = {"b", 2}}); }, "the column 'b' is named twice");
  expect_error<ValueError>([&] { read("a,b\n1,2\n", {.columns = {"a"}, .text = {"a"}}); }, "the column 'a' is named");
}

TEST_F(CsvText, ReadsMissingNumbersAsNanWhereTheyAreNamed) {
  const std::string text = "a,b,c\n1,,x\nNA,2,\n3,?,NA\n";
  const data::Table table = read(text, {.text = {"c"}, .na_values = {"", "NA", "?"}});
  EXPECT_EQ(table.text["c"], (Names{"x", "", "NA"}));
  const std::vector<bool> missing = {false, true, true, false, false, true};
  for (std::size_t i = 0; i < missing.size(); ++i) EXPECT_EQ(std::isnan(table.values[i]), missing[i]) << i;
  EXPECT_TRUE(std::isnan(read("a\n-9\n", {.na_values = {"-9"}}).values[0]));
  expect_refused<FormatError>(text, {.text = {"c"}}, "line 2, column 2 ('b'): the field is empty");
  expect_refused<FormatError>(text, {.text = {"c"}, .na_values = {"NA", "?"}}, "line 2, column 2 ('b'): the field is");
  expect_refused<FormatError>("a,c\nNA,x\n", {.text = {"c"}, .na_values = {""}}, "line 2, column 1 ('a'): 'NA' is not");
  expect_refused<FormatError>("a,c\n1,x\n2,\n", {.text = {"c"}}, "line 3, column 2 ('c'): the field is empty; write a");
}

TEST_F(CsvText, ReadsDecimalCommas) {
  EXPECT_EQ(read("a;b\n1,5;-2\n+,25;1e3\n", {.delimiter = ';', .decimal = ','}).values, (Values{1.5, -2, 0.25, 1000}));
  expect_refused<FormatError>("a;b\n1,5;1.5\n", {.delimiter = ';', .decimal = ','},
                              "line 2, column 2 ('b'): '1.5' is not a number; write decimals with a comma");
  expect_refused<FormatError>("a;b\n1;1,2,3\n", {.delimiter = ';', .decimal = ','},
                              "line 2, column 2 ('b'): '1,2,3' is");
  for (const data::CsvOptions& options : {data::CsvOptions{.decimal = ','}, {.delimiter = '.'}, {.decimal = ' '}}) {
    expect_error<ValueError>([&] { read("a\n1\n", options); }, "read_csv: decimals cannot be written with ");
    expect_error<ValueError>([&] { written({}, options); }, "to_csv: decimals cannot be written with ");
  }
}

TEST_F(CsvText, WritesTablesThatReadBack) {
  data::Table table = data::Table::of({"a", "b, c"}, tensor({{0.1, -2.0}, {1e300, NAN}}, kDouble));
  table.text.insert("kind", {"x", "say \"hi\""});
  EXPECT_EQ(written(table), "a,\"b, c\",kind\n0.1,-2,x\n1e+300,nan,\"say \"\"hi\"\"\"\n");
  for (const data::CsvOptions& options : {data::CsvOptions{.text = {3}},
                                          {.header = false, .text = {3}},
                                          {.delimiter = ';', .decimal = ',', .text = {3}}}) {
    const data::Table same = read(written(table, options), options);
    EXPECT_TENSOR_EQ(same.tensor(kDouble), table.tensor(kDouble));
    EXPECT_EQ(same.text[std::size_t{0}].value(), table.text["kind"]);
  }
  EXPECT_EQ(written(table, {.delimiter = ';', .header = false, .decimal = ','}),
            "0,1;-2;x\n1e+300;nan;\"say \"\"hi\"\"\"\n");
  EXPECT_EQ(written(data::Table::of({"y"}, tensor({1, 2}))), "y\n1\n2\n");
  EXPECT_EQ(written({}), "");
}

TEST_F(CsvText, RefusesToWriteATableThatIsNotFull) {
  expect_error<ShapeError>([&] { written({{"a", "b"}, 2, {1, 2, 3}}); }, "to_csv: the table has 3 values for 2 rows");
  data::Table table{{"a"}, 2, {1, 2}};
  table.text.insert("kind", {"x"});
  expect_error<ShapeError>([&] { written(table); }, "to_csv: the column 'kind' has 1 texts for 2 rows");
  expect_error<ShapeError>([] { data::Table::of({"a"}, zeros({2, 2})); }, "Table::of: 1 columns for sizes [2, 2]");
  EXPECT_THROW(data::Table::of({"a"}, zeros({2, 1, 1})), ShapeError);
  EXPECT_THROW(data::Table::of({"a"}, tensor(1.0F)), ShapeError);
}

}  // namespace
}  // namespace tapegrad
