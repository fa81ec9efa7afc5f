// Files while memory runs out and while system calls fail: whole or not at all, and what is loaded into is changed by a
// whole file alone.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/serialize.h>
#include <tapegrad/data/csv.h>
#include <tapegrad/data/loader.h>
#include <tapegrad/data/npy.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/optim/adam.h>

#include "calls.h"
#include "scenario.h"
#include "tests/common/folder.h"
#include "tests/data/npz_golden.h"

namespace tapegrad::test {
namespace {

namespace fs = std::filesystem;

// A run with all that a checkpoint can hold.
struct Training {
  nn::Linear model{3, 2};
  optim::Adam optimizer{model->parameters(), 0.1};
  data::DataLoader<data::TensorDataset> loader = data::make_data_loader(
      data::TensorDataset(arange(24, kFloat).reshape({8, 3})), {.batch_size = 3, .shuffle = true});
  Tensor best = zeros({2, 2});
  std::int64_t step = 0;
  Checkpoint checkpoint{{"model", model}, {"optimizer", optimizer},           {"loader", loader},
                        {"best", best},   {"generator", default_generator()}, {"step", step}};
  void train() {
    for (auto& batch : loader) {
      optimizer.zero_grad();
      model->forward(batch.data).pow(2).mean().backward();
      optimizer.step();
      if (++step % 3 == 2) break;
    }
  }
  void see(Hash& h) { h(checkpoint.state_dict())(model->parameters()); }
};

class FailingFiles : public InFolder {
 protected:
  std::string path(const char* name) const { return (folder_ / name).string(); }

  // run() on files of this folder, where `prepare` has made what it needs; it sees the folder and what see() shows.
  template <class State>
  Scenario on_files(std::string name, std::function<void(State&)> prepare, std::function<void(State&)> run,
                    std::function<void(State&, Hash&)> see) const {
    return {std::move(name), [=, folder = folder_] {
              for (const auto& entry : fs::directory_iterator(folder)) fs::remove(entry);
              const auto state = std::make_shared<State>();
              prepare(*state);
              return Attempt{[=] { run(*state); },
                             [=](Hash& h) {
                               see(*state, h);
                               std::vector<fs::path> names;
                               for (const auto& e : fs::directory_iterator(folder)) names.push_back(e.path());
                               std::sort(names.begin(), names.end());
                               for (const fs::path& p : names) {
                                 h(p.filename().string())(fs::is_symlink(p));
                                 if (fs::exists(p)) h(read(p))(static_cast<std::uint64_t>(fs::status(p).permissions()));
                               }
                             }};
            }};
  }

