// Memory that runs out while modules are made, run, copied, cast and given values.
#include <gtest/gtest.h>

#include <memory>
#include <sstream>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/nn/cloneable.h>
#include <tapegrad/nn/init.h>
#include <tapegrad/nn/layers/activation.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/layers/norm.h>
#include <tapegrad/nn/losses/mse.h>
#include <tapegrad/nn/sequential.h>

#include "scenario.h"

namespace tapegrad::test {
namespace {

struct Net : nn::Cloneable<Net> {
  nn::Linear first = register_module("first", nn::Linear(3, 4));
  nn::Sequential tail =
      register_module("tail", nn::Sequential{nn::ReLU(), nn::Linear(nn::LinearOptions(4, 2).bias(false))});
  nn::Parameter scale = register_parameter("scale", full({2}, 2.0F));
  nn::Buffer mean = register_buffer("mean", arange(6, kFloat).reshape({2, 3}).t());
  nn::Parameter same = register_parameter("same", scale);
  Tensor forward(const Tensor& x) { return tail->forward(first->forward(x - mean.mean())) * scale; }
};

struct Work {
  std::shared_ptr<Net> net = std::make_shared<Net>(), copy;
  Tensor out, spare = ones({2, 2});
  std::string text;
};

Scenario with_a_net(std::string name, std::function<void(Work&)> run, std::function<void(Work&)> prepare = nullptr) {
  return {std::move(name), [=] {
            const auto w = std::make_shared<Work>();
            if (prepare) prepare(*w);
            return Attempt{[=] { run(*w); },
                           [=](Hash& h) {
                             h(w->net->state_dict())(w->out)(w->spare)(w->text)(w->net->is_training());
                             for (const auto& [path, child] : w->net->named_modules()) h(path)(child->is_training());
                             if (w->copy != nullptr) h(w->copy->state_dict());
                           }};
          }};
}

Tensor batch() { return arange(15, kFloat).reshape({5, 3}) * 0.1; }
void train(Work& w) { nn::MSELoss()(w.net->forward(batch()), zeros({5, 2})).backward(); }

TEST(FailingMemory, LeavesModulesAsTheyWere) {
  expect_survive_failing_memory({
      with_a_net("a step", train),
      with_a_net("a second step", train, train),
      with_a_net(
          "statistics that follow",
          [](Work& w) {
            w.out = w.net->tail->forward(arange(8, kFloat).view({2, 4}));
          },
          [](Work& w) { w.net->tail->push_back("norm", nn::BatchNorm1d(2)); }),
      with_a_net("evaluation",
                 [](Work& w) {
                   const NoGradGuard no_grad;
                   w.out = w.net->forward(batch());
                 }),
      with_a_net("a copy", [](Work& w) { w.copy = std::dynamic_pointer_cast<Net>(w.net->clone()); }),
      with_a_net("a copy from the stack", [](Work& w) { w.copy = std::make_shared<Net>(nn::clone(*w.net)); }),
      with_a_net("a copy of a holder",
                 [](Work& w) {
                   w.out = nn::clone(w.net->tail)->forward(ones({1, 4}));
                 }),
      with_a_net(
          "to f64", [](Work& w) { w.net->to(kDouble); }, train),
      with_a_net(
          "gradients made zero", [](Work& w) { w.net->zero_grad(false); }, train),
      with_a_net(
          "gradients made none", [](Work& w) { w.net->zero_grad(); }, train),
      with_a_net("a state loaded",
                 [](Work& w) {
                   StateDict state;
                   for (const auto& [name, x] : w.net->state_dict()) state.insert(name, x.detach().to(kDouble) + 1);
                   w.net->load_state_dict(state);
                 }),
      with_a_net("names", [](Work& w) { w.text = w.net->named_parameters().back().key() + w.net->name(); }),
      with_a_net("print",
                 [](Work& w) {
                   std::ostringstream out;
                   out.exceptions(std::ios::badbit);
                   out << *w.net;
                   w.text = out.str();
                 }),
      with_a_net("a parameter registered", [](Work& w) { w.net->register_parameter("more", w.spare); }),
      with_a_net("a module replaced",
                 [](Work& w) { w.net->replace_module("first", std::make_shared<nn::ReLUImpl>()); }),
      with_a_net("a value assigned",
                 [](Work& w) {
                   w.net->scale = tensor({7.0, 8.0}, kDouble);
                 }),
  });
  Scenario made = with_a_net("made", [](Work& w) {
    manual_seed(3);
    w.copy = std::make_shared<Net>();
  });
  Scenario drawn = with_a_net("drawn anew", [](Work& w) { nn::init::kaiming_normal_(w.net->first->weight); });
  Scenario grown = with_a_net("grown", [](Work& w) {
    manual_seed(3);
    w.net->tail->push_back("last", nn::Linear(2, 1));
  });
  made.draws = grown.draws = true;
  expect_survive_failing_memory({made, drawn, grown});
}

}  // namespace
}  // namespace tapegrad::test
