// Which program a call replays, and when the function has to run.
#include <tapegrad/autograd/capture.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "autograd/core/text.h"
#include "autograd/io/file.h"
#include "autograd/program/program.h"
#include "autograd/program/recorder.h"
#include "autograd/program/source_writer.h"

namespace tapegrad::program {

using core::TensorImpl;

namespace {

// What a program was written down for.
struct Argument {
  std::uint32_t head = 0;  // of an undefined one 0
  int same_as = 0;         // the first argument with its storage, and how far from its first byte
  std::ptrdiff_t distance = 0;
  const TensorImpl* leaf = nullptr;  // the one that requires grad: another one is another kind of call
  std::vector<std::int64_t> sizes, strides;

  bool operator==(const Argument&) const = default;
  bool holds(const Tensor* const* arguments, std::size_t k) const noexcept {
    const TensorImpl* t = arguments[k]->impl();
    if (t == nullptr) return head == 0;
    if (head != head_of(t) || !core::same_sizes(t, sizes.data(), static_cast<int>(sizes.size()))) return false;
    if (leaf != nullptr && leaf != t) return false;
    if (!strides.empty() && !std::equal(strides.begin(), strides.end(), t->strides())) return false;
    if (static_cast<std::size_t>(same_as) == k) return true;
    const TensorImpl* first = arguments[same_as]->impl();
    return t->storage == first->storage && t->data - first->data == distance;
  }
};

struct Kind {
  std::vector<Argument> arguments;
  std::vector<std::int64_t> numbers;
  int modes = 0;

  Kind(std::span<const Tensor* const> tensors, std::span<const std::int64_t> given, int m)
      : numbers(given.begin(), given.end()), modes(m) {
    for (std::size_t k = 0; k < tensors.size(); ++k) {
      const TensorImpl* t = tensors[k]->impl();
      Argument a;
      if (t != nullptr) {
        a.head = head_of(t);
        if (t->requires_grad()) a.leaf = t;
        a.sizes.assign(t->sizes(), t->sizes() + t->rank);
        if (!core::is_contiguous(t)) a.strides.assign(t->strides(), t->strides() + t->rank);
        while (tensors[static_cast<std::size_t>(a.same_as)]->impl() == nullptr ||
               tensors[static_cast<std::size_t>(a.same_as)]->impl()->storage != t->storage)
          ++a.same_as;
        a.distance = t->data - tensors[static_cast<std::size_t>(a.same_as)]->impl()->data;
      }
      arguments.push_back(std::move(a));
    }
  }
  bool operator==(const Kind&) const = default;
  bool holds(std::span<const Tensor* const> tensors, std::span<const std::int64_t> given, int m) const noexcept {
    if (m != modes || tensors.size() != arguments.size()) return false;
    for (std::size_t k = 0; k < tensors.size(); ++k)
      if (!arguments[k].holds(tensors.data(), k)) return false;
    return std::equal(given.begin(), given.end(), numbers.begin(), numbers.end());
  }
};

int modes() noexcept {
  const core::Context& ctx = core::context();
  return static_cast<int>(ctx.no_grad) | static_cast<int>(ctx.default_dtype) << 1;
}

enum class Setting : std::uint8_t { kOn, kOff, kLog };
Setting setting() {
  static const Setting s = [] {
    const char* text = std::getenv("TAPEGRAD_CAPTURE");
    if (text == nullptr) return Setting::kOn;
    return std::strcmp(text, "off") == 0 ? Setting::kOff : std::strcmp(text, "log") == 0 ? Setting::kLog : Setting::kOn;
  }();
  return s;
}

// Within vmap, or in a pass through it: arguments may show one sample of many.
bool has_batch(const core::Context& ctx, std::span<const Tensor* const> arguments) noexcept {
  if (ctx.batch != 0) return true;
  return ctx.depth != 0 && std::any_of(arguments.begin(), arguments.end(),
                                       [](const Tensor* x) { return x->defined() && x->impl()->is_batched(); });
}

constexpr int kTries = 8;  // runs without a program, after which a kind of call is no more written down

}  // namespace

class Capture {
 public:
  explicit Capture(CaptureOptions options) : options_(options), is_off_(setting() == Setting::kOff) {}

  void enter(CaptureCall& call, std::span<const Tensor* const> arguments, std::span<const std::int64_t> numbers) {
    const core::Context& ctx = core::context();
    if (is_off_ || ctx.watch.bits != 0 || gave_up_ || has_batch(ctx, arguments) || core::exchange(busy_, true)) return;
    call.capture = this;
    const int m = modes();
    const char* why = "its kind of arguments is new";
    for (std::size_t k = 0; k < programs_.size(); ++k) {
      Entry& e = *programs_[k];
      if (!e.kind.holds(arguments, numbers, m)) continue;
      if (const char* change = e.program.change(arguments.data()); change != nullptr) {
        why = change;
        continue;
      }
      if (k != 0)
        std::rotate(programs_.begin(), programs_.begin() + static_cast<std::ptrdiff_t>(k),
                    programs_.begin() + static_cast<std::ptrdiff_t>(k) + 1);
      if (options_.check_every != 0 && ++since_check_ >= options_.check_every) {
        why = "it is checked";
        since_check_ = 0;
        checked_ = &e;
        break;
      }
      call.results = e.program.run(arguments.data());
      call.lengths = e.program.recording().lengths.data();
      ++stats_.replayed;
      return;
    }
    record(call, arguments, numbers, m, why);
  }