  std::vector<Scenario> scenarios() const {
    struct Values {
      Tensor a = arange(6, kFloat).reshape({2, 3}), b = arange(4).reshape({2, 2}).t(), got;
      data::Table table;
    };
    const auto values = [](Values& v, Hash& h) {
      h(v.a)(v.b)(v.got)(v.table.values.size());
      for (const std::string& name : v.table.columns) h(name);
    };
    const std::string st = path("x.safetensors"), npy = path("x.npy"), csv = path("x.csv"), link = path("link");
    const auto old = [](const std::string& p) {
      write(p, "the old file");
      ::chmod(p.c_str(), 0640);
    };
    const auto saved_run = [st](Training& r) {
      Training other;
      other.train();
      save(other.checkpoint, st);
      r.train();
    };
    const auto see_run = [](Training& r, Hash& h) { r.see(h); };
    return {
        on_files<Values>(
            "save_safetensors", [=](Values&) { old(st); },
            [=](Values& v) {
              save_safetensors({{"a", v.a}, {"b", v.b}}, st, {{"by", "me"}});
            },
            values),
        on_files<Values>(
            "save_safetensors, a new file", [](Values&) {},
            [=](Values& v) {
              save_safetensors({{"a", v.a}}, st);
            },
            values),
        on_files<Values>(
            "save through a link",
            [=](Values&) {
              old(st);
              fs::create_symlink(st, link);
            },
            [=](Values& v) { save(v.a, link); }, values),
        on_files<Values>(
            "load_safetensors",
            [=](Values& v) {
              save_safetensors({{"a", v.a}, {"b", v.b}}, st);
            },
            [=](Values& v) { v.got = load_safetensors(st)["b"]; }, values),
        on_files<Values>(
            "load a tensor", [=](Values& v) { save(v.a, st); }, [=](Values& v) { load(v.got, st); }, values),
        on_files<Training>(
            "save a checkpoint", [=](Training& r) { r.train(); }, [=](Training& r) { save(r.checkpoint, st); },
            see_run),
        on_files<Training>(
            "load a checkpoint", saved_run, [=](Training& r) { load(r.checkpoint, st); }, see_run),
        on_files<Training>(
            "load a module",
            [=](Training& r) {
              save(nn::Linear(3, 2), st);
              r.train();
            },
            [=](Training& r) { load(r.model, st); }, see_run),
        on_files<Values>(
            "save_npy", [=](Values&) { old(npy); }, [=](Values& v) { data::save_npy(npy, v.b); }, values),
        on_files<Values>(
            "load_npy", [=](Values& v) { data::save_npy(npy, v.a); }, [=](Values& v) { v.got = data::load_npy(npy); },
            values),
        on_files<Values>(
            "load_npz", [=](Values&) { write(npy, npz_golden::bytes_of(npz_golden::small)); },
            [=](Values& v) { v.got = data::load_npz(npy)["x"]; }, values),
        on_files<Values>(
            "write_csv", [=](Values&) { old(csv); },
            [=](Values&) {
              data::write_csv(csv, {{"loss, last", 0.5}, {"steps", 3}});
            },
            values),
        on_files<Values>(
            "read_csv", [=](Values&) { write(csv, "a,\"b, c\"\n1,2\n3,4\n"); },
            [=](Values& v) {
              data::Table table = data::read_csv(csv);
              v.got = table.split_target("a").first;
              v.table = std::move(table);
            },
            values),
        on_files<Values>(
            "to_csv", [=](Values&) { old(csv); },
            [=](Values& v) {
              data::Table::of({"a", "b", "c"}, v.a).to_csv(csv);
            },
            values),
    };
  }
};

TEST_F(FailingFiles, LeaveAllAsItWasWhenMemoryRunsOut) { expect_survive_failing_memory(scenarios(), 10); }

std::int64_t open_files() { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()); }

std::uint64_t seen(const Attempt& attempt) {
  Hash h;
  attempt.see(h);
  return h.value();
}

// The k-th call fails with this error: the old state and an IoError, or, where only the flush of the directory failed,
// the new one and an IoError that says so; or the failure does not matter. A retry works.
void expect_survives(const Scenario& s, int error, Times times, std::int64_t k, std::uint64_t before,
                     std::uint64_t after, std::int64_t& n_failed) {
  manual_seed(1);
  const Attempt attempt = s.make();
  const std::int64_t open = open_files();
  std::string message;
  FailingCalls calls(k, times, error);
  try {
    attempt.run();
    calls.stop();
  } catch (const IoError& e) {
    calls.stop();
    message = e.what();
  } catch (const std::exception& e) {
    calls.stop();
    message = e.what();
    ADD_FAILURE() << "something else than IoError: " << message;
  }
  SCOPED_TRACE("failed: " + calls.log() + "; said: " + message);
  n_failed += calls.happened() ? 1 : 0;
  EXPECT_EQ(open_files(), open);
  if (error == EINTR || error == FailingCalls::kShort) {
    EXPECT_EQ(message, "");
  }
  const bool is_new = message.empty() || message.find("the new file is in place") != message.npos;
  const bool temporary_stays = calls.happened("unlink");
  if (!temporary_stays) {
    EXPECT_EQ(seen(attempt), is_new ? after : before);
  }
  if (is_new) return;
  try {
    attempt.run();
  } catch (const std::exception& e) {
    ADD_FAILURE() << "the retry throws: " << e.what();
  }
  if (!temporary_stays) {
    EXPECT_EQ(seen(attempt), after);
  }
}

TEST_F(FailingFiles, LeaveAllAsItWasWhenACallFails) {
  std::int64_t n_failed = 0;
  for (const Scenario& s : scenarios()) {
    SCOPED_TRACE(s.name);
    manual_seed(1);
    const Attempt attempt = s.make();
    const std::uint64_t before = seen(attempt);
    FailingCalls calls(INT64_MAX, Times::Once, EIO);
    attempt.run();
    calls.stop();
    const std::int64_t n = calls.asked();
    const std::uint64_t after = seen(attempt);
    for (const int error : {EIO, ENOSPC, EACCES, EMFILE, EINTR, FailingCalls::kShort}) {
      for (const Times times : {Times::Once, Times::FromThereOn}) {
        if (error == EINTR && times == Times::FromThereOn) continue;  // is tried again for ever
        for (const std::int64_t k : chosen(n, 12, static_cast<std::uint64_t>(error + 1))) {
          SCOPED_TRACE("error " + std::to_string(error) + (times == Times::Once ? ", once" : ", from there on") +
                       ", call " + std::to_string(k) + " of " + std::to_string(n));
          expect_survives(s, error, times, k, before, after, n_failed);
        }
      }
    }
  }
  EXPECT_GT(n_failed, 500);
  RecordProperty("injected", std::to_string(n_failed));
}

}  // namespace
}  // namespace tapegrad::test
