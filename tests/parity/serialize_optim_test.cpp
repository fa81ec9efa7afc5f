// Optimisers that are saved and loaded go on with the same numbers.
#include "tests/parity/parity.h"

namespace {

torch::Tensor point() { return torch::tensor({1.0, -2.0}, torch::kDouble).requires_grad_(); }

// (p0 - 3)^2 + 10 (p1 + 1)^2 goes down.
void train(torch::optim::Optimizer& optimizer, const torch::Tensor& p, int steps = 3) {
  for (int i = 0; i < steps; ++i)
    optimizer.step([&] {
      optimizer.zero_grad();
      auto loss = (p[0] - 3).pow(2) + 10 * (p[1] + 1).pow(2);
      loss.backward();
      return loss;
    });
}

// Saved after some steps and loaded by another: both go on alike, and one that begins anew does not.
template <class Optimizer, class Options>
void goes_on(const Options& options) {
  const auto p = point();
  Optimizer optimizer({p}, options);
  train(optimizer, p);
  std::stringstream stream;
  torch::save(optimizer, stream);
  const auto q = p.detach().clone().requires_grad_(), r = p.detach().clone().requires_grad_();
  Optimizer resumed({q}, options), fresh({r}, options);
  torch::load(resumed, stream);
  train(optimizer, p);
  train(resumed, q);
  train(fresh, r);
  EXPECT_TRUE(same(q.detach(), p.detach(), /*rtol=*/1e-12));
  EXPECT_FALSE(same(r.detach(), p.detach(), /*rtol=*/1e-4));
}

TEST(SerializeOptim, SGDWithMomentum) {
  goes_on<torch::optim::SGD>(torch::optim::SGDOptions(0.01).momentum(0.9));
  goes_on<torch::optim::SGD>(torch::optim::SGDOptions(0.01).momentum(0.9).nesterov(true).weight_decay(0.1));
}

TEST(SerializeOptim, AdamWithAMSGrad) {
  goes_on<torch::optim::Adam>(torch::optim::AdamOptions(0.1));
  goes_on<torch::optim::Adam>(torch::optim::AdamOptions(0.1).amsgrad(true).betas(std::make_tuple(0.5, 0.9)));
}

TEST(SerializeOptim, AdamW) {
  goes_on<torch::optim::AdamW>(torch::optim::AdamWOptions(0.1).weight_decay(0.2));
  goes_on<torch::optim::AdamW>(torch::optim::AdamWOptions(0.1).amsgrad(true));
}

TEST(SerializeOptim, RMSprop) {
  goes_on<torch::optim::RMSprop>(torch::optim::RMSpropOptions(0.1));
  goes_on<torch::optim::RMSprop>(torch::optim::RMSpropOptions(0.01).momentum(0.9).centered(true));
}

TEST(SerializeOptim, Adagrad) {
  goes_on<torch::optim::Adagrad>(torch::optim::AdagradOptions(0.5).lr_decay(0.1).initial_accumulator_value(0.25));
}

TEST(SerializeOptim, LBFGSWithAFullHistory) {
  goes_on<torch::optim::LBFGS>(torch::optim::LBFGSOptions(0.1).max_iter(4).history_size(2));
}

TEST(SerializeOptim, OfTwoGroups) {
  const auto groups = [](const torch::Tensor& p, const torch::Tensor& q) {
    return std::vector<torch::optim::OptimizerParamGroup>{
        torch::optim::OptimizerParamGroup({p}),
        torch::optim::OptimizerParamGroup({q}, std::make_unique<torch::optim::SGDOptions>(0.05))};
  };
  const auto p = point(), q = point();
  const torch::optim::SGDOptions options = torch::optim::SGDOptions(0.01).momentum(0.9);
  torch::optim::SGD optimizer(groups(p, q), options);
  train(optimizer, p);
  train(optimizer, q);
  std::stringstream stream;
  torch::save(optimizer, stream);
  const auto p2 = p.detach().clone().requires_grad_(), q2 = q.detach().clone().requires_grad_();
  torch::optim::SGD resumed(groups(p2, q2), options);
  torch::load(resumed, stream);
  train(optimizer, p);
  train(resumed, p2);
  train(optimizer, q);
  train(resumed, q2);
  EXPECT_TRUE(same(p2.detach(), p.detach(), /*rtol=*/1e-12));
  EXPECT_TRUE(same(q2.detach(), q.detach(), /*rtol=*/1e-12));
}

TEST(SerializeOptim, ThroughArchives) {
  const auto p = point(), q = point();
  torch::optim::SGD optimizer({p}, torch::optim::SGDOptions(0.01).momentum(0.5));
  torch::optim::SGD resumed({q}, torch::optim::SGDOptions(0.01).momentum(0.5));
  train(optimizer, p);
  std::stringstream stream;
  torch::serialize::OutputArchive out;
  optimizer.save(out);
  out.save_to(stream);
  torch::serialize::InputArchive in;
  in.load_from(stream);
  resumed.load(in);
  q.data().copy_(p.detach());
  train(optimizer, p);
  train(resumed, q);
  EXPECT_TRUE(same(q.detach(), p.detach(), /*rtol=*/1e-12));
}

TEST(SerializeOptim, BeforeTheFirstStep) {
  std::stringstream stream;
  const auto p = point(), q = point();
  torch::optim::Adam optimizer({p}, torch::optim::AdamOptions(0.1)), other({q}, torch::optim::AdamOptions(0.1));
  torch::save(optimizer, stream);
  torch::load(other, stream);
  train(optimizer, p);
  train(other, q);
  EXPECT_TRUE(same(q.detach(), p.detach(), /*rtol=*/1e-12));
}

TEST(SerializeOptim, RefuseAnotherKind) {
  std::stringstream stream;
  torch::save(torch::optim::SGD({point()}, torch::optim::SGDOptions(1)), stream);
  torch::optim::Adam other({point()}, torch::optim::AdamOptions(1));
  EXPECT_ANY_THROW(torch::load(other, stream));
}

TEST(SerializeOptim, RefuseOtherGroups) {
  std::stringstream stream;
  torch::save(torch::optim::SGD({point()}, torch::optim::SGDOptions(1)), stream);
  torch::optim::SGD other({point()}, torch::optim::SGDOptions(1));
  other.add_param_group(torch::optim::OptimizerParamGroup({point()}));
  EXPECT_THROW(torch::load(other, stream), c10::Error);
}

}  // namespace