  void finish(const std::vector<Tensor>& returned, const std::vector<std::size_t>& lengths) {
    Recording r = recorder_->finish(returned, 2);
    recorder_.reset();
    if (const std::string& text = r.problem; r.is_refused) throw AutogradError(text);
    r.lengths = lengths;
    for (const Grad& g : r.grads) know(r.outside[static_cast<std::size_t>(g.outside)].tensor);
    Kind kind = std::move(*kind_);
    kind_.reset();
    if (!r.problem.empty() && options_.fallback) return give_up(r.problem);
    const Entry* checked = std::exchange(checked_, nullptr);
    for (const auto& e : programs_) {
      if (!r.problem.empty() || !(e->kind == kind) || !e->program.points_to(r)) continue;
      const std::string difference = program::difference(e->program.recording(), r);
      if (difference.empty()) {
        log("goes on with a program, since ", stats_.why);
        structure_ = r.structure;
        noted_ = &e->program;
        return;
      }
      if (e.get() == checked) return fail(difference);
    }
    try_to_plan(std::move(kind), std::move(r));
  }

  void leave() noexcept {
    if (kind_.has_value() || noted_ != nullptr) [[unlikely]]
      end_run();
    busy_.store(false, std::memory_order_release);
  }

  std::string dot() const { return programs_.empty() ? "" : program::dot(programs_.front()->program.recording()); }
  std::string text() const { return programs_.empty() ? "no program yet\n" : programs_.front()->program.text(); }
  const Program& newest() const {
    if (programs_.empty())
      core::throw_autograd("write_source", "there is no program yet; call the captured function three times first");
    return programs_.front()->program;
  }
  CaptureStats stats() const {
    CaptureStats s = stats_;
    s.programs = programs_.size();
    return s;
  }
  void forget() {
    programs_.clear();
    candidates_.clear();
    leaves_.clear();
    gave_up_ = false;
  }

 private:
  // Of a run that was written down, or failed.
  [[gnu::noinline]] void end_run() noexcept {
    recorder_.reset();
    kind_.reset();
    checked_ = nullptr;
    if (noted_ != nullptr) std::exchange(noted_, nullptr)->note(structure_);
  }

  struct Entry {
    Kind kind;
    Program program;
  };
  // A kind of call on the way to a program.
  struct Candidate {
    Kind kind;
    std::optional<Recording> before;
    int tries = 0;
  };

  static bool same_grads(const Recording& a, const Recording& b) {
    return std::equal(a.grads.begin(), a.grads.end(), b.grads.begin(), b.grads.end(),
                      [](const Grad& x, const Grad& y) { return x.before == y.before; });
  }
  static bool same_outside(const Recording& a, const Recording& b) {
    return a.structure == b.structure_before && a.pins == b.pins &&
           std::equal(a.outside.begin(), a.outside.end(), b.outside.begin(), b.outside.end(),
                      [](const Outside& x, const Outside& y) { return x.impl() == y.impl(); });
  }

  [[gnu::noinline]] void record(CaptureCall& call, std::span<const Tensor* const> arguments,
                                std::span<const std::int64_t> numbers, int m, const char* why) {
    stats_.why = why;
    kind_.emplace(arguments, numbers, m);
    for (const Candidate& c : candidates_) {
      if (c.tries < kTries || !(c.kind == *kind_)) continue;
      stats_.why = "it did something else each time";
      return pass_by(call);
    }
    std::vector<Tensor> given;
    for (const Tensor* t : arguments) {
      if (t->requires_grad() && !t->is_leaf()) {
        fail(
            "capture: an argument has a history, which a replay could not lead back through; detach() it, or make it "
            "inside of the captured function");
        return pass_by(call);
      }
      given.push_back(*t);
    }
    recorder_.emplace(given, leaves_, options_.fallback);
    call.passed = &recorder_->arguments();
    ++stats_.recorded;
  }

  // The function runs as it is.
  void pass_by(CaptureCall& call) noexcept {
    ++stats_.run;
    leave();
    call.capture = nullptr;
  }

  void know(const Kept& leaf) {
    for (const Kept& t : leaves_)
      if (t.impl() == leaf.impl()) return;
    leaves_.push_back(leaf);
  }

