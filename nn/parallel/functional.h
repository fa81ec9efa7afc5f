// Collectives that are recorded: their backward is a collective, too, so every rank must differentiate what it made.
#pragma once

#include <tapegrad/nn/parallel/process_group.h>

namespace tapegrad::nn::parallel::functional {

/// The elementwise sum, mean or largest of the ranks' x, on each rank. Let L be the sum of the ranks' losses. grad: the
/// sum of the ranks' g; for the mean a size-th of it; for the largest it goes to the ranks that have it, in equal
/// parts. DtypeError for a mean of what is not floating.
Tensor all_reduce(const Tensor& x, ProcessGroup& group, ReduceOp op = ReduceOp::kSum);
/// Rank src's x, on each rank. grad: on rank src the sum of the ranks' g, zero on the others.
Tensor broadcast(const Tensor& x, ProcessGroup& group, int src = 0);
/// The ranks' x one under the other, along a new dim 0. grad: the sum of the ranks' g[rank].
Tensor all_gather(const Tensor& x, ProcessGroup& group);

}  // namespace tapegrad::nn::parallel::functional
