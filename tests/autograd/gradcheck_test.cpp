// gradcheck() and gradgradcheck() accept what is right, report what is wrong, refuse what cannot be checked, and leave
// everything as it was. (Wrong functions: gradcheck_wrong_test.cpp.)
#include <tapegrad/testing.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace tapegrad::test {
namespace {

using autograd::AutogradContext;
using autograd::Function;
using autograd::gradcheck;
using autograd::GradcheckOptions;
using autograd::gradgradcheck;
using autograd::tensor_list;
using Doubles = std::vector<double>;

const GradcheckOptions kQuiet = GradcheckOptions().raise_exception(false);

Tensor leaf(const TensorData& data) { return tensor(data, kDouble).requires_grad_(); }
Tensor ramp(IntList sizes, double from = -0.9, double to = 1.1) {
  std::int64_t n = 1;
  for (const std::int64_t s : sizes) n *= s;
  return linspace(from, to, n, kDouble).reshape(sizes).contiguous().detach().requires_grad_();
}
Doubles of(const Tensor& x) { return x.to_vector<double>(); }
bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// What a call throws as AutogradError; empty: nothing.
template <class F>
std::string message_of(F call) {
  try {
    call();
  } catch (const AutogradError& e) {
    return e.what();
  }
  return "";
}

#define EXPECT_BOTH_OK(...)         \
  EXPECT_GRADIENTS_OK(__VA_ARGS__); \
  EXPECT_SECOND_GRADIENTS_OK(__VA_ARGS__)

TEST(Gradcheck, AcceptsSmoothOperations) {
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].exp() * in[0].tanh(); }, {ramp({7})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].pow(3) + in[0].sigmoid(); }, {ramp({2, 3})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].log() / in[0].sqrt(); }, {ramp({5}, 0.01, 3)});
  EXPECT_BOTH_OK([](const tensor_list& in) { return pow(in[0], in[1]); }, {ramp({3}, 0.5, 2), ramp({3})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].softmax(1); }, {ramp({3, 4})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].log_softmax(0); }, {ramp({3, 4})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].matmul(in[1]); }, {ramp({3, 4}), ramp({4, 2})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return linear(in[0], in[1], in[2]).tanh().sum(); },
                 {ramp({4, 3}), ramp({2, 3}), ramp({2})});
}

TEST(Gradcheck, AcceptsProductsOfManyFactors) {
  EXPECT_BOTH_OK(
      [](const tensor_list& in) {
        Tensor product = in[0];
        for (int i = 0; i < 6; ++i) product = product * in[0].slice(0, 0) * in[1];
        return product;
      },
      {ramp({3}, 0.5, 1.5), leaf(0.9)});
}

// Poles and branch points nearer than the first step, steep functions, large arguments, small slopes of large values.
TEST(Gradcheck, AcceptsAwkwardPoints) {
  EXPECT_BOTH_OK([](const tensor_list& in) { return 1 / in[0] + in[0].log() + in[0].sqrt(); },
                 {leaf({0.002, 0.01, 0.049, 0.05, 0.051, 0.07})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return (in[0] * 20).tanh(); }, {leaf({0.01, 0.05, 0.1})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].square(); }, {leaf({1e3, 1e6, 1e-6})});
  EXPECT_GRADIENTS_OK([](const tensor_list& in) { return in[0].exp() + 1000; }, {leaf({0.1, 1.0, 2.0})});
  EXPECT_GRADIENTS_OK([](const tensor_list& in) { return in[0] * 1e-5 + 1; }, {leaf({0.1, 1.0, 2.0, 3.0})});
}

// What is left of them is rounding alone, in backward as in the differences.
TEST(Gradcheck, AcceptsGradientsThatAreZeroAndSmallChangesOfLargeValues) {
  for (const double size : {0.1, 1.0, 10.0, 1000.0}) {
    SCOPED_TRACE(size);
    const auto x = [size] { return ramp({2, 4}, -0.9 * size, 1.1 * size); };
    EXPECT_GRADIENTS_OK([](const tensor_list& in) { return in[0].softmax(1).sum(); }, {x()});
    EXPECT_GRADIENTS_OK([](const tensor_list& in) { return (in[0] - in[0].mean()).sum(); }, {x()});
    EXPECT_GRADIENTS_OK([](const tensor_list& in) { return in[0].sin().square() + in[0].cos().square(); }, {x()});
    EXPECT_GRADIENTS_OK(
        [](const tensor_list& in) {
          const Tensor d = in[0] - in[0].mean(1, true);
          return (d / (d.square().mean(1, true) + 1e-5).sqrt()).sum();
        },
        {x()});
    EXPECT_GRADIENTS_OK([](const tensor_list& in) { return in[0] + 1e10; }, {x()});
  }
}

