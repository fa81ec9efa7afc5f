#include "scenario.h"

#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <thread>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/random.h>

#include "autograd/core/context.h"
#include "heap.h"

namespace tapegrad::test {

namespace {

std::atomic<std::int64_t> n_injected{0};

struct Result {
  std::uint64_t before = 0, after = 0;
  std::int64_t asked = 0;
};

std::uint64_t seen(const Attempt& attempt, bool draws) {
  Hash hash;
  attempt.see(hash);
  hash(is_grad_enabled())(autograd::AnomalyMode::is_enabled());
  if (Generator generator = default_generator(); !draws) hash(generator.random64())(generator.random64());
  return hash.value();
}

// A thread's first calls, so that its own few allocations outside of the scenario are not counted.
void begin_thread(bool bypass) {
  core::context().unpooled = bypass;
  manual_seed(1);
}

Result reference(const Scenario& s, bool bypass) {
  Result r;
  std::thread([&] {
    begin_thread(bypass);
    const Attempt attempt = s.make();
    r.before = seen(attempt, s.draws);
    FailingHeap heap(INT64_MAX, Times::Once);
    attempt.run();
    r.asked = heap.asked();
    r.after = seen(attempt, s.draws);
  }).join();
  return r;
}

// What went wrong in an attempt; kept without memory of its own, which would be taken for a leak.
struct Wrong {
  const char* what[4] = {};
  char said[200] = "";
  void note(const char* text) {
    for (const char*& place : what) {
      if (place != nullptr) continue;
      place = text;
      return;
    }
  }
};

void attempt(const Scenario& s, std::int64_t k, Times times, bool bypass, const Result& want, Wrong& wrong) {
  begin_thread(bypass);
  const Attempt attempt = s.make();
  bool threw = false;
  FailingHeap heap(k, times);
  try {
    attempt.run();
    heap.stop();
  } catch (const std::bad_alloc&) {
    heap.stop();
    threw = true;
  } catch (const std::exception& e) {
    heap.stop();
    threw = true;
    wrong.note("something else than bad_alloc");
    std::snprintf(wrong.said, sizeof wrong.said, "%s", e.what());
  }
  if (heap.happened()) ++n_injected;
  if (threw && !heap.happened()) wrong.note("bad_alloc of itself");
  if (threw && seen(attempt, s.draws) != want.before) wrong.note("something was changed");
  try {
    if (threw) attempt.run();
    if (seen(attempt, s.draws) != want.after) wrong.note(threw ? "the retry gives other bits" : "it gives other bits");
  } catch (const std::exception& e) {
    wrong.note("the retry throws");
    std::snprintf(wrong.said, sizeof wrong.said, "%s", e.what());
  }
}

void fail_at(const Scenario& s, std::int64_t k, Times times, bool bypass, const Result& want) {
  const Living before = living();
  Wrong wrong;
  std::thread([&] { attempt(s, k, times, bypass, want, wrong); }).join();
  // What pools keep belongs to them.
  if (const Living after = living(); bypass && after != before) wrong.note("memory leaked");
  for (const char* what : wrong.what)
    if (what != nullptr) ADD_FAILURE() << what << (*wrong.said != '\0' ? ": " : "") << wrong.said;
}

}  // namespace

Hash& Hash::operator()(std::uint64_t word) {
  value_ = std::rotl(value_ ^ word, 29) * 0x9e3779b97f4a7c15;
  return *this;
}

Hash& Hash::operator()(std::string_view text) {
  for (const char c : text) (*this)(static_cast<unsigned char>(c));
  return (*this)(text.size());
}

Hash& Hash::operator()(const Tensor& x) {
  if (!x.defined()) return (*this)(0);
  (*this)(static_cast<std::uint64_t>(x.scalar_type()))(static_cast<std::uint64_t>(x.dim()))(
      static_cast<std::uint64_t>(x.version()))(x.requires_grad())(x.retains_grad());
  for (const std::int64_t size : x.sizes()) (*this)(static_cast<std::uint64_t>(size));
  const NoGradGuard no_grad;
  const Tensor in_order = x.detach().contiguous();
  (*this)(std::string_view(static_cast<const char*>(in_order.data_ptr()),
                           static_cast<std::size_t>(x.numel() * x.element_size())));
  if (!x.is_leaf()) (*this)(x.grad_fn()->name());
  return x.is_leaf() || x.retains_grad() ? (*this)(x.grad()) : *this;
}

Hash& Hash::operator()(const std::vector<Tensor>& list) {
  for (const Tensor& x : list) (*this)(x);
  return (*this)(list.size());
}

Hash& Hash::operator()(const StateDict& state) {
  for (const auto& [key, value] : state) (*this)(key)(value);
  return (*this)(state.size());
}

bool every_k() { return std::getenv("TAPEGRAD_TEST_FULL") != nullptr; }

std::vector<std::int64_t> chosen(std::int64_t n, std::int64_t at_most, std::uint64_t salt) {
  std::vector<std::int64_t> out;
  const std::int64_t step = every_k() || n <= at_most ? 1 : (n + at_most - 1) / at_most;
  for (auto k = static_cast<std::int64_t>(salt % static_cast<std::uint64_t>(step)); k < n; k += step) out.push_back(k);
  return out;
}

void expect_survives_failing_memory(const Scenario& s, std::int64_t at_most) {
  SCOPED_TRACE(s.name);
  std::uint64_t salt = Hash()(s.name).value() % 1024;
  reference(s, true);  // what is made once in a process
  for (const bool bypass : {true, false}) {
    SCOPED_TRACE(bypass ? "pools bypassed" : "pools cold");
    const Result want = reference(s, bypass);
    for (const Times times : {Times::Once, Times::FromThereOn}) {
      SCOPED_TRACE(times == Times::Once ? "once" : "from there on");
      for (const std::int64_t k : chosen(want.asked, at_most, salt++)) {
        SCOPED_TRACE("allocation " + std::to_string(k) + " of " + std::to_string(want.asked));
        fail_at(s, k, times, bypass, want);
      }
    }
  }
}

void expect_survive_failing_memory(const std::vector<Scenario>& scenarios, std::int64_t at_most) {
  if (!kHeapCanFail) GTEST_SKIP() << "ThreadSanitizer's operator new cannot be made to fail";
  for (const Scenario& s : scenarios) expect_survives_failing_memory(s, at_most);
  testing::Test::RecordProperty("injected", std::to_string(injected()));
}

std::int64_t injected() noexcept { return n_injected; }

}  // namespace tapegrad::test
