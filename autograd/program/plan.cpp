// From a recording to a program: what is needed, where it lies, and the calls that point there.
#include "autograd/program/program.h"

#include <algorithm>

#include "autograd/core/execute.h"
#include "autograd/core/node.h"
#include "autograd/core/text.h"
#include "autograd/kernels/parallel.h"
#include "autograd/program/layout.h"
#include "autograd/program/recorder.h"

namespace tapegrad::program {

using core::Call;
using core::Storage;
using core::TensorImpl;

Program::Program(Recording r) : r_(std::move(r)) {
  for (const Result& result : r_.results)
    if (result.slot >= 0) add_escape(result.slot, result.requires_grad);
  for (const Grad& g : r_.grads)
    if (g.slot >= 0) add_escape(g.slot, false);
  for (std::size_t k = 0; k < escapes_.size(); ++k)  // others may have written it since
    if (const Root& root = r_.roots[at(escapes_[k].root)]; root.kind == RootKind::kConstant)
      images_.push_back({nullptr, &root.image, static_cast<int>(k)});
  const std::vector<bool> needed = find_needed();
  find_constants();
  make_impls();
  const std::vector<Unit> units = fuse(needed);
  place(units);
  bind_memory();
  make_steps(units);
  for (const Grad& g : r_.grads) {
    GradPlace p{&grad_of(g.outside), g.before, g.effect};
    if (g.slot >= 0) p.set = &shown(g.slot, false);
    for (Escape& e : escapes_)
      for (Escape::Shown& s : e.shown)
        if (s.slot == g.slot && !s.requires_grad) s.grad = p.grad;
    grads_.push_back(p);
  }
  for (const Line& line : r_.lines)
    minds_aliases_ = minds_aliases_ || (line.in_place && !is_memory(r_.root_of(line.out).kind));
  seen_.reserve(inputs_.size());
  for (std::size_t k = 0; k < r_.pins.size(); ++k)
    if (r_.pins[k] != nullptr) pinned_.push_back(k);
  for (Escape& e : escapes_) make(e);
  views_.resize(r_.results.size());
  for (const Result& result : r_.results) {
    const bool ours = result.slot >= 0 && is_memory(r_.root_of(result.slot).kind);
    shows_views_ = shows_views_ || (result.slot >= 0 && !ours);
    results_.push_back(ours ? &shown(result.slot, result.requires_grad) : &undefined());
  }
}

void Program::add_escape(int slot, bool requires_grad) {
  const int root = r_.slots[at(slot)].root;
  if (!is_memory(r_.roots[at(root)].kind)) return;
  auto e = std::find_if(escapes_.begin(), escapes_.end(), [root](const Escape& x) { return x.root == root; });
  if (e == escapes_.end()) e = escapes_.insert(e, {.root = root, .shown = {}, .base = {}});
  for (const Escape::Shown& s : e->shown)
    if (s.slot == slot && s.requires_grad == requires_grad) return;
  e->shown.push_back({.slot = slot, .requires_grad = requires_grad, .tensor = {}});
}

// The lines whose work somebody sees: draws, checks, what is written outside, and what they read.
std::vector<bool> Program::find_needed() const {
  std::vector<bool> needed(r_.lines.size()), live(r_.roots.size());
  for (const Escape& e : escapes_) live[at(e.root)] = true;
  for (std::size_t k = r_.lines.size(); k-- > 0;) {
    const Line& line = r_.lines[k];
    const int out = r_.slots[at(line.out)].root;
    needed[k] = live[at(out)] || line.call.op->check != nullptr || line.call.op->flags.has(core::kDraws) ||
                (line.in_place && !is_memory(r_.roots[at(out)].kind));
    if (!needed[k]) continue;
    for (const int in : line.in) live[at(r_.slots[at(in)].root)] = true;
  }
  return needed;
}

bool Program::escapes(std::size_t root) const noexcept {
  return std::any_of(escapes_.begin(), escapes_.end(), [&](const Escape& e) { return at(e.root) == root; });
}

// Whether what the line computes no run changes: it is run where the program is made.
bool Program::runs_once(const Line& line) const noexcept {
  return r_.root_of(line.out).kind == RootKind::kValue && is_constant_[at(r_.slots[at(line.out)].root)];
}

// The roots whose bytes no run changes: constants, and what is computed of them alone.
void Program::find_constants() {
  is_constant_.assign(r_.roots.size(), false);
  for (std::size_t root = 0; root < r_.roots.size(); ++root)
    is_constant_[root] = r_.roots[root].kind == RootKind::kConstant;
  for (const Line& line : r_.lines) {
    const std::size_t out = at(r_.slots[at(line.out)].root);
    const auto stays = [&](int in) {
      const std::size_t root = at(r_.slots[at(in)].root);
      return is_constant_[root] && !r_.roots[root].is_written;
    };
    if (r_.roots[out].kind == RootKind::kValue && !r_.roots[out].is_written && !escapes(out) &&
        !line.call.op->flags.has(core::kDraws) && std::all_of(line.in.begin(), line.in.end(), stays))
      is_constant_[out] = true;
  }
}

// Where constants and values lie. What a unit uses lies apart: its lines run block by block.
void Program::place(const std::vector<Unit>& units) {
  offsets_.assign(r_.roots.size(), -1);
  constexpr std::size_t kNever = ~std::size_t{0};
  std::vector<std::size_t> first(r_.roots.size(), kNever), last(r_.roots.size(), 0);
  for (std::size_t k = 0; k < units.size(); ++k) {
    const auto use = [&](int slot) {
      const std::size_t root = at(r_.slots[at(slot)].root);
      first[root] = std::min(first[root], k);
      last[root] = k;
    };
    for (const int line : units[k]) {
      for (const int in : r_.lines[at(line)].in) use(in);
      use(r_.lines[at(line)].out);
    }
  }
  Layout layout;
  for (std::size_t root = 0; root < r_.roots.size(); ++root) {
    const Root& r = r_.roots[root];
    if (!is_memory(r.kind) || escapes(root) || first[root] == kNever) continue;
    const bool constant = is_constant_[root];
    const std::size_t bytes = r.kind == RootKind::kConstant ? r.image.size() : r.bytes;
    layout.add({aligned(bytes), constant ? 0 : first[root], constant ? units.size() : last[root], &offsets_[root]});
  }
  bytes_ = layout.fit();
  memory_ = std::make_unique_for_overwrite<std::byte[]>(bytes_ + kAlignment);
  aligned_ = kAlignment - reinterpret_cast<std::uintptr_t>(memory_.get()) % kAlignment;
}

void Program::make_impls() {
  std::size_t bytes = 0;
  for (const Slot& s : r_.slots) bytes += core::impl_bytes(static_cast<int>(s.sizes.size()));
  objects_ = std::make_unique_for_overwrite<std::byte[]>(bytes);
  std::byte* to = objects_.get();
  shows_.resize(r_.roots.size());
  for (const Slot& s : r_.slots) {
    const auto rank = static_cast<int>(s.sizes.size());
    auto* t = new (to) TensorImpl(s.dtype, rank, s.no_bump ? core::kNoBump : core::TensorFlags{}, 0, &own_, nullptr, 0);
    core::set_shape(t, s.sizes.data(), s.strides.data());
    to += core::impl_bytes(rank);
    impls_.push_back(t);
    shows_[at(s.root)].emplace_back(t, s.offset);
  }
}

void Program::bind_memory() {
  for (std::size_t root = 0; root < r_.roots.size(); ++root) {
    const Root& r = r_.roots[root];
    if (r.kind == RootKind::kInput) inputs_.push_back(static_cast<int>(root));
    if (r.kind == RootKind::kGrad) grad_roots_.push_back(static_cast<int>(root));
    if (offsets_[root] >= 0) bind(static_cast<int>(root), &own_, memory_.get() + aligned_ + offsets_[root]);
    if (r.kind == RootKind::kOutside) bind(static_cast<int>(root), r_.outside[at(r.index)].impl()->storage, r.data);
    if (r.kind != RootKind::kConstant || offsets_[root] < 0) continue;
    std::byte* place = memory_.get() + aligned_ + offsets_[root];
    std::copy(r.image.begin(), r.image.end(), place);
    if (r.is_written) images_.push_back({place, &r.image});
  }
}

void Program::bind(int root, Storage* storage, std::byte* data) noexcept {
  for (const auto& [t, offset] : shows_[at(root)]) {
    t->storage = storage;
    t->data = data + offset;
  }
}

// The number of elements of a line that can be one loop, as in map_call() of ops/elementwise.h; else -1.
std::int64_t Program::loop_length(const Line& line) const noexcept {
  const TensorImpl* out = impls_[at(line.out)];
  const core::Op& op = *line.call.op;
  if (op.loop == nullptr || op.check != nullptr || line.in.size() > kernels::kMaxInputs || out->numel == 0 ||
      !core::is_contiguous(out))
    return -1;
  for (const int in : line.in) {
    const TensorImpl* t = impls_[at(in)];
    if (t->numel != 1 && (!core::is_contiguous(t) || t->numel != out->numel)) return -1;
  }
  return op.loop(impls_[at(line.in[0])]->dtype) != nullptr ? out->numel : -1;
}

// The number of elements that a line adds up, and how; -1: it does something else.
std::int64_t Program::sum_length(const Line& line, kernels::TotalSum& total) const noexcept {
  constexpr std::size_t kMost = 2;
  if (line.call.op->adds_up == nullptr || line.in.size() > kMost) return -1;
  TensorImpl* in[kMost];
  for (std::size_t k = 0; k < line.in.size(); ++k) {
    in[k] = impls_[at(line.in[k])];
    if (!core::is_contiguous(in[k]) || in[k]->numel != in[0]->numel || !is_floating_point(in[k]->dtype)) return -1;
  }
  Call call = line.call;
  call.in = in;
  call.attrs = {line.attrs.data(), line.call.attrs.count};
  return call.op->adds_up(call, total) ? in[0]->numel : -1;
}

void Program::run_as_loop(Step& s, const Line& line) const noexcept {
  s.n = loop_length(line);
  if (s.n < 0) return;
  for (int k = 0; k < kernels::kMaxInputs; ++k) {
    s.in[k] = s.call.in[k < s.call.n_in ? k : 0];
    if (k < s.call.n_in && s.in[k]->numel == 1) s.scalar |= 1U << k;
  }
  s.loop = line.call.op->loop(s.in[0]->dtype);
}

void Program::make_steps(const std::vector<Unit>& units) {
  std::size_t operands = 0, words = 0;
  for (const Line& line : r_.lines) {
    operands += line.in.size();
    words += line.attrs.size();
  }
  operands_.reserve(operands);
  words_.reserve(words);
  steps_.reserve(r_.lines.size());
  std::vector<int> uses(r_.roots.size());
  for (const Unit& unit : units)
    for (const int k : unit) {
      ++uses[at(r_.slots[at(r_.lines[at(k)].out)].root)];
      for (const int in : r_.lines[at(k)].in) ++uses[at(r_.slots[at(in)].root)];
    }
  for (const Unit& unit : units) {
    const std::size_t first = steps_.size();
    for (const int k : unit) {
      const Line& line = r_.lines[at(k)];
      Step& step = steps_.emplace_back();
      step.call = line.call;
      step.call.in = operands_.data() + operands_.size();
      step.call.attrs = {words_.data() + words_.size(), line.call.attrs.count};
      for (const int in : line.in) operands_.push_back(impls_[at(in)]);
      words_.insert(words_.end(), line.attrs.begin(), line.attrs.end());
      step.out = step.call.out = impls_[at(line.out)];
      step.bumps = line.in_place && !is_memory(r_.root_of(line.out).kind);
      step.checks = step.call.op->check != nullptr;
      draws_ = draws_ || step.call.op->flags.has(core::kDraws);
      if (step.call.op->is_current != nullptr) conditional_.push_back(&step.call);
      run_as_loop(step, line);
      if (unit.size() == 1 && step.n > kernels::kGrain) step.loop = nullptr;  // its kernel uses threads
      if (!runs_once(line)) continue;
      core::run_kernel(step.call);
      steps_.pop_back();
    }
    if (unit.size() > 1) make_group(unit, first, uses);
  }
}

std::string Program::text() const {
  std::string out = "x input  w outside  c constant  v value  g .grad  o returned\n";
  for (const Line& line : r_.lines) out += "  " + program::text(r_, line) + "\n";
  return out + core::joined(steps_.size(), " of ", r_.lines.size(), " lines run; values and constants take ", bytes_,
                            " bytes; ", groups_.size(), " groups run block by block\n");
}

}  // namespace tapegrad::program