TEST(Gradcheck, FindsAWrongGradientOfALargeValue) {
  const auto wrong = [](const tensor_list& in) { return in[0] + in[0].detach() * 1e-2 + 1e10; };
  EXPECT_FALSE(gradcheck(wrong, {ramp({3})}, GradcheckOptions().raise_exception(false)));
}

TEST(Gradcheck, RefusesAToleranceThatIsNone) {
  const auto fn = [](const tensor_list& in) { return in[0] * 2; };
  for (const double bad : {-1e-9, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(gradcheck(fn, {ramp({3})}, GradcheckOptions().tolerance(bad)), Error);
}

TEST(Gradcheck, AcceptsLinearFunctions) {
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0] * 3 - in[1].sum(); }, {ramp({3}), ramp({2, 2})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].t().reshape({-1}); }, {ramp({2, 3})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0]; }, {ramp({3})});
}

TEST(Gradcheck, AcceptsSixtyFourElements) {
  EXPECT_GRADIENTS_OK([](const tensor_list& in) { return in[0].softmax(-1); }, {ramp({8, 8})});
  EXPECT_GRADIENTS_OK([](const tensor_list& in) { return in[0].mm(in[0]).tanh(); }, {ramp({8, 8})});
  EXPECT_SECOND_GRADIENTS_OK([](const tensor_list& in) { return in[0].exp().sum(); }, {ramp({64})});
}

// From 1e-3 on, on both sides of the kink and on all scales of the first step.
TEST(Gradcheck, AcceptsKinksFrom1e_3On) {
  for (const double d : {1e-3, 1.1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.049, 0.05, 0.051, 0.1}) {
    SCOPED_TRACE(d);
    const Tensor x = leaf({d, -d, 0.7});
    EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].relu() * in[0].exp(); }, {x});
    EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].abs() + in[0].square(); }, {x});
    EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].clamp(0, 0.5).exp(); }, {x});
    EXPECT_BOTH_OK([d](const tensor_list& in) { return (in[0] - 100).clamp_min(-d).tanh() + in[0].square(); },
                   {leaf({100.0, 100 - 2 * d})});
    EXPECT_BOTH_OK([](const tensor_list& in) { return maximum(in[0], in[1]).exp(); }, {leaf(0.5), leaf(0.5 + d)});
  }
}

TEST(Gradcheck, PassesIntegersAndBoolsThrough) {
  const Tensor index = tensor({2, 0, 1}), mask = tensor({true, false, true});
  EXPECT_BOTH_OK([](const tensor_list& in) { return where(in[2], in[0].index_select(0, in[1]).exp(), in[0]); },
                 {ramp({3}), index, mask});
  EXPECT_BOTH_OK([](const tensor_list& in) { return cross_entropy(in[0], in[1]); }, {ramp({3, 3}), index});
}

TEST(Gradcheck, TakesUndefinedAndConstantInputs) {
  EXPECT_BOTH_OK([](const tensor_list& in) { return linear(in[0], in[1], in[2]); },
                 {ramp({2, 3}), ones({2, 3}, kDouble), Tensor()});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].exp() * in[1]; }, {ramp({3}), ones({3})});
}

TEST(Gradcheck, AcceptsEmptyAndZeroDimTensors) {
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].exp(); }, {ramp({0})});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].exp().sum() + in[1].square(); },
                 {ramp({3, 0, 2}), leaf(2.0)});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].tanh(); }, {leaf(0.3)});
}

TEST(Gradcheck, TakesSeveralOutputsAndSkipsThoseWithoutGrad) {
  EXPECT_BOTH_OK(
      [](const tensor_list& in) {
        const auto [values, index] = in[0].max(1);
        return tensor_list{index, in[0].gt(0), in[0] * in[1], values.exp(), ones({2}), in[0].detach() * 3, Tensor()};
      },
      {ramp({2, 3}), leaf(1.5)});
}

TEST(Gradcheck, CountsAnUndefinedGradientAsZeros) {
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].exp(); }, {ramp({2}), ramp({3})});
}

