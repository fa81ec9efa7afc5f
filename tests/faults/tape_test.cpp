// Memory that runs out while the tape is written, walked and differentiated again.
#include <gtest/gtest.h>

#include <memory>
#include <sstream>

#include <tapegrad/autograd/checkpoint.h>
#include <tapegrad/autograd/functional.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/gradcheck.h>
#include <tapegrad/autograd/ops.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/vmap.h>

#include "scenario.h"

namespace tapegrad::test {
namespace {

using autograd::grad;
using autograd::tensor_list;

// a: a leaf without a .grad; b: with one; c: with one of strides 0, assigned. y was made from all of them.
struct Tape {
  Tensor a = tensor({0.5F, 2.0F, -1.0F}).requires_grad_(), b = tensor({3.0F, 4.0F, 0.25F}).requires_grad_(),
         c = tensor({5.0F, 6.0F, 7.0F}).requires_grad_(), y;
  std::vector<Tensor> out;
  std::uint64_t count = 0;
  Tape() {
    (b * 2).sum().backward();
    c.mutable_grad() = tensor({10.0F}).expand({3});
    y = exp(a * b) * c;
  }
};

Scenario on_a_tape(std::string name, std::function<void(Tape&)> run, std::function<void(Tape&)> prepare = nullptr) {
  return {std::move(name), [run = std::move(run), prepare = std::move(prepare)] {
            auto tape = std::make_shared<Tape>();
            if (prepare) prepare(*tape);
            return Attempt{[tape, run] {
                             tape->out.clear();
                             run(*tape);
                           },
                           [tape](Hash& h) { h(tape->a)(tape->b)(tape->c)(tape->y)(tape->out); }};
          }};
}

Scenario drawing(Scenario s) {
  s.draws = true;
  return s;
}

Tensor loss(const Tape& t) { return (tanh(t.a * t.b + t.c).sum() + (t.a / t.b).mean()) * t.c[1]; }

struct Mixed : autograd::Function<Mixed> {
  static tensor_list forward(autograd::AutogradContext* ctx, const Tensor& x, const Tensor& y) {
    const Tensor product = x * y;
    ctx->save_for_backward({x, y, product});
    ctx->saved_data["copy"] = x.detach();
    return {product, x + y};
  }
  static tensor_list backward(autograd::AutogradContext* ctx, tensor_list g) {
    const tensor_list v = ctx->get_saved_variables();
    return {g[0] * v[1] + g[1], g[0] * v[0] + g[1] + v[2] * 0};
  }
};

std::vector<Scenario> passes() {
  return {
      on_a_tape("backward", [](Tape& t) { loss(t).backward(); }),
      on_a_tape("backward over a long chain",
                [](Tape& t) {
                  Tensor h = t.a;
                  for (int i = 0; i < 20; ++i) h = sin(h) * t.b;
                  h.sum().backward();
                }),
      on_a_tape("backward that retains its graph", [](Tape& t) { t.y.sum().backward({}, true); }),
      on_a_tape("backward of a given gradient", [](Tape& t) { t.y.backward(t.c.detach().expand({3}), true); }),
      on_a_tape("backward with create_graph", [](Tape& t) { loss(t).backward({}, std::nullopt, true); }),
      on_a_tape("backward into some leaves",
                [](Tape& t) {
                  loss(t).backward({}, std::nullopt, false, {t.a, t.c});
                }),
      on_a_tape("backward from several roots",
                [](Tape& t) {
                  autograd::backward({t.y, t.a * 3, loss(t)}, {ones({3}), ones({3}), {}}, true);
                }),
      on_a_tape("grad",
                [](Tape& t) {
                  t.out = grad({loss(t)}, {t.a, t.c});
                }),
      on_a_tape("grad by what lies between",
                [](Tape& t) {
                  t.out = grad({t.y.sum()}, {t.y, t.a}, {}, true);
                }),
      on_a_tape("grad of a grad",
                [](Tape& t) {
                  const Tensor g = grad({loss(t)}, {t.a}, {}, std::nullopt, true)[0];
                  t.out = grad({(g * g).sum()}, {t.a, t.b}, {}, std::nullopt, true);
                }),
      on_a_tape("third derivative",
                [](Tape& t) {
                  Tensor g = exp(t.a * t.a).sum();
                  for (int i = 0; i < 3; ++i) g = grad({g}, {t.a}, {}, std::nullopt, true)[0].sum();
                  t.out = {g};
                }),
      on_a_tape(
          "kept gradients of intermediates", [](Tape& t) { t.y.sum().backward({}, true); },
          [](Tape& t) { t.y.retain_grad(); }),
      on_a_tape(
          "kept gradients that there are already", [](Tape& t) { (t.y * 2).sum().backward({}, true); },
          [](Tape& t) {
            t.y.retain_grad();
            t.y.sum().backward({}, true);
          }),
      on_a_tape(
          "hooks", [](Tape& t) { t.y.sum().backward({}, true); },
          [](Tape& t) {
            t.y.register_hook([](const Tensor& g) { return g * 2; });
            t.a.register_hook([](const Tensor& g) { return g.to(kDouble) + 1; });
            t.b.register_hook([](const Tensor&) {});
          }),
      on_a_tape(
          "backward in a hook", [](Tape& t) { (t.y * t.a).sum().backward({}, true); },
          [](Tape& t) {
            const Tensor inner = t.c.detach().requires_grad_();
            t.y.register_hook([inner](const Tensor& g) {
              const AutoGradMode on(true);
              return grad({(inner * inner * g.detach()).sum()}, {inner})[0];
            });
          }),
      on_a_tape("Function",
                [](Tape& t) {
                  const tensor_list r = Mixed::apply(t.a, t.b);
                  (r[0] * r[1]).sum().backward();
                }),
      on_a_tape("Function differentiated twice",
                [](Tape& t) {
                  const tensor_list r = Mixed::apply(t.a * 2, t.b);
                  const Tensor g = grad({(r[0] * r[1]).sum()}, {t.a}, {}, std::nullopt, true)[0];
                  g.pow(2).sum().backward();
                }),
      on_a_tape(
          "Function that is kept", [](Tape& t) { (t.y * 1).sum().backward({}, true); },
          [](Tape& t) {
            const tensor_list r = Mixed::apply(t.a, t.b);
            t.y = r[0] * r[1] * r[0];
          }),
      on_a_tape("checkpoint",
                [](Tape& t) {
                  const Tensor w = t.c;
                  autograd::checkpoint([w](const Tensor& x) { return tanh(x * w) * x; }, t.a * t.b).sum().backward();
                }),
      drawing(
          on_a_tape("checkpoint that draws",
                    [](Tape& t) {
                      manual_seed(4);
                      autograd::checkpoint([](const Tensor& x) { return x * rand({3}); }, t.y).sum().backward({}, true);
                    })),
      on_a_tape("anomaly mode",
                [](Tape& t) {
                  const autograd::DetectAnomalyGuard on;
                  loss(t).backward();
                }),
      on_a_tape("jacobian and hessian",
                [](Tape& t) {
                  t.out = {autograd::functional::jacobian([](const Tensor& x) { return x * x.sum(); }, t.a, true),
                           autograd::functional::hessian([](const Tensor& x) { return x.pow(3).sum(); }, t.a)};
                }),
      on_a_tape("vmap",
                [](Tape& t) {
                  auto fn = autograd::functional::vmap([&t](const Tensor& x) {
                    Tensor y = x * t.a.sum();
                    y.add_(1);
                    return autograd::grad({(y.softmax(0) * t.b).sum()}, {t.a})[0].cumsum(0);
                  });
                  t.out = {fn(stack({t.b, t.b * 2}))};
                }),
      on_a_tape("jvp, vjp and hvp",
                [](Tape& t) {
                  const auto square = [](const tensor_list& x) { return tensor_list{(x[0] * x[0]).sum()}; };
                  const Tensor v = t.b.detach();
                  t.out = {autograd::functional::jvp(square, {t.a}, {v}).second[0],
                           autograd::functional::vjp(square, {t.a}).second[0],
                           autograd::functional::hvp(square, {t.a}, {v}).second[0]};
                }),
  };
}

std::vector<Scenario> places() {
  return {
      on_a_tape("in place, recorded", [](Tape& t) { t.y.mul_(t.a); }),
      on_a_tape("in place by itself", [](Tape& t) { t.y.mul_(t.y); }),
      on_a_tape("in place, cast", [](Tape& t) { t.y.add_(tensor(2.5, kDouble)); }),
      on_a_tape("in place, from strides",
                [](Tape& t) {
                  t.out = {zeros({3, 3}).copy_(t.c.detach().expand({3, 3}).t())};
                }),
      on_a_tape("an element", [](Tape& t) { t.y[1] = t.a[0] * 3; }),
      on_a_tape("elements",
                [](Tape& t) {
                  t.y.index_put_({tensor({0, 2})}, t.a.detach().narrow(0, 0, 2));
                }),
      on_a_tape("a .grad made zero", [](Tape& t) { t.b.zero_grad(false); }),
      on_a_tape(
          "a .grad with a history made zero", [](Tape& t) { t.a.zero_grad(false); },
          [](Tape& t) { (t.a * t.a).sum().backward({}, std::nullopt, true); }),
      on_a_tape("a leaf made", [](Tape& t) { t.out = {ones({3}).requires_grad_()}; }),
      on_a_tape("a hook registered", [](Tape& t) { t.b.register_hook([](const Tensor& g) { return g * 2; }); }),
      on_a_tape("a .grad assigned", [](Tape& t) { t.a.mutable_grad() = ones({3}); }),
      on_a_tape("a text", [](Tape& t) { t.count += t.y.str().size(); }),
      on_a_tape("a stream",
                [](Tape& t) {
                  std::ostringstream text;
                  text.exceptions(std::ios::badbit);
                  text << t.c;
                }),
      on_a_tape("views",
                [](Tape& t) {
                  t.out = {t.y.expand({2, 3}).t().reshape({3, 2}).contiguous().view({6})};
                }),
      on_a_tape("numbers given",
                [](Tape& t) {
                  t.out = {tensor({{1.0F, 2.0F}, {3.0F, 4.0F}}), tensor(true)};
                }),
      on_a_tape("elements taken", [](Tape& t) { t.count += t.y.to_vector<double>().size(); }),
      on_a_tape("random numbers", [](Tape& t) { t.y = randn({40}); }),
      on_a_tape("more random numbers", [](Tape& t) { t.y = rand({40}, kDouble); }),
      on_a_tape("random integers",
                [](Tape& t) {
                  t.y = randint(9, {5, 5});
                }),
      on_a_tape("a permutation", [](Tape& t) { t.y = randperm(40); }),
      on_a_tape("random numbers in place", [](Tape& t) { t.a.detach().uniform_(); }),
      on_a_tape("a generator's state", [](Tape& t) { t.y = default_generator().get_state(); }),
  };
}

TEST(FailingMemory, LeavesWhatABackwardSeesAsItWas) { expect_survive_failing_memory(passes()); }
TEST(FailingMemory, LeavesWhatIsWrittenInPlaceAsItWas) { expect_survive_failing_memory(places()); }

TEST(FailingMemory, LeavesTheInputsOfGradcheckAsTheyWere) {
  using Check = bool (*)(const autograd::GradcheckFunction&, const tensor_list&, const autograd::GradcheckOptions&);
  const auto of_a_square = [](std::string name, Check check) {
    return Scenario{std::move(name), [check] {
                      const auto x = std::make_shared<tensor_list>(1, full({1}, 1.5, kDouble).requires_grad_());
                      const auto square = [](const tensor_list& in) { return in[0] * in[0]; };
                      return Attempt{[=] { EXPECT_TRUE(check(square, *x, {})); }, [x](Hash& h) { h(*x); }};
                    }};
  };
  expect_survive_failing_memory(
      {of_a_square("gradcheck", autograd::gradcheck), of_a_square("gradgradcheck", autograd::gradgradcheck)}, 12);
}

// What a tensor holds on the way of large ones: bytes in a block of their own, loops cut for threads.
TEST(FailingMemory, LeavesLargeTensorsAsTheyWere) {
  const auto make = [](std::int64_t n, auto run) {
    return [n, run] {
      const auto x = std::make_shared<Tensor>(ones({n, 8}).requires_grad_());
      const auto out = std::make_shared<Tensor>();
      return Attempt{[=] { *out = run(*x); }, [=](Hash& h) { h (*x)(*out); }};
    };
  };
  expect_survive_failing_memory(
      {
          {"a sum over threads", make(40'000,
                                      [](const Tensor& x) {
                                        const Tensor y = (x * 2).sum();
                                        y.backward();
                                        return y;
                                      })},
          {"a product", make(300,
                             [](const Tensor& x) {
                               const Tensor y = x.mm(x.t());
                               y.sum().backward();
                               return y;
                             })},
      },
      4);
}

}  // namespace
}  // namespace tapegrad::test
