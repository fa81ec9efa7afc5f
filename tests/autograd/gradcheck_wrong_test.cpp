// Backward functions as users write them, right and with one mistake: the checks accept the right one and reject the
// other.
#include <tapegrad/testing.h>

#include <string>
#include <vector>

namespace tapegrad::test {
namespace {

using autograd::AutogradContext;
using autograd::Function;
using autograd::gradcheck;
using autograd::GradcheckFunction;
using autograd::GradcheckOptions;
using autograd::gradgradcheck;
using autograd::tensor_list;

using Context = AutogradContext*;

bool wrong;  // whether the functions below make their mistake

// n different elements of order 1 and of both signs, requiring grad.
Tensor points(IntList sizes, double first = 0.3, double step = 0.17) {
  std::int64_t n = 1;
  for (const std::int64_t s : sizes) n *= s;
  std::vector<double> v;
  for (std::int64_t i = 0; i < n; ++i) v.push_back((i % 3 == 1 ? -1 : 1) * (first + step * static_cast<double>(i)));
  return tensor(v, kDouble).reshape(sizes).requires_grad_();
}

Tensor saved(Context ctx, std::size_t k = 0) { return ctx->get_saved_variables()[k]; }

const GradcheckOptions kQuiet = GradcheckOptions().raise_exception(false);

void expect_found_out(const GradcheckFunction& fn, const tensor_list& inputs) {
  wrong = false;
  EXPECT_GRADIENTS_OK(fn, inputs);
  wrong = true;
  EXPECT_FALSE(gradcheck(fn, inputs, kQuiet));
}
template <class F>
void expect_found_out(const Tensor& x = points({3})) {
  expect_found_out([](const tensor_list& in) { return F::apply(in[0]); }, {x});
}
template <class F>
void expect_found_out(const Tensor& x, const Tensor& y) {
  expect_found_out([](const tensor_list& in) { return F::apply(in[0], in[1]); }, {x, y});
}

struct LayerNorm : Function<LayerNorm> {
  static Tensor forward(Context ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    const Tensor centred = x - x.mean({-1}, true);
    return centred / (centred.square().mean({-1}, true) + 1e-5).sqrt();
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    const Tensor x = saved(ctx), centred = x - x.mean({-1}, true);
    const Tensor std = (centred.square().mean({-1}, true) + (wrong ? 0 : 1e-5)).sqrt(), y = centred / std;
    return {(g[0] - g[0].mean({-1}, true) - y * (g[0] * y).mean({-1}, true)) / std};
  }
};
TEST(Gradcheck, RejectsALayerNormWhoseBackwardForgotEps) { expect_found_out<LayerNorm>(points({2, 4})); }

// exp, with a gradient off by a factor.
struct Off : Function<Off> {
  static inline double relative;
  static Tensor forward(Context ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x.exp();
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    return {g[0] * saved(ctx).exp() * (wrong ? 1 + relative : 1)};
  }
};
TEST(Gradcheck, RejectsAGradientThatIsOffByAFactor) {
  for (const double relative : {1.0, 0.0005, 1e-5, 1e-7, 1e-8, 3e-9, 1.1e-9})
    for (const int sign : {-1, 1}) {
      Off::relative = sign * relative;
      expect_found_out<Off>();
    }
  Off::relative = 0.9e-9;
  EXPECT_GRADIENTS_OK([](const tensor_list& in) { return Off::apply(in[0]); }, {points({3})}) << "within the tolerance";
}

struct Quadratic : Function<Quadratic> {
  static Tensor forward(Context ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * x * 0.1;
  }
  static tensor_list backward(Context ctx, tensor_list g) { return {g[0] * saved(ctx) * 2 * (wrong ? 0.1F : 0.1)}; }
};
TEST(Gradcheck, RejectsAFloatLiteralInADoubleKernel) { expect_found_out<Quadratic>(); }

struct Sigmoid : Function<Sigmoid> {
  static Tensor forward(Context ctx, const Tensor& x) {
    const Tensor s = x.sigmoid();
    ctx->save_for_backward({s});
    return s;
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    const Tensor s = saved(ctx).to(wrong ? kFloat : kDouble);
    return {g[0] * (s * (1 - s)).to(kDouble)};
  }
};
TEST(Gradcheck, RejectsABackwardThatPassesThroughFloat) { expect_found_out<Sigmoid>(); }

struct Variance : Function<Variance> {
  static Tensor forward(Context ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return (x - x.mean()).square().sum() / static_cast<double>(x.numel() - 1);
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    const Tensor x = saved(ctx);
    return {g[0] * 2 * (x - x.mean()) / static_cast<double>(x.numel() - (wrong ? 0 : 1))};
  }
};
TEST(Gradcheck, RejectsAVarianceWithNForNMinusOne) { expect_found_out<Variance>(points({64}, 0.3, 0.02)); }

struct Tanh : Function<Tanh> {
  static Tensor forward(Context ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x.tanh();
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    const Tensor out = g[0] * (1 - saved(ctx).tanh().square());
    if (wrong) out[41] = 0.0;
    return {out};
  }
};
TEST(Gradcheck, RejectsOneOf64ElementsDropped) { expect_found_out<Tanh>(points({64}, 0.1, 0.02)); }

struct BigAndSmall : Function<BigAndSmall> {
  static Tensor forward(Context ctx, const Tensor& big, const Tensor& small) {
    ctx->save_for_backward({big, small});
    return big.square() + small.square() * 1e-5;
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    return {g[0] * 2 * saved(ctx), wrong ? Tensor() : g[0] * 2e-5 * saved(ctx, 1)};
  }
};
TEST(Gradcheck, RejectsASmallJacobianDroppedBesideABigOne) {
  expect_found_out<BigAndSmall>(points({3}), points({3}, 0.5));
}

struct OneMinus : Function<OneMinus> {
  static Tensor forward(Context, const Tensor& x) { return 1 - x; }
  static tensor_list backward(Context, tensor_list g) { return {wrong ? g[0] : -g[0]}; }
};
TEST(Gradcheck, RejectsAWrongSign) { expect_found_out<OneMinus>(); }

struct TimesExp : Function<TimesExp> {
  static Tensor forward(Context ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * x.exp();
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    return {g[0] * (saved(ctx) + (wrong ? 0 : 1)) * saved(ctx).exp()};
  }
};
TEST(Gradcheck, RejectsAMissingTerm) { expect_found_out<TimesExp>(); }

struct TanhOf3x : Function<TanhOf3x> {
  static Tensor forward(Context ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return (x * 3).tanh();
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    return {g[0] * (1 - (saved(ctx) * 3).tanh().square()) * (wrong ? 1 : 3)};
  }
};
TEST(Gradcheck, RejectsAMissingChainFactor) { expect_found_out<TanhOf3x>(); }

struct Matmul : Function<Matmul> {
  static Tensor forward(Context ctx, const Tensor& a, const Tensor& b) {
    ctx->save_for_backward({a, b});
    return a.mm(b);
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    const Tensor b = saved(ctx, 1);
    return {g[0].mm(wrong ? b : b.t()), saved(ctx).t().mm(g[0])};
  }
};
TEST(Gradcheck, RejectsATransposedMatrix) { expect_found_out<Matmul>(points({3, 3}), points({3, 3})); }

struct AddBias : Function<AddBias> {
  static Tensor forward(Context, const Tensor& x, const Tensor& bias) { return x + bias; }
  static tensor_list backward(Context, tensor_list g) { return {g[0], g[0].sum(wrong ? 1 : 0)}; }
};
TEST(Gradcheck, RejectsABroadcastSummedOverTheWrongDim) { expect_found_out<AddBias>(points({3, 3}), points({3})); }

struct Multiply : Function<Multiply> {
  static Tensor forward(Context ctx, const Tensor& a, const Tensor& b) {
    ctx->save_for_backward({a, b});
    return a * b;
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    return {g[0] * saved(ctx, wrong ? 0 : 1), g[0] * saved(ctx, wrong ? 1 : 0)};
  }
};
TEST(Gradcheck, RejectsTheGradientOfTheOtherInput) { expect_found_out<Multiply>(points({3}), points({3}, 1.1)); }

struct KeepsABuffer : Function<KeepsABuffer> {
  static Tensor forward(Context ctx, const Tensor& x) {
    const Tensor buffer = x.exp();
    ctx->saved_data["exp"] = wrong ? buffer : buffer.clone();
    const Tensor y = buffer.clone();
    buffer.mul_(2);
    return y;
  }
  static tensor_list backward(Context ctx, tensor_list g) { return {g[0] * ctx->saved_data["exp"].toTensor()}; }
};
TEST(Gradcheck, RejectsAStaleSavedValue) { expect_found_out<KeepsABuffer>(); }

// A scalar loss: a cotangent of 1 alone would not tell.
struct SumOfSquares : Function<SumOfSquares> {
  static Tensor forward(Context ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x.square().sum();
  }
  static tensor_list backward(Context ctx, tensor_list g) { return {wrong ? 2 * saved(ctx) : g[0] * 2 * saved(ctx)}; }
};
TEST(Gradcheck, RejectsABackwardThatIgnoresItsCotangent) { expect_found_out<SumOfSquares>(); }

template <int kMistake>
struct Twice : Function<Twice<kMistake>> {
  static Tensor forward(Context, const Tensor& x) { return x * 2; }
  static tensor_list backward(Context, tensor_list g) {
    if (!wrong) return {g[0] * 2};
    return {2 * (kMistake == 0 ? g[0].square() : kMistake == 1 ? g[0].relu() : g[0].abs())};
  }
};
TEST(Gradcheck, RejectsABackwardThatIsNotLinearInItsCotangent) {
  expect_found_out<Twice<0>>();
  expect_found_out<Twice<1>>();
  expect_found_out<Twice<2>>();
}

// Two outputs; the mistakes: one is forgotten, or only one is taken at a time.
template <bool kForgets>
struct TwoOutputs : Function<TwoOutputs<kForgets>> {
  static tensor_list forward(Context ctx, const Tensor& x) {
    ctx->set_materialize_grads(kForgets || !wrong);
    return {x * 2, x * 3};
  }
  static tensor_list backward(Context, tensor_list g) {
    if (!wrong) return {g[0] * 2 + g[1] * 3};
    if (kForgets) return {g[0] * 2};
    return {g[0].defined() ? g[0] * 2 : g[1] * 3};
  }
};
TEST(Gradcheck, RejectsABackwardThatForgetsAnOutput) { expect_found_out<TwoOutputs<true>>(); }
TEST(Gradcheck, RejectsABackwardThatTakesOneOutputAtATime) {
  expect_found_out([](const tensor_list& in) { return TwoOutputs<false>::apply(in[0]); }, {points({3})});
}

struct Recomputes : Function<Recomputes> {
  static Tensor forward(Context ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return (x * 2).exp();
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    const AutoGradMode on(true);
    const Tensor x = saved(ctx).detach().requires_grad_();
    return autograd::grad({(x * (wrong ? 2.0001 : 2)).exp()}, {x}, {g[0]});
  }
};
TEST(Gradcheck, SeesThroughABackwardThatCallsGrad) { expect_found_out<Recomputes>(); }

struct KeepsState : Function<KeepsState> {
  static inline int calls = 0;
  static Tensor forward(Context, const Tensor& x) { return x * 2; }
  static tensor_list backward(Context, tensor_list g) { return {g[0] * (wrong && ++calls % 2 == 0 ? 2 + 1e-15 : 2)}; }
};
TEST(Gradcheck, RejectsABackwardThatGivesSomethingElseTheSecondTime) {
  const auto fn = [](const tensor_list& in) { return KeepsState::apply(in[0]); };
  expect_found_out(fn, {points({3})});
  try {
    gradcheck(fn, {points({3})});
    ADD_FAILURE();
  } catch (const AutogradError& e) {
    EXPECT_NE(std::string(e.what()).find("another value in a second pass"), std::string::npos) << e.what();
  }
}

struct SpoilsItsCotangent : Function<SpoilsItsCotangent> {
  static Tensor forward(Context, const Tensor& x) { return x * 2; }
  static tensor_list backward(Context, tensor_list g) { return {wrong ? g[0].mul_(2) : g[0] * 2}; }
};
TEST(Gradcheck, RejectsABackwardThatChangesItsCotangent) {
  expect_found_out(
      [](const tensor_list& in) {
        const Tensor x = in[0] * 1;
        return SpoilsItsCotangent::apply(x) + x;
      },
      {points({3})});
}

struct NotFinite : Function<NotFinite> {
  static inline double value;
  static Tensor forward(Context, const Tensor& x) { return x * 2; }
  static tensor_list backward(Context, tensor_list g) { return {g[0] * (wrong ? value : 2)}; }
};
TEST(Gradcheck, RejectsGradientsThatAreNotFinite) {
  for (const double v : {NAN, INFINITY, -INFINITY}) {
    NotFinite::value = v;
    expect_found_out<NotFinite>();
  }
}

// The first derivative is right, the second is not: 0 a saved value was detached, 1 there is no history at all.
template <int kMistake>
struct Cube : Function<Cube<kMistake>> {
  static Tensor forward(Context ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * x * x;
  }
  static tensor_list backward(Context ctx, tensor_list g) {
    const AutoGradMode mode(is_grad_enabled() && !(wrong && kMistake == 1));
    return {g[0] * 3 * saved(ctx) * (wrong && kMistake == 0 ? saved(ctx).detach() : saved(ctx))};
  }
};
void expect_found_out_twice(const GradcheckFunction& fn) {
  wrong = false;
  EXPECT_SECOND_GRADIENTS_OK(fn, {points({3})});
  wrong = true;
  EXPECT_GRADIENTS_OK(fn, {points({3})}) << "right once";
  EXPECT_FALSE(gradgradcheck(fn, {points({3})}, kQuiet));
}
TEST(Gradgradcheck, RejectsWhatIsRightOnlyOnce) {
  expect_found_out_twice([](const tensor_list& in) { return Cube<0>::apply(in[0]); });
  expect_found_out_twice([](const tensor_list& in) { return Cube<1>::apply(in[0]); });
}
TEST(Gradgradcheck, RejectsABackwardThatCutsTheHistory) {
  wrong = false;
  EXPECT_FALSE(gradgradcheck([](const tensor_list& in) { return Recomputes::apply(in[0]); }, {points({3})}, kQuiet));
}

}  // namespace
}  // namespace tapegrad::test