TEST(Gradcheck, TakesStridedInputs) {
  const Tensor base = linspace(-0.9, 1.1, 24, kDouble).reshape({4, 6});
  const tensor_list views{base.clone().t(), base.clone().slice(1, 1, 6, 2), base.clone().select(1, 2), base.clone()[3]};
  for (const Tensor& view : views) {
    const Tensor x = view.detach().requires_grad_();
    EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].exp().sum(0) * in[0]; }, {x});
  }
  const Tensor whole = base.clone().requires_grad_(), part = whole.t().narrow(0, 1, 2);  // not a leaf
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].exp(); }, {part});
  EXPECT_FALSE(whole.grad().defined());
}

TEST(Gradcheck, TakesOneTensorTwice) {
  const Tensor x = ramp({3});
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0] * in[1].exp(); }, {x, x});
}

// fn gets the inputs themselves, so a module need not be rebuilt from its arguments.
TEST(Gradcheck, ChecksTheParametersOfAModule) {
  manual_seed(1);
  nn::Linear layer(nn::LinearOptions(3, 2));
  layer->to(kDouble);
  EXPECT_BOTH_OK([&](const tensor_list& in) { return layer->forward(in[0]).tanh(); },
                 {ramp({4, 3}), layer->weight, layer->bias});
  EXPECT_FALSE(layer->weight.grad().defined());
}

TEST(Gradcheck, SeesTheSameRandomNumbersInEachCall) {
  manual_seed(3);
  EXPECT_BOTH_OK([](const tensor_list& in) { return in[0].exp() * rand({3}, kDouble); }, {ramp({3})});
  const double next = rand({1}, kDouble).item<double>();
  manual_seed(3);
  EXPECT_EQ(rand({1}, kDouble).item<double>(), next) << "the generator is where it was";
}

TEST(Gradcheck, TakesAFunctionThatCallsGrad) {
  EXPECT_BOTH_OK(
      [](const tensor_list& in) {
        return autograd::grad({in[0].exp().sum()}, {in[0]}, {}, std::nullopt, /*create_graph=*/true)[0] * in[0];
      },
      {ramp({3})});
}

TEST(Gradcheck, RecordsAlsoUnderNoGrad) {
  const Tensor x = ramp({3});
  const NoGradGuard off;
  EXPECT_TRUE(gradcheck([](const tensor_list& in) { return in[0].exp(); }, {x}));
  EXPECT_FALSE(is_grad_enabled());
}

TEST(Gradcheck, LeavesInputsAsTheyWere) {
  const Tensor x = ramp({3}), n = tensor({1, 2, 3});
  (x * 2).sum().backward();
  const Tensor grad = x.grad();
  const Doubles before = of(x);
  const auto spoils = [](const tensor_list& in) {
    in[1].add_(1);
    const Tensor y = in[0].exp() * in[1];
    in[0].data().zero_();
    return y + 0 * in[0];
  };
  gradcheck(spoils, {x, n}, kQuiet);
  EXPECT_EQ(of(x), before);
  EXPECT_EQ(of(n), (Doubles{1, 2, 3}));
  EXPECT_TRUE(x.grad().is_same(grad));
  EXPECT_EQ(of(grad), (Doubles{2, 2, 2}));
  EXPECT_EQ(x.version(), 0);
}

TEST(Gradcheck, LetsAnExceptionOfTheFunctionThrough) {
  const Tensor x = ramp({3});
  const Doubles before = of(x);
  manual_seed(5);
  for (const int fails_at : {1, 2, 17}) {
    int calls = 0;
    const auto fn = [&](const tensor_list& in) {
      if (++calls == fails_at) throw std::logic_error("mine");
      return in[0].exp() * rand({3}, kDouble);
    };
    EXPECT_THROW(gradcheck(fn, {x}), std::logic_error);
    EXPECT_EQ(of(x), before);
    calls = 0;
    EXPECT_THROW(gradgradcheck(fn, {x}), std::logic_error);
    EXPECT_EQ(of(x), before);
  }
  const double next = rand({1}, kDouble).item<double>();
  manual_seed(5);
  EXPECT_EQ(rand({1}, kDouble).item<double>(), next);
}

