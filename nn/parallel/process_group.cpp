// What every group has in common: tensors become bytes and back; ranks agree on what they do before they do it.
#include <tapegrad/nn/parallel/process_group.h>

#include <array>
#include <cstring>
#include <thread>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/grad_watcher.h>
#include <tapegrad/autograd/profiler.h>

namespace tapegrad::nn::parallel {

using autograd::profiler::add_span;
using autograd::profiler::now_ns;
using Clock = std::chrono::steady_clock;

namespace {
std::int64_t bytes_of(const Tensor& x) { return x.numel() * x.element_size(); }
}  // namespace

// What a rank calls, so that all can see that they call the same.
struct ProcessGroup::Call {
  enum Kind : std::int64_t { kAllReduce, kBroadcast, kAllGather, kBarrier };
  static constexpr std::size_t kWords = 5;
  std::array<std::int64_t, kWords> words{};

  Call(Kind kind, const Tensor& x, std::int64_t detail = 0) : words{kind, 0, 0, detail, 0} {
    if (!x.defined()) return;
    words[1] = static_cast<std::int64_t>(x.scalar_type());
    words[2] = x.numel();
    std::uint64_t hash = 0;
    for (const std::int64_t size : x.sizes()) hash = hash * 1000003 + static_cast<std::uint64_t>(size) + 1;
    words[4] = static_cast<std::int64_t>(hash);
  }
  explicit Call(const std::int64_t* from) { std::copy(from, from + kWords, words.begin()); }
  const char* name() const {
    static constexpr const char* kNames[] = {"all_reduce", "broadcast", "all_gather", "barrier"};
    return kNames[words[0]];
  }
  // "all_reduce (sum) of 3 Float"
  std::string text() const {
    static constexpr const char* kOps[] = {" (sum)", " (mean)", " (max)"};
    std::string s = name();
    if (words[0] == kAllReduce) s += kOps[words[3]];
    if (words[0] == kBroadcast) s += " from rank " + std::to_string(words[3]);
    if (words[0] != kBarrier)
      s += " of " + std::to_string(words[2]) + " " + tapegrad::name(static_cast<Dtype>(words[1]));
    return s;
  }
  bool operator==(const Call&) const = default;
};

struct Work::State {
  ProcessGroup* group;
  ProcessGroup::RequestPtr agreement, request;
  std::vector<std::int64_t> calls;  // of all ranks
  Tensor x, buffer;                 // where the result belongs, and where it arrives, if that is elsewhere
  bool mean = false, done = false;
  std::int64_t began = now_ns();

