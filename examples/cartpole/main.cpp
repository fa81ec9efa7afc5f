// Actor and critic: one network says how to push a cart so that its pole stays up, another how long it will still
// stand. Both learn from 16 carts side by side, which they push for 32 steps between two updates.
#include <tapegrad/tapegrad.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "cartpole.h"
#include "examples/common/interrupt.h"
#include "examples/common/program.h"
#include "examples/common/run_log.h"

using namespace tapegrad;

namespace {

constexpr int kUpdates = 2000, kSteps = 32, kCarts = 16;
constexpr float kDiscount = 0.99F, kTrace = 0.95F;

struct NetImpl : nn::Module {
  nn::Sequential actor = register_module("actor", layers(2)), critic = register_module("critic", layers(1));
  static nn::Sequential layers(std::int64_t outputs) {
    return nn::Sequential(nn::Linear(4, 64), nn::Tanh(), nn::Linear(64, outputs));
  }
  distributions::Categorical policy(const Tensor& x) {
    return distributions::Categorical(Tensor(), actor->forward(x), /*validate_args=*/false);
  }
  Tensor value(const Tensor& x) { return critic->forward(x).squeeze(-1); }
};
TAPEGRAD_MODULE(Net);

Tensor states_of(const std::vector<CartPole>& carts) {
  Tensor x = empty({static_cast<std::int64_t>(carts.size()), 4});
  for (std::size_t i = 0; i < carts.size(); ++i) std::copy_n(carts[i].state, 4, x.data_ptr<float>() + 4 * i);
  return x;
}

// What happened in kSteps steps [kSteps, kCarts]: lasts is 0 where an episode ended.
struct Rollout {
  std::vector<Tensor> states, actions, rewards, lasts;
};
Rollout roll_out(Net& net, std::vector<CartPole>& carts) {
  NoGradGuard no_grad;
  Rollout r;
  for (int step = 0; step < kSteps; ++step) {
    r.states.push_back(states_of(carts));
    r.actions.push_back(net->policy(r.states.back()).sample());
    const Tensor reward = ones({kCarts}), last = ones({kCarts});
    for (int i = 0; i < kCarts; ++i) carts[i].push(r.actions.back().data_ptr<std::int64_t>()[i]);
    const Tensor next = net->value(states_of(carts));
    for (int i = 0; i < kCarts; ++i) {
      if (!carts[i].ended()) continue;
      // What ends by the clock would have gone on.
      if (!carts[i].failed()) reward.data_ptr<float>()[i] += kDiscount * next.data_ptr<float>()[i];
      last.data_ptr<float>()[i] = 0;
      carts[i].reset();
    }
    r.rewards.push_back(reward);
    r.lasts.push_back(last);
  }
  return r;
}

// How much better each action did than the critic thought, [kSteps, kCarts]. Source: J. Schulman and others,
// "High-dimensional continuous control using generalized advantage estimation", 2016.
Tensor advantages(const Rollout& r, const Tensor& values, const Tensor& after) {
  std::vector<Tensor> all(kSteps);
  Tensor next = after, sum = zeros({kCarts});
  for (int step = kSteps; step-- > 0; next = values.select(0, step)) {
    sum = r.rewards[step] + kDiscount * next * r.lasts[step] - values[step] + kDiscount * kTrace * r.lasts[step] * sum;
    all[step] = sum;
  }
  return stack(all);
}

// The mean length of 100 episodes in which the likelier action is taken.
double mean_return(Net& net) {
  NoGradGuard no_grad;
  std::vector<CartPole> carts(100);
  for (CartPole& cart : carts) cart.reset();
  double steps = 0;
  while (!carts.empty()) {
    const Tensor actions = net->policy(states_of(carts)).logits().argmax(1);
    steps += static_cast<double>(carts.size());
    for (std::size_t i = 0; i < carts.size(); ++i) carts[i].push(actions.data_ptr<std::int64_t>()[i]);
    std::erase_if(carts, [](const CartPole& cart) { return cart.ended(); });
  }
  return steps / 100;
}

int run(examples::Log& log) {
  manual_seed(0);
  Net net;
  optim::Adam optimizer(net->parameters(), optim::AdamOptions(3e-3));
  optim::LinearLR scheduler(optimizer, {.start_factor = 1.0, .end_factor = 0.0, .total_iters = kUpdates});
  std::vector<CartPole> carts(kCarts);
  for (CartPole& cart : carts) cart.reset();
  const double before = mean_return(net);
  log.begin({{"carts", kCarts}, {"steps", kSteps}});
  const examples::Interrupt interrupt;
  data::Progress progress(kUpdates, {.label = "train", .unit = "update", .samples = kSteps * kCarts});
  for (int update = 1; update <= kUpdates; ++update) {
    if (examples::Interrupt::seen()) return examples::Interrupt::exit_code();
    const Rollout r = roll_out(net, carts);
    const Tensor states = stack(r.states), values = net->value(states);
    const Tensor gain = advantages(r, values.detach(), net->value(states_of(carts)).detach());
    const auto policy = net->policy(states);
    const Tensor scaled = (gain - gain.mean()) / (gain.std() + 1e-8);
    const Tensor loss = -(policy.log_prob(stack(r.actions)) * scaled).mean() - 0.01 * policy.entropy().mean() +
                        0.5 * (values - (values.detach() + gain)).square().mean();
    optimizer.zero_grad();
    loss.backward();
    nn::utils::clip_grad_norm_(net->parameters(), 0.5);
    optimizer.step();
    scheduler.step();
    if (log) {
      log.add(update, {{"value", values.mean().item<double>()},
                       {"entropy", policy.entropy().mean().item<double>()},
                       {"episodes_ended", (1 - stack(r.lasts)).sum().item<double>()}});
    }
    progress.set("loss", loss.item<double>());
    progress.step();
  }
  std::printf("result cartpole before=%.1f mean_return=%.1f\n", before, mean_return(net));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  examples::Log log;
  return examples::run_program(
      "cartpole", "Learns to keep a pole upright on a cart, by an actor and a critic.", argc, argv,
      [&](CLI::App& app) { log.define(app); }, [&] { return run(log); });
}
