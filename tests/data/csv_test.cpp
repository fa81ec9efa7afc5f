#include <tapegrad/data/csv.h>

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <clocale>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <thread>

#include "tests/common/folder.h"

namespace tapegrad {
namespace {

namespace fs = std::filesystem;

class Csv : public test::InFolder {
 protected:
  fs::path file(const std::string& bytes) const {
    test::write(folder_ / "table.csv", bytes);
    return folder_ / "table.csv";
  }
  data::Table read(const std::string& bytes, const data::CsvOptions& options = {}) const {
    return data::read_csv(file(bytes), options);
  }
  std::vector<double> values(const std::string& bytes) const { return read(bytes).values; }
  // What the error says behind the file's name.
  std::string error(const std::string& bytes, const data::CsvOptions& options = {}) const {
    try {
      read(bytes, options);
    } catch (const FormatError& e) {
      const std::string text = e.what(), start = "read_csv: " + (folder_ / "table.csv").string() + ": ";
      EXPECT_EQ(text.substr(0, start.size()), start);
      // What is said where there is nothing better to say.
      for (const std::string hint : {"; mend the table there", "; give one with a header and rows"}) {
        if (text.ends_with(hint)) return text.substr(start.size(), text.size() - start.size() - hint.size());
      }
      EXPECT_NE(text.find("; "), text.npos) << text;
      return text.substr(start.size());
    }
    return "no error";
  }
  // The number of files in the directory.
  std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(folder_), {}); }
};

using Values = std::vector<double>;
using Names = std::vector<std::string>;

TEST_F(Csv, ReadsColumnsAndRows) {
  const data::Table table = read("age,bmi\n59,32.1\n48,21.6\n");
  EXPECT_EQ(table.columns, (Names{"age", "bmi"}));
  EXPECT_EQ(table.rows, 2);
  EXPECT_EQ(table.values, (Values{59, 32.1, 48, 21.6}));
}

TEST_F(Csv, NamesColumnsByNumberWithoutAHeader) {
  const data::Table table = read("1,2\n3,4", {.header = false});
  EXPECT_EQ(table.columns, (Names{"1", "2"}));
  EXPECT_EQ(table.values, (Values{1, 2, 3, 4}));
}

TEST_F(Csv, TakesOtherDelimiters) {
  EXPECT_EQ(read("a;b\n1;2\n", {.delimiter = ';'}).values, (Values{1, 2}));
  EXPECT_EQ(read("a\tb\n 1\t2\n", {.delimiter = '\t'}).values, (Values{1, 2}));
  EXPECT_EQ(read("a b\n1 2\n", {.delimiter = ' '}).values, (Values{1, 2}));
  EXPECT_THROW(read("a\n1", {.delimiter = '"'}), Error);
  EXPECT_THROW(read("a\n1", {.delimiter = '\n'}), Error);
}

TEST_F(Csv, ReadsEveryLineEnd) {
  EXPECT_EQ(values("a,b\r\n1,2\r\n3,4\r\n"), (Values{1, 2, 3, 4}));
  EXPECT_EQ(values("a,b\n1,2\n3,4"), (Values{1, 2, 3, 4}));
  EXPECT_EQ(values("a,b\r\n1,2\n3,4\r"), (Values{1, 2, 3, 4}));
  EXPECT_EQ(read("a\r\n1").columns, Names{"a"});
}

TEST_F(Csv, SkipsBlankLinesAtTheEndOnly) {
  EXPECT_EQ(values("a\n1\n\n \r\n\t\n"), Values{1});
  EXPECT_EQ(error("a,b\n1,2\n\n3,4\n"),
            "line 3, column 1 ('a'): the field is empty; write nan for a missing value, or have \"\" in na_values");
}

TEST_F(Csv, SkipsAByteOrderMark) {
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "a,b\n1,2\n")
                .columns,
            (Names{"a", "b"}));
}

TEST_F(Csv, ReadsQuotedFields) {
  const data::Table table = read("\"a, b\",\"say \"\"hi\"\"\" , \"two\nlines\"\n\"1\", \" 2 \" ,\"3\"\n");
  EXPECT_EQ(table.columns, (Names{"a, b", "say \"hi\"", "two\nlines"}));
  EXPECT_EQ(table.values, (Values{1, 2, 3}));
  EXPECT_EQ(error("\"a\nb\"\nx\n"), "line 3, column 1 ('a?b'): 'x' is not a number");
  EXPECT_EQ(error("a\n\"1"), "line 2, column 1 ('a'): a quoted field is never closed");
  EXPECT_EQ(error("a,b\n1,\"2\"3"), "line 2, column 2 ('b'): text after a closing quote");
  EXPECT_EQ(error("a\n1\"2\""), "line 2, column 1 ('a'): '1\"2\"' is not a number");
}