  void try_to_plan(Kind kind, Recording r) {
    auto c = std::find_if(candidates_.begin(), candidates_.end(), [&](const Candidate& x) {
      return x.kind == kind && (!x.before || same_grads(*x.before, r));
    });
    if (c == candidates_.end()) {
      const bool first =
          std::none_of(candidates_.begin(), candidates_.end(), [&](const Candidate& x) { return x.kind == kind; }) &&
          std::none_of(programs_.begin(), programs_.end(), [&](const auto& e) { return e->kind == kind; });
      if (candidates_.size() >= 2 * options_.programs + 2) candidates_.erase(candidates_.begin());
      candidates_.push_back({std::move(kind), {}, 0});
      if (first) return;  // makes what later runs find, such as an optimizer's state
      c = candidates_.end() - 1;
    }
    ++c->tries;
    if (r.problem.empty() && !r.knew_leaves) return;
    if (!c->before || !same_outside(*c->before, r)) {
      if (r.problem.empty())
        c->before = std::move(r);
      else if (c->before || c->tries > 1)
        return fail(r.problem);
      return;
    }
    if (!r.problem.empty()) return fail(r.problem);
    const std::string difference = program::difference(*c->before, r);
    if (!difference.empty()) {
      c->before.reset();
      return fail(difference);
    }
    kind = std::move(c->kind);
    candidates_.erase(c);
    if (programs_.size() >= std::max<std::size_t>(options_.programs, 1)) programs_.pop_back();
    // NOLINTNEXTLINE(modernize-make-unique): it has no constructor, but fields
    programs_.insert(programs_.begin(), std::unique_ptr<Entry>(new Entry{std::move(kind), Program(std::move(r))}));
    structure_ = programs_.front()->program.recording().structure;
    noted_ = &programs_.front()->program;
    log("has a program of ", programs_.front()->program.recording().lines.size(), " lines");
  }

  // The function cannot be captured, or does not do the same each time.
  void fail(const std::string& problem) {
    const bool is_whole = problem.starts_with("capture: ");
    const std::string text =
        is_whole
            ? problem
            : core::joined("capture: the captured function did not do the same as before (and this call has run): ",
                           problem, "; pass what changes as an argument, or capture with .fallback = true");
    if (options_.fallback) return give_up(text);
    throw AutogradError(text);
  }
  void give_up(const std::string& why) {
    gave_up_ = true;
    stats_.why = why;
    std::fprintf(stderr, "Warning: %s. It runs as it is from now on.\n", why.c_str());
  }
  void log(const auto&... parts) const {
    if (setting() == Setting::kLog) std::fprintf(stderr, "capture: %s\n", core::joined(parts...).c_str());
  }

  CaptureOptions options_;
  const bool is_off_;
  std::vector<std::unique_ptr<Entry>> programs_;  // the one used last in front
  std::vector<Candidate> candidates_;
  std::vector<Kept> leaves_;  // whose .grad was seen
  std::optional<FunctionRecorder> recorder_;
  std::optional<Kind> kind_;
  const Entry* checked_ = nullptr;  // what the run is compared with
  Program* noted_ = nullptr;        // what a run has found right, or made
  std::uint32_t structure_ = 0;     // structure_version of that run
  CaptureStats stats_;
  std::size_t since_check_ = 0;
  std::atomic<bool> gave_up_{false};
  std::atomic<bool> busy_{false};
};

void CaptureCall::leave() noexcept { capture->leave(); }
void CaptureCall::finish(const std::vector<Tensor>& returned, const std::vector<std::size_t>& list_lengths) {
  capture->finish(returned, list_lengths);
}

CaptureHandle::CaptureHandle(CaptureOptions options) : capture_(std::make_unique<Capture>(options)) {}
CaptureHandle::~CaptureHandle() = default;
CaptureHandle::CaptureHandle(CaptureHandle&&) noexcept = default;
CaptureHandle& CaptureHandle::operator=(CaptureHandle&&) noexcept = default;
void CaptureHandle::enter(CaptureCall& call, std::span<const Tensor* const> arguments,
                          std::span<const std::int64_t> numbers) {
  capture_->enter(call, arguments, numbers);
}
std::string CaptureHandle::text() const { return capture_->text(); }
std::string CaptureHandle::dot() const { return capture_->dot(); }
void CaptureHandle::write_source(const std::string& path, const SourceOptions& options,
                                 const std::vector<Tensor>& arguments,
                                 const std::function<std::vector<Tensor>()>& call) const {
  const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  if (const std::string& f = options.function;
      f.empty() || std::isdigit(static_cast<unsigned char>(f[0])) != 0 || !std::all_of(f.begin(), f.end(), in_name))
    core::throw_value("write_source", "'", f, "' is no name of a function; use letters, digits and _");
  SourceWriter writer(capture_->newest(), options);
  auto [source, weights] = writer.write();
  if (call) source += writer.test(arguments, call);
  const auto write = [](const std::string& to, const std::string& text) {
    detail::AtomicFile file("write_source", to);
    file.write(text);
    file.commit();
  };
  if (!options.weights.empty()) write(options.weights, weights);
  write(path, source);
}
CaptureStats CaptureHandle::stats() const { return capture_->stats(); }
void CaptureHandle::forget() { capture_->forget(); }

void Gather::operator()(const std::vector<Tensor>& list) {
  lengths.push_back(list.size());
  tensors.insert(tensors.end(), list.begin(), list.end());
}

}  // namespace tapegrad::program
