// Forks while other threads train: every child must train as well, on its own tensors and on a leaf that all share.
// 50 times, or 1,000 with TAPEGRAD_TEST_FULL.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <tapegrad/tapegrad.h>

using namespace tapegrad;

namespace {

std::string train(int steps) {
  manual_seed(3);
  const Tensor x = randn({300, 40}), w = zeros({40, 20}, requires_grad());
  for (int step = 0; step < steps; ++step) {
    matmul(x, w).tanh().sub(1).square().mean().backward();
    const NoGradGuard off;
    w.sub_(w.grad(), 0.1);
    w.zero_grad();
  }
  return w.sum().str() + (randn({200000}) + 1).relu().sum().str();  // long enough for workers
}

// 0, or what went wrong.
int child(const Tensor& shared, const std::string& expected) {
  try {
    if (train(2) != expected) return 2;
    shared.zero_grad();
    (shared * 3).sum().backward();
    if (!shared.grad().eq(3).all().item<bool>()) return 3;
    std::string in_thread;
    std::thread([&] { in_thread = train(2); }).join();
    return in_thread == expected ? 0 : 4;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "child: %s\n", e.what());
    return 5;
  }
}

}  // namespace

int main() {
  const int times = std::getenv("TAPEGRAD_TEST_FULL") != nullptr ? 1000 : 50;
  set_num_threads(3);
  const Tensor shared = ones({64}, requires_grad());
  const std::string expected = train(2);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        train(1);
        for (int k = 0; k < 50; ++k) (shared * 2).sum().backward();
      }
    });
  }
  int failures = 0;
  for (int i = 0; i < times; ++i) {
    const pid_t process = fork();
    if (process == 0) {
      alarm(60);  // a hang ends here
      _exit(child(shared, expected));
    }
    int status = 1;
    if (process < 0 || waitpid(process, &status, 0) != process || status != 0) {
      std::fprintf(stderr, "fork %d: status 0x%x%s\n", i, static_cast<unsigned>(status),
                   WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? ", it hangs" : "");
      ++failures;
    }
    if (failures == 3) break;
  }
  done = true;
  for (std::thread& t : threads) t.join();
  return failures == 0 ? 0 : 1;
}
