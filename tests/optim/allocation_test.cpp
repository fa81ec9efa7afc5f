#include <gtest/gtest.h>
#include <tapegrad/nn/linear.h>
#include <tapegrad/nn/loss.h>
#include <tapegrad/optim/adam.h>
#include <tapegrad/optim/adamw.h>
#include <tapegrad/optim/sgd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TAPEGRAD_TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TAPEGRAD_TEST_SANITIZED
#endif
#endif

#if !defined(TAPEGRAD_TEST_SANITIZED)  // a sanitizer brings its own operator new, and the pools step aside

namespace {
std::atomic<long> allocations{0};

// Not inlined, so that GCC does not warn of a free() that meets a new.
[[gnu::noinline]] void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* bytes = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (bytes == nullptr) throw std::bad_alloc();
  return bytes;
}

[[gnu::noinline]] void give_back(void* bytes) noexcept { std::free(bytes); }
}  // namespace

void* operator new(std::size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t a) { return counted(size, static_cast<std::size_t>(a)); }
void operator delete(void* bytes) noexcept { give_back(bytes); }
void operator delete(void* bytes, std::size_t) noexcept { give_back(bytes); }
void operator delete(void* bytes, std::align_val_t) noexcept { give_back(bytes); }
void operator delete(void* bytes, std::size_t, std::align_val_t) noexcept { give_back(bytes); }

namespace tapegrad {
namespace {

struct Regression : nn::Module {
  nn::Parameter slope = register_parameter("slope", tensor(1.0f));
  nn::Parameter intercept = register_parameter("intercept", tensor(1.0f));
  Tensor forward(const Tensor& x) { return x * slope + intercept; }
};

template <class Step>
long allocations_of_100(Step&& step) {
  for (int i = 0; i < 3; ++i) step();
  const long before = allocations;
  for (int i = 0; i < 100; ++i) step();
  return allocations - before;
}

TEST(TrainingLoop, AllocatesNothingOnceItRuns) {
  Regression model;
  nn::Linear linear(1, 1);
  nn::MSELoss loss_fn;
  const Tensor x = randn({32, 1}), y = randn({32, 1});
  const auto params = [&] {
    std::vector<Tensor> all = model.parameters();
    for (const Tensor& p : linear->parameters()) all.push_back(p);
    return all;
  };
  optim::SGD sgd(params(), optim::SGDOptions(0.01).momentum(0.9));
  optim::Adam adam(params(), optim::AdamOptions(0.01).amsgrad(true));
  optim::AdamW adamw(params());
  for (optim::Optimizer* optimizer : {static_cast<optim::Optimizer*>(&sgd), static_cast<optim::Optimizer*>(&adam),
                                      static_cast<optim::Optimizer*>(&adamw)}) {
    EXPECT_EQ(allocations_of_100([&] {
                optimizer->zero_grad();
                loss_fn(model.forward(linear(x)), y).backward();
                optimizer->step();
              }),
              0);
    EXPECT_EQ(allocations_of_100([&] {
                optimizer->zero_grad(/*set_to_none=*/false);
                loss_fn(model.forward(linear(x)), y).backward();
                optimizer->step();
              }),
              0);
  }
}

}  // namespace
}  // namespace tapegrad

#endif