TEST_F(Csv, ReadsNumbersToTheNearestDouble) {
  EXPECT_EQ(values("a\n+3\n-1.5\n.5\n5.\n1e-3\n1E+2\n-0\n007\n 8 \n"), (Values{3, -1.5, .5, 5, 1e-3, 100, -0.0, 7, 8}));
  EXPECT_EQ(values("a\n0.1\n2.2250738585072014e-308\n4.9406564584124654e-324\n1.7976931348623157e308\n"),
            (Values{0.1, std::numeric_limits<double>::min(), std::numeric_limits<double>::denorm_min(),
                    std::numeric_limits<double>::max()}));
  EXPECT_EQ(values("a\n9007199254740993\n1.00000000000000011102230246251565404236316680908203125\n"),
            (Values{9007199254740992, 1}));
}

TEST_F(Csv, ReadsInfinitiesAndNan) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(values("a\ninf\n-inf\n+Inf\nINFINITY\n"), (Values{inf, -inf, inf, inf}));
  for (double value : values("a\nnan\nNaN\n-nan\n")) EXPECT_TRUE(std::isnan(value));
}

TEST_F(Csv, RejectsWhatIsNoNumber) {
  for (const char* text :
       {"abc", "1x", "1 2", "1,5e", "0x10", "+-1", "--1", "+", "-", ".", "e5", "1e", "1.2.3", "inf1"}) {
    EXPECT_NE(error("a\n1\n\"" + std::string(text) + "\"\n").find("line 3, column 1 ('a'): '" + std::string(text)),
              std::string::npos)
        << text;
  }
  EXPECT_EQ(error("a,b\n1,\n"),
            "line 2, column 2 ('b'): the field is empty; write nan for a missing value, or have \"\" in na_values");
  EXPECT_EQ(error("a\n1e999\n"), "line 2, column 1 ('a'): '1e999' is out of the range of a double");
  EXPECT_EQ(error("a\n-1e-999\n"), "line 2, column 1 ('a'): '-1e-999' is out of the range of a double");
  EXPECT_EQ(error("1,2\n3,x", {.header = false}), "line 2, column 2: 'x' is not a number");
}

TEST_F(Csv, ShowsTextShortAndPrintable) {
  EXPECT_EQ(error("a\n" + std::string(39, 'x') + "\xc3\xa4\xc3\xa4"),
            "line 2, column 1 ('a'): '" + std::string(39, 'x') + "...' is not a number");
  EXPECT_EQ(error(std::string("a\n1\0\x1b[31m", 9)), "line 2, column 1 ('a'): '1??[31m' is not a number");
}

TEST_F(Csv, RejectsRaggedRows) {
  EXPECT_EQ(error("a,b,c\n1,2,3\n4,5\n"), "line 3, column 3 ('c'): the row has 2 fields, the table 3");
  EXPECT_EQ(error("a,b\n1,2,3\n"), "line 2, column 3: the row has 3 fields, the table 2");
  EXPECT_EQ(error("1,2\n3\n", {.header = false}), "line 2, column 2: the row has 1 fields, the table 2");
}

TEST_F(Csv, RejectsColumnNamesThatAreEmptyOrRepeat) {
  EXPECT_EQ(error("a,,c\n1,2,3\n"), "line 1, column 2: the column name is empty");
  EXPECT_EQ(error("a,b,\n1,2,3\n"), "line 1, column 3: the column name is empty");
  EXPECT_EQ(error("a,b,\"a\"\n1,2,3\n"), "line 1, column 3: the name 'a' is also that of column 1");
}

TEST_F(Csv, RejectsColumnNamesOfBinaryFilesAndOldLineEnds) {
  EXPECT_EQ(error(std::string("a,b\0c\n1,2\n", 10)),
            "line 1, column 2: the name 'b?c' has a control character; is it a table in text?");
  EXPECT_EQ(error("\x02,\x7f"), "line 1, column 1: the name '?' has a control character; is it a table in text?");
  EXPECT_EQ(error("a,b\r1,2\r3,4\r"), "line 1, column 2: a line ends in CR alone; convert the file's line ends to LF");
  EXPECT_EQ(read("\"a\r\nb\",\"c\td\"\n1,2").columns, (Names{"a\r\nb", "c\td"}));
}

