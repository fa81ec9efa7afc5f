// autograd::Function: operations of the user's own.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {
namespace {

using autograd::AutogradContext;
using autograd::Function;
using autograd::grad;
using autograd::tensor_list;
using Doubles = std::vector<double>;

Tensor leaf(const std::vector<double>& v = {1, 2, 3}) { return tensor(v, kDouble).requires_grad_(); }
Doubles of(const Tensor& x) { return x.to_vector<double>(); }

struct Cube : Function<Cube> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    EXPECT_FALSE(is_grad_enabled()) << "forward is not recorded";
    ctx->save_for_backward({x});
    return x * x * x;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const Tensor x = ctx->get_saved_variables()[0];
    return {grads[0] * 3 * x * x};
  }
};

TEST(Function, HasItsOwnGradient) {
  const Tensor x = leaf();
  const Tensor y = Cube::apply(x);
  EXPECT_EQ(of(y), (Doubles{1, 8, 27}));
  EXPECT_TRUE(y.requires_grad());
  EXPECT_FALSE(y.is_leaf());
  ASSERT_NE(y.grad_fn(), nullptr);
  (y * 2).sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{6, 24, 54}));
}

TEST(Function, IsDifferentiableAgain) {
  const Tensor x = leaf();
  Tensor d = grad({Cube::apply(x).sum()}, {x}, {}, std::nullopt, true)[0];
  EXPECT_EQ(of(d), (Doubles{3, 12, 27}));
  d = grad({d.sum()}, {x}, {}, std::nullopt, true)[0];
  EXPECT_EQ(of(d), (Doubles{6, 12, 18}));
  d = grad({d.sum()}, {x})[0];
  EXPECT_EQ(of(d), (Doubles{6, 6, 6}));
}

TEST(Function, OfWhatNeedsNoGradientRecordsNothing) {
  const Tensor y = Cube::apply(ones({2}));
  EXPECT_FALSE(y.requires_grad());
  EXPECT_EQ(y.grad_fn(), nullptr);
  const NoGradGuard off;
  EXPECT_FALSE(Cube::apply(leaf()).requires_grad());
}

TEST(Function, ThrowsAtASecondBackward) {
  const Tensor x = leaf();
  const Tensor loss = Cube::apply(x).sum();
  loss.backward({}, /*retain_graph=*/true);
  loss.backward();
  EXPECT_THROW(loss.backward(), AutogradError);
}

TEST(Function, FindsOutThatASavedTensorWasChanged) {
  const Tensor x = leaf();
  const Tensor in = x * 1;
  const Tensor y = Cube::apply(in);
  in.add_(1);
  EXPECT_THROW(y.sum().backward(), AutogradError);
  EXPECT_FALSE(x.grad().defined());
}

struct Exponential : Function<Exponential> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    const Tensor y = exp(x);
    ctx->save_for_backward({y});
    return y;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    return {grads[0] * ctx->get_saved_variables()[0]};
  }
};

TEST(Function, MaySaveItsOutput) {
  const Tensor x = leaf({0, 1});
  const Tensor y = Exponential::apply(x);
  const Tensor g = grad({y.sum()}, {x}, {}, std::nullopt, true)[0];
  EXPECT_EQ(of(g), of(y));
  EXPECT_EQ(of(grad({g.sum()}, {x})[0]), of(y));
}

// Several outputs, other arguments than tensors, an input without gradient.
struct Parts : Function<Parts> {
  static tensor_list forward(AutogradContext* ctx, const Tensor& x, double scale, const Tensor& y) {
    ctx->saved_data["scale"] = scale;
    ctx->saved_data["name"] = std::string("parts");
    ctx->saved_data["sizes"] = std::vector<std::int64_t>{1, 2};
    ctx->save_for_backward({x, y});
    const Tensor index = argmax(x);
    ctx->mark_non_differentiable({index});
    return {x * y, x * scale, index};
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    EXPECT_EQ(grads.size(), 3U);
    EXPECT_EQ(ctx->saved_data["name"].toStringRef(), "parts");
    EXPECT_EQ(ctx->saved_data["sizes"].toIntVector().size(), 2U);
    EXPECT_THROW(ctx->saved_data["name"].toDouble(), AutogradError);
    const tensor_list saved = ctx->get_saved_variables();
    return {grads[0] * saved[1] + grads[1] * ctx->saved_data["scale"].toDouble(), Tensor(), grads[0] * saved[0]};
  }
};

TEST(Function, MayHaveSeveralOutputsAndOtherArguments) {
  const Tensor x = leaf(), y = leaf({4, 5, 6});
  const tensor_list out = Parts::apply(x, 10.0, y);
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(of(out[0]), (Doubles{4, 10, 18}));
  EXPECT_EQ(of(out[1]), (Doubles{10, 20, 30}));
  EXPECT_EQ(out[2].item<std::int64_t>(), 2);
  EXPECT_TRUE(out[0].requires_grad());
  EXPECT_TRUE(out[1].requires_grad());
  EXPECT_FALSE(out[2].requires_grad());
  (out[0] + out[1] * 2).sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{24, 25, 26}));
  EXPECT_EQ(of(y.grad()), (Doubles{1, 2, 3}));
}

