// The only source that knows MPI. Collectives are non-blocking, and what waits asks in turns whether they are done,
// whether another rank has left, and whether the time is over: so nothing hangs in MPI.
#include <tapegrad/nn/parallel/mpi_group.h>

#include <mpi.h>

#include <atomic>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

namespace tapegrad::nn::parallel {

namespace {

constexpr int kGoodbye = 7;  // the tag of the message that a rank sends to all others when it leaves

// Of the group that a dying program belongs to, for its last words.
std::atomic<int> the_rank{-1};
std::atomic<std::int64_t> the_step{0};
std::terminate_handler terminate_before = nullptr;

[[noreturn]] void end_job(const std::string& what) {
  std::fprintf(stderr, "tapegrad: rank %d, step %lld: %s\n", the_rank.load(), static_cast<long long>(the_step.load()),
               what.c_str());
  std::fflush(nullptr);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // MPICH's launcher drops what it has not read yet
  MPI_Abort(MPI_COMM_WORLD, 1);
  std::_Exit(1);
}

[[noreturn]] void on_terminate() {
  std::string what = "the program ends without an exception";
  if (const std::exception_ptr error = std::current_exception()) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      what = std::string("an exception that nobody caught: ") + e.what();
    } catch (...) {
      what = "an exception that nobody caught";
    }
  }
  end_job(what);
}

MPI_Datatype type_of(Dtype dtype) {
  switch (dtype) {
    case kByte:
      return MPI_UINT8_T;
    case kChar:
      return MPI_INT8_T;
    case kShort:
      return MPI_INT16_T;
    case kInt:
      return MPI_INT32_T;
    case kLong:
      return MPI_INT64_T;
    case kFloat:
      return MPI_FLOAT;
    case kDouble:
      return MPI_DOUBLE;
    default:
      return MPI_DATATYPE_NULL;
  }
}

int count_of(std::int64_t n, const char* op) {
  if (n <= INT_MAX) return static_cast<int>(n);
  throw ValueError(std::string(op) + ": " + std::to_string(n) + " are more than MPI counts; hand them over in parts");
}

std::string text_of(int code) {
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(code, text, &length);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace

struct MpiGroup::Mpi {
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm goodbyes = MPI_COMM_NULL;  // of the group that this one was duplicated from
  int rank = 0, size = 1;
  bool own = false;  // MPI was initialised here
  int exceptions = std::uncaught_exceptions();

  explicit Mpi(MPI_Comm of, MPI_Comm goodbyes_of = MPI_COMM_NULL) {
    MPI_Comm_dup(of, &comm);
    goodbyes = goodbyes_of == MPI_COMM_NULL ? comm : goodbyes_of;
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
  }

  struct Waiting final : Request {
    MpiGroup* group = nullptr;
    MPI_Request request = MPI_REQUEST_NULL;
    bool test() override {
      int done = 0;
      const int code = MPI_Test(&request, &done, MPI_STATUS_IGNORE);
      if (code != MPI_SUCCESS) group->fail("MPI: " + text_of(code) + "; look at what the other ranks say");
      return done != 0;
    }
  };

  // A request that `call` has started.
  static RequestPtr started(MpiGroup* group, auto call) {
    auto waiting = std::make_unique<Waiting>();
    waiting->group = group;
    const int code = call(&waiting->request);
    if (code != MPI_SUCCESS) group->fail("MPI: " + text_of(code) + "; look at what the other ranks say");
    return waiting;
  }

  static std::unique_ptr<Mpi> join(int* argc, char*** argv) {
    int finalized = 0, initialized = 0;
    MPI_Finalized(&finalized);
    if (finalized != 0) throw Error("MpiGroup: MPI has been finalized; make one group, at the start of main()");
    MPI_Initialized(&initialized);
    int given = MPI_THREAD_SERIALIZED;
    if (initialized == 0) MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &given);
    auto mpi = std::make_unique<Mpi>(MPI_COMM_WORLD);
    mpi->own = initialized == 0;
    the_rank = mpi->rank;
    if (mpi->own) terminate_before = std::set_terminate(on_terminate);
    return mpi;
  }
};

