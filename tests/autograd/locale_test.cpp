// The host's locale changes no number that the library writes.
#include <gtest/gtest.h>

#include <clocale>
#include <functional>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>

#include <tapegrad/tapegrad.h>

namespace tapegrad::test {
namespace {

// As German writes numbers: 1.234.567,5
struct Comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

std::string message(const std::function<void()>& fails) {
  try {
    fails();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "no error";
}

std::string wrong_gradient() {
  const Tensor x = tensor(std::vector<double>{0.5, 1.5}).to(kDouble).requires_grad_();
  return message([&] {
    autograd::gradcheck(
        [](const std::vector<Tensor>& in) { return std::vector<Tensor>{in[0] * in[0].detach() * 1234.5}; }, {x});
  });
}

std::string all_that_is_written() {
  const Tensor x = arange(12).to(kFloat).mul(1000.25).view({3, 4});
  std::ostringstream out;
  out << std::setw(3) << x << x.to(kDouble).select(0, 1) << x.mul(1e9) << tensor(1234567.5) << tensor(12345678)
      << x.view({3, 2, 2}) << nn::Linear(1000, 2000);
  const Tensor p = ones({1000, 2}, requires_grad());
  return out.str() + x.str() + wrong_gradient() + message([] { randn({2}).normal_(0, -1234.5); }) +
         message([] { (void)(ones({1000}) + ones({2000})); }) + message([&] { optim::SGD({p}, -1234.5); }) +
         message([&] { data::train_test_split(x, x, {.test_size = 1234.5}); });
}

TEST(Locale, OfStreamsChangesNothingThatIsWritten) {
  const std::string expected = all_that_is_written();
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  std::ostringstream host;
  host << 1234.5;
  const std::string written = all_that_is_written();
  std::locale::global(before);
  EXPECT_EQ(host.str(), "1.234,5");  // the test's locale does what it should
  EXPECT_EQ(written, expected);
  for (const char* part : {"1234.5", "analytic    ", "learning rate", "test_size", "10002.5000"})
    EXPECT_NE(expected.find(part), std::string::npos) << expected;
}

TEST(Locale, OfTheCLibraryChangesNothingThatIsWritten) {
  const std::string expected = all_that_is_written();
  const char* name = nullptr;
  for (const char* candidate : {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "fr_FR.utf8"})
    if (name == nullptr && std::setlocale(LC_ALL, candidate) != nullptr) name = candidate;
  if (name == nullptr) GTEST_SKIP() << "no locale with a decimal comma is installed";
  const std::string written = all_that_is_written();
  std::setlocale(LC_ALL, "C");
  EXPECT_EQ(written, expected);
}

TEST(Locale, NoWidthIsLeftOnTheStreamAfterATensor) {
  std::ostringstream out;
  out << std::setw(30) << tensor(1.5) << 7;
  EXPECT_EQ(out.str(), "1.5\n[ CPUFloatType{} ]7");
}

}  // namespace
}  // namespace tapegrad::test