TEST(Function, SeesZerosForAnOutputThatNothingUses) {
  const Tensor x = leaf(), y = leaf({4, 5, 6});
  Parts::apply(x, 10.0, y)[1].sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{10, 10, 10}));
  EXPECT_EQ(of(y.grad()), (Doubles{0, 0, 0}));
}

struct Unmaterialized : Function<Unmaterialized> {
  static tensor_list forward(AutogradContext* ctx, const Tensor& x) {
    ctx->set_materialize_grads(false);
    return {x * 1, x * 2};
  }
  static tensor_list backward(AutogradContext*, tensor_list grads) {
    EXPECT_FALSE(grads[0].defined());
    return {grads[1] * 2};
  }
};

TEST(Function, SeesUndefinedGradientsWhereItWantsThem) {
  const Tensor x = leaf();
  Unmaterialized::apply(x)[1].sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{2, 2, 2}));
}

struct Weighted : Function<Weighted> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& w) {
    ctx->save_for_backward({x, w});
    return x * w;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const tensor_list saved = ctx->get_saved_variables();
    Tensor gx, gw;
    if (ctx->needs_input_grad(0)) gx = grads[0] * saved[1];
    if (ctx->needs_input_grad(1)) gw = grads[0] * saved[0];
    last = {ctx->needs_input_grad(0), ctx->needs_input_grad(1)};
    return {gx, gw};
  }
  static inline std::vector<bool> last;
};

TEST(Function, KnowsWhichInputsNeedAGradient) {
  const Tensor x = leaf(), w = ones({3}, kDouble);
  Weighted::apply(x, w).sum().backward();
  EXPECT_EQ(Weighted::last, (std::vector<bool>{true, false}));
  Weighted::apply(w, x).sum().backward();
  EXPECT_EQ(Weighted::last, (std::vector<bool>{false, true}));
  EXPECT_EQ(of(x.grad()), (Doubles{2, 2, 2}));
}

struct TakesList : Function<TakesList> {
  static Tensor forward(AutogradContext*, tensor_list xs) { return xs[0] + xs[1] * 2; }
  static tensor_list backward(AutogradContext*, tensor_list grads) { return {grads[0], grads[0] * 2}; }
};

TEST(Function, TakesAListOfTensors) {
  const Tensor x = leaf(), y = leaf();
  TakesList::apply(tensor_list{x, y}).sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{1, 1, 1}));
  EXPECT_EQ(of(y.grad()), (Doubles{2, 2, 2}));
}

struct Identity : Function<Identity> {
  static Tensor forward(AutogradContext*, const Tensor& x) { return x; }
  static tensor_list backward(AutogradContext*, tensor_list grads) { return {grads[0] * 5}; }
};

TEST(Function, MayReturnItsInput) {
  const Tensor x = leaf();
  const Tensor y = Identity::apply(x);
  EXPECT_FALSE(y.is_leaf());
  EXPECT_TRUE(x.is_leaf());
  y.sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{5, 5, 5}));
  EXPECT_EQ(of(x), (Doubles{1, 2, 3}));
}

// Checkpointing: forward keeps nothing but its input, backward runs it again and differentiates it.
struct Checkpoint : Function<Checkpoint> {
  static Tensor body(const Tensor& x) { return exp(x * 2) * x; }
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return body(x);
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const Tensor x = ctx->get_saved_variables()[0].detach().requires_grad_();
    Tensor y;
    {
      const AutoGradMode on(true);
      y = body(x);
    }
    return grad({y}, {x}, {grads[0]});
  }
};

TEST(Function, MayDifferentiateInsideItsBackward) {
  const Tensor x = leaf({0.1, 0.2});
  (Checkpoint::apply(x * 3) * 7).sum().backward();
  const Doubles nested = of(x.grad());
  x.zero_grad();
  (Checkpoint::body(x * 3) * 7).sum().backward();
  EXPECT_EQ(nested, of(x.grad()));
}

// backward() of another graph, into leaves of its own, inside a backward.
struct Nested : Function<Nested> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& side) {
    ctx->saved_data["side"] = side;
    return x * 1;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const AutoGradMode on(true);
    (ctx->saved_data["side"].toTensor() * 3).sum().backward();
    return {grads[0], Tensor()};
  }
};

TEST(Function, MayCallBackwardInsideItsBackward) {
  const Tensor x = leaf(), side = leaf();
  (Nested::apply(x * 2, side) + x).sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{3, 3, 3}));
  EXPECT_EQ(of(side.grad()), (Doubles{3, 3, 3}));
}

