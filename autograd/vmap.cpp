#include <tapegrad/autograd/vmap.h>

#include <algorithm>

#include <tapegrad/autograd/ops.h>

#include "autograd/core/batch.h"
#include "autograd/core/text.h"

namespace tapegrad::autograd::functional {

using namespace core;

using Fn = std::function<tensor_list(const tensor_list&)>;
using Dim = std::optional<std::int64_t>;

namespace {

// The dim of each argument, and how many samples there are.
struct Mapped {
  std::vector<Dim> dims;
  std::int64_t size = -1;
};

Mapped checked(const tensor_list& args, const std::vector<Dim>& given) {
  Mapped m{given.empty() ? std::vector<Dim>(args.size(), 0) : given};
  if (m.dims.size() != args.size()) {
    throw_value("vmap", "in_dims has ", m.dims.size(), " entries, but the function was called with ", args.size(),
                " arguments; give one for each, std::nullopt where all samples share it");
  }
  for (std::size_t k = 0; k < args.size(); ++k) {
    Dim& dim = m.dims[k];
    if (!dim) continue;
    if (!args[k].defined())
      throw_value("vmap", "argument ", k, " is an undefined tensor; give it std::nullopt in in_dims");
    const std::int64_t rank = args[k].dim();
    if (*dim < -rank || *dim >= rank) {
      throw_value("vmap", "Got in_dim=", *dim, " for argument ", k, ", which is a Tensor of dimensionality ", rank,
                  "; expected in_dim in [-", rank, ", ", rank, "), or std::nullopt where all samples share it");
    }
    if (*dim < 0) *dim += rank;
    const std::int64_t n = args[k].size(*dim);
    if (m.size >= 0 && n != m.size) {
      throw_value("vmap", "Expected all tensors to have the same size in the mapped dimension, got sizes ", m.size,
                  " and ", n, " (argument ", k, "); give as many samples of each");
    }
    m.size = n;
  }
  if (m.size < 0)
    throw_value("vmap", "no argument has a dim of samples; name at least one in in_dims, or call the function itself");
  return m;
}

std::int64_t out_dim(const std::vector<std::int64_t>& dims, std::size_t k) { return dims.empty() ? 0 : dims.at(k); }

void check_results(const tensor_list& out, const std::vector<std::int64_t>& dims) {
  if (!dims.empty() && dims.size() != out.size()) {
    throw_value("vmap", "out_dims has ", dims.size(), " entries, but the function gave ", out.size(),
                " tensors; give one for each");
  }
  for (const Tensor& t : out)
    if (!t.defined()) throw_value("vmap", "the function gave an undefined tensor; leave it out");
}

// Inside another vmap, whose batches have the one dim that does not show.
tensor_list looped(const Fn& fn, const tensor_list& args, const Mapped& m, const std::vector<std::int64_t>& dims) {
  std::vector<tensor_list> columns;
  for (std::int64_t i = 0; i < m.size; ++i) {
    tensor_list sample = args;
    for (std::size_t k = 0; k < args.size(); ++k)
      if (m.dims[k]) sample[k] = args[k].select(*m.dims[k], i);
    const tensor_list out = fn(sample);
    check_results(out, dims);
    columns.resize(out.size());
    for (std::size_t j = 0; j < out.size(); ++j) columns[j].push_back(out[j]);
  }
  if (m.size == 0)
    throw_value("vmap", "there is no sample, so that the inner function's results are unknown; give one");
  tensor_list result;
  for (std::size_t j = 0; j < columns.size(); ++j) result.push_back(stack(columns[j], out_dim(dims, j)));
  return result;
}

}  // namespace

tensor_list run_vmap(const Fn& fn, const tensor_list& args, const VmapOptions& options) {
  const Mapped m = checked(args, options.in_dims);
  const auto is_batched = [](const Tensor& x) { return x.defined() && x.impl()->is_batched(); };
  if (context().batch != 0 || std::any_of(args.begin(), args.end(), is_batched))
    return looped(fn, args, m, options.out_dims);
  const std::uint64_t id = new_batch_id();
  tensor_list sample = args;
  for (std::size_t k = 0; k < args.size(); ++k)
    if (m.dims[k]) sample[k] = hide_dim(args[k], *m.dims[k], id);
  tensor_list out;
  {
    const BatchScope scope(id);
    out = fn(sample);
  }
  check_results(out, options.out_dims);
  for (std::size_t j = 0; j < out.size(); ++j) {
    if (!is_batched(out[j])) out[j] = repeated(out[j], {m.size, 0, id});
    if (batch_dim(out[j].impl()).id != id)
      throw_autograd("vmap",
                     "the function gave a tensor of an earlier run of vmap; return it from that one's function");
    out[j] = show_dim(out[j], out_dim(options.out_dims, j));
  }
  return out;
}

}  // namespace tapegrad::autograd::functional
