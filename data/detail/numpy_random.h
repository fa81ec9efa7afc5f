#pragma once

#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data::detail {

// The stream of NumPy's legacy generator, np.random.RandomState(seed), bit for bit (mtrand.pyx, legacy-distributions.c
// and distributions.c of NumPy). Its mt19937 is that of Generator; the last bit of a Gaussian depends on the C
// library's log.
class RandomState {
 public:
  // Unset: a seed drawn from this thread's default generator. Error unless 0 <= seed < 2^32.
  explicit RandomState(std::optional<std::int64_t> seed);

  double random_sample();                // [0, 1), 53 random bits
  std::int64_t randint(std::int64_t n);  // 0 .. n - 1
  double standard_normal();              // the second of each pair is kept for the next call
  Tensor permutation(std::int64_t n);    // 0 .. n - 1 shuffled, int64 [n]

 private:
  Generator engine_;
  std::optional<double> kept_;
};

}  // namespace tapegrad::data::detail