TEST_F(Csv, SaysWhichDelimiterItSeemsToBe) {
  EXPECT_EQ(error("a;b\n1;2\n"),
            "line 2, column 1 ('a;b'): '1;2' is not a number; the delimiter seems to be ';': pass that one");
  EXPECT_EQ(error("a;b\n1,5\n"),
            "line 2, column 2: the row has 2 fields, the table 1; the delimiter seems to be ';': pass that one");
  EXPECT_EQ(error("1\t2\n", {.header = false}),
            "line 1, column 1: '1?2' is not a number; the delimiter seems to be a tab: pass that one");
  EXPECT_EQ(
      error("a,b\n1,2\n", {.delimiter = '|'}),
      "line 2, column 1 ('a,b'): '1,2' is not a number; write decimals with a point, or have a comma as the decimal");
  EXPECT_EQ(
      error("a;b\n1,5;2\n", {.delimiter = ';'}),
      "line 2, column 1 ('a'): '1,5' is not a number; write decimals with a point, or have a comma as the decimal");
}

TEST_F(Csv, NamesTheDelimiterOfExcelsFirstLine) {
  const std::string said =
      "line 1: 'sep=;' names the delimiter for Excel; remove the line and pass ';' as the delimiter";
  for (const char* text : {"sep=;\na;b\n1;2\n", "sep=;\r\na;b\r\n1;2\r\n", "\xef\xbb\xbf\"sep=;\"\n1;2\n"}) {
    EXPECT_EQ(error(text), said);
    EXPECT_EQ(error(text, {.delimiter = ';'}), said);
  }
  EXPECT_NE(error("SEP=,\na,b\n1,2\n").find("line 1: 'SEP=,' names"), std::string::npos);
  EXPECT_NE(error("sep=\t\na\tb\n1\t2\n").find("line 1: 'sep=?' names"), std::string::npos);
  EXPECT_EQ(read("sep=,x\n1,2\n").columns, (Names{"sep=", "x"}));
}

// Quadratic comparing took 86 s for these; the limit is wide for sanitizers and busy machines.
TEST_F(Csv, ReadsAHeaderOfManyNamesInLinearTime) {
  constexpr int kNames = 100'000;
  std::string header, row;
  for (int i = 0; i < kNames; ++i) {
    header += (i == 0 ? "" : ",") + std::string("name") + std::to_string(i);
    row += i == 0 ? "1" : ",1";
  }
  const auto start = std::chrono::steady_clock::now();
  const data::Table table = read(header + "\n" + row);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(table.columns.size(), 100'000U);
  EXPECT_EQ(error(header + ",name77\n"), "line 1, column 100001: the name 'name77' is also that of column 78");
}

extern "C" void take_no_notice(int) {}

// Opening and reading a pipe wait, and a signal without SA_RESTART interrupts both.
TEST_F(Csv, ReadsOnWhereASignalInterrupts) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  struct sigaction action {
  }, before{};
  action.sa_handler = take_no_notice;
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  std::string outcome = "none";
  std::thread reader([&] {
    try {
      outcome = std::to_string(data::read_csv(pipe).rows);
    } catch (const std::exception& e) {
      outcome = e.what();
    }
  });
  const auto interrupt = [&] {
    for (int i = 0; i < 10; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      ::pthread_kill(reader.native_handle(), SIGUSR1);
    }
  };
  interrupt();
  {
    std::ofstream writer(pipe);
    interrupt();
    writer << "a\n1\n" << std::flush;
    interrupt();
    writer << std::string(300'000, '2') + "e-300000\n" << std::flush;  // more than a pipe holds
    writer << "3\n" << std::flush;
  }
  reader.join();
  ::sigaction(SIGUSR1, &before, nullptr);
  EXPECT_EQ(outcome, "3");
}

TEST_F(Csv, RejectsAnEmptyFileButReadsAHeaderAlone) {
  for (const char* text : {"", "\n\n", " \r\n", "\xef\xbb\xbf"}) EXPECT_EQ(error(text), "the file is empty");
  EXPECT_EQ(read("a,b\n").rows, 0);
}

TEST_F(Csv, ReportsFilesItCannotRead) {
  EXPECT_THROW(data::read_csv(folder_ / "missing.csv"), IoError);
  EXPECT_THROW(data::read_csv(folder_), IoError);
}

TEST_F(Csv, TakesNoNoticeOfTheLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  }
  EXPECT_EQ(values("a\n1.5\n"), Values{1.5});
  std::setlocale(LC_ALL, before.c_str());
}

TEST_F(Csv, ReadsFilesLargerThanItsBuffer) {
  std::string text = "a,b\n";
  for (int i = 0; i < 50000; ++i) text += std::to_string(i) + ",0.5\n";
  const data::Table table = read(text);
  EXPECT_EQ(table.rows, 50000);
  EXPECT_EQ(table.values[99998], 49999);
  for (std::size_t size : {65535u, 65536u, 65537u}) EXPECT_EQ(read("a\n1" + std::string(size - 3, '\n')).rows, 1);
}

