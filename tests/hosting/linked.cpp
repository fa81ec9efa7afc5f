// A host that links tapegrad itself and loads plug-ins that have it, too. usage: linked PLUGIN...
#include <dlfcn.h>

#include <cstdio>
#include <string>

#include <tapegrad/tapegrad.h>

using namespace tapegrad;

namespace {
std::string train() {
  manual_seed(3);
  const Tensor x = randn({100, 4}), w = zeros({4, 1}, requires_grad());
  for (int step = 0; step < 10; ++step) {
    matmul(x, w).sub(1).square().mean().backward();
    const NoGradGuard off;
    w.sub_(w.grad(), 0.1);
    w.zero_grad();
  }
  return w.str();
}
}  // namespace

int main(int argc, char** argv) {
  const std::string before = train();
  const Tensor kept = randn({1000}).requires_grad_(), loss = kept.square().sum();
  for (int round = 0; round < 10; ++round) {
    for (int i = 1; i < argc; ++i) {
      void* plugin = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);
      if (plugin == nullptr) {
        std::fprintf(stderr, "linked: %s\n", dlerror());
        return 1;
      }
      const auto plugin_train = reinterpret_cast<double (*)(int)>(dlsym(plugin, "plugin_train"));
      if (!(plugin_train(3) > 0) || train() != before) {
        std::fprintf(stderr, "linked: host and plug-in disturb each other\n");
        return 1;
      }
      dlclose(plugin);
      if (train() != before) {
        std::fprintf(stderr, "linked: the host trains otherwise once the plug-in is gone\n");
        return 1;
      }
    }
  }
  loss.backward();
  return kept.grad().eq(kept * 2).all().item<bool>() ? 0 : 1;
}
