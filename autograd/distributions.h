// Probability distributions with the parameters, checks and numbers of torch.distributions: normal, uniform, of two
// outcomes, and of n.
//
// Parameters broadcast to batch_shape(). sample(shape) draws [shape, batch_shape] without a gradient, from the streams
// of PyTorch; rsample does it with the gradient of the parameters (the reparametrisation). log_prob(x) takes what
// broadcasts with batch_shape(). ValueError where a parameter is outside its range, or a value outside what can be
// drawn; validate_args = false leaves these checks out, which read every element. ShapeError where a value does not
// broadcast.
//
//   distributions::Normal policy(mean, std);
//   const Tensor action = policy.sample();
//   const Tensor loss = -(policy.log_prob(action) * advantage).mean();
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::distributions {

/// The normal distribution of mean loc and standard deviation scale > 0.
class TAPEGRAD_EXPORT Normal {
 public:
  Normal(const Tensor& loc, const Tensor& scale, bool validate_args = true);
  /// Numbers are f32.
  Normal(double loc, double scale, bool validate_args = true);
  const Tensor& loc() const noexcept { return loc_; }
  const Tensor& scale() const noexcept { return scale_; }
  IntList batch_shape() const noexcept { return loc_.sizes(); }
  Tensor sample(IntList shape = {}) const;
  /// loc + scale z, with z normal of mean 0 and deviation 1.
  Tensor rsample(IntList shape = {}) const;
  /// -((x - loc) / scale)^2 / 2 - log(scale) - log(2 pi) / 2.
  Tensor log_prob(const Tensor& x) const;
  /// (1 + log(2 pi)) / 2 + log(scale).
  Tensor entropy() const;

 private:
  Tensor loc_, scale_;
  bool validate_args_;
};

/// The uniform distribution on [low, high), low < high.
class TAPEGRAD_EXPORT Uniform {
 public:
  Uniform(const Tensor& low, const Tensor& high, bool validate_args = true);
  /// Numbers are f32.
  Uniform(double low, double high, bool validate_args = true);
  const Tensor& low() const noexcept { return low_; }
  const Tensor& high() const noexcept { return high_; }
  IntList batch_shape() const noexcept { return low_.sizes(); }
  Tensor sample(IntList shape = {}) const;
  /// low + (high - low) u, with u uniform on [0, 1).
  Tensor rsample(IntList shape = {}) const;
  /// -log(high - low); -inf at high.
  Tensor log_prob(const Tensor& x) const;
  /// log(high - low).
  Tensor entropy() const;

 private:
  Tensor low_, high_;
  bool validate_args_;
};

/// 1 with probability p, else 0, as floating-point numbers: of probs p in [0, 1], or of logits log(p / (1 - p)), one of
/// the two. Probabilities count as at least eps, and at most 1 - eps, where their logarithm is taken.
class TAPEGRAD_EXPORT Bernoulli {
 public:
  explicit Bernoulli(const Tensor& probs, const Tensor& logits = Tensor(), bool validate_args = true);
  const Tensor& probs() const noexcept { return probs_; }
  const Tensor& logits() const noexcept { return logits_; }
  IntList batch_shape() const noexcept { return probs_.sizes(); }
  Tensor sample(IntList shape = {}) const;
  /// x log(p) + (1 - x) log(1 - p), of x 0 or 1.
  Tensor log_prob(const Tensor& x) const;
  /// -p log(p) - (1 - p) log(1 - p).
  Tensor entropy() const;

 private:
  Tensor probs_, logits_;
  bool validate_args_;
};

/// A class 0 .. n - 1, int64: of probs [.., n], which are divided by their sum, or of logits [.., n], one of the two;
/// batch_shape() is [..]. Probabilities count as at least eps where their logarithm is taken.
class TAPEGRAD_EXPORT Categorical {
 public:
  explicit Categorical(const Tensor& probs, const Tensor& logits = Tensor(), bool validate_args = true);
  /// Divided by their sum.
  const Tensor& probs() const noexcept { return probs_; }
  /// log(probs).
  const Tensor& logits() const noexcept { return logits_; }
  IntList batch_shape() const noexcept { return {probs_.sizes().data(), probs_.sizes().size() - 1}; }
  Tensor sample(IntList shape = {}) const;
  /// log(probs[x]).
  Tensor log_prob(const Tensor& x) const;
  /// -sum of probs log(probs).
  Tensor entropy() const;

 private:
  Tensor probs_, logits_;
  bool validate_args_;
};

/// The mean of log(p(x) / q(x)) over x from p; infinite where p gives what q cannot. Batch shapes broadcast.
TAPEGRAD_EXPORT Tensor kl_divergence(const Normal& p, const Normal& q);
TAPEGRAD_EXPORT Tensor kl_divergence(const Uniform& p, const Uniform& q);
TAPEGRAD_EXPORT Tensor kl_divergence(const Bernoulli& p, const Bernoulli& q);
TAPEGRAD_EXPORT Tensor kl_divergence(const Categorical& p, const Categorical& q);

}  // namespace tapegrad::distributions