MpiGroup::MpiGroup(int& argc, char**& argv) : mpi_(Mpi::join(&argc, &argv)) {}
MpiGroup::MpiGroup() : mpi_(Mpi::join(nullptr, nullptr)) {}
MpiGroup::MpiGroup(std::unique_ptr<Mpi> mpi) : mpi_(std::move(mpi)) {}

MpiGroup::~MpiGroup() {
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (finalized != 0) return;  // by who initialised it
  const bool is_first = mpi_->goodbyes == mpi_->comm;
  if (std::uncaught_exceptions() > mpi_->exceptions && size() > 1) {
    if (!is_first) return;  // the others may not be here: nothing is done together
    end_job("an exception leaves the group's scope");
  }
  if (is_first) say_goodbye();
  MPI_Comm_free(&mpi_->comm);
  if (!mpi_->own) return;
  std::set_terminate(terminate_before);
  MPI_Finalize();
}

void MpiGroup::say_goodbye() {
  std::vector<std::int64_t> words(static_cast<std::size_t>(size()), step());
  std::vector<MPI_Request> sent;
  for (int r = 0; r < size(); ++r) {
    if (r != rank()) MPI_Isend(&words[0], 1, MPI_INT64_T, r, kGoodbye, mpi_->comm, &sent.emplace_back());
  }
  // Who is in a collective now fails by the goodbye; who leaves as well does not.
  const auto limit = std::chrono::steady_clock::now() + timeout();
  const RequestPtr all = Mpi::started(this, [&](MPI_Request* r) { return MPI_Ibarrier(mpi_->comm, r); });
  while (!all->test()) {
    if (std::chrono::steady_clock::now() > limit) fail("waits at its end for other ranks; see what they do");
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  for (int r = 0; r < size(); ++r) {
    if (r != rank()) MPI_Recv(&words[0], 1, MPI_INT64_T, r, kGoodbye, mpi_->comm, MPI_STATUS_IGNORE);
  }
  MPI_Waitall(static_cast<int>(sent.size()), sent.data(), MPI_STATUSES_IGNORE);
}

int MpiGroup::rank() const noexcept { return mpi_->rank; }
int MpiGroup::size() const noexcept { return mpi_->size; }

void MpiGroup::set_step(std::int64_t step) noexcept {
  ProcessGroup::set_step(step);
  the_step = step;
}

std::unique_ptr<ProcessGroup> MpiGroup::duplicate() {
  barrier();
  std::unique_ptr<MpiGroup> other(new MpiGroup(std::make_unique<Mpi>(mpi_->comm, mpi_->goodbyes)));
  other->set_timeout(timeout());
  return other;
}

void MpiGroup::fail(const std::string& what) { end_job(what); }

ProcessGroup::RequestPtr MpiGroup::start_all_reduce(void* data, std::int64_t n, Dtype dtype, bool max) {
  const int count = count_of(n, "all_reduce");
  return Mpi::started(this, [&](MPI_Request* r) {
    return MPI_Iallreduce(MPI_IN_PLACE, data, count, type_of(dtype), max ? MPI_MAX : MPI_SUM, mpi_->comm, r);
  });
}

ProcessGroup::RequestPtr MpiGroup::start_broadcast(void* data, std::int64_t bytes, int src) {
  const int count = count_of(bytes, "broadcast");
  return Mpi::started(this, [&](MPI_Request* r) { return MPI_Ibcast(data, count, MPI_BYTE, src, mpi_->comm, r); });
}

ProcessGroup::RequestPtr MpiGroup::start_all_gather(const void* mine, void* all, std::int64_t bytes) {
  const int count = count_of(bytes, "all_gather");
  return Mpi::started(
      this, [&](MPI_Request* r) { return MPI_Iallgather(mine, count, MPI_BYTE, all, count, MPI_BYTE, mpi_->comm, r); });
}

std::string MpiGroup::who_left() {
  int there = 0;
  MPI_Status status;
  MPI_Iprobe(MPI_ANY_SOURCE, kGoodbye, mpi_->goodbyes, &there, &status);
  if (there == 0) return {};
  std::int64_t step = 0;
  MPI_Recv(&step, 1, MPI_INT64_T, status.MPI_SOURCE, kGoodbye, mpi_->goodbyes, MPI_STATUS_IGNORE);
  return "rank " + std::to_string(status.MPI_SOURCE) + ", which has left after step " + std::to_string(step);
}

}  // namespace tapegrad::nn::parallel
