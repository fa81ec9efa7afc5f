// Ends with tensors in static and thread_local objects and with threads that train, again and again.
// usage: ends TIMES
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include <tapegrad/tapegrad.h>

using namespace tapegrad;

namespace {

// Differentiates once more when it dies: the library still works, on one thread.
struct Late {
  Tensor x = ones({100000}, requires_grad());
  ~Late() {
    (x * x).sum().backward();
    if (!x.grad().eq(2).all().item<bool>()) _exit(3);
  }
};
Late before_main;
thread_local Late of_thread;

void train_forever() {
  Tensor w = ones({64, 64}, requires_grad());
  for (;;) {
    matmul(w, of_thread.x.detach().slice(0, 0, 4096).view({64, 64})).sum().backward();
    (randn({100000}) + 1).sum();
    w.zero_grad();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int times = argc > 1 ? std::atoi(argv[1]) : 20;
  for (int i = 0; i < times; ++i) {
    const pid_t process = fork();
    if (process == 0) {
      set_num_threads(3);
      static Late in_main;
      for (int k = 0; k < 3; ++k) std::thread(train_forever).detach();
      std::thread([] { of_thread.x.detach().add(1); }).join();
      of_thread.x.detach().add(1);
      alarm(60);
      std::exit(0);
    }
    int status = 1;
    if (waitpid(process, &status, 0) != process || status != 0) {
      std::fprintf(stderr, "end %d: status 0x%x\n", i, static_cast<unsigned>(status));
      return 1;
    }
  }
  return 0;
}
