#include <tapegrad/nn/losses/ctc.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

namespace {

constexpr double kNever = -1e30;  // the log of a probability 0, finite so that its gradient is 0, not NaN

using Lengths = std::vector<std::int64_t>;

Lengths lengths_of(const char* what, const Tensor& given, std::int64_t n, std::int64_t most) {
  if (given.numel() != n)
    core::throw_shape("ctc_loss", what, " must be of size batch_size, ", n, ", but got sizes ", given.sizes(),
                      "; give one for each");
  const Lengths lengths = given.to_vector<std::int64_t>();
  for (const std::int64_t length : lengths) {
    if (length < 0 || length > most)
      core::throw_value("ctc_loss", "Expected ", what, " to have value at most ", most, ", but got value ", length,
                        "; give lengths of what is there");
  }
  return lengths;
}

// Labels with a blank before and behind each, [n, 2 most + 1]; and where one may follow the label before the last.
struct Path {
  Tensor labels, skips;
};
Path path_of(const Tensor& targets, const Lengths& lengths, std::int64_t blank, std::int64_t classes) {
  const auto n = static_cast<std::int64_t>(lengths.size());
  const auto most = *std::max_element(lengths.begin(), lengths.end());
  const std::vector<std::int64_t> given = targets.to_vector<std::int64_t>();
  const std::size_t width = static_cast<std::size_t>(2 * most + 1);
  std::vector<std::int64_t> labels(static_cast<std::size_t>(n) * width, blank), skips(labels.size(), 0);
  std::size_t next = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (targets.dim() == 2) next = i * static_cast<std::size_t>(targets.size(1));
    std::int64_t* row = labels.data() + i * width;
    for (std::int64_t k = 0; k < lengths[i]; ++k) {
      const std::int64_t label = given[next++];
      if (label < 0 || label >= classes)
        core::throw_index("ctc_loss", "label ", label, " is out of bounds for ", classes,
                          " classes; give labels below it");
      row[2 * k + 1] = label;
      skips[i * width + static_cast<std::size_t>(2 * k + 1)] = k > 0 && row[2 * k - 1] != label ? 1 : 0;
    }
  }
  const auto shaped = [&](const auto& v) { return tensor(v).view({n, 2 * most + 1}); };
  return {shaped(labels), shaped(skips).to(kBool)};
}

// log(exp(a) + exp(b) + ...), 0 where all are.
Tensor log_sum(const std::vector<Tensor>& terms) { return logsumexp(stack(terms), 0); }

// Of each position the one k before it.
Tensor shifted(const Tensor& a, std::int64_t k) {
  const std::int64_t n = a.size(1), cut = std::min(k, n);
  return cat({full({a.size(0), cut}, kNever, a.dtype()), a.narrow(1, 0, n - cut)}, 1);
}

Tensor losses(const Tensor& log_probs, const Path& path, const Lengths& steps, const Lengths& lengths) {
  const std::int64_t n = log_probs.size(1), width = path.labels.size(1);
  const Tensor said = log_probs.gather(2, path.labels.expand({log_probs.size(0), n, width}));
  const Tensor ends = tensor(steps).view({n, 1}), position = arange(width);
  // Log of the probability to stand at a position. Before the first step: in front of the first blank.
  Tensor at = where(position.eq(0), 0.0, kNever).to(log_probs.dtype()).expand({n, width});
  for (std::int64_t t = 0; t < log_probs.size(0); ++t) {
    const Tensor step = t == 0 ? log_sum({at, shifted(at, 1)})
                               : log_sum({at, shifted(at, 1), where(path.skips, shifted(at, 2), kNever)});
    at = where(ends.gt(t), step + said[t], at);
  }
  const Tensor last = tensor(lengths).view({n, 1}) * 2;
  const Tensor before = where(last.gt(0), at.gather(1, (last - 1).clamp_min(0)), kNever);
  return -log_sum({at.gather(1, last), before}).squeeze(1);
}

}  // namespace

Tensor functional::ctc_loss(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                            const Tensor& target_lengths, const CTCLossOptions& options) try {
  if (log_probs.dim() == 2) {
    const Tensor one = ctc_loss(log_probs.unsqueeze(1), targets.reshape({1, -1}), input_lengths.reshape({1}),
                                target_lengths.reshape({1}), options);
    return options.reduction() == kNone ? one.squeeze(0) : one;
  }
  if (log_probs.dim() != 3)
    core::throw_shape("ctc_loss", "log_probs must have 2 or 3 dimensions, but got sizes ", log_probs.sizes(),
                      "; give [steps, n, classes]");
  const std::int64_t n = log_probs.size(1), classes = log_probs.size(2);
  if (options.blank() < 0 || options.blank() >= classes)
    core::throw_index("ctc_loss", "blank must be in label range, but got ", options.blank(), " of ", classes,
                      " classes; give one of them");
  if (targets.dim() != 1 && (targets.dim() != 2 || targets.size(0) != n))
    core::throw_shape("ctc_loss", "targets must be [n, labels] or [sum of the lengths], but got sizes ",
                      targets.sizes(), " for ", n, " sequences; give the labels of each");
  const Lengths steps = lengths_of("input_lengths", input_lengths, n, log_probs.size(0));
  const Lengths lengths =
      lengths_of("target_lengths", target_lengths, n, targets.dim() == 2 ? targets.size(1) : targets.size(0));
  std::int64_t sum = 0;
  for (const std::int64_t length : lengths) sum += length;
  if (targets.dim() == 1 && targets.size(0) != sum)
    core::throw_shape("ctc_loss", "Expected targets to have size ", sum, ", the sum of target_lengths, but got sizes ",
                      targets.sizes(), "; give the labels one after the other");
  if (n == 0) core::throw_shape("ctc_loss", "log_probs has no sequence; give one");
  Tensor loss = losses(log_probs, path_of(targets, lengths, options.blank(), classes), steps, lengths);
  const Tensor is_possible = loss.lt(-kNever / 2);
  loss = where(is_possible, loss, options.zero_infinity() ? 0.0 : std::numeric_limits<double>::infinity());
  if (options.reduction() == kMean) loss = loss / tensor(lengths).clamp_min(1).to(loss.dtype());
  return detail::reduced(loss, options.reduction());
} catch (const Error&) {
  core::throw_as("ctc_loss");
}

}  // namespace tapegrad::nn
