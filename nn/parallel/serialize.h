// save() of a training run on many ranks: one writes, all know whether it was written.
#pragma once

#include <tapegrad/autograd/serialize.h>
#include <tapegrad/nn/parallel/process_group.h>

namespace tapegrad::nn::parallel {

namespace detail {
// Calls `write` on rank 0, and throws on every rank what it throws there, as IoError.
void on_rank_0(ProcessGroup& group, const std::function<void()>& write);
}  // namespace detail

/// Rank 0 writes x (what tapegrad::save() takes) to `path`, the others wait. IoError on every rank where that fails;
/// the file is then as it was. Each rank reads it by load(), on any number of ranks.
template <class T>
void save(const T& x, const std::string& path, ProcessGroup& group) {
  detail::on_rank_0(group, [&] { tapegrad::save(x, path); });
}

}  // namespace tapegrad::nn::parallel
