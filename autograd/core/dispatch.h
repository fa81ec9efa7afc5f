// What dispatch and its in-place form share.
#pragma once

#include <vector>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/batch.h"
#include "autograd/core/context.h"
#include "autograd/core/execute.h"
#include "autograd/core/node.h"
#include "autograd/core/shape.h"

namespace tapegrad::core {

inline constexpr int kFewInputs = 6;  // that need no heap

[[noreturn]] void throw_undefined(const Op& op, int k);
Dtype compute_dtype(const Op& op, TensorImpl* const* in, int n) noexcept;
Tensor contiguous_copy(TensorImpl* t);
void check_data(const Call& c);

// What dispatch asks of all inputs together.
struct InputSummary {
  unsigned any = 0;  // flags that some input has: as a word, which costs less than a byte
  unsigned all = ~0U;
  bool mixed = false;  // dtypes
  bool some_have(TensorFlags f) const noexcept { return (any & f.bits) != 0; }
  bool all_have(TensorFlags f) const noexcept { return (all & f.bits) != 0; }
};

[[gnu::always_inline]] inline InputSummary summarize(const Op& op, TensorImpl* const* in, int n) {
  InputSummary f;
  Dtype first{};
  for (int k = 0; k < n; ++k) {
    const TensorImpl* t = in[k];
    if (t == nullptr) [[unlikely]]
      throw_undefined(op, k);
    f.any |= t->flags.bits;
    f.all &= t->flags.bits;
    if (k == 0) first = t->dtype;
    f.mixed |= t->dtype != first;
  }
  if (op.flags.has(kFloatingOnly)) f.mixed |= !is_floating_point(first);
  return f;
}

// Whether the call is recorded; then stale views throw, because they would lose gradients in silence.
[[gnu::always_inline]] inline bool is_recorded(const Op& op, TensorImpl* const* in, int n, InputSummary facts,
                                               Dtype out) {
  if (context().no_grad) return false;
  for (int k = 0; k < n; ++k) {
    if (in[k]->is_stale()) [[unlikely]]
      throw_stale(op.name, in[k]);
  }
  return facts.some_have(kRequiresGrad) && !op.flags.has(kNoGrad) && is_floating_point(out);
}

// What the node of a call saves: the union of what the wanted gradients read.
[[gnu::always_inline]] inline unsigned save_mask(const Op& op, TensorImpl* const* in, int n) noexcept {
  unsigned mask = 0;
  for (int k = 0; k < n; ++k) mask |= in[k]->requires_grad() ? op.reads[k < 7 ? k : 7] : 0U;
  return mask;
}

// The node of the call. saved_in: the inputs as they shall be saved. The output's version will be out_version.
[[gnu::always_inline]] inline Node* make_node(Context& ctx, const Call& c, int n, unsigned mask,
                                              TensorImpl* const* saved_in, TensorImpl* out, std::uint32_t out_version,
                                              int batch_words = 0) {
  const int rank = out->rank;
  const int n_attrs = c.attrs.count;
  Node* node = new_node(*c.op, n, mask, rank, n_attrs, batch_words);
  node->dtype = out->dtype;
  std::uint64_t number = ctx.clock;
  Node** edges = node->edges();
  for (int k = 0; k < n; ++k) {
    Node* edge = nullptr;
    if (c.in[k]->requires_grad()) {
      edge = c.in[k]->node.load(std::memory_order_acquire);
      retain_node(edge);
      if (edge->sequence_nr > number) number = edge->sequence_nr;
    }
    edges[k] = edge;
  }
  node->sequence_nr = ctx.clock = number + 1;
  auto* saved = reinterpret_cast<Saved*>(edges + n);
  const auto save = [&saved](TensorImpl* t, std::uint32_t version) {
    t->counts.add(TensorImpl::kOneWeak);
    *saved++ = {t, version};
  };
  for (unsigned bits = mask & ~unsigned{kReadsOut}; bits != 0; bits &= bits - 1) {
    TensorImpl* t = saved_in[__builtin_ctz(bits)];
    save(t, t->storage->version);
  }
  if ((mask & kReadsOut) != 0) save(out, out_version);
  auto* words = reinterpret_cast<std::int64_t*>(saved);
  for (int d = 0; d < rank; ++d) *words++ = out->sizes()[d];
  for (int k = 0; k < n_attrs; ++k) *words++ = c.attrs.words[k];
  return node;
}

// The op on other inputs: make(k) is input k.
Tensor apply_made(const Op& op, int n, Attrs attrs, auto make) {
  std::vector<Tensor> made;
  std::vector<const Tensor*> pointers;
  made.reserve(static_cast<std::size_t>(n));
  for (int k = 0; k < n; ++k) {
    made.push_back(make(k));
    pointers.push_back(&made.back());
  }
  return apply(op, pointers.data(), n, attrs);
}

}  // namespace tapegrad::core
