// A scenario: what is done, what it can see, and how every allocation in it is made to fail in turn.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tapegrad/autograd/state_dict.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {

// A number that changes with whatever it is shown.
class Hash {
 public:
  Hash& operator()(std::uint64_t word);
  Hash& operator()(std::string_view text);
  // Dtype, sizes, bits, version, history, and the same of its .grad.
  Hash& operator()(const Tensor& x);
  Hash& operator()(const std::vector<Tensor>& list);
  Hash& operator()(const StateDict& state);
  std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

// One state, what is run on it, and what can be seen of it before and afterwards.
struct Attempt {
  std::function<void()> run;
  std::function<void(Hash&)> see;
};

struct Scenario {
  std::string name;
  std::function<Attempt()> make;
  // Random numbers that several calls have drawn before the failure stay drawn; run() sets the generator itself.
  bool draws = false;
};

// Whether TAPEGRAD_TEST_FULL is set: every k.
bool every_k();
// Some of 0 .. n - 1, spread evenly, where not every_k(); others for another `salt`.
std::vector<std::int64_t> chosen(std::int64_t n, std::int64_t at_most, std::uint64_t salt);

// The k-th allocation of run() fails, for every k (of `at_most` in the short run): once and from there on, with the
// pools bypassed and with cold ones. Then std::bad_alloc alone is seen, all is as before, a retry gives the bits that a
// run without failure gives, and nothing has leaked. Or the failure is survived, and the bits are those.
void expect_survives_failing_memory(const Scenario& s, std::int64_t at_most = 8);
void expect_survive_failing_memory(const std::vector<Scenario>& scenarios, std::int64_t at_most = 8);

// How many failures were injected so far.
std::int64_t injected() noexcept;

}  // namespace tapegrad::test