TEST_F(Csv, FindsColumnsByName) {
  const data::Table table = read("age,bmi\n59,32.1\n");
  EXPECT_EQ(table.column("bmi"), 1);
  try {
    table.column("BMI");
    FAIL();
  } catch (const IndexError& e) {
    EXPECT_STREQ(e.what(), "column: there is no column 'BMI'; the columns are age, bmi");
  }
  std::string wide = "c0";
  for (int i = 1; i < 1000; ++i) wide += ",c" + std::to_string(i);
  try {
    read(wide + "\n").column("d");
    FAIL();
  } catch (const IndexError& e) {
    const std::string text = e.what();
    EXPECT_EQ(text.substr(text.find("c18")), "c18, c19 and 980 more");
  }
}

TEST_F(Csv, GivesTensorsAndSplitsTheTargetOff) {
  const data::Table table = read("a,y,b\n1,2,3\n4,5,6\n");
  EXPECT_EQ(table.tensor().dtype(), kFloat);
  EXPECT_EQ(table.tensor(kDouble).to_vector<double>(), table.values);
  const auto [x, y] = table.split_target("y", kDouble);
  EXPECT_EQ(x.sizes(), IntList({2, 2}));
  EXPECT_EQ(y.sizes(), IntList({2, 1}));
  EXPECT_EQ(x.to_vector<double>(), (Values{1, 3, 4, 6}));
  EXPECT_EQ(y.to_vector<double>(), (Values{2, 5}));
  EXPECT_THROW(table.split_target("z"), IndexError);
  EXPECT_EQ(read("y\n1\n2\n").split_target("y").first.sizes(), IntList({2, 0}));
  EXPECT_EQ(read("a,y\n").split_target("y").first.sizes(), IntList({0, 1}));
}

TEST_F(Csv, RefusesATableWhoseValuesDoNotFillIt) {
  for (const std::int64_t rows : {-1L, 0L, 1L, 3L}) {
    EXPECT_THROW((data::Table{{"a", "b"}, rows, {1, 2, 3, 4}}.tensor()), ShapeError) << rows;
  }
  EXPECT_THROW((data::Table{{"a", "b"}, 1, {1, 2, 3}}.tensor()), ShapeError);
  EXPECT_THROW((data::Table{{"a", "b"}, 1, {}}.split_target("a")), ShapeError);
  EXPECT_EQ((data::Table{{"a", "b"}, 2, {1, 2, 3, 4}}.tensor().sizes()), IntList({2, 2}));
}

TEST_F(Csv, ReadsTheDiabetesTable) {
  const data::Table table = data::read_csv(fs::path(TAPEGRAD_TEST_SOURCE_DIR) / "examples/data/diabetes.csv");
  EXPECT_EQ(table.rows, 442);
  EXPECT_EQ(table.columns, (Names{"age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6", "target"}));
  double sum = 0;
  for (std::size_t i = 10; i < table.values.size(); i += 11) sum += table.values[i];
  EXPECT_EQ(sum, 67243);  // the mean target is 152.133...
}

TEST_F(Csv, WritesNamesAndNumbersThatReadBack) {
  const fs::path path = folder_ / "model.csv";
  data::write_csv(path, {{"slope", 0.1}, {"a,\"b\"", -1e300}, {"n", 3.0}});
  EXPECT_EQ(test::read(path), "name,value\nslope,0.1\n\"a,\"\"b\"\"\",-1e+300\nn,3\n");
  EXPECT_EQ(files(), 1);
}

TEST_F(Csv, ReplacesAFileAndKeepsItsMode) {
  const fs::path path = file("old");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("table.csv", folder_ / "link.csv");
  data::write_csv(folder_ / "link.csv", {{"a", 1.0}});
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.csv"));
  EXPECT_EQ(test::read(path), "name,value\na,1\n");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(files(), 2);
}

TEST_F(Csv, LeavesNothingBehindWhereItCannotWrite) {
  fs::create_directory(folder_ / "folder");
  EXPECT_THROW(data::write_csv(folder_ / "folder", {}), IoError);
  EXPECT_THROW(data::write_csv(folder_ / "missing" / "model.csv", {}), IoError);
  EXPECT_THROW(data::write_csv(folder_ / std::string(300, 'x'), {}), IoError);
  EXPECT_THROW(data::write_csv("/dev/null", {}), IoError);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_EQ(files(), 1);
}

TEST_F(Csv, KeepsTheOldFileWhereTheDiskIsFull) {
  const fs::path path = file("old");
  const auto before_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 16;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(data::write_csv(path, {{"a", 1.0}, {"b", 2.0}}), IoError);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, before_handler);
  EXPECT_EQ(test::read(path), "old");
  EXPECT_EQ(files(), 1);
}

}  // namespace
}  // namespace tapegrad
