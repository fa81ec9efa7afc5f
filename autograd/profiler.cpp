#include <tapegrad/autograd/profiler.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "autograd/core/op.h"
#include "autograd/core/recorder.h"
#include "autograd/core/text.h"
#include "autograd/io/file.h"

namespace tapegrad::autograd::profiler {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

struct Profile::State final : core::Watcher {
  struct Event {
    const core::Op* op;
    bool backward;
    nanoseconds end, time;  // since the start
    std::int64_t bytes, allocations;
  };
  void see_run(const core::Call& c, bool in_place, nanoseconds time) noexcept override {
    const bool is_fresh = !in_place && !c.op->flags.has(core::kViewOp);
    const auto blocks = static_cast<std::int64_t>(system_blocks);
    try {
      events.push_back({c.op, core::context().depth > 0, Clock::now() - start, time,
                        is_fresh ? c.out->numel * static_cast<std::int64_t>(item_size(c.out->dtype)) : 0,
                        blocks - seen_blocks});
      seen_blocks = blocks;
    } catch (const std::bad_alloc&) {
      ++lost;
    }
  }

  struct Span {
    const char* name;
    nanoseconds begin, end;
    std::int64_t bytes;
  };
  void see_span(const char* name, Clock::time_point begin, std::int64_t bytes) noexcept override {
    try {
      spans.push_back({name, std::max(begin - start, nanoseconds(0)), Clock::now() - start, bytes});
    } catch (const std::bad_alloc&) {
      ++lost;
    }
  }

  std::vector<Event> events;
  std::vector<Span> spans;
  std::int64_t lost = 0, seen_blocks = 0;
  Clock::time_point start = Clock::now();
  nanoseconds whole{-1};  // once it has ended
};

Profile::Profile() {
  core::require_unrecorded("Profile", "looks at each call", "make it outside of the function");
  core::Context& ctx = core::context();
  if (ctx.watcher != nullptr)
    core::throw_autograd("Profile", "this thread is being watched already; stop() the other profile first");
  state_ = std::make_unique<State>();
  ctx.watcher = state_.get();
  ctx.watch.set(core::kWatchRuns);
}

Profile::~Profile() { stop(); }

std::int64_t now_ns() noexcept { return nanoseconds(Clock::now().time_since_epoch()).count(); }

void add_span(const char* name, std::int64_t begin_ns, std::int64_t bytes) noexcept {
  const Clock::time_point begin{nanoseconds(begin_ns)};
  if (core::Watcher* const watcher = core::context().watcher) watcher->see_span(name, begin, bytes);
}

void Profile::stop() noexcept {
  core::Context& ctx = core::context();
  if (ctx.watcher != state_.get()) return;
  state_->whole = nanoseconds(wall_time_ns());
  ctx.watcher = nullptr;
  ctx.watch.clear(core::kWatchRuns);
}

std::int64_t Profile::wall_time_ns() const noexcept {
  return nanoseconds(state_->whole.count() >= 0 ? state_->whole : Clock::now() - state_->start).count();
}

std::vector<OpProfile> Profile::key_averages() const {
  std::map<std::pair<std::string, bool>, OpProfile> by_op;
  for (const State::Event& e : state_->events) {
    OpProfile& p = by_op[{e.op->name, e.backward}];
    p.name = e.op->name;
    p.backward = e.backward;
    ++p.count;
    p.time_ns += e.time.count();
    p.bytes += e.bytes;
    p.allocations += e.allocations;
  }
  std::vector<OpProfile> all;
  all.reserve(by_op.size());
  for (auto& [key, p] : by_op) all.push_back(std::move(p));
  std::stable_sort(all.begin(), all.end(),
                   [](const OpProfile& a, const OpProfile& b) { return a.time_ns > b.time_ns; });
  return all;
}

namespace {

std::string milliseconds(std::int64_t ns) { return core::text(static_cast<double>(ns) * 1e-6, 4) + " ms"; }

std::string in_bytes(std::int64_t bytes) {
  const char* const units[] = {" B", " kB", " MB", " GB"};
  auto value = static_cast<double>(bytes);
  int unit = 0;
  for (; value >= 1000 && unit < 3; ++unit) value /= 1000;
  return core::text(value, 4) + units[unit];
}

}  // namespace

std::string Profile::table(int max_rows) const {
  const std::vector<OpProfile> ops = key_averages();
  OpProfile sum{.name = "all"};
  for (const OpProfile& p : ops) {
    sum.count += p.count;
    sum.time_ns += p.time_ns;
    sum.bytes += p.bytes;
    sum.allocations += p.allocations;
  }
  std::vector<std::vector<std::string>> rows{{"op", "calls", "time", "share", "a call", "bytes", "allocations"}};
  const auto add = [&](const OpProfile& p) {
    const double share = 100.0 * static_cast<double>(p.time_ns) / std::max(1.0, static_cast<double>(sum.time_ns));
    rows.push_back({p.name + (p.backward ? " (backward)" : ""), std::to_string(p.count), milliseconds(p.time_ns),
                    core::text(share, 3) + " %", milliseconds(p.time_ns / std::max<std::int64_t>(p.count, 1)),
                    in_bytes(p.bytes), std::to_string(p.allocations)});
  };
  for (std::size_t k = 0; k < ops.size() && static_cast<int>(k) < max_rows; ++k) add(ops[k]);
  add(sum);
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string space(widths[c] - row[c].size(), ' ');
      out += c == 0 ? row[c] + space : "  " + space + row[c];
    }
    out += '\n';
  }
  out += "wall time " + milliseconds(wall_time_ns()) + ", of which kernels " + milliseconds(sum.time_ns) + '\n';
  if (state_->lost > 0) out += core::joined(state_->lost, " calls were not noted, as memory had run out\n");
  return out;
}

void Profile::export_chrome_trace(const std::string& path) const {
  const auto microseconds = [](nanoseconds t) { return core::text(static_cast<double>(t.count()) * 1e-3, 15); };
  std::string out = "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [";
  const char* between = "\n";
  for (const State::Event& e : state_->events) {
    // The names of ops need no quoting: letters, digits, "_" and ".".
    out += core::joined(between, R"({"name": ")", e.op->name, R"(", "cat": ")", e.backward ? "backward" : "forward",
                        R"(", "ph": "X", "pid": 1, "tid": 1, "ts": )", microseconds(e.end - e.time), R"(, "dur": )",
                        microseconds(e.time), R"(, "args": {"bytes": )", e.bytes, R"(, "allocations": )", e.allocations,
                        "}}");
    between = ",\n";
  }
  // Spans may overlap without one being within the other, which a row of "X" events cannot show: each has a begin, an
  // end and a number.
  int id = 0;
  for (const State::Span& s : state_->spans) {
    const std::string head = core::joined(R"({"name": ")", s.name, R"(", "cat": "span", "id": )", ++id,
                                          R"(, "pid": 1, "tid": 1, "args": {"bytes": )", s.bytes, R"(}, "ph": ")");
    out += core::joined(between, head, R"(b", "ts": )", microseconds(s.begin), "},\n", head, R"(e", "ts": )",
                        microseconds(s.end), "}");
    between = ",\n";
  }
  out += "\n]}\n";
  detail::AtomicFile file("export_chrome_trace", path);
  file.write(out);
  file.commit();
}

}  // namespace tapegrad::autograd::profiler