  bool test() {
    if (agreement != nullptr) {
      if (!agreement->test()) return false;
      agreement.reset();
      group->compare(calls);
    }
    if (!done && request->test()) end();
    return done;
  }
  void end() {
    done = true;
    add_span("all_reduce", began, bytes_of(buffer.defined() ? buffer : x));
  }
};

Work::Work(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Work::Work() noexcept = default;
Work::Work(Work&& other) noexcept = default;
Work& Work::operator=(Work&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}
Work::~Work() { wait(); }

bool Work::is_completed() { return state_ == nullptr || state_->test(); }

void Work::wait() {
  if (state_ == nullptr) return;
  const std::unique_ptr<State> s = std::move(state_);
  if (s->agreement != nullptr) {
    s->group->await(*s->agreement, "all_reduce");
    s->agreement.reset();
    s->group->compare(s->calls);
  }
  if (!s->done) {
    s->group->await(*s->request, "all_reduce");
    s->end();
  }
  if (!s->buffer.defined()) return;
  const NoGradGuard no_grad;
  if (s->mean) s->buffer.div_(s->group->size());
  s->x.copy_(s->buffer.view(s->x.sizes()));
}

namespace {

void refuse_capture(const char* op) {
  require_uncaptured(op, "is a collective", "call it outside of the captured function");
}

// The elements of x in bytes that nobody else sees.
Tensor own_bytes(const Tensor& x, const char* op) {
  refuse_capture(op);
  if (!x.defined()) throw Error(std::string(op) + ": the tensor is undefined; give it a value first");
  const Tensor flat = x.detach().contiguous().reshape({-1});
  return flat.data_ptr() == x.data_ptr() ? flat.clone() : flat;
}

}  // namespace

ProcessGroup::RequestPtr ProcessGroup::agree(const Call& call, std::vector<std::int64_t>& all) {
  ++collectives_;
  if (size() == 1) return nullptr;
  all.assign(call.words.begin(), call.words.end());
  const std::vector<std::int64_t> mine = all;
  all.resize(Call::kWords * static_cast<std::size_t>(size()));
  return start_all_gather(call.words.data(), all.data(), 8 * Call::kWords);
}

void ProcessGroup::compare(const std::vector<std::int64_t>& all) {
  const auto of = [&](int r) { return Call(all.data() + Call::kWords * static_cast<std::size_t>(r)); };
  const Call mine = of(rank());
  for (int r = 0; r < size(); ++r) {
    if (of(r) == mine) continue;
    const std::string other = of(r).text(), left = who_left();  // whose goodbye is taken for a call
    if (!left.empty()) fail(mine.text() + " waits for " + left + "; call the same collectives on all ranks");
    fail(mine.text() + ", but rank " + std::to_string(r) + " is in " + other +
         (other == mine.text() ? " of other sizes" : "") + "; call the same collectives on all ranks");
  }
}

void ProcessGroup::await(Request& request, const char* what) {
  const auto start = Clock::now();
  auto slept = start, looked = start;
  for (int tests = 1; !request.test(); ++tests) {
    if (tests % 8 != 0) continue;
    auto now = Clock::now();
    // Another rank may need this core: sleeping gives it at once, where yielding may give it to who has had it for
    // long.
    if (now - slept < std::chrono::microseconds(200)) continue;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
    slept = now = Clock::now();
    if (now - looked < std::chrono::milliseconds(5)) continue;
    looked = now;
    if (const std::string left = who_left(); !left.empty()) {
      fail(std::string(what) + " waits for " + left + "; call the same collectives on all ranks");
    }
    if (now - start > timeout_) {
      fail(std::string(what) + " has waited " + std::to_string(timeout_.count()) +
           " ms for other ranks, one of which has stopped or is in no collective; see what it does, or set_timeout()");
    }
  }
}

Work ProcessGroup::all_reduce_async(const Tensor& x, ReduceOp op) {
  auto state = std::make_unique<Work::State>();
  state->group = this;
  state->x = x;
  state->buffer = own_bytes(x, "all_reduce");
  state->mean = op == ReduceOp::kMean;
  if (state->mean && !x.is_floating_point()) {
    throw DtypeError(std::string("all_reduce: a mean of ") + name(x.dtype()) + "; convert with to(kFloat) first");
  }
  state->agreement = agree(Call(Call::kAllReduce, x, static_cast<std::int64_t>(op)), state->calls);
  Tensor& buffer = state->buffer;
  if (x.dtype() == kHalf || x.dtype() == kBFloat16) buffer = buffer.to(kFloat);
  const bool is_bool = x.dtype() == kBool;
  bytes_ += bytes_of(buffer);
  state->request = start_all_reduce(buffer.data_ptr(), buffer.numel(), is_bool ? kByte : buffer.dtype(),
                                    is_bool || op == ReduceOp::kMax);
  return Work(std::move(state));
}

void ProcessGroup::all_reduce(const Tensor& x, ReduceOp op) { all_reduce_async(x, op).wait(); }

Work ProcessGroup::start_sum(const Tensor& x) {
  refuse_capture("all_reduce");
  auto state = std::make_unique<Work::State>();
  state->group = this;
  state->agreement = agree(Call(Call::kAllReduce, x), state->calls);
  state->x = x;
  bytes_ += bytes_of(x);
  state->request = start_all_reduce(x.data_ptr(), x.numel(), x.dtype(), false);
  return Work(std::move(state));
}

void ProcessGroup::broadcast(const Tensor& x, int src) {
  if (src < 0 || src >= size()) {
    throw ValueError("broadcast: there is no rank " + std::to_string(src) + " among " + std::to_string(size()) +
                     "; name one from 0 on");
  }
  const std::int64_t began = now_ns();
  const Tensor buffer = own_bytes(x, "broadcast");
  std::vector<std::int64_t> calls;
  if (const auto agreement = agree(Call(Call::kBroadcast, x, src), calls)) {
    await(*agreement, "broadcast");
    compare(calls);
  }
  if (rank() == src) bytes_ += bytes_of(buffer);
  await(*start_broadcast(buffer.data_ptr(), bytes_of(buffer), src), "broadcast");
  add_span("broadcast", began, bytes_of(buffer));
  const NoGradGuard no_grad;
  if (rank() != src) x.copy_(buffer.view(x.sizes()));
}

std::vector<Tensor> ProcessGroup::all_gather(const Tensor& x) {
  const std::int64_t began = now_ns();
  const Tensor mine = own_bytes(x, "all_gather");
  std::vector<std::int64_t> calls;
  if (const auto agreement = agree(Call(Call::kAllGather, x), calls)) {
    await(*agreement, "all_gather");
    compare(calls);
  }
  const Tensor all = empty({size(), mine.numel()}, mine.dtype());
  bytes_ += bytes_of(mine);
  await(*start_all_gather(mine.data_ptr(), all.data_ptr(), bytes_of(mine)), "all_gather");
  add_span("all_gather", began, bytes_of(mine));
  std::vector<Tensor> result;
  for (int r = 0; r < size(); ++r) result.push_back(all.select(0, r).clone().view(x.sizes()));
  return result;
}

void ProcessGroup::barrier() {
  refuse_capture("barrier");
  const std::int64_t began = now_ns();
  std::vector<std::int64_t> calls;
  if (const auto agreement = agree(Call(Call::kBarrier, {}), calls)) {
    await(*agreement, "barrier");
    compare(calls);
  }
  add_span("barrier", began);
}

namespace {
// Of one rank nothing is sent.
template <class Base>
struct Done final : Base {
  bool test() override { return true; }
};
}  // namespace

ProcessGroup::RequestPtr SelfGroup::start_all_reduce(void*, std::int64_t, Dtype, bool) {
  return std::make_unique<Done<Request>>();
}
ProcessGroup::RequestPtr SelfGroup::start_broadcast(void*, std::int64_t, int) {
  return std::make_unique<Done<Request>>();
}
ProcessGroup::RequestPtr SelfGroup::start_all_gather(const void* mine, void* all, std::int64_t bytes) {
  if (bytes > 0) std::memcpy(all, mine, static_cast<std::size_t>(bytes));
  return std::make_unique<Done<Request>>();
}
void SelfGroup::fail(const std::string& what) {
  const std::string text = "rank 0 of 1, step " + std::to_string(step()) + ": " + what;
  throw Error(text);
}

}  // namespace tapegrad::nn::parallel