// An inner backward pass over nodes of the graph that the outer one is walking.
struct Within : Function<Within> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& loss, const Tensor& wrt) {
    ctx->saved_data["loss"] = loss;
    ctx->saved_data["wrt"] = wrt;
    return x * 1;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const Tensor g = grad({ctx->saved_data["loss"].toTensor()}, {ctx->saved_data["wrt"].toTensor()}, {}, true)[0];
    return {grads[0] * g, Tensor(), Tensor()};
  }
};

TEST(Function, MayDifferentiateTheGraphThatIsWalkedInsideItsBackward) {
  const Tensor x = leaf();
  const Tensor shared = x * 2;
  const Tensor loss = (shared * 7).sum();
  const Tensor y = Within::apply(shared, loss, x);
  const Tensor z = shared * 3;  // newer than y: shared has part of its gradient when y's backward runs
  (y + z).sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{2 * 14 + 6, 2 * 14 + 6, 2 * 14 + 6}));
}

struct TooMany : Function<TooMany> {
  static Tensor forward(AutogradContext*, const Tensor& x) { return x * 1; }
  static tensor_list backward(AutogradContext*, tensor_list grads) { return {grads[0], grads[0]}; }
};
struct WrongShape : Function<WrongShape> {
  static Tensor forward(AutogradContext*, const Tensor& x) { return x * 1; }
  static tensor_list backward(AutogradContext*, tensor_list) { return {ones({2}, kDouble)}; }
};
struct SavesAStranger : Function<SavesAStranger> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x * 2});
    return x * x;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    return {grads[0] * ctx->get_saved_variables()[0]};
  }
};

struct SavesNothingToo : Function<SavesNothingToo> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& y) {
    ctx->save_for_backward({x, y});
    return x * 2;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    EXPECT_FALSE(ctx->get_saved_variables()[1].defined());
    return {grads[0] * 2, Tensor()};
  }
};

TEST(Function, MaySaveAnUndefinedTensor) {
  const Tensor x = leaf();
  SavesNothingToo::apply(x, Tensor()).sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{2, 2, 2}));
}

TEST(Function, IsCheckedForItsGradients) {
  const Tensor x = leaf();
  try {
    TooMany::apply(x).sum().backward();
    ADD_FAILURE();
  } catch (const AutogradError& e) {
    EXPECT_NE(std::string(e.what()).find("returned an incorrect number of gradients (expected 1, got 2)"),
              std::string::npos)
        << e.what();
  }
  try {
    WrongShape::apply(x).sum().backward();
    ADD_FAILURE();
  } catch (const Error& e) {
    const std::string message = e.what();
    EXPECT_TRUE(message.find("[2]") != std::string::npos && message.find("[3]") != std::string::npos) << message;
  }
  EXPECT_FALSE(x.grad().defined());
}

TEST(Function, ThatSavesSomethingElseIsRefusedOrRight) {
  const Tensor x = leaf();
  try {
    SavesAStranger::apply(x).sum().backward();
  } catch (const AutogradError&) {
    EXPECT_FALSE(x.grad().defined());
    return;
  }
  EXPECT_EQ(of(x.grad()), (Doubles{2, 4, 6}));
}

struct AddOne : Function<AddOne> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    x.add_(1);
    ctx->mark_dirty({x});
    return x;
  }
  static tensor_list backward(AutogradContext*, tensor_list grads) { return {grads[0] * 10}; }
};

TEST(Function, MayChangeItsInputInPlace) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  const Tensor z = AddOne::apply(y);
  EXPECT_EQ(of(z), (Doubles{3, 5, 7}));
  EXPECT_EQ(z.data_ptr(), y.data_ptr());
  z.sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{20, 20, 20}));
}

TEST(Function, ThatChangesItsInputMakesEarlierViewsOfItStale) {
  const Tensor x = leaf();
  const Tensor y = x * 2, view = y.view({3, 1});
  AddOne::apply(y);
  EXPECT_THROW(view * 2, AutogradError);
}

struct Throws : Function<Throws> {
  static Tensor forward(AutogradContext*, const Tensor& x, bool now) {
    if (now) throw std::runtime_error("forward");
    return x * 1;
  }
  static tensor_list backward(AutogradContext*, tensor_list) { throw std::runtime_error("backward"); }
};

TEST(Function, PassesExceptionsThrough) {
  const Tensor x = leaf();
  EXPECT_THROW(Throws::apply(x, true), std::runtime_error);
  EXPECT_TRUE(is_grad_enabled());
  EXPECT_THROW(Throws::apply(x, false).sum().backward(), std::runtime_error);
  EXPECT_TRUE(is_grad_enabled());
  EXPECT_FALSE(x.grad().defined());
  (x * 2).sum().backward();
  EXPECT_EQ(of(x.grad()), (Doubles{2, 2, 2}));
}

}  // namespace
}  // namespace tapegrad::test
