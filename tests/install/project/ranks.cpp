// As many ranks as mpirun has started: their numbers, summed on each.
#include <tapegrad/nn/parallel/mpi_group.h>
#include <tapegrad/tapegrad.h>

#include <cstdio>

using namespace tapegrad;

int main(int argc, char** argv) {
  nn::parallel::MpiGroup group(argc, argv);
  const Tensor sum = tensor(group.rank() + 1.0);
  group.all_reduce(sum);
  const int n = group.size();
  std::printf("rank %d of %d: %g\n", group.rank(), n, sum.item<double>());
  return sum.item<double>() == n * (n + 1) / 2 ? 0 : 1;
}