TEST(Gradcheck, RefusesWhatItCannotCheck) {
  const auto fn = [](const tensor_list& in) { return in[0].exp(); };
  for (const bool raise : {false, true}) {
    const GradcheckOptions options = GradcheckOptions().raise_exception(raise);
    const auto refusal = [&](const tensor_list& in) { return message_of([&] { gradcheck(fn, in, options); }); };
    EXPECT_TRUE(contains(refusal({ones({2}).requires_grad_()}), "use kDouble"));
    EXPECT_TRUE(contains(refusal({ones({2}, kDouble)}), "no output requires grad"));
    const Tensor other = ramp({2});
    const auto message = [&](const autograd::GradcheckFunction& f, const Tensor& x) {
      return message_of([&] { gradcheck(f, {x}, options); });
    };
    EXPECT_TRUE(contains(message([&](const tensor_list&) { return other * 2; }, ones({2})), "no input requires grad"));
    EXPECT_TRUE(contains(message([](const tensor_list& in) { return in[0].to(kFloat); }, other), "use kDouble"));
    EXPECT_TRUE(contains(message([](const tensor_list& in) { return in[0].to(kDouble); }, ones({2}).requires_grad_()),
                         "use kDouble"));
    EXPECT_TRUE(contains(refusal({ones({1}, kDouble).expand({3}).requires_grad_()}), "share bytes; clone() it"));
    EXPECT_TRUE(contains(
        message_of([&] { gradcheck([](const tensor_list& in) { return in[0].detach(); }, {ramp({2})}, options); }),
        "no output requires grad"));
  }
}

// x^2, whose gradient is off by 1/8 at the element [1][2].
struct Square : Function<Square> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * x;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list g) {
    Tensor factor = full({2, 3}, 2.0, kDouble);
    factor[1][2] = 2.25;
    return {g[0] * ctx->get_saved_variables()[0] * factor};
  }
};
tensor_list square(const tensor_list& in) { return {in[0].sum(), Square::apply(in[1])}; }

TEST(Gradcheck, ReportsWhatIsWrong) {
  const tensor_list in{ramp({2}), leaf({{1.0, 2.0, 3.0}, {-1.0, 4.0, 2.0}})};
  const std::string report = message_of([&] { gradcheck(square, in); });
  EXPECT_TRUE(contains(report, "gradcheck: 2 of 64 gradients are wrong; compare backward with")) << report;
  EXPECT_TRUE(contains(report, "\noutput 1 of SquareBackward, element 5, by input 1, element 5\n")) << report;
  EXPECT_TRUE(contains(report, "\n  analytic    4.5\n")) << report;
  EXPECT_TRUE(contains(report, "\n  numeric     4")) << report;
  EXPECT_TRUE(contains(report, "give or take ")) << report;
  EXPECT_TRUE(contains(report, "\n  difference  0.0625 of that input's largest gradient, 8\n")) << report;
  EXPECT_TRUE(contains(report, "\n  tolerance   1e-09")) << report;
}

TEST(Gradcheck, ReportsTheNameGiven) {
  const tensor_list in{ramp({2}), ramp({2, 3})};
  const std::string report =
      message_of([&] { gradcheck(square, in, GradcheckOptions().name("my_square").tolerance(1e-6)); });
  EXPECT_TRUE(contains(report, "output 1 of my_square, element 5, by input 1, element 5")) << report;
  EXPECT_TRUE(contains(report, "tolerance   1e-06")) << report;
  EXPECT_TRUE(gradcheck(square, in, GradcheckOptions().tolerance(0.2)));
}

TEST(Gradcheck, ReturnsFalseWhereItShallNotThrow) {
  const tensor_list in{ramp({2}), ramp({2, 3})};
  EXPECT_FALSE(gradcheck(square, in, kQuiet));
  EXPECT_TRUE(gradgradcheck(square, in, kQuiet)) << "the wrong gradient is itself differentiated rightly";
}

TEST(GradcheckMatchers, FailWithTheReport) {
  const tensor_list in{ramp({2}), ramp({2, 3})};
  const auto result = testing::gradients_ok<&gradcheck>("", {square, in, kQuiet});
  EXPECT_FALSE(result);
  EXPECT_TRUE(contains(result.message(), "gradients are wrong")) << result.message();
  ASSERT_GRADIENTS_OK(square, in, GradcheckOptions().tolerance(0.2));
  ASSERT_SECOND_GRADIENTS_OK(square, in);
}

TEST(GradcheckMatchers, KeepNaNApartFromNumbers) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const Tensor number = tensor({1.0}, kDouble), not_one = tensor({nan}, kDouble), infinite = tensor({inf}, kDouble);
  EXPECT_FALSE(testing::near("", "", "", number, not_one, 1e9));
  EXPECT_FALSE(testing::near("", "", "", not_one, number, inf));
  EXPECT_FALSE(testing::near("", "", "", number, infinite, 1e9));
  EXPECT_FALSE(testing::near("", "", "", infinite, -infinite, 1e9));
  EXPECT_TENSOR_NEAR(not_one, not_one, 0);
  EXPECT_TENSOR_EQ(infinite, infinite);
}

}  // namespace
}  // namespace tapegrad::test
