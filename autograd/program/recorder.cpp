#include "autograd/program/recorder.h"

#include <algorithm>
#include <new>

#include "autograd/core/node.h"
#include "autograd/core/text.h"

namespace tapegrad::program {

using core::Call;
using core::Node;
using core::Storage;
using core::TensorImpl;

namespace {

std::byte* first_byte(const Storage* s) noexcept {
  if (s->external) return static_cast<std::byte*>(reinterpret_cast<const core::ExternalBytes*>(s + 1)->data);
  return reinterpret_cast<std::byte*>(const_cast<Storage*>(s + 1));
}
const void* block_of(const Storage* s) noexcept { return reinterpret_cast<const std::byte*>(s) - s->back; }

bool shares_leaf(const Tensor& t) noexcept { return t.defined() && t.requires_grad(); }

constexpr const char* kEscape =
    "capture: a tensor that the captured function made is still held outside after it returned (and this call has "
    "run); return it instead, or write it into a tensor outside with copy_()";

constexpr const char* kSharedGrad =
    "capture: the bytes of a .grad are shown by another tensor outside, too, which a replay could not follow; give the "
    ".grad a clone()";

// What takes the place of the history of a result.
constexpr core::Op kCaptured{
    .name = "capture",
    .grad_name = "CapturedBackward0",
    .no_history =
        "this tensor comes from a captured function, whose replays record no history; call backward() inside "
        "of it, or return what you differentiate from a function that is not captured"};

}  // namespace

void set_captured_history(TensorImpl* t) {
  Node* n = core::new_node(kCaptured, 1, 0, t->rank, 0);
  n->dtype = t->dtype;
  n->edges()[0] = nullptr;
  std::copy(t->sizes(), t->sizes() + t->rank, n->sizes());
  n->sequence_nr = ++core::context().clock;
  t->flags.set(core::kRequiresGrad);
  t->flags.clear(core::kBorrowed);
  if (Node* old = core::exchange(t->node, n)) core::release_node(old);
}

static void drop_history(const Tensor& t) {
  const Node* n = t.impl()->node.load(std::memory_order_acquire);
  if (t.requires_grad() && !n->is_leaf() && n->op != &kCaptured) set_captured_history(t.impl());
}

FunctionRecorder::FunctionRecorder(const std::vector<Tensor>& arguments, const std::vector<Kept>& leaves, bool allow)
    : allow_(allow), lists_(core::context().lists) {
  r_.structure_before = core::structure_version.load(std::memory_order_relaxed);
  r_.pins.resize(arguments.size());
  for (std::size_t k = 0; k < arguments.size(); ++k) {
    const Tensor& x = arguments[k];
    passed_.push_back(x);
    if (!x.defined()) continue;
    if (shares_leaf(x)) {
      if (!x.is_leaf()) fail("capture: an argument has a history; detach() it");
      continue;
    }
    Tensor alias = Tensor::adopt(core::new_alias(x.impl()));
    alias.impl()->flags.clear(core::kIsView);
    alias.impl()->flags.set(x.impl()->flags & (core::kIsView | core::kDetached));
    passed_[k] = alias;
    known_.insert(alias.impl());
    if (!root_of_.contains(x.impl()->storage)) {
      root_of_[x.impl()->storage] = static_cast<int>(r_.roots.size());
      r_.roots.push_back(
          {.kind = RootKind::kInput, .index = static_cast<int>(k), .data = x.impl()->data, .image = {}, .strides = {}});
    }
  }
  for (const Kept& leaf : leaves) {
    Node* n = leaf_node(leaf.impl());
    if (n == nullptr) continue;
    const Tensor& grad = leaves_[n] = static_cast<core::Leaf*>(n)->grad;
    if (grad.defined() && !grads_.emplace(grad.impl()->storage, leaf.impl()).second) fail(kSharedGrad);
  }
  for (const auto& [storage, root] : root_of_) refs_.emplace_back(storage, storage->refs.load());
  core::Context& ctx = core::context();
  ctx.recorder = this;
  ctx.watch.set(core::kWatchCalls);
  ctx.lists = core::no_lists;
}

FunctionRecorder::~FunctionRecorder() { end(); }

void FunctionRecorder::end() noexcept {
  if (!active_) return;
  active_ = false;
  core::Context& ctx = core::context();
  ctx.recorder = nullptr;
  ctx.watch.clear(core::kWatchCalls);
  ctx.lists = lists_;
  while (freed_ != nullptr) {
    Freed* f = std::exchange(freed_, freed_->next);
    core::pool_put(f, f->pool_class);
  }
}

void FunctionRecorder::fail(std::string why) {
  if (r_.problem.empty()) r_.problem = std::move(why);
}

// Should the function catch the error, that is another run than without capture.
std::string FunctionRecorder::refusal(const char* op, const char* what, const char* instead) {
  std::string text =
      core::joined(core::called(op), ": ", what, " inside of a captured function, which its replays could not follow; ",
                   instead, ", or capture with .fallback = true");
  fail(text);
  r_.is_refused = !allow_;
  return text;
}

void FunctionRecorder::refuse(const char* op, const char* what, const char* instead) {
  const std::string text = refusal(op, what, instead);
  if (!allow_) throw AutogradError(text);
}

void FunctionRecorder::see_failed_check(const char* op) {
  refusal(op, "throws for the values it has, and the error is caught", "let it pass");
}

void FunctionRecorder::see_new_block(void* block, std::size_t bytes) { blocks_.emplace(block, bytes); }

void FunctionRecorder::see_free_block(void* block, std::uint8_t pool_class) noexcept {
  freed_ = new (block) Freed{freed_, pool_class};
}

// Once memory has run out the recording is of no use, and is not touched any more.
void FunctionRecorder::see_call(const Call& c, bool in_place) noexcept try {
  if (!ran_out_) add(c, in_place);
} catch (const std::bad_alloc&) {
  ran_out_ = true;
}

void FunctionRecorder::see_base(TensorImpl* base) noexcept try {
  if (!ran_out_) note_outside(base, root_of(base));
} catch (const std::bad_alloc&) {
  ran_out_ = true;
}

void FunctionRecorder::add(const Call& c, bool in_place) {
  if (c.op->flags.has(core::kHostData)) return;
  Line line{
      .call = c, .attrs = {c.attrs.words, c.attrs.words + c.attrs.count}, .in = {}, .out = 0, .in_place = in_place};
  for (int k = 0; k < c.n_in; ++k) line.in.push_back(slot_of(c.in[k]));
  if (in_place) {
    line.out = slot_of(c.out);
    r_.roots[static_cast<std::size_t>(r_.slots[static_cast<std::size_t>(line.out)].root)].is_written = true;
  } else {
    const auto root = static_cast<int>(r_.roots.size());
    root_of_[c.out->storage] = root;
    r_.roots.push_back({.kind = RootKind::kValue, .data = first_byte(c.out->storage), .image = {}, .strides = {}});
    line.out = slot_at(root, c.out);
  }
  r_.lines.push_back(std::move(line));
}

// The root of the bytes that t shows, made where they were not seen before.
int FunctionRecorder::root_of(const TensorImpl* t) {
  const Storage* s = t->storage;
  if (const auto found = root_of_.find(s); found != root_of_.end()) return found->second;
  Root root{.kind = RootKind::kOutside, .index = -1, .data = t->data, .image = {}, .strides = {}};
  if (const auto grad = grads_.find(s); grad != grads_.end()) {
    root.kind = RootKind::kGrad;
    const TensorImpl* first = leaves_.at(leaf_node(grad->second)).impl();
    root.shift = first->data - root.data;
    root.strides.assign(first->strides(), first->strides() + first->rank);
    root.index = outside_index(grad->second);
  } else if (const auto block = blocks_.find(block_of(s)); block != blocks_.end()) {
    root.kind = RootKind::kConstant;
    root.data = first_byte(s);
    if (s->external) {
      fail(
          "capture: from_blob() shows memory inside of a captured function that its replays could not follow; make the "
          "tensor outside");
    } else {
      root.image.assign(root.data, root.data + (block->second - s->back - sizeof(Storage)));
    }
  }
  const auto id = static_cast<int>(r_.roots.size());
  root_of_[s] = id;
  r_.roots.push_back(std::move(root));
  return id;
}

// The place of t, which was there before, among the tensors outside.
int FunctionRecorder::outside_index(const TensorImpl* t) {
  const auto [place, is_new] = outside_of_.try_emplace(t, static_cast<int>(outside_.size()));
  if (is_new) outside_.push_back(const_cast<TensorImpl*>(t));
  return place->second;
}

// Made inside of nothing but numbers, which are compared with those of the run before.
bool FunctionRecorder::is_fixed(TensorImpl* t) {
  const int root = root_of(t);
  if (r_.roots[static_cast<std::size_t>(root)].is_written) return false;
  if (r_.roots[static_cast<std::size_t>(root)].kind == RootKind::kConstant) return true;
  const auto makes = [&](const Line& line) { return r_.slots[static_cast<std::size_t>(line.out)].root == root; };
  const auto line = std::find_if(r_.lines.begin(), r_.lines.end(), makes);
  return line != r_.lines.end() && line->in.empty() && !line->call.op->flags.has(core::kDraws);
}

int FunctionRecorder::slot_of(TensorImpl* t) {
  const int root = root_of(t);
  note_outside(t, root);
  return slot_at(root, t);
}

int FunctionRecorder::slot_at(int root, const TensorImpl* t) {
  Root& r = r_.roots[static_cast<std::size_t>(root)];
  Slot slot{.root = root,
            .offset = t->data - r.data,
            .dtype = t->dtype,
            .no_bump = t->flags.has(core::kNoBump),
            .sizes = {t->sizes(), t->sizes() + t->rank},
            .strides = {t->strides(), t->strides() + t->rank}};
  std::int64_t end = slot.offset;
  if (t->numel > 0) {
    end += static_cast<std::int64_t>(item_size(t->dtype));
    for (int d = 0; d < t->rank; ++d)
      end += (t->sizes()[d] - 1) * t->strides()[d] * static_cast<std::int64_t>(item_size(t->dtype));
  }
  r.bytes = std::max(r.bytes, static_cast<std::size_t>(end));
  const auto found = std::find(r_.slots.rbegin(), r_.slots.rend(), slot);
  if (found != r_.slots.rend()) return static_cast<int>(r_.slots.rend() - found) - 1;
  r_.slots.push_back(std::move(slot));
  return static_cast<int>(r_.slots.size()) - 1;
}

// Whether t is the .grad that a leaf had before.
bool FunctionRecorder::is_grad(const TensorImpl* t) const {
  return std::any_of(leaves_.begin(), leaves_.end(), [t](const auto& leaf) { return leaf.second.impl() == t; });
}

// t, if it was there before the function was called.
void FunctionRecorder::note_outside(TensorImpl* t, int root) {
  Root& r = r_.roots[static_cast<std::size_t>(root)];
  const bool is_first = r.kind == RootKind::kOutside && r.index < 0;
  if (known_.contains(t) || (outside_of_.contains(t) && !is_first)) return;
  const bool is_inside = blocks_.contains(t);
  if (r.kind == RootKind::kInput && !is_inside) r_.pins[static_cast<std::size_t>(r.index)] = r.data;
  const bool is_outside = r.kind == RootKind::kOutside || r.kind == RootKind::kInput;
  if (r.kind == RootKind::kGrad && !is_inside && !is_grad(t)) fail(kSharedGrad);
  if (!is_outside || (is_inside && !is_first)) return;
  if (is_inside) kept_.push_back(core::handle_of(t));  // of a saved value: the tensor itself is not to be seen
  const int index = outside_index(t);
  if (is_first) r.index = index;
}

// Keeps what was found outside, if it is still there.
void FunctionRecorder::keep_outside() {
  r_.outside.resize(outside_.size());
  for (std::size_t k = 0; k < outside_.size(); ++k) {
    if (dead_.contains(outside_[k])) {
      fail(
          "capture: the captured function replaced a tensor outside by another (and this call has run); write it in "
          "place with copy_(), or return it");
    } else {
      r_.outside[k].tensor = Kept(outside_[k]);
    }
  }
}

// What became of the .grad of each leaf that was seen.
void FunctionRecorder::note_grads() {
  r_.knew_leaves = true;
  for (std::size_t k = 0; k < outside_.size(); ++k) {
    Node* n = dead_.contains(outside_[k]) ? nullptr : leaf_node(outside_[k]);
    if (n == nullptr) continue;
    const Tensor& now = static_cast<core::Leaf*>(n)->grad;
    const auto known = leaves_.find(n);
    if (known == leaves_.end()) {
      if (!outside_[k]->requires_grad() && !now.defined()) continue;
      r_.knew_leaves = false;
      r_.grads.push_back({.outside = static_cast<int>(k)});
      continue;
    }
    const Tensor& before = known->second;
    Grad g{.outside = static_cast<int>(k), .before = before.defined()};
    if (!now.defined()) {
      g.effect = Grad::kCleared;
    } else if (!now.is_same(before)) {
      g.effect = Grad::kSet;
      drop_history(now);
      g.slot = slot_of(now.impl());
      if (!is_memory(r_.root_of(g.slot).kind))
        fail(
            "capture: the captured function made a tensor outside, or a view of it, a .grad (and this call has run); "
            "give it a clone()");
    }
    r_.grads.push_back(g);
  }
}

// What was made inside and is held by something that a replay cannot give its new value.
void FunctionRecorder::find_escapes(const std::vector<Tensor>& results, std::uint32_t holders) {
  std::unordered_map<const TensorImpl*, std::uint32_t> handles;
  for (const Tensor& t : results)
    if (t.defined()) handles[t.impl()] += holders;
  for (const Grad& g : r_.grads) {
    const Node* n = leaf_node(outside_[static_cast<std::size_t>(g.outside)]);
    if (const Tensor& grad = static_cast<const core::Leaf*>(n)->grad; grad.defined()) handles[grad.impl()] += 1;
  }
  std::unordered_map<const Storage*, std::uint32_t> views;
  for (const auto& [impl, n] : handles) ++views[impl->storage];
  const auto escaped = [&](const Storage* s) {
    if (dead_.contains(block_of(s))) return false;
    const auto known = views.find(s);
    if (known == views.end() || known->second != s->refs.load()) return true;
    return std::any_of(handles.begin(), handles.end(),
                       [&](const auto& h) { return h.first->storage == s && handles_of(h.first) != h.second; });
  };
  for (const auto& [storage, root] : root_of_) {
    const Root& r = r_.roots[static_cast<std::size_t>(root)];
    if (is_memory(r.kind) && escaped(storage)) {
      fail(kEscape);
    }
  }
  for (const auto& [storage, refs] : refs_) {
    const auto known = views.find(storage);
    std::uint32_t ours = known == views.end() ? 0 : known->second;
    for (const Tensor& x : passed_)
      ours -= x.defined() && x.impl()->storage == storage && handles.contains(x.impl()) ? 1 : 0;
    if (storage->refs.load() > refs + ours) fail(kEscape);
  }
  for (const Tensor& x : passed_) {
    if (!x.defined() || !known_.contains(x.impl())) continue;
    const auto returned = handles.find(x.impl());
    if (handles_of(x.impl()) > 1 + (returned == handles.end() ? 0 : returned->second)) fail(kEscape);
  }
}

Recording FunctionRecorder::finish(const std::vector<Tensor>& results, std::uint32_t holders) {
  core::context().watch.clear(core::kWatchCalls);
  r_.structure = core::structure_version.load(std::memory_order_relaxed);
  if (ran_out_) throw std::bad_alloc();
  for (const Tensor& t : results)
    if (t.defined() && blocks_.contains(t.impl())) drop_history(t);
  for (const Tensor& x : passed_)  // what it gathered as a leaf inside goes with it
    if (x.defined() && known_.contains(x.impl()))
      if (Node* n = leaf_node(x.impl())) static_cast<core::Leaf*>(n)->grad.reset();
  for (const Freed* f = freed_; f != nullptr; f = f->next) dead_.insert(f);
  if (r_.problem.empty()) {
    for (const Tensor& t : results) r_.results.push_back({t.defined() ? slot_of(t.impl()) : -1, t.requires_grad()});
    note_grads();
    find_escapes(results, holders);
  }
  keep_outside();
  for (const Tensor& t : results)
    if (const auto known = outside_of_.find(t.impl()); known != outside_of_.end())
      r_.outside[static_cast<std::size_t>(known->second)].returned += 1;
  leaves_.clear();
  grads_.clear();
  passed_.clear();
  kept_.clear();
  end();
  return std::move(r_);
}

}  // namespace tapegrad::program
